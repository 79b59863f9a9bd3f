"""A look at the sheets of a workbook before the parser gets them, which holds each as one rectangle: a stray cell in
the last corner ends the process for want of memory, past every exception."""

import io
import re
import zipfile
from collections.abc import Mapping

from kbo_core.domain.findings import RefusedError, refused
from kbo_core.registry.sources import SourceFile

_MOST_CELLS = 40_000_000
_ROW_HEADER = 0
_FILLED_CELLS = frozenset(range(2, 12))  # 1 is a cell that is only coloured
_CHUNK = 1 << 20
_OVERLAP = 1 << 10
_MERGES = b"mergeCells"
# A cell with something in it: one that is only coloured closes itself, and the parser passes over it.
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*[^<>/]>')
_BEYOND_Z = re.compile(rb'"([A-Z]{2,3})([0-9]{1,7})"[^<>]*[^<>/]>')


def refuse_far_cells(file: SourceFile) -> Mapping[str, bytes]:
    """Raises RefusedError for an XLSX or XLSB whose cells span more than any register, naming the last one.

    What stands behind the cells of an XLSX sheet, from its merged cells on, is read in the same pass and given back by
    the sheet's place in the archive.
    """
    behind: dict[str, bytes] = {}
    if not zipfile.is_zipfile(io.BytesIO(file.content)):
        return behind
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        for name in archive.namelist():
            if "sheet" not in name.lower():  # mostly xl/worksheets/sheet1.xml, but a writer may name them otherwise
                continue
            if name.endswith(".xml"):
                column, row, behind[name] = _corner(archive, name)
            elif name.endswith(".bin"):
                column, row = _binary_corner(archive.read(name))
            else:
                continue
            if _number(column) * row > _MOST_CELLS:
                raise _too_far(file, column.decode(), row)
    return behind


def _corner(archive: zipfile.ZipFile, name: str) -> tuple[bytes, int, bytes]:
    """The last column and the last row with a cell in it, and what is behind the cells; rows stand in order, columns
    anywhere."""
    column, row, last = b"Z", 1, b""
    behind = bytearray()
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            text = last + chunk
            for found in _BEYOND_Z.finditer(text):
                column = max(column, found[1], key=_number)
                row = max(row, int(found[2]))
            if behind:
                behind += chunk
            elif (at := text.find(_MERGES)) >= 0:
                behind += text[at:]
            last = text[-_OVERLAP:] if len(chunk) == _CHUNK else text[-64 * _OVERLAP :]
    return column, max([row, *(int(found[2]) for found in _CELL.finditer(last))]), bytes(behind)


def _binary_corner(part: bytes) -> tuple[bytes, int]:
    """The same of an XLSB, a row of records: kind, size, content. What breaks off is for the parser to refuse."""
    at, row, last_row, last_column = 0, 0, 0, 0
    while at < len(part):
        kind, at = _varying(part, at, 2)
        size, at = _varying(part, at, 4)
        if kind == _ROW_HEADER:
            row = int.from_bytes(part[at : at + 4], "little")
        elif kind in _FILLED_CELLS:
            last_row, last_column = max(last_row, row), max(last_column, int.from_bytes(part[at : at + 4], "little"))
        at += size
    return _letters(last_column), last_row + 1


def _varying(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, the least first, and where it ends."""
    number = 0
    for n, byte in enumerate(part[at : at + most]):
        number |= (byte & 0x7F) << 7 * n
        if byte < 0x80:
            return number, at + n + 1
    return number, at + most


def _letters(column: int) -> bytes:
    letters, left = b"", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = bytes([ord("A") + letter]) + letters
    return letters


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_far(file: SourceFile, column: str, row: int) -> RefusedError:
    return refused(
        "sheet-too-large",
        file.title,
        f"แผ่นงานกว้างถึงคอลัมน์ {column} และยาวถึงแถว {row} มักเป็นเซลล์ที่พิมพ์พลาดไว้ไกลจากตาราง กด Ctrl+End เพื่อหา "
        "ลบแถวและคอลัมน์นอกตารางแล้วบันทึกใหม่",
        f"a sheet reaches column {column} and row {row}: delete what stands outside the table",
    )
