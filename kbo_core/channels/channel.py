"""What every channel can do."""

from typing import Protocol

from kbo_core.channels.mail import Outgoing


class DeliveryError(Exception):
    """The message did not go out; it may be tried again."""


class Channel(Protocol):
    """A way to carry a message. Sending the same key again must not reach the reader twice where that can be helped."""

    @property
    def name(self) -> str: ...

    def send(self, message: Outgoing) -> None:
        """Raises DeliveryError when it did not go out."""
