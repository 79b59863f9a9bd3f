"""XLS → grids: texts by the spreadsheet parser, what is odd about cells from the records of the screened stream."""

import struct
from io import BytesIO

from python_calamine import CalamineWorkbook

from kbo_core.documents.form_grids import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    Grid,
    Merge,
    TooFarError,
    number_text,
)
from kbo_core.documents.form_ole import BOF, BOUNDSHEET, EOF, Record, records
from kbo_core.panics import without_panic_report

_ROW, _FORMULA, _MERGES = 0x0208, 0x0006, 0x00E5
_VALUES = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
_STRINGS, _CONTINUED = 0x00FC, 0x003C
_IS_HIDDEN = 0x20
_USUAL_LENGTH = 400  # letters in the longest cell of a sound form


class UnreadableError(Exception):
    """The parser could not read the workbook."""


def xls_grids(content: bytes, stream: bytes) -> list[Grid]:
    """The sheets of a screened workbook in its own order.

    Raises TooFarError for cells beyond all measure, UnreadableError, ``struct.error``, IndexError or ValueError for a
    damaged file.
    """
    odd = _oddities(stream)
    try:
        with without_panic_report():
            book = CalamineWorkbook.from_filelike(BytesIO(content))
            read = [(t, book.get_sheet_by_name(t).to_python(skip_empty_area=False)) for t in book.sheet_names]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic inside the parser is not an Exception
        raise UnreadableError from None
    if len(read) != len(odd):
        raise UnreadableError
    for grid, (title, rows) in zip(odd, read, strict=True):
        grid.title = title
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if text := number_text(str(cell)) if isinstance(cell, float) else str(cell):
                    grid.put(row, column, text)
    return odd


def _oddities(stream: bytes) -> list[Grid]:
    """Formulas, hidden rows and joined cells by sheet; the parser is not asked before no cell is too far."""
    places: dict[int, Grid] = {}
    grid: Grid | None = None
    depth = cells = 0
    longest = longest_text(stream)
    for record in records(stream):
        if record.kind == BOUNDSHEET:
            places[struct.unpack_from("<I", record.content)[0]] = Grid("")
        elif record.kind == BOF:
            depth = 1 if record.at in places else depth + 1
            grid = places.get(record.at, grid)
        elif record.kind == EOF:
            depth -= 1
        elif grid is not None and depth == 1:  # deeper stand charts, with cells of their own
            cells += record.kind in _VALUES
            if cells > MAX_CELLS or cells * longest > MAX_CELLS * _USUAL_LENGTH + MAX_TEXT:
                raise TooFarError
            _note(grid, record)
    return list(places.values())


def longest_text(stream: bytes) -> int:
    """The letters of the longest text that cells of a workbook stream refer to, however often they do."""
    parts: list[bytes] = []
    for record in records(stream):
        if record.kind == _STRINGS or (parts and record.kind == _CONTINUED):
            parts.append(record.content)
        elif parts:
            break
    if not parts:
        return 0
    strings = _Strings(parts)
    _, count = struct.unpack("<II", strings.take(8))
    return max((strings.skip_text() for _ in range(count)), default=0)


class _Strings:
    """The shared texts of a workbook stream, which may go over from one record to the next at any byte."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part = self._at = 0

    def take(self, length: int) -> bytes:
        """Bytes that are no letters."""
        taken = b""
        while len(taken) < length:
            self._go_on()
            piece = self._parts[self._part][self._at : self._at + length - len(taken)]
            taken += piece
            self._at += len(piece)
        return taken

    def skip_text(self) -> int:
        """Passes over one text; gives its number of letters. In a new record the letters' width is told anew."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & 8 else 0
        aids = struct.unpack("<I", self.take(4))[0] if flags & 4 else 0
        width, left = 1 + (flags & 1), length
        while left:
            if self._at >= len(self._parts[self._part]):
                self._go_on()
                width = 1 + (self.take(1)[0] & 1)
            here = min(left, (len(self._parts[self._part]) - self._at) // width)
            if not here:
                raise ValueError("half a letter")
            self._at += here * width
            left -= here
        self.take(4 * runs + aids)
        return int(length)

    def _go_on(self) -> None:
        while self._at >= len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0


def _note(grid: Grid, record: Record) -> None:
    if record.kind in _VALUES:
        row, column = struct.unpack_from("<HH", record.content)
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            raise TooFarError
        if record.kind == _FORMULA:
            grid.put_formula(row, column)
    elif record.kind == _ROW:
        row, options = struct.unpack_from("<H10xH", record.content)
        if options & _IS_HIDDEN:
            grid.hidden_rows.add(row)
    elif record.kind == _MERGES:
        count = struct.unpack_from("<H", record.content)[0]
        for top, bottom, left, right in struct.iter_unpack("<4H", record.content[2 : 2 + 8 * count]):
            grid.merges.append(Merge(top, left, bottom, right))
