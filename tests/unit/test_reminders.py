"""Reminders: due and not in the ledger, never 'today equals'."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbo_core.clock import parse_now
from kbo_core.domain.reminders import due, next_step, steps_until

DUE = parse_now("2025-06-04T16:30")
SENT = parse_now("2024-12-09T09:00")


def at(text: str) -> datetime:
    return parse_now(text)


@pytest.mark.parametrize(
    ("now", "step"),
    [
        ("2025-05-21T08:29:59", None),
        ("2025-05-21T08:30:00", "before-014"),
        ("2025-05-28T08:29:59", "before-014"),
        ("2025-05-28T08:30:00", "before-007"),
        ("2025-06-03T08:30:00", "before-001"),
        ("2025-06-04T16:30:01", "before-001"),
        ("2025-06-05T08:29:59", "before-001"),
        ("2025-06-05T08:30:00", "after-001"),
        ("2025-06-07T08:30:00", "after-003"),
        ("2025-06-11T08:30:00", "after-007"),
        ("2025-06-18T08:29:59", "after-007"),
        ("2025-06-18T08:30:00", "after-014"),
        ("2025-06-25T08:30:00", "after-021"),
        ("2026-06-04T08:30:00", "after-364"),
    ],
)
def test_the_latest_step_that_has_come_is_due(now: str, step: str | None) -> None:
    """Both sides of each limit, in Bangkok time, for a district that was never reminded."""
    send = due(SENT, DUE, at(now), ()).send
    assert (send.key if send else None) == step


def test_after_days_of_downtime_one_message_goes_out_and_the_others_are_explained() -> None:
    """A server asleep from May to 12 June sends one reminder, the newest."""
    plan = due(SENT, DUE, at("2025-06-12T09:00"), ())
    assert plan.send is not None
    assert plan.send.key == "after-007"
    assert [s.key for s in plan.superseded] == ["before-014", "before-007", "before-001", "after-001", "after-003"]


def test_what_is_in_the_ledger_is_not_due_again() -> None:
    """The same turn a second time has nothing to send."""
    now = at("2025-06-12T09:00")
    plan = due(SENT, DUE, now, ())
    assert plan.send is not None
    ledger = {plan.send.key, *(s.key for s in plan.superseded)}
    assert due(SENT, DUE, now, ledger).send is None


def test_steps_from_before_the_packet_went_out_do_not_count() -> None:
    """A packet sent ten days before the deadline brings no fourteen-day reminder."""
    assert due(at("2025-05-25T09:00"), DUE, at("2025-05-25T10:00"), ()).send is None


def test_only_the_weekly_steps_escalate() -> None:
    """The superior hears of it after the third reminder that came too late."""
    steps = steps_until(DUE, DUE + timedelta(days=30))
    assert [s.key for s in steps if s.escalates] == ["after-014", "after-021", "after-028"]


def test_a_deadline_around_new_year_and_leap_day_counts_calendar_days() -> None:
    """29 February and the turn of the Buddhist year are days like others."""
    assert [s.due_at for s in steps_until(at("2028-03-01T16:30"), at("2028-03-01T09:00"))][-1] == at("2028-02-29T08:30")
    assert [s.due_at for s in steps_until(at("2025-01-01T16:30"), at("2025-01-02T09:00"))][-1] == at("2025-01-02T08:30")


@given(st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=30))
def test_however_often_it_looks_every_step_is_sent_or_explained_once(days: list[int]) -> None:
    """Looking on any days, in order, handles each step that has come exactly once."""
    ledger: list[str] = []
    for day in sorted(days):
        plan = due(SENT, DUE, SENT + timedelta(days=day), ledger)
        if plan.send:
            ledger += [*(s.key for s in plan.superseded), plan.send.key]
    assert ledger == [s.key for s in steps_until(DUE, SENT + timedelta(days=max(days)))]


def test_the_next_step_lies_ahead() -> None:
    """What the board shows is in the future."""
    for day in range(0, 400, 7):
        now = SENT + timedelta(days=day)
        assert next_step(SENT, DUE, now).due_at > now
