"""What a district is reminded of and when.

A step is due when its instant has passed and the ledger does not have it: a server that slept through the day
catches up with one message, the latest, and the steps that it stands for are explained.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from kbo_core.domain.thai_dates import bangkok_day, bangkok_instant

DAYS_BEFORE = (14, 7, 1)
DAYS_AFTER = (1, 3, 7)
EVERY_DAYS = 7  # after the last of DAYS_AFTER, with escalation
OFFICE_OPENS = time(8, 30)


@dataclass(frozen=True)
class Step:
    """One reminder of the plan; ``days`` counts from the deadline, negative before it."""

    days: int
    due_at: datetime

    @property
    def key(self) -> str:
        return f"after-{self.days:03}" if self.days > 0 else f"before-{-self.days:03}"

    @property
    def escalates(self) -> bool:
        return self.days > DAYS_AFTER[-1]


@dataclass(frozen=True)
class Due:
    """What to do now: one step to send, and those that it makes superfluous."""

    send: Step | None
    superseded: tuple[Step, ...]


def steps_until(deadline: datetime, until: datetime) -> list[Step]:
    """Every step of the plan whose instant is not after ``until``, in order."""
    day = bangkok_day(deadline)

    def step(days: int) -> Step:
        return Step(days, bangkok_instant(day + timedelta(days=days), OFFICE_OPENS))

    steps = [step(-days) for days in DAYS_BEFORE] + [step(days) for days in DAYS_AFTER]
    days = DAYS_AFTER[-1] + EVERY_DAYS
    while (later := step(days)).due_at <= until:
        steps.append(later)
        days += EVERY_DAYS
    return [s for s in steps if s.due_at <= until]


def due(dispatched_at: datetime, deadline: datetime, now: datetime, ledger: Collection[str]) -> Due:
    """The step due now for a district that owes an answer; steps from before its packet went out do not count."""
    open_steps = [s for s in steps_until(deadline, now) if s.due_at > dispatched_at and s.key not in ledger]
    return Due(open_steps[-1], tuple(open_steps[:-1])) if open_steps else Due(None, ())


def next_step(dispatched_at: datetime, deadline: datetime, now: datetime) -> Step:
    """The next step still ahead: what the board shows."""
    horizon = max(now, deadline) + timedelta(days=DAYS_AFTER[-1] + 2 * EVERY_DAYS)
    return next(s for s in steps_until(deadline, horizon) if s.due_at > max(now, dispatched_at))
