"""rule-engine: each clause a rule in its language, put to one producer after another."""

from typing import Any

import numpy as np
from rule_engine import Context, Rule, resolve_item

from benchmarks.coded import Answer, Coded, province_of_district

_CONTEXT = Context(resolver=resolve_item)


def _rule(text: str) -> Rule:
    return Rule(text, context=_CONTEXT)


_WITHIN = "p['rating_year'] == 2567 and p['stars'] >= 1 and p['stars'] <= 3"
_STARS_UNCLEAR = "((p['rating_year'] == 2567 and p['stars'] == -1) or (p['rating_year'] <= 0 and p['stars'] != 0))"
_IS_D = "p['quadrant_year'] == 2567 and p['quadrant'] == 4"
_QUADRANT_UNCLEAR = (
    "((p['quadrant_year'] == 2567 and p['quadrant'] == -1)"
    " or (p['quadrant_year'] == 0 and (p['quadrant'] == 4 or p['quadrant'] == -1))"
    " or (p['quadrant_year'] == -1 and p['quadrant'] != 0))"
)


def _some(table: str, wanted: str) -> str:
    return f"([p for p in {table} if {wanted}].length > 0)"


def _perhaps(sure: str, unclear: str) -> Rule:
    return _rule(f"{_some('products', unclear)} or {_some('doubtful_products', f'({sure}) or {unclear}')}")


# What passes, and, of what does not, what is unknown.
_1A = _rule("kind == 1"), _rule("kind == 0")
_1B = _rule(_some("products", _WITHIN)), _perhaps(_WITHIN, _STARS_UNCLEAR)
_2 = _rule("not (0 in lists) and not (0 in doubtful_lists)"), _rule("not (0 in lists)")
_3 = _rule(_some("products", _IS_D)), _perhaps(_IS_D, _QUADRANT_UNCLEAR)
_4 = _rule("not (1 in lists) and not (1 in doubtful_lists)"), _rule("not (1 in lists)")
_IS_OPEN = _rule("quota > passes")
_TIER_1 = _rule("tier_1 == 2")
_TIER_2 = _rule("is_open and tier_2 == 2")
_UNKNOWN = _rule("tier_1 == 1 or (is_open and tier_2 == 1)")


def prepare(tables: Coded) -> tuple[list[dict[str, Any]], list[int]]:
    """Each producer with its own rows, and the quotas of the provinces."""
    producers: list[dict[str, Any]] = [
        {"kind": kind, "province": province, "products": [], "doubtful_products": [], "lists": [], "doubtful_lists": []}
        for kind, province in zip(tables.producer_kind.tolist(), tables.producer_province.tolist(), strict=True)
    ]
    names = ("rating_year", "stars", "quadrant_year", "quadrant")
    columns = [getattr(tables, f"product_{name}").tolist() for name in names]
    products = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    lists = tables.participant_list.tolist()
    for key, rows, whose in (
        ("products", products, tables.product_producer),
        ("doubtful_products", [products[n] for n in tables.product_doubt_row], tables.product_doubt_producer),
        ("lists", lists, tables.participant_producer),
        ("doubtful_lists", [lists[n] for n in tables.participant_doubt_row], tables.participant_doubt_producer),
    ):
        for row, producer in zip(rows, whose.tolist(), strict=True):
            if producer >= 0:
                producers[producer][key].append(row)
    quota = np.bincount(province_of_district(), tables.quota, minlength=78).astype(int)
    return producers, quota.tolist()


def decide(prepared: tuple[list[dict[str, Any]], list[int]]) -> Answer:
    """Ask every rule of every producer."""
    producers, quota = prepared
    clauses = [[_value(rules, producer) for rules in (_1A, _1B, _2, _3, _4)] for producer in producers]
    passes = [0] * len(quota)
    facts = []
    for producer, (one_a, one_b, two, three, four) in zip(producers, clauses, strict=True):
        tier_1, tier_2 = min(one_a, one_b, two), min(one_a, two, three, four)
        passes[producer["province"]] += tier_1 == 2
        facts.append({"tier_1": tier_1, "tier_2": tier_2})
    is_open = [_IS_OPEN.matches({"quota": q, "passes": p}) for q, p in zip(quota, passes, strict=True)]
    tiers, verdicts = [], []
    for producer, fact in zip(producers, facts, strict=True):
        told = {**fact, "is_open": is_open[producer["province"]]}
        tier = 1 if _TIER_1.matches(told) else 2 if _TIER_2.matches(told) else 0
        tiers.append(tier)
        verdicts.append(2 if tier else 1 if _UNKNOWN.matches(told) else 0)
    columns = [*np.array(clauses, dtype=np.int8).T, np.array(tiers, dtype=np.int8), np.array(verdicts, dtype=np.int8)]
    return Answer.of(columns, np.array(is_open[1:]))


def _value(rules: tuple[Rule, Rule], producer: dict[str, Any]) -> int:
    passes, is_unknown = rules
    return 2 if passes.matches(producer) else 1 if is_unknown.matches(producer) else 0
