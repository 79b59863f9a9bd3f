"""Bytes → rows of text. Every cell is text; nothing is typed, dated or rounded here."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from python_calamine import CalamineWorkbook

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import KboError, blocked, refused
from kbo_core.domain.thai_text import name_key
from kbo_core.registry.sources import SourceFile

WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsm", ".xlsb")
_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")

Rows = list[list[str]]


def read_rows(file: SourceFile, source: Source) -> tuple[str, Rows]:
    """The sheet's name ("" for a CSV) and its rows, row 1 first, as the spreadsheet numbers them.

    Raises RefusedError when the bytes are not what the name says, BlockedError when the sheet is not there.
    """
    ending = PurePosixPath(file.label.partition("?")[0]).suffix.lower()
    if ending in WORKBOOKS:
        return _workbook(file, source)
    if file.content.startswith(_SIGNATURES):
        raise refused(
            "file-wrong-kind",
            file.label,
            "แฟ้มนี้เป็นสมุดงาน (Excel) แต่นามสกุลเป็นแบบข้อความ เปลี่ยนนามสกุลเป็น .xlsx หรือ .xls",
            "a workbook under a text file's name: rename it to .xlsx or .xls",
        )
    return "", _csv(file, source.encoding)


def _workbook(file: SourceFile, source: Source) -> tuple[str, Rows]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
        names = book.sheet_names
        sheet = _chosen_sheet(file, names, source.sheet)
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except KboError:
        raise
    except BaseException as error:  # a broken file can make the parser panic, which is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        raise refused(
            "file-not-a-spreadsheet",
            file.label,
            "เปิดเป็นตารางคำนวณไม่ได้ แฟ้มอาจเสียหายหรือเป็นแฟ้มชนิดอื่น เปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่เป็น .xlsx",
            f"not a readable spreadsheet: {error}",
        ) from None
    return sheet, [[cell_text(cell) for cell in row] for row in rows]


def _chosen_sheet(file: SourceFile, names: Sequence[str], wanted: str | None) -> str:
    if wanted is None and len(names) == 1:
        return names[0]
    for name in names:
        if wanted is not None and name_key(name) == name_key(wanted):
            return name
    raise blocked(
        "sheet-missing" if wanted else "sheet-unclear",
        file.label,
        (f"ไม่มีแผ่นงานชื่อ {wanted} " if wanted else "มีหลายแผ่นงาน ให้ระบุ sheet: ") + f"แผ่นงานที่มี: {', '.join(names)}",
        f"which sheet? there are: {', '.join(names)}",
    )


def cell_text(cell: object) -> str:
    """A cell as its reader sees it: a whole number without a decimal point, a date in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def _csv(file: SourceFile, encoding: str | None) -> Rows:
    try:
        text = file.content.decode(encoding or "utf-8-sig").removeprefix("\ufeff")
    except LookupError:
        raise refused(
            "encoding-unknown", file.label, f"ไม่รู้จักรหัสอักขระ {encoding}", f"unknown encoding: {encoding}"
        ) from None
    except UnicodeError as error:  # some codecs raise it without saying where
        raise refused(
            "encoding-wrong",
            file.label,
            f"แฟ้มข้อความนี้ไม่ใช่ {encoding or 'UTF-8'} หากเป็นแฟ้มภาษาไทยแบบเก่า ให้เพิ่ม encoding: cp874 ที่แหล่งข้อมูลนี้ "
            "หรือบันทึกใหม่เป็น CSV UTF-8",
            f"not {encoding or 'UTF-8'} text ({error}): give encoding: cp874, or save as UTF-8",
        ) from None
    except ValueError:
        raise refused("encoding-unknown", file.label, "ชื่อรหัสอักขระใช้ไม่ได้", "not the name of an encoding") from None
    if "\x00" in text:
        raise refused(
            "file-not-a-spreadsheet",
            file.label,
            "แฟ้มนี้ไม่ใช่ตาราง CSV เปิดด้วยโปรแกรมตารางคำนวณแล้วบันทึกใหม่",
            "not a CSV table: it holds binary data",
        )
    try:
        return [*csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)]
    except csv.Error as error:
        raise refused("csv-malformed", file.label, f"ตาราง CSV ผิดรูป ({error})", f"malformed CSV: {error}") from None


def _delimiter(text: str) -> str:
    """The separator that the heading line uses most; a comma where it uses none."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t|", key=heading.count)
