"""Where a cycle's sources came from: looked at again, to see whether an exclusion list has changed since."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from kbo_core.domain.findings import Finding, KboError, block, warn
from kbo_core.office.definitions import definition_of
from kbo_core.registry.addresses import shown
from kbo_core.registry.sources import SourceFile, fetch_source
from kbo_core.store.database import Connection
from kbo_core.store.reading import Cycle


def remember_origin(home: Path, cycle_id: str, folder: Path) -> None:
    """Keep the folder that the definition's paths are relative to: a place of this machine, no part of the record."""
    place = _place(home, cycle_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"{folder.resolve()}\n", encoding="utf-8")


def origin_of(home: Path, cycle_id: str) -> Path | None:
    """The folder of the definition that a cycle was opened from; None when it is not known."""
    place = _place(home, cycle_id)
    return Path(place.read_text("utf-8").strip()) if place.is_file() else None


def changed_lists(home: Path, connection: Connection, cycle: Cycle) -> list[Finding]:
    """The participant lists whose file differs from the one that the decisions in force rest on, or cannot be seen.

    Nothing is decided here: a person brings the new version with ``kbo cycle update-list``.
    """
    folder = origin_of(home, cycle.cycle_id)
    fetch = partial(fetch_source, folder=folder, cache=home / "downloads") if folder else None
    return [
        finding
        for listed in definition_of(connection, cycle).sources.participants
        if listed.path is not None and listed.path in cycle.inputs
        for finding in _looked_at(listed.label, listed.path, cycle.inputs[listed.path], fetch)
    ]


def _looked_at(label: str, path: str, sha256: str, fetch: Callable[[str], SourceFile] | None) -> list[Finding]:
    try:
        now = fetch(path) if fetch else None
    except KboError:
        now = None
    if now is None:
        return [
            warn(
                "list-not-rechecked",
                label,
                f"ตรวจซ้ำบัญชี {label} ไม่ได้ เพราะเปิดแฟ้ม {shown(path)} ไม่ได้แล้ว ให้ยืนยันกับต้นทางว่าบัญชีไม่เปลี่ยน",
                f"the list {label} could not be looked at again: {shown(path)} cannot be read any more",
            )
        ]
    if now.sha256 == sha256:
        return []
    return [
        block(
            "list-changed",
            label,
            f"บัญชี {label} ({path}) เปลี่ยนไปจากฉบับที่ใช้ตัดสิน ให้นำฉบับใหม่เข้าด้วย kbo cycle update-list ก่อน",
            f"the list {label} ({path}) differs from the one decided on: bring it in with kbo cycle update-list",
        )
    ]


def _place(home: Path, cycle_id: str) -> Path:
    return home / "origins" / f"{cycle_id}.txt"
