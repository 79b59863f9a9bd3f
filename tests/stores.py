"""Stores to start from: what the migrations or an opening make is made once, then copied for every test."""

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

_numbers = itertools.count(1)


class Stores:
    """Stores of each kind: without tables, or copies of one that was prepared once for the whole run."""

    def __init__(self, folder: Path, server: Callable[[], str]) -> None:
        self.folder = folder
        self._server = server
        self._prepared: set[tuple[str, str]] = set()

    def bare(self, backend: str, path: Path) -> str:
        """The address of a store without tables; one of SQLite lies at the path."""
        if backend == "sqlite":
            return f"sqlite:///{path}"
        return self._made(f"kbo_{next(_numbers)}")

    def copy(self, backend: str, name: str, path: Path, prepare: Callable[[str], None]) -> str:
        """The address of a copy of the store of that name, prepared when it is first asked for."""
        first = self.folder / f"{name}.sqlite3"
        if (backend, name) not in self._prepared:
            # A copy needs a store that nobody has open: whoever prepares closes it.
            prepare(self.bare(backend, first) if backend == "sqlite" else self._made(f"first_{name}"))
            self._prepared.add((backend, name))
        if backend == "sqlite":
            shutil.copy(first, path)
            return f"sqlite:///{path}"
        return self._made(f"kbo_{next(_numbers)}", f"first_{name}")

    def _made(self, name: str, template: str = "template1") -> str:
        server = self._server()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(SQL("create database {} template {}").format(Identifier(name), Identifier(template)))
        return server.replace("/postgres?", f"/{name}?")
