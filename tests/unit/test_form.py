"""The report form as a district opens it."""

from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form import report_form
from tests.unit.sample_papers import candidate, packet


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(BytesIO(content))


def find(sheet: Any, text: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def test_the_form_is_labelled_as_ours_and_carries_its_code_where_it_survives() -> None:
    """Printed, in the properties and in a sheet that a person cannot unhide by accident."""
    book = opened(report_form(packet()))
    sheet = book[layout.SHEET]
    find(sheet, layout.OWN_FORM_NOTE)
    find(sheet, "KBO-3/phayao-2568/5601/1")
    assert book.properties.subject == "KBO-3/phayao-2568/5601/1"
    assert [cell.value for cell in book[layout.MARK_SHEET]["A"]] == [
        "KBO-3/phayao-2568/5601/1",
        *["phayao-2568", "5601", "1", "2"],
    ]
    assert book[layout.MARK_SHEET].sheet_state == "veryHidden"
    assert book[layout.CANDIDATE_SHEET].sheet_state == "hidden"


def test_there_are_as_many_lines_as_the_quota() -> None:
    """No spare line invites one name too many."""
    for code, quota in (("5601", 6), ("5609", 1)):
        sheet = opened(report_form(packet(code=code)))[layout.SHEET]
        header, count = find(sheet, layout.PICK_HEADER), find(sheet, layout.COUNT_LABEL)
        assert count.row - header.row - 1 == quota


def test_the_choices_are_the_districts_candidates_with_their_names() -> None:
    """An id alone would not tell a person who it is."""
    book = opened(report_form(packet(3)))
    validations = book[layout.SHEET].data_validations.dataValidation
    assert [v.formula1 for v in validations] == [f"'{layout.CANDIDATE_SHEET}'!$A$1:$A$3", f'"{layout.NIL_WORD}"']
    assert book[layout.CANDIDATE_SHEET]["A1"].value == "P0001 กลุ่มน้ำผึ้งป่าบ้านถ้ำ หมู่ 1"


def test_only_the_cells_to_be_filled_are_unlocked() -> None:
    """Six picks and five answers."""
    sheet = opened(report_form(packet()))[layout.SHEET]
    assert sheet.protection.sheet
    unlocked = [cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
    assert len(unlocked) == 6 + 5


def test_the_code_stands_above_and_below_the_table_and_in_the_footer() -> None:
    """Whoever copies the table with its foot, or prints it, keeps the code."""
    sheet = opened(report_form(packet()))[layout.SHEET]
    rows = [cell.row for row in sheet.iter_rows() for cell in row if cell.value == "KBO-3/phayao-2568/5601/1"]
    assert rows[0] < find(sheet, layout.PICK_HEADER).row < find(sheet, layout.REPORTED_ON_LABEL).row < rows[1]
    footer: Any = sheet.oddFooter.left  # type: ignore[union-attr]  # the stubs allow none
    assert footer is not None and footer.text == "KBO-3/phayao-2568/5601/1"


def test_the_page_is_a4_landscape_with_a_repeated_header() -> None:
    """As it is printed and signed."""
    sheet = opened(report_form(packet()))[layout.SHEET]
    header = find(sheet, layout.PICK_HEADER).row
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.print_title_rows == f"${header}:${header}"


def test_names_are_looked_up_by_formulas_that_show_nothing_yet() -> None:
    """The computed value is stored, so a viewer that never recalculates shows no zero."""
    content = report_form(packet())
    values = openpyxl.load_workbook(BytesIO(content), data_only=True)[layout.SHEET]
    row = find(values, layout.PICK_HEADER).row + 1
    assert [values.cell(row, column).value or "" for column in (3, 4, 5)] == ["", "", ""]
    assert str(opened(content)[layout.SHEET].cell(row, 3).value).startswith("=IF($B")
    assert find(values, "0 / 6").column == 1 + layout.ANSWER_OFFSET


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    """A register is not trusted to be harmless."""
    book = opened(report_form(packet((candidate(1, "=1+1"), candidate(2, "http://x")))))
    cell = book[layout.CANDIDATE_SHEET]["B1"]
    assert cell.value == "=1+1"
    assert book[layout.CANDIDATE_SHEET]["B2"].hyperlink is None


def test_a_district_without_candidates_or_places_still_gets_a_form() -> None:
    """It needs one to return nil."""
    sheet = opened(report_form(packet(0, code="5603")))[layout.SHEET]
    assert any("ไม่มีกลุ่มที่เข้าเกณฑ์ในบัญชี" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    none = opened(report_form(packet(0, code="5603", quotas={"5603": 0})))[layout.SHEET]
    assert find(none, layout.COUNT_LABEL).row == find(none, layout.PICK_HEADER).row + 1


def test_a_very_long_name_still_fits_a_lookup() -> None:
    """A spreadsheet looks up at most 255 characters."""
    book = opened(report_form(packet((candidate(1, "ก" * 400),))))
    assert len(str(book[layout.CANDIDATE_SHEET]["A1"].value)) == 200
    assert book[layout.CANDIDATE_SHEET]["B1"].value == "ก" * 400


def test_the_form_is_the_same_bytes_for_the_same_packet() -> None:
    """The file's dates are the packet's."""
    content = report_form(packet())
    assert content == report_form(packet())
    assert opened(content).properties.created.isoformat() == "2024-12-09T00:00:00"
