"""What becomes of a message after each try: tables of waits, and who is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from kbo_core.domain.delivery import (
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    REST,
    Answer,
    Outcome,
    Recipient,
    after_try,
    back_off,
)

AT = datetime(2025, 6, 4, 9, 30, tzinfo=UTC)
KEY = "kbo-test/5601-reminder-before-014/smtp"
ACCEPTED, REFUSED, DEFERRED = (
    Answer(Outcome.ACCEPTED),
    Answer(Outcome.REFUSED, "550 no such user"),
    Answer(Outcome.DEFERRED, "451 later"),
)


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 64), (8, 128), (9, 256), (10, 360), (11, 360), (19, 360)],
)
def test_each_wait_is_twice_the_last_less_a_fifth_at_most(attempt: int, minutes: int) -> None:
    """1, 2, 4 … minutes, 6 hours at most, in whole seconds, whatever the key."""
    waits = [back_off(f"{KEY}/{n}", attempt) for n in range(200)]
    assert all(timedelta(minutes=0.8 * minutes) <= wait <= timedelta(minutes=minutes) for wait in waits)
    assert all(wait.microseconds == 0 for wait in waits)
    assert len(set(waits)) > 8, "what failed together is not tried together"


def test_the_same_message_and_attempt_give_the_same_wait() -> None:
    """The jitter is drawn from the key and the attempt, not from chance."""
    assert [back_off(KEY, n) for n in (1, 2, 3, 10)] == [timedelta(seconds=s) for s in (57, 102, 233, 18501)]


def test_no_wait_is_shorter_than_the_rest_of_a_channel() -> None:
    """A message that found its server out of reach is not due before the channel is tried again."""
    assert all(back_off(f"{n}", 1) > REST for n in range(500))


@pytest.mark.parametrize(
    ("standing", "answers", "attempt", "kind", "is_tried_again"),
    [
        ([Outcome.WAITING], [ACCEPTED], 1, "message-sent", False),
        ([Outcome.WAITING], [DEFERRED], 1, "message-failed", True),
        ([Outcome.WAITING], [REFUSED], 1, "message-undeliverable", False),
        ([Outcome.WAITING] * 2, [ACCEPTED, REFUSED], 1, "message-sent", False),
        ([Outcome.WAITING] * 2, [ACCEPTED, DEFERRED], 1, "message-sent", True),
        ([Outcome.WAITING] * 2, [REFUSED, DEFERRED], 1, "message-failed", True),
        ([Outcome.WAITING] * 2, [REFUSED, REFUSED], 1, "message-undeliverable", False),
        ([Outcome.REFUSED, Outcome.DEFERRED], [None, REFUSED], 2, "message-undeliverable", False),
        ([Outcome.REFUSED, Outcome.DEFERRED], [None, ACCEPTED], 2, "message-sent", False),
        ([Outcome.ACCEPTED, Outcome.DEFERRED], [None, DEFERRED], 2, "message-retried", True),
        ([Outcome.ACCEPTED, Outcome.DEFERRED], [None, ACCEPTED], 2, "message-retried", False),
        ([Outcome.DEFERRED], [DEFERRED], MAX_ATTEMPTS - 1, "message-failed", True),
        ([Outcome.DEFERRED], [DEFERRED], MAX_ATTEMPTS, "message-undeliverable", False),
        ([Outcome.DEFERRED], [ACCEPTED], MAX_ATTEMPTS, "message-sent", False),
        ([Outcome.ACCEPTED, Outcome.DEFERRED], [None, DEFERRED], MAX_ATTEMPTS, "message-retried", False),
    ],
)
def test_what_a_try_comes_to(
    standing: list[Outcome], answers: list[Answer | None], attempt: int, kind: str, is_tried_again: bool
) -> None:
    """Somebody reached: sent. Somebody left to try: again. Nobody reached and nobody left: undeliverable."""
    given = {place: answer for place, answer in enumerate(answers) if answer}
    tried = after_try(KEY, [Recipient(outcome) for outcome in standing], given, attempt, AT)
    assert (tried.kind, tried.retry_at is not None) == (kind, is_tried_again)
    if attempt == MAX_ATTEMPTS:
        assert not any(answer.outcome.is_open for answer in tried.answers.values())


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        (timedelta(seconds=1), timedelta(seconds=57)),
        (timedelta(minutes=15), timedelta(minutes=15)),
        (LONGEST_WAIT * 2, LONGEST_WAIT * 2),
        (timedelta(days=365), timedelta(days=1)),
    ],
)
def test_a_pause_that_a_server_asks_for_is_kept(asked: timedelta, wait: timedelta) -> None:
    """Never shorter than our own wait, never longer than a day."""
    tried = after_try(KEY, [Recipient()], {0: Answer(Outcome.DEFERRED, "429", asked)}, 1, AT)
    assert tried.retry_at == AT + wait
