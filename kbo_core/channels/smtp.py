"""Messages by SMTP, with TLS and sign-in where the address asks for them."""

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from kbo_core.channels.channel import DeliveryError
from kbo_core.channels.mail import Outgoing
from kbo_core.domain.findings import refused

_TIMEOUT_SECONDS = 30


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
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
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
        parts.port or (465 if implicit else 25),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        "tls" if implicit else "starttls" if starttls else "none",
    )


class SmtpChannel:
    """One connection a message; the Message-ID is drawn from the key, so a repeated one can be told."""

    name = "smtp"

    def __init__(self, server: SmtpServer) -> None:
        self._server = server

    def send(self, message: Outgoing) -> None:
        server = self._server
        mail = message_from_bytes(message.mail, policy=SMTP)
        try:
            asyncio.run(
                aiosmtplib.send(
                    message.mail,
                    sender=mail["From"].addresses[0].addr_spec,
                    recipients=[message.recipient],
                    hostname=server.host,
                    port=server.port,
                    username=server.user,
                    password=server.password,
                    use_tls=server.encryption == "tls",
                    start_tls=server.encryption == "starttls",
                    timeout=_TIMEOUT_SECONDS,
                )
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{server.host}:{server.port}: {type(error).__name__}: {error}") from error
