"""What every clause of the guideline has: a code, its place in the letter, its question and its judgement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kbo_core.domain.definition import Rules
from kbo_core.domain.register import Flags, Question, Register
from kbo_core.domain.truth import Truth, Values


@dataclass(frozen=True)
class Clause:
    """One cited piece of the guideline.

    ``judge`` gives one value a producer, and gets the answers to what the clause ``asks`` of product rows, if it does:
    which producers have such a row. ``says`` gives the Thai words for a value, to be read after "because".
    """

    code: str
    cites: str
    asks_th: Callable[[Rules], str]
    judge: Callable[[Register, Rules, Sequence[Flags]], Values]
    says: Callable[[Truth, Rules], str]
    asks: Callable[[Rules], Question | None] = lambda _: None
