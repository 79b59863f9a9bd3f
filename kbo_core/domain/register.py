"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

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


class ProductRows(NamedTuple):
    """What decisions look at in product rows; see Register."""

    rating_year: NDArray[np.int16]
    stars: NDArray[np.int8]
    quadrant_year: NDArray[np.int16]
    quadrant: NDArray[np.int8]

    def at(self, rows: slice | NDArray[np.int64]) -> "ProductRows":
        return ProductRows(self.rating_year[rows], self.stars[rows], self.quadrant_year[rows], self.quadrant[rows])


Question = Callable[[ProductRows], tuple[NDArray[np.bool_], ...]]
_BLOCK = 1 << 17  # rows asked together: what they take stays in the processor's cache


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
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        return len(self.producers)

    def whose(self, ask: Question) -> list[NDArray[np.bool_]]:
        """Which producers have a product row that a question is true of, for each of the questions."""
        products, producer = self._product_columns(), self.products["producer"].to_numpy()
        marked: list[NDArray[np.bool_]] = []
        for first in range(0, max(len(producer), 1), _BLOCK):
            rows = slice(first, first + _BLOCK)
            found = ask(products.at(rows))
            marked = marked or [np.zeros(self.count + 1, dtype=bool) for _ in found]
            for marks, true in zip(marked, found, strict=True):
                # One place more than producers: -1, a row of nobody, falls there and is cut off.
                marks[producer[rows].compress(true).astype(np.intp)] = True
        return [marks[:-1] for marks in marked]

    def perhaps_whose(self, ask: Question) -> list[NDArray[np.bool_]]:
        """The same of rows that are a producer's only by a near match that nobody has settled."""
        rows, producer = (self.product_doubts[column].to_numpy() for column in ("row", "producer"))
        return [self._marked(producer.compress(true)) for true in ask(self._product_columns().at(rows))]

    def _product_columns(self) -> ProductRows:
        told = self.products
        return ProductRows(
            told["rating_year"].to_numpy(),
            told["stars"].to_numpy(),
            told["quadrant_year"].to_numpy(),
            told["quadrant"].to_numpy(),
        )

    def took_part(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        """Which producers stand on any of the lists."""
        return self._marked(self.participants["producer"].to_numpy().compress(self._on(lists)))

    def perhaps_took_part(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        """Which producers stand on any of the lists by a near match that nobody has settled."""
        rows, producer = (self.participant_doubts[column].to_numpy() for column in ("row", "producer"))
        return self._marked(producer.compress(self._on(lists)[rows]))

    def _on(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        wanted = [n for n, listed in enumerate(self.lists) if listed in set(lists)]
        return np.isin(self.participants["listed"].to_numpy(), wanted)

    def _marked(self, producers: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        marks = np.zeros(self.count + 1, dtype=bool)
        marks[producers.astype(np.intp)] = True
        return marks[:-1]
