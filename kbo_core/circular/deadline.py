"""Until when the districts are to report."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from kbo_core.circular.dates import DATE, PrintedDate, date_of
from kbo_core.circular.folded import Folded
from kbo_core.circular.letter import Printed, Quote

_LIMIT = re.compile(
    rf"(?P<word>ภายใน|ไม่เกิน|ไม่ช้ากว่า|อย่างช้า|ก่อน|ถึง)(?:กำหนด)?(?:ใน)?"
    rf"(?:เวลา(?P<hour>\d{{1,2}})[.:](?P<minute>\d{{2}})(?:น\.?|นาฬิกา)?(?:ของ|ใน)?)?(?:วันที่|วัน(?=\d))?{DATE}"
)
_REPORT = re.compile(r"รายงาน|แจ้ง|ส่ง|เสนอ|รวบรวม|จัดทำ|ตอบ")
_CONTEXT = 160
_CLOCK = re.compile(r"(?:และ)?(?:ภายใน|ก่อน|ไม่เกิน|ใน)?เวลา(\d{1,2})[.:](\d{2})(?:น\.?|นาฬิกา)")
_CLOCK_NEAR = 12
_RELATIVE = re.compile(r"ภายใน(?:ระยะเวลา|กำหนด)?\d{1,3}(?:วัน|เดือน|สัปดาห์)(?:ทำการ)?|โดยด่วน(?:ที่สุด)?|โดยเร็ว")


@dataclass(frozen=True)
class Limit:
    """A day by which the letter asks for a report; ``word`` is how it says *by*."""

    word: str
    day: PrintedDate
    at: Printed[time] | None
    quote: Quote


def read_limits(body: Folded) -> tuple[Limit, ...]:
    """Every limit for a report, in the letter's order; limits for something else only when there is no other."""
    found = [(match, _limit(body, match)) for match in _LIMIT.finditer(body.text)]
    asked = [
        limit for match, limit in found if _REPORT.search(body.text[max(0, match.start() - _CONTEXT) : match.start()])
    ]
    return tuple(asked or [limit for _, limit in found if limit.word != "ถึง"])


def vague_limit(body: Folded) -> Quote | None:
    """A limit without a day: so many days from receipt, or merely *soon*."""
    match = _RELATIVE.search(body.text)
    return body.quote_of(match) if match else None


def differing(limits: Iterable[Limit]) -> tuple[Limit, Limit] | None:
    """Two limits that name different days."""
    first, *others = limits
    return next(((first, other) for other in others if other.day.on != first.day.on), None)


def _limit(body: Folded, match: re.Match[str]) -> Limit:
    at = _clock(body, match, "hour", "minute") if match["hour"] else None
    clock = _CLOCK.search(body.text, match.end(), match.end() + _CLOCK_NEAR + 20)
    if clock and clock.start() - match.end() <= _CLOCK_NEAR:
        at = _clock(body, clock, 1, 2)
    return Limit(match["word"], date_of(body, match), at, body.quote_of(match))


def _clock(body: Folded, match: re.Match[str], hour: int | str, minute: int | str) -> Printed[time] | None:
    if int(match[hour]) > 23 or int(match[minute]) > 59:
        return None
    return Printed(time(int(match[hour]), int(match[minute])), body.quote_of(match, hour, minute))
