"""What the definition needs and the letter does not give in words that could be read."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.letter import Quote
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block


def not_read(contents: Contents) -> Iterable[Finding]:
    """Asks for each needed value that was not found."""
    head, rules, guideline = contents.head, contents.rules, contents.guideline
    is_dated = head.issued is not None
    kbo, project = rules.kbo_clause, rules.project_clause
    needed: list[tuple[str, object, str, str, Quote | None]] = [
        ("circular.number", head.number, "เลขที่หนังสือ", "the letter's number", None),
        ("circular.issued_on", is_dated, "วันที่ของหนังสือ", "the letter's date", head.undated),
        ("province_code", contents.province, "จังหวัด", "the province", None),
        ("programme_year_be", contents.programme_years, "ปีของโครงการ", "the programme's year", None),
        ("deadline.on", contents.limits, "วันกำหนดส่งรายชื่อ", "the deadline", contents.vague_limit),
        ("quota", contents.register.rows, "ตารางจัดสรรรายอำเภอ", "the allocation register", None),
        ("guideline", guideline.clauses, "แนวทางการคัดเลือก", "the guideline", None),
    ]
    if guideline.clauses:
        first = guideline.clauses[0].quote
        needed += [
            ("rules.stars", rules.stars, "ระดับดาว", "the star range", first),
            ("rules.star_year_be", rules.star_year, "ปีของระดับดาว", "the rating year", first),
            (
                "rules.kbo_exclusion_years_be",
                rules.kbo_years,
                "ปีที่เคยเข้าร่วม KBO ซึ่งต้องไม่ซ้ำ",
                "the years whose KBO participants are excluded",
                kbo.quote if kbo else None,
            ),
        ]
    if rules.fallback:
        needed += [
            ("rules.fallback.quadrant_year_be", rules.quadrant_year, "ปีของกลุ่ม D", "the quadrant year", rules.fallback),
            (
                "rules.fallback.exclude_project_year_be",
                rules.project_year,
                "ปีของโครงการกลุ่ม D ซึ่งต้องไม่ซ้ำ",
                "the year whose Quadrant D project excludes",
                project.quote if project else None,
            ),
        ]
    for where, found, thai, english, near in needed:
        if not found:
            yield block(
                "value-missing",
                where,
                f"หนังสือไม่ได้ระบุ{thai} หรืออ่านไม่ได้ ค่าที่ถูกต้องคืออะไร{beside(near)}",
                f"{english} is not given, or could not be read: what is it?{beside(near)}",
            )
