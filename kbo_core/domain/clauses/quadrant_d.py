"""Clause 3: a Quadrant D product of the quadrant year.

Quadrant D products hold no recognised standard, so usually no star: none is asked for.
The words also allow "members of that year's Quadrant D project"; ``fallback.source`` settles which.
"""

from functools import partial

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import ABSENT, QUADRANT_D, UNREADABLE, Flags, Held, Question, Register, no_question
from kbo_core.domain.truth import Truth, Values, everyone, of_doubt


def asks(rules: Rules) -> Question:
    year = rules.fallback.quadrant_year_be
    return no_question if year is None or _is_of_project(rules) else partial(_classed, year)


def judge(register: Register, rules: Rules, held: Held) -> Values:
    year = rules.fallback.quadrant_year_be
    if year is None:
        return everyone(Truth.UNKNOWN, register.count)
    return register.on(("QD", year)) if _is_of_project(rules) else held.judged(of_doubt)


def _is_of_project(rules: Rules) -> bool:
    return rules.fallback.source == "project_participants"


def _classed(year: int, products: ProductRows) -> tuple[Flags, Flags]:
    """The product rows classed D in the year, and those that may be."""
    its_year, quadrant = products.quadrant_year, products.quadrant
    is_d, this_year, no_year = quadrant == QUADRANT_D, its_year == year, its_year == ABSENT
    unclear = (this_year | no_year) & (quadrant == UNREADABLE)
    unclear |= no_year & is_d
    unclear |= (its_year == UNREADABLE) & (quadrant != ABSENT)
    return this_year & is_d, unclear


def _wanted(rules: Rules) -> str:
    year = rules.fallback.quadrant_year_be
    if _is_of_project(rules):
        return f"เข้าร่วมโครงการ Quadrant D ปี {year}"
    return f"มีผลิตภัณฑ์กลุ่มปรับตัวสู่การพัฒนา (Quadrant D) ปี {year}"


def says(truth: Truth, rules: Rules) -> str:
    return {
        Truth.PASS: _wanted(rules),
        Truth.FAIL: f"ไม่{_wanted(rules)}",
        Truth.UNKNOWN: f"ยังไม่แน่ว่า{_wanted(rules)} หรือไม่",
    }[truth]


CLAUSE = Clause("3", "ข้อ ๓", _wanted, judge, says, asks)
