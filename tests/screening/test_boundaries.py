"""Each clause on both sides of each of its boundaries; the shortage one place either way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import kbo_core.domain.clauses as clauses_package
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.decisions import Decided, decide
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.truth import Truth
from kbo_core.office.ingesting import ingest
from tests.screening.oracle import Lists
from tests.screening.registers import World, a_definition
from tests.screening.test_against_the_oracle import a_producer, a_product, row_by_row

NAME = "กลุ่มทอผ้าไหมบ้านต๊ำพระแล"
OTHERS = ("กลุ่มแปรรูปปลาส้มแม่ใจ", "กลุ่มจักสานผักตบชวากว๊าน", "กลุ่มน้ำพริกร่องไฮ", "กลุ่มสตรีไทลื้อเชียงบาน", "ชมรมเห็ดภูซาง")
EMPTY = {("KBO", 2567): None, ("QD", 2568): None}


@dataclass(frozen=True)
class Case:
    """One producer's circumstances, and what a clause makes of them."""

    title: str
    value: str
    producer: Mapping[str, str] = field(default_factory=dict)
    products: Sequence[Mapping[str, str]] = ()
    rules: Mapping[str, Any] = field(default_factory=dict)
    on: Mapping[tuple[str, int], str | None] = field(default_factory=dict)
    missing: tuple[tuple[str, int], ...] = ()


def rated(stars: str, year: str = "2567", **cells: str) -> dict[str, str]:
    return {"rating_year_be": year, "stars": stars, **cells}


def classed(quadrant: str, year: str = "2567", **cells: str) -> dict[str, str]:
    return {"rating_year_be": "", "stars": "", "quadrant_year_be": year, "quadrant": quadrant, **cells}


NEARLY = NAME.replace("ไหม", "ไหน")
FROM_3 = {"stars": [3, 3]}
ALL, BEST = {"star_scope": "all"}, {"star_scope": "best"}
MEMBERS = {"fallback": {"source": "project_participants", "quadrant_year_be": 2567, "exclude_project_year_be": 2568}}
ON_D = ("QD", 2567)

CASES: dict[str, tuple[Case, ...]] = {
    "1a": (
        Case("a community group", "pass", {"producer_type": "กลุ่มผู้ผลิตชุมชน"}),
        Case("a community enterprise is a community group", "pass", {"producer_type": "วิสาหกิจชุมชน"}),
        Case("a single owner", "fail", {"producer_type": "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว"}),
        Case("an SME", "fail", {"producer_type": "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม (SMEs)"}),
        Case("no type", "unknown", {"producer_type": ""}),
        Case("a word that is no type", "unknown", {"producer_type": "กลุ่ม"}),
    ),
    "1b": (
        Case("the lowest star of the range", "pass", products=[rated("1")]),
        Case("the highest star of the range", "pass", products=[rated("3")]),
        Case("one star above the range", "fail", products=[rated("4")]),
        Case("one star below a narrower range", "fail", products=[rated("2")], rules=FROM_3),
        Case("the one star of a narrower range", "pass", products=[rated("3")], rules=FROM_3),
        Case("a rating of the year before", "fail", products=[rated("3", "2566")]),
        Case("a rating of the year after", "fail", products=[rated("3", "2568")]),
        Case("no star is not one star", "fail", products=[rated("")]),
        Case("no product at all", "fail"),
        Case("an unreadable star of the year", "unknown", products=[rated("ดี")]),
        Case("an unreadable star of another year", "fail", products=[rated("ดี", "2566")]),
        Case("a rating without its year", "unknown", products=[rated("3", "")]),
        Case("a rating of an unreadable year", "unknown", products=[rated("3", "67")]),
        Case("no star and no year", "fail", products=[rated("", "")]),
        Case("an unreadable star beside a good one", "pass", products=[rated("ดี"), rated("2")]),
        Case("any: one inside, one above", "pass", products=[rated("2"), rated("5")]),
        Case("all: one inside, one above", "fail", products=[rated("2"), rated("5")], rules=ALL),
        Case("all: every one inside", "pass", products=[rated("2"), rated("3")], rules=ALL),
        Case("all: one inside, one not rated", "pass", products=[rated("2"), rated("")], rules=ALL),
        Case(
            "all: one inside, one above in another year", "pass", products=[rated("2"), rated("5", "2566")], rules=ALL
        ),
        Case("all: one inside, one unreadable", "unknown", products=[rated("2"), rated("ดี")], rules=ALL),
        Case("all: one above, one unreadable", "fail", products=[rated("5"), rated("ดี")], rules=ALL),
        Case("all: one below", "fail", products=[rated("2"), rated("3")], rules={**ALL, **FROM_3}),
        Case("best: one below", "pass", products=[rated("2"), rated("3")], rules={**BEST, **FROM_3}),
        Case("best: the best is inside", "pass", products=[rated("1"), rated("3")], rules=BEST),
        Case("best: the best is above", "fail", products=[rated("1"), rated("4")], rules=BEST),
        Case("best: one inside, one unreadable", "unknown", products=[rated("1"), rated("ดี")], rules=BEST),
        Case("best: none", "fail", rules=BEST),
        Case("a near match holds the star", "unknown", products=[rated("3", producer_name=NEARLY)]),
        Case("a near match changes nothing", "pass", products=[rated("3"), rated("3", producer_name=NEARLY)]),
        Case(
            "all: near matches on either side",
            "unknown",
            products=[rated("3", producer_name=NEARLY), rated("5", producer_name=NEARLY)],
            rules=ALL,
        ),
        Case(
            "best: near matches on either side",
            "unknown",
            products=[rated("3", producer_name=NEARLY), rated("5", producer_name=NEARLY)],
            rules=BEST,
        ),
    ),
    "2": (
        Case("not on the list", "pass"),
        Case("on the list of the year", "fail", on={("KBO", 2567): NAME}),
        Case("on a list of a year that is not excluded", "pass", on={("KBO", 2566): NAME}),
        Case(
            "on the list of a second excluded year",
            "fail",
            on={("KBO", 2566): NAME},
            rules={"kbo_exclusion_years_be": [2567, 2566]},
        ),
        Case("nearly on the list", "unknown", on={("KBO", 2567): NEARLY}),
        Case("the list is missing", "unknown", missing=(("KBO", 2567),)),
        Case("no year is excluded", "pass", on={("KBO", 2567): NAME}, rules={"kbo_exclusion_years_be": []}),
        Case("on the other programme's list", "pass", on={("QD", 2568): NAME}),
    ),
    "3": (
        Case("classed D", "pass", products=[classed("D")]),
        Case("classed D in the letter's words", "pass", products=[classed("กลุ่มปรับตัวเข้าสู่การพัฒนา")]),
        Case("classed A", "fail", products=[classed("A")]),
        Case("classed C", "fail", products=[classed("C")]),
        Case("not classed", "fail", products=[classed("")]),
        Case("no product", "fail"),
        Case("classed D the year before", "fail", products=[classed("D", "2566")]),
        Case("classed D the year after", "fail", products=[classed("D", "2568")]),
        Case("an unreadable class of the year", "unknown", products=[classed("E")]),
        Case("an unreadable class of another year", "fail", products=[classed("E", "2566")]),
        Case("classed D in an unreadable year", "unknown", products=[classed("D", "x")]),
        Case("an unreadable class beside a D", "pass", products=[classed("E"), classed("D")]),
        Case("needs no star", "pass", products=[classed("D"), rated("5")]),
        Case("a near match is classed D", "unknown", products=[classed("D", producer_name=NEARLY)]),
        Case("members: on the list", "pass", rules=MEMBERS, on={ON_D: NAME}),
        Case("members: not on the list", "fail", rules=MEMBERS, on={ON_D: None}),
        Case("members: classed D but not on the list", "fail", products=[classed("D")], rules=MEMBERS, on={ON_D: None}),
        Case("members: nearly on the list", "unknown", rules=MEMBERS, on={ON_D: NEARLY}),
        Case("members: the list is missing", "unknown", rules=MEMBERS),
    ),
    "4": (
        Case("not on the list", "pass"),
        Case("on the list", "fail", on={("QD", 2568): NAME}),
        Case("on last year's list only", "pass", on={("QD", 2567): NAME}),
        Case("on the other programme's list", "pass", on={("KBO", 2567): NAME}),
        Case("nearly on the list", "unknown", on={("QD", 2568): NEARLY}),
        Case("the list is missing", "unknown", missing=(("QD", 2568),)),
        Case("no year is given", "unknown", rules={"fallback": {"scope": "off"}}),
    ),
}


def screened(world: World) -> Decided:
    definition = parse_definition(dict(world.definition), "cycle.yaml")
    return decide(ingest(definition, world.fetch, row_by_row).register, definition)


def lists_of(on: Mapping[tuple[str, int], str | None], missing: Sequence[tuple[str, int]] = ()) -> list[Lists]:
    rows = {**EMPTY, **on}
    return [
        Lists(
            programme,
            year,
            f"{programme}-{year}.csv".lower(),
            None if name is None else [{"producer_name": name, "province": "พะเยา", "district": "จุน"}],
        )
        for (programme, year), name in rows.items()
        if (programme, year) not in missing
    ]


def value_of(code: str, case: Case) -> str:
    lists = lists_of(case.on, case.missing)
    products = [
        a_product(OTHERS[0]),
        *(a_product(cells.get("producer_name", NAME), **_cells(cells)) for cells in case.products),
    ]
    producers = [a_producer(NAME, **case.producer), a_producer(OTHERS[0])]
    decided = screened(World(a_definition({"5602": 1}, lists, case.rules), producers, products, lists))
    row = decided.decisions[decided.decisions["producer_name"] == NAME].iloc[0]
    return str(row[f"clause_{code}"])


def _cells(cells: Mapping[str, str]) -> dict[str, str]:
    return {column: cell for column, cell in cells.items() if column != "producer_name"}


@pytest.mark.parametrize(
    ("code", "case"), [pytest.param(code, case, id=f"{code}-{case.title}") for code in CASES for case in CASES[code]]
)
def test_a_clause_says_what_the_contract_says_on_either_side_of_a_boundary(code: str, case: Case) -> None:
    """One producer, one clause, one circumstance."""
    assert value_of(code, case) == case.value


def clause_modules() -> dict[str, Clause]:
    folder = Path(clauses_package.__path__[0])
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "clause", "exclusion"))
    return {name: import_module(f"kbo_core.domain.clauses.{name}").CLAUSE for name in names}


def test_every_clause_file_is_registered() -> None:
    """A file in the folder that nobody asks would be a clause that never binds."""
    assert {clause.code for clause in clause_modules().values()} == set(CLAUSES)


@pytest.mark.parametrize("name", clause_modules())
def test_every_clause_cites_the_letter_and_is_tried_three_ways(name: str) -> None:
    """A clause has its place in the letter, a docstring, words for each value, and a case of each value above."""
    module, clause = import_module(f"kbo_core.domain.clauses.{name}"), clause_modules()[name]
    assert clause.cites.startswith("ข้อ ") and clause.cites[-1] in "๑๒๓๔"
    assert (module.__doc__ or "").startswith("Clause ")
    assert {case.value for case in CASES.get(clause.code, ())} == {"pass", "fail", "unknown"}
    definition = parse_definition(a_definition({"5602": 1}, lists_of({})), "cycle.yaml")
    assert len({clause.says(truth, definition.rules) for truth in Truth}) == 3
    assert clause.asks_th(definition.rules)


# --- the two tiers --------------------------------------------------------------------------------------------------

FIRST, SECOND = rated("3"), classed("D")


def tiers(
    first: int,
    quota: Mapping[str, int],
    *,
    second_in: str = "จุน",
    on: Mapping[tuple[str, int], str | None] | None = None,
    rules: Mapping[str, Any] | None = None,
    **fallback: Any,
) -> tuple[Decided, str]:
    """So many tier-1 groups in จุน and one classed D; and what becomes of that one."""
    lists = lists_of(on or {})
    producers = [a_producer(name) for name in OTHERS[:first]] + [a_producer(NAME, district=second_in)]
    products = [a_product(name, **FIRST) for name in OTHERS[:first]] + [a_product(NAME, **SECOND)]
    settings = {"quadrant_year_be": 2567, "exclude_project_year_be": 2568, **fallback}
    definition = a_definition(quota, lists, {**(rules or {}), "fallback": settings})
    decided = screened(World(definition, producers, products, lists))
    row = decided.decisions[decided.decisions["producer_name"] == NAME].iloc[0]
    return decided, f"{row['verdict']} {row['tier']}".strip()


@pytest.mark.parametrize(
    ("first", "verdict"),
    [(1, "eligible 2"), (2, "ineligible"), (3, "ineligible")],
    ids=["one-too-few", "equal", "more"],
)
def test_the_fallback_opens_only_when_the_quotas_exceed_the_first_tier(first: int, verdict: str) -> None:
    """Two places in the province: one tier-1 group opens the fallback, two keep it shut."""
    decided, found = tiers(first, {"5602": 2, "5601": 0})
    assert found == verdict
    assert decided.shortage.fallback_open == (first < 2)
    assert decided.shortage.province.short == max(0, 2 - first)


def test_a_province_wide_shortage_opens_every_district() -> None:
    """Scope province: a district that needs nobody is open too."""
    decided, found = tiers(2, {"5602": 2, "5601": 1, "5607": 0}, second_in="แม่ใจ")
    assert found == "eligible 2"
    assert decided.shortage.fallback_open


@pytest.mark.parametrize(
    ("place", "verdict"), [("เมืองพะเยา", "eligible 2"), ("จุน", "ineligible"), ("แม่ใจ", "ineligible")]
)
def test_a_district_shortage_opens_that_district_alone(place: str, verdict: str) -> None:
    """Scope district: the seat lacks one group, the others lack none; a quota of 0 lacks none either."""
    decided, found = tiers(2, {"5602": 2, "5601": 1, "5607": 0}, second_in=place, scope="district")
    assert found == verdict
    assert decided.shortage.fallback_open
    assert [f.short for f in decided.shortage.districts.values()] == [0, 1, 0]


def test_a_district_short_in_a_province_that_is_not_opens_nothing_but_is_told() -> None:
    """Two tier-1 groups in one district for two places in two districts: a finding, no fallback."""
    decided, found = tiers(2, {"5602": 1, "5601": 1}, second_in="เมืองพะเยา")
    assert found == "ineligible"
    assert not decided.shortage.fallback_open
    assert "district-short" in {finding.code for finding in decided.findings}


def test_scope_off_never_opens_the_fallback() -> None:
    """However short the province is."""
    decided, found = tiers(0, {"5602": 5}, scope="off")
    assert found == "ineligible"
    assert not decided.shortage.fallback_open
    assert decided.shortage.province.short == 5


@pytest.mark.parametrize(("binds", "verdict"), [(True, "ineligible"), (False, "eligible 2")])
def test_clause_2_binds_the_fallback_where_the_rules_say_so(binds: bool, verdict: str) -> None:
    """A past participant comes in by the fallback only where clause 2 does not bind it."""
    _, found = tiers(0, {"5602": 1}, on={("KBO", 2567): NAME}, clause_2_binds=binds)
    assert found == verdict


@pytest.mark.parametrize(("on", "verdict"), [(None, "eligible 2"), (NAME, "ineligible"), (NEARLY, "unknown")])
def test_clause_4_always_binds_the_fallback(on: str | None, verdict: str) -> None:
    """A member of this year's project fails it; a near match leaves it open."""
    assert tiers(0, {"5602": 1}, on={("QD", 2568): on})[1] == verdict


@pytest.mark.parametrize(("binds", "passes"), [(True, 0), (False, 1)])
def test_clause_4_binds_the_first_tier_where_the_rules_say_so(binds: bool, passes: int) -> None:
    """A rated member of this year's project counts as tier 1 only where clause 4 does not bind it."""
    decided, _ = tiers(1, {"5602": 0}, on={("QD", 2568): OTHERS[0]}, rules={"clause_4_binds_tier_1": binds})
    assert decided.shortage.province.tier_1 == passes


def test_an_unknown_does_not_close_the_shortage_but_is_told() -> None:
    """One place, one undecided tier-1 group: the fallback opens, and a finding says what could close it."""
    lists = lists_of({})
    world = World(
        a_definition({"5602": 1}, lists),
        [a_producer(OTHERS[0], producer_type=""), a_producer(NAME)],
        [a_product(OTHERS[0], **FIRST), a_product(NAME, **SECOND)],
        lists,
    )
    decided = screened(world)
    verdicts = dict(zip(decided.decisions["producer_name"], decided.decisions["verdict"], strict=True))
    assert verdicts == {OTHERS[0]: "unknown", NAME: "eligible"}
    assert decided.shortage.fallback_open
    assert {"shortage-unsettled", "insufficiency-scope"} <= {finding.code for finding in decided.findings}


@pytest.mark.parametrize(
    ("kind", "star", "verdict"),
    [("", "5", "ineligible"), ("", "3", "unknown"), ("รายเดียว", "ดี", "ineligible"), ("กลุ่มผู้ผลิตชุมชน", "ดี", "unknown")],
)
def test_fail_beats_unknown_and_unknown_beats_pass(kind: str, star: str, verdict: str) -> None:
    """Kleene's *and* over the first tier."""
    lists = lists_of({})
    world = World(
        a_definition({"5602": 0}, lists),
        [a_producer(NAME, producer_type=kind)],
        [a_product(NAME, **rated(star))],
        lists,
    )
    assert screened(world).decisions["verdict"].tolist() == [verdict]
