"""Which column is which: canonical names, the Thai headings that offices use, and what each table needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import BlockedError, Finding, block, blocked, info, warn
from kbo_core.domain.thai_text import name_key
from kbo_core.registry.sheets import Rows

ALIASES: Mapping[str, tuple[str, ...]] = {
    "producer_id": ("รหัสผู้ผลิต", "รหัสผู้ประกอบการ", "รหัสกลุ่ม", "เลขทะเบียน", "เลขทะเบียนผู้ผลิต", "รหัสทะเบียน"),
    "producer_name": (
        "ชื่อผู้ผลิต",
        "ผู้ผลิต",
        "ชื่อกลุ่ม",
        "ชื่อกลุ่มผู้ผลิต",
        "ชื่อผู้ผลิตผู้ประกอบการ",
        "ชื่อผู้ประกอบการ",
        "ผู้ผลิตผู้ประกอบการ",
        "ผู้ผลิต/ผู้ประกอบการ",
        "ชื่อผู้ผลิต/ผู้ประกอบการ",
        "ชื่อกลุ่ม/ผู้ผลิต",
    ),
    "producer_type": ("ประเภทผู้ผลิต", "ประเภทผู้ประกอบการ", "ประเภทกลุ่ม", "ประเภทผู้ผลิตผู้ประกอบการ", "สถานะผู้ผลิต"),
    "province": ("จังหวัด", "ชื่อจังหวัด"),
    "district": ("อำเภอ", "ชื่ออำเภอ", "อำเภอ/เขต"),
    "subdistrict": ("ตำบล", "ชื่อตำบล", "ตำบล/แขวง"),
    "contact_name": ("ชื่อประธาน", "ประธานกลุ่ม", "ผู้ติดต่อ", "ชื่อผู้ติดต่อ", "ชื่อประธานกลุ่ม"),
    "phone": ("โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "โทร"),
    "product_id": ("รหัสผลิตภัณฑ์", "รหัสสินค้า"),
    "product_name": ("ชื่อผลิตภัณฑ์", "ผลิตภัณฑ์", "ชื่อสินค้า"),
    "category": ("ประเภทผลิตภัณฑ์", "หมวด", "ประเภทสินค้า", "หมวดผลิตภัณฑ์"),
    "rating_year_be": ("ปีที่คัดสรร", "ปีคัดสรร", "ปีที่ได้รับการคัดสรร", "ปีดาว", "ปีการคัดสรร", "ปีที่คัดสรร(พ.ศ.)"),
    "stars": ("ดาว", "ระดับดาว", "ผลการคัดสรร", "จำนวนดาว", "ระดับ"),
    "quadrant_year_be": ("ปีquadrant", "ปีที่จัดกลุ่ม", "ปีที่จัดกลุ่มผลิตภัณฑ์", "ปีการจัดกลุ่ม"),
    "quadrant": ("กลุ่มผลิตภัณฑ์", "กลุ่มquadrant", "ควอดแรนท์", "กลุ่มผลิตภัณฑ์(quadrant)"),
}
PERSONAL = frozenset({"contact_name", "phone"})
_NATIONAL_ID = ("ประจำตัวประชาชน", "บัตรประชาชน", "citizenid", "nationalid", "idcard", "เลขบัตร")


@dataclass(frozen=True)
class TableKind:
    """What a table carries; ``required`` columns must be there, cells may still be blank."""

    name: str
    name_th: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


PRODUCERS = TableKind(
    "producers",
    "ทะเบียนผู้ผลิต",
    ("producer_name", "producer_type", "province", "district"),
    ("producer_id", "subdistrict", "contact_name", "phone"),
)
PRODUCTS = TableKind(
    "products",
    "ทะเบียนผลิตภัณฑ์",
    ("producer_name", "province", "product_name", "rating_year_be", "stars"),
    ("producer_id", "district", "product_id", "category", "quadrant_year_be", "quadrant"),
)
PARTICIPANTS = TableKind(
    "participants",
    "บัญชีผู้เข้าร่วมโครงการ",
    ("producer_name", "province"),
    ("producer_id", "district", "product_name"),
)
SINGLE_SHEET = TableKind(
    "register",
    "ทะเบียนผู้ผลิตและผลิตภัณฑ์",
    tuple(dict.fromkeys(PRODUCERS.required + PRODUCTS.required)),
    ("producer_id", "subdistrict", "contact_name", "phone", "product_id", "category", "quadrant_year_be", "quadrant"),
)

_SEARCHED_ROWS = 20


@dataclass(frozen=True)
class Heading:
    """Where the heading row is (0-based) and which column (0-based) carries which canonical name."""

    row: int
    columns: Mapping[str, int]
    findings: tuple[Finding, ...]


def find_heading(rows: Rows, kind: TableKind, source: Source) -> Heading:
    """The row, among the first ones, that names the most columns of the kind.

    Raises BlockedError naming each required column that no heading carries, and each name that two carry.
    """
    if strange := [name for name in source.columns if name not in kind.columns]:
        raise BlockedError(
            *[
                block(
                    "column-unknown",
                    f"{source.path}: columns.{name}",
                    f"ไม่มีคอลัมน์มาตรฐานชื่อ {name} ใน{kind.name_th} ใช้ได้: {', '.join(kind.columns)}",
                    f"columns: {name} is not a canonical column of {kind.name}",
                )
                for name in strange
            ]
        )
    if hidden := [name for name, heading in source.columns.items() if _is_national_id(heading)]:
        raise BlockedError(
            *[
                block(
                    "national-id-column",
                    f"{source.path}: columns.{name}",
                    "ระบบไม่อ่านเลขประจำตัวประชาชนไม่ว่าในชื่อใด ใช้คอลัมน์อื่นหรือลบบรรทัดนี้",
                    "a national ID column is never read, under whatever name",
                )
                for name in hidden
            ]
        )
    wanted = _wanted(kind, source)
    best: dict[str, list[int]] = {}
    best_row = 0
    for n, row in enumerate(rows[:_SEARCHED_ROWS]):
        found: dict[str, list[int]] = {}
        for column, cell in enumerate(row):
            if canonical := wanted.get(_heading_key(cell)):
                found.setdefault(canonical, []).append(column)
        if len(found) > len(best):
            best, best_row = found, n
    _refuse_faults(rows, best_row, best, kind, source)
    columns = {name: at[0] for name, at in best.items()}
    findings = [*_national_ids(rows[best_row], source), *_unread(rows[best_row], best, source)]
    return Heading(best_row, columns, tuple(findings))


def _heading_key(cell: str) -> str:
    return name_key(cell).strip(":*.").replace("_", "")


def _wanted(kind: TableKind, source: Source) -> dict[str, str]:
    wanted = {}
    for canonical in kind.columns:
        for heading in (canonical, *ALIASES[canonical]):
            wanted[_heading_key(heading)] = canonical
    for canonical, heading in source.columns.items():  # the office's own word replaces the built-in ones
        wanted = {key: name for key, name in wanted.items() if name != canonical}
        wanted[_heading_key(heading)] = canonical
    return wanted


def _refuse_faults(rows: Rows, at: int, found: dict[str, list[int]], kind: TableKind, source: Source) -> None:
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise blocked("table-empty", source.path, f"{kind.name_th}ไม่มีข้อมูลเลย", "the table has no rows")
    shown = ", ".join(cell.strip() for cell in rows[at] if cell.strip())[:200]
    faults = [
        block(
            "column-missing",
            f"{source.path}: {name}",
            f"{kind.name_th}ไม่มีคอลัมน์ {ALIASES[name][0]} ({name}) หัวตารางที่พบ: {shown} "
            f'หากใช้ชื่ออื่น ให้ระบุ columns: {{{name}: "ชื่อหัวตาราง"}}',
            f"no column for {name}; headings found: {shown}",
        )
        for name in kind.required
        if name not in found
    ]
    faults += [
        block(
            "column-twice",
            f"{source.path}: {name}",
            f'มีหลายคอลัมน์ที่เป็น {ALIASES[name][0]} ได้ ให้ระบุ columns: {{{name}: "ชื่อหัวตาราง"}}',
            f"{len(columns)} headings could be {name}: choose one with columns:",
        )
        for name, columns in found.items()
        if len(columns) > 1 and name in kind.required
    ]
    if faults:
        raise BlockedError(*faults)


def _national_ids(row: list[str], source: Source) -> list[Finding]:
    return [
        warn(
            "national-id-dropped",
            f"{source.path}: คอลัมน์ที่ {n + 1}",
            "พบคอลัมน์เลขประจำตัวประชาชน ระบบไม่อ่านและไม่เก็บคอลัมน์นี้",
            "a national ID column was left unread",
        )
        for n, cell in enumerate(row)
        if _is_national_id(cell)
    ]


def _unread(row: list[str], read: dict[str, list[int]], source: Source) -> list[Finding]:
    """The headings that nothing is read from; of two columns for one optional name, the first is read."""
    used = {at[0] for at in read.values()}
    unread = [cell.strip() for n, cell in enumerate(row) if cell.strip() and n not in used]
    if not unread:
        return []
    names = ", ".join(unread)[:200]
    return [
        info(
            "columns-unread",
            source.path,
            f"คอลัมน์ที่ไม่ได้ใช้: {names} หากมีคอลัมน์ที่ต้องใช้ ให้ระบุด้วย columns:",
            f"columns that nothing is read from: {names}",
        )
    ]


def _is_national_id(heading: str) -> bool:
    key = name_key(heading).replace("_", "").replace("-", "")
    return any(word in key for word in _NATIONAL_ID)
