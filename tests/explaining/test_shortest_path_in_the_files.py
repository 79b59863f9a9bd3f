"""What the shortest path says is so: those cells written otherwise in the input files, and the verdict flips."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kbo_core.domain.clause_rows import Weight
from kbo_core.registry.quality import Validate
from tests.explaining.provinces import add_rows, edit, explained_file, rewrite, verdicts
from tests.province import GROUP, write_csv

ELSEWHERE = "สหกรณ์ที่ไม่มีใครรู้จัก"
C1 = {"producer_id": "C1", "producer_name": "กลุ่มแปรรูปปลาบ้านร่องเหียง", "province": "พะเยา", "product_name": "ปลาส้ม"}


def nothing(_: Path) -> None:
    """The province as it is."""


def listed_last_year(folder: Path) -> None:
    add_rows(
        folder / "kbo-2567.csv", {"producer_name": "กลุ่มทอผ้าบ้านห้วยแก้ว", "province": "พะเยา", "district": "เมืองพะเยา"}
    )


def short_and_classed(quadrant: str, year: str = "2567") -> Callable[[Path], None]:
    """A province that is short, and C1 with a product of a quadrant."""

    def change(folder: Path) -> None:
        rewrite(folder / "cycle.yaml", ('"5601": 2', '"5601": 9'))
        add_rows(folder / "products.csv", {**C1, "quadrant_year_be": year, "quadrant": quadrant})

    return change


def in_the_project(folder: Path) -> None:
    short_and_classed("D")(folder)
    rewrite(
        folder / "cycle.yaml",
        ("fiscal_year_be: 2568, empty: confirmed", "fiscal_year_be: 2568, path: qd-2568.csv"),
    )
    write_csv(folder / "qd-2568.csv", ("producer_name", "province"), [(C1["producer_name"], "พะเยา")])


# change of the province, producer, clause, tier that it leads to, and what to write into the cells of the row
CASES: dict[str, tuple[Callable[[Path], None], str, str, int, dict[str, str]]] = {
    "rated above the range": (nothing, "A5", "1b", 1, {"stars": "3"}),
    "another type": (nothing, "A4", "1a", 1, {"producer_type": GROUP}),
    "on last year's list": (listed_last_year, "A1", "2", 1, {"producer_name": ELSEWHERE}),
    "another quadrant": (short_and_classed("C"), "C1", "3", 2, {"quadrant": "D"}),
    "a quadrant of another year": (short_and_classed("D", "2566"), "C1", "3", 2, {"quadrant_year_be": "2567"}),
    "in the project": (in_the_project, "C1", "4", 2, {"producer_name": ELSEWHERE}),
}


@pytest.mark.parametrize("case", CASES)
def test_changing_just_that_value_flips_the_verdict(case: str, province: Path, validate: Validate) -> None:
    """The sheet names one clause and the row that stands against it; with that row's cells changed the producer is
    eligible in the tier that was told."""
    change, producer_id, code, tier, cells = CASES[case]
    change(province.parent)
    explained = explained_file(province, validate)
    [sheet] = [s for s in explained.sheets() if s.producer_id == producer_id]
    assert sheet.verdict == "ineligible"
    assert (tier, (code,)) in [(way.tier, way.clauses) for way in sheet.ways]
    [clause] = [c for c in sheet.clauses if c.code == code]
    row = [e for e in clause.evidence if e.weight in (Weight.AGAINST, Weight.NOTHING)][-1]
    assert f"{row.source} แถว {row.row}" in clause.because_th
    assert clause.because_th in sheet.way_th(next(way for way in sheet.ways if way.clauses == (code,)))

    edit(province.parent / row.source, row.row, **cells)
    assert verdicts(province, validate)[producer_id] == f"{tier} eligible"


def test_whoever_lacks_two_clauses_is_no_near_miss_and_one_change_is_not_enough(
    province: Path, validate: Validate
) -> None:
    """A single owner whose product has five stars: both must change."""
    edit(province.parent / "products.csv", 5, stars="5")
    explained = explained_file(province, validate)
    [(n, sheet)] = [(n, explained.sheet(n)) for n in explained.order if explained.sheet(n).producer_id == "A4"]
    assert [way.clauses for way in sheet.ways] == [("1a", "1b")]
    assert not explained.near_misses[n]
    edit(province.parent / "products.csv", 5, stars="3")
    assert verdicts(province, validate)["A4"] == "ineligible"
    edit(province.parent / "producers.csv", 5, producer_type=GROUP)
    assert verdicts(province, validate)["A4"] == "1 eligible"


def test_the_words_name_the_value_as_it_was_typed(province: Path, validate: Validate) -> None:
    """A rating of four stars is told as such, with file and row."""
    explained = explained_file(province, validate)
    [sheet] = [s for s in explained.sheets() if s.producer_id == "C1"]
    told = sheet.way_th(sheet.ways[0])
    assert "ขาดเพียงข้อ ๑" in told
    assert "ของC1 ได้ 4 ดาว อยู่นอกช่วง 1–3 ดาว (products.csv แถว 9)" in told
