"""What is past its time is emptied; the chain, the replay and the doctor agree afterwards."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.clock import parse_now
from kbo_core.office.accounts import sign_in
from kbo_core.office.closing import close
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_asked
from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned
from kbo_core.office.purging import DRAFT_KEPT, KEPT, purge
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.desks import keep_draft, load_draft
from kbo_core.store.log import broken_link
from kbo_core.store.reading import messages, submissions
from tests.cycle import CYCLE, answer, kinds

AT = parse_now("2025-05-28T09:00")
CLOSED_AT = parse_now("2025-06-23T10:00")


def test_addresses_go_two_years_after_the_report(served_office: Office, validate: Validate) -> None:
    """Not a day before; a rehearsal counts and changes nothing; answers stay; a second time does nothing."""
    answer(served_office, "5601", "A1", "A2", at=AT)
    close(served_office, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ", reason="ทดสอบ")
    for code in districts_asked(served_office, CYCLE):
        send_planned(served_office, CYCLE, code, CLOSED_AT)
    assert purge(served_office, at=CLOSED_AT + KEPT, by="system").blobs == {}
    later = CLOSED_AT + KEPT + timedelta(days=1)
    with served_office.database.read() as connection:
        ledger = [m for m in messages(connection, CYCLE) if m.envelope and m.sha256]
        (kept,) = submissions(connection, CYCLE, "5601")
    before = kinds(served_office)
    told = purge(served_office, at=later, by="system", is_rehearsal=True)
    assert told.blobs[CYCLE] >= len(ledger)
    assert kinds(served_office) == before
    assert purge(served_office, at=later, by="system") == told
    with served_office.database.read() as connection:
        assert all(load_blob(connection, d) == b"" for m in ledger for d in (m.envelope, m.sha256) if d)
        assert load_blob(connection, kept.sha256)
        assert broken_link(connection, CYCLE) is None
    assert examine(served_office)[1] == []
    assert purge(served_office, at=later, by="system").blobs == {}


def test_a_draft_that_nobody_touches_is_forgotten(served_office: Office) -> None:
    """After half a year; a younger one stays."""
    with served_office.database.write() as connection:
        keep_draft(connection, CYCLE, "5601", "{}", AT - DRAFT_KEPT - timedelta(days=1))
        keep_draft(connection, CYCLE, "5607", "{}", AT)
    assert purge(served_office, at=AT, by="system").drafts == 1
    with served_office.database.read() as connection:
        assert load_draft(connection, CYCLE, "5601") is None
        assert load_draft(connection, CYCLE, "5607") is not None


def test_the_commands_of_the_portal(
    served_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Accounts by a file, never by an argument; links; a purge that is only tried."""
    monkeypatch.setenv("KBO_HOME", str(served_office.home))
    secret = tmp_path / "password"
    secret.write_text("ยาวพอสำหรับการทดสอบ\n", encoding="utf-8")
    account = ["office", "add-account", "somchai", "--role", "operator", "--province", "56"]
    assert run([*account, "--password-file", str(secret)]) == 0
    assert sign_in(served_office, "somchai", "ยาวพอสำหรับการทดสอบ", AT)
    secret.write_text("short", encoding="utf-8")
    assert run([*account, "--password-file", str(secret)]) == 4
    assert run(["cycle", "link", CYCLE, "--district", "5601", "--by", "ผู้ทดสอบ", "--reason", "หาย"]) == 0
    assert kinds(served_office).count("link-issued") == 4
    assert run(["cycle", "link", CYCLE, "--district", "5601", "--by", "ผู้ทดสอบ", "--reason", "หลุด", "--revoke"]) == 0
    assert run(["office", "remove-account", "somchai", "--by", "ผู้ทดสอบ", "--reason", "ย้าย"]) == 0
    capsys.readouterr()
    assert run(["office", "accounts", "--json"]) == 0
    assert "somchai" not in capsys.readouterr().out
    assert run(["purge", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dry_run"] is True
