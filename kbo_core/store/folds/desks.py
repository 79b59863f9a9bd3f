"""The links of the districts' desks."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, update

from kbo_core.domain.assignments import Move, after, is_allowed
from kbo_core.store import schema
from kbo_core.store.folds.rows import Fold, Payload, change_assignment, state_of


def _link_issued(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """A new link ends the ones before."""
    _link_revoked(connection, cycle_id, at, payload)
    connection.execute(
        schema.district_link.insert().values(
            cycle_id=cycle_id,
            district_code=payload["district"],
            number=payload["number"],
            link_id=payload["link"],
            issued_at=at,
            expires_at=datetime.fromisoformat(payload["expires_at"]),
        )
    )


def _link_revoked(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    table = schema.district_link
    in_force = (table.c.cycle_id == cycle_id) & (table.c.district_code == payload["district"])
    connection.execute(update(table).where(in_force, table.c.revoked_at.is_(None)).values(revoked_at=at))


def _packet_opened(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """The district has looked at its desk, where all that the packet says is to be read."""
    state = state_of(connection, cycle_id, payload["district"])
    if is_allowed(state, Move.OPEN):
        change_assignment(connection, cycle_id, payload["district"], state=after(state, Move.OPEN))


KINDS: Mapping[str, Fold] = {
    "link-issued": _link_issued,
    "link-revoked": _link_revoked,
    "packet-opened": _packet_opened,
}
