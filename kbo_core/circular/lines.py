"""The letter's lines and how they stand: what opens a line, list markers, paragraph starts, headings."""

import re
from dataclasses import dataclass
from functools import cached_property

from kbo_core.circular.folded import folded
from kbo_core.circular.letter import Letter
from kbo_core.domain.thai_text import arabic_digits

_OPENING = re.compile(r"[\s|>#*•●▪◦○\u200b-\u200f\ufeff\"'-]*")
_PAGE_NUMBER = re.compile(r"[\s|]*(?:-\s*)?(?:หน้า(?:ที่)?\s*)?\d{1,3}\s*(?:-\s*)?$")
_RULE = re.compile(r"[\s|+:=_–—-]*$")
_MARKER = re.compile(
    r"(?:ข้อ(?:ที่)?\s*)?\(\s*(?P<paren>\d{1,2}(?:\.\d{1,2})*)\s*\)"
    r"|(?:ข้อ(?:ที่)?\s*)?(?P<dot>\d{1,2}(?:\.\d{1,2})*)\s*(?:[.)](?!\d)|(?<=\.\d)(?=\s)|(?<=\.\d\d)(?=\s))"
    r"|ข้อ(?:ที่)?\s*(?P<word>\d{1,2}(?:\.\d{1,2})*)(?!\d)\s*[:.)]?"
    r"|\(?(?P<letter>[กขคงจฉช])[.)](?=\s|$)"
)
# A clause that another sentence points to ("ตาม / ข้อ ๓") is no list item, though a line may begin with it.
_POINTING = re.compile(r"(?:ตาม|ใน|และ|หรือ|ถึง|กับ|แห่ง|ของ|จาก|,)$")
_LETTERS = "กขคงจฉช"


@dataclass(frozen=True)
class Marker:
    """A list marker at the opening of a line; ``label`` is its number in Arabic digits."""

    label: str
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Page:
    """A letter seen line by line. Lines are numbered from 0 here."""

    letter: Letter

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The lines with Arabic digits and common blanks, of the same lengths as in the source."""
        return tuple(map(_plain, self.letter.lines))

    @cached_property
    def text(self) -> str:
        """The whole letter in the same way, its line ends as they are."""
        return _plain(self.letter.source)

    @cached_property
    def blank(self) -> tuple[bool, ...]:
        """Which lines say nothing: empty, a table's rule, a page number alone between blank lines."""
        empty = [_RULE.match(line) is not None for line in self.plain]
        return tuple(
            is_empty or (_PAGE_NUMBER.match(line) is not None and "|" not in line and "-" in line)
            for is_empty, line in zip(empty, self.plain, strict=True)
        )

    @cached_property
    def openings(self) -> tuple[int, ...]:
        """The source offset of the first word of each line."""
        return tuple(
            start + _matched(_OPENING, line) for start, line in zip(self.letter.line_starts, self.plain, strict=True)
        )

    @cached_property
    def has_paragraphs(self) -> bool:
        """Whether blank lines part the paragraphs; flat text leaves only line starts to go by."""
        return sum(self.blank[1:-1]) >= 4

    def opening(self, i: int) -> str:
        """A line from its first word on, Arabic digits, blanks kept."""
        return self.plain[i][self.openings[i] - self.letter.line_starts[i] :]

    def begins(self, i: int) -> bool:
        """Whether a paragraph begins with the line, as far as blank lines tell."""
        return not self.blank[i] and (
            not self.has_paragraphs or i == 0 or self.blank[i - 1] or _is_row(self.plain[i - 1])
        )

    @cached_property
    def markers(self) -> tuple[Marker, ...]:
        """Every list marker that opens a line or a cell at its opening."""
        found = []
        before = ""
        for i, blank in enumerate(self.blank):
            if blank:
                continue
            text = self.opening(i)
            match = _MARKER.match(text)
            if match and not (match["word"] and _POINTING.search(before)):
                letter = match["letter"]
                label = str(_LETTERS.index(letter) + 1) if letter else match["paren"] or match["dot"] or match["word"]
                found.append(Marker(label, self.openings[i], self.openings[i] + match.end(), i))
            before = folded(text)
        return tuple(found)

    def end_of(self, i: int) -> int:
        """The source offset at which a line ends."""
        return self.letter.line_starts[i] + len(self.plain[i])


def _plain(text: str) -> str:
    return arabic_digits(text).replace("\u00a0", " ")


def _is_row(line: str) -> bool:
    return "|" in line or "\t" in line.strip()


def _matched(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.match(text)
    return match.end() if match else 0
