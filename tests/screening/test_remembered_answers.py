"""What is remembered about names gives exactly the register that the cycle's own answers give."""

import json
from dataclasses import replace
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kbo_core.domain.answers import About, answers_bytes, read_answers
from kbo_core.domain.definition import CycleDefinition, parse_definition
from kbo_core.domain.findings import BlockedError, Finding
from kbo_core.domain.register import Register
from kbo_core.office.ingesting import ingest
from kbo_core.office.register import Ingested
from tests.screening.registers import World, worlds
from tests.screening.test_against_the_oracle import NAMES, SIX, a_product, a_world, row_by_row

ASKED = ("near-match", "producer-duplicate")


def definition_of(world: World, *settled: dict[str, str]) -> CycleDefinition:
    return parse_definition({**world.definition, "settled": list(settled)}, "cycle.yaml")


def a_settled(finding: str, where: str, answer: str) -> dict[str, str]:
    return {"finding": finding, "by": "ผู้ทดสอบ", "on": "2024-12-07", "reason": "r", "where": where, "answer": answer}


def same_register(one: Register, other: Register) -> None:
    assert one.lists == other.lists
    for name in ("producers", "products", "participants", "product_doubts", "participant_doubts"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))


def asked(ingested: Ingested) -> list[str]:
    return [f.where for f in ingested.findings if f.code in ASKED]


def outcome(world: World, settled: list[dict[str, str]], answers: dict[About, str]) -> Ingested | list[Finding]:
    """The register, or why there is none."""
    try:
        return ingest(definition_of(world, *settled), world.fetch, row_by_row, answers)
    except BlockedError as error:
        return error.findings


@given(world=worlds(), said=st.lists(st.sampled_from(["same", "different", None]), min_size=40, max_size=40))
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    phases=[Phase.generate],
)
def test_remembered_answers_come_to_the_same_register_as_settled_ones(world: World, said: list[str | None]) -> None:
    """Whatever is answered, and wherever the answer stands: the same rows, the same links, the same open questions."""
    before = outcome(world, [], {})
    if not isinstance(before, Ingested):
        return
    questions = sorted(before.questions, key=lambda q: q.place)
    assert sorted(set(asked(before))) == [q.place for q in questions]
    # A name is answered once for all lists, and it is one producer's at most.
    answers: dict[About, str] = {}
    taken: set[str] = set()
    for question, answer in zip(questions, said, strict=False):
        about = question.about
        if answer and about not in answers and not (answer == "same" and about.subject in taken):
            answers[about] = answer
            taken |= {about.subject} if answer == "same" and about.finding == "near-match" else set()
    settled = [a_settled(q.about.finding, q.place, answers[q.about]) for q in before.questions if q.about in answers]
    own = outcome(world, settled, {})
    remembered = outcome(world, [], answers)
    if not isinstance(own, Ingested) or not isinstance(remembered, Ingested):
        assert own == remembered  # too many rows of nobody: either way the same table is refused
        return
    same_register(own.register, remembered.register)
    assert own.linked == remembered.linked
    assert sorted(asked(own)) == sorted(asked(remembered))
    assert dict(remembered.used_answers) == answers
    assert dict(own.used_answers) == {}


def test_the_cycles_own_answer_comes_first() -> None:
    """Against what is remembered about the same producer, and about another that the name might be."""
    twin = {**SIX[1], "producer_id": "P9", "producer_name": NAMES[0] + "์", "district": "ปง"}
    world = a_world([*SIX, twin], [*(a_product(name) for name in NAMES[1:]), a_product("ร้าน" + NAMES[0])])
    places = {q.about.producer_id: q for q in ingest(definition_of(world), world.fetch, row_by_row).questions}
    first, second = places["P1"], places["P9"]
    remembered = {first.about: "same"}

    def owner(*settled: dict[str, str]) -> Any:
        register = ingest(definition_of(world, *settled), world.fetch, row_by_row, remembered).register
        whose = register.products.loc[register.products["producer_name"] == "ร้าน" + NAMES[0], "producer"].item()
        return register.producers["producer_id"].iloc[whose] if whose >= 0 else None

    assert owner() == "P1"
    assert owner(a_settled("near-match", second.place, "same")) == "P9"
    assert owner(a_settled("near-match", first.place, "different")) is None
    # Remembered answers that give it to both are no answer.
    remembered[second.about] = "same"
    assert owner() is None
    assert owner(a_settled("near-match", second.place, "same")) == "P9"


def test_an_answer_is_not_about_a_list_or_a_spelling() -> None:
    """The same name with other blanks, in another table, is answered."""
    world = a_world(SIX, [*(a_product(name) for name in NAMES[1:]), a_product("ร้าน " + NAMES[0])])
    [question] = ingest(definition_of(world), world.fetch, row_by_row).questions
    listed = [
        replace(one, rows=[a_product("ร้าน" + NAMES[0])]) if one.programme == "KBO" else one for one in world.lists
    ]
    next_year = replace(world, products=[a_product(name) for name in NAMES], lists=listed)
    data = {**world.definition, "sources": {**world.definition["sources"], "participants": [
        {"programme": "KBO", "fiscal_year_be": 2567, "path": "kbo.csv"},
        {"programme": "QD", "fiscal_year_be": 2568, "empty": "confirmed"},
    ]}}  # fmt: skip
    next_year = replace(next_year, definition=data)
    assert [q.table for q in ingest(definition_of(next_year), next_year.fetch, row_by_row).questions] == ["KBO 2567"]
    answered = ingest(definition_of(next_year), next_year.fetch, row_by_row, {question.about: "same"})
    assert answered.questions == ()
    [whose] = answered.register.participants["producer"].tolist()
    assert answered.register.producers["producer_id"].iloc[whose] == question.about.producer_id


def test_answers_have_one_written_form() -> None:
    """Whatever the order they were given in; read back, they are the same."""
    one = About("56", "near-match", "กลุ่มก", "P1")
    other = About("56", "producer-duplicate", "P1", "P2")
    content = answers_bytes({one: "same", other: "different"})
    assert content == answers_bytes({other: "different", one: "same"})
    assert read_answers(content) == {one: "same", other: "different"}
    assert [row["subject"] for row in json.loads(content)] == ["กลุ่มก", "P1"]
