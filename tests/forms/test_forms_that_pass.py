"""Forms that say what they should, whatever was done to them: the same picks, nothing that blocks."""

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from kbo_core.documents import form_layout as layout
from kbo_core.domain.thai_text import thai_digits
from tests.forms.judging import judged
from tests.forms.sheets import (
    CODE,
    LABELS,
    NAMES,
    PICKED,
    REPORTER,
    Sheet,
    by_hand_as_csv,
    by_hand_as_ods,
    by_openpyxl,
    by_xlsxwriter,
    filled,
)

MADE = Path(__file__).parent / "made"


def _ids_alone() -> Sheet:
    return filled(*PICKED)


def _names_alone() -> Sheet:
    return filled(*(NAMES[i] for i in PICKED))


def _names_in_their_own_column() -> Sheet:
    sheet = filled(*[""] * 6)
    for line, producer_id in enumerate(PICKED, start=1):
        sheet.pick(line, NAMES[producer_id], layout.NAME_HEADER)
    return sheet


def _ids_and_names_in_two_columns() -> Sheet:
    sheet = _ids_alone()
    for line, producer_id in enumerate(PICKED, start=1):
        sheet.pick(line, NAMES[producer_id], layout.NAME_HEADER)
    return sheet


def _no_column_of_ids() -> Sheet:
    sheet = _names_in_their_own_column()
    _, column = sheet.place(layout.PICK_HEADER)
    sheet.rows = [row[:column] + row[column + 1 :] for row in sheet.rows]
    return sheet


def _moved() -> Sheet:
    sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    sheet.insert_row(header + 3)
    sheet.insert_row(header + 1)
    sheet.insert_row(0, ["สำนักงานพัฒนาชุมชนอำเภอเมืองพะเยา"])
    sheet.insert_column(0)
    sheet.insert_column(2)
    return sheet


def _columns_swapped() -> Sheet:
    sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    foot, _ = sheet.place(layout.COUNT_LABEL)
    for row in range(header, foot):
        sheet.rows[row][0], sheet.rows[row][1] = sheet.rows[row][1], sheet.rows[row][0]
    return sheet


def _foot_above_the_table() -> Sheet:
    sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    foot, _ = sheet.place(layout.COUNT_LABEL)
    sheet.rows = [*sheet.rows[:header], *sheet.rows[foot:], [], *sheet.rows[header:foot]]
    return sheet


def _retyped() -> Sheet:
    sheet = filled()
    for old, new in (
        (layout.PICK_HEADER, "รหัส กลุ่มผู้ผลิต :"),
        (layout.NAME_HEADER, "ชื่อกลุ่ม"),
        (layout.NUMBER_HEADER, "ที่"),
        (layout.NIL_LABEL, "๑) ไม่มีกลุ่มที่เข้าเกณฑ์"),
        (layout.REASON_LABEL, "เหตุผล (ที่ไม่ครบจำนวน)"),
        (layout.REPORTER_LABEL, "ชื่อ - สกุล ผู้รายงาน"),
        (layout.COUNT_LABEL, "รวม"),
        (layout.FORM_CODE_LABEL, "รหัสแบบ :"),
    ):
        sheet.retype(old, new)
    return sheet


def _typed_badly() -> Sheet:
    """Sara am in two strokes, doubled and swapped marks, invisible letters, blanks, an apostrophe."""
    texts = [f" '{LABELS[i]}\u00a0 " for i in PICKED]
    texts[1] = LABELS["P0002"].replace("ก", "ก\u200b", 1).replace(" ", "\u00a0\u200b ")
    texts[2] = LABELS["P0003"].replace("ำ", "\u0e4d\u0e32")
    texts[3] = thai_digits(LABELS["P0004"])
    texts[4] = LABELS["P0005"].replace("ป่า", "ป\u0e48\u0e48า").replace("น้ำ", "น\u0e4d\u0e49\u0e32")
    texts[5] = LABELS["P0006"].lower()
    sheet = filled(*texts)
    sheet.retype(layout.REASON_LABEL, layout.REASON_LABEL.replace("จำ", "จ\u0e4d\u0e32"))
    sheet.retype(CODE, f" {thai_digits(CODE)} ")
    return sheet


def _header_again() -> Sheet:
    sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    sheet.insert_row(header + 4, sheet.rows[header])
    return sheet


def _code_only_in_the_foot() -> Sheet:
    sheet = filled()
    header, _ = sheet.place(layout.PICK_HEADER)
    sheet.rows = sheet.rows[header:]
    return sheet


def _answers_behind_colons() -> Sheet:
    sheet = filled(*PICKED[:2], reason="", reporter="")
    sheet.retype(layout.REASON_LABEL, f"{layout.REASON_LABEL} : สมัครใจเพียงสองกลุ่ม")
    sheet.retype(layout.REPORTER_LABEL, f"{layout.REPORTER_LABEL}: {REPORTER}")
    return sheet


def _other_sheets() -> Sheet:
    sheet = filled()
    sheet.others = {"ใบปะหน้า": [["เรียน ผู้ว่าราชการจังหวัด"], ["ด้วยอำเภอได้คัดเลือกแล้ว"]], "ว่าง": []}
    return sheet


def _dashes() -> Sheet:
    return filled(*PICKED, reason=" - ", nil="–")


def _wide_merges() -> Sheet:
    """A line's id joined with the cells right of it, or left of it, is still one line."""
    sheet = filled()
    header, column = sheet.place(layout.PICK_HEADER)
    sheet.merges = [(header + 1, column, header + 1, column + 2)]
    return sheet


def _a_remark_below() -> Sheet:
    sheet = filled()
    sheet.insert_row(len(sheet.rows), ["", "หมายเหตุ ได้ประชุมคณะกรรมการแล้ว"])
    return sheet


SAME: dict[str, Callable[[], Sheet]] = {
    "chosen from the list": filled,
    "ids alone": _ids_alone,
    "names alone": _names_alone,
    "names in their own column": _names_in_their_own_column,
    "ids and names in two columns": _ids_and_names_in_two_columns,
    "no column of ids": _no_column_of_ids,
    "rows and columns inserted": _moved,
    "columns swapped": _columns_swapped,
    "the questions above the table": _foot_above_the_table,
    "headings typed anew": _retyped,
    "typed badly": _typed_badly,
    "the header again": _header_again,
    "only the table and its foot": _code_only_in_the_foot,
    "pasted into another workbook": _other_sheets,
    "dashes where nothing is said": _dashes,
    "cells joined across": _wide_merges,
    "a remark below": _a_remark_below,
}
WRITERS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "openpyxl": ("แบบ.xlsx", by_openpyxl),
    "XlsxWriter": ("แบบ.XLSX", by_xlsxwriter),
    "a plain ODS": ("แบบ.ods", by_hand_as_ods),
    "CSV": ("แบบ.csv", by_hand_as_csv),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("case", SAME)
def test_the_same_picks_whatever_was_done_to_the_form(case: str, writer: str) -> None:
    """Six groups, nothing that blocks; a typed name is told and accepted."""
    name, write = WRITERS[writer]
    found = judged(write(SAME[case]()), name)
    assert (found.picks, found.blocking) == (PICKED, [])
    assert found.told <= {"pick-by-name"}


def test_answers_may_stand_behind_their_label_in_one_cell() -> None:
    """With a colon between."""
    found = judged(by_openpyxl(_answers_behind_colons()), "แบบ.xlsx")
    assert (found.picks, found.blocking, found.told) == (PICKED[:2], [], {"short-with-reason"})


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_and_separator_reads_the_same(encoding: str, separator: str) -> None:
    """As spreadsheet programs of this and the last century save Thai."""
    content = by_hand_as_csv(filled(), encoding, separator)
    found = judged(content, "แบบ.txt" if separator == "\t" else "แบบ.csv")
    assert (found.picks, found.blocking, found.told) == (PICKED, [], set())


def test_a_csv_that_names_its_separator_is_read() -> None:
    """The line that Excel understands."""
    found = judged(b"sep=;\r\n" + by_hand_as_csv(filled(), "utf-8", ";"), "แบบ.csv")
    assert (found.picks, found.blocking) == (PICKED, [])


def test_a_formula_counts_with_its_last_value_and_is_told() -> None:
    """A cell that copies another one."""
    sheet = filled()
    header, column = sheet.place(layout.PICK_HEADER)
    sheet.formulas[header + 2, column] = ("=B20", LABELS["P0002"])
    found = judged(by_xlsxwriter(sheet), "แบบ.xlsx")
    assert (found.picks, found.blocking, found.told) == (PICKED, [], {"cell-formula"})


def test_formats_far_outside_the_form_do_not_matter() -> None:
    """A coloured cell in the last corner holds nothing; the used range is what has text."""
    book = openpyxl.load_workbook(io.BytesIO(by_openpyxl(filled())))
    book.worksheets[0]["XFD1048576"].fill = PatternFill("solid", "FFFF00")
    saved = io.BytesIO()
    book.save(saved)
    assert judged(saved.getvalue(), "แบบ.xlsx").picks == PICKED


@pytest.mark.parametrize("file", sorted(MADE.glob("pass-*")), ids=lambda file: file.name)
def test_forms_as_libreoffice_saves_them(file: Path) -> None:
    """ODS, XLS, XLSX and CSV of the same form."""
    found = judged(file.read_bytes(), file.name)
    assert (found.picks, found.blocking) == (PICKED, [])
    assert found.told <= {"pick-by-name", "cell-formula"}
