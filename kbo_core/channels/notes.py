"""A message as a note: words and references for channels that carry no files."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from kbo_core.channels.mail import Attachment


def compose_note(
    key: str,
    facts: dict[str, str],
    subject: str,
    body: str,
    attachments: Sequence[Attachment],
    at: datetime,
) -> bytes:
    """JSON with ``key``, the facts, ``subject``, ``text``, ``planned_at`` and, of each attachment, name and sha256."""
    note = {
        "key": key,
        **facts,
        "subject": subject,
        "text": body,
        "planned_at": at.isoformat(),
        "attachments": [{"name": a.name, "sha256": hashlib.sha256(a.content).hexdigest()} for a in attachments],
    }
    return json.dumps(note, ensure_ascii=False, sort_keys=True).encode()


def words_of(note: bytes) -> tuple[str, str]:
    """The subject and the text of a note."""
    told = json.loads(note)
    return told["subject"], told["text"]
