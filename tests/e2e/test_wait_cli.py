"""The wait's commands as an office runs them: exit codes, documents on stdout, Thai on stderr, signed or not at all."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from deployments.cli import run
from kbo_core.office.office import open_office
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, form_of, open_cycle
from tests.e2e import running
from tests.wait.spacious import write_spacious_province

NOW = "2025-06-05T10:00"
BY = ("--by", "นาง ข", "--reason", "ตามหนังสืออำเภอ")
USAGE, BLOCKED, REFUSED = 2, 3, 4


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, validate: Validate) -> Path:
    """A home whose cycle, with every answer looked at by hand, was opened; filled forms beside it."""
    folder = tmp_path_factory.mktemp("opened")
    office = open_office(folder / "home")
    open_cycle(office, write_spacious_province(folder / "province", "by_hand"), validate)
    for name, ids in {"first": ("A1", "A2"), "second": ("A2", "A3"), "three": ("A1", "A2", "A3")}.items():
        (folder / f"{name}.xlsx").write_bytes(form_of(office, "5601", *ids))
    office.database.close()
    return folder


@pytest.fixture
def desk(opened: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> "Desk":
    """A copy of it, and a way to run commands on it."""
    for name in ("home", "first.xlsx", "second.xlsx", "three.xlsx"):
        source = opened / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return Desk(tmp_path, capsys)


class Desk:
    """Runs commands in the copy's home."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def kbo(self, *arguments: str, now: str = NOW) -> dict[str, Any]:
        """The one document that a command prints when all is well."""
        code, out, err = self._run("--now", now, "--json", *arguments)
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        assert found["status"] == "ok"
        return found

    def refused(self, code: int, *arguments: str, now: str = NOW) -> set[str]:
        """The codes of the findings of a command that is refused, told in Thai too."""
        told, out, err = self._run("--now", now, "--json", *arguments)
        assert told == code, (out, err)
        assert "Traceback" not in err
        assert any("ก" <= letter <= "๛" for letter in err + out)
        return {finding["code"] for finding in json.loads(out)["findings"]}

    def misused(self, *arguments: str) -> str:
        """What a command says that was typed wrongly."""
        code, _, err = self._run("--now", NOW, *arguments)
        assert code == USAGE
        assert "Traceback" not in err
        return err

    def words(self, *arguments: str) -> str:
        """What a person sees."""
        code, out, err = self._run("--now", NOW, *arguments)
        assert code == 0, err
        return out

    def file(self, name: str) -> str:
        return str(self.folder / f"{name}.xlsx")

    def _run(self, *arguments: str) -> tuple[int, str, str]:
        os.environ.pop("KBO_JSON", None)
        code = run(["--home", str(self.folder / "home"), *arguments])
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err


def test_an_answer_from_receipt_to_acceptance(desk: Desk) -> None:
    """Received, raced, amended, accepted, sent back, withdrawn; every version is in the history."""
    assert desk.kbo("submission", "receive", CYCLE, "5601", desk.file("first"))["version"] == 1
    again = desk.kbo("submission", "receive", CYCLE, "5601", desk.file("first"))
    assert (again["version"], again["is_new"]) == (1, False)
    receive = ("submission", "receive", CYCLE, "5601", desk.file("second"), "--amends")
    assert desk.refused(BLOCKED, *receive, "0") == {"submission-conflict"}
    assert desk.refused(REFUSED, *receive, "7") == {"amends-unknown"}
    assert desk.kbo(*receive, "1")["version"] == 2
    assert desk.kbo("submission", "accept", CYCLE, "5601", *BY)["version"] == 2
    assert desk.refused(BLOCKED, "submission", "accept", CYCLE, "5601", *BY) == {"answer-not-waiting"}
    assert desk.kbo("submission", "withdraw", CYCLE, "5601", *BY)["version"] == 2
    assert desk.refused(BLOCKED, "cycle", "return", CYCLE, "5601", *BY) == {"answer-missing"}
    assert desk.kbo("submission", "receive", CYCLE, "5601", desk.file("first"))["version"] == 3
    assert desk.kbo("cycle", "return", CYCLE, "5601", *BY)["until"].startswith("2025-06-10T")
    versions = desk.kbo("submission", "history", CYCLE, "5601")["versions"]
    assert [v["state"] for v in versions] == ["superseded", "withdrawn", "returned"]
    assert versions[1]["added"] == ["A3"]
    assert "ส่งกลับให้แก้" in desk.words("submission", "history", CYCLE, "5601")
    assert desk.refused(REFUSED, "submission", "history", CYCLE, "1001") == {"district-unknown"}


def test_deadlines_extended_and_opened_again(desk: Desk) -> None:
    """A day or a time in Bangkok; a Buddhist year, a day that has passed and a strange district are refused."""
    extend = ("cycle", "extend", CYCLE, *BY)
    assert desk.kbo(*extend, "--until", "2025-06-20", "--district", "5607", "--letter", "พย 1/2568")["districts"] == [
        "5607"
    ]
    assert desk.kbo(*extend, "--until", "2025-06-25T12:00")["districts"] == ["5601", "5607", "5606"]
    assert desk.refused(REFUSED, *extend, "--until", "2568-06-20") == {"until-unreadable"}
    assert desk.refused(REFUSED, *extend, "--until", "2025-06-01") == {"deadline-past"}
    assert desk.refused(REFUSED, *extend, "--until", "2025-06-30", "--district", "1001") == {"district-unknown"}
    assert desk.refused(REFUSED, "cycle", "extend", "kbo-none", *BY, "--until", "2025-06-30") == {"cycle-unknown"}
    reopen = ("cycle", "reopen", CYCLE, *BY, "--until", "2025-07-30")
    assert desk.refused(BLOCKED, *reopen) == {"reopening-needless"}
    outbox = {file.stem for file in (desk.folder / "home" / "outbox").rglob("*extension*.eml")}
    assert outbox == {"5607-extension-01", "5607-extension-02", "5601-extension-01", "5606-extension-01"}


def test_exceptions_and_places(desk: Desk) -> None:
    """Two hands for an exception, two consents for a place; each refusal has its code and changes nothing."""
    grant = ("cycle", "override", CYCLE, "A5", *BY, "--clause", "1b")
    assert desk.refused(REFUSED, *grant) == {"override-one-hand"}
    assert desk.kbo(*grant, "--approver", "นาย ค")["tier"] == 1
    assert (desk.folder / "home" / "outbox" / CYCLE / "5601-packet-02.eml").is_file()
    assert desk.refused(BLOCKED, *grant, "--approver", "นาย ค") == {"override-exists"}
    desk.kbo("cycle", "override", CYCLE, "A5", "--revoke", *BY)
    assert (desk.folder / "home" / "outbox" / CYCLE / "5601-packet-03.eml").is_file()
    assert desk.refused(BLOCKED, "cycle", "override", CYCLE, "A5", "--revoke", *BY) == {"override-missing"}
    move = ("cycle", "reallocate", CYCLE)
    assert desk.kbo(*move)["reallocations"] == []
    assert len(desk.kbo(*move, "--from", "5606", "--to", "5601", *BY)["reallocations"]) == 1
    assert desk.refused(BLOCKED, *move, "--approve", "1", *BY) == {"consent-missing"}
    for code in ("5606", "5601"):
        desk.kbo(*move, "--consent", "1", "--district", code, *BY)
    assert desk.kbo(*move, "--approve", "1", *BY)["reallocations"][0]["state"] == "approved"
    assert desk.refused(BLOCKED, *move, "--reject", "1", *BY) == {"reallocation-decided"}
    assert desk.refused(REFUSED, *move, "--approve", "9", *BY) == {"reallocation-unknown"}
    assert desk.kbo("submission", "receive", CYCLE, "5601", desk.file("three"))["version"] == 1
    assert "อนุมัติ" in desk.words(*move)


def test_what_will_be_sent_what_was_and_the_letter(desk: Desk) -> None:
    """The preview changes nothing and is what is then sent; the timeline tells of it; the draft names the overdue."""
    shown = desk.kbo("cycle", "remind", CYCLE, "--preview")
    assert (shown["sent"], len(shown["districts"])) == (0, 3)
    assert list((desk.folder / "home" / "outbox").rglob("*reminder*")) == []
    planned = [m["subject"] for line in shown["districts"] for m in line["messages"]]
    sent = desk.kbo("cycle", "remind", CYCLE)
    assert [m["subject"] for line in sent["districts"] for m in line["messages"]] == planned
    assert sent["sent"] == len(planned) == 3
    assert desk.kbo("cycle", "remind", CYCLE)["sent"] == 0
    entries = desk.kbo("cycle", "timeline", CYCLE, "--district", "5607")["entries"]
    assert "ส่งหนังสือเตือน หลังกำหนด 1 วัน (โฟลเดอร์ขาออก) แล้ว" in {entry["what_th"] for entry in entries}
    assert "หนังสือเตือน" in desk.words("cycle", "timeline", CYCLE)
    assert desk.refused(REFUSED, "cycle", "timeline", "kbo-none") == {"cycle-unknown"}
    letter = ("cycle", "letter", CYCLE, "--out", str(desk.folder / "letter"), "--until")
    files = desk.kbo(*letter, "2025-06-20")["files"]
    assert sorted(Path(file).suffix for file in files) == [".docx", ".pdf"]
    assert desk.refused(REFUSED, *letter, "2025-06-01") == {"deadline-past"}
    assert desk.refused(BLOCKED, *letter, "2025-06-20", now="2025-06-04T16:30:00") == {"follow-up-needless"}


def test_a_report_is_signed_when_there_is_one(desk: Desk) -> None:
    """Before that nothing waits; an unknown place in the letter is no word of the command."""
    approve = ("cycle", "approve", CYCLE, *BY, "--step")
    assert desk.refused(BLOCKED, *approve, "owner") == {"approval-needless"}
    assert "owner" in desk.misused(*approve, "governor")


@pytest.mark.parametrize(
    "arguments",
    [
        ("cycle", "extend", CYCLE, "--until", "2025-06-20"),
        ("cycle", "reopen", CYCLE, "--until", "2025-06-20"),
        ("cycle", "return", CYCLE, "5601"),
        ("cycle", "override", CYCLE, "A5", "--clause", "1b"),
        ("cycle", "override", CYCLE, "A5", "--revoke"),
        ("cycle", "reallocate", CYCLE, "--from", "5601", "--to", "5607"),
        ("cycle", "approve", CYCLE, "--step", "owner"),
        ("submission", "accept", CYCLE, "5601"),
        ("submission", "withdraw", CYCLE, "5601"),
    ],
    ids=lambda arguments: "-".join(word for word in arguments[:2]),
)
def test_nothing_is_decided_without_a_name_and_a_reason(desk: Desk, arguments: tuple[str, ...]) -> None:
    """Left out or left blank, either of them."""
    for signed in ((), BY[:2], BY[2:], ("--by", " ", *BY[2:]), (*BY[:2], "--reason", "")):
        desk.misused(*arguments, *signed)
    assert [e["kind"] for e in desk.kbo("cycle", "timeline", CYCLE)["entries"]][-1] == "message-sent"


def test_from_outside_documents_and_words_go_their_own_ways(desk: Desk) -> None:
    """In a process of its own: JSON alone on stdout, Thai alone on stderr, no traceback."""
    home = desk.folder / "home"
    refused = running.kbo(home, "cycle", "return", CYCLE, "5601", *BY, "--json", KBO_NOW=NOW)
    assert refused.returncode == BLOCKED
    assert [f["code"] for f in running.document(refused)["findings"]] == ["answer-missing"]
    assert "ยังไม่มีรายชื่อที่รับไว้" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_status_tells_spare_and_lacking_groups(desk: Desk) -> None:
    """Candidates beyond a district's places, and places beyond its candidates: what could move."""
    for line in desk.kbo("cycle", "status", CYCLE)["districts"]:
        assert line["spare"] - line["lacking"] == line["candidates"] - line["quota"]
        assert min(line["spare"], line["lacking"]) == 0
