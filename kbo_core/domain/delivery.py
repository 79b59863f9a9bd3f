"""What becomes of a message: what each recipient's server said, when it is tried again, when it is given up."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 20
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LONGEST_ASKED_WAIT = timedelta(hours=24)
JITTER = 0.2  # the share of a wait that may be taken off, so that what failed together is not tried together
# A channel whose server could not be reached is left alone for the rest of the turn: shorter than any first wait.
REST = timedelta(seconds=45)


class Outcome(StrEnum):
    """Where one recipient of a message stands."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"  # for good
    DEFERRED = "deferred"  # to be tried again
    GIVEN_UP = "given_up"
    DROPPED = "dropped"  # overtaken before it went out

    @property
    def is_open(self) -> bool:
        return self in (Outcome.WAITING, Outcome.DEFERRED)


@dataclass(frozen=True)
class Answer:
    """What a server said about one recipient; ``wait`` when it asked for a pause."""

    outcome: Outcome
    words: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True)
class Recipient:
    """One recipient of a message as it stands. Who it is stands in the envelope, at the same place."""

    outcome: Outcome = Outcome.WAITING
    words: str = ""
    delivery: str | None = None


@dataclass(frozen=True)
class Tried:
    """What one try comes to: the event to write, the answers by place, the next try if any."""

    kind: str
    answers: Mapping[int, Answer]
    retry_at: datetime | None
    why: str

    @property
    def reached_somebody(self) -> bool:
        return any(answer.outcome is Outcome.ACCEPTED for answer in self.answers.values())


def after_try(
    key: str, recipients: Sequence[Recipient], answers: Mapping[int, Answer], attempt: int, at: datetime
) -> Tried:
    """What follows from the answers of one try, the ``attempt``-th: those refused for good are never tried again, those
    deferred are, until the last attempt."""
    if attempt >= MAX_ATTEMPTS:
        answers = {place: _given_up(answer) for place, answer in answers.items()}
    standing = {place: r.outcome for place, r in enumerate(recipients)} | {p: a.outcome for p, a in answers.items()}
    is_open = any(outcome.is_open for outcome in standing.values())
    was_sent = any(recipient.outcome is Outcome.ACCEPTED for recipient in recipients)
    kind = (
        "message-retried"
        if was_sent
        else "message-sent"
        if Outcome.ACCEPTED in standing.values()
        else "message-failed"
        if is_open
        else "message-undeliverable"
    )
    asked = [answer.wait for answer in answers.values() if answer.outcome is Outcome.DEFERRED and answer.wait]
    wait = max([back_off(key, attempt), *(min(each, LONGEST_ASKED_WAIT) for each in asked)])
    why = "; ".join(dict.fromkeys(a.words for a in answers.values() if a.outcome is not Outcome.ACCEPTED and a.words))
    return Tried(kind, answers, at + wait if is_open else None, why or "-")


def _given_up(answer: Answer) -> Answer:
    return Answer(Outcome.GIVEN_UP, answer.words) if answer.outcome.is_open else answer


def back_off(key: str, attempt: int) -> timedelta:
    """How long to wait after the ``attempt``-th try failed: 1, 2, 4 … minutes, 6 hours at most, less a share drawn from
    the message's key and the attempt. Whole seconds."""
    wait = min(FIRST_WAIT * 2 ** min(attempt - 1, 30), LONGEST_WAIT)
    drawn = int.from_bytes(hashlib.sha256(f"{key}/{attempt}".encode()).digest()[:8]) / 2**64
    return timedelta(seconds=round(wait.total_seconds() * (1 - JITTER * drawn)))
