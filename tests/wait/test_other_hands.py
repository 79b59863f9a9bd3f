"""What the province's own files lack, or operators do late, costs no district its answer and no record its truth."""

from datetime import date

import pytest

from kbo_core.domain.findings import RefusedError
from kbo_core.domain.working_days import NATIONAL, Calendar
from kbo_core.office.calendar import office_calendar
from kbo_core.office.origins import changed_lists, remember_origin
from kbo_core.office.report_history import history_of
from kbo_core.office.requests import request_extension
from kbo_core.store.log import events
from kbo_core.store.reading import get_cycle
from tests.cycle import CYCLE
from tests.wait.desk import REASON, Desk, at, days

DAY = at("2025-01-10T10:00")


def test_an_answer_counts_whatever_stands_in_the_contact_book(desk: Desk) -> None:
    """A faulty book is the province's trouble: form and request are kept, the ledger says why nothing was sent."""
    forms = {code: desk.form(code, *groups) for code, groups in (("5601", ("A1", "A2")), ("5607", ()))}
    (desk.office.home / "contacts.csv").write_text("district_code,colour\n5601,red\n", encoding="utf-8")
    with pytest.raises(RefusedError):
        desk.office.staff_addresses(DAY)
    desk.receive("5601", forms["5601"], DAY)
    assert desk.picked("5601") == ["A1", "A2"]
    assert desk.told("receipt") == {"5601 01": "explained"}
    request_extension(desk.office, CYCLE, "5606", at("2025-06-10T16:30"), at=DAY, reason=REASON)
    assert desk.told("request") == {"56 5606-01": "explained"}
    desk.sound()


@pytest.mark.parametrize("kind", ["limits"])
def test_an_exception_that_nobody_picked_may_be_taken_back_after_the_lock(desk: Desk) -> None:
    """It changes nothing of what was locked: the record stays sound."""
    desk.grant("A5", "1b", when=DAY)
    desk.answer("5601", "A1", "A2", when=DAY)
    locked = at("2025-06-19T09:00")
    desk.turn(locked)
    desk.revoke("A5", locked + days(1))
    desk.sound()


@pytest.mark.parametrize("kind", ["limits"])
def test_an_answer_in_a_time_that_a_repair_gave_is_in_time(desk: Desk) -> None:
    """A locked district whose group falls out gets a new time; the report judges by that one, and tells of it."""
    desk.answer("5601", "A1", "A2", when=DAY)
    locked = at("2025-06-19T09:00")
    desk.turn(locked)
    desk.new_list("A1", when=locked + days(1))
    until = desk.assignment("5601").due_at
    assert until > locked + days(1)
    receipt = desk.answer("5601", "A2", "A3", when=until - days(1))
    with desk.office.database.read() as connection:
        told = history_of(events(connection, CYCLE))
    assert told.stood("5601", receipt.version)[0] == "on_time"
    assert [(line.districts, line.until) for line in told.extensions] == [(("5601",), until)]


def test_lists_that_cannot_be_looked_at_again_are_told_of(desk: Desk) -> None:
    """On another machine nobody knows any more where they lay."""
    (desk.office.home / "origins" / f"{CYCLE}.txt").unlink(missing_ok=True)
    with desk.office.database.read() as connection:
        told = changed_lists(desk.office.home, connection, get_cycle(connection, CYCLE))
        assert {(f.code, f.severity) for f in told} == {("list-not-rechecked", "warn")}
        remember_origin(desk.office.home, CYCLE, desk.office.home / "nowhere")
        assert changed_lists(desk.office.home, connection, get_cycle(connection, CYCLE)) == told


def test_offices_are_closed_on_the_ploughing_day_and_open_on_labour_day() -> None:
    """Civil servants have the one off and not the other."""
    assert NATIONAL.day_off(date(2025, 5, 9)) == "วันพืชมงคล"
    assert NATIONAL.day_off(date(2025, 5, 1)) is None
    assert Calendar({date(2025, 5, 9): None}).day_off(date(2025, 5, 9)) is None


def test_a_list_of_days_off_as_thai_excel_saves_it_is_read(desk: Desk) -> None:
    """In the code page of Thai Windows."""
    (desk.office.home / "holidays.csv").write_bytes("date,name\n2025-05-21,วันหยุดพิเศษ\n".encode("cp874"))
    assert office_calendar(desk.office.home).day_off(date(2025, 5, 21)) == "วันหยุดพิเศษ"
