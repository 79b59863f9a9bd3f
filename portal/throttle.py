"""How often something may be asked for: a bucket a name, in this process's memory, and never more than so many."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

_MOST = 20_000


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, and one more every ``seconds``."""

    burst: int
    seconds: float


@dataclass(frozen=True)
class Rates:
    """What one portal allows. Whole offices share an address, so an address may do far more than a link."""

    address: Rate = Rate(600, 0.1)
    link: Rate = Rate(120, 0.5)
    bad_link: Rate = Rate(20, 15)
    sign_in: Rate = Rate(5, 60)
    sign_in_address: Rate = Rate(30, 10)


class Throttle:
    """Buckets by name. The one not asked for longest is forgotten first."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, rate: Rate) -> bool:
        """One more under a name: is it allowed?"""
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.pop(name, (float(rate.burst), now))
            left = min(float(rate.burst), left + (now - at) / rate.seconds)
            is_allowed = left >= 1
            self._buckets[name] = (left - 1 if is_allowed else left, now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        return is_allowed

    def is_spent(self, name: str, rate: Rate) -> bool:
        """Is nothing left under a name? Nothing is taken."""
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.get(name, (float(rate.burst), now))
        return left + (now - at) / rate.seconds < 1
