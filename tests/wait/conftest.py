"""Opened cycles to start from: each kind is opened once, then copied for every test."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from kbo_core.channels.folder import FolderChannel
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from tests.cycle import open_cycle
from tests.wait.desk import Desk
from tests.wait.spacious import KINDS, write_spacious_province

_numbers = itertools.count(1)


class Copies:
    """Offices that are copies of one whose cycle was opened; each of its own, home and store."""

    def __init__(self, folder: Path, validate: Validate, server: Callable[[], str]) -> None:
        self._folder, self._validate, self._server = folder, validate, server
        self._first: dict[tuple[str, str], Path] = {}
        self._made: list[Office] = []

    def copy(self, backend: str, kind: str) -> Office:
        """A copy of the office whose cycle of that kind was opened."""
        if (backend, kind) not in self._first:
            self._first[backend, kind] = self._opened(backend, kind)
        home = self._folder / f"copy-{next(_numbers)}"
        shutil.copytree(self._first[backend, kind], home)
        if backend == "postgresql":
            name = f"wait_{next(_numbers)}"
            self._execute("create database {} template {}", name, f"wait_first_{kind}")
        office = self._office(home, backend, f"wait_{kind}" if backend == "sqlite" else name)
        self._made.append(office)
        return office

    def close(self) -> None:
        for office in self._made:
            office.database.close()

    def _opened(self, backend: str, kind: str) -> Path:
        home = self._folder / f"first-{backend}-{kind}"
        home.mkdir(parents=True)
        if backend == "postgresql":
            self._execute("create database {}", f"wait_first_{kind}")
        office = self._office(home, backend, f"wait_first_{kind}")
        open_cycle(office, write_spacious_province(self._folder / f"{backend}-{kind}", kind), self._validate)
        office.database.close()
        return home

    def _office(self, home: Path, backend: str, name: str) -> Office:
        if backend == "sqlite":
            url = f"sqlite:///{home / 'kbo.sqlite3'}"
        else:
            url = self._server().replace("/postgres?", f"/{name}?")
        return Office(home, Database(url), (FolderChannel(home / "outbox"),))

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._server(), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))


@pytest.fixture(scope="session")
def copies(
    tmp_path_factory: pytest.TempPathFactory, validate: Validate, request: pytest.FixtureRequest
) -> Iterator[Copies]:
    """Copies of opened cycles, of each kind and on each database."""
    made = Copies(tmp_path_factory.mktemp("opened"), validate, lambda: request.getfixturevalue("postgres"))
    yield made
    made.close()


@pytest.fixture
def kind() -> str:
    """The kind of cycle; a test that wants another one parametrises it."""
    return "plain"


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, copies: Copies, kind: str, validate: Validate) -> Desk:
    """The province's desk over a cycle that was just opened."""
    assert kind in KINDS
    return Desk(copies.copy(request.param, kind), validate)
