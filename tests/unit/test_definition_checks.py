"""Each check of a definition on both sides of its line, for a complete definition and for facts half known."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kbo_core.domain.areas import provinces
from kbo_core.domain.definition import Attachment, CycleDefinition, parse_definition
from kbo_core.domain.definition_checks import CHECKS, NEVER_SETTLED, Facts, definition_findings
from kbo_core.domain.findings import Severity

QUOTA = {"8301": 3, "8302": 1, "8303": 2}


def definition(**changes: Any) -> CycleDefinition:
    data: dict[str, Any] = {
        "cycle": "kbo-2569-83",
        "programme_year_be": 2569,
        "province_code": "83",
        "circular": {"number": "ภก 0019/ว 1", "issued_on": date(2025, 11, 10)},
        "deadline": {"on": date(2026, 3, 31)},
        "rules": {
            "star_year_be": 2567,
            "stars": [1, 3],
            "kbo_exclusion_years_be": [2568],
            "fallback": {"scope": "off"},
        },
        "quota": QUOTA,
        "sources": {
            "producers": {"path": "p.csv"},
            "participants": [{"programme": "KBO", "fiscal_year_be": 2568, "empty": "confirmed"}],
        },
    }
    return parse_definition(data | changes, "test")


FALLBACK = {
    "star_year_be": 2567,
    "stars": [1, 3],
    "kbo_exclusion_years_be": [2568],
    "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2569},
}
SETTLED = [{"finding": "deadline-before-issue", "by": "ก", "on": date(2025, 11, 11), "reason": "พิมพ์ปีผิด"}]


def raised(subject: CycleDefinition) -> set[str]:
    return {finding.code for finding in definition_findings(subject)}


def test_a_sound_definition_raises_nothing() -> None:
    assert raised(definition()) == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"deadline": {"on": date(2025, 11, 9), "if_nonworking": "next"}}, {"deadline-before-issue"}),
        ({"deadline": {"on": date(2025, 11, 10)}}, set()),
        ({"deadline": {"on": date(2026, 3, 31), "printed": date(2025, 3, 31)}}, {"deadline-before-issue"}),
        ({"deadline": {"on": date(2026, 3, 28)}}, {"deadline-holiday"}),
        ({"deadline": {"on": date(2026, 3, 28), "if_nonworking": "next"}}, set()),
        ({"circular": {"number": "x", "issued_on": date(2025, 12, 5)}}, {"issue-date-holiday"}),
        ({"allocation": {"year_be": 2568}}, {"allocation-year-mismatch"}),
        ({"allocation": {"year_be": 2569, "total": 6}}, set()),
        ({"allocation": {"total": 7}}, {"quota-sum"}),
        ({"quota": {"8301": 3, "8302": 1}}, {"missing-district"}),
        ({"quota": QUOTA | {"5601": 1}}, {"unknown-district"}),
        ({"sources": {"producers": {"path": "p.csv"}}}, {"exclusion-list-missing"}),
        (
            {"rules": FALLBACK},
            {"exclusion-list-missing", "tier2-source", "tier2-clause2", "volatile-exclusion-list"},
        ),
    ],
)
def test_each_contradiction_raises_its_own_finding(changes: dict[str, Any], expected: set[str]) -> None:
    assert raised(definition(**changes)) == expected


def test_a_missing_attachment_blocks_and_an_enclosed_one_does_not() -> None:
    named = [{"no": 1, "title": "แบบ", "enclosed": False}, {"no": 2, "title": "แนวทาง", "enclosed": True}]
    found = definition_findings(definition(circular={"number": "x", "issued_on": "2025-11-10", "attachments": named}))
    assert [(f.code, f.where, f.severity) for f in found] == [
        ("attachment-missing", "circular.attachments.1", Severity.BLOCK)
    ]


def test_an_answer_turns_a_block_into_information_and_names_who_answered() -> None:
    subject = definition(deadline={"on": date(2025, 3, 31)}, settled=SETTLED)
    [finding] = definition_findings(subject)
    assert finding.severity is Severity.INFO
    assert "ตอบแล้วโดย ก" in finding.message_th and "พิมพ์ปีผิด" in finding.message_th


@pytest.mark.parametrize("code", sorted(NEVER_SETTLED))
def test_some_findings_no_answer_settles(code: str) -> None:
    settled = [{"finding": code, "by": "ก", "on": date(2025, 11, 11), "reason": "x"}]
    faulty: dict[str, Any] = {"unknown-district": {"quota": QUOTA | {"5601": 1}}}.get(
        code, {"sources": {"producers": {"path": "p.csv"}}}
    )
    severities = {f.severity for f in definition_findings(definition(settled=settled, **faulty)) if f.code == code}
    assert severities == {Severity.BLOCK}


def test_a_check_without_its_facts_says_nothing() -> None:
    assert [finding for check in CHECKS for finding in check(Facts())] == []


def test_facts_of_a_letter_show_its_words_side_by_side() -> None:
    facts = Facts(
        issued_on=date(2025, 11, 10),
        printed_deadline=date(2025, 3, 31),
        said={"circular.issued_on": "บรรทัด 3 “ก”", "deadline.on": "บรรทัด 9 “ข”"},
    )
    [finding] = [f for check in CHECKS for f in check(facts) if f.code == "deadline-before-issue"]
    assert finding.message_th.endswith("[บรรทัด 3 “ก” | บรรทัด 9 “ข”]")


def test_facts_half_known_are_checked_as_far_as_they_go() -> None:
    facts = Facts(province=provinces()["83"], quota=QUOTA, quota_sum=6, allocation_total=6)
    assert [f for check in CHECKS for f in check(facts)] == []
    facts = replace(facts, quota_sum=7, attachments=(Attachment(no=1, title="แบบ", enclosed=False),))
    assert {f.code for check in CHECKS for f in check(facts)} == {"quota-sum", "attachment-missing"}
