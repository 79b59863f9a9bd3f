"""A form that was turned back: judged again on new ground, told of once, never behind the answer that came after it."""

from datetime import timedelta
from pathlib import Path

import pytest

from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError
from kbo_core.office.doctor import examine
from kbo_core.office.limits import extend
from kbo_core.office.office import Office
from kbo_core.office.reallocating import consent, decide_reallocation, propose
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import get_assignment, picks
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, form_of, kinds, log_of, open_cycle, outbox, turn

LATER = OPENED_AT + timedelta(days=3)


@pytest.fixture
def opened(office: Office, province: Path, validate: Validate) -> Office:
    open_cycle(office, province, validate)
    return office


def lay(office: Office, district: str, name: str, content: bytes) -> None:
    """A form in the district's folder."""
    inbox = office.home / "inbox" / CYCLE / district
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / name).write_bytes(content)


def longer(office: Office, district: str, days: int = 7) -> None:
    extend(office, CYCLE, [district], DUE_AT + timedelta(days=days), at=LATER, by="นาง ก", reason="ขอขยายเวลา")


def moved(office: Office, giver: str, taker: str) -> None:
    """A place that one district gave another."""
    number = propose(office, CYCLE, giver, taker, 1, at=LATER, by="นาง ก", reason="โอน").number
    for code in (giver, taker):
        consent(office, CYCLE, number, code, at=LATER, by=code, reason="ยินยอม")
    decide_reallocation(office, CYCLE, number, is_approved=True, at=LATER, by="นาย ข", reason="อนุมัติ")


def test_on_new_ground_it_is_judged_again_and_told_of_once(opened: Office) -> None:
    """Too many groups stay too many after an extension: no second letter, and the turn does not fail."""
    lay(opened, "5601", "a.xlsx", form_of(opened, "5601", "A1", "A2", "A3"))
    turn(opened, LATER)
    longer(opened, "5601")
    turn(opened, LATER + timedelta(hours=1))
    assert kinds(opened).count("submission-refused") == 2
    assert len([name for name in outbox(opened) if "correction" in name]) == 1
    log = log_of(opened)
    turn(opened, LATER + timedelta(hours=1))
    assert log_of(opened) == log


def test_another_districts_extension_is_no_new_ground(opened: Office) -> None:
    """What was turned back for one district is not judged again because another has more time."""
    lay(opened, "5601", "a.xlsx", form_of(opened, "5601", "A1", "A2", "A3"))
    turn(opened, LATER)
    longer(opened, "5606")
    turn(opened, LATER + timedelta(hours=1))
    assert kinds(opened).count("submission-refused") == 1


def test_of_two_racing_forms_the_second_never_slips_in(opened: Office) -> None:
    """After new ground too, the first stands until a person says otherwise."""
    lay(opened, "5601", "a.xlsx", form_of(opened, "5601", "A1", "A2"))
    lay(opened, "5601", "b.xlsx", form_of(opened, "5601", "A2", "A3"))
    turn(opened, LATER)
    with opened.database.read() as connection:
        first = [p.producer_id for p in picks(connection, CYCLE)]
    longer_for_all(opened)
    turn(opened, LATER + timedelta(hours=1))
    with opened.database.read() as connection:
        assert [p.producer_id for p in picks(connection, CYCLE)] == first
        assert get_assignment(connection, CYCLE, "5601").version == 1
    assert examine(opened)[1] == []


def longer_for_all(office: Office) -> None:
    extend(office, CYCLE, [], DUE_AT + timedelta(days=7), at=LATER, by="นาง ก", reason="ขอขยายเวลา")


def test_a_form_behind_the_answer_that_replaced_it_stays_behind(opened: Office) -> None:
    """A place more would make the first, too long form acceptable; the later answer is what the district said."""
    lay(opened, "5601", "a.xlsx", form_of(opened, "5601", "A1", "A2", "A3"))
    turn(opened, LATER)
    answer(opened, "5601", "A1", "A2", at=LATER)
    moved(opened, "5606", "5601")
    turn(opened, LATER + timedelta(hours=1))
    with opened.database.read() as connection:
        assert get_assignment(connection, CYCLE, "5601").version == 1


def test_a_place_more_is_new_ground(opened: Office) -> None:
    """Turned back for one group too many, taken when the district was given one place more."""
    lay(opened, "5601", "a.xlsx", form_of(opened, "5601", "A1", "A2", "A3"))
    turn(opened, LATER)
    moved(opened, "5606", "5601")
    turn(opened, LATER + timedelta(hours=1))
    with opened.database.read() as connection:
        assert get_assignment(connection, CYCLE, "5601").version == 1


def test_a_district_that_gave_its_last_place_away_is_told_that_it_owes_nothing(opened: Office) -> None:
    """Its form is refused in words, at the desk and in the inbox; a turn does not fail of it."""
    content = form_of(opened, "5606")
    moved(opened, "5606", "5601")
    lay(opened, "5606", "a.xlsx", content)
    turn(opened, LATER)
    with pytest.raises(BlockedError) as caught:
        answer(opened, "5606", at=LATER, is_nil=True)
    assert [f.code for f in caught.value.findings] == ["district-not-asked"]
    assert kinds(opened).count("submission-refused") == 1
    with opened.database.read() as connection:
        assert get_assignment(connection, CYCLE, "5606").state is State.NOT_ASKED
    assert examine(opened)[1] == []
