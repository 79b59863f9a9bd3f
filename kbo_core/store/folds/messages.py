"""The ledger: packets and messages planned, tried, dropped, noticed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from kbo_core.domain.assignments import Move, State, after, is_allowed
from kbo_core.domain.delivery import Outcome
from kbo_core.store import schema
from kbo_core.store.folds.rows import Fold, Payload, change_assignment, state_of, text_of


def _packet_prepared(connection: Connection, cycle_id: str, _at: datetime, payload: Payload) -> None:
    change_assignment(
        connection,
        cycle_id,
        payload["district"],
        packet_revision=payload["revision"],
        packet_quota=payload.get("quota"),
        candidates=text_of(payload["candidates"]),
        letter_sha256=payload["letter"],
        form_sha256=payload["form"],
    )


def _message_planned(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    told = {name: payload[name] for name in ("subject", "sha256")} | {"envelope": payload.get("envelope")}
    waiting = text_of([{"outcome": Outcome.WAITING, "words": ""}] * payload.get("recipients", 1))
    _new_message(connection, cycle_id, at, payload, state="planned", recipients=waiting, **told)


def _message_sent(connection: Connection, cycle_id: str, at: datetime, payload: Payload) -> None:
    _tried(connection, cycle_id, at, payload, Outcome.ACCEPTED, state="sent", sent_at=at)
    if payload["kind"] == "packet":
        district = payload["district"]
        state = state_of(connection, cycle_id, district)
        if state is State.PLANNED:  # a later revision of the packet moves nothing
            change_assignment(
                connection, cycle_id, district, state=after(state, Move.DISPATCH), dispatched_at=at, asked_at=at
            )
        elif state is State.REPAIR and int(payload["step"].partition("-")[0]) >= _repair_packet(
            connection, cycle_id, district
        ):
            # It knows now that it owes another answer.
            change_assignment(connection, cycle_id, district, dispatched_at=at, asked_at=at)


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
        recipients=text_of(recipients),
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
    dropped = {"recipients": text_of(recipients), "retry_at": None, "unreachable_at": None}
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
    values: dict[str, Any] = {"recipients": text_of(recipients)}
    table = schema.message
    known = connection.execute(select(table.c.delivery, table.c.delivery_at).where(*_line(cycle_id, payload))).one()
    if known.delivery_at is None or (occurred_at, _rank(delivery)) >= (known.delivery_at, _rank(known.delivery)):
        values |= {"delivery": delivery, "delivery_at": occurred_at}
    _message(connection, cycle_id, payload, **values)
    move = {"delivered": Move.DELIVER, "opened": Move.OPEN}.get(delivery)
    if move and payload["kind"] == "packet":
        state = state_of(connection, cycle_id, payload["district"])
        if is_allowed(state, move):  # who has answered meanwhile is further on
            change_assignment(connection, cycle_id, payload["district"], state=after(state, move))


def _rank(delivery: str | None) -> int:
    """What is opened was delivered; what bounced after that was bounced by somebody further on."""
    return (None, "delivered", "opened", "bounced").index(delivery)


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


KINDS: Mapping[str, Fold] = {
    "packet-prepared": _packet_prepared,
    "message-planned": _message_planned,
    "message-sent": _message_sent,
    "message-failed": _message_failed,
    "message-retried": _message_retried,
    "message-undeliverable": _message_undeliverable,
    "recipients-dropped": _recipients_dropped,
    "step-explained": _step_explained,
    "message-bounced": _message_noticed,
    "message-delivered": _message_noticed,
    "message-opened": _message_noticed,
}
