"""``kbo circular``: a letter in, a draft and its questions out."""

import json
import subprocess
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.findings import RefusedError
from kbo_core.office.definitions import load_yaml
from tests.circular.reading_of import CORPUS, LETTERS
from tests.e2e.running import KBO, surroundings

NAN = CORPUS / "nan.txt"


def contradicting(folder: Path) -> Path:
    """Nan's letter with its deadline a year early."""
    printed = "ภายในวันอังคารที่ ๓๑ มีนาคม ๒๕๖๙"
    text = NAN.read_text("utf-8")
    assert printed in text
    text = text.replace(printed, "ภายในวันที่ ๓๑ มีนาคม ๒๕๖๘")
    letter = folder / "letter.txt"
    letter.write_text(text, encoding="utf-8")
    return letter


@pytest.mark.parametrize("name", LETTERS)
def test_every_value_comes_with_its_words(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The JSON of the contract: definition, findings, quotes; each quotation stands in the letter at its place."""
    assert run(["circular", "read", str(CORPUS / name), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) >= {"definition", "findings", "quotes"}
    source = (CORPUS / name).read_text("utf-8")
    for key, quote in document["quotes"].items():
        assert source[quote["start"] : quote["end"]] == quote["text"], key
        assert source[: quote["start"]].count("\n") + 1 == quote["line"], key
    assert {f"quota.{code}" for code in document["definition"]["quota"]} <= set(document["quotes"])
    assert not [f["code"] for f in document["findings"] if f["code"] in ("deadline-before-issue", "quota-sum")]


def test_a_draft_is_refused_until_it_is_completed(tmp_path: Path) -> None:
    """It lacks what no letter tells: the files. It says so by place; an existing draft is not overwritten."""
    draft = tmp_path / "cycle.yaml"
    assert run(["circular", "read", str(NAN), "--out", str(draft)]) == 0
    with pytest.raises(RefusedError) as caught:
        parse_definition(load_yaml(draft.read_text("utf-8")), "cycle.yaml")
    assert any("sources" in f.where for f in caught.value.findings)
    before = draft.read_bytes()
    assert run(["circular", "read", str(NAN), "--out", str(draft)]) == 4
    assert draft.read_bytes() == before


def test_asked_one_by_one_it_writes_what_was_answered_and_guesses_nothing(tmp_path: Path) -> None:
    """Every question is answered with its reason, none with a value: what must have a value stays open by name."""
    settled = tmp_path / "cycle.yaml"
    command = [*KBO, "circular", "read", str(NAN), "--out", str(settled), "--interactive"]
    done = subprocess.run(
        command,
        env=surroundings(tmp_path / "home", KBO_NOW="2025-12-01T09:00"),
        input="นางสาวตัวอย่าง\n" + "\n" * 200,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "sources" in done.stderr
    definition = load_yaml(settled.read_text("utf-8"))
    assert isinstance(definition, dict)
    assert definition["settled"] == []
    assert definition["cycle"].endswith("-55")


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "ไม่ใช่หนังสือราชการ".encode()])
def test_what_is_no_circular_is_refused_or_full_of_questions(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a crash, never a value without words."""
    letter = tmp_path / "x.txt"
    letter.write_bytes(content)
    code = run(["circular", "read", str(letter), "--json"])
    assert code in (0, 4)
    document = json.loads(capsys.readouterr().out)
    assert document["findings"]
    assert code == 4 or document["quotes"] == {}


def test_a_contradiction_shows_both_places_and_stops_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finding quotes the date and the deadline; both words stand in the letter."""
    assert run(["circular", "read", str(contradicting(tmp_path)), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    finding = next(f for f in document["findings"] if f["code"] == "deadline-before-issue")
    assert finding["severity"] == "block"
    assert document["quotes"]["deadline.on"]["text"] in finding["message_th"]
    assert document["quotes"]["circular.issued_on"]["text"] in finding["message_th"]


def test_two_letters_are_compared_value_by_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing but the deadline changed between the letter and its contradicting copy."""
    assert run(["circular", "diff", str(NAN), str(contradicting(tmp_path)), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["key"] for row in rows if row["kind"] == "changed"] == ["deadline.on"]
    assert run(["circular", "diff", str(NAN), str(tmp_path / "nothing.txt")]) == 4


def test_letters_and_definitions_can_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    """This year's letter against last year's settled definition."""
    settled = Path(__file__).parents[2] / "examples" / "phayao-2568" / "settled.yaml"
    assert run(["circular", "diff", str(settled), str(NAN), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert {"province_code", "programme_year_be", "deadline.on"} <= {row["key"] for row in document["rows"]}
    assert document["to_decide"] > 0
