"""The three limits of an answer: until when it is on time, until when lateness is excused, when nothing more is taken.

Each is an instant; an answer that arrives in the very second of a limit is still within it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Timeliness(StrEnum):
    """How an answer stands to its limits; read from its time of arrival, never stored beside it."""

    ON_TIME = "on_time"
    IN_GRACE = "in_grace"
    LATE = "late"

    @property
    def th(self) -> str:
        return _THAI[self]


_THAI = {
    Timeliness.ON_TIME: "ทันกำหนด",
    Timeliness.IN_GRACE: "หลังกำหนด แต่อยู่ในช่วงผ่อนผัน",
    Timeliness.LATE: "ส่งหลังกำหนด",
}


@dataclass(frozen=True)
class Limits:
    """A district's limits, UTC. Without a grace it ends with the deadline; without a lock answers are taken until the
    report is issued."""

    due_at: datetime
    grace_until: datetime | None = None
    lock_at: datetime | None = None

    def timeliness(self, arrived_at: datetime) -> Timeliness:
        """How an answer that arrived at an instant stands."""
        if arrived_at <= self.due_at:
            return Timeliness.ON_TIME
        is_excused = self.grace_until is not None and arrived_at <= self.grace_until
        return Timeliness.IN_GRACE if is_excused else Timeliness.LATE

    def is_late(self, arrived_at: datetime) -> bool:
        """Did an answer arrive after its deadline, excused or not?"""
        return arrived_at > self.due_at

    def is_locked(self, at: datetime) -> bool:
        """Is nothing more taken at an instant?"""
        return self.lock_at is not None and at > self.lock_at

    def extended(self, until: datetime) -> "Limits":
        """The limits with another deadline: grace and lock keep their distance from it."""
        moved = until - self.due_at
        return Limits(
            until,
            self.grace_until + moved if self.grace_until else None,
            self.lock_at + moved if self.lock_at else None,
        )

    def as_payload(self) -> dict[str, str | None]:
        """The three instants as events write them."""
        return {name: at.isoformat() if at else None for name, at in vars(self).items()}
