"""Nothing that a form carries is run by a spreadsheet: names, products and answers are text and stay text."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form import report_form
from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_ods import report_form_ods
from kbo_core.documents.form_ods_grids import ods_grids
from kbo_core.documents.form_reader import read_form
from kbo_core.documents.papers import CandidateLine
from tests.unit.sample_papers import packet

EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x")', "http://x", "=cmd|'/c calc'!A0")
LINES = tuple(CandidateLine(f"P{n}", name, 1, (name, "ผ้า"), name, name) for n, name in enumerate(EVIL))
MADE = Path(__file__).parent / "made"


def test_the_xlsx_holds_every_name_as_text() -> None:
    """Seen with another library: strings, no formulas, no links."""
    page = openpyxl.load_workbook(io.BytesIO(report_form(packet(LINES))))[layout.CANDIDATE_SHEET]
    cells = [cell for row in page.iter_rows() for cell in row]
    assert len(cells) == 4 * len(EVIL)
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)


def test_the_ods_holds_every_name_as_text() -> None:
    """The only formulas are the look-ups of the form's own sheet."""
    grids = {g.title: g for g in ods_grids(screened_parts(report_form_ods(packet(LINES)), "a.ods", Kind.ODS))}
    listed = grids[layout.CANDIDATE_SHEET]
    assert not listed.formulas
    assert [listed.texts[n, 1].strip() for n in range(len(EVIL))] == [name.strip() for name in EVIL]
    assert {column for _, column in grids[layout.SHEET].formulas} == {2, 3, 4}


@pytest.mark.parametrize("name", ["text-names.xlsx", "text-names.xls.xlsx", "text-names.csv"])
def test_libreoffice_sees_text_too(name: str) -> None:
    """Our ODS opened by LibreOffice and saved in three formats: each name is a string, none was computed."""
    content = (MADE / name).read_bytes()
    if name.endswith(".csv"):
        shown = [row[1] for row in csv.reader(io.StringIO(content.decode("utf-8"), newline=""))]
    else:
        page = openpyxl.load_workbook(io.BytesIO(content))[layout.CANDIDATE_SHEET]
        cells = [page.cell(row, 2) for row in range(1, len(EVIL) + 1)]
        assert {cell.data_type for cell in cells} == {"s"}
        shown = [str(cell.value) for cell in cells]
    assert [text.strip() for text in shown] == [name.strip() for name in EVIL]


def test_a_formula_typed_into_an_answer_comes_back_as_its_words_only() -> None:
    """What a district typed as text that looks like a formula is text here; nothing computes it."""
    book = openpyxl.load_workbook(io.BytesIO(report_form(packet())))
    page = book[layout.SHEET]
    reason = next(c for row in page.iter_rows() for c in row if c.value == layout.REASON_LABEL)
    page.cell(reason.row, reason.column + layout.ANSWER_OFFSET, "=1+1").data_type = "s"
    saved = io.BytesIO()
    book.save(saved)
    assert read_form(saved.getvalue(), "a.xlsx").reason == "=1+1"
