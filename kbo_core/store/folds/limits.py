"""Deadlines that move, and locks."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, update

from kbo_core.store import schema
from kbo_core.store.folds.rows import Fold, Payload, change_assignment, limits_of, new_limits


def _deadline_extended(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """New limits for the districts named; for the whole cycle when it says so."""
    table = schema.assignment
    for district in payload["districts"]:
        change_assignment(connection, cycle_id, district, **new_limits(payload))
        # Who knows that it owes an answer, owes it by the new day from now on: steps from before do not count.
        knows = (table.c.cycle_id == cycle_id, table.c.district_code == district, table.c.asked_at.is_not(None))
        connection.execute(update(table).where(*knows).values(asked_at=at))
    if payload["whole_cycle"]:
        cycle = schema.cycle
        connection.execute(update(cycle).where(cycle.c.cycle_id == cycle_id).values(**limits_of(payload)))


def _cycle_reopened(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    cycle = schema.cycle
    connection.execute(update(cycle).where(cycle.c.cycle_id == cycle_id).values(state="open"))
    _deadline_extended(connection, cycle_id, at, payload)


def _assignment_locked(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    change_assignment(connection, cycle_id, payload["district"], locked_at=at)


KINDS: Mapping[str, Fold] = {
    "deadline-extended": _deadline_extended,
    "cycle-reopened": _cycle_reopened,
    "assignment-locked": _assignment_locked,
}
