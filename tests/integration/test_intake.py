"""What comes back: accepted once, refused with the cell and the remedy, never half-taken."""

from datetime import timedelta

import pytest

from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.office.doctor import examine
from kbo_core.office.intake import check, receive
from kbo_core.office.office import Office
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import get_assignment, picks
from tests.cycle import CYCLE, DUE_AT, answer, form_of, kinds, log_of, outbox, turn


def picked(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [p.producer_id for p in picks(connection, CYCLE)]


def test_the_same_bytes_get_the_same_receipt(opened: Office) -> None:
    """A form sent twice is one submission, at whatever time the second comes."""
    content = form_of(opened, "5601", "A1", "A2")
    first = receive(opened, CYCLE, "5601", content, "a.xlsx", at=DUE_AT, via="file")
    log = log_of(opened)
    second = receive(opened, CYCLE, "5601", content, "b.xlsx", at=DUE_AT + timedelta(days=9), via="file")
    assert (first.reference, first.received_at, first.is_late) == (second.reference, second.received_at, second.is_late)
    assert (first.is_new, second.is_new) == (True, False)
    assert log_of(opened) == log


def test_a_different_file_is_a_new_version(opened: Office) -> None:
    """The later picks stand; the first file sent again changes nothing."""
    first = form_of(opened, "5601", "A1", "A2")
    receive(opened, CYCLE, "5601", first, "a.xlsx", at=DUE_AT, via="file")
    newer = answer(opened, "5601", "A1", "A3", at=DUE_AT)
    assert newer.version == 2
    assert picked(opened) == ["A1", "A3"]
    assert receive(opened, CYCLE, "5601", first, "a.xlsx", at=DUE_AT, via="file").version == 1
    assert picked(opened) == ["A1", "A3"]
    assert examine(opened)[1] == []


@pytest.mark.parametrize(("seconds", "is_late"), [(-1, False), (0, False), (1, True)])
def test_late_begins_one_second_after_the_deadline(opened: Office, seconds: int, is_late: bool) -> None:
    """16:30:00 in Bangkok is on time."""
    assert answer(opened, "5607", "B1", at=DUE_AT + timedelta(seconds=seconds)).is_late is is_late


@pytest.mark.parametrize(
    ("district", "producers", "code", "cell"),
    [
        ("5607", ("B2",), "pick-unsettled", "แบบรายงาน!B"),
        ("5601", ("A4", "A1"), "pick-ineligible", "แบบรายงาน!B"),
        ("5601", ("B1", "A1"), "pick-other-district", "แบบรายงาน!B"),
        ("5601", ("A1", "A1"), "pick-twice", "แบบรายงาน!B"),
        ("5601", ("A1", "A2", "A3"), "over-quota", "แบบรายงาน!B"),
        ("5601", ("A1",), "short-without-reason", "แบบรายงาน!C"),
        ("5601", ("Z9", "A1"), "pick-not-in-register", "แบบรายงาน!B"),
    ],
)
def test_a_wrong_pick_is_refused_with_its_cell_and_changes_nothing(
    opened: Office, district: str, producers: tuple[str, ...], code: str, cell: str
) -> None:
    """Each fault has its own code, names the cell in Thai, and leaves no trace."""
    log = log_of(opened)
    with pytest.raises(BlockedError) as caught:
        answer(opened, district, *producers, at=DUE_AT)
    fault = next(f for f in caught.value.findings if f.code == code)
    assert fault.where.startswith(cell)
    assert fault.where.split(",")[0] in fault.message_th
    assert log_of(opened) == log


def test_a_form_of_another_district_is_refused(opened: Office) -> None:
    """The printed code tells whose form it is."""
    content = form_of(opened, "5607", "B1")
    with pytest.raises(BlockedError) as caught:
        receive(opened, CYCLE, "5601", content, "a.xlsx", at=DUE_AT, via="file")
    assert [f.code for f in caught.value.findings] == ["form-other-district"]


def test_a_nil_return_stands_only_where_nothing_can_be_picked(opened: Office) -> None:
    """Pong has no eligible group and may say so; Mae Chai has one and may not."""
    answer(opened, "5606", at=DUE_AT, is_nil=True)
    with opened.database.read() as connection:
        assert get_assignment(connection, CYCLE, "5606").state is State.NIL
    with pytest.raises(BlockedError) as caught:
        answer(opened, "5607", at=DUE_AT, is_nil=True)
    assert "nil-hides-candidates" in {f.code for f in caught.value.findings}


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04 broken"])
def test_what_is_not_a_form_is_refused(opened: Office, content: bytes) -> None:
    """Unreadable files are input refused, with a word on what to do."""
    log = log_of(opened)
    with pytest.raises(RefusedError) as caught:
        receive(opened, CYCLE, "5601", content, "a.xlsx", at=DUE_AT, via="file")
    assert caught.value.findings[0].message_th
    assert log_of(opened) == log


def test_checking_changes_nothing(opened: Office) -> None:
    """The verdict of check is that of receive, and leaves no trace."""
    log = log_of(opened)
    judgement = check(opened, CYCLE, "5601", form_of(opened, "5601", "A1", "A2"), "a.xlsx")
    assert judgement.picks == (("A1", 1), ("A2", 1))
    assert log_of(opened) == log


def test_a_form_in_the_inbox_is_taken_in_by_the_next_turn_once(opened: Office) -> None:
    """A turn accepts it and sends the receipt; a second turn finds nothing to do."""
    inbox = opened.home / "inbox" / CYCLE / "5607"
    inbox.mkdir(parents=True)
    (inbox / "แบบ.xlsx").write_bytes(form_of(opened, "5607", "B1"))
    at = DUE_AT - timedelta(days=60)
    turn(opened, at)
    assert picked(opened) == ["B1"]
    assert "5607-receipt-01.eml" in outbox(opened)
    log = log_of(opened)
    turn(opened, at)
    assert log_of(opened) == log


def test_a_wrong_form_in_the_inbox_is_answered_once(opened: Office) -> None:
    """The district is told which cell to mend; the next turn does not tell it again."""
    inbox = opened.home / "inbox" / CYCLE / "5601"
    inbox.mkdir(parents=True)
    (inbox / "แบบ.xlsx").write_bytes(form_of(opened, "5601", "A1", "A2", "A3"))
    at = DUE_AT - timedelta(days=60)
    turn(opened, at)
    turn(opened, at + timedelta(days=1))
    assert kinds(opened).count("submission-refused") == 1
    assert [name for name in outbox(opened) if "correction" in name] != []
    assert picked(opened) == []


def test_a_near_match_settled_by_name_brings_the_group_in(opened: Office, validate: Validate) -> None:
    """Mae Chai's second group is near a name on last year's list: unknown, then settled, then in a new packet."""
    where = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
    at = DUE_AT - timedelta(days=60)
    settled = {"at": at, "by": "นาง ข", "reason": "โทรถามแล้วเป็นคนละกลุ่ม"}
    with pytest.raises(RefusedError) as caught:
        settle_match(opened, CYCLE, validate, where="KBO 2567: ไม่มี ~ B2", answer="different", **settled)  # type: ignore[arg-type]
    assert where in caught.value.findings[0].message_th
    changed = settle_match(opened, CYCLE, validate, where=where, answer="different", **settled)  # type: ignore[arg-type]
    assert changed == ["B2"]
    turn(opened, at)
    assert "5607-packet-02.eml" in outbox(opened)
    assert "5601-packet-02.eml" not in outbox(opened)
    answer(opened, "5607", "B2", at=at)
    assert picked(opened) == ["B2"]
    assert examine(opened)[1] == []


def test_a_near_match_settled_as_the_same_bars_the_group(opened: Office, validate: Validate) -> None:
    """B2 stands on last year's list after all, and cannot be picked."""
    where = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
    at = DUE_AT - timedelta(days=60)
    settle_match(opened, CYCLE, validate, where=where, answer="same", at=at, by="นาง ข", reason="กลุ่มเดียวกัน")
    with pytest.raises(BlockedError) as caught:
        answer(opened, "5607", "B2", at=at)
    assert "pick-ineligible" in {f.code for f in caught.value.findings}
