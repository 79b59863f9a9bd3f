"""One cycle with something of everything, closed; its bundle."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from expectations.validate import validator
from kbo_core.channels.folder import FolderChannel
from kbo_core.office.closing import close
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from tests.cycle import CYCLE, DUE_AT, answer, open_cycle
from tests.province import write_small_province
from tests.reports.full_cycle import live_through


@pytest.fixture(scope="session")
def judged() -> Validate:
    """The real suites, one context for all that is closed and verified here."""
    return validator()


@pytest.fixture(scope="session")
def full_office(tmp_path_factory: pytest.TempPathFactory, judged: Validate) -> Iterator[Office]:
    """An office whose cycle was extended, overridden, reallocated, reminded, returned, signed, closed, reopened and
    closed again."""
    folder = tmp_path_factory.mktemp("full")
    home = folder / "home"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'kbo.sqlite3'}")
    office = Office(home, database, (FolderChannel(home / "outbox"),))
    live_through(office, folder / "province", judged)
    yield office
    database.close()


@pytest.fixture(scope="session")
def reports(full_office: Office) -> Path:
    """The folder of the cycle's reports."""
    return full_office.home / "reports" / "kbo-test"


@pytest.fixture(scope="session")
def bundle(reports: Path) -> bytes:
    """The evidence bundle of the second version."""
    return next(reports.glob("v2/evidence-*.zip")).read_bytes()


@pytest.fixture(scope="session")
def plain_bundle(tmp_path_factory: pytest.TempPathFactory, judged: Validate) -> bytes:
    """The bundle of a cycle in which nothing out of the ordinary happened: quickly verified."""
    folder = tmp_path_factory.mktemp("plain")
    home = folder / "home"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'kbo.sqlite3'}")
    office = Office(home, database, (FolderChannel(home / "outbox"),))
    open_cycle(office, write_small_province(folder / "province"), judged)
    answer(office, "5606", at=DUE_AT, is_nil=True)
    answer(office, "5601", "A2", "A1", at=DUE_AT)
    answer(office, "5607", "B1", at=DUE_AT + timedelta(minutes=1))
    closed = close(office, CYCLE, judged, at=DUE_AT + timedelta(days=5), by="ผู้ทดสอบ")
    database.close()
    return next(closed.folder.glob("evidence-*.zip")).read_bytes()
