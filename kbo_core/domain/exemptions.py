"""What a lawful exception lets through: as much as was named, and no more."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from kbo_core.domain.clauses import CLAUSES, tier_codes
from kbo_core.domain.definition import Rules


def obstacles(clauses: Mapping[str, str], tier: int, rules: Rules) -> set[str]:
    """The clauses of a tier that a producer does not pass; ``clauses`` maps each to its value."""
    return {code for code in tier_codes(tier, rules) if clauses[code] != "pass"}


def is_fallback_open(shortage: Mapping[str, Any], district_code: str) -> bool:
    """May a district pick from the fallback tier, by the figures of a screening (``shortage.json``)?"""
    if shortage["scope"] != "district":
        return bool(shortage["fallback_open"])
    return any(d["district_code"] == district_code and d["short"] for d in shortage["districts"])


def is_covered(clauses: Mapping[str, str], named: Collection[str], tier: int, rules: Rules, *, is_open: bool) -> bool:
    """Does an exception name every clause that keeps a producer out of the tier that it was made for?

    A list that changes may add a clause that nobody spoke of, or shut the fallback: then it holds no longer.
    """
    return (tier == 1 or is_open) and obstacles(clauses, tier, rules) <= set(named)


def with_exemptions(
    decisions: pd.DataFrame,
    named: Mapping[str, tuple[Collection[str], int]],
    rules: Rules,
    shortage: Mapping[str, Any],
) -> pd.DataFrame:
    """The decisions with whoever may be picked by way of exception as eligible, in its tier.

    Shape:
        decisions: the columns of ``kbo_core.domain.decisions``, one row a producer. named: producer → clauses, tier.
    """
    told = decisions.copy()
    barred = told[told["producer_id"].isin(list(named)) & (told["verdict"] != "eligible")]
    for row, facts in zip(barred.index, barred.to_dict("records"), strict=True):
        clauses, tier = named[facts["producer_id"]]
        values = {code: facts[f"clause_{code}"] for code in CLAUSES}
        is_open = is_fallback_open(shortage, facts["district_code"])
        if is_covered(values, clauses, tier, rules, is_open=is_open):
            told.loc[row, ["verdict", "tier"]] = ["eligible", str(tier)]
    return told
