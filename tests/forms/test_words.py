"""No check without words, no words without a check; the form's help and the documents are made of them."""

import ast
import io
import re
from pathlib import Path

import openpyxl

import kbo_core
from deployments.docs import pages
from kbo_core.documents import form_layout as layout
from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_ods_grids import ods_grids
from kbo_core.domain.submission_words import WORDS, Reach, code_of, tell
from tests.forms import test_forms_that_fail, test_screening
from tests.forms.archives import ODS
from tests.forms.sheets import FORM

CORE = Path(kbo_core.__file__).parent
THAI = re.compile("[ก-๛]")


def _told() -> set[str]:
    """Every key that the code tells or refuses with."""
    keys: set[str] = set()
    for path in [*(CORE / "documents").glob("form*.py"), CORE / "domain" / "submission_checks.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("tell", "refusal", "_find") and node.args:
                    keys |= {str(n.value) for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)}
    return keys


def test_every_check_has_words_and_every_word_has_a_check() -> None:
    """The table and the code name the same keys."""
    assert _told() == set(WORDS)


def test_every_code_is_met_by_a_file_of_the_corpus() -> None:
    """A code that no test file has would be a promise that nobody checked."""
    met = {code for _, _, code in test_screening.HOSTILE.values()}
    met |= {code for _, _, code in test_forms_that_fail.FAULTS.values()} | set(test_forms_that_fail.ODD_CELLS)
    passing = {"cell-formula", "pick-by-name", "pick-name-differs", "short-with-reason"}
    passing |= {"nil-return", "reporter-missing"}
    told_elsewhere = {"form-superseded", "pick-zeros-lost"}
    assert {code_of(key) for key in WORDS} == met | passing | told_elsewhere


def test_words_are_in_both_languages_and_say_what_to_do() -> None:
    """The remedy stands alone, so it carries no value of the moment; what blocks begins it with a polite ให้."""
    for key, words in WORDS.items():
        assert all(THAI.search(text) for text in (words.title_th, words.says_th, words.remedy_th)), key
        assert not THAI.search(words.says_en), key
        assert "{" not in words.title_th + words.remedy_th, key
        if words.reach in (Reach.REFUSED, Reach.BLOCK):
            assert words.remedy_th.startswith("ให้"), key


def test_both_languages_are_filled_with_the_same_values() -> None:
    """A value that only one of them asks for may be missing from the other, never from the check."""
    for key, words in WORDS.items():
        names = {name.partition(":")[0] for name in re.findall(r"{([^}]*)}", words.says_th + words.says_en)}
        values = dict.fromkeys(names - {"where"}, 7)
        finding = tell(key, "B12", **values)
        assert "{" not in finding.message_th + finding.message_en, key
        assert finding.message_th.endswith(words.remedy_th), key


def test_the_help_in_the_form_is_the_same_table() -> None:
    """One row a fault, in XLSX and ODS alike."""
    rows = [
        [words.subject.value, words.title_th, words.remedy_th, layout.REACH_TH[words.reach]] for words in WORDS.values()
    ]
    page = openpyxl.load_workbook(io.BytesIO(FORM))[layout.HELP_SHEET]
    assert [[cell.value for cell in row] for row in page.iter_rows(min_row=3)] == rows
    grid = next(g for g in ods_grids(screened_parts(ODS, "a.ods", Kind.ODS)) if g.title == layout.HELP_SHEET)
    assert [[grid.texts[row, column] for column in range(4)] for row in range(2, 2 + len(rows))] == rows


def test_the_documents_list_every_code_with_its_remedy() -> None:
    """``docs/form-checks.md`` is made of the table."""
    page = pages()["form-checks.md"]
    for key, words in WORDS.items():
        assert f"| `{code_of(key)}` |" in page
        assert words.title_th in page and words.remedy_th in page
