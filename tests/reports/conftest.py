"""One cycle with something of everything, closed; its bundle."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.validate import validator
from kbo_core.channels.folder import FolderChannel
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
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
