"""The letters that start cycles: laid in the home, issued by a person, opened by the next turn."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kbo_core.domain.definition_checks import definition_findings
from kbo_core.domain.findings import BlockedError, Finding, KboError, block, blocking
from kbo_core.domain.thai_dates import bangkok_day, fiscal_year_be
from kbo_core.office.definitions import definition_of, read_definition
from kbo_core.office.office import Office
from kbo_core.office.opening import opened_before
from kbo_core.store.database import Connection, keep_blob
from kbo_core.store.fold import is_registry_log, registry_log
from kbo_core.store.log import append, events, hold
from kbo_core.store.reading import cycle_ids, find_cycle, get_cycle, log_ids

_YAML = (".yaml", ".yml")


class Standing(StrEnum):
    """Where a definition stands on its way to a cycle."""

    UNCLEAR = "unclear"
    NOT_ISSUED = "not_issued"
    CHANGED = "changed"
    ISSUED = "issued"
    OPEN = "open"

    @property
    def th(self) -> str:
        return _THAI[self]


_THAI = {
    Standing.UNCLEAR: "ยังมีข้อที่ต้องแก้หรือตอบ",
    Standing.NOT_ISSUED: "ตรวจแล้ว รอออกหนังสือ (kbo circular issue)",
    Standing.CHANGED: "แก้หลังออกหนังสือ ต้องออกใหม่",
    Standing.ISSUED: "ออกหนังสือแล้ว รอเปิดรอบ",
    Standing.OPEN: "เปิดรอบแล้ว",
}


@dataclass(frozen=True)
class Issue:
    """A definition that a person has issued: the file as it then was, and by whom."""

    cycle_id: str
    province_code: str
    sha256: str
    path: Path
    at: datetime
    by: str


@dataclass(frozen=True)
class Laid:
    """A definition that lies in ``circulars/`` in the home, or was issued from elsewhere, and where it stands."""

    path: Path
    cycle_id: str
    programme_year_be: int | None
    standing: Standing
    findings: tuple[Finding, ...] = ()


def circulars_folder(home: Path) -> Path:
    """Where an office lays the definitions of the cycles to come."""
    return home / "circulars"


def issue_circular(office: Office, path: Path, *, at: datetime, by: str) -> tuple[Issue, bool]:
    """Declare a definition issued, so that its cycle is opened: (the issue, whether it is new).

    Raises BlockedError when it does not check clean, or when a cycle of its name was opened with another definition.
    """
    file = read_definition(path)
    definition = file.definition
    if stops := blocking(definition_findings(definition)):
        raise BlockedError(*stops)
    opened_before(office, file)
    log_id = registry_log(definition.province_code)
    with office.database.write() as connection:
        hold(connection, log_id)
        known = {issue.cycle_id: issue for issue in _issues(office.home, connection)}.get(definition.cycle)
        is_new = known is None or known.sha256 != file.sha256
        if is_new:
            keep_blob(connection, file.sha256, file.content)
            payload = {"cycle": definition.cycle, "definition": file.sha256}
            append(connection, log_id, "circular-issued", payload, at=at, by=by)
        _remember_place(office.home, definition.cycle, path)
        (issued,) = (i for i in _issues(office.home, connection) if i.cycle_id == definition.cycle)
    return issued, is_new


def issued_circulars(office: Office) -> list[Issue]:
    """The last issue of every cycle, opened or not, by name."""
    with office.database.read() as connection:
        return _issues(office.home, connection)


def waiting_circulars(office: Office) -> list[Issue]:
    """What was issued and is not opened yet; whatever an event has started is started by the next turn too."""
    with office.database.read() as connection:
        return [i for i in _issues(office.home, connection) if find_cycle(connection, i.cycle_id) is None]


def require_as_issued(path: Path, sha256: str) -> None:
    """Raises BlockedError when a definition is no longer the one that was issued."""
    if read_definition(path).sha256 != sha256:
        raise BlockedError(
            block(
                "circular-changed",
                path.name,
                "แฟ้มกำหนดรอบถูกแก้หลังออกหนังสือ ตรวจแล้วออกใหม่ด้วย kbo circular issue",
                "the definition was changed after it was issued: look at it and issue it again",
            )
        )


def laid_circulars(office: Office) -> list[Laid]:
    """Every definition in the home's ``circulars/`` and every issued one from elsewhere, by file name."""
    issued = issued_circulars(office)
    folder = circulars_folder(office.home)
    there = {p.resolve() for p in folder.iterdir() if p.suffix.lower() in _YAML} if folder.is_dir() else set()
    paths = sorted(there | {issue.path for issue in issued if issue.path.is_file()}, key=lambda p: (p.name, str(p)))
    with office.database.read() as connection:
        return [_look_at(connection, path, {issue.cycle_id: issue for issue in issued}) for path in paths]


def has_circular(office: Office, at: datetime) -> bool:
    """Is a cycle of the fiscal year of an instant open or issued?"""
    year = fiscal_year_be(bangkok_day(at))
    ready = (Standing.ISSUED, Standing.OPEN)
    if any(laid.programme_year_be == year and laid.standing in ready for laid in laid_circulars(office)):
        return True
    with office.database.read() as connection:
        return any(
            definition_of(connection, get_cycle(connection, name)).programme_year_be == year
            for name in cycle_ids(connection)
        )


def _look_at(connection: Connection, path: Path, issued: dict[str, Issue]) -> Laid:
    try:
        file = read_definition(path)
    except KboError as unreadable:
        return Laid(path, "", None, Standing.UNCLEAR, tuple(unreadable.findings))
    definition, issue = file.definition, issued.get(file.definition.cycle)
    stops = tuple(blocking(definition_findings(definition)))
    if find_cycle(connection, definition.cycle):
        standing = Standing.OPEN
    elif stops:
        standing = Standing.UNCLEAR
    elif issue is None:
        standing = Standing.NOT_ISSUED
    else:
        standing = Standing.ISSUED if issue.sha256 == file.sha256 else Standing.CHANGED
    return Laid(path, definition.cycle, definition.programme_year_be, standing, stops)


def _issues(home: Path, connection: Connection) -> list[Issue]:
    last = {issue.cycle_id: issue for issue in _every_issue(home, connection)}
    return [last[name] for name in sorted(last)]


def _every_issue(home: Path, connection: Connection) -> Iterator[Issue]:
    for log_id in filter(is_registry_log, log_ids(connection)):
        for entry in events(connection, log_id):
            if entry.kind == "circular-issued":
                cycle_id = entry.payload["cycle"]
                province = log_id.rpartition(":")[2]
                path = _place_of(home, cycle_id)
                yield Issue(cycle_id, province, entry.payload["definition"], path, entry.at, entry.by)


def _remember_place(home: Path, cycle_id: str, path: Path) -> None:
    """Keep where the definition lies: a place of this machine, no part of the record."""
    place = home / "origins" / f"{cycle_id}.issued.txt"
    place.parent.mkdir(parents=True, exist_ok=True)
    # From inside the home it is found again when the home moves.
    inside = path.resolve().is_relative_to(home.resolve())
    told = os.path.relpath(path.resolve(), home.resolve()) if inside else str(path.resolve())
    place.write_text(f"{told}\n", encoding="utf-8")


def _place_of(home: Path, cycle_id: str) -> Path:
    place = home / "origins" / f"{cycle_id}.issued.txt"
    told = place.read_text("utf-8").strip() if place.is_file() else f"circulars/{cycle_id}.yaml"
    return (home.resolve() / told).resolve()
