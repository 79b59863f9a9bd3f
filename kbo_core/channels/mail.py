"""A message as mail (RFC 5322); the same contents give the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class Outgoing:
    """A message ready to go. ``key`` names it for ever: the same key is the same message."""

    key: str
    recipient: str
    mail: bytes


def compose(
    key: str,
    sender: Address,
    recipient: Address,
    subject: str,
    body: str,
    attachments: Sequence[Attachment],
    at: datetime,
) -> Outgoing:
    """The mail, dated ``at`` in Bangkok, its Message-ID and boundary drawn from the key."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at.astimezone(BANGKOK))
    mail["Message-ID"] = f"<{digest[:40]}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(body, cte="base64")
    for attachment in attachments:
        main, sub = attachment.kind
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.name)
    if mail.is_multipart():
        mail.set_boundary(f"=_{digest[:40]}")
    return Outgoing(key, recipient.addr_spec, mail.as_bytes())
