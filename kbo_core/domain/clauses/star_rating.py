"""Clause 1, second half: a product rated within the star range in the rating year.

The letter does not say how many of a group's products must be in the range; ``star_scope`` does.
A rating of another year does not count, and no rating is not one star.
"""

import numpy as np
import pandas as pd

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, UNREADABLE, Register
from kbo_core.domain.truth import Truth, Values, unless_doubtful


def judge(register: Register, rules: Rules) -> Values:
    return unless_doubtful(
        _judge(register.products_of(with_doubts=False), register.count, rules),
        _judge(register.products_of(with_doubts=True), register.count, rules),
    )


def _judge(products: pd.DataFrame, count: int, rules: Rules) -> Values:
    low, high = rules.stars
    producer = products["producer"].to_numpy(dtype=np.int64)
    year = products["rating_year_be"].to_numpy()
    stars = products["stars"].to_numpy()
    this_year = year == rules.star_year_be
    rated = this_year & (stars > ABSENT)
    within = rated & (stars >= low) & (stars <= high)
    # A rating that cannot be read, or a rating whose year is not known, may be any rating of the year.
    unclear = (this_year & (stars == UNREADABLE)) | ((year <= ABSENT) & (stars != ABSENT))

    has_unclear = _any(producer, unclear, count)
    if rules.star_scope == "any":
        passes, fails = _any(producer, within, count), ~has_unclear
    elif rules.star_scope == "all":
        outside = _any(producer, rated & ~within, count)
        passes, fails = _any(producer, within, count) & ~outside & ~has_unclear, outside | ~has_unclear
    else:
        above = _any(producer, rated & (stars > high), count)
        passes = _any(producer, within, count) & ~above & ~has_unclear
        fails = above | ~has_unclear
    return np.select([passes, fails], [np.int8(Truth.PASS), np.int8(Truth.FAIL)], np.int8(Truth.UNKNOWN)).astype(
        np.int8
    )


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
