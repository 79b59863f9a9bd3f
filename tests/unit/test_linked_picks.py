"""One group under two numbers is picked once."""

from dataclasses import replace

from kbo_core.domain.submission_checks import check_submission
from tests.unit.test_submission_checks import EXPECTED, form, found

LINKED = replace(EXPECTED, linked={"P1": "P1", "P2": "P1"})


def test_two_numbers_of_one_group_are_refused() -> None:
    """The second cell is named, with the first beside it."""
    [finding] = check_submission(form("P1", "P2"), LINKED)
    assert (finding.code, finding.severity.value, finding.where) == ("pick-linked", "block", "แบบรายงาน!B12")
    assert "P1" in finding.message_th
    assert "แบบรายงาน!B11" in finding.message_th


def test_either_number_alone_may_be_picked() -> None:
    """A link bars nobody by itself."""
    assert found(form("P2", "P9"), LINKED) == []


def test_a_group_that_another_district_has_under_its_other_number_is_taken() -> None:
    """It is named with the district that has it."""
    elsewhere = replace(LINKED, picked_elsewhere={"P1": "อำเภอจุน"})
    [finding] = check_submission(form("P2", "P9"), elsewhere)
    assert finding.code == "pick-linked"
    assert "อำเภอจุน" in finding.message_th


def test_a_candidate_taken_under_its_other_number_is_nobody_to_pick() -> None:
    """A nil return hides no candidate then."""
    taken = replace(LINKED, candidates={"P2": "กลุ่มน้ำผึ้ง"}, picked_elsewhere={"P1": "อำเภอจุน"})
    assert found(form(nil="ไม่มี"), taken) == [("nil-return", "warn")]
