"""What waits to go out to districts and staff, sent by one thread: a page waits for no mail server, and no crowd for
another's mail."""

import logging
import queue
import threading
from datetime import datetime

from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned


class Sender:
    """Sends what is planned for a place, one after another. What it does not get to, because it was stopped or because
    a server is out of reach, the next turn sends: every message is in the store."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: queue.SimpleQueue[tuple[str, str, datetime]] = queue.SimpleQueue()
        self._idle = threading.Condition()
        self._open = 0
        self._thread: threading.Thread | None = None

    def __call__(self, cycle_id: str, code: str, at: datetime) -> None:
        """Send soon what is due to a district, or to a province's staff."""
        with self._idle:
            self._open += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sender", daemon=True)
                self._thread.start()
        self._waiting.put((cycle_id, code, at))

    def join(self) -> None:
        """Wait until everything asked for so far was tried."""
        with self._idle:
            self._idle.wait_for(lambda: self._open == 0)

    def _run(self) -> None:
        while True:
            cycle_id, code, at = self._waiting.get()
            try:
                send_planned(self._office, cycle_id, code, at)
            except Exception as error:  # the thread goes on; the next turn tries what is left
                logging.getLogger(__name__).warning("%s/%s: not sent (%s)", cycle_id, code, type(error).__name__)
            with self._idle:
                self._open -= 1
                self._idle.notify_all()
