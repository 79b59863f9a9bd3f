"""The project's screening and a naive reading of the contract come to the same, on registers nobody chose."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from expectations.suites import SUITES
from expectations.validate import shown_column, validator
from kbo_core.domain.decisions import decide
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.findings import BlockedError
from kbo_core.office.definitions import read_definition
from kbo_core.office.ingesting import ingest
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Action, Failure, Validate
from tests.screening.oracle import Expected, Lists, expect
from tests.screening.registers import World, a_definition, worlds

COMPARED = (
    "producer_id",
    "producer_name",
    "district_code",
    "clause_1a",
    "clause_1b",
    "clause_2",
    "clause_3",
    "clause_4",
    "tier",
    "verdict",
)
NO_LISTS = (Lists("KBO", 2567, "kbo.csv", None), Lists("QD", 2568, "qd.csv", None))
GROUP = "กลุ่มผู้ผลิตชุมชน"


@pytest.fixture(scope="module")
def validate() -> Validate:
    return validator()


def expected_of(world: World, answers: dict[str, str] | None = None) -> Expected:
    return expect(world.definition, world.producers, world.products, world.lists, answers=answers)


@cache
def _meaning(suite: str) -> list[tuple[str, Callable[[Any], bool], dict[str, str]]]:
    return [(e.column, _fault_of(e), e.meta or {}) for e in SUITES[suite]()]  # type: ignore[attr-defined]


def _fault_of(expectation: Any) -> Callable[[Any], bool]:
    """Is a value one that the expectation does not allow? Nothing (NaN) is not asked."""
    if hasattr(expectation, "value_set"):
        return lambda value: value in expectation.value_set
    least, most = expectation.min_value, expectation.max_value
    return lambda value: bool((least is not None and value < least) or (most is not None and value > most))


def row_by_row(suite: str, table: pd.DataFrame) -> Sequence[Failure]:
    """What the suites mean, asked of one cell after another."""
    failures = []
    for column, is_fault, meta in _meaning(suite):
        rows = tuple(int(n) for n, value in table[column].items() if is_fault(value))  # type: ignore[call-overload]
        if rows:
            action = Action(meta["action"])
            failures.append(
                Failure(
                    meta["check"], shown_column(column), action, meta["reason_th"], meta["reason_en"], np.array(rows)
                )
            )
    return failures


def compare(
    expected: Expected,
    decisions: list[dict[str, str]],
    shortage: dict[str, Any],
    quarantined: set[tuple[str, int]],
    codes: set[str],
) -> None:
    assert quarantined == expected.quarantined
    own = {row["producer_id"] for row in expected.decisions}
    ids = [row["producer_id"] for row in decisions]
    assert len(set(ids)) == len(ids), "every producer has an id of its own"
    told = [tuple(row[c] if c != "producer_id" or row[c] in own else "" for c in COMPARED) for row in decisions]
    wanted = [tuple(row[c] for c in COMPARED) for row in expected.decisions]
    # Within one district and name the order is the project's to choose.
    assert [t[1:3] for t in told] == [w[1:3] for w in wanted]
    assert sorted(told) == sorted(wanted)
    assert all(row["reason_th"] for row in decisions)
    assert shortage == expected.shortage
    assert ("shortage-unsettled" in codes) == expected.could_close


def check_files(world: World, folder: Path, validate: Validate) -> None:
    expected = expected_of(world)
    file = read_definition(world.write(folder))
    if expected.stopped:
        with pytest.raises(BlockedError) as stopped:
            screen(file, validate)
        assert {finding.where for finding in stopped.value.findings} == {expected.stopped}
        return
    files = screen(file, validate).outputs()
    compare(
        expected,
        read_csv(files["decisions.csv"]),
        json.loads(files["shortage.json"]),
        {(row["source"], int(row["row"])) for row in read_csv(files["quarantine.csv"])},
        {finding["code"] for finding in json.loads(files["findings.json"])},
    )


def check_domain(world: World, answers: dict[str, str] | None = None) -> set[str]:
    """Compare; the near matches still open, by the place that an answer gives."""
    data = dict(world.definition)
    data["settled"] = [
        {"finding": "near-match", "by": "ผู้ทดสอบ", "on": "2024-12-07", "reason": "r", "where": where, "answer": answer}
        for where, answer in (answers or {}).items()
    ]
    definition = parse_definition(data, "cycle.yaml")
    expected = expected_of(world, answers)
    if expected.stopped:
        with pytest.raises(BlockedError) as stopped:
            ingest(definition, world.fetch, row_by_row)
        assert {finding.where for finding in stopped.value.findings} == {expected.stopped}
        return set()
    ingested = ingest(definition, world.fetch, row_by_row)
    decided = decide(ingested.register, definition)
    rows = [{str(k): str(v) for k, v in row.items()} for row in decided.decisions.to_dict("records")]
    quarantined = {
        (str(source), int(row))
        for source, row in zip(ingested.quarantine["source"], ingested.quarantine["row"], strict=True)
    }
    compare(expected, rows, decided.shortage.as_dict(), quarantined, {f.code for f in decided.findings})
    return {f.where for f in ingested.findings if f.code == "near-match"}


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def a_producer(name: str, producer_id: str = "", **cells: str) -> dict[str, str]:
    return {
        "producer_id": producer_id,
        "producer_name": name,
        "producer_type": GROUP,
        "province": "พะเยา",
        "district": "จุน",
        **cells,
    }


def a_product(name: str, producer_id: str = "", **cells: str) -> dict[str, str]:
    return {
        "producer_id": producer_id,
        "producer_name": name,
        "province": "พะเยา",
        "product_name": "ผ้า",
        "rating_year_be": "2567",
        "stars": "3",
        **cells,
    }


def a_world(producers: list[dict[str, str]], products: list[dict[str, str]], **rules: Any) -> World:
    return World(a_definition({"5601": 1, "5602": 1}, NO_LISTS, rules), producers, products, NO_LISTS)


NAMES = ("กลุ่มทอผ้าไหมบ้านต๊ำพระแล", "กลุ่มแปรรูปปลาส้มแม่ใจ", "กลุ่มจักสานผักตบชวากว๊าน", "กลุ่มน้ำพริกร่องไฮ", "กลุ่มสตรีไทลื้อเชียงบาน")
SIX = [a_producer(name, f"P{n}") for n, name in enumerate(NAMES, start=1)]

ID_ALSO_ELSEWHERE = a_world(
    [*SIX, a_producer("กลุ่มทอผ้าเชียงของ", "P1", province="เชียงราย", district="เชียงของ", subdistrict="เวียง")],
    [a_product(name) for name in NAMES],
)
ID_ALSO_ON_AN_UNPLACED_ROW = a_world(
    [*SIX, a_producer(NAMES[0], "P1", district="เทศบาลตำบลจุน", subdistrict="ห้วยข้าวก่ำ")],
    [a_product(name) for name in NAMES],
)
_TWO_DOUBTS = [
    *(a_product(name) for name in NAMES[1:]),
    a_product("ร้าน" + NAMES[0], stars="2"),
    a_product("ร้าน" + NAMES[0], stars="5"),
]
DOUBTS_THAT_DISAGREE = a_world(SIX, _TWO_DOUBTS, star_scope="all")
DOUBTS_ABOVE_THE_BEST = a_world(SIX, _TWO_DOUBTS, star_scope="best")


@given(world=worlds())
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],  # each try costs a second: what fails here is made small by the next test
)
def test_files_screened_by_the_suites_come_to_what_the_contract_says(
    world: World, validate: Validate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Decisions, shortage and rows set aside of the written files equal the oracle's."""
    check_files(world, tmp_path_factory.mktemp("world"), validate)


@given(world=worlds())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_registers_decided_by_the_domain_come_to_what_the_contract_says(world: World) -> None:
    """The same comparison without Great Expectations, so that many more registers can be asked."""
    check_domain(world)


@given(world=worlds())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_answered_near_matches_come_to_what_the_contract_says(world: World) -> None:
    """A doubt answered *same* joins, one answered *different* does not; nothing else changes."""
    answers: dict[str, str] = {}
    same: set[str] = set()
    for n, where in enumerate(sorted(check_domain(world))):
        row, _, producer_id = where.rpartition(" ~ ")
        if producer_id.startswith("N5"):
            continue  # a made id, which the oracle leaves to the project
        answers[where] = "different" if n % 2 or row in same else "same"
        same |= {row} if answers[where] == "same" else set()
    check_domain(world, answers)


@pytest.mark.parametrize(
    "world",
    [
        pytest.param(ID_ALSO_ELSEWHERE, id="an-id-that-another-province-uses-too"),
        pytest.param(ID_ALSO_ON_AN_UNPLACED_ROW, id="an-id-that-an-unplaced-row-carries-too"),
        pytest.param(DOUBTS_THAT_DISAGREE, id="two-doubtful-products-on-either-side-of-the-range"),
        pytest.param(DOUBTS_ABOVE_THE_BEST, id="two-doubtful-products-one-above-the-range"),
    ],
)
def test_registers_made_to_mislead_come_to_what_the_contract_says(world: World) -> None:
    """Rows that share an id across provinces or with an unplaced row, and doubts that point both ways."""
    check_domain(world)
