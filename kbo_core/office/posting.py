"""Messages: planned in the ledger first, then sent, then the outcome written. One door for everything that goes out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTP

from kbo_core.channels.channel import Channel, DeliveryError, Outgoing
from kbo_core.channels.mail import Attachment, compose
from kbo_core.channels.notes import compose_note
from kbo_core.documents.messages import Words
from kbo_core.domain.areas import District, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.delivery import Answer, Outcome, Tried, after_try
from kbo_core.domain.findings import RefusedError
from kbo_core.office.approving import awaits_dispatch
from kbo_core.office.office import LINE, MAIL, WEBHOOK, Office
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection, keep_blob, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import (
    Cycle,
    Message,
    due_messages,
    get_assignment,
    get_cycle,
    is_out_of_reach,
    messages,
)

_CHANNELS = (MAIL, LINE, WEBHOOK)


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
    channels: Sequence[str] | None = None,
) -> None:
    """Write the intention: the message, complete, a row a channel under its key (cycle, district, kind, step, channel).

    It goes to every contact of the role that is in force: by mail always, by ``line`` and ``webhook`` where
    ``channels`` names them, they are set up, and somebody is there to be reached.
    Raises RefusedError when mail has no address to go to.
    """
    if odd := set(channels or ()) - set(_CHANNELS):
        raise ValueError(f"no such channel: {', '.join(sorted(odd))}")
    key = _key(cycle.cycle_id, district.code, kind, step)
    line = {"district": district.code, "kind": kind, "step": step, "subject": words[0]}
    addresses = office.mail_recipients(district, role, at)
    _plan_mail(connection, office, cycle, line, words, at, addresses, attachments)
    for name in (LINE, WEBHOOK):
        channel = office.channel(name) if name in (channels or ()) else None
        if channel and (reached := office.recipients_of(name, district, role, at)):
            facts = {"cycle": cycle.cycle_id, "district_code": district.code, "kind": kind, "step": step, "role": role}
            content = compose_note(key, facts, *words, attachments, at)
            _plan(connection, cycle, line, channel, content, reached, at)


def plan_for_staff(
    connection: Connection, office: Office, cycle: Cycle, kind: str, step: str, words: Words, at: datetime
) -> None:
    """Write the intention of a mail to the province's own staff, in the ledger under the province's code.

    Where the contact book has no staff, or cannot be read, the line says so and nothing is sent.
    """
    line = {"district": cycle.province_code, "kind": kind, "step": step, "subject": words[0]}
    why = "สมุดที่อยู่ไม่มีเจ้าหน้าที่จังหวัด (staff)"
    try:
        addresses = office.staff_addresses(at)
    except RefusedError as error:
        addresses, why = [], "; ".join(finding.message_th for finding in error.findings)
    if addresses:
        _plan_mail(connection, office, cycle, line, words, at, addresses, ())
    else:
        explained = {**line, "channel": office.mail.name, "explanation": why}
        append(connection, cycle.cycle_id, "step-explained", explained, at=at, by="system")


def _plan_mail(
    connection: Connection,
    office: Office,
    cycle: Cycle,
    line: Mapping[str, str],
    words: Words,
    at: datetime,
    addresses: Sequence[Address],
    attachments: Sequence[Attachment],
) -> None:
    key = _key(cycle.cycle_id, line["district"], line["kind"], line["step"])
    sender = office.sender(provinces()[cycle.province_code])
    is_sent = office.mail.name == "smtp"
    mail = compose(key, sender, addresses, *words, attachments, at, asks_for_notice=is_sent)
    _plan(connection, cycle, line, office.mail, mail, [address.addr_spec for address in addresses], at)


def _plan(
    connection: Connection,
    cycle: Cycle,
    line: Mapping[str, str],
    channel: Channel,
    content: bytes,
    recipients: Sequence[str],
    at: datetime,
) -> None:
    """The row. Addresses are personal: they are kept apart, and the event names them by hash and place."""
    envelope = json.dumps(recipients).encode()
    for kept in (content, envelope):
        keep_blob(connection, sha256(kept), kept)
    payload = {
        **line,
        "channel": channel.name,
        "recipients": len(recipients),
        "envelope": sha256(envelope),
        "sha256": sha256(content),
    }
    append(connection, cycle.cycle_id, "message-planned", payload, at=at, by="system")


def plan_if_reachable(
    connection: Connection,
    office: Office,
    cycle: Cycle,
    district: District,
    kind: str,
    step: str,
    words: Words,
    at: datetime,
) -> None:
    """The same for what a district is told of its own doing, which counts whatever stands in the contact book: without
    an address, the ledger says why nothing is sent."""
    try:
        plan_message(connection, office, cycle, district, kind, step, words, at)
    except RefusedError as error:
        why = "; ".join(finding.message_th for finding in error.findings)
        explain_step(connection, office, cycle.cycle_id, district.code, step, why, at, kind=kind)


def explain_step(
    connection: Connection,
    office: Office,
    cycle_id: str,
    district_code: str,
    step: str,
    why: str,
    at: datetime,
    *,
    kind: str = "reminder",
) -> None:
    """Write down why a due message, a reminder if nothing else is said, is not sent."""
    payload = {
        "district": district_code,
        "kind": kind,
        "step": step,
        "channel": office.mail.name,
        "explanation": why,
    }
    append(connection, cycle_id, "step-explained", payload, at=at, by="system")


def send_planned(office: Office, cycle_id: str, district_code: str, at: datetime) -> tuple[int, int]:
    """Send what is due to a district: (sent, failed). What fails stays planned and is tried again when it is due.

    While a message goes out its name is held, so that no second worker sends it too; the store is not. A crash between
    sending and writing the outcome sends the same message again: the same file, a mail with the same Message-ID, a push
    with the same retry key. A channel whose server cannot be reached does not hold up the others, and is left alone for
    the rest of the turn.
    """
    outcomes = []
    with office.database.read() as connection:
        waiting = sendable(connection, get_cycle(connection, cycle_id), at, district_code=district_code)
    for message in waiting:
        if channel := office.channel(message.channel):
            with office.database.alone(f"{key_of(message)}/{message.channel}"):
                outcomes.append(_send(office, channel, message, at))
    return outcomes.count(True), outcomes.count(False)


def _send(office: Office, channel: Channel, message: Message, at: datetime) -> bool | None:
    """One message, held by the caller: did it reach somebody, or nobody? None when it was not to be sent any more."""
    with office.database.read() as connection:
        message = _as_it_stands(connection, message)
        if not message.is_due(at):
            return None  # another worker was faster
        why = _overtaken(connection, message, at)
        if not why and is_out_of_reach(connection, channel.name, at):
            return False
        assert message.sha256 is not None  # noqa: S101 - what is planned was composed
        content = load_blob(connection, message.sha256)
        addresses = recipients_of(connection, message)
    if why:
        _drop(office, message, why, at)
        return None
    tried, is_unreachable = _try(channel, message, content, addresses, at)
    with office.database.write() as connection:
        hold(connection, message.cycle_id)
        if _as_it_stands(connection, message).attempts == message.attempts:
            payload: dict[str, object] = {
                **message.facts,
                "answers": [[place, answer.outcome, answer.words] for place, answer in sorted(tried.answers.items())],
                "retry_at": tried.retry_at.isoformat() if tried.retry_at else None,
            }
            if tried.kind != "message-sent":
                payload["error"] = tried.why
            if is_unreachable:
                payload["unreachable"] = True
            append(connection, message.cycle_id, tried.kind, payload, at=at, by="system")
    return tried.reached_somebody


def _try(
    channel: Channel, message: Message, content: bytes, addresses: Sequence[str], at: datetime
) -> tuple[Tried, bool]:
    """Send to those still to be reached; what came of it, and whether the server could not be reached."""
    left = {place: addresses[place] for place, r in enumerate(message.recipients) if r.outcome.is_open}
    key, is_unreachable = key_of(message), False
    try:
        answers = channel.send(Outgoing(key, tuple(left.values()), content, at))
    except DeliveryError as error:
        is_unreachable = True
        later = Answer(Outcome.DEFERRED, str(error))
        answers = {address: error.answers.get(address, later) for address in left.values()}
    by_place = {place: answers[address] for place, address in left.items()}
    return after_try(f"{key}/{channel.name}", message.recipients, by_place, message.attempts + 1, at), is_unreachable


def _drop(office: Office, message: Message, why: str, at: datetime) -> None:
    """Write down why those who are still to be reached are not tried any more."""
    with office.database.write() as connection:
        hold(connection, message.cycle_id)
        if _as_it_stands(connection, message) == message:
            kind = "recipients-dropped" if message.state == "sent" else "step-explained"
            payload = {**message.facts, "explanation": why}
            append(connection, message.cycle_id, kind, payload, at=at, by="system")


def _overtaken(connection: Connection, message: Message, at: datetime) -> str:
    """Why a packet or a reminder that could not go out in its time is not sent any more; empty when it still is."""
    if message.kind != "packet" and not is_reminder(message.kind):
        return ""
    assignment = get_assignment(connection, message.cycle_id, message.district_code)
    if assignment.state is State.NOT_ASKED:
        return "อำเภอไม่มีจำนวนจัดสรรแล้ว"
    same = {"district_code": message.district_code, "kind": message.kind, "channel": message.channel}
    if message.kind == "packet":
        return _outrun(message, messages(connection, message.cycle_id, **same))
    if get_cycle(connection, message.cycle_id).state != "open":
        return "รอบนี้รวมเล่มแล้ว"
    if not assignment.state.owes:
        return "อำเภอรายงานแล้ว"
    if assignment.is_locked(at):
        return "ปิดรับแล้ว"
    if assignment.asked_at is None or message.planned_at < assignment.asked_at:
        return "มีกำหนดส่งใหม่หรือให้ส่งใหม่แล้ว"
    planned = messages(connection, message.cycle_id, state="planned", **same)
    newer = [m for m in planned if m.planned_at > message.planned_at]
    return f"แทนด้วย {newer[-1].step} ซึ่งรอส่งอยู่เช่นกัน" if newer else ""


def _outrun(message: Message, packets: Sequence[Message]) -> str:
    """A packet gives way to one that was made before anything had reached the district: that one says everything, later
    ones what has changed since."""
    first_out = min((m.sent_at for m in packets if m.sent_at), default=None)
    whole = [m for m in packets if m.step > message.step and m.sha256 and (not first_out or m.planned_at <= first_out)]
    return f"แทนด้วยหนังสือฉบับที่ {whole[-1].step}" if whole else ""


def is_reminder(kind: str) -> bool:
    """Is a message one that loses its sense when the answer arrives?"""
    return kind == "reminder" or kind.startswith("escalation")


def outgoing(connection: Connection, office: Office, cycle: Cycle, district_code: str, at: datetime) -> list[Message]:
    """What ``send_planned`` would send a district at an instant, were every server to take it."""
    return [
        message
        for message in sendable(connection, cycle, at, district_code=district_code)
        if office.channel(message.channel)
        and not is_out_of_reach(connection, message.channel, at)
        and not _overtaken(connection, message, at)
    ]


def sendable(connection: Connection, cycle: Cycle, at: datetime, **where: str) -> list[Message]:
    """What is due and may go out: a packet not before it is signed."""
    due = due_messages(connection, cycle.cycle_id, at, **where)
    others = [m for m in due if m.kind != "packet"]
    return others if len(others) < len(due) and awaits_dispatch(connection, cycle) else due


def _as_it_stands(connection: Connection, message: Message) -> Message:
    names = ("district_code", "kind", "step", "channel")
    (line,) = messages(connection, message.cycle_id, **{name: getattr(message, name) for name in names})
    return line


def recipients_of(connection: Connection, message: Message) -> list[str]:
    """The addresses of a message, each at its place."""
    if message.envelope is None:  # planned before there were envelopes: one recipient, whom the mail itself names
        assert message.sha256 is not None  # noqa: S101 - what is planned was composed
        mail = message_from_bytes(load_blob(connection, message.sha256), policy=SMTP)
        return [address.addr_spec for address in mail["To"].addresses]
    addresses: list[str] = json.loads(load_blob(connection, message.envelope))
    return addresses


def key_of(message: Message) -> str:
    """What a message is called for ever, on every channel."""
    return _key(message.cycle_id, message.district_code, message.kind, message.step)


def _key(cycle_id: str, district_code: str, kind: str, step: str) -> str:
    return f"{cycle_id}/{district_code}-{kind}-{step}"
