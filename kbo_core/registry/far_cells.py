"""Cells far from the table: the parser holds a sheet as one rectangle, and a stray cell in the last corner ends the
process for want of memory, past every exception."""

import io
import re
import zipfile

from kbo_core.domain.findings import RefusedError, refused
from kbo_core.registry.sources import SourceFile

_MOST_CELLS = 40_000_000
_CHUNK = 1 << 20
_OVERLAP = 1 << 10
# A cell with something in it: one that is only coloured closes itself, and the parser passes over it.
_CELL = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"[^<>]*[^<>/]>')
_BEYOND_Z = re.compile(rb'"([A-Z]{2,3})([0-9]{1,7})"[^<>]*[^<>/]>')


def refuse_far_cells(file: SourceFile) -> None:
    """Raises RefusedError for an XLSX whose cells span more than any register, naming the last column and row."""
    if not zipfile.is_zipfile(io.BytesIO(file.content)):
        return
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                column, row = _corner(archive, name)
                if _number(column) * row > _MOST_CELLS:
                    raise _too_far(file, column.decode(), row)


def _corner(archive: zipfile.ZipFile, name: str) -> tuple[bytes, int]:
    """The last column and the last row with a cell in it; rows stand in order, columns anywhere."""
    column, row, last = b"Z", 1, b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            text = last + chunk
            for found in _BEYOND_Z.finditer(text):
                column = max(column, found[1], key=_number)
                row = max(row, int(found[2]))
            last = text[-_OVERLAP:] if len(chunk) == _CHUNK else text[-64 * _OVERLAP :]
    return column, max([row, *(int(found[2]) for found in _CELL.finditer(last))])


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_far(file: SourceFile, column: str, row: int) -> RefusedError:
    return refused(
        "sheet-too-large",
        file.label,
        f"แผ่นงานกว้างถึงคอลัมน์ {column} และยาวถึงแถว {row} มักเป็นเซลล์ที่พิมพ์พลาดไว้ไกลจากตาราง กด Ctrl+End เพื่อหา "
        "ลบแถวและคอลัมน์นอกตารางแล้วบันทึกใหม่",
        f"a sheet reaches column {column} and row {row}: delete what stands outside the table",
    )
