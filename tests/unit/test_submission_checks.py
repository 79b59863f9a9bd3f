"""The checks on what a district sends back."""

from dataclasses import replace

import pytest

from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Severity
from kbo_core.domain.submission_checks import check_submission, resolve_picks
from kbo_core.domain.submissions import Expected, FilledForm, Pick, Standing, choice_label

EXPECTED = Expected(
    cycle="phayao-2568",
    district=districts()["5607"],
    revision=2,
    quota=2,
    candidates={"P1": "กลุ่มทอผ้าบ้านดอย", "P2": "กลุ่มน้ำผึ้ง", "P3": "กลุ่มจักสาน", "P9": "กลุ่มยกเว้น"},
    register={
        "P1": Standing("กลุ่มทอผ้าบ้านดอย", "5607", "eligible", ""),
        "P2": Standing("กลุ่มน้ำผึ้ง", "5607", "eligible", ""),
        "P3": Standing("กลุ่มจักสาน", "5607", "eligible", ""),
        "P4": Standing("ร้านคนเดียว", "5607", "ineligible", "ไม่ใช่กลุ่มผู้ผลิตชุมชน"),
        "P5": Standing("กลุ่มไม่ทราบประเภท", "5607", "unknown", "ไม่มีประเภทผู้ผลิต"),
        "P6": Standing("กลุ่มต่างอำเภอ", "5605", "eligible", ""),
        "P7": Standing("กลุ่มชื่อซ้ำ", "5605", "eligible", ""),
        "P8": Standing("กลุ่มชื่อซ้ำ", "5601", "eligible", ""),
        "P9": Standing("กลุ่มยกเว้น", "5607", "ineligible", "ไม่มีดาว"),
        "P10": Standing("กลุ่มนอกบัญชี", "5607", "eligible", ""),
    },
    picked_elsewhere={"P3": "อำเภอดอกคำใต้"},
)


def form(*texts: str, code: str = "KBO-3/phayao-2568/5607/2", nil: str = "", reason: str = "") -> FilledForm:
    picks = tuple(Pick(f"แบบรายงาน!B{11 + n}", text, text.split(" ")[0]) for n, text in enumerate(texts))
    return FilledForm(
        form_code=code,
        picks=picks,
        nil_cell="แบบรายงาน!C18" if nil else None,
        is_nil=nil == "ไม่มี",
        reason=reason,
        reason_cell="แบบรายงาน!C19",
        reporter="นางสาวใจดี",
        position="พัฒนาการอำเภอ",
    )


def found(submitted: FilledForm, expected: Expected = EXPECTED) -> list[tuple[str, str]]:
    return [(f.code, f.severity.value) for f in check_submission(submitted, expected)]


def test_a_full_form_of_listed_groups_has_no_finding() -> None:
    """Chosen from the list, or the id alone; an overridden group counts as listed."""
    assert found(form("P1 กลุ่มทอผ้าบ้านดอย", "P9")) == []
    assert resolve_picks(form("P1 กลุ่มทอผ้าบ้านดอย", "P9"), EXPECTED) == ("P1", "P9")


CASES: dict[str, tuple[FilledForm, list[tuple[str, str]]]] = {
    "a code of another programme": (form("P1", "P2", code="QD-1/x"), [("form-code-unknown", "block")]),
    "last year's form": (form("P1", "P2", code="KBO-3/phayao-2567/5607/2"), [("form-last-year", "block")]),
    "another cycle": (form("P1", "P2", code="KBO-3/phayao-2568-again/5607/2"), [("form-other-cycle", "block")]),
    "a cycle whose year only the title tells": (
        replace(form("P1", "P2", code="KBO-3/phayao-old/5607/2"), year_be=2566),
        [("form-last-year", "block")],
    ),
    "another district": (form("P1", "P2", code="KBO-3/phayao-2568/5605/2"), [("form-other-district", "block")]),
    "a revision never sent": (form("P1", "P2", code="KBO-3/phayao-2568/5607/3"), [("form-revision-unknown", "block")]),
    "an old form that still holds": (
        form("P1", "P2", code="KBO-3/phayao-2568/5607/1"),
        [("form-superseded", "warn")],
    ),
    "an old form that does not hold": (
        form("P1", "P4", code="KBO-3/phayao-2568/5607/1"),
        [("form-superseded", "block"), ("pick-ineligible", "block")],
    ),
    "a name typed": (form("P1", "กลุ่ม น้ำผึ้ง"), [("pick-by-name", "info")]),
    "a group that is not eligible": (form("P1", "P4"), [("pick-ineligible", "block")]),
    "the same, by name": (form("P1", "ร้านคนเดียว"), [("pick-ineligible", "block")]),
    "a group not settled": (form("P1", "P5"), [("pick-unsettled", "block")]),
    "a group of another district": (form("P1", "P6"), [("pick-other-district", "block")]),
    "a group in no register": (form("P1", "กลุ่มใหม่"), [("pick-not-in-register", "block")]),
    "a name of two groups": (form("P1", "กลุ่มชื่อซ้ำ"), [("pick-name-ambiguous", "block")]),
    "an eligible group not offered": (form("P1", "P10"), [("pick-not-offered", "block")]),
    "an id with another's name": (form("P1", "P2 กลุ่มทอผ้าบ้านดอย"), [("pick-id-name-conflict", "block")]),
    "an id with an odd name": (form("P1", "P2 กลุ่มผึ้ง"), [("pick-name-differs", "warn")]),
    "the same group twice": (form("P1", "กลุ่มทอผ้าบ้านดอย"), [("pick-twice", "block"), ("pick-by-name", "info")]),
    "picked elsewhere": (form("P1", "P3"), [("pick-elsewhere", "block")]),
    "more than the quota": (form("P1", "P2", "P9"), [("over-quota", "block")]),
    "fewer without a reason": (form("P1"), [("short-without-reason", "block")]),
    "fewer with a reason": (form("P1", reason="สมัครใจกลุ่มเดียว"), [("short-with-reason", "warn")]),
    "nil although there are candidates": (form(nil="ไม่มี"), [("nil-hides-candidates", "block")]),
    "nil with picks": (
        form("P1", "P2", nil="ไม่มี"),
        [("nil-hides-candidates", "block"), ("nil-with-picks", "block")],
    ),
    "another word for nil": (form("P1", "P2", nil="มี"), [("nil-unclear", "block")]),
    "an empty form": (form(), [("form-empty", "block")]),
    "no reporter": (replace(form("P1", "P2"), reporter=""), [("reporter-missing", "warn")]),
}


@pytest.mark.parametrize("case", CASES)
def test_each_fault_has_one_finding_that_names_its_place(case: str) -> None:
    """Code and severity as agreed, in both languages, with a place."""
    submitted, expected = CASES[case]
    assert found(submitted) == expected
    for finding in check_submission(submitted, EXPECTED):
        assert finding.where and finding.message_th and finding.message_en


def test_the_message_names_the_cell_the_reason_and_the_remedy() -> None:
    """What an officer needs to mend it."""
    (finding,) = check_submission(form("P1", "P4"), EXPECTED)
    assert finding.where == "แบบรายงาน!B12"
    assert "แบบรายงาน!B12" in finding.message_th
    assert "ไม่ใช่กลุ่มผู้ผลิตชุมชน" in finding.message_th
    assert "ให้เลือกกลุ่มอื่น" in finding.message_th


def test_cells_over_the_quota_are_all_named() -> None:
    """Those that come after the last place."""
    (finding,) = check_submission(form("P1", "P2", "P9"), EXPECTED)
    assert finding.where == "แบบรายงาน!B13"


def test_nil_is_accepted_with_a_warning_when_nobody_can_be_picked() -> None:
    """No candidates, or all of them taken elsewhere."""
    nobody = replace(EXPECTED, candidates={})
    taken = replace(EXPECTED, candidates={"P3": "กลุ่มจักสาน"})
    for expected in (nobody, taken):
        assert found(form(nil="ไม่มี"), expected) == [("nil-return", "warn")]


def test_a_quota_of_zero_needs_no_answer() -> None:
    """A province may have more districts than places; a pick is then one too many."""
    none = replace(EXPECTED, quota=0)
    assert found(form(), none) == []
    assert found(form("P1"), none) == [("over-quota", "block")]


def test_only_candidates_are_resolved_and_each_once() -> None:
    """What blocks is never counted as picked."""
    submitted = form("P4", "กลุ่มน้ำผึ้ง", "P2", "P6", "P1", "กลุ่มใหม่")
    assert resolve_picks(submitted, EXPECTED) == ("P2", "P1")


def test_an_id_with_a_blank_is_found_by_the_lists_own_wording() -> None:
    """Some registers have such ids."""
    spaced = replace(EXPECTED, candidates={"56 07 1": "กลุ่มก", "56 07 2": "กลุ่มข"})
    submitted = form(choice_label("56 07 1", "กลุ่มก"), "56 07 2")
    assert found(submitted, spaced) == []
    assert resolve_picks(submitted, spaced) == ("56 07 1", "56 07 2")


def test_what_blocks_comes_first() -> None:
    """An officer reads the list from the top."""
    submitted = replace(form("กลุ่มน้ำผึ้ง", "P4"), reporter="")
    severities = [f.severity for f in check_submission(submitted, EXPECTED)]
    assert severities == [Severity.BLOCK, Severity.WARN, Severity.INFO]
