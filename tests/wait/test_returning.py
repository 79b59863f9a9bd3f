"""Answers sent back, withdrawn, taken by hand: what changes, who is told, what is refused."""

import pytest

from kbo_core.domain.assignments import State
from kbo_core.office.following import follow_district
from kbo_core.office.returning import versions
from tests.cycle import CYCLE
from tests.wait.desk import BY, REASON, Desk, at, days

DAY = at("2025-01-10T10:00")
SHUT = at("2025-06-19T10:00")


def test_an_answer_sent_back_is_owed_again(desk: Desk) -> None:
    """Its picks are free, its version stays, the comments are in the mail and on the board; the new one ends it."""
    desk.answer("5601", "A1", "A2", when=DAY)
    until = desk.send_back("5601", DAY + days(1), "A1 เปลี่ยนประธาน\nขอเอกสารเพิ่ม")
    assert until == at("2025-06-04T16:30")
    assert desk.assignment("5601").state is State.RETURNED
    assert desk.picked("5601") == []
    desk.turn(DAY + days(1))
    said = desk.mail("5601-returned-01")
    assert "A1 เปลี่ยนประธาน" in said
    assert "ขอเอกสารเพิ่ม" in said
    assert "A1 เปลี่ยนประธาน" in desk.board("5601", DAY + days(1)).notice_th
    back = next(e for e in desk.timeline("5601") if e.kind == "submission-returned")
    assert (back.what_th, back.by) == ("ส่งรายชื่อฉบับที่ 1 กลับให้แก้ไข", BY)
    desk.answer("5601", "A2", "A3", when=DAY + days(2))
    assert desk.board("5601", DAY + days(2)).notice_th == ""
    told = versions(desk.office, CYCLE, "5601")
    assert [(v.state_th, v.added, v.dropped) for v in told] == [
        ("ส่งกลับให้แก้", ("A1", "A2"), ()),
        ("ใช้อยู่", ("A3",), ("A1",)),
    ]
    desk.sound()


def test_the_very_same_form_may_be_the_answer_again(desk: Desk) -> None:
    """Sent back by mistake: the district sends the same file, which is judged again and is a new version."""
    form = desk.form("5601", "A1", "A2")
    desk.receive("5601", form, DAY)
    desk.send_back("5601", DAY + days(1))
    again = desk.receive("5601", form, DAY + days(2))
    assert (again.is_new, again.version) == (True, 2)
    assert desk.picked("5601") == ["A1", "A2"]
    desk.sound()


def test_an_answer_withdrawn_is_owed_again_on_the_old_deadline(desk: Desk) -> None:
    """The district is told what it owes; a withdrawal gives it no more time."""
    desk.answer("5601", "A1", "A2", when=DAY)
    assert desk.withdraw("5601", DAY + days(1)) == 1
    desk.turn(DAY + days(1))
    assert desk.told("withdrawn") == {"5601 01": "sent"}
    assert REASON in desk.mail("5601-withdrawn-01")
    assert (desk.assignment("5601").state, desk.assignment("5601").extension) == (State.WITHDRAWN, 0)
    desk.turn(at("2025-05-21T09:00"))
    assert desk.told("reminder")["5601 before-014"] == "sent"
    desk.sound()


def test_nothing_is_sent_back_or_withdrawn_that_is_not_there(desk: Desk) -> None:
    """No answer, one that was sent back already, and after the report."""
    for act in (desk.send_back, desk.withdraw):
        with desk.refused("answer-missing"):
            act("5601", DAY)
    with desk.refused("district-unknown"):
        desk.send_back("1001", DAY)
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.send_back("5601", DAY)
    for act in (desk.send_back, desk.withdraw):
        with desk.refused("answer-missing"):
            act("5601", DAY)
    desk.close(DAY, "ต้องส่งก่อน")
    for act in (desk.send_back, desk.withdraw):
        with desk.refused("cycle-closed"):
            act("5601", DAY)


def test_who_has_given_its_places_away_owes_nothing_again(desk: Desk) -> None:
    """A nil return of a district without places is neither sent back nor withdrawn."""
    desk.new_list("C2", when=DAY)
    desk.answer("5606", when=DAY, is_nil=True)
    desk.move_places("5606", "5601", DAY)
    for act in (desk.send_back, desk.withdraw):
        with desk.refused("district-not-asked"):
            act("5606", DAY)
    assert desk.assignment("5606").state is State.NIL


@pytest.mark.parametrize("kind", ["limits"])
def test_after_the_lock_the_province_may_send_back_the_district_not_withdraw(desk: Desk) -> None:
    """Sent back, the district is open for three working days; another district stays shut."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.answer("5607", "B1", when=DAY)
    desk.turn(SHUT)
    with desk.refused("district-locked"):
        desk.withdraw("5601", SHUT)
    until = desk.send_back("5601", SHUT)
    assert until == at("2025-06-24T16:30")
    assert not desk.answer("5601", "A2", "A3", when=until).is_late
    with desk.refused("district-locked"):
        desk.withdraw("5607", SHUT)
    desk.sound()


@pytest.mark.parametrize("kind", ["by_hand"])
def test_where_a_person_looks_at_every_answer_it_waits_for_that(desk: Desk) -> None:
    """Received, amended, accepted by name; the report waits for it; then there is nothing more to accept."""
    with desk.refused("answer-not-waiting"):
        desk.accept("5601", DAY)
    desk.answer("5601", "A1", "A2", when=DAY)
    assert desk.assignment("5601").state is State.SUBMITTED
    desk.answer("5601", "A2", "A3", when=DAY + days(1))
    assert desk.assignment("5601").state is State.RESUBMITTED
    desk.answer("5607", "B1", when=DAY)
    desk.answer("5606", "C2", when=DAY)
    with desk.refused("answer-unread", "answer-unread", "answer-unread"):
        desk.close(DAY + days(2))
    assert desk.accept("5601", DAY + days(2)) == 2
    desk.turn(DAY + days(2))
    assert desk.told("accepted") == {"5601 02": "sent"}
    assert "จังหวัดตรวจรับรายชื่อฉบับที่ 2" in {e.what_th for e in desk.timeline("5601")}
    with desk.refused("answer-not-waiting"):
        desk.accept("5601", DAY + days(3))
    desk.send_back("5607", DAY + days(3))
    desk.answer("5607", "B3", when=DAY + days(4))
    assert desk.assignment("5607").state is State.RESUBMITTED
    desk.sound()


def test_a_reminder_from_before_the_answer_does_not_follow_a_return(desk: Desk) -> None:
    """Steps of the time when the district had answered are not made up for."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.send_back("5601", at("2025-05-29T09:00"))
    follow_district(desk.office, CYCLE, "5601", at("2025-05-29T10:00"))
    assert [key for key in desk.told("reminder") if key.startswith("5601")] == []
