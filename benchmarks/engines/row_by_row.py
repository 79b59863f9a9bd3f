"""Plain Python, a row at a time."""

from collections import defaultdict
from typing import Any

import numpy as np

from benchmarks.coded import GROUP, KBO_2567, QD_2568, UNKNOWN_KIND, YEAR, Answer, Coded, D, province_of_district

FAIL, UNKNOWN, PASS = range(3)


def prepare(tables: Coded) -> dict[str, list[Any]]:
    """The columns as lists."""
    return {name: column.tolist() for name, column in vars(tables).items()}


def decide(tables: dict[str, list[Any]]) -> Answer:
    """Every clause for every producer, then the verdicts."""
    count = len(tables["producer_kind"])
    one_b, three = [FAIL] * count, [FAIL] * count
    stars, quadrants = [], []
    for year, stars_given, quadrant_year, quadrant in zip(
        tables["product_rating_year"],
        tables["product_stars"],
        tables["product_quadrant_year"],
        tables["product_quadrant"],
        strict=True,
    ):
        stars.append(_stars(year, stars_given))
        quadrants.append(_quadrant(quadrant_year, quadrant))
    for producer, said, classed in zip(tables["product_producer"], stars, quadrants, strict=True):
        if producer >= 0:
            if said > one_b[producer]:
                one_b[producer] = said
            if classed > three[producer]:
                three[producer] = classed
    for row, producer in zip(tables["product_doubt_row"], tables["product_doubt_producer"], strict=True):
        # Passing by a row that may be another's is not known; what is passed by certain rows stays passed.
        if stars[row] != FAIL and one_b[producer] == FAIL:
            one_b[producer] = UNKNOWN
        if quadrants[row] != FAIL and three[producer] == FAIL:
            three[producer] = UNKNOWN

    off = {KBO_2567: [PASS] * count, QD_2568: [PASS] * count}
    lists = tables["participant_list"]
    for row, producer in zip(tables["participant_doubt_row"], tables["participant_doubt_producer"], strict=True):
        off[lists[row]][producer] = UNKNOWN
    for listed, producer in zip(lists, tables["participant_producer"], strict=True):
        if producer >= 0:
            off[listed][producer] = FAIL
    two, four = off[KBO_2567], off[QD_2568]

    one_a = [{GROUP: PASS, UNKNOWN_KIND: UNKNOWN}.get(kind, FAIL) for kind in tables["producer_kind"]]
    first = list(map(min, one_a, one_b, two))
    second = list(map(min, one_a, two, three, four))
    is_open = _open(tables, first)

    tiers, verdicts = [0] * count, [0] * count
    for n, (tier_1, tier_2, province) in enumerate(zip(first, second, tables["producer_province"], strict=True)):
        opened = is_open[province]
        if tier_1 == PASS or (opened and tier_2 == PASS):
            tiers[n], verdicts[n] = (1 if tier_1 == PASS else 2), 2
        elif tier_1 == UNKNOWN or (opened and tier_2 == UNKNOWN):
            verdicts[n] = 1
    columns = [np.array(column, dtype=np.int8) for column in (one_a, one_b, two, three, four, tiers, verdicts)]
    return Answer.of(columns, np.array(is_open[1:], dtype=bool))


def _stars(year: int, stars: int) -> int:
    if year == YEAR:
        if 1 <= stars <= 3:
            return PASS
        return UNKNOWN if stars == -1 else FAIL
    return UNKNOWN if year <= 0 and stars != 0 else FAIL


def _quadrant(year: int, quadrant: int) -> int:
    if year == YEAR:
        return PASS if quadrant == D else UNKNOWN if quadrant == -1 else FAIL
    if year == -1:
        return UNKNOWN if quadrant else FAIL
    return UNKNOWN if year == 0 and quadrant in (D, -1) else FAIL


def _open(tables: dict[str, list[Any]], first: list[int]) -> list[bool]:
    lacking: dict[int, int] = defaultdict(int)
    for province, places in zip(province_of_district().tolist(), tables["quota"], strict=True):
        lacking[province] += places
    for province, value in zip(tables["producer_province"], first, strict=True):
        lacking[province] -= value == PASS
    return [lacking[province] > 0 for province in range(max(lacking) + 1)]
