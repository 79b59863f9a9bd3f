"""The text layer of a digital PDF, its lines and paragraphs told apart by where they stand on the page.

A PDF has no paragraphs: a wider gap above a line, or an indent, begins one. Wide gaps inside a line part cells.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_CELL_GAP = 0.62  # in text heights; a justified blank stays well below
_PARAGRAPH_GAP = 1.25
_SAME_LINE = 0.5
_INDENT = 1.5
_TOUCHING = 0.02
_HYPHENS = {0xFFFE: "-", 0x02: "-"}  # what pypdfium2 gives for a hyphen at a line's end


class NoTextLayerError(Exception):
    """The pages are pictures."""


class TooManyPagesError(Exception):
    """More pages than a letter has."""


@dataclass(frozen=True)
class _Char:
    char: str
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class _Run:
    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(frozen=True)
class _Line:
    text: str
    left: float
    middle: float
    height: float


def pdf_text(data: bytes, longest: int) -> str:
    """The text of a PDF, its paragraphs parted by blank lines and its cells by tabs.

    Raises NoTextLayerError for a scan, TooManyPagesError, and pypdfium2's error for what is no PDF.
    """
    document = pdfium.PdfDocument(data)
    try:
        if len(document) > longest:
            raise TooManyPagesError
        pages = ["\n".join(_paragraphs(_lines(page))) for page in document]
    finally:
        document.close()
    if not any(char.isalnum() for page in pages for char in page):
        raise NoTextLayerError
    return "\n\n".join(pages).strip("\n") + "\n"


def _lines(page: Any) -> list[_Line]:
    return [_line(row) for row in _rows(_runs(page.get_textpage()))]


def _runs(text_page: Any) -> Iterator[_Run]:
    """Stretches of characters as the file has them, parted where a line ends or a wide gap stands.

    Taking the characters by the boxes around them would tear Thai marks from their letters.
    """
    chars: list[_Char] = []
    for i in range(text_page.count_chars()):
        char = _HYPHENS.get(code := pdfium_c.FPDFText_GetUnicode(text_page, i), chr(code))
        if char in "\r\n":
            yield from _run(chars)
            chars = []
        elif char.isspace():
            if chars and chars[-1].char != " ":
                chars.append(_Char(" ", chars[-1].right, chars[-1].bottom, chars[-1].right, chars[-1].top))
        elif char.isprintable() or unicodedata.category(char) == "Co":
            left, bottom, right, top = text_page.get_charbox(i, loose=True)
            if chars and left - max(c.right for c in chars[-3:]) > _CELL_GAP * (chars[-1].top - chars[-1].bottom):
                yield from _run(chars)
                chars = []
            chars.append(_Char(char, left, bottom, right, top))
            if double := _doubled(chars):
                del chars[-double:]
    yield from _run(chars)


def _doubled(chars: list[_Char]) -> int:
    """How many characters at the end only repeat, in the same place, the letter with its marks before them.

    Some programs give the letter and the mark above it the text of both.
    """
    for n in (4, 3, 2):
        first, second = chars[-2 * n : -n], chars[-n:]
        if (
            len(first) == n
            and [c.char for c in first] == [c.char for c in second]
            and any(unicodedata.combining(c.char) or unicodedata.category(c.char) == "Mn" for c in second)
            and second[0].left < first[-1].right - _TOUCHING * (first[-1].top - first[-1].bottom)
        ):
            return n
    return 0


def _run(chars: list[_Char]) -> Iterator[_Run]:
    if text := "".join(c.char for c in chars).strip():
        tall = max(chars, key=lambda c: c.top - c.bottom)
        yield _Run(text, chars[0].left, tall.bottom, max(c.right for c in chars), tall.top)


def _rows(runs: Iterable[_Run]) -> Iterator[list[_Run]]:
    """The runs that stand on one line, top to bottom."""
    row: list[_Run] = []
    for run in sorted(runs, key=lambda r: -r.middle):
        if row and row[0].middle - run.middle > _SAME_LINE * (run.top - run.bottom):
            yield sorted(row, key=lambda r: r.left)
            row = []
        row.append(run)
    if row:
        yield sorted(row, key=lambda r: r.left)


def _line(row: list[_Run]) -> _Line:
    height = max(run.top - run.bottom for run in row)
    text = row[0].text
    for before, run in pairwise(row):
        text += ("\t" if run.left - before.right > _CELL_GAP * height else " ") + run.text
    return _Line(text.strip(), row[0].left, row[0].middle, height)


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    if not lines:
        return
    pitches = [a.middle - b.middle for a, b in pairwise(lines)]
    usual = sorted(pitches)[len(pitches) // 4] if pitches else 0.0  # most letters have more paragraphs than wraps
    margin = min(line.left for line in lines)
    yield lines[0].text
    for before, line in pairwise(lines):
        is_row = "\t" in line.text and "\t" in before.text
        is_apart = before.middle - line.middle > _PARAGRAPH_GAP * usual
        is_indented = line.left - margin > _INDENT * line.height and before.left - margin < _INDENT * line.height
        if not is_row and (is_apart or is_indented):
            yield ""
        yield line.text
