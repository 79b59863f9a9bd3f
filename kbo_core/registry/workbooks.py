"""XLSX, XLSM, XLSB, XLS and ODS → grids."""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import Finding, KboError, RefusedError, blocked, info, refused
from kbo_core.domain.thai_text import name_key
from kbo_core.panics import without_panic_report
from kbo_core.registry.far_cells import refuse_far_cells
from kbo_core.registry.grids import Grid, Merge
from kbo_core.registry.merged_cells import merged_cells
from kbo_core.registry.opendocument import errors, is_ods
from kbo_core.registry.sources import SourceFile

# The parser tells of odd cells one by one, thousands of them, to nobody who could do anything about it.
logging.getLogger("calamine").setLevel(logging.CRITICAL)

ALL_SHEETS = "*"
_ERRORS = {
    "NA": "#N/A",
    "Div0": "#DIV/0!",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
_NOT_TEXT = re.compile(r"but got '(\w+)\((.*)\)'", re.DOTALL)
_DURATION = re.compile(r"PT([0-9]+)H([0-9]+)M([0-9]+)S")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")
_NO_DAY = ("1899-12-31", "1899-12-30")  # what a cell that holds only a time of day counts from
_LOCKED = "EncryptedPackage".encode("utf-16-le")


def read_workbook(file: SourceFile, source: Source) -> list[Grid]:
    """The sheets that may be meant: the named one, else every sheet that is not hidden.

    Raises RefusedError when the bytes are no workbook, BlockedError when the named sheet is not there.
    """
    grids, hidden = _or_refused(file, partial(_read, file, source))
    if not grids:
        raise _no_sheet(file, hidden)
    if hidden:
        first = grids[0]
        grids[0] = Grid(
            first.name, first.stored, first.height, first.spelling, first.merges, (_told_hidden(file, hidden),)
        )
    return grids


_T = TypeVar("_T")


def _or_refused(file: SourceFile, read: Callable[[], _T]) -> _T:
    try:
        with without_panic_report():
            return read()
    except KboError:
        raise
    except BaseException as error:  # a broken file can make the parser panic, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise _no_workbook(file, error) from None


def _read(file: SourceFile, source: Source) -> tuple[list[Grid], list[str]]:
    """The grids, and the names of the hidden sheets that were passed over."""
    behind = refuse_far_cells(file)
    book = fastexcel.read_excel(file.content)
    named = source.sheet is not None and source.sheet != ALL_SHEETS
    names = [_named(file, book.sheet_names, source.sheet or "")] if named else book.sheet_names
    hidden, grids = [], []
    for name in names:
        # Without skip_rows the empty rows above the first cell would not be counted.
        sheet = book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
        if sheet.visible == "visible" or named:
            grids.append(_grid(file, sheet, behind))
        elif sheet.height:
            hidden.append(name)
    return grids, hidden


def _merges(file: SourceFile, sheet: str, behind: Mapping[str, bytes]) -> Sequence[Merge]:
    """Raises RefusedError: this part of the file is read later, and may be damaged where the cells are not."""
    return _or_refused(file, partial(merged_cells, file, sheet, behind))


def _named(file: SourceFile, names: Sequence[str], wanted: str) -> str:
    for name in names:
        if name_key(name) == name_key(wanted):
            return name
    raise blocked(
        "sheet-missing",
        file.title,
        f"ไม่มีแผ่นงานชื่อ {wanted} แผ่นงานที่มี: {', '.join(names)} แก้ sheet: ให้ตรงกับชื่อใดชื่อหนึ่ง",
        f"no sheet named {wanted}; there are: {', '.join(names)}",
    )


def _grid(file: SourceFile, sheet: fastexcel.ExcelSheet, behind: Mapping[str, bytes]) -> Grid:
    batch, faults = sheet.to_arrow_with_errors()
    columns = list(batch.columns)
    told: dict[int, dict[int, str]] = {}
    for fault in faults.errors if faults else ():
        row, column = fault.offset_position
        told.setdefault(column, {})[row] = _text_of_fault(fault.detail)
    first = sheet.selected_columns[0].absolute_index if columns else 0
    # An ODS stores an error as a text of no letters, like a formula that shows nothing.
    if is_ods(file.content) and any(pc.any(pc.equal(column, "")).as_py() for column in columns):
        for row, column, text in errors(file.content, sheet.name):
            if first <= column < first + len(columns) and row < batch.num_rows:
                told.setdefault(column - first, {})[row] = text
    for column, texts in told.items():
        columns[column] = _written_in(columns[column], texts)
    nothing = pa.nulls(batch.num_rows, pa.string())
    return Grid(
        sheet.name,
        [nothing] * first + columns,
        batch.num_rows,
        _as_read,
        partial(_merges, file, sheet.name, behind),
    )


def _text_of_fault(detail: str) -> str:
    """What a cell shows that is neither text nor number: an error value, or a length of time."""
    found = _NOT_TEXT.search(detail)
    if not found:
        return detail
    kind, value = found[1], found[2].strip('"')
    if kind == "Error":
        return _ERRORS.get(value, f"#{value}")
    duration = _DURATION.fullmatch(value)
    return f"{duration[1]}:{duration[2]}:{duration[3]}" if duration else value


def _written_in(column: pa.Array, texts: dict[int, str]) -> pa.Array:
    rows = sorted(texts)
    mask = pa.array([False] * len(column)).to_numpy(zero_copy_only=False).copy()
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), pa.array([texts[row] for row in rows], column.type))


def _as_read(words: pa.Array) -> list[str]:
    """Dates without their midnight, times of day without the day that they count from."""
    spelt: list[str] = words.to_pylist()
    for n in pc.indices_nonzero(pc.match_substring(words, ":")).to_pylist():  # few words have one
        if _MOMENT.fullmatch(spelt[n]):
            spelt[n] = _date(spelt[n])
    return spelt


def _date(word: str) -> str:
    day, hour = word[:10], word[11:]
    if day in _NO_DAY:
        return hour
    return day if hour == "00:00:00" else f"{day} {hour}"


def _no_sheet(file: SourceFile, hidden: Sequence[str]) -> KboError:
    if not hidden:
        return _no_workbook(file, "no sheet in it")
    return blocked(
        "sheet-missing",
        file.title,
        f"ทุกแผ่นงานที่มีข้อมูลถูกซ่อนไว้: {', '.join(hidden)} หากต้องใช้ ให้ระบุชื่อด้วย sheet:",
        f"every sheet is hidden: {', '.join(hidden)}; name one with sheet:",
    )


def _told_hidden(file: SourceFile, names: Sequence[str]) -> Finding:
    return info(
        "sheet-hidden",
        file.title,
        f"แผ่นงานที่ซ่อนไว้ไม่ถูกอ่าน: {', '.join(names)} หากต้องใช้ ให้ระบุชื่อด้วย sheet:",
        f"hidden sheets were not read: {', '.join(names)}; name one with sheet: to read it",
    )


def _no_workbook(file: SourceFile, error: object) -> RefusedError:
    if _LOCKED in file.content:
        return refused(
            "file-not-a-spreadsheet",
            file.title,
            "แฟ้มนี้ตั้งรหัสผ่านไว้ จึงเปิดอ่านไม่ได้ ขอแฟ้มที่ไม่มีรหัสผ่าน หรือเปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่โดยไม่ตั้งรหัส",
            "the workbook is locked with a password: save it without one",
        )
    return refused(
        "file-not-a-spreadsheet",
        file.title,
        "เปิดเป็นตารางคำนวณไม่ได้ แฟ้มอาจเสียหายหรือเป็นแฟ้มชนิดอื่น เปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่เป็น .xlsx",
        f"not a readable spreadsheet: {error}",
    )
