"""Clause 1, first half: community producer groups only."""

import numpy as np

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import Held, ProducerType, Register
from kbo_core.domain.truth import Truth, Values, of_doubt


def judge(register: Register, _rules: Rules, _held: Held) -> Values:
    """A blank or unmapped type is unknown, never a group by default."""
    kind = register.producers["type"].to_numpy()
    return of_doubt(kind == np.int8(ProducerType.GROUP), kind == np.int8(ProducerType.UNKNOWN))


def says(truth: Truth, _rules: Rules) -> str:
    return {
        Truth.PASS: "เป็นกลุ่มผู้ผลิตชุมชน",
        Truth.FAIL: "ไม่ใช่ประเภทกลุ่มผู้ผลิตชุมชน",
        Truth.UNKNOWN: "ยังไม่ทราบประเภทผู้ผลิต",
    }[truth]


CLAUSE = Clause("1a", "ข้อ ๑", lambda _: "เป็นผู้ผลิตประเภทกลุ่มผู้ผลิตชุมชน", judge, says)
