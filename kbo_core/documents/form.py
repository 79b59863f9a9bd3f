"""The report form as XLSX: a district fills it by choosing from its own list."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from kbo_core.documents import form_contents as contents
from kbo_core.documents import form_layout as layout
from kbo_core.documents.papers import Packet

_FACE: Mapping[str, object] = {"font_name": "TH SarabunPSK", "font_size": 16, "valign": "vcenter"}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    "title": {"bold": True, "align": "center", "text_wrap": True},
    "note": {"align": "center", "italic": True},
    "label": {"bold": True},
    "value": {},
    "line": {"text_wrap": True},
    "header": {"bold": True, "align": "center", "border": 1, "bg_color": "#DDE6EE", "text_wrap": True},
    "number": {"align": "center", "border": 1},
    "looked_up": {"border": 1, "text_wrap": True},
    "pick": {"border": 1, "bg_color": "#FFF7CC", "locked": False, "text_wrap": True, "num_format": "@"},
    "answer": {"border": 1, "bg_color": "#FFF7CC", "locked": False, "text_wrap": True, "num_format": "@"},
    "wrong": {"bg_color": "#F8C9C4"},
    "cell": {"border": 1, "text_wrap": True},
}
_LAST = len(layout.HEADERS) - 1


def report_form(packet: Packet) -> bytes:
    """The form of one district: as many lines as its quota, each with a list of its candidates."""
    output = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(output, options) as book:
        book.set_properties(
            {
                "title": layout.TITLE,
                "subject": packet.form_code,
                "created": datetime.combine(packet.made_on, time(), UTC),
            }
        )
        for key, text in contents.marks(packet):
            book.set_custom_property(key, text)
        looks = {name: book.add_format({**_FACE, **look}) for name, look in _LOOKS.items()}
        sheet = book.add_worksheet(layout.SHEET)
        _write_help(book.add_worksheet(layout.HELP_SHEET), packet, looks)
        _write_candidates(book.add_worksheet(layout.CANDIDATE_SHEET), packet)
        _write_marks(book.add_worksheet(layout.MARK_SHEET), packet)
        header_row = _write_head(sheet, packet, looks)
        foot_row = _write_pick_lines(sheet, packet, looks, header_row)
        _write_foot(sheet, packet, looks, header_row, foot_row)
        _set_up_page(sheet, packet, header_row)
    return output.getvalue()


def _write_candidates(sheet: Any, packet: Packet) -> None:
    """The list behind the choices: label, name, products, stars."""
    for row, cells in enumerate(contents.candidate_rows(packet)):
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text)
    sheet.hide()
    sheet.protect()


def _write_marks(sheet: Any, packet: Packet) -> None:
    """What the form is, where a person cannot change it by accident; the code alone in its cell."""
    for row, (_, text) in enumerate(contents.marks(packet)):
        sheet.write_string(row, 0, text)
    sheet.very_hidden()


def _write_help(sheet: Any, packet: Packet, looks: Mapping[str, Any]) -> None:
    """The page of help: what the province checks and the remedy of each."""
    last = len(layout.HELP_HEADERS) - 1
    sheet.merge_range(0, 0, 0, last, layout.HELP_TITLE, looks["title"])
    for column, (text, width) in enumerate(zip(layout.HELP_HEADERS, (16, 50, 76, 18), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, text, looks["header"])
    for row, cells in enumerate(contents.help_rows(), start=2):
        sheet.set_row(row, 26 * contents.help_lines(cells))
        for column, text in enumerate(cells):
            sheet.write_string(row, column, text, looks["cell"])
    sheet.set_default_row(26)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_footer(f"&L{packet.form_code}&R&P/&N")
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_head(sheet: Any, packet: Packet, looks: Mapping[str, Any]) -> int:
    """Writes what stands above the lines; gives the header row."""
    sheet.merge_range(0, 0, 0, _LAST, contents.title(packet), looks["title"])
    sheet.merge_range(1, 0, 1, _LAST, layout.OWN_FORM_NOTE, looks["note"])
    facts = contents.facts(packet)
    for row, (label, text) in enumerate(facts, start=2):
        sheet.write_string(row, 0, label, looks["label"])
        sheet.write_string(row, layout.ANSWER_OFFSET, text, looks["value"])
    row = 2 + len(facts)
    for line in layout.INSTRUCTIONS:
        sheet.merge_range(row, 0, row, _LAST, line, looks["line"])
        row += 1
    if not packet.candidates:
        sheet.merge_range(row, 0, row, _LAST, layout.NO_CANDIDATES, looks["label"])
        row += 1
    return row


def _write_pick_lines(sheet: Any, packet: Packet, looks: Mapping[str, Any], header_row: int) -> int:
    """Writes the header and one line per place of the quota; gives the row after them."""
    for column, text in enumerate(layout.HEADERS):
        sheet.write_string(header_row, column, text, looks["header"])
    first = header_row + 1
    last = header_row + packet.quota
    height = contents.line_height(packet)
    for row in range(first, last + 1):
        sheet.set_row(row, height)
        sheet.write_number(row, 0, row - header_row, looks["number"])
        sheet.write_blank(row, 1, None, looks["pick"])
        for column in range(2, len(layout.HEADERS)):
            sheet.write_formula(row, column, _lookup(row, column, packet), looks["looked_up"], "")
    if packet.quota and packet.candidates:
        sheet.data_validation(
            first,
            1,
            last,
            1,
            {
                "validate": "list",
                "source": f"='{layout.CANDIDATE_SHEET}'!$A$1:$A${len(packet.candidates)}",
                "input_title": layout.PICK_TITLE,
                "input_message": layout.PICK_MESSAGE,
                "error_title": layout.WRONG_TITLE,
                "error_message": layout.WRONG_MESSAGE,
                "error_type": "warning",
            },
        )
        sheet.conditional_format(first, 1, last, 1, {"type": "duplicate", "format": looks["wrong"]})
    return last + 1


def _lookup(row: int, column: int, packet: Packet) -> str:
    cell = f"$B{row + 1}"
    if not packet.candidates:
        return f'=IF({cell}="","","{layout.NOT_LISTED}")'
    listed = len(packet.candidates)
    found = "ABCD"[column - 1]
    sheet = f"'{layout.CANDIDATE_SHEET}'"
    return (  # &"" keeps a blank cell blank, which would come back as 0
        f'=IF({cell}="","",IFERROR(INDEX({sheet}!${found}$1:${found}${listed},'
        f'MATCH({cell},{sheet}!$A$1:$A${listed},0))&"","{layout.NOT_LISTED}"))'
    )


def _write_foot(sheet: Any, packet: Packet, looks: Mapping[str, Any], header_row: int, row: int) -> None:
    """Writes the count and the answers asked of the district."""
    column = layout.ANSWER_OFFSET
    sheet.write_string(row, 0, layout.COUNT_LABEL, looks["label"])
    if packet.quota:
        lines = f"$B${header_row + 2}:$B${header_row + 1 + packet.quota}"
        sheet.write_formula(row, column, f'=COUNTA({lines})&" / {packet.quota}"', looks["label"], f"0 / {packet.quota}")
    else:
        sheet.write_string(row, column, "0 / 0", looks["label"])
    for below, label in enumerate(layout.ANSWERS, start=row + 1):
        sheet.write_string(below, 0, label, looks["label"])
        sheet.write_blank(below, column, None, looks["answer"])
        if label == layout.REASON_LABEL:
            sheet.set_row(below, 63)
    # Again below the lines: whoever copies only the table and its foot copies the code too.
    last = row + 1 + len(layout.ANSWERS)
    sheet.write_string(last, 0, layout.FORM_CODE_LABEL, looks["label"])
    sheet.write_string(last, column, packet.form_code, looks["value"])
    sheet.data_validation(
        row + 1,
        column,
        row + 1,
        column,
        {
            "validate": "list",
            "source": [layout.NIL_WORD],
            "input_title": layout.NIL_TITLE,
            "input_message": layout.NIL_MESSAGE,
            "error_title": layout.NOT_NIL_TITLE,
            "error_message": layout.NOT_NIL_MESSAGE,
        },
    )


def _set_up_page(sheet: Any, packet: Packet, header_row: int) -> None:
    for column, width in enumerate((9, 44, 44, 44, 14)):
        sheet.set_column(column, column, width)
    sheet.set_default_row(26)  # the face is taller than a spreadsheet's own rows
    sheet.set_row(0, 48)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header_row)
    sheet.set_footer(f"&L{packet.form_code}&R&P/&N")
    sheet.protect("", {"format_columns": True, "format_rows": True})
    if packet.quota:
        sheet.set_selection(header_row + 1, 1, header_row + 1, 1)
