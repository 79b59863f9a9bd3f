"""The guideline, one clause a file; how they combine into the two tiers stands here.

Tier 1 is clause 1 (both halves) and clause 2; the fallback, tier 2, is clauses 1a, 3 and 4. Whether clause 2 binds
the fallback and clause 4 binds tier 1 is left open by the letter and settled in the rules.
"""

from collections.abc import Mapping

from kbo_core.domain.clauses import community_group, past_participant, quadrant_d, quadrant_d_project, star_rating
from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.truth import Values, all_of

CLAUSES: dict[str, Clause] = {
    module.CLAUSE.code: module.CLAUSE
    for module in (community_group, star_rating, past_participant, quadrant_d, quadrant_d_project)
}


def tier_codes(tier: int, rules: Rules) -> tuple[str, ...]:
    """The clauses that a tier asks for."""
    if tier == 1:
        return ("1a", "1b", "2", "4") if rules.clause_4_binds_tier_1 else ("1a", "1b", "2")
    return ("1a", "2", "3", "4") if rules.fallback.clause_2_binds else ("1a", "3", "4")


def tier_values(tier: int, values: Mapping[str, Values], rules: Rules) -> Values:
    """Kleene's *and* over the clauses of a tier."""
    return all_of(*[values[code] for code in tier_codes(tier, rules)])


def short_place_th(rules: Rules) -> str:
    """Whose groups are too few where the fallback is open."""
    return "อำเภอ" if rules.fallback.scope == "district" else "จังหวัด"


def guideline(rules: Rules) -> tuple[tuple[str, str], ...]:
    """The guideline in this cycle's figures: (number as the letter prints it, what it asks)."""
    asked: dict[str, list[str]] = {}
    for clause in CLAUSES.values():
        asked.setdefault(clause.cites.removeprefix("ข้อ "), []).append(clause.asks_th(rules))
    return tuple(
        (number, (_ONLY_WHEN_SHORT if number == "๓" else "") + " และ".join(texts)) for number, texts in asked.items()
    )


_ONLY_WHEN_SHORT = "เมื่อกลุ่มตามข้อ ๑ และ ๒ ไม่เพียงพอ: "
