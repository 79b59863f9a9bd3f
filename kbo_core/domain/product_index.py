"""What is noted of product rows once, when a register is built: of which few kinds they are, and whose.

A question about product rows asks what kind a row is, and there are some hundreds of kinds among millions of rows. So
the kinds are asked, and the rows only looked up.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
_WIDTH = 1 << 16  # more than any value of a column


class ProductRows(NamedTuple):
    """What decisions look at in product rows; see Register."""

    rating_year: NDArray[np.int16]
    stars: NDArray[np.int8]
    quadrant_year: NDArray[np.int16]
    quadrant: NDArray[np.int8]

    def at(self, rows: NDArray[np.int64]) -> "ProductRows":
        return ProductRows(self.rating_year[rows], self.stars[rows], self.quadrant_year[rows], self.quadrant[rows])


@dataclass(frozen=True)
class ProductIndex:
    """The kinds of product rows, and those of each producer.

    Shape:
        kinds: one row a kind; of two kinds, one value differs at least.
        kind: the place among them of each product row.
        rounds: the same of the first row of each producer, then of the second of each that has one, and so on; in
            each round the producers with the most rows come first.
        sizes: how many producers each round has.
        place: where each producer stands in a round.
    """

    kinds: ProductRows
    kind: NDArray[np.intp]
    rounds: NDArray[np.intp]
    sizes: tuple[int, ...]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, rows: ProductRows, producer: NDArray[np.integer[Any]], count: int) -> "ProductIndex":
        """The index of rows, in any order, that tell their producer: 0 … count-1, or -1 for nobody."""
        kinds, kind = _kinds(rows)
        grouped = np.argsort(producer, kind="stable")
        grouped = grouped[np.searchsorted(producer[grouped], 0) :]
        own = producer[grouped]
        counts = np.bincount(own, minlength=count)
        place = np.empty(count, dtype=np.intp)
        place[np.argsort(-counts, kind="stable")] = np.arange(count)
        sizes = count - np.cumsum(np.bincount(counts))[:-1] if count else np.array([], dtype=np.intp)
        begins = np.concatenate(([0], np.cumsum(sizes)))
        nth = np.arange(len(own)) - (np.cumsum(counts) - counts)[own]
        rounds = np.empty(len(own), dtype=np.intp)
        rounds[begins[nth] + place[own]] = kind[grouped]
        return cls(kinds, kind, rounds, tuple(sizes.tolist()), place)

    def gathered(self, of_kinds: Bits) -> Bits:
        """For each producer the bits of all its rows together, none for one without; ``of_kinds`` has those of each
        kind."""
        bits, at = np.zeros(len(self.place), dtype=np.uint8), 0
        for size in self.sizes:
            bits[:size] |= of_kinds.take(self.rounds[at : at + size])
            at += size
        return bits.take(self.place)


def _kinds(rows: ProductRows) -> tuple[ProductRows, NDArray[np.intp]]:
    whole = np.zeros(len(rows.stars), dtype=np.int64)
    for column in rows:
        whole = whole * _WIDTH + column
    kind, _ = pd.factorize(whole)  # in the order in which they appear
    return rows.at(np.flatnonzero(~pd.Index(whole).duplicated())), kind
