"""Signatures: in the letter's order, by name, before anything goes out and under the report."""

import pytest

from kbo_core.domain.approvals import ApprovalStep
from kbo_core.office.approving import approve, unsigned
from tests.cycle import CYCLE, outbox
from tests.wait.desk import BY, REASON, SIGNED, Desk, at, days

DAY = at("2025-01-10T10:00")
OWNER, HEAD, GOVERNOR = ApprovalStep.OWNER, ApprovalStep.GROUP_HEAD, ApprovalStep.DEPUTY_GOVERNOR


def sign(desk: Desk, step: ApprovalStep) -> ApprovalStep | None:
    return approve(desk.office, CYCLE, step, at=DAY, **SIGNED).next_step


@pytest.mark.parametrize("kind", ["signed"])
def test_no_packet_goes_out_before_it_is_signed(desk: Desk) -> None:
    """In order, each once; then a turn sends it, and the report has a chain of its own."""
    desk.turn(DAY)
    assert outbox(desk.office) == {}
    assert unsigned(desk.office, CYCLE) == ["หนังสือถึงอำเภอ (รอเจ้าของเรื่อง)"]
    for step in (HEAD, GOVERNOR):
        with desk.refused("approval-order"):
            sign(desk, step)
    assert sign(desk, OWNER) is HEAD
    with desk.refused("approval-order"):
        sign(desk, OWNER)
    desk.turn(DAY)
    assert outbox(desk.office) == {}
    assert sign(desk, HEAD) is None
    with desk.refused("approval-needless"):
        sign(desk, HEAD)
    desk.turn(DAY)
    assert sorted(outbox(desk.office)) == ["5601-packet-01.eml", "5606-packet-01.eml", "5607-packet-01.eml"]
    desk.close(DAY, "ต้องส่งก่อน")
    assert unsigned(desk.office, CYCLE) == ["รายงานรวม (รอเจ้าของเรื่อง)"]
    assert sign(desk, OWNER) is None
    signed = [e for e in desk.timeline() if e.kind == "approval-given"]
    assert [(e.what_th, e.by, e.reason) for e in signed] == [
        ("เจ้าของเรื่องลงนามหนังสือถึงอำเภอ", BY, REASON),
        ("ผู้อำนวยการกลุ่มงานลงนามหนังสือถึงอำเภอ", BY, REASON),
        ("เจ้าของเรื่องลงนามรายงานรวม", BY, REASON),
    ]
    desk.sound()


def test_the_report_is_signed_by_all_four_and_each_version_anew(desk: Desk) -> None:
    """Before there is a report nothing waits; a later version begins with the owner again."""
    with desk.refused("approval-needless"):
        sign(desk, OWNER)
    desk.close(DAY, "ต้องส่งก่อน")
    for step in ApprovalStep:
        sign(desk, step)
    assert unsigned(desk.office, CYCLE) == []
    desk.reopen("5607", until=DAY + days(9), when=DAY)
    assert unsigned(desk.office, CYCLE) == []
    desk.answer("5607", "B1", when=DAY)
    desk.close(DAY, "ต้องส่งก่อน")
    with desk.refused("approval-order"):
        sign(desk, GOVERNOR)
    assert sign(desk, OWNER) is HEAD
    desk.sound()


def test_a_report_is_not_signed_further_while_the_cycle_is_reopened(desk: Desk) -> None:
    """Another may take its place; where none does, the signing goes on."""
    desk.close(DAY, "ต้องส่งก่อน")
    sign(desk, OWNER)
    desk.reopen("5607", until=DAY + days(9), when=DAY)
    with desk.refused("approval-needless"):
        sign(desk, HEAD)
    desk.close(DAY, "ต้องส่งก่อน")
    assert sign(desk, HEAD) is ApprovalStep.PROVINCIAL_DEVELOPER
    desk.sound()


@pytest.mark.parametrize("kind", ["signed"])
def test_a_packet_that_waited_for_its_signature_gives_way_to_a_newer_one(desk: Desk) -> None:
    """One packet goes out, the newest; the ledger says why the other does not."""
    desk.new_list("A2", when=DAY)
    desk.turn(DAY)
    for step in (OWNER, HEAD):
        sign(desk, step)
    desk.turn(DAY)
    assert sorted(outbox(desk.office)) == ["5601-packet-02.eml", "5606-packet-01.eml", "5607-packet-01.eml"]
    assert desk.told("packet")["5601 01"] == "explained"
    assert "แก้ไข" not in desk.mail("5601-packet-02")
    desk.sound()
