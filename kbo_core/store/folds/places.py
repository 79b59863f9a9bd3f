"""Exceptions, and places that move from one district to another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from kbo_core.domain.assignments import Move, State, after, is_allowed
from kbo_core.store import schema
from kbo_core.store.folds.rows import Fold, Payload, change_assignment, text_of


def _override_granted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    facts = {name: payload[name] for name in ("tier", "by", "approver", "reason")}
    connection.execute(
        schema.override.insert().values(
            cycle_id=cycle_id,
            producer_id=payload["producer"],
            clauses=text_of(payload["clauses"]),
            granted_at=at,
            **facts,
        )
    )


def _override_revoked(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    table = schema.override
    connection.execute(delete(table).where(table.c.cycle_id == cycle_id, table.c.producer_id == payload["producer"]))


def _reallocation_proposed(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    facts = {name: payload[name] for name in ("number", "giver", "taker", "places", "by", "reason")}
    connection.execute(
        schema.reallocation.insert().values(cycle_id=cycle_id, proposed_at=at, state="proposed", **facts)
    )


def _reallocation_consented(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    _reallocation(connection, cycle_id, payload, **{f"{payload['side']}_consent": payload["by"]})


def _reallocation_approved(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """The places move; who has none left owes nothing, who had none is asked."""
    table = schema.assignment
    _reallocation(connection, cycle_id, payload, state="approved")
    for district, change in ((payload["giver"], -payload["places"]), (payload["taker"], payload["places"])):
        change_assignment(connection, cycle_id, district, quota=table.c.quota + change)
        mine = (table.c.cycle_id == cycle_id) & (table.c.district_code == district)
        row = connection.execute(select(table.c.quota, table.c.state).where(mine)).one()
        move = Move.ASK if row.quota else Move.RELEASE
        if is_allowed(State(row.state), move):
            owed = _asked_first(connection, cycle_id) if move is Move.ASK else _NOTHING_OWED
            change_assignment(connection, cycle_id, district, state=after(State(row.state), move), **owed)


# Whoever has given its last place away is asked for nothing; given one again, it is asked as if for the first time.
_NOTHING_OWED = {"asked_at": None, "dispatched_at": None, "packet_quota": 0, "repair": None, "comments": None}


def _asked_first(connection: Connection, cycle_id: str) -> dict[str, Any]:
    """The limits of a district that had no places: the cycle's own, as they are now."""
    table = schema.cycle
    row = connection.execute(
        select(table.c.due_at, table.c.grace_until, table.c.lock_at).where(table.c.cycle_id == cycle_id)
    ).one()
    return {**row._mapping, "locked_at": None}


def _reallocation_rejected(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    _reallocation(connection, cycle_id, payload, state="rejected")


def _reallocation(connection: Connection, cycle_id: str, payload: Payload, **values: Any) -> None:
    table = schema.reallocation
    connection.execute(
        update(table).where(table.c.cycle_id == cycle_id, table.c.number == payload["number"]).values(**values)
    )


KINDS: Mapping[str, Fold] = {
    "override-granted": _override_granted,
    "override-revoked": _override_revoked,
    "reallocation-proposed": _reallocation_proposed,
    "reallocation-consented": _reallocation_consented,
    "reallocation-approved": _reallocation_approved,
    "reallocation-rejected": _reallocation_rejected,
}
