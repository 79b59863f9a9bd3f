"""The letter that the project began with, where it lies beside the project.

It is not part of the project: these tests are extra, and are collected only where the letter is (``conftest.py``).
"""

from datetime import date
from pathlib import Path

from kbo_core.domain.findings import Severity
from tests.circular.reading_of import leaves, read_file

REAL = Path(__file__).parents[2].parent / "shared/circular/phayao-15286.txt"
EXPECTED = {
    "deadline-before-issue": Severity.BLOCK,
    "allocation-year-mismatch": Severity.BLOCK,
    "attachment-missing": Severity.BLOCK,
    "exclusion-list-missing": Severity.BLOCK,
    "insufficiency-scope": Severity.WARN,
    "tier2-source": Severity.WARN,
    "tier2-clause2": Severity.WARN,
    "star-quantifier": Severity.WARN,
    "issue-date-holiday": Severity.WARN,
    "issuance-not-evidenced": Severity.WARN,
    "volatile-exclusion-list": Severity.WARN,
    "term-variants": Severity.INFO,
    "no-upstream-reference": Severity.INFO,
    "placeholder-contact": Severity.INFO,
}


def test_the_real_letter_raises_every_known_finding_and_none_beyond() -> None:
    assert {f.code: f.severity for f in read_file(REAL).findings} == EXPECTED


def test_the_real_letter_is_read_as_printed() -> None:
    reading = read_file(REAL)
    definition = reading.definition
    assert definition["circular"]["number"] == "พย 0019.2/ว 15286"
    assert definition["circular"]["issued_on"] == date(2024, 12, 5)
    assert definition["deadline"] == {"on": date(2024, 6, 4)}
    assert [(a["no"], a["enclosed"]) for a in definition["circular"]["attachments"]] == [
        (1, True),
        (2, True),
        (3, False),
    ]
    assert definition["allocation"] == {"year_be": 2567, "total": 20}
    assert definition["rules"] == {
        "star_year_be": 2567,
        "stars": [1, 3],
        "kbo_exclusion_years_be": [2567],
        "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2568},
    }
    assert list(definition["quota"].items()) == [
        ("5601", 6),
        ("5607", 2),
        ("5609", 1),
        ("5605", 4),
        ("5602", 1),
        ("5606", 2),
        ("5604", 1),
        ("5603", 1),
        ("5608", 2),
    ]
    assert [clause.label for clause in reading.contents.guideline.clauses] == ["1", "2", "3", "4"]
    assert set(leaves(definition)) <= set(reading.quotes)
    assert reading.quotes["deadline.on"].line == 28
