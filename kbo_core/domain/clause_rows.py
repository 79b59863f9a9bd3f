"""What each clause made of each row that it looked at, in words: the evidence beside its value.

The clauses themselves judge producers; here stands, row by row, what speaks for a pass, against it, or leaves it open,
and what does not count and why. Together the rows give the clause's value again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.definition import Rules
from kbo_core.domain.register import ABSENT, QUADRANT_D, QUADRANTS, UNREADABLE, ProducerType, Register

Rows = NDArray[np.bool_]


class Weight(StrEnum):
    """What a row does to its clause."""

    FOR = "for"
    AGAINST = "against"
    UNCLEAR = "unclear"
    NOTHING = "not-counted"

    @property
    def th(self) -> str:
        return {"for": "นับ", "against": "ขัด", "unclear": "ไม่ชัด", "not-counted": "ไม่นับ"}[self.value]


@dataclass(frozen=True)
class Role:
    """What rows of one kind do, and the words for it, with the row's cells in braces."""

    weight: Weight
    words_th: str


@dataclass(frozen=True)
class RowsRead:
    """The rows of one table under one clause.

    Shape: ``role`` one number a row of the table, an index into ``roles``, or -1 for a row the clause does not look at.
    ``cells`` are the columns that the clause read.
    """

    table: str
    role: NDArray[np.int8]
    roles: tuple[Role, ...]
    cells: tuple[str, ...]


def rows_read(register: Register, rules: Rules) -> dict[str, RowsRead]:
    """For each clause what it made of the rows of its table."""
    return {code: read(register, rules) for code, read in _READ.items()}


def lists_of(code: str, rules: Rules) -> tuple[tuple[str, int], ...]:
    """The participant lists that a clause looks into: (programme, fiscal year)."""
    fallback = rules.fallback
    if code == "2":
        return tuple(("KBO", year) for year in rules.kbo_exclusion_years_be)
    if code == "3" and fallback.source == "project_participants" and fallback.quadrant_year_be:
        return (("QD", fallback.quadrant_year_be),)
    if code == "4" and fallback.exclude_project_year_be:
        return (("QD", fallback.exclude_project_year_be),)
    return ()


def _choose(cases: Sequence[tuple[Rows, Role]], count: int) -> tuple[NDArray[np.int8], tuple[Role, ...]]:
    """The first case that is true of a row."""
    role = np.full(count, -1, dtype=np.int8)
    for n, (rows, _) in enumerate(cases):
        role[rows & (role < 0)] = n
    return role, tuple(case for _, case in cases)


def _types(register: Register, _rules: Rules) -> RowsRead:
    kind = register.producers["type"].to_numpy()
    cases = [
        (kind == ProducerType.GROUP, Role(Weight.FOR, "ประเภทในทะเบียน: {type_text}")),
        (kind == ProducerType.UNKNOWN, Role(Weight.UNCLEAR, "ประเภทในทะเบียนว่างหรืออ่านไม่ได้: {type_text}")),
        (kind > ProducerType.GROUP, Role(Weight.AGAINST, "ประเภทในทะเบียน: {type_text}")),
    ]
    return RowsRead("producers", *_choose(cases, len(kind)), ("type_text",))


def _ratings(register: Register, rules: Rules) -> RowsRead:
    low, high = rules.stars
    year, stars = register.products["rating_year"].to_numpy(), register.products["stars"].to_numpy()
    this_year = year == rules.star_year_be
    outside = "{product_name} ได้ {stars} ดาว อยู่นอกช่วง " + f"{low}–{high} ดาว"
    above, below = {
        "any": (Weight.NOTHING, Weight.NOTHING),
        "all": (Weight.AGAINST, Weight.AGAINST),
        "best": (Weight.AGAINST, Weight.NOTHING),
    }[rules.star_scope]
    cases = [
        (this_year & (stars == UNREADABLE), Role(Weight.UNCLEAR, "{product_name} อ่านระดับดาวไม่ได้: {stars_text}")),
        (
            (year <= ABSENT) & (stars != ABSENT),
            Role(Weight.UNCLEAR, "{product_name} มีระดับดาว {stars_text} แต่ไม่ทราบปี ({rating_year_text})"),
        ),
        (this_year & (stars == ABSENT), Role(Weight.NOTHING, f"{{product_name}} ไม่มีระดับดาวปี {rules.star_year_be}")),
        (
            this_year & (stars >= low) & (stars <= high),
            Role(Weight.FOR, "{product_name} ได้ {stars} ดาว " + f"ปี {rules.star_year_be}"),
        ),
        (this_year & (stars > high), Role(above, outside)),
        (this_year & (stars < low), Role(below, outside)),
        (stars != ABSENT, Role(Weight.NOTHING, "{product_name} ได้ {stars_text} เป็นของปี {rating_year} ซึ่งไม่นับ")),
    ]
    return RowsRead("products", *_choose(cases, len(year)), ("product_name", "rating_year_text", "stars_text"))


def _quadrants(register: Register, rules: Rules) -> RowsRead:
    wanted = rules.fallback.quadrant_year_be
    if rules.fallback.source == "project_participants":
        return _participations(register, lists_of("3", rules), Weight.FOR)
    year, quadrant = register.products["quadrant_year"].to_numpy(), register.products["quadrant"].to_numpy()
    # Without a year to look for, no row says anything.
    this_year = year == (wanted or UNREADABLE - 1)
    is_told = (quadrant != ABSENT) & bool(wanted)
    dateless = is_told & (
        ((year == ABSENT) & ((quadrant == QUADRANT_D) | (quadrant == UNREADABLE))) | (year == UNREADABLE)
    )
    cases = [
        (this_year & (quadrant == QUADRANT_D), Role(Weight.FOR, f"{{product_name}} จัดอยู่กลุ่ม D ปี {wanted}")),
        (this_year & (quadrant == UNREADABLE), Role(Weight.UNCLEAR, "{product_name} อ่านกลุ่มไม่ได้: {quadrant_text}")),
        (
            dateless,
            Role(Weight.UNCLEAR, "{product_name} กลุ่ม {quadrant_text} แต่ไม่ทราบปี ({quadrant_year_text})"),
        ),
        (this_year & (quadrant == ABSENT), Role(Weight.NOTHING, f"{{product_name}} ไม่ได้จัดกลุ่มปี {wanted}")),
        (this_year, Role(Weight.NOTHING, "{product_name} จัดอยู่กลุ่ม {quadrant_letter} ไม่ใช่ D")),
        (is_told, Role(Weight.NOTHING, "{product_name} กลุ่ม {quadrant_text} เป็นของปีอื่นซึ่งไม่นับ: {quadrant_year_text}")),
    ]
    return RowsRead("products", *_choose(cases, len(year)), ("product_name", "quadrant_year_text", "quadrant_text"))


def _participations(register: Register, lists: Sequence[tuple[str, int]], weight: Weight) -> RowsRead:
    listed = register.participants["listed"].to_numpy()
    cases = [
        (listed == n, Role(weight, f"มีชื่อ {{producer_name}} ในบัญชีผู้เข้าร่วม {programme} ปีงบประมาณ {year}"))
        for n, (programme, year) in enumerate(register.lists)
        if (programme, year) in lists
    ]
    return RowsRead("participants", *_choose(cases, len(listed)), ("producer_name",))


def _listed(code: str) -> Callable[[Register, Rules], RowsRead]:
    return lambda register, rules: _participations(register, lists_of(code, rules), Weight.AGAINST)


_READ: Mapping[str, Callable[[Register, Rules], RowsRead]] = {
    "1a": _types,
    "1b": _ratings,
    "2": _listed("2"),
    "3": _quadrants,
    "4": _listed("4"),
}


def letter_of(quadrant: int) -> str:
    """The quadrant as it is named."""
    return QUADRANTS[quadrant - 1] if quadrant > ABSENT else ""
