"""The event log: append-only, one hash chain a cycle. Every change of state is an event first."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, text

from kbo_core.store import fold, schema

GENESIS = "0" * 64


@dataclass(frozen=True)
class Event:
    """One change: who, when, what, why. The payload holds references and facts, never personal data."""

    cycle_id: str
    seq: int
    kind: str
    at: datetime
    by: str
    reason: str
    payload: Mapping[str, Any]
    prev_hash: str
    hash: str

    def expected_hash(self) -> str:
        """The hash that these contents must have."""
        return _hash(self.prev_hash, self.cycle_id, self.seq, self.kind, self.at, self.by, self.reason, self.payload)

    def as_json(self) -> dict[str, Any]:
        return {
            "cycle_id": self.cycle_id,
            "seq": self.seq,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "by": self.by,
            "reason": self.reason,
            "payload": dict(self.payload),
            "prev_hash": self.prev_hash,
            "hash": self.hash,
        }


def append(
    connection: Connection,
    cycle_id: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    at: datetime,
    by: str,
    reason: str = "",
) -> Event:
    """Add an event to a cycle's chain and fold it into the state, inside the caller's transaction."""
    at = at.astimezone(UTC)
    seq, prev_hash = hold(connection, cycle_id)
    seq += 1
    written = _canonical(payload)
    digest = _hash(prev_hash, cycle_id, seq, kind, at, by, reason, payload)
    connection.execute(
        schema.event.insert().values(
            cycle_id=cycle_id,
            seq=seq,
            kind=kind,
            at=at,
            by=by,
            reason=reason,
            payload=written,
            prev_hash=prev_hash,
            hash=digest,
        )
    )
    connection.execute(schema.chain.update().where(schema.chain.c.cycle_id == cycle_id).values(seq=seq, hash=digest))
    added = Event(cycle_id, seq, kind, at, by, reason, json.loads(written), prev_hash, digest)
    fold.apply(connection, added.cycle_id, added.kind, added.at, added.payload)
    return added


def hold(connection: Connection, cycle_id: str) -> tuple[int, str]:
    """The chain's head (seq, hash), with its row held: until the transaction ends, nobody else changes this cycle."""
    connection.execute(
        text("insert into chain (cycle_id, seq, hash) values (:cycle_id, 0, :genesis) on conflict do nothing"),
        {"cycle_id": cycle_id, "genesis": GENESIS},
    )
    row = connection.execute(
        select(schema.chain.c.seq, schema.chain.c.hash).where(schema.chain.c.cycle_id == cycle_id).with_for_update()
    ).one()
    return row.seq, row.hash


def events(connection: Connection, cycle_id: str, *kinds: str) -> list[Event]:
    """A cycle's events in order, of certain kinds if told."""
    query = select(schema.event).where(schema.event.c.cycle_id == cycle_id)
    if kinds:
        query = query.where(schema.event.c.kind.in_(kinds))
    rows = connection.execute(query.order_by(schema.event.c.seq))
    return [
        Event(r.cycle_id, r.seq, r.kind, r.at, r.by, r.reason, json.loads(r.payload), r.prev_hash, r.hash) for r in rows
    ]


def rebuild(connection: Connection) -> None:
    """Fold every log anew: what a new version of the tables remembers, earlier events told already."""
    for log_id in connection.execute(select(schema.chain.c.cycle_id).where(schema.chain.c.seq > 0)).scalars().all():
        fold.clear(connection, log_id)
        for entry in events(connection, log_id):
            fold.apply(connection, entry.cycle_id, entry.kind, entry.at, entry.payload)


def broken_link(connection: Connection, cycle_id: str) -> int | None:
    """The first ``seq`` at which the chain does not hold; None when all of it does."""
    prev_hash, seq = GENESIS, 0
    for seq, entry in enumerate(events(connection, cycle_id), start=1):
        if entry.seq != seq or entry.prev_hash != prev_hash or entry.hash != entry.expected_hash():
            return seq
        prev_hash = entry.hash
    head = connection.execute(select(schema.chain).where(schema.chain.c.cycle_id == cycle_id)).first()
    return None if head is not None and (head.seq, head.hash) == (seq, prev_hash) else seq + 1


def _canonical(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _hash(
    prev_hash: str, cycle_id: str, seq: int, kind: str, at: datetime, by: str, reason: str, payload: Mapping[str, Any]
) -> str:
    content = _canonical([prev_hash, cycle_id, seq, kind, at.isoformat(), by, reason, payload])
    return hashlib.sha256(content.encode()).hexdigest()
