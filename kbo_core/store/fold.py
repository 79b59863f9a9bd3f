"""State as the fold of the log: what each kind of event does to the tables."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select

from kbo_core.store import schema
from kbo_core.store.folds import answers, cycles, desks, limits, messages, places
from kbo_core.store.folds.rows import Fold, Payload

_REGISTRY = "registry:"


def apply(connection: Connection, cycle_id: str, kind: str, at: datetime, payload: Payload) -> None:
    """Carry one event into the state."""
    _KINDS[kind](connection, cycle_id, at, payload)


def kinds() -> frozenset[str]:
    """Every kind of event that there is, or ever was."""
    return frozenset(_KINDS)


def clear(connection: Connection, cycle_id: str) -> None:
    """Forget a cycle's or a province's state; the log and the blobs stay."""
    for table, whose in _tables(cycle_id):
        connection.execute(delete(table).where(whose))


def differences(connection: Connection, cycle_id: str, log: Iterable[Any]) -> list[str]:
    """The tables whose rows differ from what replaying the log gives. Rebuilds them on the caller's connection."""
    before = _rows(connection, cycle_id)
    clear(connection, cycle_id)
    for entry in log:
        apply(connection, cycle_id, entry.kind, entry.at, entry.payload)
    after = _rows(connection, cycle_id)
    return [name for name in before if before[name] != after[name]]


def _rows(connection: Connection, cycle_id: str) -> dict[str, list[str]]:
    return {
        table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table).where(whose)))
        for table, whose in _tables(cycle_id)
    }


def registry_log(province_code: str) -> str:
    """The name of a province's own log: no cycle can be called so."""
    return f"{_REGISTRY}{province_code}"


def is_registry_log(log_id: str) -> bool:
    """Is a log a province's own?"""
    return log_id.startswith(_REGISTRY)


def _tables(log_id: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """What a log is folded into, and which rows there are its own."""
    if is_registry_log(log_id):
        return [(t, t.c.province_code == log_id.removeprefix(_REGISTRY)) for t in schema.DERIVED_OF_PROVINCE]
    return [(t, t.c.cycle_id == log_id) for t in schema.DERIVED]


def _match_answered(connection: Connection, log_id: str, at: datetime, payload: Payload) -> None:
    """The last answer to a question is the one in force; the log keeps them all."""
    table = schema.match_answer
    key = {"province_code": log_id.removeprefix(_REGISTRY)}
    key |= {name: payload[name] for name in ("finding", "subject", "producer_id")}
    said = {name: payload[name] for name in ("name", "producer_name", "place", "answer", "by", "reason")}
    connection.execute(delete(table).where(*[table.c[name] == value for name, value in key.items()]))
    connection.execute(table.insert().values(**key, **said, at=at))


def _nothing(_connection: Connection, _cycle_id: str, _at: datetime, _payload: Payload) -> None:
    """Remembered in the log alone: a refused form, a request, an answer that the next decision takes in."""


_KINDS: Mapping[str, Fold] = {
    **cycles.KINDS,
    **limits.KINDS,
    **answers.KINDS,
    **places.KINDS,
    **messages.KINDS,
    **desks.KINDS,
    "match-answered": _match_answered,
    "submission-refused": _nothing,
    "finding-settled": _nothing,
    "resend-asked": _nothing,
    "extension-requested": _nothing,
    "extension-declined": _nothing,
    "override-requested": _nothing,
    "override-declined": _nothing,
    "contacts-read": _nothing,
    "account-added": _nothing,
    "account-removed": _nothing,
    "circular-issued": _nothing,
    "announced": _nothing,
}
