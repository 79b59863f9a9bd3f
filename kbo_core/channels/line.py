"""Messages by the LINE Messaging API: one push a user, with a retry key, so that trying again sends nothing twice.

Source: LINE Developers, "Retry failed API requests": a key that was accepted answers 409 from then on (for 24 hours).
"""

import json
from collections.abc import Mapping
from uuid import UUID, uuid5

import httpx

from kbo_core.channels.answers import TIMEOUT_SECONDS, post
from kbo_core.channels.channel import DeliveryError, Outgoing
from kbo_core.channels.notes import words_of
from kbo_core.domain.delivery import Answer

LINE_API = "https://api.line.me"
MAX_UNITS = 5000  # of UTF-16
_KEYS = UUID("5b0f5a4e-2f0e-5e0c-9a51-5b4f1c8f2d77")
_ALREADY_ACCEPTED = 409


class LineChannel:
    """Pushes the words of a note to LINE users; attachments stay behind, the text says where they went by mail."""

    name = "line"

    def __init__(self, token: str, url: str = LINE_API) -> None:
        self._token = token
        self._url = f"{url.rstrip('/')}/v2/bot/message/push"

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        text = cut("\n\n".join(words_of(message.content)))
        answers: dict[str, Answer] = {}
        with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
            for user in message.recipients:
                headers = {
                    "Authorization": f"Bearer {self._token}",
                    "Content-Type": "application/json",
                    "X-Line-Retry-Key": retry_key(message.key, user),
                }
                push = {"to": user, "messages": [{"type": "text", "text": text}]}
                content = json.dumps(push, ensure_ascii=False).encode()
                try:
                    answers[user] = post(client, self._url, content, headers, also_sent=_ALREADY_ACCEPTED)
                except DeliveryError as error:
                    raise DeliveryError(str(error), answers) from error
        return answers


def retry_key(key: str, user: str) -> str:
    """The same for the same message to the same user, for ever."""
    return str(uuid5(_KEYS, f"{key}/line/{user}"))


def cut(text: str) -> str:
    """The text, or as much of it as LINE takes, with a sign that there was more; no character is split."""
    if _units(text) <= MAX_UNITS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MAX_UNITS - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept}…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
