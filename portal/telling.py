"""Telling whoever waits for it that something changed here: Prefect's server, by its HTTP door, when it is there."""

import contextlib
import queue
import threading
import uuid
from collections.abc import Callable

import httpx

from kbo_core.clock import now

# (what happened, where: a cycle, or cycle/district)
OnChange = Callable[[str, str], None]
_PATIENCE = 2.0
_MOST_WAITING = 1000


def nobody(_event: str, _where: str) -> None:
    """Nobody waits: the next turn finds everything in the store."""


class EventSender:
    """Sends events to the address of Prefect's API from a thread of its own. What cannot be sent is forgotten: the next
    turn finds it in the store."""

    def __init__(self, api_url: str) -> None:
        self._address = f"{api_url.rstrip('/')}/events"
        self._waiting: queue.Queue[tuple[str, str, str]] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="events", daemon=True).start()

    def __call__(self, event: str, where: str) -> None:
        with contextlib.suppress(queue.Full):
            self._waiting.put_nowait((event, where, now().isoformat()))

    def _run(self) -> None:
        with httpx.Client(timeout=_PATIENCE) as client:
            while True:
                event, where, occurred = self._waiting.get()
                cycle_id, _, district_code = where.partition("/")
                document = {
                    "id": str(uuid.uuid4()),
                    "occurred": occurred,
                    "event": event,
                    "resource": {"prefect.resource.id": f"kbo.cycle.{cycle_id}"},
                    # What the deployments' triggers take their parameters from.
                    "payload": {"cycle_id": cycle_id, **({"district_code": district_code} if district_code else {})},
                }
                with contextlib.suppress(httpx.HTTPError):
                    client.post(self._address, json=[document])
