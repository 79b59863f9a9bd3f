"""Who will be short, where open questions may come out one way here and another there."""

from collections.abc import Sequence

import numpy as np

from kbo_core.domain.decisions import Verdicts
from kbo_core.domain.definition import Fallback, Rules
from kbo_core.domain.district_runs import DistrictRuns
from kbo_core.domain.forecast import Outlook, forecast
from kbo_core.domain.truth import Truth

RULES = Rules(
    star_year_be=2567,
    stars=(1, 3),
    kbo_exclusion_years_be=(2567,),
    fallback=Fallback(quadrant_year_be=2567, exclude_project_year_be=2568),
)
TIER_1, TIER_2, OPEN = (Truth.PASS, Truth.FAIL), (Truth.FAIL, Truth.PASS), (Truth.UNKNOWN, Truth.FAIL)


def outlook(quota: dict[str, int], **groups: Sequence[tuple[Truth, Truth]]) -> dict[str, Outlook]:
    """The forecast for groups of two districts, each by its clauses 1b and 3; every other clause passes."""
    told = [(int(code[1:]), stars, quadrant) for code, them in groups.items() for stars, quadrant in them]
    passing = np.full(len(told), Truth.PASS, dtype=np.int8)
    clauses = dict.fromkeys(("1a", "2", "4"), passing)
    clauses |= {code: np.array([row[n] for row in told], dtype=np.int8) for code, n in (("1b", 1), ("3", 2))}
    nobody = np.zeros(len(told), dtype=np.int8)
    found = Verdicts(clauses, nobody, nobody, nobody.astype(bool), np.zeros(10_000, dtype=bool))
    districts = DistrictRuns.of(np.array([row[0] for row in told], dtype=np.int16))
    return forecast(found, districts, RULES, quota, ())


def test_enough_is_said_only_where_it_is_so_however_others_come_out() -> None:
    """Two live by the fallback, which the other district's open questions may shut: perhaps both places stay empty."""
    ahead = outlook({"5601": 2, "5602": 2}, d5601=[TIER_2, TIER_2, OPEN, OPEN], d5602=[TIER_1, OPEN, OPEN, OPEN])[
        "5601"
    ]
    assert (ahead.if_all_fail, ahead.if_all_pass) == (2, 2)
    assert (ahead.least, ahead.most, ahead.state_th) == (0, 4, "อาจขาด 2")


def test_short_for_sure_is_said_only_where_nothing_can_help() -> None:
    """All three places are filled if its own question passes and the others' fail, so that the fallback stays open."""
    ahead = outlook({"5601": 3, "5602": 3}, d5601=[OPEN, TIER_2, TIER_2], d5602=[*[TIER_1] * 3, OPEN, OPEN])["5601"]
    assert (ahead.if_all_fail, ahead.if_all_pass) == (2, 1)
    assert (ahead.most, ahead.surely_short, ahead.state_th) == (3, 0, "อาจขาด 3")
