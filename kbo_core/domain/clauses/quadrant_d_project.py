"""Clause 4: those of clause 3 must not be in the Quadrant D development project of the fiscal year."""

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.clauses.exclusion import not_on
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import Held, Register
from kbo_core.domain.truth import Truth, Values, everyone


def judge(register: Register, rules: Rules, _held: Held) -> Values:
    year = rules.fallback.exclude_project_year_be
    return everyone(Truth.UNKNOWN, register.count) if year is None else not_on(register, [("QD", year)])


def says(truth: Truth, rules: Rules) -> str:
    project = f"โครงการพัฒนาผลิตภัณฑ์ Quadrant D ปีงบประมาณ {rules.fallback.exclude_project_year_be}"
    return {
        Truth.PASS: f"ไม่ซ้ำ{project}",
        Truth.FAIL: f"อยู่ใน{project} แล้ว",
        Truth.UNKNOWN: f"ยังไม่แน่ว่าอยู่ใน{project} หรือไม่",
    }[truth]


CLAUSE = Clause("4", "ข้อ ๔", lambda rules: says(Truth.PASS, rules), judge, says)
