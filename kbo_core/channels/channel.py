"""What every channel can do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kbo_core.domain.delivery import Answer

_ADDRESS = re.compile(r"[^\s<>@:;,]+@[^\s<>:;,]+|\bU[0-9a-f]{32}\b")
_LONGEST_WORDS = 200


@dataclass(frozen=True)
class Outgoing:
    """A message ready to go. ``key`` names it for ever: the same key is the same message. ``content`` is a mail, or a
    note (``kbo_core.channels.notes``), as the channel carries it; ``recipients`` are those still to be reached."""

    key: str
    recipients: tuple[str, ...]
    content: bytes
    at: datetime


class DeliveryError(Exception):
    """The channel's server could not be reached, or does not deal with this office. Everybody who is not in ``answers``
    may be tried again, and nothing else goes out on this channel now."""

    def __init__(self, words: str, answers: Mapping[str, Answer] | None = None) -> None:
        super().__init__(words)
        self.answers = answers or {}


class Channel(Protocol):
    """A way to carry a message. Sending the same key again must not reach the reader twice where that can be helped."""

    @property
    def name(self) -> str: ...

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        """What the server said about each recipient. Raises DeliveryError when it could not be reached."""


def told(words: str) -> str:
    """A server's words as they may be written down: one line, not too long, nobody's address in it."""
    line = _ADDRESS.sub("…", " ".join(words.split()))
    return line if len(line) <= _LONGEST_WORDS else f"{line[: _LONGEST_WORDS - 1]}…"
