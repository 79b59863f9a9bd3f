"""The one clock. Everything else is told the time."""

import os
from datetime import UTC, datetime

from kbo_core.domain.thai_dates import BANGKOK


def parse_now(text: str) -> datetime:
    """An ISO-8601 instant in UTC; without a zone it is Bangkok's wall clock.

    Raises ValueError for anything else.
    """
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=BANGKOK)).astimezone(UTC)


def now() -> datetime:
    """The present instant in UTC, or ``KBO_NOW`` when a rehearsal has set it."""
    told = os.environ.get("KBO_NOW")
    return parse_now(told) if told else datetime.now(UTC).replace(microsecond=0)
