"""The districts of a register's producers, who stand district by district."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CODES = 10_000  # district codes are numbers of four digits


@dataclass(frozen=True)
class DistrictRuns:
    """The districts of producers, and the runs in which producers of one district stand together.

    Shape:
        codes: one a producer, the official code as a number.
        begins, lengths: one a run, its first producer and how many follow; a district may come again.
    """

    codes: NDArray[np.int16]
    begins: NDArray[np.int64]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, codes: NDArray[np.int16]) -> "DistrictRuns":
        """The runs of producers' districts, in any order."""
        is_other = np.ones(len(codes), dtype=bool)
        np.not_equal(codes[1:], codes[:-1], out=is_other[1:])
        begins = np.flatnonzero(is_other)
        return cls(codes, begins, np.diff(begins, append=len(codes)))

    def count(self, found: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many producers are found, by district code."""
        counts = np.zeros(CODES, dtype=np.int64)
        if len(self.begins):
            np.add.at(counts, self.codes[self.begins], np.add.reduceat(found, self.begins, dtype=np.int32))
        return counts

    def each(self, by_code: NDArray[Any]) -> NDArray[Any]:
        """For each producer what is told by its district's code."""
        return np.repeat(by_code[self.codes[self.begins]], self.lengths)
