"""The text layer of a digital PDF, its lines and paragraphs told apart by where they stand on the page.

A PDF has no paragraphs: a wider gap above a line, or an indent, begins one. Wide gaps inside a line part cells.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_CELL_GAP = 0.62  # in text heights; a justified blank stays well below
_PARAGRAPH_GAP = 1.25
_BLANK_GAP = 0.2
_SAME_LINE = 0.5
_MARK_REACH = 1.3
_MARK_SLACK = 0.15
_FULL_LINE = 0.8  # of the width of the text; a line that stops before it ends its paragraph
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


@dataclass(frozen=True)
class _Line:
    text: str
    left: float
    right: float
    bottom: float
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
    text_page = page.get_textpage()
    height = _text_height(text_page)
    return [_line(row, height) for row in _rows(_runs(text_page, height), height)]


def _text_height(text_page: Any) -> float:
    """How tall a line of the page is. A box reaches from below the line to the top of its own character, so a digit's
    is half a letter's; most lines have a mark above a letter somewhere."""
    boxes = (text_page.get_charbox(i, loose=True) for i in range(text_page.count_chars()))
    heights = sorted(height for _, bottom, _, top in boxes if (height := top - bottom) > 0)
    return heights[len(heights) * 9 // 10] if heights else 1.0


def _runs(text_page: Any, height: float) -> Iterator[_Run]:
    """Stretches of characters as the file has them, parted where a line ends or a wide gap stands.

    Taking the characters by the boxes around them would tear Thai marks from their letters.
    """
    chars: list[_Char] = []
    for char in _with_marks_at_home(list(_chars(text_page)), height):
        if char.char == "\n":
            yield from _run(chars)
            chars = []
            continue
        gap = char.left - max(c.right for c in chars[-3:]) if chars else 0.0
        if gap > _CELL_GAP * height:
            yield from _run(chars)
            chars = []
        elif char.char == " ":
            if not chars or chars[-1].char == " ":
                continue
        elif gap > _BLANK_GAP * height and not _is_mark(char):
            chars.append(_Char(" ", chars[-1].right, chars[-1].bottom, chars[-1].right, chars[-1].top))
        chars.append(char)
        if double := _doubled(chars):
            del chars[-double:]
    yield from _run(chars)


def _chars(text_page: Any) -> Iterator[_Char]:
    for i in range(text_page.count_chars()):
        char = _HYPHENS.get(code := pdfium_c.FPDFText_GetUnicode(text_page, i), chr(code))
        left, bottom, right, top = text_page.get_charbox(i, loose=True)
        if char in "\r\n":
            yield _Char("\n", left, bottom, right, top)
        elif char.isspace():
            if right > left:  # one without a width stands for a jump of the pen, not for a blank
                yield _Char(" ", left, bottom, right, top)
        elif char.isprintable() or unicodedata.category(char) == "Co":
            yield _Char(char, left, bottom, right, top)


def _is_mark(char: _Char) -> bool:
    return unicodedata.category(char.char) == "Mn"


def _with_marks_at_home(chars: list[_Char], height: float) -> list[_Char]:
    """The characters with each mark behind the letter that it stands over or under.

    Word processors draw raised marks last, so that the file has them behind a later letter, or at the line's end.
    """
    placed: list[_Char] = []
    for char in chars:
        if not _is_mark(char) or _stands_on(char, _letter_before(placed, len(placed)), height):
            placed.append(char)
            continue
        homes = [n for n, letter in enumerate(placed) if not _is_mark(letter) and _stands_on(char, letter, height)]
        at = min(homes, key=lambda n: _aside(char, placed[n])) + 1 if homes else len(placed)
        while at < len(placed) and _is_mark(placed[at]):
            at += 1
        placed.insert(at, replace(char, bottom=placed[at - 1].bottom) if placed else char)
    return placed


def _letter_before(placed: list[_Char], end: int) -> _Char | None:
    return next((c for c in reversed(placed[max(0, end - 4) : end]) if not _is_mark(c)), None)


def _stands_on(mark: _Char, letter: _Char | None, height: float) -> bool:
    if letter is None or not letter.char.isalpha():
        return False
    near = letter.bottom - height / 2 < mark.bottom < letter.bottom + _MARK_REACH * height
    return near and _aside(mark, letter) < _MARK_SLACK * height


def _aside(mark: _Char, letter: _Char) -> float:
    """How far a mark's middle lies outside the width of a letter."""
    middle = (mark.left + mark.right) / 2
    return max(letter.left - middle, middle - letter.right, 0.0)


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


def _rows(runs: Iterable[_Run], height: float) -> Iterator[list[_Run]]:
    """The runs that stand on one line, top to bottom; they share their lower edge, whatever is in them."""
    row: list[_Run] = []
    for run in sorted(runs, key=lambda r: -r.bottom):
        if row and row[0].bottom - run.bottom > _SAME_LINE * height:
            yield sorted(row, key=lambda r: r.left)
            row = []
        row.append(run)
    if row:
        yield sorted(row, key=lambda r: r.left)


def _line(row: list[_Run], height: float) -> _Line:
    text = row[0].text
    for before, run in pairwise(row):
        text += ("\t" if run.left - before.right > _CELL_GAP * height else " ") + run.text
    return _Line(text.strip(), row[0].left, row[-1].right, row[0].bottom, height)


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    if not lines:
        return
    pitches = [a.bottom - b.bottom for a, b in pairwise(lines)]
    usual = sorted(pitches)[len(pitches) // 4] if pitches else 0.0  # most letters have more paragraphs than wraps
    margin = min(line.left for line in lines)
    width = max(line.right for line in lines) - margin
    yield lines[0].text
    for before, line in pairwise(lines):
        is_row = "\t" in line.text and "\t" in before.text
        is_apart = before.bottom - line.bottom > _PARAGRAPH_GAP * usual
        is_short = before.right < margin + _FULL_LINE * width
        is_indented = line.left - margin > _INDENT * line.height and before.left - margin < _INDENT * line.height
        if not is_row and (is_apart or is_short or is_indented):
            yield ""
        yield line.text
