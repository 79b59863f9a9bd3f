"""A script drawn by chance: what districts, their province and its machines do in a year. One seed, one script."""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from deployments.rehearsal.acts import Act, Kind, Script
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.thai_dates import bangkok_day, bangkok_instant
from kbo_core.domain.working_days import NATIONAL

_ASSEMBLY = timedelta(hours=9)  # of the day
_DAY = timedelta(days=1)


def opening_of(definition: CycleDefinition) -> datetime:
    """Nine o'clock on the working day after the letter."""
    day = NATIONAL.after(definition.circular.issued_on, 1)
    return _midnight(day) + _ASSEMBLY


def draw_script(definition: CycleDefinition, seed: int) -> Script:
    """The acts of a seed. The same seed and the same definition give the same script."""
    return _Drawing(definition, random.Random(f"rehearsal {seed}")).script()  # noqa: S311 - a rehearsal, not a secret


def _midnight(day: date) -> datetime:
    return bangkok_instant(day, datetime.min.time())


class _Drawing:
    def __init__(self, definition: CycleDefinition, draw: random.Random) -> None:
        self._definition = definition
        self._draw = draw
        self._acts: list[Act] = []
        self._codes = [code for code, places in definition.quota.items() if places]
        self._opened_at = opening_of(definition)
        limits = definition.limits()
        self._due_at = max(limits.due_at, self._opened_at + 5 * _DAY)
        end = limits.lock_at or self._due_at + draw.choice((4, 9, 16, 24)) * _DAY
        self._closed_at = _midnight(bangkok_day(max(end, self._due_at))) + draw.randint(1, 3) * _DAY + _ASSEMBLY

    def script(self) -> Script:
        if self._definition.approvals.dispatch:
            self._sign_dispatch()
        for code in self._codes:
            _HABITS[self._draw.choices(list(_HABITS), list(_WEIGHTS.values()))[0]](self, code)
        if self._codes:
            self._operators()
        self._surroundings()
        self._close()
        # Sorted by time alone: of what happens at one instant, the order of drawing is the order of happening.
        return Script(opened_at=self._opened_at, acts=tuple(sorted(self._acts, key=lambda act: act.at)))

    def _act(self, kind: Kind, at: datetime, **said: object) -> None:
        self._acts.append(Act.model_validate({"at": at, "act": kind, **said}))

    def _happens(self, share: float) -> bool:
        return self._draw.random() < share

    def _between(self, first: datetime, last: datetime) -> datetime:
        """A minute of an office day between two instants."""
        days = max((last - first).days, 1)
        day = bangkok_day(first) + timedelta(days=self._draw.randrange(days))
        return _midnight(day) + timedelta(minutes=self._draw.randint(8 * 60 + 30, 16 * 60 + 29))

    def _soon(self, at: datetime, most: int = 6) -> datetime:
        return self._between(at + _DAY, at + (1 + self._draw.randint(1, most)) * _DAY)

    def _in_time(self) -> datetime:
        # Most answer near the deadline.
        first = self._opened_at + 2 * _DAY
        near = max(first, self._due_at - 20 * _DAY)
        return self._between(near if self._happens(0.7) else first, self._due_at)

    def _after_deadline(self) -> datetime:
        return self._between(self._due_at + _DAY, self._closed_at)

    def _number(self) -> int:
        return self._draw.randrange(1000)

    def _way(self) -> str:
        return "portal" if self._happens(0.25) else "inbox"

    def _files(self, kind: Kind, code: str, at: datetime) -> datetime:
        """A form of some kind is sent; where a person looks at every answer, mostly somebody does."""
        self._act(kind, at, district=code, choice=self._number(), **{} if kind is Kind.RACE else {"via": self._way()})
        if self._definition.review == "by_hand" and self._happens(0.8):
            self._act(Kind.ACCEPT, self._soon(at, 3), district=code)
        return at

    # What districts do.

    def prompt(self, code: str) -> None:
        self._files(Kind.ANSWER, code, self._in_time())

    def to_the_second(self, code: str) -> None:
        late = self._draw.choice((0, 1))
        self._act(
            Kind.ANSWER,
            self._due_at + timedelta(seconds=late),
            district=code,
            choice=self._number(),
            via="portal",
        )

    def late(self, code: str) -> None:
        self._files(Kind.ANSWER, code, self._after_deadline())

    def silent(self, _code: str) -> None:
        """Until the lock."""

    def wrong_form(self, code: str) -> None:
        kinds = (Kind.OTHER_FORM, Kind.OLD_FORM, Kind.OVER_QUOTA, Kind.UNREADABLE)
        at = self._files(self._draw.choice(kinds), code, self._in_time())
        if self._happens(0.8):
            self._files(Kind.ANSWER, code, self._soon(at))

    def twice(self, code: str) -> None:
        at = self._files(Kind.ANSWER, code, self._in_time())
        self._files(Kind.AGAIN, code, self._soon(at))

    def nothing_to_pick(self, code: str) -> None:
        at = self._files(Kind.NIL, code, self._in_time())
        if self._happens(0.6):
            self._files(Kind.ANSWER, code, self._soon(at))

    def fewer(self, code: str) -> None:
        self._files(Kind.SHORT, code, self._in_time())

    def amends(self, code: str) -> None:
        at = self._files(Kind.ANSWER, code, self._in_time())
        for _ in range(self._draw.randint(1, 2)):
            at = self._files(self._draw.choice((Kind.ANSWER, Kind.SHORT)), code, self._soon(at))
        if self._happens(0.3):
            self._files(Kind.OLD_FORM, code, self._soon(at))

    def withdraws(self, code: str) -> None:
        at = self._files(Kind.ANSWER, code, self._in_time())
        self._act(Kind.WITHDRAW, at := self._soon(at), district=code)
        if self._happens(0.7):
            self._files(self._draw.choice((Kind.ANSWER, Kind.AGAIN)), code, self._soon(at))

    def races(self, code: str) -> None:
        at = self._files(Kind.RACE, code, self._in_time())
        if self._happens(0.4):
            self._files(Kind.ANSWER, code, self._soon(at))

    def off_the_list(self, code: str) -> None:
        """A pick that is refused; sometimes an exception is made, and the pick tried again."""
        at = self._files(Kind.OFF_LIST, code, self._in_time())
        if self._happens(0.6):
            number = self._number()
            self._act(Kind.OVERRIDE, at := self._soon(at), district=code, choice=number)
            at = self._files(Kind.ANSWER, code, self._soon(at))
            if self._happens(0.4):
                self._act(Kind.REVOKE, self._soon(at), district=code)
        else:
            self._files(Kind.ANSWER, code, self._soon(at))

    def after_extension(self, code: str) -> None:
        at = self._between(self._due_at - 3 * _DAY, self._due_at + 4 * _DAY)
        until = max(at, self._due_at) + self._draw.randint(3, 12) * _DAY
        self._act(Kind.EXTEND, at, district=code, until=until)
        if self._happens(0.8):
            self._files(self._draw.choice((Kind.ANSWER, Kind.OFF_LIST)), code, self._between(at + _DAY, until))

    # What the province does.

    def _sign_dispatch(self) -> None:
        at = self._opened_at
        for _ in self._definition.approvals.dispatch:
            at += timedelta(minutes=self._draw.randint(20, 1500))
            self._act(Kind.SIGN, at, steps=1)

    def _operators(self) -> None:
        codes, draw = self._codes, self._draw
        if self._happens(0.2):
            at = self._between(self._due_at - 5 * _DAY, self._due_at + 3 * _DAY)
            self._act(Kind.EXTEND, at, until=max(at, self._due_at) + draw.randint(3, 10) * _DAY)
        for _ in range(draw.choice((0, 0, 1, 2))):
            code = draw.choice(codes)
            at = self._between(self._due_at - 10 * _DAY, self._closed_at)
            self._act(Kind.RETURN, at, district=code, reason="ขอให้ทบทวนรายชื่อ\nแนบเหตุผลประกอบ")
            if self._happens(0.7):
                self._files(draw.choice((Kind.ANSWER, Kind.AGAIN)), code, self._soon(at, 4))
        for _ in range(draw.choice((0, 0, 1, 2))):
            giver, taker = draw.choice(codes), draw.choice(list(self._definition.quota))
            at = self._between(self._opened_at + 3 * _DAY, self._closed_at)
            ends = draw.choice(("approved", "approved", "rejected", "open"))
            self._act(Kind.REALLOCATE, at, district=giver, taker=taker, places=draw.choice((1, 1, 2)), ends=ends)
            if self._happens(0.6) and giver != taker:
                self._files(Kind.ANSWER, taker, self._soon(at))
        for _ in range(draw.choice((0, 0, 1, 2))):
            at = self._between(self._opened_at + 3 * _DAY, self._closed_at)
            self._act(Kind.LIST, at, choice=self._number())
            for code in codes:
                if self._happens(0.35):
                    self._files(draw.choice((Kind.ANSWER, Kind.OLD_FORM)), code, self._soon(at, 8))
        if self._happens(0.35):
            at = self._between(self._opened_at + 3 * _DAY, self._closed_at)
            self._act(Kind.SETTLE, at, says=draw.choice(("same", "different")))
        if self._happens(0.2):
            code = draw.choice(codes)
            self._act(Kind.OVERRIDE, self._in_time(), district=code, choice=self._number())

    def _close(self) -> None:
        """The report without a word where everybody answered, else with one; sometimes another after a reopening."""
        at, hour = self._closed_at, timedelta(hours=1)
        self._act(Kind.CLOSE, at)
        self._act(Kind.CLOSE, at + hour, reason="ผู้บริหารให้รวมเล่มตามที่ได้รับ")
        self._act(Kind.SIGN, at + 2 * hour, **{} if self._happens(0.8) else {"steps": 2})
        if self._codes and self._happens(0.4):
            code = self._draw.choice(self._codes)
            self._act(Kind.REOPEN, at := at + _DAY, district=code, until=at + 6 * _DAY)
            if self._happens(0.7):
                self._files(self._draw.choice((Kind.ANSWER, Kind.SHORT, Kind.RACE)), code, self._soon(at, 4))
            if self._happens(0.3):
                self._act(Kind.LIST, self._soon(at, 4), choice=self._number())
            self._act(Kind.CLOSE, at := at + 7 * _DAY, reason="รวมเล่มหลังเปิดใหม่")
            self._act(Kind.SIGN, at + hour)

    # What surrounds them.

    def _surroundings(self) -> None:
        draw = self._draw
        for _ in range(draw.choice((0, 1, 2))):
            at = self._between(self._due_at - 20 * _DAY, self._closed_at)
            channel = draw.choice(("mail", "mail", "webhook"))
            self._act(Kind.CHANNEL_DEAD, at, until=at + draw.randint(1, 9) * _DAY, channel=channel)
        if self._happens(0.5):
            at = self._between(self._due_at - 15 * _DAY, self._closed_at - _DAY)
            self._act(Kind.ASLEEP, at, until=at + draw.randint(1, 9) * _DAY)
        for _ in range(draw.choice((0, 1, 3))):
            at = self._between(self._due_at - 16 * _DAY, self._closed_at)
            self._act(Kind.DIE, self._at_reminders(at), points=draw.randint(0, 12))
        for _ in range(draw.choice((0, 1, 2))):
            self._act(Kind.TURN, self._between(self._due_at - 16 * _DAY, self._closed_at))
        if self._happens(0.4):
            at = self._between(self._due_at - 16 * _DAY, self._closed_at)
            self._act(Kind.CLOCK_BACK, at, minutes=draw.choice((1, 60, 60, 1500)))

    def _at_reminders(self, at: datetime) -> datetime:
        """On the day of an instant, when reminders become due: then a turn has most to do."""
        clock = self._definition.reminders.at
        return bangkok_instant(bangkok_day(at), clock) + timedelta(minutes=4)


_HABITS: Mapping[str, Callable[[_Drawing, str], None]] = {
    "prompt": _Drawing.prompt,
    "to_the_second": _Drawing.to_the_second,
    "late": _Drawing.late,
    "silent": _Drawing.silent,
    "wrong_form": _Drawing.wrong_form,
    "twice": _Drawing.twice,
    "nothing_to_pick": _Drawing.nothing_to_pick,
    "fewer": _Drawing.fewer,
    "amends": _Drawing.amends,
    "withdraws": _Drawing.withdraws,
    "races": _Drawing.races,
    "off_the_list": _Drawing.off_the_list,
    "after_extension": _Drawing.after_extension,
}
_WEIGHTS: Mapping[str, int] = {
    "prompt": 5,
    "to_the_second": 2,
    "late": 4,
    "silent": 2,
    "wrong_form": 3,
    "twice": 2,
    "nothing_to_pick": 2,
    "fewer": 2,
    "amends": 3,
    "withdraws": 2,
    "races": 3,
    "off_the_list": 3,
    "after_extension": 3,
}
