"""The workbooks from which LibreOffice makes the files of this folder, filled as a district would fill them."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import PatternFill

from kbo_core.documents import form_layout as layout
from tests.forms.sheets import FORM, LABELS, PICKED, REPORTER, Sheet, by_openpyxl, filled

Book = Callable[[], bytes]


def _form(change: Callable[[Any, int], None] | None = None, *picks: str) -> bytes:
    """Our form with these picks and one more change; the row of its heading is handed in."""
    book = openpyxl.load_workbook(io.BytesIO(FORM))
    page: Any = book[layout.SHEET]
    header = next(c for row in page.iter_rows() for c in row if c.value == layout.PICK_HEADER)
    for line, text in enumerate(picks or [LABELS[i] for i in PICKED], start=1):
        page.cell(header.row + line, header.column, text)
    for label, text in ((layout.REPORTER_LABEL, REPORTER), (layout.REASON_LABEL, "มีผู้สมัครน้อย")):
        place = next(c for row in page.iter_rows() for c in row if c.value == label)
        page.cell(place.row, place.column + layout.ANSWER_OFFSET, text)
    if change:
        change(page, header.row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _moved() -> bytes:
    sheet: Sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    sheet.insert_row(header + 3)
    sheet.insert_row(0, ["สำนักงานพัฒนาชุมชนอำเภอเมืองพะเยา"])
    sheet.insert_column(0)
    sheet.retype(layout.PICK_HEADER, "รหัส กลุ่มผู้ผลิต :")
    sheet.others = {"ใบปะหน้า": [["เรียน ผู้ว่าราชการจังหวัด"]]}
    return by_openpyxl(sheet)


def _coloured(page: Any, header: int) -> None:
    page.cell(9_000, 150).fill = PatternFill("solid", "FFFF00")


def _joined(page: Any, header: int) -> None:
    page.cell(header + 3, 2).value = None
    page.merge_cells(start_row=header + 2, end_row=header + 3, start_column=2, end_column=2)


def _hidden(page: Any, header: int) -> None:
    page.row_dimensions[header + 2].hidden = True


def _copied_cell(page: Any, header: int) -> None:
    page.cell(header + 2, 2, '="P00"&"02"')


def _broken_formula(page: Any, header: int) -> None:
    page.cell(header + 2, 2, "=NA()")


def _far(page: Any, header: int) -> None:
    page["A15000"] = "x"


def _chart(page: Any, header: int) -> None:
    chart = BarChart()
    chart.add_data(Reference(page, min_col=1, min_row=header + 1, max_row=header + 6))
    page.add_chart(chart, "H2")


def _twice(page: Any, header: int) -> None:
    page.cell(header + 2, 2, LABELS["P0001"])


# By name: what passes under any, what fails under its code and cell.
BOOKS: dict[str, Book] = {
    "pass-filled": _form,
    "pass-moved": _moved,
    "pass-coloured": lambda: _form(_coloured),
    "pass-formula": lambda: _form(_copied_cell),
    "fail-pick-merged@B12": lambda: _form(_joined, *[LABELS[i] for i in PICKED]),
    "fail-pick-hidden@B12": lambda: _form(_hidden),
    "fail-cell-formula-empty@B12": lambda: _form(_broken_formula),
    "fail-pick-twice@B12": lambda: _form(_twice),
    "fail-form-too-wide": lambda: _form(_far),
    "fail-form-embedded": lambda: _form(_chart),
}
