"""Clause 3: a Quadrant D product of the quadrant year.

Quadrant D products hold no recognised standard, so usually no star: none is asked for.
The words also allow "members of that year's Quadrant D project"; ``fallback.source`` settles which.
"""

import numpy as np
import pandas as pd

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.clauses.exclusion import not_on
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, UNREADABLE, Register
from kbo_core.domain.truth import Truth, Values, everyone, unless_doubtful


def judge(register: Register, rules: Rules) -> Values:
    year = rules.fallback.quadrant_year_be
    if year is None:
        return everyone(Truth.UNKNOWN, register.count)
    if rules.fallback.source == "project_participants":
        return (Truth.PASS - not_on(register, [("QD", year)])).astype(np.int8)
    return unless_doubtful(
        _judge(register.products_of(with_doubts=False), register.count, year),
        _judge(register.products_of(with_doubts=True), register.count, year),
    )


def _judge(products: pd.DataFrame, count: int, wanted: int) -> Values:
    producer = products["producer"].to_numpy(dtype=np.int64)
    year = products["quadrant_year_be"].to_numpy()
    quadrant = products["quadrant"].to_numpy(dtype=object)
    is_d, illegible, classed = quadrant == "D", quadrant == "?", quadrant != ""
    unclear = (
        ((year == wanted) & illegible) | ((year == ABSENT) & (is_d | illegible)) | ((year == UNREADABLE) & classed)
    )
    values = everyone(Truth.FAIL, count)
    values[producer[unclear]] = Truth.UNKNOWN
    values[producer[(year == wanted) & is_d]] = Truth.PASS
    return values


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
