"""Forms in the inbox: what was turned back, what races, and what of it a later turn may take."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kbo_core.office.following import collect, follow_district
from kbo_core.office.intake import receive
from kbo_core.store.database import Connection, Database
from tests.cycle import CYCLE, kinds
from tests.integration.test_opening import Crash, CrashingDatabase
from tests.wait.desk import Desk, at, days

DAY = at("2025-01-10T10:00")


def corrections(desk: Desk) -> list[str]:
    return sorted(desk.told("correction"))


def in_order(*files: Path) -> None:
    """The files were saved one second after the other."""
    for second, file in enumerate(files):
        os.utime(file, (1_000_000_000 + second, 1_000_000_000 + second))


def test_a_form_that_is_still_wrong_after_an_extension_is_told_of_once(desk: Desk) -> None:
    """New ground has it judged again; the same fault is no news, another one is."""
    desk.lay("5601", "one.xlsx", desk.form("5601", "A1"))
    desk.turn(DAY)
    desk.extend("5601", until=at("2025-06-20T16:30"), when=DAY + days(1))
    desk.turn(DAY + days(2))
    assert kinds(desk.office).count("submission-refused") == 2
    assert len(corrections(desk)) == 1
    desk.move_places("5601", "5607", DAY + days(3), places=2)
    desk.turn(DAY + days(4))
    assert len(corrections(desk)) == 2
    desk.sound()


def test_what_was_too_much_is_taken_when_places_were_given(desk: Desk) -> None:
    """Three groups for two places are turned back; with a third place the same form counts."""
    desk.lay("5601", "three.xlsx", desk.form("5601", "A1", "A2", "A3"))
    desk.turn(DAY)
    assert desk.picked("5601") == []
    desk.move_places("5606", "5601", DAY + days(1))
    desk.turn(DAY + days(2))
    assert desk.picked("5601") == ["A1", "A2", "A3"]
    desk.sound()


def test_an_old_form_that_was_turned_back_replaces_no_later_answer(desk: Desk) -> None:
    """The district corrected itself; new ground that would allow the old form does not bring it back."""
    desk.lay("5601", "three.xlsx", desk.form("5601", "A1", "A2", "A3"))
    desk.turn(DAY)
    desk.lay("5601", "two.xlsx", desk.form("5601", "A2", "A3"))
    desk.turn(DAY + days(1))
    desk.move_places("5606", "5601", DAY + days(2))
    desk.turn(DAY + days(3))
    assert desk.picked("5601") == ["A2", "A3"]
    assert desk.assignment("5601").version == 1


def test_of_two_forms_together_a_person_says_which_holds(desk: Desk) -> None:
    """The first is taken, the second turned back; no later turn and no new ground lets it replace the first."""
    first, second = desk.form("5601", "A1", "A2"), desk.form("5601", "A2", "A3")
    in_order(desk.lay("5601", "a.xlsx", first), desk.lay("5601", "b.xlsx", second))
    desk.turn(DAY)
    assert desk.picked("5601") == ["A1", "A2"]
    assert len(corrections(desk)) == 1
    desk.extend("5607", until=at("2025-06-20T16:30"), when=DAY + days(1))
    desk.new_list("A6", when=DAY + days(2))
    desk.turn(DAY + days(3))
    assert desk.picked("5601") == ["A1", "A2"]
    assert len(corrections(desk)) == 1
    desk.receive("5601", second, DAY + days(4), amends=1)
    assert desk.picked("5601") == ["A2", "A3"]
    desk.sound()


def test_a_turn_that_dies_between_two_racing_forms_decides_as_one_that_lives(desk: Desk) -> None:
    """The first is taken, then the process dies: the next turn still finds that the second raced with it."""
    in_order(
        desk.lay("5601", "a.xlsx", desk.form("5601", "A1", "A2")),
        desk.lay("5601", "b.xlsx", desk.form("5601", "A2", "A3")),
    )
    dying = CrashingDatabase(desk.office.database.url, 1, committed=True)
    with pytest.raises(Crash):
        collect(replace(desk.office, database=dying), CYCLE, "5601", DAY)
    dying.close()
    desk.turn(DAY + days(1))
    assert desk.picked("5601") == ["A1", "A2"]
    assert kinds(desk.office).count("submission-refused") == 1
    desk.sound()


def test_a_second_follower_takes_no_form_that_raced(desk: Desk) -> None:
    """It looks after the first form was taken by another and before the second was turned back."""
    first, second = desk.form("5601", "A1", "A2"), desk.form("5601", "A2", "A3")
    in_order(desk.lay("5601", "a.xlsx", first), desk.lay("5601", "b.xlsx", second))
    visited = VisitedDatabase(desk.office.database.url, lambda: follow_district(desk.office, CYCLE, "5601", DAY))
    collect(replace(desk.office, database=visited), CYCLE, "5601", DAY)
    visited.close()
    assert desk.picked("5601") == ["A1", "A2"]
    assert kinds(desk.office).count("submission-refused") == 1


class VisitedDatabase(Database):
    """A database after whose first write somebody else comes by."""

    def __init__(self, url: str, visit: Callable[[], object]) -> None:
        super().__init__(url)
        self._visits = [visit]

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
        while self._visits:
            self._visits.pop()()


def test_a_version_that_was_never_there_cannot_be_amended(desk: Desk) -> None:
    """Neither before the first answer nor after it; the version in force can."""
    form = desk.form("5601", "A1", "A2")
    with desk.refused("amends-unknown"):
        desk.receive("5601", form, DAY, amends=3)
    desk.receive("5601", form, DAY, amends=0)
    for amends, code in ((2, "amends-unknown"), (-1, "amends-unknown"), (0, "submission-conflict")):
        with desk.refused(code):
            desk.receive("5601", desk.form("5601", "A2", "A3"), DAY, amends=amends)
    assert desk.receive("5601", desk.form("5601", "A2", "A3"), DAY, amends=1).version == 2


def test_a_district_without_places_is_told_that_nothing_is_asked(desk: Desk) -> None:
    """It gave its only place away; a form that it had filled is turned back, not half taken."""
    desk.lay("5607", "b.xlsx", desk.form("5607", "B1"))
    nil = desk.form("5606", is_nil=True)
    desk.move_places("5607", "5601", DAY)
    desk.move_places("5606", "5601", DAY)
    with desk.refused("district-not-asked"):
        receive(desk.office, CYCLE, "5606", nil, "form.xlsx", at=DAY, via="file")
    desk.turn(DAY + days(1))
    assert [name for name in corrections(desk) if name.startswith("5607")] != []
    desk.sound()
