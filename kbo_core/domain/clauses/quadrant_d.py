"""Clause 3: a Quadrant D product of the quadrant year.

Quadrant D products hold no recognised standard, so usually no star: none is asked for.
The words also allow "members of that year's Quadrant D project"; ``fallback.source`` settles which.
"""

import numpy as np

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.clauses.exclusion import not_on
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, QUADRANT_D, UNREADABLE, Register
from kbo_core.domain.truth import Truth, Values, everyone, of_doubt


def judge(register: Register, rules: Rules) -> Values:
    year = rules.fallback.quadrant_year_be
    if year is None:
        return everyone(Truth.UNKNOWN, register.count)
    if rules.fallback.source == "project_participants":
        return (Truth.PASS - not_on(register, [("QD", year)])).astype(np.int8)
    products = register.products
    its_year, quadrant = products["quadrant_year"].to_numpy(), products["quadrant"].to_numpy()
    this_year, is_d, illegible = its_year == year, quadrant == QUADRANT_D, quadrant == UNREADABLE
    found = this_year & is_d
    unclear = this_year & illegible
    unclear |= (its_year == ABSENT) & (is_d | illegible)
    unclear |= (its_year == UNREADABLE) & (quadrant != ABSENT)
    perhaps = register.whose(unclear) | register.perhaps_whose(found | unclear)
    return of_doubt(Truth.PASS, register.whose(found), perhaps)


def _wanted(rules: Rules) -> str:
    year = rules.fallback.quadrant_year_be
    if rules.fallback.source == "project_participants":
        return f"เข้าร่วมโครงการ Quadrant D ปี {year}"
    return f"มีผลิตภัณฑ์กลุ่มปรับตัวสู่การพัฒนา (Quadrant D) ปี {year}"


def says(truth: Truth, rules: Rules) -> str:
    return {
        Truth.PASS: _wanted(rules),
        Truth.FAIL: f"ไม่{_wanted(rules)}",
        Truth.UNKNOWN: f"ยังไม่แน่ว่า{_wanted(rules)} หรือไม่",
    }[truth]


CLAUSE = Clause("3", "ข้อ ๓", _wanted, judge, says)
