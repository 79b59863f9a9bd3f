"""A filled form as rows of text, and the same rows as a file of every format and of several programs."""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form import report_form
from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_xlsx_grids import xlsx_grids
from kbo_core.domain.areas import districts
from kbo_core.domain.submissions import Expected, Standing, choice_label
from tests.registry.made.files import as_csv, as_ods
from tests.unit.sample_papers import packet

PACKET = packet()
FORM = report_form(PACKET)
CODE = PACKET.form_code
NAMES = {line.producer_id: line.producer_name for line in PACKET.candidates}
LABELS = {i: choice_label(i, name) for i, name in NAMES.items()}
PICKED = ("P0001", "P0002", "P0003", "P0004", "P0005", "P0006")
REPORTER = "นางสาวน้ำทิพย์ ใจดี"

EXPECTED = Expected(
    cycle="phayao-2568",
    district=districts()["5601"],
    revision=1,
    quota=6,
    candidates=NAMES,
    register={
        **{i: Standing(name, "5601", "eligible", "") for i, name in NAMES.items()},
        "P0101": Standing("ร้านแม่คำปัน", "5601", "ineligible", "ไม่ใช่กลุ่มผู้ผลิตชุมชน (ข้อ 1)"),
        "P0102": Standing("กลุ่มรอวินิจฉัย", "5601", "unknown", "ไม่มีประเภทผู้ผลิต"),
        "P0103": Standing("กลุ่มนอกบัญชี", "5601", "eligible", ""),
        "P0104": Standing("กลุ่มต่างอำเภอ", "5605", "eligible", ""),
        "P0105": Standing("กลุ่มชื่อซ้ำ", "5601", "eligible", ""),
        "P0106": Standing("กลุ่มชื่อซ้ำ", "5601", "ineligible", "ไม่มีดาว"),
    },
    picked_elsewhere={"P0007": "อำเภอดอกคำใต้"},
)


@dataclass
class Sheet:
    """The form's sheet as rows, and what stands beside it."""

    rows: list[list[str]]
    title: str = layout.SHEET
    others: dict[str, list[list[str]]] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    formulas: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)

    def place(self, label: str) -> tuple[int, int]:
        """Row and column of the first cell that says the label."""
        return next((r, row.index(label)) for r, row in enumerate(self.rows) if label in row)

    def put(self, row: int, column: int, text: str) -> str:
        """Write a cell, wherever it is; gives its address."""
        while len(self.rows) <= row:
            self.rows.append([])
        self.rows[row] += [""] * (column + 1 - len(self.rows[row]))
        self.rows[row][column] = text
        return self.address(row, column)

    def address(self, row: int, column: int) -> str:
        return f"{self.title}!{get_column_letter(column + 1)}{row + 1}"

    def pick(self, line: int, text: str, header: str = layout.PICK_HEADER) -> str:
        """Write into a line of the table (1-based) under a heading; gives the address."""
        row, column = self.place(header)
        return self.put(row + line, column, text)

    def answer(self, label: str, text: str) -> str:
        row, column = self.place(label)
        return self.put(row, column + layout.ANSWER_OFFSET, text)

    def retype(self, old: str, new: str) -> None:
        self.rows = [[new if cell == old else cell for cell in row] for row in self.rows]

    def insert_row(self, at: int, cells: Sequence[str] = ()) -> None:
        self.rows.insert(at, list(cells))

    def insert_column(self, at: int) -> None:
        self.rows = [[*row[:at], "", *row[at:]] for row in self.rows]


def blank() -> Sheet:
    """The form as it was sent, its sheet only."""
    grid = xlsx_grids(screened_parts(FORM, "แบบ.xlsx", Kind.XLSX))[0]
    height, width = (max(place[n] for place in grid.texts) + 1 for n in (0, 1))
    return Sheet([[grid.texts.get((row, column), "") for column in range(width)] for row in range(height)])


_BLANK = blank()


def filled(*picks: str, reason: str = "", nil: str = "", reporter: str = REPORTER) -> Sheet:
    """The form with these texts in its lines, in full where none are given."""
    sheet = deepcopy(_BLANK)
    for line, text in enumerate(picks or [LABELS[i] for i in PICKED], start=1):
        sheet.pick(line, text)
    sheet.answer(layout.REASON_LABEL, reason)
    sheet.answer(layout.NIL_LABEL, nil)
    sheet.answer(layout.REPORTER_LABEL, reporter)
    return sheet


# Writers


def by_openpyxl(sheet: Sheet) -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = sheet.title
    for title, rows in sheet.others.items():
        other = book.create_sheet(title)
        for cells in rows:
            other.append(cells)
    for row, cells in enumerate(sheet.rows, start=1):
        for column, text in enumerate(cells, start=1):
            if text:
                page.cell(row, column, text).data_type = "s"
    for (row, column), (formula, _) in sheet.formulas.items():
        page.cell(row + 1, column + 1, formula)
    for top, left, bottom, right in sheet.merges:
        page.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for row in sheet.hidden:
        page.row_dimensions[row + 1].hidden = True
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def by_xlsxwriter(sheet: Sheet) -> bytes:
    saved = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(saved, options) as book:
        page = book.add_worksheet(sheet.title)
        for title, rows in sheet.others.items():
            other = book.add_worksheet(title)
            for row, cells in enumerate(rows):
                for column, text in enumerate(cells):
                    other.write_string(row, column, text)
        for row, cells in enumerate(sheet.rows):
            for column, text in enumerate(cells):
                if text:
                    page.write_string(row, column, text)
        for (row, column), (formula, shown) in sheet.formulas.items():
            page.write_formula(row, column, formula, None, shown)
        for top, left, bottom, right in sheet.merges:
            text = sheet.rows[top][left] if left < len(sheet.rows[top]) else ""
            page.merge_range(top, left, bottom, right, text)
        for row in sheet.hidden:
            page.set_row(row, None, None, {"hidden": True})
    return saved.getvalue()


def by_hand_as_ods(sheet: Sheet) -> bytes:
    return as_ods({sheet.title: sheet.rows, **sheet.others})


def by_hand_as_csv(sheet: Sheet, encoding: str = "utf-8-sig", separator: str = ",") -> bytes:
    return as_csv(sheet.rows, encoding, separator)
