"""What a district is reminded of and when.

A step is due when its instant has passed and the ledger does not have it: a server that slept through the day
catches up with one message, the latest, and the steps that it stands for are explained.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from kbo_core.domain.reminder_plan import ChannelWord, How, ReminderPlan, Role, Urgency
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, bangkok_instant
from kbo_core.domain.working_days import NATIONAL, Calendar


@dataclass(frozen=True)
class Step:
    """One reminder of the plan; ``days`` counts from the deadline, negative before it. ``extension`` numbers the
    deadline: every new one has steps of its own."""

    days: int
    due_at: datetime
    extension: int = 0
    urgency: Urgency = Urgency.ORDINARY
    escalate_to: tuple[Role, ...] = ()
    channels: tuple[ChannelWord, ...] = ("mail",)
    wording: str = "reminder"

    @property
    def key(self) -> str:
        name = f"after-{self.days:03}" if self.days > 0 else f"before-{-self.days:03}"
        return f"{name}-e{self.extension}" if self.extension else name

    @property
    def th(self) -> str:
        if not self.days:
            return "วันครบกำหนด"
        return f"หลังกำหนด {self.days} วัน" if self.days > 0 else f"ก่อนกำหนด {-self.days} วัน"

    @property
    def escalates(self) -> bool:
        return bool(self.escalate_to)

    def late_days(self, now: datetime) -> int:
        """How many days after its own day the step goes out."""
        return (bangkok_day(now) - bangkok_day(self.due_at)).days


@dataclass(frozen=True)
class Due:
    """What to do now: one step to send, and those that it makes superfluous."""

    send: Step | None
    superseded: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """The reminders of one district: the plan laid against its deadline. ``asked_at`` is since when it owes an answer:
    steps from before do not count. After ``lock_at`` nothing is taken any more, so nothing is asked."""

    asked_at: datetime
    deadline: datetime
    plan: ReminderPlan = field(default_factory=ReminderPlan)
    calendar: Calendar = NATIONAL
    extension: int = 0
    lock_at: datetime | None = None

    def steps(self) -> Iterator[Step]:
        """Every step of the plan, without end where it repeats.

        A step that falls on a day off moves to the working day before it, after the deadline to the one that follows.
        """
        last = 0
        for planned in self.plan.steps:
            yield self._step(planned.days, planned)
            last = max(planned.days, 0)
        if repeat := self.plan.repeat:
            while True:
                last += repeat.every_days
                yield self._step(last, repeat)

    def steps_until(self, until: datetime) -> list[Step]:
        """Every step whose instant is not after ``until``, in order."""
        return list(takewhile(lambda step: step.due_at <= until, self.steps()))

    def due(self, now: datetime, ledger: Collection[str]) -> Due:
        """The step due now for a district that owes an answer; nothing in the quiet hours and after the lock."""
        if self.is_quiet(now) or (self.lock_at is not None and now > self.lock_at):
            return Due(None)
        steps = [s for s in self.steps_until(now) if s.due_at > self.asked_at and s.key not in ledger]
        return Due(steps[-1], tuple(steps[:-1])) if steps else Due(None)

    def next_step(self, now: datetime) -> Step | None:
        """The next step still ahead: what the board shows. None when the plan has ended or the lock comes first."""
        ahead = next((s for s in self.steps() if s.due_at > max(now, self.asked_at)), None)
        if ahead is None or (self.lock_at is not None and ahead.due_at > self.lock_at):
            return None
        return ahead

    def is_quiet(self, now: datetime) -> bool:
        """Does nothing go out at this instant?"""
        quiet = self.plan.quiet
        is_off = quiet.days_off and self.calendar.day_off(bangkok_day(now)) is not None
        return is_off or quiet.has(now.astimezone(BANGKOK).time())

    def _step(self, days: int, how: How) -> Step:
        day = bangkok_day(self.deadline) + timedelta(days=days)
        if self.plan.quiet.days_off:
            day = self.calendar.moved(day, "next" if days > 0 else "previous")
        return Step(
            days,
            bangkok_instant(day, self.plan.at),
            self.extension,
            how.urgency,
            how.escalate_to,
            how.channels,
            how.wording,
        )
