"""The office that a worker works for: its home from ``KBO_HOME``, opened once a process."""

import os
from datetime import datetime
from functools import cache
from pathlib import Path

from kbo_core.clock import now as read_clock
from kbo_core.clock import parse_now
from kbo_core.office.office import SETTINGS, Office, open_office


def office() -> Office:
    """The office of this process's environment."""
    return _office(os.environ.get("KBO_HOME", ".kbo"), tuple(os.environ.get(name) for name in SETTINGS))


@cache
def _office(home: str, _settings: tuple[str | None, ...]) -> Office:
    return open_office(Path(home))


def instant(now: str | None) -> datetime:
    """The instant that a run was told, or the clock's."""
    return parse_now(now) if now else read_clock()
