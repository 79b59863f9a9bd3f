"""The office's own form filled for one district: its workbook as it is, with our code, list and choices put in."""

import re
import zipfile
from io import BytesIO
from typing import Any, Literal

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Protection
from openpyxl.worksheet.datavalidation import DataValidation

from kbo_core.documents import form_contents as contents
from kbo_core.documents import form_layout as layout
from kbo_core.documents.form_layout import Column, Place
from kbo_core.documents.form_mapping import FormMapping, OfficeForm
from kbo_core.documents.papers import Packet
from kbo_core.domain.findings import refused
from kbo_core.domain.thai_text import name_key

_STAMP = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_LOOKED_UP = {Column.NAME: "B", Column.PRODUCTS: "C", Column.STARS: "D"}


def office_form(packet: Packet, form: OfficeForm) -> bytes:
    """The office's workbook as one district gets it; the same packet gives the same bytes.

    Raises RefusedError when its table has fewer lines than the district has places.
    """
    mapping = form.mapping
    lines = mapping.last_pick - mapping.first_pick + 1
    if lines < packet.quota:
        raise refused(
            "form-template-too-short",
            mapping.workbook,
            f"ตารางในแบบของจังหวัดมี {lines} แถว แต่{packet.district.title_th}ได้รับจัดสรร {packet.quota} กลุ่ม "
            "ให้เพิ่มแถวในแบบแล้วแก้ last_pick",
            f"the table has {lines} lines, {packet.district.code} has {packet.quota} places",
        )
    book = openpyxl.load_workbook(BytesIO(form.workbook))
    title = next(name for name in book.sheetnames if name_key(name) == name_key(mapping.sheet))
    sheet: Any = book[title]
    _write_facts(sheet, packet, mapping)
    _write_candidates(book.create_sheet(layout.CANDIDATE_SHEET), packet)
    _write_choices(sheet, packet, mapping)
    _write_marks(book.create_sheet(layout.MARK_SHEET), packet)
    _write_help(book.create_sheet(layout.HELP_SHEET), packet)
    book.properties.subject = packet.form_code
    book.properties.creator = ""
    book.properties.lastModifiedBy = None
    saved = BytesIO()
    book.save(saved)
    return _restamped(saved.getvalue(), packet)


def _put(cell: Any, text: str) -> None:
    """Text as text, whatever it begins with."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    if cell.value:
        cell.data_type = "s"


def _write_facts(sheet: Any, packet: Packet, mapping: FormMapping) -> None:
    facts = {
        Place.FORM_CODE: packet.form_code,
        Place.DISTRICT: packet.district.title_th,
        Place.QUOTA: str(packet.quota),
        Place.DEADLINE: contents.deadline(packet.due_at),
    }
    for place, cell in mapping.facts.items():
        _put(sheet[cell], facts[place])
    if not sheet.oddFooter.left.text:
        sheet.oddFooter.left.text = packet.form_code


def _write_candidates(sheet: Any, packet: Packet) -> None:
    for row, cells in enumerate(contents.candidate_rows(packet), start=1):
        for column, text in enumerate(cells, start=1):
            _put(sheet.cell(row, column), text)
    sheet.sheet_state = "hidden"
    sheet.protection.enable()


def _write_choices(sheet: Any, packet: Packet, mapping: FormMapping) -> None:
    """The choices and look-ups of as many lines as there are places."""
    listed = len(packet.candidates)
    for row in range(mapping.first_pick, mapping.first_pick + packet.quota):
        pick = sheet[f"{mapping.columns.id}{row}"]
        pick.number_format = "@"
        pick.protection = Protection(locked=False)
        for column, found in _LOOKED_UP.items():
            letters = getattr(mapping.columns, column.value)
            if letters and listed and sheet[f"{letters}{row}"].value is None:
                sheet[f"{letters}{row}"] = _lookup(f"${mapping.columns.id}{row}", found, listed)
    for cell in mapping.answers.values():
        sheet[cell].protection = Protection(locked=False)
    if packet.quota and listed:
        last = mapping.first_pick + packet.quota - 1
        choice = _validation(f"'{layout.CANDIDATE_SHEET}'!$A$1:$A${listed}", "warning")
        choice.promptTitle, choice.prompt = layout.PICK_TITLE, layout.PICK_MESSAGE
        choice.errorTitle, choice.error = layout.WRONG_TITLE, layout.WRONG_MESSAGE
        choice.add(f"{mapping.columns.id}{mapping.first_pick}:{mapping.columns.id}{last}")
        sheet.add_data_validation(choice)
    nil = _validation(f'"{layout.NIL_WORD}"', "stop")
    nil.promptTitle, nil.prompt = layout.NIL_TITLE, layout.NIL_MESSAGE
    nil.errorTitle, nil.error = layout.NOT_NIL_TITLE, layout.NOT_NIL_MESSAGE
    nil.add(mapping.nil)
    sheet.add_data_validation(nil)


def _lookup(pick: str, found: str, listed: int) -> str:
    sheet = f"'{layout.CANDIDATE_SHEET}'"
    return (
        f'=IF({pick}="","",IFERROR(INDEX({sheet}!${found}$1:${found}${listed},'
        f'MATCH({pick},{sheet}!$A$1:$A${listed},0))&"","{layout.NOT_LISTED}"))'
    )


def _validation(source: str, style: Literal["stop", "warning"]) -> DataValidation:
    return DataValidation(
        type="list",
        formula1=source,
        allow_blank=True,
        errorStyle=style,
        showErrorMessage=True,
        showInputMessage=True,
    )


def _write_marks(sheet: Any, packet: Packet) -> None:
    for row, (_, text) in enumerate(contents.marks(packet), start=1):
        _put(sheet.cell(row, 1), text)
    sheet.sheet_state = "veryHidden"


def _write_help(sheet: Any, packet: Packet) -> None:
    _put(sheet.cell(1, 1), layout.HELP_TITLE)
    for row, cells in enumerate([layout.HELP_HEADERS, *contents.help_rows()], start=2):
        for column, text in enumerate(cells, start=1):
            _put(sheet.cell(row, column), text)
    for letters, width in zip("ABCD", (16, 50, 76, 18), strict=True):
        sheet.column_dimensions[letters].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    sheet.print_title_rows = "2:2"
    sheet.oddFooter.left.text = packet.form_code


def _restamped(content: bytes, packet: Packet) -> bytes:
    """The workbook without the hour at which it was saved."""
    output = BytesIO()
    modified = rf"\g<1>{packet.made_on.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(output, "w") as new:
        for member in old.infolist():
            part = old.read(member)
            if member.filename == "docProps/core.xml":
                part = _MODIFIED.sub(modified, part)
            entry = zipfile.ZipInfo(member.filename, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return output.getvalue()
