"""The years of one letter fit together."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.letter import Printed
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block, warn
from kbo_core.domain.thai_dates import fiscal_year_be


def years_of_the_programme(contents: Contents) -> Iterable[Finding]:
    """Asks where headings name different years, and warns of years that the calendar makes unlikely."""
    if not contents.programme_years:
        return
    programme = contents.programme_years[0]
    for other in contents.programme_years[1:]:
        if other.value != programme.value:
            seen = beside(programme.quote, other.quote)
            yield block(
                "programme-year-mismatch",
                "programme_year_be",
                f"หนังสือระบุปีโครงการ {programme.value} แต่อีกที่หนึ่งระบุปี {other.value} ปีใดถูกต้อง{seen}",
                f"the programme's year is {programme.value} and {other.value}: which is right?{seen}",
            )
    yield from _against_issue(contents, programme)
    yield from _of_the_rules(contents, programme)


def _against_issue(contents: Contents, programme: Printed[int]) -> Iterable[Finding]:
    issued = contents.head.issued
    if issued and issued.on and programme.value - fiscal_year_be(issued.on) not in (0, 1):
        seen = beside(issued.quote, programme.quote)
        yield warn(
            "programme-year-unusual",
            "programme_year_be",
            f"หนังสือออกในปีงบประมาณ {fiscal_year_be(issued.on)} แต่โครงการเป็นของปี {programme.value} ถูกต้องหรือไม่{seen}",
            f"issued in fiscal year {fiscal_year_be(issued.on)} for {programme.value}: is that right?{seen}",
        )


def _of_the_rules(contents: Contents, programme: Printed[int]) -> Iterable[Finding]:
    rules = contents.rules
    named = [("rules.star_year_be", rules.star_year, 0), ("rules.fallback.quadrant_year_be", rules.quadrant_year, 0)]
    if rules.kbo_years:
        latest = Printed(max(rules.kbo_years.value), rules.kbo_years.quote)
        named.append(("rules.kbo_exclusion_years_be", latest, -1))
    for where, year, latest_after in named:
        if year and year.value > programme.value + latest_after:
            seen = beside(year.quote, programme.quote)
            yield warn(
                "rule-year-unusual",
                where,
                f"แนวทางใช้ข้อมูลปี {year.value} ซึ่งยังไม่สิ้นสุดก่อนโครงการปี {programme.value} ถูกต้องหรือไม่{seen}",
                f"a rule names {year.value}, not over before the programme's {programme.value}: is that right?{seen}",
            )
