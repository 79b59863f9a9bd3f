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
Rows = NDArray[np.integer[Any]]
_WIDTH = 1 << 16  # more than any value of a column
_MANY = 1 << 32  # more than the kinds that there can be


class ProductRows(NamedTuple):
    """What decisions look at in product rows; see Register."""

    rating_year: NDArray[np.int16]
    stars: NDArray[np.int8]
    quadrant_year: NDArray[np.int16]
    quadrant: NDArray[np.int8]

    def at(self, rows: NDArray[np.int64]) -> "ProductRows":
        return ProductRows(self.rating_year[rows], self.stars[rows], self.quadrant_year[rows], self.quadrant[rows])


@dataclass(frozen=True)
class Rounds:
    """The kinds of the rows of each owner, by twos, in the order in which they are read fastest.

    Shape:
        pairs: the kinds of one row and of another, a column for each pair that there is; the last row of an owner may
            stand with itself.
        rounds: the pair (a column of ``pairs``) of the first two rows of each owner, then of the next two of each that
            has more, and so on; in each round the owners with the most rows come first.
        sizes: how many owners each round has.
        place: where each owner stands in a round.
    """

    pairs: NDArray[np.intp]
    rounds: NDArray[np.intp]
    sizes: tuple[int, ...]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, kind: NDArray[np.intp], owner: Rows, count: int) -> "Rounds":
        """The rounds of rows, in any order, that tell their owner: 0 … count-1, or -1 for nobody."""
        grouped = np.argsort(owner, kind="stable")
        grouped = grouped[np.searchsorted(owner[grouped], 0) :]
        kind, own = kind[grouped], owner[grouped]
        counts = np.bincount(own, minlength=count)
        nth = np.arange(len(own)) - (np.cumsum(counts) - counts)[own]
        one = np.flatnonzero(nth % 2 == 0)
        own, nth = own[one], nth[one]
        other = one + (nth + 1 < counts[own])
        pair, pairs = pd.factorize(kind[one] * _MANY + kind[other])
        place = np.empty(count, dtype=np.intp)
        place[np.argsort(-counts, kind="stable")] = np.arange(count)
        sizes = count - np.cumsum(np.bincount((counts + 1) // 2))[:-1] if count else np.array([], dtype=np.intp)
        begins = np.concatenate(([0], np.cumsum(sizes)))
        rounds = np.empty(len(own), dtype=np.intp)
        rounds[begins[nth // 2] + place[own]] = pair
        return cls(np.stack(np.divmod(pairs, _MANY)), rounds, tuple(sizes.tolist()), place)

    def gathered(self, of_kinds: Bits) -> Bits:
        """For each owner the bits of all its rows together, none for one without; ``of_kinds`` has those of each
        kind."""
        of_pairs = np.bitwise_or(*of_kinds[self.pairs])
        bits, at = np.zeros(len(self.place), dtype=np.uint8), 0
        for size in self.sizes:
            bits[:size] |= of_pairs.take(self.rounds[at : at + size])
            at += size
        return bits.take(self.place)


@dataclass(frozen=True)
class ProductIndex:
    """The kinds of product rows, those of each producer, and those that may be.

    Shape:
        kinds: one row a kind; of two kinds, one value differs at least.
        own: the rows of each producer.
        near: the producers with rows that are theirs only by a near match which nobody has settled, in order.
        near_rows: those rows of each of them.
    """

    kinds: ProductRows
    own: Rounds
    near: Rows
    near_rows: Rounds

    @classmethod
    def of(cls, rows: ProductRows, producer: Rows, count: int, doubted: Rows, perhaps: Rows) -> "ProductIndex":
        """The index of rows that tell their producer, 0 … count-1, or -1 for nobody; and of near matches, a row and a
        producer each."""
        kinds, kind = _kinds(rows)
        near, owner = np.unique(perhaps, return_inverse=True)
        return cls(kinds, Rounds.of(kind, producer, count), near, Rounds.of(kind[doubted], owner, len(near)))


def _kinds(rows: ProductRows) -> tuple[ProductRows, NDArray[np.intp]]:
    """One row of each kind, and of what kind each row is."""
    whole = np.zeros(len(rows.stars), dtype=np.int64)
    for column in rows:
        whole = whole * _WIDTH + column
    kind, _ = pd.factorize(whole)  # in the order in which they appear
    return rows.at(np.flatnonzero(~pd.Index(whole).duplicated())), kind
