"""Lawful exceptions: two hands, exactly the clauses that stand in the way, and never wider than that."""

import pypdfium2
import pytest

from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError
from kbo_core.office import overrides
from tests.cycle import CYCLE, log_of
from tests.wait.desk import BY, REASON, Desk, at, days

DAY = at("2025-01-10T10:00")


def test_a_group_with_an_exception_may_be_picked(desk: Desk) -> None:
    """A new list goes out with it; the report names clause, reason and both persons; taken back, it is off the list."""
    with pytest.raises(BlockedError):
        desk.answer("5601", "A1", "A5", when=DAY)
    assert desk.grant("A5", "1b", when=DAY) == 1
    desk.turn(DAY)
    assert desk.told("packet") == {"5601 01": "sent", "5601 02": "sent", "5606 01": "sent", "5607 01": "sent"}
    assert "กลุ่มที่เพิ่มเข้าบัญชี\n  ๑) A5" in desk.mail("5601-packet-02")
    entry = next(e for e in desk.timeline("5601") if e.kind == "override-granted")
    assert (entry.what_th, entry.by) == ("ข้อยกเว้นให้ A5 (อำเภอเมืองพะเยา) ข้อ 1b อนุมัติโดย นาย ค", BY)
    desk.answer("5601", "A1", "A5", when=DAY)
    with desk.refused("pick-unseated"):
        desk.revoke("A5", DAY)
    desk.sound()
    closed = desk.close(DAY, "ต้องส่งก่อน")
    report = next(file for file in closed.folder.iterdir() if file.suffix == ".pdf")
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(report))
    for words in ("1b", REASON, BY, "นาย ค"):
        assert words in text


def test_taken_back_it_counts_no_longer_and_may_be_made_anew(desk: Desk) -> None:
    """The district sees both in its packets and in its timeline; a second exception is one of its own."""
    desk.grant("A5", "1b", when=DAY)
    desk.turn(DAY)
    desk.new_list("A6", when=DAY + days(1))
    assert "A5" not in desk.mail("5601-packet-03")  # it is still on the list
    desk.revoke("A5", DAY + days(1))
    with desk.refused("override-missing"):
        desk.revoke("A5", DAY + days(1))
    form = desk.form("5601", "A1", "A5")
    with pytest.raises(BlockedError):
        desk.receive("5601", form, DAY + days(1))
    desk.turn(DAY + days(1))
    assert "A5" not in desk.assignment("5601").candidates
    assert [e.kind for e in desk.timeline("5601") if e.kind.startswith("override")] == [
        "override-granted",
        "override-revoked",
    ]
    assert desk.grant("A5", "1b", when=DAY + days(2)) == 1
    desk.turn(DAY + days(2))
    assert desk.answer("5601", "A1", "A5", when=DAY + days(2)).version == 1
    desk.sound()


def test_an_exception_that_is_not_lawful_is_refused(desk: Desk) -> None:
    """One hand, a clause too few or too many, an unknown clause or group, a group that needs none or has one."""
    with desk.refused("override-one-hand"):
        desk.grant("A5", "1b", when=DAY, approver=f" {BY} ")
    with desk.refused("override-one-hand"):
        desk.grant("A5", "1b", when=DAY, approver=" ")
    for clauses in ((), ("2",), ("1b", "2"), ("1a", "1b")):
        with desk.refused("override-clauses-differ"):
            desk.grant("A5", *clauses, when=DAY)
    with desk.refused("override-clause"):
        desk.grant("A5", "9", when=DAY)
    with desk.refused("producer-unknown"):
        desk.grant("Z9", "1b", when=DAY)
    with desk.refused("override-needless"):
        desk.grant("A1", "1b", when=DAY)
    desk.grant("A5", "1b", when=DAY)
    with desk.refused("override-exists"):
        desk.grant("A5", "1b", when=DAY)
    desk.close(DAY, "ต้องส่งก่อน")
    with desk.refused("cycle-closed"):
        desk.grant("A4", "1a", when=DAY)
    with desk.refused("cycle-closed"):
        desk.revoke("A5", DAY)


@pytest.mark.parametrize("kind", ["limits"])
def test_behind_the_lock_no_exception_is_made(desk: Desk) -> None:
    """The district is opened first; for another district, which is open, it may be made."""
    shut = at("2025-06-19T10:00")
    desk.turn(shut)
    desk.extend("5606", until=shut + days(9), when=shut)
    with desk.refused("district-locked"):
        desk.grant("A5", "1b", when=shut)
    assert desk.grant("C1", "1b", when=shut) == 1
    desk.sound()


def test_an_exception_does_not_cover_a_clause_that_nobody_named(desk: Desk) -> None:
    """A picked group is excepted from its stars; then it turns up on last year's list: its district answers again."""
    desk.grant("A5", "1b", when=DAY)
    desk.turn(DAY)
    desk.answer("5601", "A1", "A5", when=DAY)
    update = desk.new_list("A5", when=DAY + days(1))
    assert update.repairs == ("5601",)
    assert desk.assignment("5601").state is State.REPAIR
    assert "A5" not in desk.assignment("5601").candidates
    with pytest.raises(BlockedError):
        desk.answer("5601", "A1", "A5", when=DAY + days(1))
    desk.sound()
    desk.revoke("A5", DAY + days(2))
    assert desk.grant("A5", "1b", "2", when=DAY + days(2)) == 1
    desk.turn(DAY + days(2))
    desk.answer("5601", "A1", "A5", when=DAY + days(3))
    desk.sound()


def test_an_exception_not_yet_used_falls_when_a_list_outgrows_it(desk: Desk) -> None:
    """It leaves the district's list as if it had never been on it, and comes back when the list is corrected."""
    desk.grant("A5", "1b", when=DAY)
    desk.turn(DAY)
    desk.new_list("A5", when=DAY + days(1))
    assert "A5" not in desk.assignment("5601").candidates
    desk.new_list(when=DAY + days(2))
    assert "A5" in desk.assignment("5601").candidates
    desk.sound()


def test_both_hands_are_in_the_log(desk: Desk) -> None:
    """Who asked and who approved; who takes it back may be a third."""
    desk.grant("A5", "1b", when=DAY)
    granted = next(e for e in log_of(desk.office) if e.kind == "override-granted")
    assert (granted.payload["by"], granted.payload["approver"]) == (BY, "นาย ค")
    overrides.revoke_override(desk.office, CYCLE, "A5", at=DAY, by="นาย ง", reason=REASON)
    assert desk.timeline()[-1].what_th == "ยกเลิกข้อยกเว้นของ A5"
