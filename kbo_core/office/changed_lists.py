"""What is different from the list of candidates that a district was last sent, and why."""

from collections.abc import Collection, Sequence
from datetime import datetime

from kbo_core.documents.papers import Changes
from kbo_core.domain.flips import VERDICTS_TH
from kbo_core.store.database import Connection
from kbo_core.store.log import events
from kbo_core.store.reading import Assignment, DecidedProducer


def needs_packet(assignment: Assignment, eligible: Sequence[str], at: datetime) -> bool:
    """Must the district be sent a packet: its first, one with other candidates or places, one that asks for a repair?

    A district that has answered is sent one only when it has won places: it may name more. Nothing is asked again of
    one that is locked.
    """
    if assignment.packet_revision and assignment.is_locked(at):
        return False
    if not assignment.state.owes:
        return assignment.state.answered and assignment.quota > assignment.quota_told
    asked = assignment.repair.packet if assignment.repair else 1
    return (
        assignment.packet_revision < asked
        or assignment.candidates != tuple(eligible)
        or assignment.quota != assignment.quota_told
    )


def changes_of(
    connection: Connection, assignment: Assignment, here: Sequence[DecidedProducer], candidates: Collection[str]
) -> Changes:
    """What changed for a district since its last packet; ``here`` are its producers as they are decided now,
    ``candidates`` those that it may pick."""
    reasons = {
        producer_id: why
        for entry in events(connection, assignment.cycle_id, ("list-updated",))
        for producer_id, why in entry.payload["fallen"]
    }
    names = {p.producer_id: p.producer_name for p in here}
    told, repair = set(assignment.candidates), assignment.repair
    picks = tuple((i, names.get(i, i), why) for i, why in repair.fallen) if repair else ()
    return Changes(
        fallen=tuple(
            (p.producer_id, p.producer_name, reasons.get(p.producer_id) or _plain(p))
            for p in here
            if p.producer_id in told.difference(candidates)
        ),
        joined=tuple((p.producer_id, p.producer_name) for p in here if p.producer_id in set(candidates) - told),
        answered=assignment.version if repair else 0,
        fallen_picks=picks,
        restored=tuple((i, name) for i, name, _ in picks if i in candidates),
        quota_before=assignment.quota_told,
    )


def _plain(producer: DecidedProducer) -> str:
    """The reason of the decision in force, without the verdict that stands before it."""
    return producer.reason_th.removeprefix(f"{VERDICTS_TH['ineligible']}: ")
