"""Clause 1, first half: community producer groups only."""

import numpy as np

from kbo_core.domain.clauses.clause import Clause
from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ProducerType, Register
from kbo_core.domain.truth import Truth, Values

_VALUE = np.full(len(ProducerType), Truth.FAIL, dtype=np.int8)
_VALUE[ProducerType.GROUP] = Truth.PASS
_VALUE[ProducerType.UNKNOWN] = Truth.UNKNOWN


def judge(register: Register, _rules: Rules) -> Values:
    """A blank or unmapped type is unknown, never a group by default."""
    return np.take(_VALUE, register.producers["type"].to_numpy())


def says(truth: Truth, _rules: Rules) -> str:
    return {
        Truth.PASS: "เป็นกลุ่มผู้ผลิตชุมชน",
        Truth.FAIL: "ไม่ใช่ประเภทกลุ่มผู้ผลิตชุมชน",
        Truth.UNKNOWN: "ยังไม่ทราบประเภทผู้ผลิต",
    }[truth]


CLAUSE = Clause("1a", "ข้อ ๑", lambda _: "เป็นผู้ผลิตประเภทกลุ่มผู้ผลิตชุมชน", judge, says)
