"""A deadline lies within the year in which its letter can matter."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, warn
from kbo_core.domain.thai_dates import fiscal_year_be, long_date

_FAR_DAYS = 366


def horizon(contents: Contents) -> Iterable[Finding]:
    """Warns of a deadline far away, or after the programme's fiscal year."""
    issued = contents.head.issued
    if not contents.limits or not issued or not (due := contents.limits[0].day.on) or not issued.on:
        return
    seen = beside(issued.quote, contents.limits[0].quote)
    if (due - issued.on).days > _FAR_DAYS:
        yield warn(
            "deadline-far",
            "deadline.on",
            f"กำหนดส่ง {long_date(due)} ห่างจากวันที่ออกหนังสือ {(due - issued.on).days} วัน ปีถูกต้องหรือไม่{seen}",
            f"the deadline {due} is more than a year after the letter: is the year right?{seen}",
        )
    elif contents.programme_years and fiscal_year_be(due) > contents.programme_years[0].value:
        seen = beside(contents.programme_years[0].quote, contents.limits[0].quote)
        yield warn(
            "deadline-after-year",
            "deadline.on",
            f"กำหนดส่ง {long_date(due)} อยู่หลังสิ้นปีงบประมาณ {contents.programme_years[0].value} ถูกต้องหรือไม่{seen}",
            f"the deadline {due} lies after the programme's fiscal year: is it right?{seen}",
        )
