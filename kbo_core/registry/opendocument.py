"""What an ODS says of its cells beyond their values: which are joined, and which show an error."""

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def is_ods(content: bytes) -> bool:
    return content.startswith(b"PK") and _MIMETYPE in content[:200]


def spans(content: bytes, sheet: str) -> Iterator[tuple[int, int, int, int]]:
    """The joined cells of a sheet: row and column (0-based), and how many rows and columns they span."""
    for row, _, column, cell in _cells(content, sheet) if _says(content, b"-spanned") else ():
        rows, columns = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if rows > 1 or columns > 1:
            yield row, column, rows, columns


def errors(content: bytes, sheet: str) -> Iterator[tuple[int, int, str]]:
    """The cells that show an error: row, column and what they show; their value is stored as no text at all."""
    for row, rows, column, cell in _cells(content, sheet) if _says(content, b'"error"') else ():
        if cell.get(_ERROR) == "error":
            shown = "".join(paragraph.text or "" for paragraph in cell.iter(f"{_TEXT}p"))
            for n in range(rows):
                for m in range(_count(cell, "number-columns-repeated")):
                    yield row + n, column + m, shown


def _says(content: bytes, word: bytes) -> bool:
    """Whether a word stands anywhere: looking for it costs far less than parsing."""
    last = b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as part:
        while chunk := part.read(1 << 20):
            if word in last + chunk:
                return True
            last = chunk[-len(word) :]
    return False


def _cells(content: bytes, sheet: str) -> Iterator[tuple[int, int, int, ElementTree.Element]]:
    """Row, how many rows are like it, column and cell."""
    row = column = 0
    rows, inside = 1, False
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as part:
        for event, element in ElementTree.iterparse(part, events=("start", "end")):  # noqa: S314 - expat stops bombs
            if element.tag == f"{_TABLE}table":
                inside, row = event == "start" and element.get(f"{_TABLE}name") == sheet, 0
            elif not inside:
                if event == "end":
                    element.clear()
            elif element.tag == f"{_TABLE}table-row":
                column, rows = 0, _count(element, "number-rows-repeated")
                if event == "end":
                    row += rows
                    element.clear()
            elif element.tag in _CELLS and event == "end":
                yield row, rows, column, element
                column += _count(element, "number-columns-repeated")


def _count(element: ElementTree.Element, name: str) -> int:
    return int(element.get(f"{_TABLE}{name}", "1"))
