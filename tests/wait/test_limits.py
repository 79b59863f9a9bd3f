"""Extending, locking, reopening: for whom, who is told, what stays shut."""

import pytest

from kbo_core.domain.assignments import State
from tests.cycle import kinds
from tests.wait.desk import REASON, Desk, at, days

DAY = at("2025-06-05T10:00")
UNTIL = at("2025-06-20T16:30")
LIMITS = pytest.mark.parametrize("kind", ["limits"])


def test_one_district_is_extended_and_told_by_which_letter(desk: Desk) -> None:
    """Its new day is in the mail, on the board and in the timeline; the cycle's own deadline stays."""
    desk.extend("5601", until=UNTIL, when=DAY, letter="พย 0019/123 ลว. 4 มิ.ย. 2568")
    desk.turn(DAY)
    said = desk.mail("5601-extension-01")
    for words in ("20 มิถุนายน 2568 เวลา 16:30 น.", REASON, "พย 0019/123"):
        assert words in said
    assert "ขยายเวลาแล้ว" in desk.board("5601", DAY).state_th
    assert "เลยกำหนด" in desk.board("5607", DAY).state_th
    (entry,) = [e for e in desk.timeline("5601") if e.kind == "deadline-extended"]
    assert (entry.what_th, entry.reason) == ("ขยายเวลาถึง 20 มิ.ย. 2568 16:30 น.: อำเภอเมืองพะเยา", REASON)
    assert [e for e in desk.timeline("5607") if e.kind == "deadline-extended"] == []
    assert desk.told("extension") == {"5601 01": "sent"}
    desk.extend("5601", until=UNTIL + days(7), when=DAY + days(1))
    assert sorted(desk.told("extension")) == ["5601 01", "5601 02"]
    desk.sound()


def test_the_whole_cycle_is_extended_for_those_who_owe(desk: Desk) -> None:
    """Who has answered keeps its answer and hears nothing; a district that gets places later has the new deadline."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.move_places("5606", "5607", DAY)
    assert desk.extend(until=UNTIL, when=DAY) == ["5607"]
    desk.move_places("5607", "5606", DAY)
    desk.turn(DAY)
    assert desk.assignment("5606").due_at == UNTIL
    assert desk.assignment("5606").state is State.DISPATCHED
    assert desk.told("extension") == {"5607 01": "sent"}
    desk.sound()


def test_what_cannot_be_extended_says_why(desk: Desk) -> None:
    """A day that is no later or has passed, a district that has answered or is not asked, a closed cycle."""
    desk.answer("5601", "A1", "A2", when=DAY)
    with desk.refused("extension-needless"):
        desk.extend("5601", until=UNTIL, when=DAY)
    with desk.refused("extension-needless"):
        desk.extend("5609", until=UNTIL, when=DAY)
    with desk.refused("extension-not-later"):
        desk.extend("5607", until=at("2025-06-04T16:30"), when=DAY - days(9))
    with desk.refused("deadline-past"):
        desk.extend("5607", until=DAY, when=DAY)
    with desk.refused("district-unknown"):
        desk.extend("1001", until=UNTIL, when=DAY)
    desk.answer("5607", "B1", when=DAY)
    desk.answer("5606", "C2", when=DAY)
    with desk.refused("extension-needless"):
        desk.extend(until=UNTIL, when=DAY)
    desk.close(DAY)
    with desk.refused("cycle-closed"):
        desk.extend("5607", until=UNTIL, when=DAY)


def test_of_several_districts_all_or_none_are_extended(desk: Desk) -> None:
    """One of two has answered: neither gets a new day."""
    desk.answer("5601", "A1", "A2", when=DAY)
    with desk.refused("extension-needless"):
        desk.extend("5607", "5601", until=UNTIL, when=DAY)


def test_after_the_report_only_districts_that_are_named_are_open_again(desk: Desk) -> None:
    """One is reopened; the others stay shut for forms, withdrawals and exceptions, until they are reopened too."""
    for code, ids in {"5601": ("A1", "A2"), "5607": ("B1",), "5606": ("C2",)}.items():
        desk.answer(code, *ids, when=DAY)
    first = desk.close(DAY)
    with desk.refused("deadline-past"):
        desk.reopen("5601", until=DAY, when=DAY)
    assert desk.reopen("5601", until=UNTIL, when=DAY + days(1)) == ["5601"]
    for code, ids in {"5607": ("B3",), "5606": ("C2",)}.items():
        with desk.refused("district-locked"):
            desk.answer(code, *ids, when=DAY + days(1))
        with desk.refused("district-locked"):
            desk.withdraw(code, DAY + days(1))
    with desk.refused("district-locked"):
        desk.grant("C1", "1b", when=DAY + days(1))
    with desk.refused("reopening-needless"):
        desk.reopen("5601", until=UNTIL, when=DAY + days(2))
    assert desk.reopen("5607", until=UNTIL, when=DAY + days(2)) == ["5607"]
    desk.answer("5601", "A2", "A3", when=DAY + days(2))
    desk.answer("5607", "B3", when=DAY + days(2))
    before = {file.name: file.read_bytes() for file in first.folder.iterdir()}
    second = desk.close(DAY + days(3))
    assert (second.report.version, second.is_new) == (2, True)
    assert {file.name: file.read_bytes() for file in first.folder.iterdir()} == before
    assert desk.close(DAY + days(30)).is_new is False
    assert desk.told("extension") == {"5601 01": "planned", "5607 01": "planned"}
    desk.sound()


def test_a_reopening_of_which_nothing_comes_confirms_the_report(desk: Desk) -> None:
    """One district never answered and was closed over: the same report holds, and is not issued again."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.answer("5607", "B1", when=DAY)
    first = desk.close(DAY, "ต้องส่งก่อน")
    assert desk.reopen("5607", until=UNTIL, when=DAY + days(1)) == ["5607"]
    again = desk.close(DAY + days(2))
    assert (again.is_new, again.report) == (False, first.report)
    assert kinds(desk.office)[-1] == "report-confirmed"
    with desk.refused("cycle-closed"):
        desk.answer("5607", "B3", when=DAY + days(2))
    desk.sound()


def test_a_reopening_without_names_opens_whoever_is_asked(desk: Desk) -> None:
    """The six districts without places hear nothing of it."""
    desk.close(DAY, "ต้องส่งก่อน")
    assert desk.reopen(until=UNTIL, when=DAY) == ["5601", "5607", "5606"]
    with desk.refused("reopening-needless"):
        desk.reopen("5609", until=UNTIL, when=DAY)
    desk.answer("5606", "C2", when=UNTIL)
    desk.sound()


@LIMITS
def test_a_lock_is_noticed_once_and_ends_the_reminders(desk: Desk) -> None:
    """Whoever owes is shut and no longer asked; the report does not wait for it."""
    when = at("2025-06-19T10:00")
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.turn(when)
    desk.turn(when + days(10))
    assert kinds(desk.office).count("assignment-locked") == 3
    assert "ปิดรับแล้ว" in desk.board("5607", when).state_th
    assert desk.board("5607", when).next_reminder_at is None
    assert [key for key in desk.told("reminder") if "after-021" in key] == []
    closed = desk.close(when + days(11))
    csv = next(file for file in closed.folder.iterdir() if file.suffix == ".csv").read_text("utf-8-sig")
    assert "A1" in csv
    desk.sound()


@LIMITS
def test_a_locked_district_is_sent_no_other_list_until_it_is_open(desk: Desk) -> None:
    """Its candidates change while it is shut: the packet waits for the extension."""
    shut = at("2025-06-19T10:00")
    desk.turn(shut)
    desk.new_list("A1", when=shut + days(1))
    assert "5601 02" not in desk.told("packet")
    desk.extend("5601", until=shut + days(30), when=shut + days(2))
    desk.turn(shut + days(2))
    assert desk.told("packet")["5601 02"] == "sent"
    desk.sound()


@LIMITS
def test_a_group_that_falls_out_behind_the_lock_opens_its_district(desk: Desk) -> None:
    """What is asked of it again it may send again: three working days; the others stay shut."""
    shut = at("2025-06-19T10:00")
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.answer("5607", "B1", when=DAY)
    desk.turn(shut)
    assert desk.new_list("A1", when=shut).repairs == ("5601",)
    assert desk.assignment("5601").due_at == at("2025-06-24T16:30")
    assert "24 มิถุนายน 2568" in desk.mail("5601-packet-02")
    assert not desk.answer("5601", "A2", "A3", when=at("2025-06-24T16:30")).is_late
    with desk.refused("district-locked"):
        desk.withdraw("5607", shut)
    desk.sound()
