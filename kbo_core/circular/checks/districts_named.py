"""The register names official districts of the letter's province, each once, each with a number."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.circular.table_rows import Row
from kbo_core.domain.areas import find_district, provinces
from kbo_core.domain.findings import Finding, block, info


def districts_named(contents: Contents) -> Iterable[Finding]:
    """Asks about names that are no district here, districts named twice, and rows without a number."""
    province = contents.province
    if not province:
        return
    seen: dict[str, Row] = {}
    for row, district in contents.placed:
        if district is None:
            there = [p.name_th for p in provinces().values() if find_district(row.name, p)]
            hint = f" ชื่อนี้เป็นอำเภอของจังหวัด{' '.join(there[:3])}" if there else ""
            yield block(
                "unknown-district",
                f"quota.{row.name}",
                f"“{row.name}” ไม่ใช่อำเภอของจังหวัด{province.value.name_th}{hint} หมายถึงอำเภอใด{beside(row.quote)}",
                f"“{row.name}” is not a district of {province.value.name_en}: which is meant?{beside(row.quote)}",
            )
            continue
        if district.code in seen:
            both = beside(seen[district.code].quote, row.quote)
            yield block(
                "duplicate-district",
                f"quota.{district.code}",
                f"ตารางจัดสรรมี{district.title_th}สองแถว จำนวนใดถูกต้อง{both}",
                f"{district.name_en} stands twice in the register: which number holds?{both}",
            )
        seen.setdefault(district.code, row)
        if contents.register.unclear:
            continue
        if row.is_dash:
            yield info(
                "quota-dash",
                f"quota.{district.code}",
                f"{district.title_th}มีเครื่องหมายขีดแทนตัวเลข อ่านเป็น 0 ถูกต้องหรือไม่{beside(row.quote)}",
                f"{district.name_en} has a dash for a number; read as 0: is that meant?{beside(row.quote)}",
            )
        elif row.count is None:
            yield block(
                "quota-not-read",
                f"quota.{district.code}",
                f"{district.title_th}ไม่มีตัวเลขจำนวน หากไม่ได้รับจัดสรรให้ระบุเป็น 0{beside(row.quote)}",
                f"{district.name_en} has no number: write 0 if none is meant{beside(row.quote)}",
            )
