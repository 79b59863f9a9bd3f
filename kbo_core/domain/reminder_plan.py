"""The reminder plan of a cycle: which steps, how urgent, to whom, by which channel; and the hours of rest.

Practice has three grades of urgency (ด่วน, ด่วนมาก, ด่วนที่สุด) and a ladder: the district's officer, its chief, the
provincial developer.
"""

from datetime import time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from kbo_core.domain.parts import Part


class Urgency(StrEnum):
    """How urgent a letter is, in the grades of official correspondence."""

    ORDINARY = "ordinary"
    URGENT = "urgent"
    VERY_URGENT = "very_urgent"
    MOST_URGENT = "most_urgent"

    @property
    def th(self) -> str:
        return _URGENCY_TH[self]


_URGENCY_TH = {
    Urgency.ORDINARY: "",
    Urgency.URGENT: "ด่วน",
    Urgency.VERY_URGENT: "ด่วนมาก",
    Urgency.MOST_URGENT: "ด่วนที่สุด",
}


class Role(StrEnum):
    """A rung of the ladder; ``chief`` and ``superior`` are told of a district, never in its place."""

    OFFICER = "officer"
    CHIEF = "chief"
    SUPERIOR = "superior"

    @property
    def th(self) -> str:
        return _ROLE_TH[self]


_ROLE_TH = {Role.OFFICER: "เจ้าหน้าที่อำเภอ", Role.CHIEF: "นายอำเภอ", Role.SUPERIOR: "พัฒนาการจังหวัด"}

ChannelWord = Literal["mail", "line", "webhook"]


def _clock(value: object) -> object:
    # YAML may read 18:00 as a number of minutes; only the quoted or plain text form is taken.
    return value if isinstance(value, str | time) else str(value)


Clock = Annotated[time, BeforeValidator(_clock)]


class How(Part):
    """How a reminder goes out: to the district's officer in any case, and to the others named."""

    urgency: Urgency = Urgency.ORDINARY
    escalate_to: tuple[Literal[Role.CHIEF, Role.SUPERIOR], ...] = ()
    channels: tuple[ChannelWord, ...] = ("mail", "line", "webhook")
    wording: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")] = "reminder"


class PlannedStep(How):
    """A reminder that many days after the deadline; negative before it, 0 on the day."""

    days: Annotated[int, Field(ge=-365, le=365)]


class Repeat(How):
    """Reminders that go on after the last step, every so many days."""

    every_days: Annotated[int, Field(ge=1, le=90)]


class Quiet(Part):
    """When no reminder goes out: from one clock time to another, and on days off. What falls due then waits."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    starts: Clock = Field(default=time(20, 0), alias="from")
    ends: Clock = Field(default=time(6, 0), alias="until")
    days_off: bool = True

    def has(self, clock: time) -> bool:
        """Is this a quiet hour?"""
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends


class ReminderPlan(Part):
    """Steps in order of their days, what repeats after the last, the time of day, the quiet hours."""

    at: Clock = time(8, 30)
    steps: tuple[PlannedStep, ...] = (
        PlannedStep(days=-14),
        PlannedStep(days=-7),
        PlannedStep(days=-1),
        PlannedStep(days=1, urgency=Urgency.URGENT),
        PlannedStep(days=3, urgency=Urgency.VERY_URGENT),
        PlannedStep(days=7, urgency=Urgency.VERY_URGENT, escalate_to=(Role.CHIEF,)),
    )
    repeat: Repeat | None = Repeat(every_days=7, urgency=Urgency.MOST_URGENT, escalate_to=(Role.CHIEF, Role.SUPERIOR))
    quiet: Quiet = Quiet()

    @property
    def wordings(self) -> tuple[str, ...]:
        """The wordings that its reminders name, each once."""
        named = [step.wording for step in self.steps] + ([self.repeat.wording] if self.repeat else [])
        return tuple(dict.fromkeys(named))

    @model_validator(mode="after")
    def _in_order(self) -> "ReminderPlan":
        days = [step.days for step in self.steps]
        if days != sorted(set(days)):
            raise ValueError(
                "reminders.steps ต้องเรียงจากวันน้อยไปมากและไม่ซ้ำกัน // reminders.steps: in order of days, none twice"
            )
        if self.quiet.has(self.at):
            raise ValueError("เวลาส่ง reminders.at อยู่ในช่วงงดส่ง reminders.quiet // reminders.at lies in the quiet hours")
        return self
