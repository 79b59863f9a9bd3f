"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain, count, islice
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.product_index import ProductIndex, ProductRows

UNREADABLE = -1
ABSENT = 0
QUADRANTS = "ABCD"
QUADRANT_D = 4


class ProducerType(IntEnum):
    """The closed set of OTOP producer types; UNKNOWN is for a person to settle."""

    UNKNOWN = 0
    GROUP = 1
    SINGLE_OWNER = 2
    SME = 3


Flags = NDArray[np.bool_]
Question = Callable[[ProductRows], tuple[Flags, ...]]


@dataclass(frozen=True)
class Register:
    """One province's register, each row linked to its producer. What decisions compare is small whole numbers.

    Shape:
        producers: one row a producer, index 0…n-1 in a content order; ``producer_id`` (unique), ``producer_name``,
            ``type`` (ProducerType), ``type_text``, ``district`` (the official code as a number), ``source``, ``row``.
        products: one row a product and year; ``producer`` (index or -1), ``producer_name`` (as written there),
            ``product_name``, ``rating_year``, ``stars``, ``quadrant_year`` (ABSENT, UNREADABLE or the value),
            ``quadrant`` (ABSENT, UNREADABLE, 1–4 for A–D), each with ``…_text`` as typed; ``source``, ``row``.
        participants: one row a participation; ``listed`` (index into ``lists``), ``producer``, ``producer_name``,
            ``source``, ``row``.
        product_doubts, participant_doubts: near matches not yet settled; ``row`` (of the table), ``producer``.
        lists: the participant lists that were given or affirmed to be empty: (programme, fiscal year).
        linked: rows of producers that are answered to be one.
        index: of what kind each product row is, and whose.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]
    linked: Sequence[Sequence[int]] = ()
    index: ProductIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        producer = self.products["producer"].to_numpy()
        index = ProductIndex.of(self._product_columns(), producer, len(self.producers))
        object.__setattr__(self, "index", index)

    @property
    def count(self) -> int:
        return len(self.producers)

    def whose(self, questions: Mapping[str, Question]) -> dict[str, list[Flags]]:
        """Which producers have a product row that a question is true of: all are asked, then the rows read once."""
        found = [ask(self.index.kinds) for ask in questions.values()]
        of_kinds = np.zeros(len(self.index.kinds.stars), dtype=np.uint8)  # a bit an answer
        for n, true in enumerate(chain(*found)):
            of_kinds |= true.view(np.uint8) << np.uint8(n)
        told = self.index.gathered(of_kinds)
        answers = ((told & np.uint8(1 << n)).astype(bool) for n in count())
        return {name: list(islice(answers, len(true))) for name, true in zip(questions, found, strict=True)}

    def perhaps_whose(self, ask: Question) -> tuple[NDArray[np.int64], list[Flags]]:
        """The same of rows that are a producer's only by a near match that nobody has settled, and which producers
        those are, each once a row."""
        rows, producer = (self.product_doubts[column].to_numpy() for column in ("row", "producer"))
        kind = self.index.kind[rows]
        return producer, [self._marked(producer.compress(true[kind])) for true in ask(self.index.kinds)]

    def _product_columns(self) -> ProductRows:
        told = self.products
        return ProductRows(
            told["rating_year"].to_numpy(),
            told["stars"].to_numpy(),
            told["quadrant_year"].to_numpy(),
            told["quadrant"].to_numpy(),
        )

    def took_part(self, lists: Iterable[tuple[str, int]]) -> Flags:
        """Which producers stand on any of the lists."""
        return self._marked(self.participants["producer"].to_numpy().compress(self._on(lists)))

    def perhaps_took_part(self, lists: Iterable[tuple[str, int]]) -> Flags:
        """Which producers stand on any of the lists by a near match that nobody has settled."""
        rows, producer = (self.participant_doubts[column].to_numpy() for column in ("row", "producer"))
        return self._marked(producer.compress(self._on(lists)[rows]))

    def _on(self, lists: Iterable[tuple[str, int]]) -> Flags:
        wanted = set(lists)
        is_wanted = np.array([listed in wanted for listed in self.lists], dtype=bool)
        return is_wanted.take(self.participants["listed"].to_numpy())

    def _marked(self, producers: NDArray[np.integer[Any]]) -> Flags:
        marks = np.zeros(self.count + 1, dtype=bool)
        marks[producers.astype(np.intp)] = True
        return marks[:-1]
