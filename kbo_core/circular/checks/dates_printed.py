"""A printed date exists, and its weekday is the calendar's."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.dates import PrintedDate, dates
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block, info, warn
from kbo_core.domain.thai_dates import WEEKDAYS, long_date


def dates_printed(contents: Contents) -> Iterable[Finding]:
    """Asks about days that the calendar does not have, wrong weekdays, years in another style."""
    places = {contents.limits[0].day.quote.start: "deadline.on"} if contents.limits else {}
    if contents.head.issued:
        places[contents.head.issued.quote.start] = "circular.issued_on"
    for printed in dates(contents.whole):
        where = places.get(printed.quote.start, f"line.{printed.quote.line}")
        yield from _day(printed, where)
        if where in ("deadline.on", "circular.issued_on"):
            yield from _year(printed, where)


def _day(printed: PrintedDate, where: str) -> Iterable[Finding]:
    seen = beside(printed.quote)
    if printed.on is None:
        yield block(
            "date-impossible",
            where,
            f"ไม่มีวันนี้ในปฏิทิน วันที่ที่ถูกต้องคือวันใด{seen}",
            f"the calendar has no such day: which is meant?{seen}",
        )
    elif printed.weekday and not (weekday := WEEKDAYS[printed.on.weekday()]).startswith(printed.weekday):
        yield warn(
            "weekday-mismatch",
            where,
            f"หนังสือเขียนว่าวัน{printed.weekday} แต่วันที่ {long_date(printed.on)} เป็นวัน{weekday} วันหรือวันที่ที่ถูกต้องคืออะไร{seen}",
            f"{printed.on} is not the weekday that is printed: which of the two is meant?{seen}",
        )


def _year(printed: PrintedDate, where: str) -> Iterable[Finding]:
    if printed.on and (printed.is_short_year or printed.is_common_era):
        style = "ปีสองหลัก" if printed.is_short_year else "ปี ค.ศ."
        yield info(
            "year-style",
            where,
            f"หนังสือเขียนเป็น{style} อ่านได้ว่า {long_date(printed.on)} ถูกต้องหรือไม่{beside(printed.quote)}",
            f"the year is not written in full in the Buddhist era; read as {printed.on}{beside(printed.quote)}",
        )
