"""Clause 1, second half: a product rated within the star range in the rating year.

The letter does not say how many of a group's products must be in the range; ``star_scope`` does.
A rating of another year does not count, and no rating is not one star.
"""

from functools import partial

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import ABSENT, UNREADABLE, Flags, Held, Question, Register
from kbo_core.domain.truth import Truth, Values, of_doubt


def asks(rules: Rules) -> Question:
    return partial(_rated, rules)


def judge(_register: Register, _rules: Rules, held: Held) -> Values:
    """Pass or fail only where no reading of the near matches says otherwise: each may be the producer's or not."""
    return held.judged(_verdict)


def _rated(rules: Rules, products: ProductRows) -> tuple[Flags, ...]:
    """The product rows rated within the range, those that are not clear and, where there are any, those that the scope
    forbids."""
    low, high = rules.stars
    year, stars = products.rating_year, products.stars
    this_year = year == rules.star_year_be
    within = this_year & (stars >= low)
    within &= stars <= high
    # A rating that cannot be read, or a rating whose year is not known, may be any rating of the year.
    unclear = this_year & (stars == UNREADABLE)
    unclear |= (year <= ABSENT) & (stars != ABSENT)
    if rules.star_scope == "any":
        return within, unclear
    outside = (stars > high) if rules.star_scope == "best" else ~within
    return within, unclear, this_year & (stars > ABSENT) & outside


def _verdict(within: Flags, unclear: Flags, forbidden: Flags | None = None) -> Values:
    if forbidden is None:  # one rating within the range is enough, whatever the unclear ones are
        return of_doubt(within, unclear)
    values = of_doubt(within & ~unclear, unclear)
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


CLAUSE = Clause("1b", "ข้อ ๑", lambda rules: f"มีผลิตภัณฑ์{_range(rules)}", judge, says, asks)
