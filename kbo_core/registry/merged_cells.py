"""The merged cells of a sheet, which the fast reader of the cells does not tell."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from xml.etree import ElementTree

from python_calamine import CalamineWorkbook

from kbo_core.registry.grids import Merge
from kbo_core.registry.opendocument import is_ods, spans
from kbo_core.registry.sources import SourceFile

_REFERENCE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def merged_cells(file: SourceFile, sheet: str, behind: Mapping[str, bytes]) -> Sequence[Merge]:
    """The cells of a sheet that are joined over several rows; none for XLSB, whose form is not read here.

    ``behind`` is what stands behind the cells of an XLSX's sheets, as ``refuse_far_cells`` gives it.
    """
    if file.content.startswith(b"\xd0\xcf\x11\xe0"):
        return _of_xls(file.content, sheet)
    if is_ods(file.content):
        spanned = spans(file.content, sheet)
        return [Merge(row, column, row + rows - 1, column + columns - 1) for row, column, rows, columns in spanned]
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return [*_of_xlsx(archive, sheet, behind)] if "xl/workbook.xml" in archive.namelist() else []


def _of_xls(content: bytes, sheet: str) -> Sequence[Merge]:
    ranges = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet).merged_cell_ranges or []
    return [Merge(first[0], first[1], last[0], last[1]) for first, last in ranges]


def _of_xlsx(archive: zipfile.ZipFile, sheet: str, behind: Mapping[str, bytes]) -> Iterator[Merge]:
    place = _place(archive, sheet)
    for left, top, right, bottom in _REFERENCE.findall(behind.get(place or "", b"")):
        yield Merge(int(top) - 1, _number(left), int(bottom) - 1, _number(right))


def _place(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Where a sheet lies inside the archive."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - expat stops bombs
    }
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314 - expat stops bombs
        if element.tag.endswith("}sheet") and element.get("name") == sheet:
            target = targets[element.get(_RELATION)]
            return target.removeprefix("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    return None


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
