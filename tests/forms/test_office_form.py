"""The office's own form: filled by its mapping, read by its own words."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form_files import form_files, form_shapes
from kbo_core.documents.form_mapping import OfficeForm, read_office_form
from kbo_core.documents.form_reader import read_form
from kbo_core.domain.findings import RefusedError
from tests.forms.judging import judged
from tests.forms.sheets import CODE, FORM, LABELS, PACKET, PICKED, by_openpyxl, filled
from tests.unit.sample_papers import candidate, packet

MAPPING = """
workbook: แบบแจ้งรายชื่อ.xlsx
sheet: แบบ ๓
form_code: F2
district: B4
quota: E4
first_pick: 8
last_pick: 17
columns: {number: A, id: B, name: C, products: D, stars: E}
reason: B20
nil: B21
reporter: B23
position: B24
"""


def _template(change: Callable[[Any], None] | None = None) -> bytes:
    """A form as an office draws it: a title over joined cells, a heading of two rows, signatures below."""
    book = openpyxl.Workbook()
    page: Any = book.worksheets[0]
    page.title = "แบบ ๓"
    page["A1"] = "แบบแจ้งรายชื่อกลุ่มเป้าหมาย จังหวัดพะเยา"
    page["A1"].font = Font(name="TH SarabunIT๙", size=20, bold=True)
    page.merge_cells("A1:F1")
    page["E2"], page["A4"], page["D4"] = "เลขที่แบบ", "อำเภอ", "ได้รับจัดสรร"
    for cell, text in {"A6": "ที่", "B6": "กลุ่มผู้ผลิตชุมชน", "B7": "ทะเบียน", "C7": "ชื่อ", "D7": "สินค้า", "E7": "ดาว"}.items():
        page[cell] = text
    page.merge_cells("A6:A7")
    page.merge_cells("B6:E6")
    for line in range(10):
        page.cell(8 + line, 1, line + 1)
    page["A18"] = "รวมทั้งสิ้น"
    page["A20"], page["A21"] = "สาเหตุที่ไม่ครบ", "กรณีไม่มีกลุ่ม"
    page["A23"], page["A24"], page["C23"] = "ผู้รายงาน", "ตำแหน่ง", "โทรศัพท์"
    if change:
        change(page)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def _home(folder: Path, mapping: str = MAPPING, template: bytes | None = None) -> Path:
    (folder / "templates").mkdir()
    (folder / "templates" / "form.yaml").write_text(mapping, encoding="utf-8")
    (folder / "templates" / "แบบแจ้งรายชื่อ.xlsx").write_bytes(template or _template())
    return folder


def _own(folder: Path) -> OfficeForm:
    own = read_office_form(_home(folder))
    assert own is not None
    return own


def _opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def _saved(book: Any) -> bytes:
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def test_without_a_mapping_ours_is_used_in_both_formats(tmp_path: Path) -> None:
    """And only ours is read."""
    assert read_office_form(tmp_path) is None
    assert list(form_files(PACKET, None)) == [".xlsx", ".ods"]
    assert form_files(PACKET, None)[".xlsx"] == FORM
    assert form_shapes(None) == (layout.OWN,)


def test_the_offices_workbook_is_filled_and_stays_its_own(tmp_path: Path) -> None:
    """Code, district, quota, choices and look-ups; title, face and joined cells as they were."""
    own = _own(tmp_path)
    files = form_files(PACKET, own)
    assert list(files) == [".xlsx"]
    book = _opened(files[".xlsx"])
    page = book["แบบ ๓"]
    assert (page["F2"].value, page["B4"].value, page["E4"].value) == (CODE, "อำเภอเมืองพะเยา", "6")
    assert (page["A1"].font.name, page["A1"].font.size) == ("TH SarabunIT๙", 20)
    assert {str(merge) for merge in page.merged_cells.ranges} == {"A1:F1", "A6:A7", "B6:E6"}
    choice, nil = page.data_validations.dataValidation
    assert (str(choice.sqref), choice.formula1) == ("B8:B13", f"'{layout.CANDIDATE_SHEET}'!$A$1:$A$8")
    assert (str(nil.sqref), nil.formula1) == ("B21", f'"{layout.NIL_WORD}"')
    assert str(page["C8"].value).startswith('=IF($B8="","",IFERROR(INDEX(')
    assert page["C14"].value is None  # no place, no look-up
    assert book[layout.MARK_SHEET].sheet_state == "veryHidden"
    assert page.oddFooter.left.text == CODE


def test_the_same_packet_gives_the_same_bytes(tmp_path: Path) -> None:
    """The hour of saving is not in the file."""
    own = _own(tmp_path)
    assert form_files(PACKET, own) == form_files(PACKET, own)


def test_names_that_look_like_formulas_stay_text_in_the_offices_workbook(tmp_path: Path) -> None:
    """A register is not trusted to be harmless."""
    names = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a\x07b")
    lines = tuple(candidate(n, name) for n, name in enumerate(names, start=1))
    book = _opened(form_files(packet(lines), _own(tmp_path))[".xlsx"])
    cells = [book[layout.CANDIDATE_SHEET].cell(row, 2) for row in range(1, 8)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].value == "=1+1"


def test_a_returned_form_is_read_by_the_offices_own_words(tmp_path: Path) -> None:
    """Wherever rows and columns went; the empty line beside a telephone is no reporter."""
    own = _own(tmp_path)
    book = _opened(form_files(PACKET, own)[".xlsx"])
    page = book["แบบ ๓"]
    for line, producer_id in enumerate(PICKED):
        page.cell(8 + line, 2, LABELS[producer_id])
    page["B23"], page["D23"] = "นางสาวน้ำทิพย์ ใจดี", "08-1234-5678"
    found = judged(_saved(book), "แบบ.xlsx", shapes=form_shapes(own))
    assert (found.picks, found.findings) == (PICKED, ())
    page["B20"] = "สมัครใจ"
    page["B13"] = None
    for merge in list(page.merged_cells.ranges):
        page.unmerge_cells(str(merge))
    page.insert_rows(10, 2)
    page.insert_rows(1)
    page.insert_cols(1)
    form = read_form(_saved(book), "แบบ.xlsx", form_shapes(own))
    assert [pick.cell for pick in form.picks] == [f"แบบ ๓!C{row}" for row in (9, 10, 13, 14, 15)]
    assert (form.reason, form.reason_cell, form.reporter) == ("สมัครใจ", "แบบ ๓!C23", "นางสาวน้ำทิพย์ ใจดี")
    page["C26"] = None
    assert read_form(_saved(book), "แบบ.xlsx", form_shapes(own)).reporter == ""


def test_our_own_form_is_still_read_when_the_office_has_one(tmp_path: Path) -> None:
    """Packets that went out before the office put its form in."""
    found = judged(by_openpyxl(filled()), "แบบ.xlsx", shapes=form_shapes(_own(tmp_path)))
    assert (found.picks, found.blocking) == (PICKED, [])


def test_a_table_shorter_than_a_quota_is_refused(tmp_path: Path) -> None:
    """Rows are not invented in somebody else's form."""
    own = read_office_form(_home(tmp_path, MAPPING.replace("last_pick: 17", "last_pick: 12")))
    with pytest.raises(RefusedError) as caught:
        form_files(PACKET, own)
    assert [f.code for f in caught.value.findings] == ["form-template-too-short"]


def _label_twice(page: Any) -> None:
    page["C20"] = "ผู้รายงาน"


def _no_label(page: Any) -> None:
    page["A20"] = None
    for row in range(12, 20):
        page.cell(row, 1).value = None


def _joined(page: Any) -> None:
    page.merge_cells("A23:B23")


def _chart(page: Any) -> None:
    page.add_chart(BarChart(), "H2")


def _our_sheet(page: Any) -> None:
    page.parent.create_sheet(layout.HELP_SHEET)


FAULTS: dict[str, tuple[str, bytes | None, str, str]] = {
    "an unknown key": (MAPPING + "teacher: B25\n", None, "form-template-unknown-key", "form.yaml: teacher"),
    "an unknown column": (
        MAPPING.replace("number: A", "nr: A"),
        None,
        "form-template-unknown-key",
        "form.yaml: columns.nr",
    ),
    "a key left out": (MAPPING.replace("nil: B21", ""), None, "form-template-missing-key", "form.yaml: nil"),
    "no cell": (MAPPING.replace("B20", "reason"), None, "form-template-bad-value", "form.yaml: reason"),
    "no column": (MAPPING.replace("id: B", "id: B2"), None, "form-template-bad-value", "form.yaml: columns.id"),
    "no row": (
        MAPPING.replace("first_pick: 8", "first_pick: x"),
        None,
        "form-template-bad-value",
        "form.yaml: first_pick",
    ),
    "rows the wrong way": (
        MAPPING.replace("last_pick: 17", "last_pick: 2"),
        None,
        "form-template-bad-value",
        "last_pick",
    ),
    "a path": (MAPPING.replace("workbook: ", "workbook: ../"), None, "form-template-bad-value", "form.yaml: workbook"),
    "no such workbook": (MAPPING.replace("แบบแจ้ง", "แบบอื่น"), None, "form-template-missing", "form.yaml"),
    "no YAML": ("a: [", None, "form-template-unreadable", "form.yaml"),
    "no such sheet": (MAPPING.replace("แบบ ๓", "อื่น"), None, "form-template-sheets", "แบบแจ้งรายชื่อ.xlsx"),
    "a sheet of ours": (MAPPING, _template(_our_sheet), "form-template-sheets", "แบบแจ้งรายชื่อ.xlsx"),
    "drawings": (MAPPING, _template(_chart), "form-template-drawings", "แบบแจ้งรายชื่อ.xlsx"),
    "no label": (MAPPING, _template(_no_label), "form-template-label", "form.yaml: reason"),
    "a label twice": (MAPPING, _template(_label_twice), "form-template-label", "form.yaml: reporter"),
    "inside joined cells": (MAPPING, _template(_joined), "form-template-merged", "form.yaml: reporter"),
    "an empty workbook": (MAPPING, b"", "form-no-content", "แบบแจ้งรายชื่อ.xlsx"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_mapping_that_does_not_fit_is_refused_by_name(case: str, tmp_path: Path) -> None:
    """The key, the cell, what to do."""
    mapping, template, code, where = FAULTS[case]
    _home(tmp_path, mapping)
    if template is not None:
        (tmp_path / "templates" / "แบบแจ้งรายชื่อ.xlsx").write_bytes(template)
    with pytest.raises(RefusedError) as caught:
        read_office_form(tmp_path)
    found = [(f.code, f.where) for f in caught.value.findings]
    assert any(c == code and w.endswith(where) for c, w in found), found
    assert all(f.message_th and f.message_en for f in caught.value.findings)
