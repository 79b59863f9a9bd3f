"""What the folds share: how a payload becomes values, and the one row of a district."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from kbo_core.domain.assignments import State
from kbo_core.store import schema

Payload = Mapping[str, Any]
Fold = Callable[[Connection, str, datetime, Payload], None]


def change_assignment(connection: Connection, cycle_id: str, district: str, **values: Any) -> None:
    """Change the row of a district."""
    table = schema.assignment
    connection.execute(
        update(table).where(table.c.cycle_id == cycle_id, table.c.district_code == district).values(**values)
    )


def state_of(connection: Connection, cycle_id: str, district: str) -> State:
    """Where a district stands."""
    table = schema.assignment
    found = connection.execute(
        select(table.c.state).where(table.c.cycle_id == cycle_id, table.c.district_code == district)
    ).scalar_one()
    return State(found)


def limits_of(payload: Payload) -> dict[str, datetime | None]:
    """The three instants of an opening or an extension; earlier openings knew the deadline alone."""
    limits = {name: payload.get(name) for name in ("due_at", "grace_until", "lock_at")}
    return {name: datetime.fromisoformat(text) if text else None for name, text in limits.items()}


def new_limits(payload: Payload) -> dict[str, Any]:
    """A district's limits after an extension: it is open again, and its reminders are counted anew."""
    return {**limits_of(payload), "locked_at": None, "extension": schema.assignment.c.extension + 1}


def text_of(value: object) -> str:
    """A value as the tables write it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
