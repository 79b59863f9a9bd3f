"""What the sources of a definition come to: the register of its province, every row accounted for.

A source may hold one province or the whole nation; of a nation read at once each province gets the register that it
would have got alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kbo_core.domain.answers import (
    Answers,
    NameQuestion,
)
from kbo_core.domain.areas import Province
from kbo_core.domain.decisions import Verdicts, judge
from kbo_core.domain.definition import Rules
from kbo_core.domain.findings import Finding, block, warn
from kbo_core.domain.register import Register
from kbo_core.registry.quality import QUARANTINE_COLUMNS, Sifted, refuse_unusable
from kbo_core.registry.repairs import REPAIR_COLUMNS
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.staging import Staged

_SHOWN = 10  # rows that a finding names


@dataclass(frozen=True)
class Ingested:
    """A province's register and how it came to be.

    Shape:
        register: see Register.
        quarantine: QUARANTINE_COLUMNS, one row a failed check of a row set aside.
        repairs: REPAIR_COLUMNS, what was mended in reading.
        counts: table → rows in, kept, set aside, elsewhere (of other provinces).
        questions: what is asked about names and not answered yet.
        linked: the ids of producers that are answered to be one.
        answers: what was remembered about names; used_answers: what of it counted here.
    """

    register: Register
    quarantine: pd.DataFrame
    repairs: pd.DataFrame
    findings: tuple[Finding, ...]
    files: tuple[SourceFile, ...]
    counts: Mapping[str, Mapping[str, int]]
    questions: tuple[NameQuestion, ...]
    linked: tuple[tuple[str, ...], ...]
    answers: Answers
    used_answers: Answers


@dataclass(frozen=True)
class Part:
    """What one table contributed: its judged rows, and its repairs (REPAIR_COLUMNS) by province."""

    suite: str
    staged: Staged
    sifted: Sifted
    repairs: Mapping[int, pd.DataFrame]


@dataclass(frozen=True)
class Nation:
    """The registers of several provinces, as the sources gave them.

    Shape:
        producers: as in Register, by province; also ``province``.
        products, participants: as in Register, by province, with ``producer`` an index into the nation's producers;
            also ``province``.
        product_doubts, participant_doubts: the near matches still open, ``row`` and ``producer`` of the nation.
        findings: each with its province, 0 for all.
        questions: as in Ingested. linked: rows of producers that are answered to be one.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]
    files: tuple[SourceFile, ...]
    parts: Sequence[Part]
    findings: Sequence[tuple[int, Finding]]
    questions: Sequence[NameQuestion]
    linked: Sequence[list[int]]
    answers: Answers
    used_answers: Answers

    def judge(self, rules: Rules, quota: Mapping[str, int]) -> Verdicts:
        """The verdicts on the producers of every province that has these rules, in one pass."""
        register = Register(
            producers=self.producers,
            products=self.products,
            participants=self.participants,
            product_doubts=self.product_doubts,
            participant_doubts=self.participant_doubts,
            lists=self.lists,
            linked=self.linked,
        )
        return judge(register, rules, quota)

    def span(self, province: Province) -> tuple[int, int]:
        """Where a province's producers stand among the nation's: the first, and the one after the last."""
        code = int(province.code)
        first, last = np.searchsorted(self.producers["province"], [code, code + 1]).tolist()
        return first, last

    def province(self, province: Province) -> Ingested:
        """One province's register.

        Raises BlockedError when a table cannot be used as a whole for this province.
        """
        code = int(province.code)
        findings = [finding for whose, finding in self.findings if whose in (0, code)]
        counts, quarantines, repairs = {}, [], []
        for part in self.parts:
            counts[f"{part.suite}: {part.staged.where}"] = told = part.sifted.counts(code)
            quarantines.append(lost := part.sifted.quarantine(code))
            refuse_unusable(told, lost, part.staged.where, part.staged.table.kind.name_th)
            findings += part.sifted.findings(code)
            if part.suite == "participants":
                findings += _left_off(lost, part.staged.where)
            repairs += [part.repairs[whose] for whose in (0, code) if whose in part.repairs]
        first, last = self.span(province)
        if first == last:
            findings.append(_absent(province, self.parts[0].staged.where))
        products, product_doubts = _mine(self.products, self.product_doubts, code, first)
        participants, participant_doubts = _mine(self.participants, self.participant_doubts, code, first)
        return Ingested(
            register=Register(
                producers=self.producers.iloc[first:last].reset_index(drop=True),
                products=products,
                participants=participants,
                product_doubts=product_doubts,
                participant_doubts=participant_doubts,
                lists=self.lists,
                linked=[[row - first for row in group] for group in self.linked if first <= group[0] < last],
            ),
            quarantine=_together(quarantines, QUARANTINE_COLUMNS),
            repairs=_together(repairs, REPAIR_COLUMNS),
            findings=tuple(findings),
            files=self.files,
            counts=counts,
            questions=tuple(q for q in self.questions if q.about.province_code == province.code),
            linked=tuple(
                sorted(
                    tuple(sorted(self.producers["producer_id"].iloc[group]))
                    for group in self.linked
                    if first <= group[0] < last
                )
            ),
            answers={about: a for about, a in self.answers.items() if about.province_code == province.code},
            used_answers={about: a for about, a in self.used_answers.items() if about.province_code == province.code},
        )


def _mine(rows: pd.DataFrame, doubts: pd.DataFrame, code: int, first: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A province's rows and near matches, numbered from its own first producer and row."""
    begin, end = np.searchsorted(rows["province"], [code, code + 1])
    mine = rows.iloc[begin:end].reset_index(drop=True)
    whose = mine["producer"].to_numpy()
    a, b = np.searchsorted(doubts["row"], [begin, end])
    near = doubts.iloc[a:b].reset_index(drop=True) - [begin, first]
    return mine.assign(producer=np.where(whose >= 0, whose - np.int32(first), np.int32(-1))), near


def _together(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """One table of several, a row that stands in two of them once."""
    rows = pd.concat([pd.DataFrame(columns=list(columns)), *tables], ignore_index=True)
    told: pd.DataFrame = rows[list(columns)].drop_duplicates(ignore_index=True)
    return told


def _left_off(lost: pd.DataFrame, place: str) -> list[Finding]:
    """A warning where rows of an exclusion list are set aside: whoever they name is decided as if not on it."""
    rows = lost.loc[lost["check"] != "total-row", ["source", "row"]].drop_duplicates()
    if rows.empty:
        return []
    told = ", ".join(map(str, rows["row"].tolist()[:_SHOWN])) + (" …" if len(rows) > _SHOWN else "")
    return [
        warn(
            "list-rows-set-aside",
            place,
            f"บัญชีผู้เข้าร่วมมี {len(rows)} แถวที่อ่านไม่ได้และแยกไว้ใน quarantine.csv (แถวที่ {told}) "
            "รายในแถวเหล่านี้ถูกตัดสินเสมือนไม่อยู่ในบัญชี แก้แถวในแฟ้มแล้วสั่งใหม่",
            f"{len(rows)} rows of the list are set aside (rows {told}): whoever they name is decided as if not on it",
        )
    ]


def _absent(province: Province, place: str) -> Finding:
    return block(
        "province-absent",
        place,
        f"ทะเบียนนี้ไม่มีผู้ผลิตของจังหวัด{province.name_th}เลย ตรวจว่าเป็นแฟ้มของจังหวัดที่ถูกต้อง",
        f"no producer of {province.name_en} is in this register",
    )
