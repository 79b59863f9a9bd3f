"""Clause 2: not a participant of the programme in the excluded fiscal years."""

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.clauses.exclusion import not_on
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import Held, Register
from kbo_core.domain.truth import Truth, Values


def judge(register: Register, rules: Rules, _held: Held) -> Values:
    return not_on(register, [("KBO", year) for year in rules.kbo_exclusion_years_be])


def says(truth: Truth, rules: Rules) -> str:
    years = ", ".join(str(year) for year in rules.kbo_exclusion_years_be)
    if not years:
        return "รอบนี้ไม่กำหนดปีที่ต้องไม่ซ้ำ"
    return {
        Truth.PASS: f"ไม่ซ้ำผู้เข้าร่วม KBO ปีงบประมาณ {years}",
        Truth.FAIL: f"เคยเข้าร่วม KBO ปีงบประมาณ {years} แล้ว",
        Truth.UNKNOWN: f"ยังไม่แน่ว่าเคยเข้าร่วม KBO ปีงบประมาณ {years} หรือไม่",
    }[truth]


CLAUSE = Clause("2", "ข้อ ๒", lambda rules: says(Truth.PASS, rules), judge, says)
