"""What an HTTP server's answer means for a message."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx

from kbo_core.channels.channel import DeliveryError, told
from kbo_core.domain.delivery import Answer, Outcome

TIMEOUT_SECONDS = 30
_ABOUT_THE_OFFICE = (401, 403, 407)  # a wrong token: put right by a person, so never the recipient's end
_AGAIN = (408, 425, 429)


def post(client: httpx.Client, url: str, content: bytes, headers: dict[str, str], *, also_sent: int = 200) -> Answer:
    """Hand a message in; ``also_sent`` is the status by which a server says that it has had this one before.

    Raises DeliveryError when the server cannot be reached or does not know the office. No answer after the message was
    handed over is no such case: it may have been accepted.
    """
    try:
        response = client.post(url, content=content, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise DeliveryError(f"{httpx.URL(url).host}: {type(error).__name__}") from error
    except httpx.TransportError as error:
        return Answer(Outcome.DEFERRED, f"{httpx.URL(url).host}: {type(error).__name__}")
    status = response.status_code
    words = told(f"{status} {response.text}")
    if response.is_success or status == also_sent:
        return Answer(Outcome.ACCEPTED)
    if status in _ABOUT_THE_OFFICE:
        raise DeliveryError(words)
    if 400 <= status < 500 and status not in _AGAIN:
        return Answer(Outcome.REFUSED, words)
    return Answer(Outcome.DEFERRED, words, _wait_asked_for(response))


def _wait_asked_for(response: httpx.Response) -> timedelta | None:
    """``Retry-After``: seconds, or a date against the server's own clock."""
    asked = response.headers.get("Retry-After", "").strip()
    if asked.isascii() and asked.isdigit():
        return timedelta(seconds=int(asked[:9]))
    try:
        wait = parsedate_to_datetime(asked) - parsedate_to_datetime(response.headers["Date"])
    except (ValueError, KeyError, TypeError):
        return None
    return max(wait, timedelta())
