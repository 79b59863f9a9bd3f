"""Provinces screened together come to what each comes to alone."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.nation import write_nation
from expectations.validate import validator
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.office.nation import Outcome, read_definitions, screen_nation
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from tests.e2e.running import document, kbo

PROVINCES = ("55", "56", "57")


@pytest.fixture(scope="module")
def validate() -> Validate:
    return validator()


@pytest.fixture(scope="module")
def cycles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three provinces whose definitions name the same registers, dirty as real ones are."""
    folder = tmp_path_factory.mktemp("nation")
    write_nation(folder, 3000, province_codes=PROVINCES)
    with (folder / "products.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(_row_that_names_another_province(folder))
    return folder / "cycles"


def _row_that_names_another_province(folder: Path) -> str:
    """A product of a producer of Nan, by id and name, that says Phayao: it is both provinces' to see."""
    with (folder / "producers.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    with (folder / "products.csv").open(encoding="utf-8-sig", newline="") as file:
        wanted = next(csv.reader(file))
    producer = dict(zip(heading, next(row for row in rows if "น่าน" in row), strict=True))
    told = producer | {"จังหวัด": "พะเยา", "ชื่อผลิตภัณฑ์": "ผ้าทอ", "ปีที่คัดสรร": "2567", "ระดับดาว": "3"}
    return ",".join(f'"{told.get(name, "")}"' if name != "อำเภอ" else "" for name in wanted) + "\r\n"


def outcomes(folder: Path, validate: Validate) -> dict[str, Outcome]:
    return {o.file.definition.province_code: o for o in screen_nation(read_definitions(folder), validate)}


def test_a_province_gets_the_same_bytes_together_as_alone(cycles: Path, validate: Validate) -> None:
    """Every file of every province, the one with an astray row among them."""
    together = outcomes(cycles, validate)
    assert sorted(together) == list(PROVINCES)
    told = []
    for outcome in together.values():
        assert outcome.screening is not None
        alone = screen(outcome.file, validate).outputs()
        assert outcome.screening.outputs() == alone
        told += [f.code for f in outcome.screening.findings]
    assert {"near-match", "province-differs"} <= set(told)


def test_provinces_with_other_rules_are_decided_by_their_own(cycles: Path, tmp_path: Path, validate: Validate) -> None:
    """One definition of the three asks for other stars and has a wide quota: only its own decisions follow it."""
    (tmp_path / "cycles").mkdir()
    for place in cycles.parent.glob("*.csv"):
        (tmp_path / place.name).symlink_to(place)
    for place in cycles.glob("*.yaml"):
        text = place.read_text(encoding="utf-8")
        if place.stem == "56":
            assert "stars: [1, 3]" in text
            text = text.replace("stars: [1, 3]", "stars: [5, 5]")
        (tmp_path / "cycles" / place.name).write_text(text, encoding="utf-8")
    for outcome in outcomes(tmp_path / "cycles", validate).values():
        assert outcome.screening is not None
        assert outcome.screening.outputs() == screen(outcome.file, validate).outputs()


def test_a_province_is_compared_with_its_last_register_together_as_alone(cycles: Path, validate: Validate) -> None:
    """A register of half the size blocks, whichever way it is screened."""
    files = read_definitions(cycles)
    last = screen(files[0], validate).profile
    twice = replace(last, producers=last.producers * 3)
    told = {o.file.definition.province_code: o for o in screen_nation(files, validate, lasts={PROVINCES[0]: twice})}
    found = told[PROVINCES[0]].screening
    assert found is not None
    assert found.outputs() == screen(files[0], validate, last=twice).outputs()
    assert "register-size-jump" in [f.code for f in found.findings if f.severity == "block"]
    assert told[PROVINCES[0]].as_row()["state"] == "unsettled"


def test_a_province_that_cannot_be_computed_does_not_stop_the_others(
    cycles: Path, tmp_path: Path, validate: Validate
) -> None:
    """A definition without a needed list is blocked by name; the others have their results."""
    (tmp_path / "cycles").mkdir()
    for place in cycles.parent.glob("*.csv"):
        (tmp_path / place.name).symlink_to(place)
    for place in cycles.glob("*.yaml"):
        text = place.read_text(encoding="utf-8")
        if place.stem == "56":
            text = "\n".join(line for line in text.splitlines() if "programme: QD" not in line)
        (tmp_path / "cycles" / place.name).write_text(text, encoding="utf-8")
    found = outcomes(tmp_path / "cycles", validate)
    assert isinstance(found["56"].error, BlockedError)
    assert found["56"].as_row()["state"] == "blocked"
    assert found["55"].screening
    assert found["57"].screening


def test_two_definitions_of_one_province_are_refused(cycles: Path, tmp_path: Path) -> None:
    """Which of the two counts is for a person to say."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text((cycles / "56.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RefusedError) as refused:
        read_definitions(tmp_path)
    assert {finding.code for finding in refused.value.findings} == {"cycle-twice"}


def test_a_folder_without_definitions_is_refused(tmp_path: Path) -> None:
    """An empty folder, or none at all."""
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(RefusedError, match="definitions-missing"):
            read_definitions(folder)


def test_the_command_writes_a_folder_for_each_cycle_and_a_summary(cycles: Path, tmp_path: Path) -> None:
    """Partitioned output: what a ministry hands on to its provinces."""
    done = kbo(tmp_path / "home", "national", "screen", str(cycles), "--out", str(tmp_path / "out"), "--json")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home").exists(), "a dry run makes no home"
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["province_code"] for row in rows] == list(PROVINCES)
    for row, told in zip(rows, document(done)["cycles"], strict=True):
        folder = tmp_path / "out" / row["cycle"]
        written = {place.name for place in folder.iterdir()}
        assert {"decisions.csv", "shortage.json", "findings.json", "quarantine.csv", "manifest.json"} <= written
        with (folder / "decisions.csv").open(encoding="utf-8-sig", newline="") as file:
            assert sum(1 for _ in csv.DictReader(file)) == int(row["producers"]) == told["producers"]
