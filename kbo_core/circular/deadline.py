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
# "Whereas … has been told to … by such a day": what was said elsewhere, told again before the letter's own matter.
_WHEREAS = re.compile(r"(?<!ส่งมา)(?<!แนบมา)(?:ตามที่|ตามหนังสือ|ตามประกาศ|อนุสนธิ|อ้างถึง|ด้วย|เนื่องด้วย|เนื่องจาก)")
_WHEREAS_END = re.compile(r"(?<!ดัง)(?<!เท่า)นั้น")
_OWN_MATTER = re.compile(r"จึง(?:เรียน|ขอ|ให้|แจ้ง)|ในการนี้|บัดนี้|ทั้งนี้")
_NEXT = re.compile(r"จังหวัด|อำเภอ|สำนักงาน|จึง|ในการนี้|บัดนี้|เพื่อ")
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_LONGEST_WHEREAS = 900
_RELATIVE = re.compile(r"ภายใน(?:ระยะเวลา|กำหนด)?\d{1,3}(?:วัน|เดือน|สัปดาห์)(?:ทำการ)?|โดยด่วน(?:ที่สุด)?|โดยเร็ว")


@dataclass(frozen=True)
class Limit:
    """A day by which the letter asks for a report; ``word`` is how it says *by*."""

    word: str
    day: PrintedDate
    at: Printed[time] | None
    quote: Quote


def read_limits(body: Folded) -> tuple[Limit, ...]:
    """Every limit for a report, in the letter's order; limits for something else only when there is no other.

    A limit that the opening merely tells again is none.
    """
    retold = _retold(body)
    found = [
        (match, _limit(body, match))
        for match in _LIMIT.finditer(body.text)
        if not any(start <= match.start() < end for start, end in retold)
    ]
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
    return next(((first, other) for other in others if other.day.as_text != first.day.as_text), None)


def _retold(body: Folded) -> list[tuple[int, int]]:
    """The sentences from *whereas* to its closing word; none runs into another paragraph or the letter's own matter."""
    found: list[tuple[int, int]] = []
    for match in _WHEREAS.finditer(body.text):
        if (found and match.start() < found[-1][1]) or not _is_parted(body, match.start(), -1):
            continue
        ends = _WHEREAS_END.finditer(body.text, match.end(), match.end() + _LONGEST_WHEREAS)
        end = next((e.end() for e in ends if _is_parted(body, e.end() - 1, 1)), None)
        if end is None:
            continue
        source = body.letter.source[body.starts[match.start()] : body.ends[end - 1]]
        if not _PARAGRAPH.search(source) and not _OWN_MATTER.search(body.text, match.end(), end):
            found.append((match.start(), end))
    return found


def _is_parted(body: Folded, at: int, side: int) -> bool:
    """Whether a blank or the letter's end stands beside a character; the letter's own matter may follow at once."""
    source = body.letter.source
    beside = body.starts[at] - 1 if side < 0 else body.ends[at]
    if not 0 <= beside < len(source) or source[beside].isspace() or source[beside] in "|*>,":
        return True
    return side > 0 and _NEXT.match(body.text, at + 1) is not None


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
