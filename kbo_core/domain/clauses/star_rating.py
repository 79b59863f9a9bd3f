"""Clause 1, second half: a product rated within the star range in the rating year.

The letter does not say how many of a group's products must be in the range; ``star_scope`` does.
A rating of another year does not count, and no rating is not one star.
"""

from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, UNREADABLE, ProductRows, Register
from kbo_core.domain.truth import Truth, Values, of_doubt

Rows = NDArray[np.bool_]


def judge(register: Register, rules: Rules) -> Values:
    """Pass or fail only where no reading of the near matches says otherwise: each may be the producer's or not."""
    ask = partial(_rated, rules)
    sure = register.whose(ask)
    values = _verdict(rules, *sure)
    # A near match matters to few: only they are read in every way it could be.
    perhaps = register.perhaps_whose(ask)
    asked = np.flatnonzero(perhaps[0] | perhaps[1] | perhaps[2])
    ways = [(marks[asked], marks[asked] | near[asked]) for marks, near in zip(sure, perhaps, strict=True)]
    readings = [_verdict(rules, *reading) for reading in product(*ways)]
    agreed = np.minimum.reduce(readings) == np.maximum.reduce(readings)
    values[asked] = np.where(agreed, readings[0], np.int8(Truth.UNKNOWN))
    return values


def _rated(rules: Rules, products: ProductRows) -> tuple[Rows, Rows, Rows]:
    """The product rows rated within the range, those that the scope forbids, and those that are not clear."""
    low, high = rules.stars
    year, stars = products.rating_year, products.stars
    this_year = year == rules.star_year_be
    within = this_year & (stars >= low) & (stars <= high)
    if rules.star_scope == "any":
        forbidden = np.zeros_like(within)
    else:
        forbidden = this_year & (stars > ABSENT) & ((stars > high) if rules.star_scope == "best" else ~within)
    # A rating that cannot be read, or a rating whose year is not known, may be any rating of the year.
    unclear = this_year & (stars == UNREADABLE)
    unclear |= (year <= ABSENT) & (stars != ABSENT)
    return within, forbidden, unclear


def _verdict(rules: Rules, within: Rows, forbidden: Rows, unclear: Rows) -> Values:
    # One rating within the range is enough for "any", whatever the unclear ones are.
    settled = within if rules.star_scope == "any" else within & ~unclear
    values = of_doubt(Truth.PASS, settled, unclear)
    values[forbidden] = Truth.FAIL
    return values


def _range(rules: Rules) -> str:
    low, high = rules.stars
    scope = {"any": "อย่างน้อยหนึ่งรายการ", "all": "ทุกรายการ", "best": "รายการที่ได้ดาวสูงสุด"}[rules.star_scope]
    return f"ระดับ {low}–{high} ดาว ปี {rules.star_year_be} ({scope})"


def says(truth: Truth, rules: Rules) -> str:
    return {
        Truth.PASS: f"มีผลิตภัณฑ์{_range(rules)}",
        Truth.FAIL: f"ไม่มีผลิตภัณฑ์{_range(rules)}",
        Truth.UNKNOWN: f"ข้อมูลดาวปี {rules.star_year_be} ยังไม่ชัด",
    }[truth]


CLAUSE = Clause("1b", "ข้อ ๑", lambda rules: f"มีผลิตภัณฑ์{_range(rules)}", judge, says)
