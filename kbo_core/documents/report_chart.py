"""The time-line of a cycle: where each instant stands between the opening and the report, and the same in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from kbo_core.documents.papers import DistrictLine, Report
from kbo_core.domain.thai_dates import BANGKOK, MONTHS_SHORT, bangkok_day, long_date, short_date, year_be
from kbo_core.domain.thai_text import thai_digits

_MOST_MARKS = 12  # of months under the line


def time_line(report: Report) -> dict[str, object]:
    """The chart: marks of months, the cycle's own lines, one lane a district; shares are of the chart's width.

    ``told`` is the text alternative.
    """
    span = report.span
    latest = max(report.made_at, *(line.submitted_at or report.made_at for line in report.lines))
    lasting = max(latest - span.opened_at, timedelta(days=1))

    def share(at: datetime) -> float:
        return round(min(max((at - span.opened_at) / lasting, 0.0), 1.0), 4)

    extended: dict[str, list[datetime]] = {line.district.code: [] for line in report.lines}
    for extension in report.extensions:
        for code in extension.districts:
            extended.setdefault(code, []).append(extension.until)
    return {
        "months": [{"at": share(at), "name": name} for at, name in _months(span.opened_at, latest)],
        "lines": [
            {"at": share(at), "name": f"{name} {thai_digits(short_date(bangkok_day(at)))}", "is_due": is_due}
            for name, at, is_due in (
                ("กำหนดส่ง", span.due_at, True),
                ("สิ้นสุดผ่อนผัน", span.grace_until, False),
                ("ปิดรับ", span.lock_at, False),
            )
            if at is not None and at <= latest
        ],
        "lanes": [
            {
                "name": line.district.name_th,
                "answers": [
                    {"at": share(a.received_at), "is_late": a.timeliness[0] != "on_time"}
                    for a in report.answers
                    if a.district_code == line.district.code
                ],
                "reminders": [share(r.sent_at) for r in report.reminders if r.district_code == line.district.code],
                "extensions": [share(at) for at in extended[line.district.code]],
            }
            for line in report.lines
            if line.quota
        ],
        "told": thai_digits(_told(report)),
    }


def _months(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """The first of each month in between, thinned out until they can be read."""
    at = start.astimezone(BANGKOK).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found: list[tuple[datetime, str]] = []
    while at <= end:
        if at >= start:
            name = thai_digits(f"{MONTHS_SHORT[at.month - 1]} {year_be(at.date()) % 100:02}")
            found.append((at, name))
        at = (at + timedelta(days=32)).replace(day=1)
    return found[:: len(found) // _MOST_MARKS + 1]


def _told(report: Report) -> str:
    opened, due = bangkok_day(report.span.opened_at), bangkok_day(report.span.due_at)
    lanes = "; ".join(_lane(report, line) for line in report.lines if line.quota)
    return f"เส้นเวลาของรอบ เปิดรอบวันที่ {long_date(opened)} กำหนดส่งวันที่ {long_date(due)} {lanes}"


def _lane(report: Report, line: DistrictLine) -> str:
    code = line.district.code
    answered = _days(a.received_at for a in report.answers if a.district_code == code)
    words = [f"{line.district.title_th} {f'ส่งแบบวันที่ {answered}' if answered else 'ไม่ได้ส่งแบบ'}"]
    if extended := _days(x.until for x in report.extensions if code in x.districts):
        words.append(f"กำหนดใหม่ {extended}")
    words.append(f"ติดตาม {line.reminders} ครั้ง")
    return " ".join(words)


def _days(instants: Iterable[datetime]) -> str:
    return ", ".join(short_date(bangkok_day(at)) for at in instants)
