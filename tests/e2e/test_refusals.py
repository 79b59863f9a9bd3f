"""What a person gets for a wrong file or word: the right exit code, a message to act on, and nothing changed."""

import json
import signal
import subprocess
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from deployments.cli import run
from tests.e2e.running import KBO, document, kbo, processes_of, surroundings, wait_until

THAI = range(0x0E00, 0x0E80)


def rewrite(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return change


def replace_bytes(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


CASES: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "a wrong path": (rewrite("cycle.yaml", "producers.csv", "nowhere.csv"), 4, "file-missing"),
    "an unknown key": (rewrite("cycle.yaml", "cycle:", "colour: red\ncycle:"), 4, "definition-unknown-key"),
    "a missing key": (rewrite("cycle.yaml", "programme_year_be: 2568\n", ""), 4, "definition-missing-key"),
    "not YAML": (replace_bytes("cycle.yaml", b"a: [1"), 4, "definition-unreadable"),
    "a workbook in name only": (rewrite("cycle.yaml", "products.csv", "cycle.xlsx"), 4, "file-not-a-spreadsheet"),
    "a picture": (replace_bytes("products.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 4, "encoding-wrong"),
    "an empty file": (replace_bytes("products.csv", b""), 4, "file-empty"),
    "an encoding named wrongly": (
        rewrite("cycle.yaml", "producers: {path: producers.csv}", "producers: {path: producers.csv, encoding: utf-16}"),
        4,
        "encoding-wrong",
    ),
    "a missing column": (rewrite("producers.csv", "producer_type", "kind"), 3, "column-missing"),
    "a heading without rows": (
        replace_bytes("producers.csv", b"producer_name,producer_type,province,district\n"),
        3,
        "table-empty",
    ),
    "a quota for a foreign district": (rewrite("cycle.yaml", '"5601": 2', '"5001": 2'), 3, "unknown-district"),
    "an exclusion list forgotten": (
        rewrite("cycle.yaml", "    - {programme: KBO, fiscal_year_be: 2567, path: kbo-2567.csv}\n", ""),
        3,
        "exclusion-list-missing",
    ),
    "an unsafe cycle name": (rewrite("cycle.yaml", "cycle: kbo-test", "cycle: ../../etc"), 4, "definition-bad-value"),
}


@pytest.mark.parametrize(("spoil", "code", "finding"), CASES.values(), ids=CASES.keys())
def test_a_wrong_input_is_explained_and_changes_nothing(
    spoil: Callable[[Path], None],
    code: int,
    finding: str,
    province: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Screening it: the exit code, the finding, words in Thai, and neither results nor a home."""
    (province.parent / "cycle.xlsx").write_text("not a workbook", encoding="utf-8")
    spoil(province.parent)
    home, out = tmp_path / "home", tmp_path / "out"
    assert run(["--home", str(home), "--json", "cycle", "screen", str(province), "--out", str(out)]) == code
    printed = capsys.readouterr()
    findings = json.loads(printed.out)["findings"]
    assert finding in {f["code"] for f in findings}
    assert all(any(ord(letter) in THAI for letter in f["message_th"]) for f in findings)
    assert "Traceback" not in printed.err
    assert not out.exists()
    assert not home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["cycle", "dance"],
        ["cycle", "screen"],
        ["cycle", "screen", "x.yaml"],
        ["--now", "yesterday", "cycle", "status"],
        ["cycle", "status", "--colour"],
        ["--home"],
    ],
)
def test_a_wrong_command_line_is_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and one line, no traceback."""
    assert run(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_unknown_cycle_is_refused_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which cycles there are."""
    assert run(["--home", str(tmp_path / "home"), "cycle", "status", "nobody"]) == 4
    assert "nobody" in capsys.readouterr().err


def test_global_options_may_stand_anywhere(province: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Behind the command as before it."""
    assert run(["cycle", "check", str(province), "--json", f"--home={tmp_path / 'home'}"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "ok"


def test_which_release_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Asked as an option, as of any program, or as a command."""
    told = []
    for line in (["--version"], ["version"], ["--json", "--version"]):
        assert run(line) == 0
        told.append(capsys.readouterr().out.strip())
    assert told[0] == told[1] == json.loads(told[2])["version"] == metadata.version("kbo-cycle")


def test_a_definition_that_contradicts_itself_asks_its_questions(capsys: pytest.CaptureFixture[str]) -> None:
    """The real letter's facts as printed: five questions; with the answers of a named person: none."""
    examples = Path(__file__).parents[2] / "examples" / "phayao-2568"
    assert run(["--json", "cycle", "check", str(examples / "as-printed.yaml")]) == 3
    asked = [f["code"] for f in json.loads(capsys.readouterr().out)["findings"] if f["severity"] == "block"]
    assert sorted(asked) == [
        "allocation-year-mismatch",
        "attachment-missing",
        "deadline-before-issue",
        "exclusion-list-missing",
        "exclusion-list-missing",
    ]
    assert run(["--json", "cycle", "check", str(examples / "settled.yaml")]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    answered = [f for f in findings if "นางสาวตัวอย่าง สมมติ" in f["message_th"]]
    assert {f["code"] for f in answered} == set(asked) - {"exclusion-list-missing"}


def test_what_stops_inside_a_flow_is_told_like_anything_else(province: Path, tmp_path: Path) -> None:
    """A shortage whose scope nobody settled, found by the flow: exit code 3, the question, no traceback, no cycle."""
    rewrite("cycle.yaml", '"5601": 2', '"5601": 9')(province.parent)
    home = tmp_path / "home"
    done = kbo(home, "cycle", "open", str(province), "--now", "2024-12-09T09:00", "--json")
    assert done.returncode == 3
    assert "insufficiency-scope" in {f["code"] for f in document(done)["findings"]}
    assert "Traceback" not in done.stderr
    assert document(kbo(home, "cycle", "status", "--json"))["cycles"] == []
    assert not (home / "outbox").exists()


def test_interrupted_it_says_so_and_leaves_nothing_running(province: Path, tmp_path: Path) -> None:
    """Ctrl-C while a cycle opens: exit code 130, one line; what it had started is gone; run again, it goes on."""
    home = tmp_path / "home"
    command = [*KBO, "cycle", "open", str(province), "--now", "2024-12-09T09:00"]
    with (tmp_path / "out").open("w") as output:
        running = subprocess.Popen(command, env=surroundings(home), stdout=output, stderr=output)
    wait_until(lambda: (home / "prefect" / "prefect.db").exists(), running)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) == 130
    told = (tmp_path / "out").read_text("utf-8")
    assert "สั่งซ้ำได้" in told
    assert "Traceback" not in told
    wait_until(lambda: not processes_of(home), None)
    done = kbo(home, "cycle", "open", str(province), "--now", "2024-12-09T09:00")
    assert done.returncode == 0, done.stderr[-2000:]
