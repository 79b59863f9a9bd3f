"""Messages to another system of the office, signed.

A POST of a note (``kbo_core.channels.notes``; ``application/json``, UTF-8) with three headers:

* ``KBO-Timestamp``: whole seconds since 1970, UTC, when it was sent;
* ``KBO-Signature``: ``sha256=`` and, in hexadecimal, HMAC-SHA256 with the shared secret over the timestamp, a full stop
  and the body's bytes. A receiver computes it over the bytes as they came, compares in constant time, and turns away
  timestamps that are minutes old;
* ``Idempotency-Key``: the same for the same message, however often it is sent. A receiver that has had it answers 2xx
  and does nothing.

2xx is taken; 408, 425, 429, 5xx and silence are tried again (``Retry-After`` is heeded); 401 and 403 too, for they are
about the secret; any other 4xx is refused for good. Redirects are not followed.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import httpx

from kbo_core.channels.answers import TIMEOUT_SECONDS, post
from kbo_core.channels.channel import Outgoing
from kbo_core.domain.delivery import Answer
from kbo_core.domain.findings import refused

RECEIVER = "webhook"  # the one recipient there is
_KEYS = UUID("c7f0cf52-6a50-5a3b-8e57-0c4a5a6d9b11")


def parse_webhook(url: str, secret: str | None) -> "WebhookChannel":
    """The channel to an address. Raises RefusedError for one that is none, or without a secret to sign with."""
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise refused(
            "webhook-url",
            "KBO_WEBHOOK_URL",
            "ที่อยู่ของระบบรับข้อความผิดรูปแบบ ใช้ https://เครื่อง/ทาง",
            "not an address of a webhook: https://host/path",
        )
    if not secret:
        raise refused(
            "webhook-secret",
            "KBO_WEBHOOK_SECRET",
            "ตั้ง KBO_WEBHOOK_URL แล้วต้องตั้ง KBO_WEBHOOK_SECRET ด้วย เพื่อให้ผู้รับตรวจลายเซ็นของข้อความได้",
            "KBO_WEBHOOK_URL needs KBO_WEBHOOK_SECRET, with which messages are signed",
        )
    return WebhookChannel(url, secret)


class WebhookChannel:
    """Posts the note itself; what it refers to is fetched or asked for elsewhere."""

    name = "webhook"

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        timestamp = str(int(message.at.timestamp()))
        headers = {
            "Content-Type": "application/json",
            "KBO-Timestamp": timestamp,
            "KBO-Signature": signature(self._secret, timestamp, message.content),
            "Idempotency-Key": str(uuid5(_KEYS, message.key)),
        }
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            answer = post(client, self._url, message.content, headers)
        return dict.fromkeys(message.recipients, answer)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What ``KBO-Signature`` must say."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
