"""Messages: planned in the ledger first, then sent, then the outcome written. One door for everything that goes out."""

from collections.abc import Sequence
from datetime import datetime

from kbo_core.channels.channel import DeliveryError
from kbo_core.channels.mail import Attachment, Outgoing, compose
from kbo_core.documents.messages import Words
from kbo_core.domain.areas import District, districts, provinces
from kbo_core.office.approving import awaits_dispatch
from kbo_core.office.office import SUPERIOR, Office
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection, keep_blob, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Cycle, Message, get_assignment, get_cycle, messages


def plan_message(
    connection: Connection,
    office: Office,
    cycle: Cycle,
    district: District,
    kind: str,
    step: str,
    words: Words,
    at: datetime,
    attachments: Sequence[Attachment] = (),
    *,
    role: str = "",
    channels: Sequence[str] = ("mail",),
) -> None:
    """Write the intention: the message, complete, under its unique key (cycle, district, kind, step, channel)."""
    recipient = office.recipient(district, role)
    outgoing = compose(
        _key(cycle.cycle_id, district.code, kind, step),
        office.sender(provinces()[cycle.province_code]),
        recipient,
        *words,
        attachments,
        at,
    )
    keep_blob(connection, sha256(outgoing.mail), outgoing.mail)
    payload = {
        "district": district.code,
        "kind": kind,
        "step": step,
        "channel": office.channel.name,
        "recipient": recipient.addr_spec,
        "subject": words[0],
        "sha256": sha256(outgoing.mail),
    }
    append(connection, cycle.cycle_id, "message-planned", payload, at=at, by="system")


def explain_step(
    connection: Connection, office: Office, cycle_id: str, district_code: str, step: str, why: str, at: datetime
) -> None:
    """Write down why a due reminder is not sent."""
    payload = {
        "district": district_code,
        "kind": "reminder",
        "step": step,
        "channel": office.channel.name,
        "explanation": why,
    }
    append(connection, cycle_id, "step-explained", payload, at=at, by="system")


def send_planned(office: Office, cycle_id: str, district_code: str, at: datetime) -> tuple[int, int]:
    """Send what waits for a district: (sent, failed). What fails stays planned and is tried again by the next turn.

    The cycle's row is held while one message goes out, so that no second worker sends it too. A crash between sending
    and writing the outcome sends the same message again: the same file, or a mail with the same Message-ID.
    """
    sent = failed = 0
    where = {"district_code": district_code, "state": "planned", "channel": office.channel.name}
    with office.database.read() as connection:
        waiting = messages(connection, cycle_id, **where)
    for message in waiting:
        with office.database.write() as connection:
            hold(connection, cycle_id)
            planned = messages(connection, cycle_id, **where)
            if message.kind == "packet" and awaits_dispatch(connection, get_cycle(connection, cycle_id)):
                continue
            if (message.kind, message.step) not in {(m.kind, m.step) for m in planned}:
                continue  # another worker was faster
            facts = {"district": district_code, "kind": message.kind, "step": message.step, "channel": message.channel}
            if why := _overtaken(connection, message, planned):
                append(connection, cycle_id, "step-explained", {**facts, "explanation": why}, at=at, by="system")
                continue
            assert message.sha256 is not None  # noqa: S101 - what is planned was composed
            error = _try(office, message, load_blob(connection, message.sha256))
            if error:
                append(connection, cycle_id, "message-failed", {**facts, "error": error}, at=at, by="system")
                failed += 1
            else:
                append(connection, cycle_id, "message-sent", facts, at=at, by="system")
                sent += 1
    return sent, failed


def _overtaken(connection: Connection, message: Message, planned: Sequence[Message]) -> str:
    """Why a reminder that could not go out in its time is not sent any more; empty when it still is."""
    if not is_reminder(message.kind):
        return ""
    if get_cycle(connection, message.cycle_id).state != "open":
        return "รอบนี้รวมเล่มแล้ว"
    if not get_assignment(connection, message.cycle_id, message.district_code).state.owes:
        return "อำเภอรายงานแล้ว"
    newer = [m for m in planned if m.kind == message.kind and m.planned_at > message.planned_at]
    return f"แทนด้วย {newer[-1].step} ซึ่งรอส่งอยู่เช่นกัน" if newer else ""


def is_reminder(kind: str) -> bool:
    """Is a message one that loses its sense when the answer arrives?"""
    return kind == "reminder" or kind.startswith("escalation")


def _try(office: Office, message: Message, mail: bytes) -> str:
    key = _key(message.cycle_id, message.district_code, message.kind, message.step)
    role = {"escalation": SUPERIOR, "escalation-chief": "chief"}.get(message.kind, "")
    recipient = office.recipient(districts()[message.district_code], role)
    try:
        office.channel.send(Outgoing(key, recipient.addr_spec, mail))
    except DeliveryError as error:
        return str(error)
    return ""


def _key(cycle_id: str, district_code: str, kind: str, step: str) -> str:
    return f"{cycle_id}/{district_code}-{kind}-{step}"
