"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain, count, islice
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


Flags = NDArray[np.bool_]
Question = Callable[[ProductRows], tuple[Flags, ...]]
_BLOCK = 1 << 17  # rows asked together: what they take stays in the processor's cache


@dataclass(frozen=True)
class Register:
    """One province's register, each row linked to its producer. What decisions compare is small whole numbers.

    Shape:
        producers: one row a producer, index 0…n-1 in a content order; ``producer_id`` (unique), ``producer_name``,
            ``type`` (ProducerType), ``type_text``, ``district`` (the official code as a number), ``source``, ``row``.
        products: one row a product and year, those of one producer side by side; ``producer`` (index or -1),
            ``producer_name`` (as written there),
            ``product_name``, ``rating_year``, ``stars``, ``quadrant_year`` (ABSENT, UNREADABLE or the value),
            ``quadrant`` (ABSENT, UNREADABLE, 1–4 for A–D), each with ``…_text`` as typed; ``source``, ``row``.
        participants: one row a participation; ``listed`` (index into ``lists``), ``producer``, ``producer_name``,
            ``source``, ``row``.
        product_doubts, participant_doubts: near matches not yet settled; ``row`` (of the table), ``producer``.
        lists: the participant lists that were given or affirmed to be empty: (programme, fiscal year).
        linked: rows of producers that are answered to be one.
        first_product: the first product row of each producer, one past the last row where there is none.

    Raises ValueError when the products of one producer do not stand side by side.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]
    linked: Sequence[Sequence[int]] = ()
    first_product: NDArray[np.int64] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        producer = self.products["producer"].to_numpy()
        object.__setattr__(self, "first_product", _first_rows(producer, len(self.producers)))

    @property
    def count(self) -> int:
        return len(self.producers)

    def whose(self, questions: Mapping[str, Question]) -> dict[str, list[Flags]]:
        """Which producers have a product row that a question is true of: all are asked in one reading of the rows."""
        products, producer = self._product_columns(), self.products["producer"].to_numpy()
        said = np.zeros(len(producer) + 1, dtype=np.uint8)  # a bit an answer; the last row is nobody's
        counts: list[int] = []
        for first in range(0, max(len(producer), 1), _BLOCK):
            some = products.at(slice(first, first + _BLOCK))
            found = [ask(some) for ask in questions.values()]
            counts = [len(true) for true in found]
            bits = said[:-1][first : first + _BLOCK]
            for true in reversed(list(chain(*found))):
                bits += bits
                bits |= true.view(np.uint8)
        _to_first_rows(said[:-1], producer)
        told = said.take(self.first_product, mode="clip")  # they are rows: nothing is clipped
        answers = ((told & np.uint8(1 << n)).astype(bool) for n in count())
        return {name: list(islice(answers, many)) for name, many in zip(questions, counts, strict=True)}

    def perhaps_whose(self, ask: Question) -> tuple[NDArray[np.int64], list[Flags]]:
        """The same of rows that are a producer's only by a near match that nobody has settled, and which producers
        those are, each once a row."""
        rows, producer = (self.product_doubts[column].to_numpy() for column in ("row", "producer"))
        return producer, [self._marked(producer.compress(true)) for true in ask(self._product_columns().at(rows))]

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


def side_by_side(products: pd.DataFrame, doubts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Product rows in the order of their producers, as a register has them, and their near matches."""
    order = np.argsort(products["producer"].to_numpy(), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    moved = doubts.assign(row=place[doubts["row"].to_numpy()]).sort_values(["row", "producer"], ignore_index=True)
    return products.iloc[order].reset_index(drop=True), moved


def _first_rows(producer: NDArray[np.integer[Any]], count: int) -> NDArray[np.int64]:
    """The first row of each of so many producers; one past the last for none. Rows of nobody may stand anywhere."""
    is_first = np.ones(len(producer), dtype=bool)
    np.not_equal(producer[1:], producer[:-1], out=is_first[1:])
    is_first &= producer >= 0
    begins = np.flatnonzero(is_first)
    first = np.full(count, len(producer), dtype=np.int64)
    first[producer[begins]] = begins
    if np.count_nonzero(first < len(producer)) != len(begins):
        raise ValueError("the products of one producer do not stand side by side")
    return first


def _to_first_rows(bits: NDArray[np.uint8], producer: NDArray[np.integer[Any]]) -> None:
    """Give the first of each producer's rows the bits of them all: of one more, then of two, of four …"""
    reach, step = producer[1:] == producer[:-1], 1
    reach &= producer[1:] >= 0
    while reach.any():
        bits[:-step] |= bits[step:] & np.negative(reach.view(np.int8)).view(np.uint8)
        reach = reach[:-step] & reach[step:]
        step *= 2
