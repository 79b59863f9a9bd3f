"""A portal over a cycle that was opened with it: opened once, copied for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from kbo_core.channels.folder import FolderChannel
from kbo_core.office.accounts import add_account
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.accounts import keep_account
from kbo_core.store.database import Database
from portal.app import create_app
from tests.cycle import OPENED_AT, open_cycle
from tests.portal.browsers import HERE
from tests.province import write_small_province

NOW = "2025-05-28T09:00"
PASSWORD = "ผ่านได้เฉพาะผู้ทดสอบ"
ACCOUNTS = (
    ("operator", "operator", "56"),
    ("second", "operator", "56"),
    ("approver", "approver", "56"),
    ("auditor", "auditor", None),
    ("elsewhere", "operator", "57"),
)


def office_at(home: Path) -> Office:
    """The office of a home, its database there."""
    return Office(home, Database(f"sqlite:///{home / 'kbo.sqlite3'}"), (FolderChannel(home / "outbox"),))


@pytest.fixture(scope="session")
def opened_home(tmp_path_factory: pytest.TempPathFactory, validate: Validate) -> Path:
    """The home of an office that has opened the small province's cycle, with links in its packets."""
    folder = tmp_path_factory.mktemp("opened")
    home = folder / "home"
    home.mkdir()
    office = office_at(home)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("KBO_PORTAL_URL", HERE)
        open_cycle(office, write_small_province(folder / "province"), validate)
        # A hash tells how much work it takes; the real one's is for guessers, and is tried where accounts are.
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        for name, role, province in ACCOUNTS:
            account = add_account(office, name, role, province, PASSWORD, at=OPENED_AT, by="ผู้ทดสอบ")
            with office.database.write() as connection:
                keep_account(connection, replace(account, password_hash=quick))
    office.database.close()
    return home


@pytest.fixture
def served_office(opened_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office of its own for one test, a week before the deadline."""
    home = tmp_path / "home"
    shutil.copytree(opened_home, home)
    monkeypatch.setenv("KBO_PORTAL_URL", HERE)
    monkeypatch.setenv("KBO_NOW", NOW)
    office = office_at(home)
    yield office
    office.database.close()


@pytest.fixture
def app(served_office: Office) -> FastAPI:
    """Its portal."""
    return create_app(served_office)
