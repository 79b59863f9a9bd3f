"""Copies of the store, taken while it is in use, and put back."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from kbo_core.domain.findings import refused
from kbo_core.store.database import migration_config

SQLITE_ENDING, POSTGRES_ENDING = ".sqlite3", ".pgdump"
_STAMP = "%Y%m%dT%H%M%SZ"
_PATIENCE_SECONDS = 3600


def backup_folder(home: Path) -> Path:
    """Where the backups of a home are kept."""
    return home / "backups"


def take_backup(url: str, folder: Path, at: datetime) -> Path:
    """A complete copy of the store as it is now, named by the instant; nobody has to stop working.

    A copy that could not be finished is never seen under its name. Raises RefusedError when it cannot be made.
    """
    address = make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    target = folder / f"kbo-{at.astimezone(UTC):{_STAMP}}{SQLITE_ENDING if is_sqlite else POSTGRES_ENDING}"
    unfinished = target.with_name(f".{target.name}.part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if is_sqlite:
            _copy_sqlite(Path(address.database or ""), unfinished)
        else:
            _run("pg_dump", address, "--format=custom", "--no-owner", f"--file={unfinished}", address.database or "")
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise refused(
            "backup-failed",
            str(folder),
            f"สำรองข้อมูลไม่สำเร็จ ({type(error).__name__}) ตรวจพื้นที่ว่างและสิทธิ์เขียนของโฟลเดอร์",
            f"no backup could be made: {type(error).__name__}; look at the space left and the folder's permissions",
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def restore_backup(url: str, backup: Path, at: datetime) -> Path | None:
    """Put a backup in the store's place; the SQLite file that was there is kept aside, and its path given back.

    Raises RefusedError when the file is no backup of this kind of store, is damaged, or comes from a newer release;
    then nothing is changed. Nobody may be using the store.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return _restore_sqlite(Path(address.database or ""), backup, at)
    if backup.suffix != POSTGRES_ENDING or not backup.is_file():
        raise _no_backup(backup)
    _run(
        "pg_restore", address, "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        f"--dbname={address.database}", str(backup),
    )  # fmt: skip
    return None


def backups(folder: Path) -> list[Path]:
    """The backups in a folder, oldest first."""
    if not folder.is_dir():
        return []
    endings = (SQLITE_ENDING, POSTGRES_ENDING)
    return sorted(f for f in folder.iterdir() if f.name.startswith("kbo-") and f.suffix in endings)


def taken_at(backup: Path) -> datetime | None:
    """When a backup was taken, by its name; None for a file that is not named so."""
    try:
        return datetime.strptime(backup.stem.removeprefix("kbo-"), _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def drop_old_backups(folder: Path, keep: int) -> list[Path]:
    """Delete all backups but the newest ``keep``; those that were deleted."""
    old = backups(folder)[: -max(keep, 1)]
    for backup in old:
        backup.unlink()
    return old


def _copy_sqlite(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("pragma journal_mode = delete")  # one file, without a log beside it


def _restore_sqlite(place: Path, backup: Path, at: datetime) -> Path | None:
    _check_sqlite(backup)
    place.parent.mkdir(parents=True, exist_ok=True)
    arriving = place.with_name(f".{place.name}.part")
    shutil.copyfile(backup, arriving)
    aside = place.with_name(f"{place.name}.before-{at.astimezone(UTC):{_STAMP}}") if place.is_file() else None
    if aside:  # moved, not read: it may be what is damaged
        for ending in ("", "-wal"):
            if (part := place.with_name(place.name + ending)).is_file():
                part.replace(aside.with_name(aside.name + ending))
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)
    arriving.replace(place)
    return aside


def _check_sqlite(backup: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            is_whole = copy.execute("pragma integrity_check").fetchone() == ("ok",)
            (revision,) = copy.execute("select version_num from alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise _no_backup(backup) from None
    if not is_whole:
        raise _no_backup(backup)
    known = {script.revision for script in ScriptDirectory.from_config(migration_config()).walk_revisions()}
    if revision not in known:
        raise refused(
            "backup-newer",
            backup.name,
            "แฟ้มสำรองนี้มาจากโปรแกรมรุ่นใหม่กว่า ปรับรุ่นโปรแกรมก่อนแล้วจึงกู้คืน",
            f"made by a newer release (revision {revision}): upgrade first",
        )


def _no_backup(backup: Path) -> Exception:
    return refused(
        "backup-unreadable",
        str(backup),
        f"แฟ้มนี้ไม่ใช่แฟ้มสำรองของฐานข้อมูลชนิดนี้ หรือเสียหาย ({SQLITE_ENDING} ของ SQLite, {POSTGRES_ENDING} ของ PostgreSQL)",
        "no backup of this kind of database, or a damaged one",
    )


def _run(program: str, address: URL, *arguments: str) -> None:
    """A client program of PostgreSQL; the password goes by the environment, where no list of processes shows it."""
    found = shutil.which(program)
    if found is None:
        raise refused(
            "pg-client-missing",
            program,
            f"ไม่พบโปรแกรม {program} ติดตั้งชุดโปรแกรมลูกข่าย PostgreSQL รุ่นเดียวกับเครื่องฐานข้อมูลหรือใหม่กว่า",
            f"{program} is not on the PATH: install PostgreSQL's client programs, as new as the server",
        )
    query = {name: value for name, value in address.query.items() if isinstance(value, str)}
    told = {
        "PGHOST": query.get("host", address.host),
        "PGPORT": query.get("port", str(address.port) if address.port else None),
        "PGUSER": address.username,
        "PGPASSWORD": str(address.password) if address.password else None,
    }
    given = {name: value for name, value in told.items() if value}
    done = subprocess.run(  # noqa: S603 - found on the PATH, arguments of our own
        [found, *arguments],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[:1]
        raise refused(
            "pg-client-failed",
            program,
            f"{program} ทำงานไม่สำเร็จ: {' '.join(said)}",
            f"{program} failed: {' '.join(said)}",
        )
