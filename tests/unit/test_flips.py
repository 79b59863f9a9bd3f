"""Why a decision changed that no clause of its own explains: the fallback opened or shut."""

import pytest

from kbo_core.domain.definition import Fallback, Rules
from kbo_core.domain.flips import Flip

OPENED, SHUT = "ไม่เพียงพอ จึงใช้ข้อ ๓", "เพียงพอแล้ว จึงไม่ใช้ข้อ ๓"


def rules(scope: str) -> Rules:
    fallback = Fallback.model_validate({"scope": scope, "quadrant_year_be": 2567, "exclude_project_year_be": 2568})
    return Rules(star_year_be=2567, stars=(1, 3), kbo_exclusion_years_be=(2567,), fallback=fallback)


@pytest.mark.parametrize(
    ("before", "after", "tier_before", "tier_after", "said"),
    [
        ("ineligible", "eligible", "", "2", OPENED),
        ("ineligible", "unknown", "", "", OPENED),
        ("unknown", "eligible", "", "2", OPENED),
        ("eligible", "ineligible", "2", "", SHUT),
        ("eligible", "unknown", "2", "", SHUT),
        ("unknown", "ineligible", "", "", SHUT),
    ],
)
@pytest.mark.parametrize(("scope", "place"), [("province", "จังหวัด"), ("district", "อำเภอ")])
def test_the_fallback_is_given_as_the_reason(
    before: str, after: str, tier_before: str, tier_after: str, said: str, scope: str, place: str
) -> None:
    """In the words of whose shortage counts."""
    flip = Flip("P1", "กลุ่มก", "5601", before, after, tier_before, tier_after, {})
    assert flip.why_th(rules(scope)) == f"{place}มีกลุ่มตามข้อ ๑ และ ๒ {said}"
