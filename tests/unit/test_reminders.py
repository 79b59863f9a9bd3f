"""Reminders: due and not in the ledger, never 'today equals'."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbo_core.clock import parse_now
from kbo_core.domain.reminder_plan import PlannedStep, Quiet, ReminderPlan, Repeat, Role
from kbo_core.domain.reminders import Schedule, step_title
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.domain.working_days import Calendar

DUE = parse_now("2025-06-04T16:30")
SENT = parse_now("2024-12-09T09:00")
EVERY_DAY = ReminderPlan(quiet=Quiet(days_off=False))


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
    send = Schedule(SENT, DUE, EVERY_DAY).due(at(now), ()).send
    assert (send.key if send else None) == step


@pytest.mark.parametrize(
    ("now", "step"),
    [
        # 3 June 2025 is a holiday, the 2nd was made one, the 1st is a Sunday: the eve is told on Friday.
        ("2025-05-30T08:29:59", "before-007"),
        ("2025-05-30T08:30:00", "before-001"),
        ("2025-06-02T09:00:00", None),
        ("2025-06-03T09:00:00", None),
        ("2025-06-04T08:35:00", "before-001"),
        # The third day after it is a Saturday: told on Monday.
        ("2025-06-06T09:00:00", "after-001"),
        ("2025-06-07T09:00:00", None),
        ("2025-06-09T08:29:59", "after-001"),
        ("2025-06-09T08:30:00", "after-003"),
    ],
)
def test_days_off_are_kept(now: str, step: str | None) -> None:
    """A step on a day off moves to the working day before it, after the deadline to the next; nothing goes out then."""
    send = Schedule(SENT, DUE).due(at(now), ()).send
    assert (send.key if send else None) == step


@pytest.mark.parametrize(
    ("clock", "is_quiet"),
    [("05:59:59", True), ("06:00:00", False), ("19:59:59", False), ("20:00:00", True), ("23:59:59", True)],
)
def test_nothing_goes_out_in_the_quiet_hours(clock: str, is_quiet: bool) -> None:
    """Both sides of the night, to the second; what is due waits for the morning."""
    schedule = Schedule(SENT, DUE)
    now = at(f"2025-06-05T{clock}")
    assert schedule.is_quiet(now) is is_quiet
    assert (schedule.due(now, ()).send is None) is is_quiet


def test_an_office_list_makes_and_unmakes_days_off() -> None:
    """A cabinet day announced late moves the step; a day taken back does not."""
    calendar = Calendar({bangkok_day(at("2025-06-05T12:00")): "วันหยุดพิเศษ"})
    closed = Schedule(SENT, DUE, calendar=calendar)
    assert [s.due_at for s in closed.steps_until(at("2025-06-06T09:00"))][-1] == at("2025-06-06T08:30")
    open_again = Calendar({bangkok_day(at("2025-06-03T12:00")): None})
    steps = Schedule(SENT, DUE, calendar=open_again).steps_until(DUE)
    assert {s.key: s.due_at for s in steps}["before-001"] == at("2025-06-03T08:30")


def test_after_days_of_downtime_one_message_goes_out_and_the_others_are_explained() -> None:
    """A server asleep from May to 12 June sends one reminder, the newest, which says how late it is."""
    now = at("2025-06-12T09:00")
    plan = Schedule(SENT, DUE, EVERY_DAY).due(now, ())
    assert plan.send is not None
    assert plan.send.key == "after-007"
    assert plan.send.late_days(now) == 1
    assert [s.key for s in plan.superseded] == ["before-014", "before-007", "before-001", "after-001", "after-003"]


def test_what_is_in_the_ledger_is_not_due_again() -> None:
    """The same turn a second time has nothing to send."""
    now, schedule = at("2025-06-12T09:00"), Schedule(SENT, DUE)
    plan = schedule.due(now, ())
    assert plan.send is not None
    ledger = {plan.send.key, *(s.key for s in plan.superseded)}
    assert schedule.due(now, ledger).send is None


def test_steps_from_before_the_packet_went_out_do_not_count() -> None:
    """A packet sent ten days before the deadline brings no fourteen-day reminder."""
    assert Schedule(at("2025-05-25T09:00"), DUE, EVERY_DAY).due(at("2025-05-25T10:00"), ()).send is None


def test_a_new_deadline_has_reminders_of_its_own() -> None:
    """What was sent for the first deadline is not taken for the second's."""
    first = Schedule(SENT, DUE)
    ledger = {s.key for s in first.steps_until(DUE)}
    later = Schedule(SENT, at("2025-06-30T16:30"), extension=1)
    send = later.due(at("2025-06-23T08:30"), ledger).send
    assert send is not None
    assert send.key == "before-007-e1"


def test_the_ladder_is_climbed_step_by_step() -> None:
    """The chief hears of it a week after the deadline, the provincial developer a week later."""
    steps = Schedule(SENT, DUE, EVERY_DAY).steps_until(DUE + timedelta(days=30))
    assert {s.key: s.escalate_to for s in steps if s.escalates} == {
        "after-007": (Role.CHIEF,),
        "after-014": (Role.CHIEF, Role.SUPERIOR),
        "after-021": (Role.CHIEF, Role.SUPERIOR),
        "after-028": (Role.CHIEF, Role.SUPERIOR),
    }


def test_nothing_is_asked_after_the_lock() -> None:
    """Whom nothing is taken from any more is not asked for it; to the second."""
    schedule = Schedule(SENT, DUE, EVERY_DAY, lock_at=at("2025-06-11T08:30"))
    assert schedule.due(at("2025-06-11T08:30:00"), ()).send is not None
    assert schedule.due(at("2025-06-11T08:30:01"), ()).send is None
    assert schedule.next_step(at("2025-06-11T08:30:00")) is None


def test_a_deadline_around_new_year_and_leap_day_counts_calendar_days() -> None:
    """29 February and the turn of the Buddhist year are days like others."""

    def last(deadline: str, until: str) -> datetime:
        return Schedule(SENT, at(deadline), EVERY_DAY).steps_until(at(until))[-1].due_at

    assert last("2028-03-01T16:30", "2028-03-01T09:00") == at("2028-02-29T08:30")
    assert last("2025-01-01T16:30", "2025-01-02T09:00") == at("2025-01-02T08:30")


@pytest.mark.parametrize("plan", [ReminderPlan(), EVERY_DAY, ReminderPlan(repeat=Repeat(every_days=1))])
@given(days=st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=30))
def test_however_often_it_looks_every_step_is_sent_or_explained_once(plan: ReminderPlan, days: list[int]) -> None:
    """Looking on any days, in order, handles each step that has come exactly once, and nothing on a day off."""
    schedule = Schedule(SENT, DUE, plan)
    ledger: list[str] = []
    seen = SENT
    for day in sorted(days):
        now = SENT + timedelta(days=day)
        due = schedule.due(now, ledger)
        if due.send:
            assert not schedule.is_quiet(now)
            ledger += [*(s.key for s in due.superseded), due.send.key]
        if not schedule.is_quiet(now):
            seen = now
    assert ledger == [s.key for s in schedule.steps_until(seen)]


@pytest.mark.parametrize("plan", [ReminderPlan(), EVERY_DAY])
def test_the_next_step_lies_ahead(plan: ReminderPlan) -> None:
    """What the board shows is in the future, and on a day on which it can go out."""
    schedule = Schedule(SENT, DUE, plan)
    for day in range(0, 400, 7):
        now = SENT + timedelta(days=day)
        ahead = schedule.next_step(now)
        assert ahead is not None
        assert ahead.due_at > now
        assert not schedule.is_quiet(ahead.due_at)


def test_a_plan_that_does_not_repeat_ends() -> None:
    """After its last step there is nothing to show and nothing to send."""
    schedule = Schedule(SENT, DUE, ReminderPlan(steps=(PlannedStep(days=1),), repeat=None))
    ledger = {s.key for s in schedule.steps_until(DUE + timedelta(days=400))}
    assert ledger == {"after-001"}
    assert schedule.next_step(DUE + timedelta(days=2)) is None


@pytest.mark.parametrize(
    ("steps", "at_", "says"),
    [
        ([{"days": 1}, {"days": -1}], "08:30", "in order of days"),
        ([{"days": 1}, {"days": 1}], "08:30", "none twice"),
        ([{"days": 1}], "21:00", "quiet hours"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(steps: list[dict[str, int]], at_: str, says: str) -> None:
    """Steps out of order, a step twice, a time of day at which nothing goes out."""
    with pytest.raises(ValueError, match=says):
        ReminderPlan.model_validate({"steps": steps, "at": at_})


def test_quiet_hours_may_lie_within_a_day() -> None:
    """From noon to one is quiet, the night is not."""
    quiet = Quiet.model_validate({"from": "12:00", "until": "13:00"})
    assert [quiet.has(time(hour)) for hour in (11, 12, 13, 23)] == [False, True, False, False]


def test_a_step_is_told_in_words() -> None:
    """Before, on and after the deadline, of an extended one; what is no reminder's step stays as it is."""
    told = [step_title(key) for key in ("before-014", "before-000", "after-003", "after-007-e2", "01-r1")]
    assert told == [
        "ก่อนกำหนด 14 วัน",
        "ในวันครบกำหนด",
        "หลังกำหนด 3 วัน",
        "หลังกำหนด 7 วัน (กำหนดที่ขยายครั้งที่ 2)",
        "01-r1",
    ]
