"""A packet sent once more: to whom the contact book names now, because nobody was reached or the papers were lost."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from kbo_core.channels.mail import Attachment
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import blocked
from kbo_core.office.limits import open_cycle
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.store.database import load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import get_assignment, messages


def resend_packet(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> str:
    """Plan a district's newest packet again, the same words and papers; the step of the new message.

    Raises BlockedError when there is no packet yet, when one still waits to go out, or when the report was issued.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        sent = [m for m in messages(connection, cycle_id, district_code=district_code, kind="packet") if m.is_mail]
        district = districts()[district_code]
        if not sent or any(m.state == "planned" for m in sent):
            raise blocked(
                "packet-not-sent-yet",
                district_code,
                f"ยังไม่มีเอกสารของ{district.title_th}ที่ส่งไปแล้ว ฉบับที่รอส่งจะออกในการติดตามครั้งต่อไป (kbo cycle follow)",
                f"no packet of {district_code} has gone out; one that waits goes with the next turn",
            )
        revision = f"{assignment.packet_revision:02}"
        again = [m for m in sent if m.step.partition("-")[0] == revision]
        step = f"{revision}-{len(again) + 1}"
        newest = again[-1]
        assert newest.sha256 is not None  # noqa: S101 - what was planned was composed
        mail = message_from_bytes(load_blob(connection, newest.sha256), policy=default)
        append(
            connection,
            cycle_id,
            "resend-asked",
            {"district": district_code, "kind": "packet", "step": step},
            at=at,
            by=by,
            reason=reason,
        )
        words = str(mail["Subject"]), _body(mail)
        plan_message(connection, office, cycle, district, "packet", step, words, at, _attachments(mail))
        return step


def _body(mail: EmailMessage) -> str:
    body = mail.get_body()
    assert body is not None  # noqa: S101 - every mail of ours has one
    text: str = body.get_content()
    return text


def _attachments(mail: EmailMessage) -> list[Attachment]:
    return [
        Attachment(
            part.get_filename() or "", part.get_content(), (part.get_content_maintype(), part.get_content_subtype())
        )
        for part in mail.iter_attachments()
        if isinstance(part, EmailMessage)
    ]
