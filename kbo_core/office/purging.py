"""Persons' data past its time: emptied where it is kept, without breaking the chain of what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kbo_core.office.office import Office
from kbo_core.store.database import Connection, redact_blob
from kbo_core.store.desks import drafts_before, drop_draft
from kbo_core.store.log import append, events, hold
from kbo_core.store.reading import cycle_ids, get_cycle, messages, redactions, reports

KEPT = timedelta(days=730)  # after the report: addresses, and the messages that bear them
DRAFT_KEPT = timedelta(days=180)
_NOTICES = ("message-bounced", "message-delivered", "message-opened")


@dataclass(frozen=True)
class Purged:
    """What is past its time: of each cycle, how many kept addresses, messages and notices; how many drafts."""

    blobs: dict[str, int]
    drafts: int


def purge(office: Office, *, at: datetime, by: str, is_rehearsal: bool = False) -> Purged:
    """Empty what is past its time; a rehearsal only counts it.

    Of a cycle whose last report is older than KEPT: envelopes, messages and notices. The events name them by hash, so
    the chain holds, and the doctor knows what was redacted. Bytes that a younger cycle needs too stay. Answers, reports
    and registers are official papers and stay. Drafts go after DRAFT_KEPT.
    """
    with office.database.scratch() if is_rehearsal else office.database.write() as connection:
        names = cycle_ids(connection)
        old = [name for name in names if _is_old(connection, name, at)]
        needed = {digest for name in names if name not in old for digest in _personal(connection, name)}
        counts = {}
        for name in old:
            hold(connection, name)
            done = redactions(connection, name)
            blobs = sorted(set(_personal(connection, name)) - needed - done)
            if not blobs:
                continue
            counts[name] = len(blobs)
            for digest in blobs:
                redact_blob(connection, digest)
            append(connection, name, "blobs-redacted", {"blobs": blobs}, at=at, by=by, reason="พ้นกำหนดเก็บ")
        stale = drafts_before(connection, at - DRAFT_KEPT)
        for cycle_id, code in stale:
            drop_draft(connection, cycle_id, code)
    return Purged(counts, len(stale))


def _is_old(connection: Connection, cycle_id: str, at: datetime) -> bool:
    issued = reports(connection, cycle_id)
    is_shut = get_cycle(connection, cycle_id).state == "closed"
    waiting = any(m.state == "planned" for m in messages(connection, cycle_id))
    return is_shut and not waiting and issued[-1].made_at < at - KEPT


def _personal(connection: Connection, cycle_id: str) -> Sequence[str]:
    """The hashes of what a cycle keeps that bears somebody's address."""
    ledger = messages(connection, cycle_id)
    kept = [digest for m in ledger for digest in (m.envelope, m.sha256) if digest]
    return kept + [e.payload["notice"] for e in events(connection, cycle_id, _NOTICES) if "notice" in e.payload]
