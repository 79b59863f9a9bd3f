"""The districts' answers: taken in, approved, given back, withdrawn, asked for again."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from kbo_core.domain.assignments import Move, after
from kbo_core.store import schema
from kbo_core.store.folds.rows import Fold, Payload, change_assignment, new_limits, state_of, text_of


def _submission_accepted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _take_in(connection, cycle_id, at, payload, Move.NIL if payload["is_nil"] else Move.ACCEPT)


def _submission_received(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """An answer that a person has still to look at."""
    _take_in(connection, cycle_id, at, payload, Move.SUBMIT)


def _take_in(connection: Connection, cycle_id: str, at: datetime, payload: Payload, move: Move) -> None:
    district = payload["district"]
    received_at = datetime.fromisoformat(payload["received_at"]) if "received_at" in payload else at
    give_up_answer(connection, cycle_id, district, "superseded")
    connection.execute(
        schema.submission.insert().values(
            cycle_id=cycle_id,
            district_code=district,
            version=payload["version"],
            sha256=payload["sha256"],
            received_at=received_at,
            is_nil=payload["is_nil"],
            picks=text_of(payload["picks"]),
            shortfall_reason=payload["shortfall_reason"],
            via=payload["via"],
            state="in_force",
        )
    )
    if payload["picks"]:
        linked = schema.linked_identity
        mine = select(linked.c.producer_id, linked.c.identity).where(linked.c.cycle_id == cycle_id)
        identities = {row.producer_id: row.identity for row in connection.execute(mine)}
        connection.execute(
            schema.pick.insert(),
            [
                {
                    "cycle_id": cycle_id,
                    "producer_id": producer_id,
                    "district_code": district,
                    "place": place,
                    "tier": tier,
                    "identity": identities.get(producer_id, producer_id),
                }
                for place, (producer_id, tier) in enumerate(payload["picks"], start=1)
            ],
        )
    change_assignment(
        connection,
        cycle_id,
        district,
        state=after(state_of(connection, cycle_id, district), move),
        version=payload["version"],
        submission_sha256=payload["sha256"],
        submitted_at=received_at,
        is_late=payload["is_late"],
        shortfall_reason=payload["shortfall_reason"],
        repair=None,
        comments=None,
    )


def give_up_answer(connection: Connection, cycle_id: str, district: str, why: str) -> None:
    """The district's answer counts no longer: its picks are free, its version says why."""
    pick, submission = schema.pick, schema.submission
    connection.execute(delete(pick).where(pick.c.cycle_id == cycle_id, pick.c.district_code == district))
    connection.execute(
        update(submission)
        .where(
            submission.c.cycle_id == cycle_id,
            submission.c.district_code == district,
            submission.c.state == "in_force",
        )
        .values(state=why)
    )


def _submission_approved(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    district = payload["district"]
    move = Move.NIL if payload["is_nil"] else Move.ACCEPT
    change_assignment(connection, cycle_id, district, state=after(state_of(connection, cycle_id, district), move))


def _submission_returned(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _ask_again(connection, cycle_id, at, payload, Move.RETURN, "returned")


def _submission_withdrawn(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _ask_again(connection, cycle_id, at, payload, Move.WITHDRAW, "withdrawn")


def _ask_again(connection: Connection, cycle_id: str, at: datetime, payload: Payload, move: Move, why: str) -> None:
    district = payload["district"]
    give_up_answer(connection, cycle_id, district, why)
    values = {"state": after(state_of(connection, cycle_id, district), move), "asked_at": at, "is_late": False}
    if "due_at" in payload:  # time to answer again
        values |= new_limits(payload)
    change_assignment(connection, cycle_id, district, **values, comments=payload["comments"])


def _repair_opened(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """The answer counts no longer; reminders begin when the new packet has gone out. Who was locked is open again."""
    district, assignment = payload["district"], schema.assignment
    mine = (assignment.c.cycle_id == cycle_id) & (assignment.c.district_code == district)
    packet = connection.execute(select(assignment.c.packet_revision).where(mine)).scalar_one() + 1
    give_up_answer(connection, cycle_id, district, "fallen")
    fallen = list(zip(payload["producers"], payload["why"], strict=True))
    change_assignment(
        connection,
        cycle_id,
        district,
        state=after(state_of(connection, cycle_id, district), Move.REPAIR),
        dispatched_at=None,
        asked_at=None,
        **(new_limits(payload) if "due_at" in payload else {}),
        repair=text_of({"packet": packet, "fallen": fallen}),
    )


KINDS: Mapping[str, Fold] = {
    "submission-accepted": _submission_accepted,
    "submission-received": _submission_received,
    "submission-approved": _submission_approved,
    "submission-returned": _submission_returned,
    "submission-withdrawn": _submission_withdrawn,
    "repair-opened": _repair_opened,
}
