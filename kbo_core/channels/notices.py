"""What mail servers and readers' programs write back: bounces (RFC 3464) and receipts for reading (RFC 8098).

A notice tells its message by the Message-ID that ``kbo_core.channels.mail`` gave it. Where the report names none, the
headers of the returned mail do, be it whole or its headers alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from kbo_core.channels.channel import told

BOUNCED, DELIVERED, OPENED = "bounced", "delivered", "opened"
_BY_ACTION = {"failed": BOUNCED, "delivered": DELIVERED}
_TOKEN = re.compile(r"<?([0-9a-f]{40})@[^>\s]*>?")
_READ = "displayed"


@dataclass(frozen=True)
class Notice:
    """What became of a message at one recipient. ``recipient`` is an address as the reporting program wrote it, or
    empty; ``delivery`` is None for what changes nothing, as a delay."""

    token: str
    recipient: str
    delivery: str | None
    words: str
    occurred_at: datetime | None


def read_notice(content: bytes) -> list[Notice]:
    """What a mail tells of messages of ours; nothing when it is no notice, or tells of no message by its Message-ID."""
    mail = message_from_bytes(content)
    parts = list(mail.walk())
    token = _token(parts)
    if token is None:
        return []
    at = _instant(mail.get("Date"))
    found: list[Notice] = []
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            found += _deliveries(token, part, at)
        elif kind in ("message/disposition-notification", "message/global-disposition-notification"):
            found += _dispositions(token, part, at)
    return found


def _token(parts: list[Message]) -> str | None:
    """The message that a report is about: as a disposition names it, else as the returned mail does."""
    named: list[str] = []
    for part in parts:
        kind = part.get_content_type()
        if kind.endswith("disposition-notification"):
            named += [str(fields.get("Original-Message-ID", "")) for fields in _groups(part)]
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            named.append(str(message_from_bytes(_bytes(part)).get("Message-ID", "")))
    # The returned mail is a part like any other; the report itself comes first and has an id of its own.
    named += [str(part.get("Message-ID", "")) for part in parts[1:]]
    tokens = [found[1] for name in named if (found := _TOKEN.fullmatch(name.strip()))]
    return tokens[0] if tokens else None


def _deliveries(token: str, part: Message, at: datetime | None) -> Iterator[Notice]:
    """One group of fields for the message, then one a recipient."""
    for fields in _groups(part):
        action = str(fields.get("Action", "")).strip().casefold()
        if not action:
            continue
        status, said = str(fields.get("Status", "")), _typed(str(fields.get("Diagnostic-Code", "")))
        when = _instant(fields.get("Last-Attempt-Date")) or at
        for name in ("Original-Recipient", "Final-Recipient"):
            if recipient := _typed(str(fields.get(name, ""))):
                break
        words = told(f"{status} {said}".strip())
        yield Notice(token, recipient, _BY_ACTION.get(action), words, when)


def _dispositions(token: str, part: Message, at: datetime | None) -> Iterator[Notice]:
    """``manual-action/MDN-sent-manually; displayed``: read. Deleted unread, or processed by a program, is not."""
    for fields in _groups(part):
        said = str(fields.get("Disposition", ""))
        if not said:
            continue
        kind = said.partition(";")[2].partition("/")[0].strip().casefold()
        recipient = _typed(str(fields.get("Original-Recipient", ""))) or _typed(str(fields.get("Final-Recipient", "")))
        yield Notice(token, recipient, OPENED if kind == _READ else None, told(said), at)


def _groups(part: Message) -> list[Message]:
    """The groups of fields of a report, which programs separate by blank lines."""
    nested = part.get_payload() if part.is_multipart() else []
    whole = b"\n\n".join(each.as_bytes() for each in nested if isinstance(each, Message)) or _bytes(part)
    blocks = re.split(rb"\r?\n[ \t]*\r?\n", whole)
    return [message_from_bytes(block.strip(b"\r\n") + b"\n\n") for block in blocks if block.strip()]


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _typed(field: str) -> str:
    """``rfc822; somebody@example`` without its type and brackets."""
    kind, separator, value = field.partition(";")
    return (value if separator else kind).strip().strip("<>")


def _instant(written: object) -> datetime | None:
    try:
        at = parsedate_to_datetime(str(written))
    except (ValueError, TypeError):
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
