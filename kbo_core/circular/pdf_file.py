"""The text layer of a digital PDF, its lines and paragraphs told apart by where they stand on the page.

A PDF has no paragraphs: a wider gap above a line, or an indent, begins one. Wide gaps inside a line part cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

import pypdfium2 as pdfium

_CELL_GAP = 1.1  # in text heights; a justified blank stays well below
_PARAGRAPH_GAP = 1.35
_SAME_LINE = 0.5
_INDENT = 1.5


class NoTextLayerError(Exception):
    """The pages are pictures."""


class TooManyPagesError(Exception):
    """More pages than a letter has."""


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
    text_page = page.get_textpage()
    runs = []
    for i in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(i)
        if text := text_page.get_text_bounded(left, bottom, right, top).strip():
            runs.append((left, bottom, right, top, text))
    return [_line(row) for row in _rows(runs)]


def _rows(runs: list[tuple[float, float, float, float, str]]) -> Iterator[list[tuple[float, float, float, float, str]]]:
    """The runs that stand on one line, top to bottom. Marks above and below make Thai boxes uneven."""
    row: list[tuple[float, float, float, float, str]] = []
    for run in sorted(runs, key=lambda r: -(r[1] + r[3]) / 2):
        middle = (run[1] + run[3]) / 2
        if row and not any(r[1] <= middle <= r[3] or run[1] <= (r[1] + r[3]) / 2 <= run[3] for r in row):
            yield sorted(row)
            row = []
        row.append(run)
    if row:
        yield sorted(row)


def _line(row: list[tuple[float, float, float, float, str]]) -> _Line:
    height = max(r[3] - r[1] for r in row)
    text = row[0][4]
    for before, run in zip(row, row[1:], strict=False):
        gap = run[0] - before[2]
        text += ("\t" if gap > _CELL_GAP * height else " " if gap > 0.15 * height else "") + run[4]
    return _Line(" ".join(text.splitlines()), row[0][0], (row[0][1] + row[0][3]) / 2, height)


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    if not lines:
        return
    pitches = [a.middle - b.middle for a, b in zip(lines, lines[1:], strict=False)]
    usual = median(pitches) if pitches else 0.0
    margin = min(line.left for line in lines)
    yield lines[0].text
    for before, line in zip(lines, lines[1:], strict=False):
        is_row = "\t" in line.text and "\t" in before.text
        is_apart = before.middle - line.middle > _PARAGRAPH_GAP * usual
        is_indented = line.left - margin > _INDENT * line.height and before.left - margin < _INDENT * line.height
        if not is_row and (is_apart or is_indented):
            yield ""
        yield line.text
