"""The head of a letter: number, place, date, subject, addressees, reference."""

import re
from dataclasses import dataclass

from kbo_core.circular.dates import PrintedDate, dates, dayless
from kbo_core.circular.folded import Folded, fold
from kbo_core.circular.letter import Letter, Printed, Quote
from kbo_core.circular.lines import Page
from kbo_core.domain.thai_text import clean

_NUMBER = re.compile(
    r"ที่(?P<unit>[ก-ฮ][ก-ฮ.]{0,7}?)(?P<office>\d{2,4}(?:\.\d+)*)/(?P<circular>ว\.?)?(?P<running>\d{1,7})(?![\d/])"
)
_SUBJECT = re.compile(r"เรื่อง(?![ก-ฮ]*ที่)")
_ADDRESSEES = re.compile(r"เรียน|ถึง")
_REFERENCE = re.compile(r"อ้างถึง")
_PLACE = re.compile(r"ศาลากลาง|ที่ว่าการ|สำนักงาน|ที่ทำการ|ส่วนราชการ")
_NEXT_PART = re.compile(r"เรื่อง|เรียน|อ้างถึง|สิ่งที่ส่งมาด้วย|ด้วย|ตามที่|ตามหนังสือ|เนื่อง|เพื่อ")
_HEAD_WITHOUT_SUBJECT = 1500
_WRAPPED_LINES = 12


@dataclass(frozen=True)
class LetterNumber:
    """The parts of a letter's number. A number carries no year: the register restarts each January."""

    unit: str
    office: str
    is_circular: bool
    running: int

    def __str__(self) -> str:
        return f"{self.unit} {self.office}/{'ว ' if self.is_circular else ''}{self.running}"


@dataclass(frozen=True)
class Head:
    """What stands before the first sentence, as far as it was found."""

    end: int
    number: Printed[LetterNumber] | None
    place: Quote | None
    issued: PrintedDate | None
    undated: Quote | None
    subject: Printed[str] | None
    addressees: Quote | None
    reference: Quote | None


def read_head(page: Page) -> Head:
    """The head of the letter."""
    letter = page.letter
    subject_line = _line_with(page, _SUBJECT)
    end = page.openings[subject_line] if subject_line is not None else min(_HEAD_WITHOUT_SUBJECT, len(letter.source))
    head = fold(letter, 0, end)
    issued = next((d for d in dates(head) if d.on is None or d.quote), None)
    subject = _part(page, _SUBJECT)
    return Head(
        end=end,
        number=_number(head),
        place=_place(page, end, issued),
        issued=issued,
        undated=None if issued else dayless(head),
        subject=Printed(clean(subject.shown), subject) if subject else None,
        addressees=_part(page, _ADDRESSEES),
        reference=_part(page, _REFERENCE),
    )


def _number(head: Folded) -> Printed[LetterNumber] | None:
    match = _NUMBER.search(head.text)
    if not match:
        return None
    number = LetterNumber(match["unit"], match["office"], match["circular"] is not None, int(match["running"]))
    return Printed(number, head.quote_of(match, "unit", "running"))


def _line_with(page: Page, pattern: re.Pattern[str]) -> int | None:
    return next((i for i in range(len(page.plain)) if not page.blank[i] and pattern.match(page.opening(i))), None)


def _place(page: Page, end: int, issued: PrintedDate | None) -> Quote | None:
    line = _line_with(page, _PLACE)
    if line is None or page.openings[line] >= end:
        return None
    until = line
    while until + 1 < len(page.plain) and not page.blank[until + 1] and page.openings[until + 1] < end:
        if issued and page.end_of(until + 1) > issued.quote.start:
            break
        until += 1
    return page.letter.quote(page.openings[line], page.end_of(until))


def _part(page: Page, label: re.Pattern[str]) -> Quote | None:
    """The text after a label that opens a line, with the lines that it was wrapped onto."""
    line = _line_with(page, label)
    if line is None:
        return None
    match = label.match(page.opening(line))
    start = page.openings[line] + (match.end() if match else 0)
    until = line
    while (
        until + 1 < len(page.plain)
        and not page.blank[until + 1]
        and not _NEXT_PART.match(page.opening(until + 1))
        and not any(marker.line == until + 1 for marker in page.markers)
        and until - line < _WRAPPED_LINES
    ):
        until += 1
    found = _unmarked(page.letter, start, page.end_of(until))
    return found if found.text else None


def _unmarked(letter: Letter, start: int, end: int) -> Quote:
    """The quotation without the signs that Markdown and tables put around it."""
    text = letter.source[start:end]
    start += len(text) - len(text.lstrip(" \t|*:"))
    return letter.quote(start, start + len(letter.source[start:end].rstrip(" \t|*\r\n")))
