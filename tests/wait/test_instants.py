"""Both sides of every limit, to the second, in Bangkok time."""

from datetime import date, datetime, time, timedelta
from itertools import combinations

import pytest

from kbo_core.domain.approvals import ApprovalStep
from kbo_core.domain.assignments import State
from kbo_core.domain.deadlines import Limits, Timeliness
from kbo_core.domain.definition import Deadline
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.domain.working_days import Calendar
from kbo_core.office.approving import approve
from kbo_core.office.limits import parse_until
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE
from tests.wait.conftest import Copies
from tests.wait.desk import SIGNED, Desk, at, days

LIMITS = pytest.mark.parametrize("kind", ["limits"])
SECOND = timedelta(seconds=1)


def fresh(copies: Copies, validate: Validate, kind: str = "plain") -> Desk:
    return Desk(copies.copy("sqlite", kind), validate)


# The three limits


@pytest.mark.parametrize(
    ("due", "grace", "lock"),
    [
        ("2025-06-04", "2025-06-11", "2025-06-18"),
        ("2024-12-31", "2025-01-01", "2025-01-02"),
        ("2028-02-28", "2028-02-29", "2028-03-01"),
        ("2028-02-29", "2028-02-29", "2028-02-29"),
        ("2027-02-28", "2027-03-01", "2027-03-01"),
    ],
)
def test_each_limit_ends_with_its_second(due: str, grace: str, lock: str) -> None:
    """On time, excused, late, shut: around the turn of the year and 29 February too."""
    on, until, end = (date.fromisoformat(day) for day in (due, grace, lock))
    limits = Deadline(on=on, grace_until=until, lock_on=end).limits(Calendar())
    assert limits == Limits(at(f"{due}T16:30:00"), at(f"{grace}T16:30:00"), at(f"{lock}T16:30:00"))
    assert limits.timeliness(at(f"{due}T16:30:00")) is Timeliness.ON_TIME
    after_due = limits.timeliness(at(f"{due}T16:30:01"))
    assert after_due is (Timeliness.IN_GRACE if grace > due else Timeliness.LATE)
    assert limits.timeliness(at(f"{grace}T16:30:01")) is Timeliness.LATE
    assert (limits.is_late(at(f"{due}T16:30:00")), limits.is_late(at(f"{due}T16:30:01"))) == (False, True)
    assert (limits.is_locked(at(f"{lock}T16:30:00")), limits.is_locked(at(f"{lock}T16:30:01"))) == (False, True)


@pytest.mark.parametrize(
    ("on", "policy", "expected"),
    [
        ("2024-12-31", "keep", "2024-12-31"),
        ("2024-12-31", "previous", "2024-12-27"),  # the 30th was given by the cabinet
        ("2024-12-31", "next", "2025-01-02"),  # the year's last day and its first are days off
        ("2028-02-27", "next", "2028-02-28"),  # a Sunday
        ("2025-06-03", "previous", "2025-05-30"),  # a holiday after a bridge day and a weekend
    ],
)
def test_a_deadline_on_a_day_off_moves_as_the_definition_says(on: str, policy: str, expected: str) -> None:
    """Kept, moved to the working day before, or to the one after."""
    deadline = Deadline.model_validate({"on": on, "if_nonworking": policy})
    assert deadline.limits(Calendar()).due_at == at(f"{expected}T16:30:00")


@LIMITS
def test_an_answer_is_on_time_excused_late_and_shut_out_to_the_second(desk: Desk) -> None:
    """Versions sent one after the other over the three limits: each is marked as it came."""
    told, pairs = [], list(combinations(("A1", "A2", "A3", "A6"), 2))
    for number, clock in enumerate(
        (
            "2025-06-04T16:29:59",
            "2025-06-04T16:30:00",
            "2025-06-04T16:30:01",
            "2025-06-11T16:30:00",
            "2025-06-11T16:30:01",
            "2025-06-18T16:30:00",
        )
    ):
        receipt = desk.answer("5601", *pairs[number], when=at(clock))
        told.append((receipt.is_late, desk.board("5601", at(clock)).timeliness))
    assert told == [
        (False, Timeliness.ON_TIME),
        (False, Timeliness.ON_TIME),
        (True, Timeliness.IN_GRACE),
        (True, Timeliness.IN_GRACE),
        (True, Timeliness.LATE),
        (True, Timeliness.LATE),
    ]
    form = desk.form("5607", "B1")
    with desk.refused("district-locked"):
        desk.receive("5607", form, at("2025-06-18T16:30:01"))
    desk.sound()


@pytest.mark.parametrize(
    ("after_due", "is_late"), [(timedelta(0), False), (-SECOND, False), (SECOND, True), (days(14), True)]
)
def test_a_form_in_the_inbox_counts_from_when_it_came(
    copies: Copies, validate: Validate, after_due: timedelta, is_late: bool
) -> None:
    """A server that slept for nine days takes it as of its own time; in the lock's very second it is still taken."""
    desk = fresh(copies, validate, "limits")
    file = desk.lay("5607", "form.xlsx", desk.form("5607", "B1"))
    came_at = datetime.fromtimestamp(int(file.stat().st_ctime), BANGKOK)
    desk.extend("5607", until=came_at - after_due, when=came_at - days(30))
    desk.turn(came_at + days(9))
    assert desk.picked("5607") == ["B1"]
    assert desk.assignment("5607").is_late is is_late
    assert desk.assignment("5607").submitted_at == came_at
    desk.sound()


def test_a_form_in_the_inbox_a_second_after_the_lock_is_turned_back(copies: Copies, validate: Validate) -> None:
    """And when the time is extended it is judged again, as of when it came."""
    desk = fresh(copies, validate, "limits")
    file = desk.lay("5607", "form.xlsx", desk.form("5607", "B1"))
    came_at = datetime.fromtimestamp(int(file.stat().st_ctime), BANGKOK)
    desk.extend("5607", until=came_at - days(14) - SECOND, when=came_at - days(30))
    desk.turn(came_at + days(9))
    assert (desk.picked("5607"), desk.assignment("5607").locked_at) == ([], came_at + days(9))
    desk.extend("5607", until=came_at + days(30), when=came_at + days(10))
    desk.turn(came_at + days(10))
    assert desk.picked("5607") == ["B1"]
    assert not desk.assignment("5607").is_late
    desk.sound()


# Reminders


@pytest.mark.parametrize(
    ("clock", "step"),
    [
        ("2025-05-21T08:29:59", None),
        ("2025-05-21T08:30:00", "before-014"),
        ("2025-05-21T19:59:59", "before-014"),
        ("2025-05-21T20:00:00", None),
        ("2025-05-22T05:59:59", None),
        ("2025-05-22T06:00:00", "before-014"),
        ("2025-05-24T10:00:00", None),  # Saturday
        ("2025-06-03T10:00:00", None),  # a holiday
        ("2025-06-05T08:30:00", "after-001"),
    ],
)
def test_a_turn_reminds_outside_quiet_hours_and_days_off(
    copies: Copies, validate: Validate, clock: str, step: str | None
) -> None:
    """The one step that has come by then; in the rest nothing, and nothing is lost by it."""
    desk = fresh(copies, validate)
    desk.turn(at(clock))
    sent = [key for key, state in desk.told("reminder").items() if state == "sent"]
    assert sent == ([f"{code} {step}" for code in ("5601", "5606", "5607")] if step else [])


def test_the_office_makes_and_unmakes_days_off(copies: Copies, validate: Validate) -> None:
    """A cabinet day announced late stops the turn, a day taken back lets it go out."""
    desk = fresh(copies, validate)
    (desk.office.home / "holidays.csv").write_text(
        "date,name\n2025-05-21,วันหยุดพิเศษ\n2025-06-03,ทำงาน\n", encoding="utf-8"
    )
    desk.turn(at("2025-05-21T09:00"))
    assert desk.told("reminder") == {}
    desk.turn(at("2025-05-22T09:00"))
    assert desk.told("reminder")["5601 before-014"] == "sent"
    desk.turn(at("2025-05-30T09:00"))
    assert desk.told("reminder")["5601 before-007"] == "sent"
    desk.turn(at("2025-06-03T08:29:59"))
    assert "5601 before-001" not in desk.told("reminder")
    desk.turn(at("2025-06-03T08:30:00"))
    assert desk.told("reminder")["5601 before-001"] == "sent"


def test_an_extension_brings_no_reminder_from_before_it(copies: Copies, validate: Validate) -> None:
    """Two days of grace granted on a Tuesday: the week's reminder that would have been is not made up for."""
    desk = fresh(copies, validate)
    desk.turn(at("2025-06-05T09:00"))
    desk.extend("5601", until=at("2025-06-12T16:30"), when=at("2025-06-10T09:00"))
    desk.turn(at("2025-06-10T09:05"))
    assert [key for key in desk.told("reminder") if key.startswith("5601") and key.endswith("-e1")] == []
    desk.turn(at("2025-06-11T08:30"))
    assert desk.told("reminder")["5601 before-001-e1"] == "sent"
    desk.sound()


# Extension, lock, reopening


def test_an_extension_holds_until_its_second(desk: Desk) -> None:
    """On time at the new limit, late a second after it; grace and lock are the cycle's distance away."""
    until = at("2025-06-30T12:00")
    assert desk.extend("5601", "5607", until=until, when=at("2025-06-10T09:00")) == ["5601", "5607"]
    assert not desk.answer("5601", "A1", "A2", when=until).is_late
    assert desk.answer("5607", "B1", when=until + SECOND).is_late
    assert desk.assignment("5606").due_at == at("2025-06-04T16:30")
    desk.sound()


@LIMITS
def test_a_locked_district_is_opened_by_an_extension(desk: Desk) -> None:
    """A turn a second after the lock shuts it, also for a clock that is put back; the new lock is as far from the
    new deadline as the old one was."""
    desk.turn(at("2025-06-18T16:30:00"))
    assert desk.assignment("5601").locked_at is None
    desk.turn(at("2025-06-18T16:30:01"))
    assert desk.assignment("5601").locked_at == at("2025-06-18T16:30:01")
    form = desk.form("5601", "A1", "A2")
    with desk.refused("district-locked"):
        desk.receive("5601", form, at("2025-06-01T10:00"))
    desk.extend("5601", until=at("2025-06-25T16:30"), when=at("2025-06-20T10:00"))
    assert desk.assignment("5601").limits == Limits(
        at("2025-06-25T16:30"), at("2025-07-02T16:30"), at("2025-07-09T16:30")
    )
    assert not desk.receive("5601", form, at("2025-06-25T16:30")).is_late
    desk.sound()


@LIMITS
def test_a_locked_district_that_has_answered_is_opened_by_a_reopening(desk: Desk) -> None:
    """It may amend until the instant named and the lock behind it; another stays shut, what came late stays late."""
    desk.answer("5601", "A1", "A2", when=at("2025-06-05T10:00"))
    desk.turn(at("2025-06-19T10:00"))
    assert desk.reopen("5601", until=at("2025-06-25T12:00"), when=at("2025-06-20T10:00")) == ["5601"]
    assert desk.board("5601", at("2025-06-20T10:00")).timeliness is Timeliness.LATE
    form = desk.form("5607", "B1")
    with desk.refused("district-locked"):
        desk.receive("5607", form, at("2025-06-20T11:00"))
    assert not desk.answer("5601", "A2", "A3", when=at("2025-06-25T12:00")).is_late
    with desk.refused("district-locked"):
        desk.answer("5601", "A1", "A3", when=at("2025-07-09T12:00:01"))
    desk.sound()


def test_an_extension_after_the_clock_jumped_is_judged_by_its_own_instant(desk: Desk) -> None:
    """The clock runs a month ahead and is put right: what was passed in the future is not passed now."""
    desk.turn(at("2025-07-20T10:00"))
    with desk.refused("deadline-past"):
        desk.extend("5601", until=at("2025-07-01T16:30"), when=at("2025-07-20T10:00"))
    desk.extend("5601", until=at("2025-07-01T16:30"), when=at("2025-06-05T10:00"))
    desk.turn(at("2025-06-24T09:00"))
    assert desk.told("reminder")["5601 before-007-e1"] == "sent"
    desk.sound()


@LIMITS
def test_an_answer_locked_by_a_clock_that_ran_ahead_can_be_sent_back(desk: Desk) -> None:
    """The deadline lies far ahead, yet a turn saw the lock pass: sent back, the district may answer again."""
    desk.answer("5601", "A1", "A2", when=at("2025-01-10T10:00"))
    desk.turn(at("2025-07-01T10:00"))
    assert desk.assignment("5601").locked_at is not None
    assert desk.send_back("5601", at("2025-01-20T10:00")) == at("2025-06-04T16:30")
    assert desk.answer("5601", "A2", "A3", when=at("2025-01-21T10:00")).version == 2
    desk.sound()


# Time to answer again


@pytest.mark.parametrize(
    ("returned", "until"),
    [
        ("2025-05-01T10:00", "2025-06-04T16:30"),  # the deadline is far enough
        ("2025-05-28T23:59:59", "2025-06-04T16:30"),
        ("2025-05-30T00:00", "2025-06-06T16:30"),  # two days off and a weekend between
        ("2025-06-06T10:00", "2025-06-11T16:30"),
        ("2025-06-06T23:59:59", "2025-06-11T16:30"),
        ("2025-06-07T00:00:00", "2025-06-11T16:30"),  # Saturday in Bangkok, Friday in London
        ("2025-06-09T00:00:00", "2025-06-12T16:30"),
        ("2025-12-29T10:00", "2026-01-05T16:30"),
        ("2028-02-28T10:00", "2028-03-02T16:30"),
    ],
)
def test_an_answer_sent_back_has_three_working_days(
    copies: Copies, validate: Validate, returned: str, until: str
) -> None:
    """Counted in Bangkok's days, over weekends, holidays, the turn of the year and 29 February."""
    desk = fresh(copies, validate)
    desk.answer("5601", "A1", "A2", when=at("2025-01-10T10:00"))
    if returned.startswith("2025-12"):  # a cabinet day
        (desk.office.home / "holidays.csv").write_text("date,name\n2026-01-02,วันหยุดพิเศษ\n", encoding="utf-8")
        until = "2026-01-06T16:30"
    assert desk.send_back("5601", at(returned)) == at(until)
    assert not desk.answer("5601", "A2", "A3", when=at(until)).is_late
    desk.sound()


# A letter that comes too late


@pytest.mark.parametrize("kind", ["signed"])
def test_a_letter_that_goes_out_after_its_deadline_is_handled(desk: Desk) -> None:
    """Signed two days too late: the board says so, reminders after it apply, the answer is late and taken."""
    signed_at = at("2025-06-06T10:00")
    for step in (ApprovalStep.OWNER, ApprovalStep.GROUP_HEAD):
        desk.turn(signed_at - days(1))
        assert desk.told("packet")["5607 01"] == "planned"
        approve(desk.office, CYCLE, step, at=signed_at, **SIGNED)
    desk.turn(signed_at)
    assert desk.told("packet")["5607 01"] == "sent"
    assert desk.told("reminder") == {}
    line = desk.board("5607", signed_at)
    assert (line.state, line.days_left) == (State.DISPATCHED, -2)
    assert "ควรขยายเวลา" in line.notice_th
    desk.turn(at("2025-06-09T08:30"))
    assert {key: state for key, state in desk.told("reminder").items() if key.startswith("5607")} == {
        "5607 after-003": "sent"
    }
    assert desk.answer("5607", "B1", when=at("2025-06-09T10:00")).is_late
    desk.sound()


# Days and clocks


@pytest.mark.parametrize(
    ("clock", "left"),
    [
        ("2025-06-03T23:59:59", 1),
        ("2025-06-04T00:00:00", 0),
        ("2025-06-04T06:59:59", 0),
        ("2025-06-04T23:59:59", 0),
        ("2025-06-05T00:00:00", -1),
    ],
)
def test_days_are_those_of_bangkok(copies: Copies, validate: Validate, clock: str, left: int) -> None:
    """Midnight in Bangkok is five in the afternoon of the day before in UTC."""
    assert fresh(copies, validate).board("5601", at(clock)).days_left == left


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2025-06-20", "2025-06-20T16:30:00+07:00"),
        ("2025-06-20T12:00", "2025-06-20T12:00:00+07:00"),
        ("2025-06-20T12:00:00+00:00", "2025-06-20T19:00:00+07:00"),
        ("2028-02-29", "2028-02-29T16:30:00+07:00"),
        ("2027-02-29", None),
        ("2568-06-20", None),
        ("20 มิ.ย. 2568", None),
        ("", None),
    ],
)
def test_a_new_deadline_is_a_day_or_a_time_in_bangkok(text: str, instant: str | None) -> None:
    """A Buddhist year is not guessed at, a day that the calendar lacks is refused."""
    if instant is None:
        with pytest.raises(RefusedError) as caught:
            parse_until(text, time(16, 30))
        assert [f.code for f in caught.value.findings] == ["until-unreadable"]
    else:
        assert parse_until(text, time(16, 30)) == datetime.fromisoformat(instant)
