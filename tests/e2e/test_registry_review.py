"""Two years of questions about names, through the command line: answered once, not asked again."""

import json
from pathlib import Path

import pytest

from tests.e2e.running import document, kbo, kbo_here
from tests.province import DISTRICTS, GROUP, write_small_province

NEAR = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
TWINS = "duplicate: A1 ~ A9"


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    """The small province, with A1 registered a second time under another prefix."""
    path = write_small_province(tmp_path / "year-1")
    with (path.parent / "producers.csv").open("a", encoding="utf-8") as file:
        file.write(f"A9,วิสาหกิจชุมชนทอผ้าบ้านห้วยแก้ว,{GROUP},พะเยา,{DISTRICTS['5601']},,\n")
    with (path.parent / "products.csv").open("a", encoding="utf-8") as file:
        file.write("A9,วิสาหกิจชุมชนทอผ้าบ้านห้วยแก้ว,พะเยา,ผ้า,2567,2\n")
    return path


def next_year(definition: Path) -> Path:
    """Another cycle; the list of participants writes the same name with a blank in it."""
    path = definition.with_name("year-2.yaml")
    text = definition.read_text("utf-8").replace("cycle: kbo-test", "cycle: kbo-next")
    path.write_text(text.replace("kbo-2567.csv", "kbo-again.csv"), encoding="utf-8")
    listed = definition.with_name("kbo-2567.csv").read_text("utf-8").replace("บ้านป่าสักก", " บ้านป่าสักก")
    definition.with_name("kbo-again.csv").write_text(listed, encoding="utf-8")
    return path


def test_what_is_answered_in_one_year_is_not_asked_in_the_next(tmp_path: Path, definition: Path) -> None:
    """Listed, answered one by one and at a prompt, used by the screening, remembered for the next opening."""
    home, at = tmp_path / "home", {"KBO_NOW": "2024-12-09T09:00"}
    listed = kbo_here(home, "registry", "review", str(definition))
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.index(NEAR) < listed.stdout.index(TWINS)
    assert "ถ้ารายเดียวกัน: ไม่เข้าเกณฑ์ ถ้าคนละราย: เข้าเกณฑ์" in listed.stdout
    assert not home.exists(), "a look makes nothing"

    one = ["--where", NEAR, "--answer", "different", "--by", "นางเอ", "--reason", "คนละหมู่บ้าน"]
    told = kbo_here(home, "registry", "review", str(definition), *one, **at)
    assert told.returncode == 0, told.stderr
    again = kbo_here(home, "registry", "review", str(definition), *one, "--json", **at)
    assert again.returncode == 4
    assert document(again)["findings"][0]["code"] == "near-match-unknown"

    screened = kbo_here(home, "cycle", "screen", str(definition), "--out", str(tmp_path / "out"), "--json")
    assert {f["where"] for f in document(screened)["findings"]} & {NEAR, TWINS} == {TWINS}

    asked = kbo_here(
        home, "registry", "review", str(definition), "--interactive", "--json", typed="นางบี\ns\nประธานคนเดียวกัน\n", **at
    )
    assert asked.returncode == 0, asked.stderr
    assert [r["where"] for r in document(asked)["recorded"]] == [TWINS]
    kept = document(kbo_here(home, "registry", "review", str(definition), "--remembered", "--json"))["remembered"]
    assert [(r["finding"], r["answer"], r["by"]) for r in kept] == [
        ("near-match", "different", "นางเอ"),
        ("producer-duplicate", "same", "นางบี"),
    ]

    second = next_year(definition)
    opened = kbo(home, "cycle", "open", str(second), "--json", KBO_NOW="2025-01-09T09:00")
    assert opened.returncode == 0, opened.stderr
    assert document(kbo_here(home, "registry", "review", "kbo-next", "--json"))["questions"] == []
    examined = kbo_here(home, "doctor", "--json")
    assert examined.returncode == 0, examined.stdout


def test_many_answers_at_once_or_none(tmp_path: Path, definition: Path) -> None:
    """A file of answers; one wrong line and nothing is taken. Leaving the prompt keeps what was said."""
    home, answers = tmp_path / "home", tmp_path / "answers.csv"
    command = ["registry", "review", str(definition), "--answers", str(answers), "--by", "นางเอ", "--json"]
    answers.write_text(f"where,answer,reason\n{NEAR},same,โทรถาม\nduplicate: A1 ~ A2,same,โทรถาม\n", encoding="utf-8")
    refused = kbo_here(home, *command)
    assert refused.returncode == 4
    assert [f["where"] for f in document(refused)["findings"]] == ["duplicate: A1 ~ A2"]
    left = kbo_here(
        home, "registry", "review", str(definition), "--interactive", "--by", "นางเอ", "--json", typed="\nq\n"
    )
    assert left.returncode == 0, left.stderr
    assert document(left)["recorded"] == []
    answers.write_text(f"where,answer,reason\n{NEAR},same,โทรถาม\n{TWINS},same,โทรถาม\n", encoding="utf-8")
    taken = kbo_here(home, *command)
    assert json.loads(taken.stdout)["recorded"][1] == {"where": TWINS, "answer": "same", "reason": "โทรถาม"}
    assert document(kbo_here(home, "registry", "review", str(definition), "--json"))["questions"] == []


@pytest.mark.parametrize(
    "options",
    [
        ["--where", NEAR],
        ["--where", NEAR, "--answer", "perhaps", "--by", "ก", "--reason", "ข"],
        ["--where", NEAR, "--answer", "same", "--by", " ", "--reason", "ข"],
        ["--answer", "same"],
        ["--remembered", "--interactive"],
        ["--answers", "answers.csv"],
    ],
)
def test_options_that_do_not_go_together_are_a_usage_error(
    options: list[str], definition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer needs its question, who gives it and why; one thing is done at a time."""
    from deployments.cli import run

    monkeypatch.setenv("KBO_HOME", str(tmp_path / "home"))
    assert run(["registry", "review", str(definition), *options]) == 2
    assert not (tmp_path / "home").exists()
