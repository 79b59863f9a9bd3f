"""Events for whoever listens at the orchestrator: references, never rows.

Delivery is no guarantee and needs to be none: whatever an event starts, the next scheduled turn starts too.
"""

import logging
import os
from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

import httpx

CIRCULAR_ISSUED = "kbo.circular.issued"
SUBMISSION_RECEIVED = "kbo.submission.received"
SCHEDULE_DRIFT = "kbo.schedule.drift"
_PATIENCE_SECONDS = 5


def announce(event: str, about: str, facts: Mapping[str, object], at: datetime) -> bool:
    """Send an event to the server of ``PREFECT_API_URL``; False when there is none or it does not take it.

    ``about`` names the thing, e.g. ``kbo.cycle.kbo-2568-56``; an event never fails what it tells of.
    """
    server = os.environ.get("PREFECT_API_URL")
    if not server:
        return False
    message = {
        "id": str(uuid4()),
        "event": event,
        "occurred": at.isoformat(),
        "resource": {"prefect.resource.id": about},
        "payload": dict(facts),
    }
    try:
        told = httpx.post(f"{server}/events", json=[message], auth=_signed_in(), timeout=_PATIENCE_SECONDS)
        told.raise_for_status()
    except httpx.HTTPError as error:
        logging.getLogger(__name__).warning("%s was not announced: %s", event, type(error).__name__)
        return False
    return True


def cycle_resource(cycle_id: str) -> str:
    """How events name a cycle."""
    return f"kbo.cycle.{cycle_id}"


def _signed_in() -> httpx.BasicAuth | None:
    """What a server with ``PREFECT_SERVER_API_AUTH_STRING`` asks for."""
    name, has_password, password = os.environ.get("PREFECT_API_AUTH_STRING", "").partition(":")
    return httpx.BasicAuth(name, password) if has_password else None
