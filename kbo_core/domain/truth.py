"""Kleene's three truth values over many producers at once."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.int8]


class Truth(IntEnum):
    """Ordered so that *and* is the minimum and *or* the maximum."""

    FAIL = 0
    UNKNOWN = 1
    PASS = 2

    @property
    def word(self) -> str:
        return self.name.lower()


def everyone(truth: Truth, count: int) -> Values:
    """The same value for every producer."""
    return np.full(count, truth, dtype=np.int8)


def all_of(first: Values, *others: Values) -> Values:
    """Kleene's *and*: fail beats unknown beats pass."""
    for other in others:
        first = np.minimum(first, other)
    return first


def unless_doubtful(without: Values, with_doubts: Values) -> Values:
    """The value where a doubt changes nothing, unknown where it would."""
    return np.where(without == with_doubts, without, np.int8(Truth.UNKNOWN)).astype(np.int8)
