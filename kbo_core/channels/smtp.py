"""Messages by SMTP, with TLS and sign-in where the address asks for them."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from kbo_core.channels.channel import DeliveryError, Outgoing, told
from kbo_core.domain.delivery import Answer, Outcome
from kbo_core.domain.findings import refused

_TIMEOUT_SECONDS = 30  # for each answer
_PATIENCE_SECONDS = 120  # for a message as a whole
_TOO_LARGE = 552


@dataclass(frozen=True)
class SmtpServer:
    """Where mail is handed in. ``encryption`` is none, starttls or tls."""

    host: str
    port: int
    user: str | None
    password: str | None
    encryption: str


def parse_smtp_url(url: str) -> SmtpServer:
    """``smtp://user:password@host:587?starttls=1`` or ``smtps://…:465``. Raises RefusedError for anything else."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == -1:
        raise refused(
            "smtp-url",
            "KBO_SMTP_URL",
            "ที่อยู่เครื่องส่งจดหมายผิดรูปแบบ ใช้ smtp://ผู้ใช้:รหัสผ่าน@เครื่อง:587?starttls=1 หรือ smtps://…:465",
            "not an SMTP address: smtp://user:password@host:587?starttls=1 or smtps://…:465",
        )
    implicit = parts.scheme == "smtps"
    starttls = parse_qs(parts.query).get("starttls", ["0"])[-1] in ("1", "true", "yes")
    return SmtpServer(
        parts.hostname,
        port or (465 if implicit else 25),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        "tls" if implicit else "starttls" if starttls else "none",
    )


class SmtpChannel:
    """One connection a message; the Message-ID is drawn from the key, so a repeated one can be told."""

    name = "smtp"

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        server = self._server
        try:
            # On a thread of its own: the caller may be inside a running event loop.
            with ThreadPoolExecutor(1) as thread:
                return thread.submit(asyncio.run, self._deliver(message)).result()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{server.host}:{server.port}: {_words(error)}") from error

    async def _deliver(self, message: Outgoing) -> Mapping[str, Answer]:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.encryption == "tls",
            start_tls=server.encryption == "starttls",
            timeout=_TIMEOUT_SECONDS,
        )
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await client.connect()
                return await _hand_in(client, message)
        finally:
            client.close()


async def _hand_in(client: aiosmtplib.SMTP, message: Outgoing) -> dict[str, Answer]:
    """The server's answer about each recipient. What it has against the office itself is raised, not answered."""
    if client.is_ehlo_or_helo_needed:
        with suppress(aiosmtplib.SMTPHeloError):
            await client.ehlo()
    has_dsn = client.supports_extension("dsn")
    sender = message_from_bytes(message.content, policy=SMTP)["From"].addresses[0].addr_spec
    try:
        await client.mail(sender, options=["RET=HDRS"] if has_dsn else [])
    except aiosmtplib.SMTPSenderRefused as error:
        if error.code != _TOO_LARGE:
            raise
        return dict.fromkeys(message.recipients, Answer(Outcome.REFUSED, _words(error)))
    answers: dict[str, Answer] = {}
    try:
        for recipient in message.recipients:
            try:
                await client.rcpt(recipient, options=["NOTIFY=SUCCESS,FAILURE"] if has_dsn else [])
            except aiosmtplib.SMTPRecipientRefused as error:
                answers[recipient] = _answer(error)
        if taken := [recipient for recipient in message.recipients if recipient not in answers]:
            try:
                await client.data(message.content)
            except aiosmtplib.SMTPDataError as error:
                answers |= dict.fromkeys(taken, _answer(error))
            else:
                answers |= dict.fromkeys(taken, Answer(Outcome.ACCEPTED))
    except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError) as error:
        # Perhaps it was taken all the same: tried again, it has the same Message-ID.
        lost = Answer(Outcome.DEFERRED, _words(error))
        return {recipient: answers.get(recipient, lost) for recipient in message.recipients}
    with suppress(aiosmtplib.SMTPException, OSError):
        await client.quit()
    return answers


def _answer(error: aiosmtplib.SMTPResponseException) -> Answer:
    return Answer(Outcome.REFUSED if 500 <= error.code < 600 else Outcome.DEFERRED, _words(error))


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return told(f"{error.code} {error.message}")
    return told(f"{type(error).__name__}: {error}")
