"""The allocation register: which district gets how many places, its heading's year, its total."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import islice

from kbo_core.circular.folded import fold, folded
from kbo_core.circular.letter import Printed, Quote
from kbo_core.circular.lines import Page
from kbo_core.circular.sections import Heading, Kind
from kbo_core.circular.table_rows import (
    Columns,
    Piece,
    Row,
    cells_of,
    columns_of,
    is_official,
    is_parted_heading,
    pieces_of,
    rows_from,
)
from kbo_core.circular.years import year_in

_HEADER = re.compile(r"(?:อำเภอ|เขต).*(?:จำนวน|จัดสรร|โควตา|เป้าหมาย|กลุ่ม)")
_HEADER_OPENING = re.compile(r"(?:ลำดับ)?(?:ที่)?(?:ชื่อ)?(?:อำเภอ|เขต)")
_LONGEST_HEADER = 160
_STRANGE_LINES = 3
_HEADING_LINES = 3
_MOST_TABLES = 20  # a hostile file of nothing but table heads must not take for ever


@dataclass(frozen=True)
class Register:
    """The allocation register, as far as it was found; ``start == end`` when there is none.

    ``unclear`` is the header of a table with several number columns of which none is named as the allocation; then
    no number is read.
    """

    start: int = 0
    end: int = 0
    year: Printed[int] | None = None
    rows: tuple[Row, ...] = ()
    total: Row | None = None
    unclear: Quote | None = None


def read_register(page: Page, headings: tuple[Heading, ...], after: int, programme_year: int | None = None) -> Register:
    """The table behind an offset that gives districts numbers.

    A sentence may begin as a table's head does; what follows it names no districts.
    """
    heads = (
        line
        for line in range(len(page.plain))
        if page.openings[line] >= after and not page.blank[line] and _is_header(page, line)
    )
    found = [
        register
        for line in islice(heads, _MOST_TABLES)
        if (register := _register(page, line, headings, programme_year))
    ]
    return max(found, key=lambda r: sum(is_official(row.name) for row in r.rows), default=Register())


def _register(page: Page, line: int, headings: tuple[Heading, ...], programme_year: int | None) -> Register | None:
    start = _heading_above(page, headings, line)
    year = year_in(fold(page.letter, start, page.letter.line_starts[line]))
    columns = columns_of(page, line, {y for y in (programme_year, year and year.value) if y})
    following = next((i for i in range(line + 1, len(page.plain)) if not page.blank[i]), None)
    unclear = columns.is_unclear or (following is not None and is_parted_heading(page, line, following))
    rows, last = _table(page, line, {h.line for h in headings}, columns)
    districts = tuple(row for row in rows if not row.is_total)
    if not any(row.count is not None for row in districts):
        return None
    if unclear:
        header = page.letter.quote(page.openings[line], page.end_of(line))
        return Register(
            start, page.end_of(last), year, tuple(replace(r, count=None, words=None) for r in districts), None, header
        )
    total = next((row for row in rows if row.is_total), None)
    return Register(start, page.end_of(last), year, districts, total)


def _is_header(page: Page, line: int) -> bool:
    """A line that heads a district column and a number column; a wrapped heading may need the next line too."""
    text = folded(page.opening(line))
    if len(text) > _LONGEST_HEADER:
        return False
    if len(cells_of(page, line)) > 1 and columns_of(page, line).pairs:
        return True
    following = folded(page.opening(line + 1)) if line + 1 < len(page.plain) else ""
    return (
        _HEADER_OPENING.match(text) is not None
        and _HEADER.search(text + following) is not None
        and not any(piece.count_end for piece in pieces_of(page, line, Columns(), is_open=False))
    )


def _heading_above(page: Page, headings: tuple[Heading, ...], line: int) -> int:
    """Where the register's own heading begins, else the lines right above the table."""
    above = [h for h in headings if h.line <= line]
    if above and above[-1].kind in (Kind.REGISTER, Kind.LABEL):
        return above[-1].start
    if not page.has_paragraphs:  # nothing tells a heading from the end of the sentence before it
        return page.openings[line]
    marked = {marker.line for marker in page.markers}
    first = line
    while first > 0 and line - first < _HEADING_LINES and not page.blank[first - 1]:
        first -= 1
        if first in marked:  # the lines above are the end of a list, and no heading
            return page.openings[line]
    return page.openings[first]


def _table(page: Page, header: int, ends: Collection[int], columns: Columns) -> tuple[list[Row], int]:
    pieces: list[Piece] = []
    last, strange = header, 0
    for line in range(header + 1, len(page.plain)):
        if page.blank[line]:
            continue
        if line in ends or strange >= _STRANGE_LINES:
            break
        found = pieces_of(page, line, columns, is_open=bool(pieces) and pieces[-1].count_end is None)
        strange = 0 if any(piece.count_end for piece in found) else strange + 1
        pieces += found
        if found:
            last = line
        if any(piece.count_end and piece.row(page.letter).is_total for piece in found):
            break
    return rows_from(page.letter, pieces), last
