"""Clause 1, second half: a product rated within the star range in the rating year.

The letter does not say how many of a group's products must be in the range; ``star_scope`` does.
A rating of another year does not count, and no rating is not one star.
"""

from itertools import product

import numpy as np
import pandas as pd

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, UNREADABLE, Register
from kbo_core.domain.truth import Truth, Values


def judge(register: Register, rules: Rules) -> Values:
    """Pass or fail only where no reading of the near matches says otherwise: each may be the producer's or not."""
    certain = _findings(register.products_of(with_doubts=False), register.count, rules)
    perhaps = _findings(register.products_of(with_doubts=True), register.count, rules)
    readings = [
        _verdict(rules, *(more if taken else sure for taken, more, sure in zip(choice, perhaps, certain, strict=True)))
        for choice in product((False, True), repeat=3)
    ]
    return np.where(np.ptp(readings, axis=0) == 0, readings[0], np.int8(Truth.UNKNOWN)).astype(np.int8)


def _findings(products: pd.DataFrame, count: int, rules: Rules) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per producer: has it a rating within the range, one that the scope forbids, one that is not clear?"""
    low, high = rules.stars
    producer = products["producer"].to_numpy(dtype=np.int64)
    year = products["rating_year_be"].to_numpy()
    stars = products["stars"].to_numpy()
    this_year = year == rules.star_year_be
    rated = this_year & (stars > ABSENT)
    within = rated & (stars >= low) & (stars <= high)
    forbidden = {"any": np.zeros_like(rated), "all": rated & ~within, "best": rated & (stars > high)}[rules.star_scope]
    # A rating that cannot be read, or a rating whose year is not known, may be any rating of the year.
    unclear = (this_year & (stars == UNREADABLE)) | ((year <= ABSENT) & (stars != ABSENT))
    return _any(producer, within, count), _any(producer, forbidden, count), _any(producer, unclear, count)


def _verdict(rules: Rules, within: np.ndarray, forbidden: np.ndarray, unclear: np.ndarray) -> Values:
    # One rating within the range is enough for "any", whatever the unclear ones are.
    settled = within if rules.star_scope == "any" else within & ~unclear
    return np.select(
        [forbidden, settled, unclear],
        [np.int8(Truth.FAIL), np.int8(Truth.PASS), np.int8(Truth.UNKNOWN)],
        np.int8(Truth.FAIL),
    ).astype(np.int8)


def _any(producer: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    found = np.zeros(count, dtype=bool)
    found[producer[rows]] = True
    return found


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
