"""An office's own words of messages, from the opening to the receipt."""

import email
import json
import os
from email.policy import default
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.domain.findings import RefusedError
from kbo_core.office.following import collect
from kbo_core.office.office import Office, messages_folder
from kbo_core.office.own_papers import letters_folder
from kbo_core.registry.quality import Validate
from tasks.opening import screen_and_freeze
from tests.cycle import CYCLE, OPENED_AT, form_of, kinds, log_of, open_cycle, outbox


def write_own(home: Path, name: str, text: str) -> Path:
    folder = messages_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_offices_own_words_go_out(office: Office, province: Path, validate: Validate) -> None:
    """The packet's message says what the office wrote."""
    write_own(office.home, "packet.txt", "แจ้ง{{ district }}\n\nเรียน {{ chief }} จำนวน {{ quota }} กลุ่ม\n")
    open_cycle(office, province, validate)
    mail = email.message_from_bytes(outbox(office)["5601-packet-01.eml"], policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["Subject"] == "แจ้งอำเภอเมืองพะเยา"
    assert body.get_content().splitlines() == ["เรียน นายอำเภอเมืองพะเยา จำนวน 2 กลุ่ม"]


def test_broken_words_stop_the_opening_before_anything_is_planned(
    province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused as a whole: no cycle, no message."""
    home = tmp_path / "home"
    monkeypatch.setenv("KBO_HOME", str(home))
    file = write_own(home, "reminder.txt", "เรื่อง\n\nเรียน {{ nobody }}\n")
    with pytest.raises(RefusedError, match=f"wording-unknown-name .{file}:3"):
        screen_and_freeze.fn(str(province), OPENED_AT.isoformat(), "ผู้ทดสอบ")
    assert run(["cycle", "status", CYCLE]) == 4


def test_a_broken_letter_template_stops_the_opening_too(
    province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the registers are even read."""
    home = tmp_path / "home"
    monkeypatch.setenv("KBO_HOME", str(home))
    letters_folder(home).mkdir(parents=True)
    (letters_folder(home) / "covering-letter.docx").write_bytes(b"no letter")
    with pytest.raises(RefusedError, match=r"letter-template-unreadable .covering-letter\.docx"):
        screen_and_freeze.fn(str(province), OPENED_AT.isoformat(), "ผู้ทดสอบ")
    assert run(["cycle", "status", CYCLE]) == 4


def test_broken_words_never_turn_back_a_districts_form(office: Office, province: Path, validate: Validate) -> None:
    """The turn is refused, the form stays where it is, and is accepted when the words are right again."""
    open_cycle(office, province, validate)
    file = write_own(office.home, "receipt.txt", "เรื่อง\n\n{{ nobody }}\n")
    inbox = office.home / "inbox" / CYCLE / "5607"
    inbox.mkdir(parents=True)
    (inbox / "form.xlsx").write_bytes(form_of(office, "5607", "B1"))
    before = log_of(office)
    with pytest.raises(RefusedError, match="wording-unknown-name"):
        collect(office, CYCLE, "5607", OPENED_AT)
    assert log_of(office) == before
    file.unlink()
    collect(office, CYCLE, "5607", OPENED_AT)
    assert "submission-accepted" in kinds(office)


def test_words_are_written_out_checked_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As an office does it; what it has edited is not written over."""
    home = ["--home", str(tmp_path / "home")]
    own = messages_folder(tmp_path / "home")
    assert run([*home, "--json", "office", "write-wording"]) == 0
    written = json.loads(capsys.readouterr().out)["written"]
    assert sorted(file.name for file in own.iterdir()) == written
    (own / "receipt.txt").write_text("รับแล้ว\n\nขอบคุณ\n", encoding="utf-8")
    assert run([*home, "--json", "office", "write-wording"]) == 0
    assert json.loads(capsys.readouterr().out)["written"] == []
    os.environ.pop("KBO_JSON")
    assert run([*home, "office", "check-wording", "--show"]) == 0
    assert "── receipt\nรับแล้ว\n\nขอบคุณ\n" in capsys.readouterr().out
    (own / "receipt.txt").write_text("\n\nขอบคุณ\n", encoding="utf-8")
    assert run([*home, "office", "check-wording"]) == 4
    told = capsys.readouterr().err
    assert "wording-subject" in told
    assert "receipt.txt:1" in told
