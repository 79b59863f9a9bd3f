"""``kbo cycle rehearse`` from outside: one seed, one log; scripts; refusals; what is left behind."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from deployments.cli import run
from deployments.rehearsal import stage
from kbo_core.domain.findings import block
from tests.e2e.running import document, kbo, kbo_here
from tests.rehearsal.variants import write_variant

ROOT = Path(__file__).parents[2]
SCRIPT = """opened_at: 2024-12-09T09:00
acts:
  - {at: 2024-12-16T10:00, act: answer, district: "5601", picks: [A1, A2]}
  - {at: 2024-12-17T10:00, act: race, district: "5607"}
  - {at: 2024-12-18T10:00, act: answer, district: "5606", via: portal}
  - {at: 2025-01-20T10:00, act: close}
"""


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    return write_variant(tmp_path / "province", 2)


def test_one_seed_gives_one_log_whatever_the_machine(cycle: Path, tmp_path: Path) -> None:
    """Another hash seed, zone, language and clock: the same bytes; another seed: another year."""
    surroundings: Mapping[str, Mapping[str, str]] = {
        "one": {"PYTHONHASHSEED": "1", "TZ": "UTC", "LANG": "C.UTF-8"},
        "two": {"PYTHONHASHSEED": "77", "TZ": "America/Lima", "LANG": "th_TH.UTF-8", "KBO_NOW": "2024-12-20T10:00"},
    }
    for name, settings in surroundings.items():
        done = kbo(
            tmp_path / name, "cycle", "rehearse", str(cycle), "--seed", "5", "--out", str(tmp_path / name), **settings
        )
        assert done.returncode == 0, done.stderr
    one, two = tmp_path / "one", tmp_path / "two"
    assert (one / "log.jsonl").read_bytes() == (two / "log.jsonl").read_bytes()
    assert (one / "rehearsal.json").read_bytes() == (two / "rehearsal.json").read_bytes()
    # The script that the seed drew, played as a script, is the same year.
    again = kbo_here(
        tmp_path / "home", "cycle", "rehearse", str(cycle), "--script", str(one / "script.yaml"), "--out", str(two)
    )
    assert again.returncode == 0, again.stderr
    assert (one / "log.jsonl").read_bytes() == (two / "log.jsonl").read_bytes()


def test_a_script_is_played_act_by_act(cycle: Path, tmp_path: Path) -> None:
    """Every act has its outcome, the doctor's checks are counted, and the office's own home stays as it was."""
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    home = tmp_path / "home"
    done = kbo_here(home, "cycle", "rehearse", str(cycle), "--script", str(script), "--json")
    assert done.returncode == 0, done.stderr
    told = document(done)
    assert [(a["act"], a["came"]) for a in told["acts"]] == [
        ("answer", "done"),
        ("race", "done"),
        ("answer", "done"),
        ("close", "done"),
    ]
    assert told["findings"] == []
    assert told["events"]["submission-accepted"] == 3
    assert told["events"]["submission-refused"] == 1
    assert told["counts"]["reports"] == 1
    assert not home.exists()


def test_people_are_shown_what_each_district_did(cycle: Path, tmp_path: Path) -> None:
    """A table in Thai; everything else in the folder."""
    out = tmp_path / "out"
    done = kbo_here(tmp_path / "home", "cycle", "rehearse", str(cycle), "--seed", "2", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "ทำอะไร" in done.stdout
    assert "เมืองพะเยา" in done.stdout
    assert sorted(p.name for p in out.iterdir()) == ["home", "log.jsonl", "rehearsal.json", "script.yaml"]
    summary = json.loads((out / "rehearsal.json").read_text("utf-8"))
    log = (out / "log.jsonl").read_text("utf-8").splitlines()
    assert summary["counts"]["events"] == len(log)
    assert (out / "home" / "reports" / "kbo-test").is_dir()


@pytest.mark.parametrize(
    ("text", "code", "named"),
    [
        ("acts: [{at: 2025-01-01T10:00, act: answer, district: '5601', pick: [A1]}]", "script-unknown-key", "pick"),
        ("acts: [{at: 2025-01-01T10:00, act: answer}]", "script-bad-value", "district"),
        ("acts: [{at: 2025-01-01T10:00, act: turn, district: '5601'}]", "script-bad-value", "district"),
        ("acts: [{at: soon, act: turn}]", "script-bad-value", "2025-01-10T10:00"),
        ("acts: [{at: 2025-01-01T10:00, act: dance}]", "script-bad-value", "acts.0.act"),
        ("acts: [{at: 2025-01-01T10:00, act: answer, district: '1001'}]", "script-district", "1001"),
        ("opened: 2025-01-01", "script-unknown-key", "opened"),
        ("{", "script-unreadable", "YAML"),
        ("- 1", "script-unreadable", "acts"),
    ],
)
def test_a_script_that_cannot_be_played_is_refused(
    cycle: Path, tmp_path: Path, text: str, code: str, named: str
) -> None:
    """By name and place, with exit code 4 and no traceback."""
    script = tmp_path / "script.yaml"
    script.write_text(text, encoding="utf-8")
    done = kbo_here(tmp_path / "home", "cycle", "rehearse", str(cycle), "--script", str(script), "--json")
    assert done.returncode == 4, done.stderr
    findings = document(done)["findings"]
    assert code in {f["code"] for f in findings}
    assert any(named in f"{f['where']} {f['message_th']} {f['message_en']}" for f in findings)


def test_a_folder_with_other_things_is_left_alone(cycle: Path, tmp_path: Path) -> None:
    """Only an earlier rehearsal's folder is used again; a script that is not there is named."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    done = kbo_here(tmp_path / "home", "cycle", "rehearse", str(cycle), "--out", str(tmp_path / "out"))
    assert done.returncode == 4
    assert "rehearsal-folder-used" in done.stderr
    missing = kbo_here(tmp_path / "home", "cycle", "rehearse", str(cycle), "--script", str(tmp_path / "none.yaml"))
    assert missing.returncode == 4
    assert "script-missing" in missing.stderr


def test_the_example_script_plays_on_the_example_cycle(tmp_path: Path) -> None:
    """What the documentation shows is what happens."""
    done = kbo_here(
        tmp_path / "home",
        "cycle",
        "rehearse",
        str(ROOT / "examples" / "phayao-2568" / "settled.yaml"),
        "--script",
        str(ROOT / "examples" / "rehearsal" / "script.yaml"),
        "--json",
    )
    assert done.returncode == 0, done.stderr
    told = document(done)
    assert told["counts"]["reports"] == 2
    assert told["counts"]["turns_that_died"] == 1


def test_an_invariant_that_broke_is_shown_and_ends_with_three(
    cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The finding in both languages, and the word that it is a bug of ours."""
    fault = block("over-quota", "kbo-test: 5601", "เลือกเกินจำนวนจัดสรร", "3 > 2")
    monkeypatch.setattr(stage, "examine", lambda office: ({"within quota": 9}, [fault]))
    monkeypatch.setenv("KBO_HOME", str(tmp_path / "home"))
    assert run(["cycle", "rehearse", str(cycle), "--seed", "3", "--json"]) == 3
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert (told["status"], [f["code"] for f in told["findings"]]) == ("broken", ["over-quota"])
    assert "a bug of ours" in printed.err
