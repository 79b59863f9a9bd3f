"""Places that move between districts: proposed, agreed to, approved; the sum stays, nobody loses what is filled."""

import threading
from dataclasses import replace

import pytest

from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, KboError
from kbo_core.office.intake import receive
from kbo_core.office.reallocating import decide_reallocation
from kbo_core.store.database import Database
from tests.cycle import CYCLE, kinds
from tests.wait.desk import REASON, SIGNED, Desk, at, days

DAY = at("2025-01-10T10:00")


def test_a_place_moves_when_both_agree_and_the_province_approves(desk: Desk) -> None:
    """Both are told; who owes gets another form; both timelines tell of it."""
    number = desk.move_places("5607", "5601", DAY)
    desk.turn(DAY)
    assert [desk.assignment(code).quota for code in ("5601", "5607", "5606")] == [3, 0, 1]
    assert desk.told("quota") == {f"5601 {number:02}": "sent", f"5607 {number:02}": "sent"}
    assert REASON in desk.mail("5601-quota-01")
    assert desk.assignment("5607").state is State.NOT_ASKED
    assert desk.told("packet")["5601 02"] == "sent"
    for code in ("5601", "5607"):
        assert [e.kind for e in desk.timeline(code) if e.kind.startswith("reallocation")][-1] == "reallocation-approved"
    desk.answer("5601", "A1", "A2", "A3", when=DAY)
    desk.sound()


def test_a_proposal_that_cannot_be_is_refused(desk: Desk) -> None:
    """To oneself, no places, more than there are, a strange district, after the report."""
    for giver, taker, places in (("5601", "5601", 1), ("5601", "5607", 0), ("5601", "5607", -1)):
        with desk.refused("reallocation-unclear"):
            desk.propose(giver, taker, DAY, places)
    with desk.refused("reallocation-too-many"):
        desk.propose("5601", "5607", DAY, 3)
    with desk.refused("reallocation-too-many"):
        desk.propose("5609", "5607", DAY)
    with desk.refused("district-unknown"):
        desk.propose("5601", "1001", DAY)
    desk.close(DAY, "ต้องส่งก่อน")
    with desk.refused("cycle-closed"):
        desk.propose("5601", "5607", DAY)


def test_without_both_consents_nothing_moves(desk: Desk) -> None:
    """Each missing one is named; a stranger cannot agree; what was decided is decided."""
    number = desk.propose("5601", "5607", DAY)
    with desk.refused("consent-missing"):
        desk.decide(number, DAY)
    desk.consent(number, "5601", DAY)
    with desk.refused("consent-missing"):
        desk.decide(number, DAY)
    with desk.refused("reallocation-other-district"):
        desk.consent(number, "5606", DAY)
    with desk.refused("reallocation-unknown"):
        desk.consent(9, "5601", DAY)
    desk.decide(number, DAY, is_approved=False)
    with desk.refused("reallocation-decided"):
        desk.decide(number, DAY)
    with desk.refused("reallocation-decided"):
        desk.consent(number, "5607", DAY)
    assert desk.assignment("5601").quota == 2
    assert desk.told("quota") == {}
    assert desk.timeline("5607")[-1].what_th == "ไม่อนุมัติข้อเสนอที่ 1"
    desk.sound()


def test_places_that_were_filled_meanwhile_stay(desk: Desk) -> None:
    """Agreed to by both, then the giver answers in full: the approval comes too late."""
    number = desk.propose("5601", "5607", DAY)
    for code in ("5601", "5607"):
        desk.consent(number, code, DAY)
    desk.answer("5601", "A1", "A2", when=DAY)
    with desk.refused("reallocation-too-many"):
        desk.decide(number, DAY)
    desk.sound()


def test_an_approval_and_an_answer_at_once_leave_no_district_over_its_places(desk: Desk) -> None:
    """Whichever is first, the other is judged by what then holds."""
    number = desk.propose("5601", "5607", DAY)
    for code in ("5601", "5607"):
        desk.consent(number, code, DAY)
    form, start, outcomes = desk.form("5601", "A1", "A2"), threading.Barrier(2), list[str]()

    def act(what: str) -> None:
        office = replace(desk.office, database=Database(desk.office.database.url))
        start.wait()
        try:
            if what == "answer":
                receive(office, CYCLE, "5601", form, "f.xlsx", at=DAY, via="file")
            else:
                decide_reallocation(office, CYCLE, number, is_approved=True, at=DAY, **SIGNED)
            outcomes.append(what)
        except BlockedError:
            pass
        finally:
            office.database.close()

    threads = [threading.Thread(target=act, args=(what,)) for what in ("answer", "approval")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 1
    assert (desk.assignment("5601").quota, len(desk.picked("5601"))) == ((2, 2) if outcomes == ["answer"] else (1, 0))
    desk.sound()


def test_a_district_that_had_given_its_place_is_asked_anew_when_it_gets_one(desk: Desk) -> None:
    """While it has none it is not reminded and owes nothing; then a packet goes out again, and reminders from there."""
    desk.move_places("5606", "5601", DAY)
    desk.turn(DAY)
    desk.turn(at("2025-05-21T09:00"))
    assert [key for key in desk.told("reminder") if key.startswith("5606")] == []
    desk.move_places("5601", "5606", at("2025-05-22T09:00"))
    assert desk.assignment("5606").state is State.PLANNED
    desk.turn(at("2025-05-22T10:00"))
    assert desk.assignment("5606").state is State.DISPATCHED
    assert desk.told("packet")["5606 02"] == "sent"
    desk.turn(at("2025-05-28T09:00"))
    assert [key for key in desk.told("reminder") if key.startswith("5606")] == ["5606 before-007"]
    desk.answer("5606", "C2", when=at("2025-05-28T10:00"))
    desk.sound()


def test_a_district_under_repair_that_gives_its_place_away_owes_nothing(desk: Desk) -> None:
    """What fell out of its answer is asked of it no more."""
    desk.answer("5607", "B1", when=DAY)
    desk.new_list("B1", when=DAY + days(1))
    desk.sound()
    desk.move_places("5607", "5601", DAY + days(2))
    assert (desk.assignment("5607").state, desk.assignment("5607").repair) == (State.NOT_ASKED, None)
    desk.turn(DAY + days(2))
    desk.sound()


def test_a_district_without_places_can_be_given_one(desk: Desk) -> None:
    """It was never asked; now it gets its first packet."""
    desk.move_places("5601", "5609", DAY)
    desk.turn(DAY)
    assert desk.told("packet")["5609 01"] == "sent"
    assert desk.assignment("5609").state is State.DISPATCHED
    desk.sound()


def test_who_has_answered_and_wins_a_place_may_name_more(desk: Desk) -> None:
    """Its answer stands; the board says that there is room, and it is sent a form for more."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.move_places("5607", "5601", DAY)
    assert "จำนวนจัดสรรเพิ่มเป็น 3" in desk.board("5601", DAY).notice_th
    desk.turn(DAY)
    assert desk.picked("5601") == ["A1", "A2"]
    assert desk.told("packet")["5601 02"] == "sent"
    desk.answer("5601", "A1", "A2", "A3", when=DAY)
    assert "reallocation-approved" in kinds(desk.office)
    desk.sound()


def test_the_sum_of_places_never_changes(desk: Desk) -> None:
    """Back and forth, in any order, also when a move is refused."""
    total = sum(a.quota for a in desk.standing())
    for giver, taker in (("5601", "5607"), ("5607", "5606"), ("5606", "5601"), ("5606", "5601"), ("5601", "5609")):
        try:
            desk.move_places(giver, taker, DAY)
        except KboError as error:
            pytest.fail(str([f.code for f in error.findings]))
        assert sum(a.quota for a in desk.standing()) == total
        desk.turn(DAY)
    desk.sound()
