"""What every clause of the guideline has: a code, its place in the letter, its question and its judgement."""

from collections.abc import Callable
from dataclasses import dataclass

from kbo_core.domain.definition import Rules
from kbo_core.domain.register import Held, Question, Register, no_question
from kbo_core.domain.truth import Truth, Values


@dataclass(frozen=True)
class Clause:
    """One cited piece of the guideline.

    ``judge`` gives one value a producer; it is told who has the product rows that the clause ``asks`` for. ``says``
    gives the Thai words for a value, to be read after "because".
    """

    code: str
    cites: str
    asks_th: Callable[[Rules], str]
    judge: Callable[[Register, Rules, Held], Values]
    says: Callable[[Truth, Rules], str]
    asks: Callable[[Rules], Question] = lambda _: no_question
