"""Notices that lie in the home's ``inbox/notices``: what became of mails after they went out."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from kbo_core.channels.mail import message_token
from kbo_core.channels.notices import Notice, read_notice
from kbo_core.domain.findings import Finding, warn
from kbo_core.office.office import Office
from kbo_core.office.posting import key_of, recipients_of
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection, has_blob, keep_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Message, cycle_ids, messages

_MAX_BYTES = 5_000_000


def collect_notices(office: Office, at: datetime) -> tuple[int, list[Finding]]:
    """Take in the notices that lie as ``.eml`` in ``inbox/notices``: (events written, what could not be read).

    Each is taken once, by its bytes; files stay where they are. What is no notice, or about no mail of this office, is
    left and told of, for a person to look at.
    """
    folder = office.home / "inbox" / "notices"
    files = sorted(folder.glob("*.eml")) if folder.is_dir() else []
    taken, told = 0, []
    known: Mapping[str, Message] | None = None
    for file in files:
        content = file.read_bytes() if file.stat().st_size <= _MAX_BYTES else b""
        with office.database.read() as connection:
            if has_blob(connection, sha256(content)):
                continue
            if known is None:
                known = _mails(connection)
        notices = read_notice(content)
        if about := [known[n.token] for n in notices if n.token in known]:
            taken += _write(office, about[0], notices, content, at)
        else:
            told.append(_unread(file, is_notice=bool(notices)))
    return taken, told


def _mails(connection: Connection) -> dict[str, Message]:
    """Every mail of every cycle, by the token of its Message-ID."""
    ledger = [m for cycle_id in cycle_ids(connection) for m in messages(connection, cycle_id)]
    return {message_token(key_of(m)): m for m in ledger if m.is_mail and m.sha256}


def _write(office: Office, message: Message, notices: list[Notice], content: bytes, at: datetime) -> int:
    digest = sha256(content)
    with office.database.write() as connection:
        hold(connection, message.cycle_id)
        if has_blob(connection, digest):
            return 0  # another worker was faster
        keep_blob(connection, digest, content)
        addresses = [address.casefold() for address in recipients_of(connection, message)]
        events = [n for n in notices if n.delivery]
        for notice in events:
            payload = {
                **message.facts,
                "recipient": _place(addresses, notice.recipient),
                "delivery": notice.delivery,
                "words": notice.words,
                "occurred_at": min(notice.occurred_at or at, at).isoformat(),
                "notice": digest,
            }
            append(connection, message.cycle_id, f"message-{notice.delivery}", payload, at=at, by="system")
    return len(events)


def _place(addresses: list[str], recipient: str) -> int | None:
    """Whose notice it is. A message with one recipient needs no name; of several, an unknown one may be anybody's."""
    if recipient.casefold() in addresses:
        return addresses.index(recipient.casefold())
    return 0 if len(addresses) == 1 else None


def _unread(file: Path, *, is_notice: bool) -> Finding:
    if is_notice:
        return warn(
            "notice-unknown",
            file.name,
            "จดหมายแจ้งผลนี้ไม่ตรงกับข้อความใดที่ระบบส่ง โปรดตรวจแล้วย้ายออกจาก inbox/notices",
            "a notice about no mail of this office; look at it and move it out of inbox/notices",
        )
    return warn(
        "notice-unreadable",
        file.name,
        "ไม่ใช่จดหมายแจ้งผลการส่งหรือการเปิดอ่าน หรือไม่บอกว่าเป็นของข้อความใด โปรดตรวจแล้วย้ายออกจาก inbox/notices",
        "no bounce and no receipt, or none that tells its message; look at it and move it out of inbox/notices",
    )
