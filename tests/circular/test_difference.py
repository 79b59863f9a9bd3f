"""What changed between two years, clause by clause and quota by quota."""

from kbo_core.circular.difference import Change, diff_definitions
from kbo_core.circular.draft import draft_yaml
from tests.circular.reading_of import read_text, text_of
from tests.circular.test_draft import loaded

OLD = text_of("samut-songkhram.txt")
NEW = (
    OLD.replace("๒๕๖๙", "๒๕๗๐")
    .replace("ระดับ ๑ - ๓ ดาว", "ระดับ ๒ - ๓ ดาว")
    .replace("๑\tอัมพวา\t๔", "๑\tอัมพวา\t๕")
    .replace("๒\tบางคนที\t๓\n", "")
)


def changes() -> dict[str, tuple[Change, bool]]:
    difference = diff_definitions(read_text(OLD).with_clauses(), read_text(NEW).with_clauses())
    return {row.key: (row.kind, row.decide_again) for row in difference.rows}


def test_quotas_and_rules_are_compared_one_by_one() -> None:
    found = changes()
    assert found["quota.7503"] == (Change.CHANGED, False)
    assert found["quota.7502"] == (Change.GONE, False)
    assert "quota.7501" not in found
    assert found["rules.stars"] == (Change.CHANGED, False)
    assert found["guideline.1"] == (Change.CHANGED, False)
    assert "guideline.3" not in found


def test_what_holds_for_one_year_must_be_decided_again_even_if_it_is_the_same() -> None:
    found = changes()
    assert found["programme_year_be"] == (Change.CHANGED, True)
    assert found["rules.star_year_be"] == (Change.DECIDE_AGAIN, True)
    assert found["rules.kbo_exclusion_years_be"] == (Change.DECIDE_AGAIN, True)
    assert found["deadline.on"] == (Change.CHANGED, True)


def test_settled_answers_and_exclusion_lists_are_decided_again() -> None:
    old = {
        "settled": [{"finding": "quota-sum", "by": "ก", "on": "2025-01-01", "reason": "ข"}],
        "sources": {"participants": [{"programme": "KBO", "fiscal_year_be": 2567, "empty": "confirmed"}]},
    }
    rows = {row.key: row for row in diff_definitions(old, old).rows}
    assert {key: row.kind for key, row in rows.items()} == {
        "settled.quota-sum": Change.DECIDE_AGAIN,
        "sources.participants.KBO-2567": Change.DECIDE_AGAIN,
    }
    assert all("ต้องตัดสินใหม่" in row.text_th for row in rows.values())


def test_a_reading_and_its_draft_do_not_differ_in_what_the_letter_says() -> None:
    reading = read_text(OLD)
    draft = loaded(draft_yaml(reading, "x"))
    assert all(
        row.kind in (Change.NEW, Change.DECIDE_AGAIN) for row in diff_definitions(reading.definition, draft).rows
    )


def test_rows_are_plain_text_for_a_document() -> None:
    row = diff_definitions({"quota": {"7501": 3}}, {"quota": {"7501": 4}}).rows[0].as_row()
    assert row == {
        "key": "quota.7501",
        "old": "3",
        "new": "4",
        "kind": "changed",
        "decide_again": False,
        "text_th": "จำนวนของอำเภอเมืองสมุทรสงคราม เปลี่ยนจาก 3 เป็น 4",
    }
