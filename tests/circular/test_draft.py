"""The draft is read by an officer, completed, and only then accepted."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from kbo_core.circular.draft import draft_yaml
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.definition_checks import definition_findings
from kbo_core.domain.findings import RefusedError
from tests.circular.reading_of import LETTERS, read_text, text_of


def loaded(text: str) -> Any:
    return YAML(typ="safe").load(text)


def refused_places(data: object) -> set[str]:
    with pytest.raises(RefusedError) as caught:
        parse_definition(data, "cycle.yaml")
    return {finding.where.removeprefix("cycle.yaml: ") for finding in caught.value.findings}


@pytest.mark.parametrize("name", LETTERS)
def test_a_draft_lacks_only_the_files_and_is_accepted_with_them(name: str) -> None:
    data = loaded(draft_yaml(read_text(text_of(name)), name))
    assert refused_places(data) == {"sources.producers.path", "sources.products.path"}
    data["sources"] |= {"producers": {"path": "producers.csv"}, "products": {"path": "products.csv"}}
    definition = parse_definition(data, "cycle.yaml")
    assert dict(definition.quota) == read_text(text_of(name)).definition["quota"]


@pytest.mark.parametrize("name", LETTERS)
def test_every_value_stands_under_its_words(name: str) -> None:
    reading = read_text(text_of(name))
    draft = draft_yaml(reading, name)
    for key, quote in reading.quotes.items():
        if key.split(".")[0] in ("circular", "deadline", "quota", "allocation") and not key.endswith(".enclosed"):
            assert f"บรรทัด {quote.line} “{quote.shown[:60]}" in draft


@pytest.mark.parametrize("name", LETTERS)
def test_every_finding_stands_in_the_draft(name: str) -> None:
    reading = read_text(text_of(name))
    draft = draft_yaml(reading, name)
    for finding in reading.findings:
        assert f"[{finding.code}]" in draft


@pytest.mark.parametrize("text", ["ไม่มีอะไรเลย", "KBO", "\x07\x0b\u2028 # - : {", "ที่ พย ๐๐๑๙/ว ๑\nเรื่อง a: {b}\n"])
def test_what_is_not_known_is_refused_by_its_place(text: str) -> None:
    places = refused_places(loaded(draft_yaml(read_text(text), "ชื่อ\nแฟ้ม.txt")))
    assert {"cycle", "programme_year_be", "circular.issued_on", "deadline.on", "rules.star_year_be"} <= places
    assert any(place.startswith("rules.stars") for place in places)


def test_a_letter_without_a_fallback_clause_drafts_none() -> None:
    assert loaded(draft_yaml(read_text(text_of("ranong.txt")), "x"))["rules"]["fallback"] == {"scope": "off"}


def test_settled_examples_become_answers_without_their_hash() -> None:
    text = text_of("samut-songkhram.txt").replace("๓๑ มีนาคม ๒๕๖๙", "๓๑ มีนาคม ๒๕๖๘")
    lines = draft_yaml(read_text(text), "x").split("\n")
    at = lines.index("settled: []")
    answered = [
        line.removeprefix("#").replace("ปปปป-ดด-วว", "2025-11-11") for line in lines[at + 1 :] if "finding:" in line
    ]
    data = loaded("\n".join([*lines[:at], "settled:", *answered]))
    data["sources"] = {"producers": {"path": "a.csv"}}
    definition = parse_definition(data, "x")
    assert definition.is_settled("deadline-before-issue")
    assert "deadline-before-issue" not in {f.code for f in definition_findings(definition) if f.severity == "block"}
