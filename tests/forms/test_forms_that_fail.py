"""Forms with one fault each: the fault's own code, at its own cell, and nothing else that blocks."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kbo_core.documents import form_layout as layout
from kbo_core.domain.areas import districts
from kbo_core.domain.submissions import Expected
from tests.forms.judging import judged
from tests.forms.sheets import (
    CODE,
    EXPECTED,
    LABELS,
    NAMES,
    PICKED,
    Sheet,
    by_hand_as_csv,
    by_hand_as_ods,
    by_openpyxl,
    by_xlsxwriter,
    filled,
)

MADE = Path(__file__).parent / "made"
FILE = "แบบ.xlsx"


def _with_pick(line: int, text: str) -> tuple[Sheet, str]:
    sheet = filled()
    return sheet, sheet.pick(line, text)


def _name_beside(text: str) -> tuple[Sheet, str]:
    sheet = filled(*PICKED)
    return sheet, sheet.pick(2, text, layout.NAME_HEADER)


def _code(code: str) -> tuple[Sheet, str]:
    sheet = filled()
    sheet.retype(CODE, code)
    return sheet, code


def _codes_differ() -> tuple[Sheet, str]:
    sheet = filled()
    row, column = sheet.place(CODE)
    sheet.put(row, column, CODE.replace("5601", "5605"))
    return sheet, ""


def _no_code() -> tuple[Sheet, str]:
    sheet = filled()
    sheet.retype(CODE, "")
    return sheet, ""


def _another_programme() -> tuple[Sheet, str]:
    sheet = filled()
    row, column = sheet.place(CODE)
    sheet.retype(CODE, "QD-1/phayao/5601")
    return sheet, sheet.address(row, column)


def _without(*labels: str) -> tuple[Sheet, str]:
    sheet = filled()
    for label in labels:
        sheet.retype(label, "")
    return sheet, ""


def _nothing_known() -> tuple[Sheet, str]:
    sheet = filled()
    sheet.rows = [["งบประมาณ", "จำนวน"], ["ค่าวิทยากร", "๓,๖๐๐"]]
    return sheet, ""


def _copied() -> tuple[Sheet, str]:
    sheet = filled()
    sheet.others = {"สำเนา": [list(row) for row in sheet.rows]}
    return sheet, ""


def _header_twice() -> tuple[Sheet, str]:
    sheet = filled()
    row, _ = sheet.place(layout.PICK_HEADER)
    sheet.put(row, 6, layout.PICK_HEADER)
    return sheet, ""


def _other_district_printed() -> tuple[Sheet, str]:
    sheet = filled()
    row, column = sheet.place(layout.DISTRICT_LABEL)
    return sheet, sheet.put(row, column + 2, "อำเภอเชียงคำ จังหวัดพะเยา")


def _answered_twice() -> tuple[Sheet, str]:
    sheet = filled(*PICKED[:2], reason="สมัครใจเพียงสองกลุ่ม")
    first = sheet.answer(layout.REASON_LABEL, "สมัครใจเพียงสองกลุ่ม")
    sheet.insert_row(len(sheet.rows), [layout.REASON_LABEL, "", "รอประชุม"])
    return sheet, first


def _astray() -> tuple[Sheet, str]:
    sheet = filled()
    return sheet, sheet.put(len(sheet.rows) + 2, 1, LABELS["P0008"])


def _short() -> tuple[Sheet, str]:
    sheet = filled(*PICKED[:5])
    return sheet, sheet.answer(layout.REASON_LABEL, "")


def _over() -> tuple[Sheet, str]:
    sheet = filled()
    foot, _ = sheet.place(layout.COUNT_LABEL)
    sheet.insert_row(foot)
    return sheet, sheet.pick(7, LABELS["P0008"])


def _nil(text: str, *picks: str) -> tuple[Sheet, str]:
    sheet = filled(*(picks or [""]), nil=text)
    return sheet, sheet.answer(layout.NIL_LABEL, text)


def _empty() -> tuple[Sheet, str]:
    return filled(""), CODE


NOBODY_FREE = replace(EXPECTED, quota=1, candidates={"P0007": NAMES["P0007"]})
TWINS = replace(EXPECTED, linked={"P0002": "P0001"})
TWINS_ELSEWHERE = replace(EXPECTED, linked={"P0002": "P0007"})
ZEROS = replace(
    EXPECTED,
    candidates={f"00{n}": NAMES[i] for n, i in enumerate(NAMES, start=11)},
    register={},
    picked_elsewhere={},
    quota=2,
)

Faulty = Callable[[], tuple[Sheet, str]]
# What is done, whom it is sent to, the code, and whether the place is the cell of the fault or the file.
FAULTS: dict[str, tuple[Faulty, Expected, str]] = {
    "nothing of a form": (_nothing_known, EXPECTED, "form-not-ours"),
    "no form code": (_no_code, EXPECTED, "form-code-missing"),
    "two form codes": (_codes_differ, EXPECTED, "form-codes-differ"),
    "no questions": (lambda: _without(layout.NIL_LABEL, layout.REASON_LABEL), EXPECTED, "form-labels-missing"),
    "no headings": (lambda: _without(*layout.HEADERS), EXPECTED, "form-labels-missing"),
    "two sheets with the form": (_copied, EXPECTED, "form-sheet-copied"),
    "two columns of ids": (_header_twice, EXPECTED, "form-header-twice"),
    "a code of another programme": (_another_programme, EXPECTED, "form-code-unknown"),
    "last year's form": (lambda: _code("KBO-3/phayao-2567/5601/1"), EXPECTED, "form-last-year"),
    "another cycle's form": (lambda: _code("KBO-3/phayao-2568-b/5601/1"), EXPECTED, "form-other-cycle"),
    "another district's form": (lambda: _code("KBO-3/phayao-2568/5605/1"), EXPECTED, "form-other-district"),
    "another district's name": (_other_district_printed, EXPECTED, "form-district-differs"),
    "a revision never sent": (lambda: _code("KBO-3/phayao-2568/5601/9"), EXPECTED, "form-revision-unknown"),
    "a name of two groups": (lambda: _with_pick(2, "กลุ่มชื่อซ้ำ"), EXPECTED, "pick-name-ambiguous"),
    "an id with another's name": (lambda: _with_pick(2, f"P0002 {NAMES['P0008']}"), EXPECTED, "pick-id-name-conflict"),
    "another's name in the column of names": (lambda: _name_beside(NAMES["P0008"]), EXPECTED, "pick-id-name-conflict"),
    "two ids in a cell": (lambda: _with_pick(2, "P0002, P0008"), EXPECTED, "pick-several"),
    "two names in a cell": (lambda: _with_pick(2, f"{NAMES['P0002']}/{NAMES['P0008']}"), EXPECTED, "pick-several"),
    "a group outside the table": (_astray, EXPECTED, "pick-astray"),
    "a group in no register": (lambda: _with_pick(2, "กลุ่มใหม่ที่ยังไม่ขึ้นทะเบียน"), EXPECTED, "pick-not-in-register"),
    "a group of another district": (lambda: _with_pick(2, "P0104"), EXPECTED, "pick-other-district"),
    "a group that is not eligible": (lambda: _with_pick(2, "ร้านแม่คำปัน"), EXPECTED, "pick-ineligible"),
    "a group that is not settled": (lambda: _with_pick(2, "P0102"), EXPECTED, "pick-unsettled"),
    "a group that was not offered": (lambda: _with_pick(2, "P0103"), EXPECTED, "pick-not-offered"),
    "a group twice": (lambda: _with_pick(2, LABELS["P0001"]), EXPECTED, "pick-twice"),
    "a group of another's answer": (lambda: _with_pick(2, LABELS["P0007"]), EXPECTED, "pick-elsewhere"),
    "a group under two numbers": (lambda: _with_pick(2, LABELS["P0002"]), TWINS, "pick-linked"),
    "another's group under another number": (lambda: _with_pick(2, LABELS["P0002"]), TWINS_ELSEWHERE, "pick-linked"),
    "one too many": (_over, EXPECTED, "over-quota"),
    "too few without a reason": (_short, EXPECTED, "short-without-reason"),
    "two reasons": (_answered_twice, EXPECTED, "answer-twice"),
    "another word than nil": (lambda: _nil("มีครบ", *PICKED), EXPECTED, "nil-unclear"),
    "nil with a name": (lambda: _nil("ไม่มี", "P0007"), NOBODY_FREE, "nil-with-picks"),
    "nil although there are groups": (lambda: _nil("ไม่มี"), EXPECTED, "nil-hides-candidates"),
    "an empty form": (_empty, EXPECTED, "form-empty"),
}
ALSO = {"nil with a name": {"pick-elsewhere"}}
WRITERS: dict[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "openpyxl": (FILE, by_openpyxl),
    "XlsxWriter": (FILE, by_xlsxwriter),
    "a plain ODS": ("แบบ.ods", by_hand_as_ods),
    "CSV": ("แบบ.csv", by_hand_as_csv),
}


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("case", FAULTS)
def test_each_fault_has_its_own_message_at_its_own_cell(case: str, writer: str) -> None:
    """The same in every format; a CSV has cells but no sheets."""
    make, expected, code = FAULTS[case]
    sheet, where = make()
    name, write = WRITERS[writer]
    if writer == "CSV":
        if sheet.others:
            return  # it has one sheet
        where = where.removeprefix(f"{sheet.title}!")
    found = judged(write(sheet), name, expected)
    assert (code, where or name) in found.blocking
    assert {c for c, _ in found.blocking} == {code} | ALSO.get(case, set())


def test_an_old_form_that_does_not_hold_any_more_is_told_with_what_does_not() -> None:
    """The revision beside the pick."""
    sheet, where = _with_pick(2, "P0101")
    found = judged(by_openpyxl(sheet), FILE, replace(EXPECTED, revision=2))
    assert found.blocking == [("form-superseded", CODE), ("pick-ineligible", where)]
    still = judged(by_openpyxl(filled()), FILE, replace(EXPECTED, revision=2))
    assert (still.blocking, still.told) == ([], {"form-superseded"})


def test_zeros_that_a_spreadsheet_took_away_are_told_with_the_id_that_is_meant() -> None:
    """Never guessed."""
    sheet = filled("0011", "12")
    found = judged(by_openpyxl(sheet), FILE, ZEROS)
    assert found.blocking == [("pick-zeros-lost", sheet.pick(2, "12"))]


def test_one_name_that_only_another_district_has_is_told_as_such() -> None:
    """A name counts in the district; elsewhere it says whose it is."""
    sheet, where = _with_pick(2, "กลุ่มต่างอำเภอ")
    assert judged(by_openpyxl(sheet), FILE).blocking == [("pick-other-district", where)]


ODD_CELLS: dict[str, Callable[[Sheet, int, int], str]] = {
    "pick-merged": lambda sheet, row, column: _merged(sheet, row, column),
    "pick-hidden": lambda sheet, row, column: _hidden(sheet, row, column),
    "cell-formula-empty": lambda sheet, row, column: _formula(sheet, row, column),
    "pick-two-cells": lambda sheet, row, column: _two_cells(sheet, row, column),
}


def _merged(sheet: Sheet, row: int, column: int) -> str:
    sheet.put(row + 1, column, "")
    sheet.merges = [(row, column, row + 1, column)]
    return sheet.address(row, column)


def _hidden(sheet: Sheet, row: int, column: int) -> str:
    sheet.hidden = [row]
    return sheet.address(row, column)


def _formula(sheet: Sheet, row: int, column: int) -> str:
    sheet.put(row, column, "")
    sheet.formulas[row, column] = ("=Z99", "")
    return sheet.address(row, column)


def _two_cells(sheet: Sheet, row: int, column: int) -> str:
    header, _ = sheet.place(layout.PICK_HEADER)
    sheet.put(header, column + 1, "")
    sheet.merges = [(header, column, header, column + 1)]
    sheet.put(row, column + 1, LABELS["P0008"])
    return sheet.address(row, column)


@pytest.mark.parametrize("write", [by_openpyxl, by_xlsxwriter], ids=["openpyxl", "XlsxWriter"])
@pytest.mark.parametrize("code", ODD_CELLS)
def test_cells_that_may_mean_two_things_are_findings(code: str, write: Callable[[Sheet], bytes]) -> None:
    """Joined lines, hidden lines, formulas without a value, two cells under one heading."""
    sheet = filled(reason="มีผู้สมัครน้อย")
    header, column = sheet.place(layout.PICK_HEADER)
    where = ODD_CELLS[code](sheet, header + 2, column)
    assert judged(write(sheet), FILE).blocking == [(code, where)]


@pytest.mark.parametrize("file", sorted(MADE.glob("fail-*")), ids=lambda file: file.name)
def test_forms_with_a_fault_as_libreoffice_saves_them(file: Path) -> None:
    """The name of the file says the code, and the cell behind @."""
    code, _, cell = file.stem.removeprefix("fail-").partition("@")
    where = f"{layout.SHEET}!{cell}" if cell else file.name
    assert judged(file.read_bytes(), file.name).blocking == [(code, where)]


def test_another_districts_form_is_not_judged_any_further() -> None:
    """Its picks belong to another list."""
    other = replace(EXPECTED, district=districts()["5605"])
    assert judged(by_openpyxl(filled("P0101")), FILE, other).blocking == [("form-other-district", CODE)]
