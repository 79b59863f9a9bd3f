"""Clause 1, second half: a product rated within the star range in the rating year.

The letter does not say how many of a group's products must be in the range; ``star_scope`` does.
A rating of another year does not count, and no rating is not one star.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, UNREADABLE, Register
from kbo_core.domain.truth import Truth, Values, of_doubt

Rows = NDArray[np.bool_]


def judge(register: Register, rules: Rules) -> Values:
    """Pass or fail only where no reading of the near matches says otherwise: each may be the producer's or not."""
    rows = _ratings(register, rules)
    sure = [register.whose(found) for found in rows]
    values = _verdict(rules, *sure)
    # A near match matters to few: only they are read in every way it could be.
    asked = np.unique(register.product_doubts["producer"].to_numpy())
    certain = [of_all[asked] for of_all in sure]
    perhaps = [of_all | register.perhaps_whose(found)[asked] for of_all, found in zip(certain, rows, strict=True)]
    readings = np.array([_verdict(rules, *reading) for reading in product(*zip(certain, perhaps, strict=True))])
    values[asked] = np.where(np.ptp(readings, axis=0) == 0, readings[0], np.int8(Truth.UNKNOWN))
    return values


def _ratings(register: Register, rules: Rules) -> tuple[Rows, Rows, Rows]:
    """The product rows rated within the range, those that the scope forbids, and those that are not clear."""
    low, high = rules.stars
    year, stars = register.products["rating_year"].to_numpy(), register.products["stars"].to_numpy()
    this_year = year == rules.star_year_be
    within = this_year & (stars >= low) & (stars <= high)
    rated = this_year & (stars > ABSENT)
    forbidden = {"any": False, "all": ~within, "best": stars > high}[rules.star_scope] & rated
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
