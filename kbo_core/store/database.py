"""The database: SQLite in the office's home, or PostgreSQL by URL; brought up to date when it is opened."""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as Connection  # callers name the type of what they pass on
from sqlalchemy import create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url

from kbo_core.domain.findings import RefusedError, refused
from kbo_core.store import schema

_REVISION = text("select version_num from alembic_version")
_MIGRATION_LOCK = 7_256_215  # any number, the same for every process of ours
_PATIENCE_SECONDS = 600  # far more than a message ever takes


class Database:
    """A store. Reading and writing go through ``read`` and ``write``, one transaction each."""

    def __init__(self, url: str) -> None:
        self.url = url
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        self._engine = create_engine(address, pool_pre_ping=True, hide_parameters=True)  # an error names no person
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        # SQLite has one writer. Threads wait here for their turn, not in its file: there they would look again and
        # again, in no order, each with a connection in its hand.
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        self._upgrade()
        self._opened_at = self._revision()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for one consistent look."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection whose changes all happen, or none.

        Raises RefusedError when a newer release has brought the store up to date since it was opened here.
        """
        with (
            self._turn,
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            if connection.execute(_REVISION).scalar() != self._opened_at:
                raise self._newer()
            yield connection

    @contextmanager
    def scratch(self) -> Iterator[Connection]:
        """A connection whose changes are all undone: to see what would be."""
        with self._turn, self._engine.connect().execution_options(writes=True) as connection:
            transaction = connection.begin()
            try:
                yield connection
            finally:
                transaction.rollback()

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """A name held while something happens outside, by one at a time of all that use this store; others who want it
        wait. Nothing of the store is held, and whoever dies lets go.

        On PostgreSQL an advisory lock; beside an SQLite file, the lock of a second, empty one, whatever the name.
        """
        if self.is_sqlite:
            with closing(sqlite3.connect(f"{self._engine.url.database}.sending", _PATIENCE_SECONDS)) as beside:
                beside.isolation_level = None
                beside.execute("begin exclusive")
                yield
        else:
            key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
            with self._engine.connect() as connection, connection.begin():
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": key})
                yield

    def close(self) -> None:
        self._engine.dispose()

    def _upgrade(self) -> None:
        config = migration_config()
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        head, is_at = ScriptDirectory.from_config(config).get_current_head(), self._revision()
        if is_at == head:
            return
        if is_at is not None and is_at not in known:
            raise self._newer()
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            config.attributes["connection"] = connection
            was = self._revision_on(connection)
            command.upgrade(config, "head")
            if was is not None:
                from kbo_core.store.log import rebuild  # the log knows the tables, not the other way round

                rebuild(connection)

    def _newer(self) -> RefusedError:
        """What an older program says of a store that a newer one has brought up to date."""
        return refused(
            "database-newer",
            make_url(self.url).render_as_string(hide_password=True),
            "ฐานข้อมูลนี้ปรับเป็นรุ่นใหม่กว่าโปรแกรมนี้แล้ว ปรับรุ่นโปรแกรมในเครื่องนี้ให้เท่ากัน แล้วเปิดใหม่ หรือกู้คืนสำเนาที่สำรองไว้ก่อนปรับรุ่น",
            "a newer release has brought this database up to date: install the same release here and start again, or "
            "restore the backup of before",
        )

    def _revision(self) -> str | None:
        with self.read() as connection:
            return self._revision_on(connection)

    @staticmethod
    def _revision_on(connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(_REVISION).scalar()


def open_database(url: str) -> Database:
    """The store at a URL. Raises RefusedError when it cannot be reached, or is of a newer release."""
    with _reaching(url):
        return Database(url)


@contextmanager
def look_into(url: str, table: str) -> Iterator[Connection | None]:
    """A look at the store at a URL as it stands; nothing is made there or brought up to date.

    None when there is no store yet, or one that does not know the table. Raises RefusedError when it cannot be reached.
    """
    with _reaching(url):
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
            yield None
            return
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address)
        try:
            with engine.connect() as connection:
                yield connection if inspect(connection).has_table(table) else None
        finally:
            engine.dispose()


@contextmanager
def _reaching(url: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if type(error).__module__.startswith(("sqlalchemy", "psycopg", "sqlite3")):
            place = make_url(url).render_as_string(hide_password=True) if "://" in url else "KBO_DATABASE_URL"
            raise refused(
                "database-unreachable",
                place,
                "เปิดฐานข้อมูลไม่ได้ ตรวจ KBO_DATABASE_URL และว่าเครื่องฐานข้อมูลเปิดอยู่",
                f"the database cannot be opened: {type(error).__name__}",
            ) from None
        raise


def migration_config() -> Config:
    """Alembic's settings, without a file of their own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return config


def keep_blob(connection: Connection, sha256: str, content: bytes) -> None:
    """Remember bytes under their own hash; a second time changes nothing."""
    connection.execute(
        text("insert into blob (sha256, content) values (:sha256, :content) on conflict do nothing"),
        {"sha256": sha256, "content": content},
    )


def has_blob(connection: Connection, sha256: str) -> bool:
    """Are there bytes kept under a hash?"""
    return connection.execute(select(schema.blob.c.sha256).where(schema.blob.c.sha256 == sha256)).first() is not None


def load_blob(connection: Connection, sha256: str) -> bytes:
    """The bytes of a hash. Raises KeyError when they were never kept."""
    content = connection.execute(select(schema.blob.c.content).where(schema.blob.c.sha256 == sha256)).scalar()
    if content is None:
        raise KeyError(sha256)
    return bytes(content)


def redact_blob(connection: Connection, sha256: str) -> None:
    """Empty the bytes of a hash for good; the hash stays, and says what there was."""
    connection.execute(schema.blob.update().where(schema.blob.c.sha256 == sha256).values(content=b""))


def changed_blobs(connection: Connection) -> tuple[int, list[str]]:
    """How many blobs there are, and those whose bytes no longer have their own hash, though nobody redacted them."""
    redacted = select(schema.redaction.c.sha256)
    kept = select(schema.blob.c.sha256).where(schema.blob.c.sha256.not_in(redacted))
    digests = list(connection.execute(kept).scalars())
    changed = [d for d in digests if hashlib.sha256(load_blob(connection, d)).hexdigest() != d]
    return len(digests), sorted(changed)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma busy_timeout = 30000")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a later upgrade of a read lock could not wait.
    connection.exec_driver_sql("begin immediate" if connection.get_execution_options().get("writes") else "begin")
