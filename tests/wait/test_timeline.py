"""The log as a person reads it: every kind of event has its words."""

import pytest

from kbo_core.domain.findings import RefusedError
from kbo_core.office.timeline import WORDS, timeline
from kbo_core.store import fold
from tests.wait.desk import Desk, at, days

DAY = at("2025-01-10T10:00")


def test_every_kind_of_event_has_its_words() -> None:
    """Whatever the fold can read, the timeline can say, and nothing else."""
    assert set(WORDS) == fold.kinds()


def test_a_whole_cycle_can_be_read(desk: Desk) -> None:
    """Each event of a lively cycle is one line in Thai, in the log's order; a district's own are among them."""
    desk.lay("5601", "wrong.xlsx", desk.form("5601", "A1"))
    desk.turn(DAY)
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.send_back("5601", DAY)
    desk.extend("5607", until=at("2025-06-20T16:30"), when=DAY)
    desk.new_list("A6", when=DAY)
    desk.turn(DAY + days(200))
    desk.close(DAY + days(201), "ต้องส่งก่อน")
    whole = desk.timeline()
    assert [e.seq for e in whole] == list(range(1, len(whole) + 1))
    assert all(any("ก" <= letter <= "๛" for letter in e.what_th) for e in whole)
    own = desk.timeline("5607")
    assert {e.seq for e in own} < {e.seq for e in whole}
    assert "submission-returned" not in {e.kind for e in own}
    assert "reminder" in " ".join(str(e.as_dict()) for e in own) or any("หนังสือเตือน" in e.what_th for e in own)


def test_what_is_not_there_has_no_timeline(desk: Desk) -> None:
    """An unknown cycle, an unknown district."""
    for cycle, code, district in (("kbo-none", "cycle-unknown", None), ("kbo-test", "district-unknown", "1001")):
        with pytest.raises(RefusedError) as caught:
            timeline(desk.office, cycle, district)
        assert [f.code for f in caught.value.findings] == [code]
