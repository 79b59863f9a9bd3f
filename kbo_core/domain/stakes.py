"""What hangs on a question about names: the verdicts if it is answered one way and the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kbo_core.domain.answers import DIFFERENT, DUPLICATE, SAME, NameQuestion
from kbo_core.domain.decisions import Verdicts, judge
from kbo_core.domain.definition import Rules
from kbo_core.domain.duplicates import groups, shared
from kbo_core.domain.register import ProducerType, Register
from kbo_core.domain.truth import Truth

VERDICTS = {Truth.FAIL: "ineligible", Truth.UNKNOWN: "unknown", Truth.PASS: "eligible"}


@dataclass(frozen=True)
class Stakes:
    """What one answer and the other come to.

    ``same``, ``different``: the verdict on the producer; ``clauses``: those of the producers asked about that depend
    on the answer; ``changed``: every producer of the province whose verdict does; ``both_eligible``: of a duplicate,
    could both be picked if they were two?
    """

    same: str
    different: str
    clauses: tuple[str, ...]
    changed: tuple[str, ...]
    both_eligible: bool


class Weighing:
    """A register to be read both ways, one question at a time."""

    def __init__(
        self, register: Register, linked: Sequence[Sequence[str]], rules: Rules, quota: Mapping[str, int]
    ) -> None:
        self._register, self._rules, self._quota = register, rules, quota
        self._at = {producer_id: n for n, producer_id in enumerate(register.producers["producer_id"])}
        self._linked = [[self._at[i] for i in ids] for ids in linked]

    def stakes(self, question: NameQuestion) -> Stakes:
        """What depends on the answer."""
        asked = [self._at[i] for i in self._ids(question)]
        same, different = (self._judged(self._answered(question, answer)) for answer in (SAME, DIFFERENT))
        changed = np.flatnonzero(same.verdict != different.verdict)
        return Stakes(
            same=VERDICTS[Truth(same.verdict[asked[-1]])],
            different=VERDICTS[Truth(different.verdict[asked[-1]])],
            clauses=tuple(
                code for code, values in same.clauses.items() if (values != different.clauses[code])[asked].any()
            ),
            changed=tuple(sorted(self._register.producers["producer_id"].iloc[changed])),
            both_eligible=len(asked) > 1 and bool((different.verdict[asked] == Truth.PASS).all()),
        )

    @staticmethod
    def _ids(question: NameQuestion) -> list[str]:
        about = question.about
        return [about.subject, about.producer_id] if about.finding == DUPLICATE else [about.producer_id]

    def _judged(self, register: Register) -> Verdicts:
        return judge(register, self._rules, self._quota)

    def _answered(self, question: NameQuestion, answer: str) -> Register:
        register, producer = self._register, self._at[question.about.producer_id]
        lists = [f"{programme} {year}" for programme, year in register.lists]
        if question.about.finding == DUPLICATE:
            return (
                self._linked_too(register, [self._at[question.about.subject], producer]) if answer == SAME else register
            )
        if question.table == "products":
            products, doubts = self._told(register.products, register.product_doubts, question, producer, answer, None)
            return replace(register, products=products, product_doubts=doubts)
        if question.table in lists:
            only = np.flatnonzero([label == question.table for label in lists])
            rows, doubts = self._told(
                register.participants, register.participant_doubts, question, producer, answer, only
            )
            return self._linked_too(replace(register, participants=rows, participant_doubts=doubts))
        if answer == SAME:
            return replace(register, producers=_with_type(register.producers, producer, question.type))
        return register

    def _told(
        self,
        rows: pd.DataFrame,
        doubts: pd.DataFrame,
        question: NameQuestion,
        producer: int,
        answer: str,
        listed: np.typing.NDArray[np.int64] | None,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The rows and the near matches still open once the answer is given."""
        doubted = rows.iloc[doubts["row"].to_numpy()]
        named = (doubted["producer_name"] == question.name).to_numpy()
        if listed is not None:
            named = named & np.isin(doubted["listed"], listed)
        # Where a producer is linked with others, its near matches are theirs too.
        mine = next((group for group in self._linked if producer in group), [producer])
        asked = named & np.isin(doubts["producer"], mine)
        if answer != SAME:
            return rows, doubts[~asked].reset_index(drop=True)
        at = np.unique(doubts["row"].to_numpy()[asked])
        whose = rows["producer"].to_numpy().copy()
        whose[at] = producer
        return rows.assign(producer=whose), doubts[~np.isin(doubts["row"], at)].reset_index(drop=True)

    def _linked_too(self, register: Register, pair: Sequence[int] = ()) -> Register:
        linked = groups([*((group[0], other) for group in self._linked for other in group[1:]), *_pairs(pair)])
        rows, doubts = shared(register.participants, register.participant_doubts, linked)
        return replace(register, participants=rows, participant_doubts=doubts, linked=linked)


def _pairs(pair: Sequence[int]) -> list[tuple[int, int]]:
    return [(pair[0], pair[1])] if pair else []


def _with_type(producers: pd.DataFrame, producer: int, told: int) -> pd.DataFrame:
    types = producers["type"].to_numpy().copy()
    # Two types that differ are none.
    types[producer] = told if types[producer] in (ProducerType.UNKNOWN, told) else ProducerType.UNKNOWN
    return producers.assign(type=types)
