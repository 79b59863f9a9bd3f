"""Is the store sound? Looked at once for everybody who asks within half a minute: to look at every invariant holds the
store's one writer, and anybody may ask."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from kbo_core.domain.findings import Finding

Examined = tuple[Mapping[str, int], Sequence[Finding]]
_SECONDS = 30.0


class Health:
    """What was found last, and a new look when that is too old; whoever asks meanwhile waits for the same one."""

    def __init__(self, look: Callable[[], Examined], seconds: float = _SECONDS) -> None:
        self._look, self._seconds = look, seconds
        self._lock = threading.Lock()
        self._found: Examined | None = None
        self._at = 0.0

    def __call__(self) -> Examined:
        """(check → things looked at, faults)"""
        with self._lock:
            if self._found is None or time.monotonic() - self._at >= self._seconds:
                self._found = self._look()
                self._at = time.monotonic()
            return self._found
