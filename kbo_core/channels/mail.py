"""A message as mail (RFC 5322); the same contents give the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from kbo_core.domain.thai_dates import BANGKOK

PDF = ("application", "pdf")


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message."""

    name: str
    content: bytes
    kind: tuple[str, str]


def message_token(key: str) -> str:
    """The part of a mail's Message-ID before the ``@``: what a bounce or a receipt tells its message by."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def compose(
    key: str,
    sender: Address,
    recipients: Sequence[Address],
    subject: str,
    body: str,
    attachments: Sequence[Attachment],
    at: datetime,
    *,
    asks_for_notice: bool = False,
) -> bytes:
    """The mail, dated ``at`` in Bangkok, its Message-ID and boundary drawn from the key."""
    token = message_token(key)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipients
    # Folded by the older class: the newer one loses a blank that falls on the end of a line.
    mail.set_raw("Subject", Header(subject, "utf-8", header_name="Subject").encode())
    mail["Date"] = format_datetime(at.astimezone(BANGKOK))
    mail["Message-ID"] = f"<{token}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    if asks_for_notice:
        mail["Disposition-Notification-To"] = sender.addr_spec
    mail.set_content(body, cte="base64")
    for attachment in attachments:
        main, sub = attachment.kind
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    if mail.is_multipart():
        mail.set_boundary(f"=_{token}")
    return mail.as_bytes()
