"""State as the fold of the log: what each kind of event does to the tables."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from kbo_core.domain.assignments import Move, State, after, first_state, is_allowed
from kbo_core.domain.delivery import Outcome
from kbo_core.store import schema
from kbo_core.store.database import load_blob

Payload = Mapping[str, Any]
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


def _opened(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    limits = _limits(payload)
    connection.execute(
        schema.cycle.insert().values(
            cycle_id=cycle_id,
            province_code=payload["province_code"],
            definition_sha256=payload["definition"],
            inputs=_text(payload["inputs"]),
            opened_at=at,
            **limits,
            state="open",
            revision=0,
            outputs="{}",
            snapshot=payload.get("snapshot"),
        )
    )
    rows = _csv(load_blob(connection, payload["register"]))
    if rows:
        connection.execute(
            schema.producer.insert(), [{**row, "cycle_id": cycle_id, "row": int(row["row"])} for row in rows]
        )
    connection.execute(
        schema.assignment.insert(),
        [
            {
                "cycle_id": cycle_id,
                "district_code": code,
                "place": place,
                "quota": quota,
                "state": first_state(quota),
                **limits,
                "packet_revision": 0,
                "candidates": "[]",
                "version": 0,
                "is_late": False,
                "shortfall_reason": "",
            }
            for place, (code, quota) in enumerate(payload["quota"], start=1)
        ],
    )


def _decided(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    revision = payload["revision"]
    connection.execute(
        update(schema.cycle)
        .where(schema.cycle.c.cycle_id == cycle_id)
        .values(revision=revision, decided_at=at, outputs=_text(payload["outputs"]))
    )
    if "snapshot" in payload:
        connection.execute(
            update(schema.cycle).where(schema.cycle.c.cycle_id == cycle_id).values(snapshot=payload["snapshot"])
        )
    columns = {column.name for column in schema.decision.columns}
    rows = _csv(load_blob(connection, payload["decisions"]))
    if rows:
        connection.execute(
            schema.decision.insert(),
            [
                {**{k: v for k, v in row.items() if k in columns}, "cycle_id": cycle_id, "revision": revision}
                for row in rows
            ],
        )
    _tier(connection, cycle_id, {row["producer_id"]: row["tier"] for row in rows})
    _link(connection, cycle_id, payload.get("linked", []))


def _tier(connection: Connection, cycle_id: str, tiers: Mapping[str, str]) -> None:
    """The picks by the tier that they are eligible under now."""
    pick = schema.pick
    for row in connection.execute(select(pick.c.producer_id, pick.c.tier).where(pick.c.cycle_id == cycle_id)).all():
        # Who is picked by way of exception has no tier of its own.
        if (tier := tiers.get(row.producer_id)) and int(tier) != row.tier:
            mine = (pick.c.cycle_id == cycle_id) & (pick.c.producer_id == row.producer_id)
            connection.execute(update(pick).where(mine).values(tier=int(tier)))


def _link(connection: Connection, cycle_id: str, linked: Iterable[list[str]]) -> None:
    """Which producers are one under several ids, from now on; for those already picked too."""
    table, pick = schema.linked_identity, schema.pick
    connection.execute(delete(table).where(table.c.cycle_id == cycle_id))
    connection.execute(update(pick).where(pick.c.cycle_id == cycle_id).values(identity=pick.c.producer_id))
    for identity, ids in [(ids[0], ids) for ids in linked]:
        connection.execute(
            table.insert(), [{"cycle_id": cycle_id, "producer_id": i, "identity": identity} for i in ids]
        )
        mine = (pick.c.cycle_id == cycle_id) & pick.c.producer_id.in_(ids)
        connection.execute(update(pick).where(mine).values(identity=identity))


def _packet_prepared(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    _assignment(
        connection,
        cycle_id,
        payload["district"],
        packet_revision=payload["revision"],
        packet_quota=payload.get("quota"),
        candidates=_text(payload["candidates"]),
        letter_sha256=payload["letter"],
        form_sha256=payload["form"],
    )


def _message_planned(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    told = {name: payload[name] for name in ("subject", "sha256")} | {"envelope": payload.get("envelope")}
    waiting = _text([{"outcome": Outcome.WAITING, "words": ""}] * payload.get("recipients", 1))
    _new_message(connection, cycle_id, at, payload, state="planned", recipients=waiting, **told)


def _message_sent(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _tried(connection, cycle_id, at, payload, Outcome.ACCEPTED, state="sent", sent_at=at)
    if payload["kind"] == "packet":
        district = payload["district"]
        state = _state(connection, cycle_id, district)
        if state is State.PLANNED:  # a later revision of the packet moves nothing
            _assignment(
                connection, cycle_id, district, state=after(state, Move.DISPATCH), dispatched_at=at, asked_at=at
            )
        elif state is State.REPAIR and int(payload["step"].partition("-")[0]) >= _repair_packet(
            connection, cycle_id, district
        ):
            # It knows now that it owes another answer.
            _assignment(connection, cycle_id, district, dispatched_at=at, asked_at=at)


def _message_failed(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _tried(connection, cycle_id, at, payload, Outcome.DEFERRED, explanation=payload["error"])


def _message_retried(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """Another try for those whom a message that was sent has not reached."""
    _tried(connection, cycle_id, at, payload, Outcome.DEFERRED)


def _message_undeliverable(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    said = payload["error"]
    _tried(connection, cycle_id, at, payload, Outcome.REFUSED, state="undeliverable", explanation=said)


def _tried(
    connection: Connection, cycle_id: str, at: datetime, payload: Payload, otherwise: Outcome, **values: Any
) -> None:
    """What a try brought; an event of the first release, when a message had one recipient, tells it by its kind."""
    said = payload.get("answers", [[0, otherwise, payload.get("error", "")]])
    recipients = _recipients(connection, cycle_id, payload)
    for place, outcome, words in said:
        recipients[place] |= {"outcome": outcome, "words": words}
    retry_at = payload.get("retry_at")
    _message(
        connection,
        cycle_id,
        payload,
        attempts=schema.message.c.attempts + 1,
        recipients=_text(recipients),
        retry_at=datetime.fromisoformat(retry_at) if retry_at else None,
        unreachable_at=at if payload.get("unreachable") else None,
        **values,
    )


def _recipients_dropped(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """Those whom a message has not reached are not tried any more: it was overtaken."""
    recipients = _recipients(connection, cycle_id, payload)
    for recipient in recipients:
        if Outcome(recipient["outcome"]).is_open:
            recipient |= {"outcome": Outcome.DROPPED, "words": ""}
    dropped = {"recipients": _text(recipients), "retry_at": None, "unreachable_at": None}
    _message(connection, cycle_id, payload, **dropped)


def _step_explained(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """A step that was never planned, or one whose message was overtaken before it went out."""
    explained = {"state": "explained", "explanation": payload["explanation"]}
    if _message(connection, cycle_id, payload, **explained):
        _recipients_dropped(connection, cycle_id, at, payload)
    else:
        _new_message(connection, cycle_id, at, payload, recipients="[]", **explained)


def _message_noticed(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """A bounce, a delivery or an opening, told by a notice. The newest is the message's; of one recipient, too. A
    packet moves its district."""
    delivery, occurred_at = payload["delivery"], datetime.fromisoformat(payload["occurred_at"])
    recipients = _recipients(connection, cycle_id, payload)
    place = payload["recipient"]
    if place is not None and _rank(delivery) >= _rank(recipients[place].get("delivery")):
        recipients[place]["delivery"] = delivery
        if delivery == "bounced":
            recipients[place]["words"] = payload["words"]
    values: dict[str, Any] = {"recipients": _text(recipients)}
    table = schema.message
    known = connection.execute(select(table.c.delivery, table.c.delivery_at).where(*_line(cycle_id, payload))).one()
    if known.delivery_at is None or (occurred_at, _rank(delivery)) >= (known.delivery_at, _rank(known.delivery)):
        values |= {"delivery": delivery, "delivery_at": occurred_at}
    _message(connection, cycle_id, payload, **values)
    move = {"delivered": Move.DELIVER, "opened": Move.OPEN}.get(delivery)
    if move and payload["kind"] == "packet":
        state = _state(connection, cycle_id, payload["district"])
        if is_allowed(state, move):  # who has answered meanwhile is further on
            _assignment(connection, cycle_id, payload["district"], state=after(state, move))


def _rank(delivery: str | None) -> int:
    """What is opened was delivered; what bounced after that was bounced by somebody further on."""
    return (None, "delivered", "opened", "bounced").index(delivery)


def _submission_accepted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _take_in(connection, cycle_id, at, payload, Move.NIL if payload["is_nil"] else Move.ACCEPT)


def _submission_received(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """An answer that a person has still to look at."""
    _take_in(connection, cycle_id, at, payload, Move.SUBMIT)


def _take_in(connection: Connection, cycle_id: str, at: datetime, payload: Payload, move: Move) -> None:
    district = payload["district"]
    received_at = datetime.fromisoformat(payload["received_at"]) if "received_at" in payload else at
    _give_up_answer(connection, cycle_id, district, "superseded")
    connection.execute(
        schema.submission.insert().values(
            cycle_id=cycle_id,
            district_code=district,
            version=payload["version"],
            sha256=payload["sha256"],
            received_at=received_at,
            is_nil=payload["is_nil"],
            picks=_text(payload["picks"]),
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
    _assignment(
        connection,
        cycle_id,
        district,
        state=after(_state(connection, cycle_id, district), move),
        version=payload["version"],
        submission_sha256=payload["sha256"],
        submitted_at=received_at,
        is_late=payload["is_late"],
        shortfall_reason=payload["shortfall_reason"],
        repair=None,
        comments=None,
    )


def _give_up_answer(connection: Connection, cycle_id: str, district: str, why: str) -> None:
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
    _assignment(connection, cycle_id, district, state=after(_state(connection, cycle_id, district), move))


def _submission_returned(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _ask_again(connection, cycle_id, at, payload, Move.RETURN, "returned")


def _submission_withdrawn(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _ask_again(connection, cycle_id, at, payload, Move.WITHDRAW, "withdrawn")


def _ask_again(connection: Connection, cycle_id: str, at: datetime, payload: Payload, move: Move, why: str) -> None:
    district = payload["district"]
    _give_up_answer(connection, cycle_id, district, why)
    values = {"state": after(_state(connection, cycle_id, district), move), "asked_at": at, "is_late": False}
    if "due_at" in payload:  # time to answer again
        values |= _new_limits(payload)
    _assignment(connection, cycle_id, district, **values, comments=payload["comments"])


def _deadline_extended(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    """New limits for the districts named; for the whole cycle when it says so."""
    table = schema.assignment
    for district in payload["districts"]:
        _assignment(connection, cycle_id, district, **_new_limits(payload))
        # Who knows that it owes an answer, owes it by the new day from now on: steps from before do not count.
        knows = (table.c.cycle_id == cycle_id, table.c.district_code == district, table.c.asked_at.is_not(None))
        connection.execute(update(table).where(*knows).values(asked_at=at))
    if payload["whole_cycle"]:
        cycle = schema.cycle
        connection.execute(update(cycle).where(cycle.c.cycle_id == cycle_id).values(**_limits(payload)))


def _cycle_reopened(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    cycle = schema.cycle
    connection.execute(update(cycle).where(cycle.c.cycle_id == cycle_id).values(state="open"))
    _deadline_extended(connection, cycle_id, at, payload)


def _assignment_locked(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _assignment(connection, cycle_id, payload["district"], locked_at=at)


def _override_granted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    facts = {name: payload[name] for name in ("tier", "by", "approver", "reason")}
    connection.execute(
        schema.override.insert().values(
            cycle_id=cycle_id,
            producer_id=payload["producer"],
            clauses=_text(payload["clauses"]),
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
        _assignment(connection, cycle_id, district, quota=table.c.quota + change)
        mine = (table.c.cycle_id == cycle_id) & (table.c.district_code == district)
        row = connection.execute(select(table.c.quota, table.c.state).where(mine)).one()
        move = Move.ASK if row.quota else Move.RELEASE
        if is_allowed(State(row.state), move):
            owed = _asked_first(connection, cycle_id) if move is Move.ASK else _NOTHING_OWED
            _assignment(connection, cycle_id, district, state=after(State(row.state), move), **owed)


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


def _approval_given(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    facts = {name: payload[name] for name in ("subject", "number", "step", "by", "reason")}
    connection.execute(schema.approval.insert().values(cycle_id=cycle_id, signed_at=at, **facts))


def _list_updated(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """From now on the cycle rests on the new file."""
    table = schema.cycle
    written = connection.execute(select(table.c.inputs).where(table.c.cycle_id == cycle_id)).scalar_one()
    inputs = {label: digest for label, digest in json.loads(written).items() if label != payload["replaces"]}
    inputs[payload["label"]] = payload["sha256"]
    connection.execute(update(table).where(table.c.cycle_id == cycle_id).values(inputs=_text(inputs)))


def _repair_opened(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    """The answer counts no longer; reminders begin when the new packet has gone out. Who was locked is open again."""
    district, assignment = payload["district"], schema.assignment
    mine = (assignment.c.cycle_id == cycle_id) & (assignment.c.district_code == district)
    packet = connection.execute(select(assignment.c.packet_revision).where(mine)).scalar_one() + 1
    _give_up_answer(connection, cycle_id, district, "fallen")
    fallen = list(zip(payload["producers"], payload["why"], strict=True))
    _assignment(
        connection,
        cycle_id,
        district,
        state=after(_state(connection, cycle_id, district), Move.REPAIR),
        dispatched_at=None,
        asked_at=None,
        **(_new_limits(payload) if "due_at" in payload else {}),
        repair=_text({"packet": packet, "fallen": fallen}),
    )


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
    state = _state(connection, cycle_id, payload["district"])
    if is_allowed(state, Move.OPEN):
        _assignment(connection, cycle_id, payload["district"], state=after(state, Move.OPEN))


def _blobs_redacted(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    rows = [{"cycle_id": cycle_id, "sha256": digest, "redacted_at": at} for digest in payload["blobs"]]
    connection.execute(schema.redaction.insert(), rows)


def _nothing(_connection: Connection, _cycle_id: str, _at: datetime, _payload: Payload) -> None:
    """Remembered in the log alone: a refused form, a request, an answer that the next decision takes in."""


def _report_issued(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    connection.execute(
        schema.report.insert().values(
            cycle_id=cycle_id,
            version=payload["version"],
            made_at=at,
            content_sha256=payload["content_sha256"],
            files=_text(payload["files"]),
        )
    )
    _close(connection, cycle_id, at)


def _report_confirmed(connection: Connection, cycle_id: str, at: datetime, _payload: Payload) -> None:
    """Nothing came of a reopening: the report that was issued holds."""
    _close(connection, cycle_id, at)


def _close(connection: Connection, cycle_id: str, at: datetime) -> None:
    """The report shuts every district: a reopening opens those that it names, the others stay as they are."""
    connection.execute(update(schema.cycle).where(schema.cycle.c.cycle_id == cycle_id).values(state="closed"))
    table = schema.assignment
    is_open = (table.c.cycle_id == cycle_id, table.c.state != State.NOT_ASKED.value, table.c.locked_at.is_(None))
    connection.execute(update(table).where(*is_open).values(locked_at=at))


def _match_answered(connection: Connection, log_id: str, at: datetime, payload: Payload) -> None:
    """The last answer to a question is the one in force; the log keeps them all."""
    table = schema.match_answer
    key = {"province_code": log_id.removeprefix(_REGISTRY)}
    key |= {name: payload[name] for name in ("finding", "subject", "producer_id")}
    said = {name: payload[name] for name in ("name", "producer_name", "place", "answer", "by", "reason")}
    connection.execute(delete(table).where(*[table.c[name] == value for name, value in key.items()]))
    connection.execute(table.insert().values(**key, **said, at=at))


_KINDS: Mapping[str, Callable[[Connection, str, datetime, Payload], None]] = {
    "cycle-opened": _opened,
    "decided": _decided,
    "packet-prepared": _packet_prepared,
    "message-planned": _message_planned,
    "message-sent": _message_sent,
    "message-failed": _message_failed,
    "message-retried": _message_retried,
    "message-undeliverable": _message_undeliverable,
    "recipients-dropped": _recipients_dropped,
    "message-bounced": _message_noticed,
    "message-delivered": _message_noticed,
    "message-opened": _message_noticed,
    "step-explained": _step_explained,
    "submission-accepted": _submission_accepted,
    "submission-received": _submission_received,
    "submission-approved": _submission_approved,
    "submission-returned": _submission_returned,
    "submission-withdrawn": _submission_withdrawn,
    "deadline-extended": _deadline_extended,
    "cycle-reopened": _cycle_reopened,
    "assignment-locked": _assignment_locked,
    "override-granted": _override_granted,
    "override-revoked": _override_revoked,
    "reallocation-proposed": _reallocation_proposed,
    "reallocation-consented": _reallocation_consented,
    "reallocation-approved": _reallocation_approved,
    "reallocation-rejected": _reallocation_rejected,
    "approval-given": _approval_given,
    "submission-refused": _nothing,
    "finding-settled": _nothing,
    "resend-asked": _nothing,
    "report-issued": _report_issued,
    "report-confirmed": _report_confirmed,
    "list-updated": _list_updated,
    "repair-opened": _repair_opened,
    "match-answered": _match_answered,
    "link-issued": _link_issued,
    "link-revoked": _link_revoked,
    "packet-opened": _packet_opened,
    "extension-requested": _nothing,
    "extension-declined": _nothing,
    "override-requested": _nothing,
    "override-declined": _nothing,
    "contacts-read": _nothing,
    "blobs-redacted": _blobs_redacted,
    "account-added": _nothing,
    "account-removed": _nothing,
    "circular-issued": _nothing,
    "announced": _nothing,
}


def _assignment(connection: Connection, cycle_id: str, district: str, **values: Any) -> None:
    table = schema.assignment
    connection.execute(
        update(table).where(table.c.cycle_id == cycle_id, table.c.district_code == district).values(**values)
    )


def _new_limits(payload: Payload) -> dict[str, Any]:
    """A district's limits after an extension: it is open again, and its reminders are counted anew."""
    return {**_limits(payload), "locked_at": None, "extension": schema.assignment.c.extension + 1}


def _limits(payload: Payload) -> dict[str, datetime | None]:
    """The three instants of an opening or an extension; earlier openings knew the deadline alone."""
    limits = {name: payload.get(name) for name in ("due_at", "grace_until", "lock_at")}
    return {name: datetime.fromisoformat(text) if text else None for name, text in limits.items()}


def _state(connection: Connection, cycle_id: str, district: str) -> State:
    table = schema.assignment
    found = connection.execute(
        select(table.c.state).where(table.c.cycle_id == cycle_id, table.c.district_code == district)
    ).scalar_one()
    return State(found)


def _repair_packet(connection: Connection, cycle_id: str, district: str) -> int:
    """The revision of the packet that asks a district for another answer."""
    table = schema.assignment
    written = select(table.c.repair).where(table.c.cycle_id == cycle_id, table.c.district_code == district)
    return int(json.loads(connection.execute(written).scalar_one())["packet"])


def _new_message(connection: Connection, cycle_id: str, at: datetime, payload: Payload, **values: Any) -> None:
    key = {name: payload[name] for name in ("kind", "step", "channel")}
    line = {"subject": "", "explanation": "", "attempts": 0, **values}
    connection.execute(
        schema.message.insert().values(
            cycle_id=cycle_id, district_code=payload["district"], planned_at=at, **key, **line
        )
    )


def _message(connection: Connection, cycle_id: str, payload: Payload, **values: Any) -> bool:
    """Change a line of the ledger; False when there is none."""
    table = schema.message
    changed = connection.execute(update(table).where(*_line(cycle_id, payload)).values(**values))
    return bool(changed.rowcount)


def _recipients(connection: Connection, cycle_id: str, payload: Payload) -> list[dict[str, Any]]:
    """Where the recipients of a message stand, to be changed and written back."""
    written = connection.execute(select(schema.message.c.recipients).where(*_line(cycle_id, payload))).scalar_one()
    recipients: list[dict[str, Any]] = json.loads(written)
    return recipients


def _line(cycle_id: str, payload: Payload) -> list[ColumnElement[bool]]:
    table = schema.message
    return [
        table.c.cycle_id == cycle_id,
        table.c.district_code == payload["district"],
        table.c.kind == payload["kind"],
        table.c.step == payload["step"],
        table.c.channel == payload["channel"],
    ]


def _csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
