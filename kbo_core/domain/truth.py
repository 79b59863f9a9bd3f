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


def passes(values: Values) -> NDArray[np.bool_]:
    """Where the value is pass."""
    # A member of an enumeration would first widen every value to eight bytes.
    return np.equal(values, np.int8(Truth.PASS))


def all_of(first: Values, *others: Values) -> Values:
    """Kleene's *and*: fail beats unknown beats pass."""
    for other in others:
        first = np.minimum(first, other)
    return first


def any_of(first: Values, *others: Values) -> Values:
    """Kleene's *or*: pass beats unknown beats fail."""
    for other in others:
        first = np.maximum(first, other)
    return first


def of_doubt(surely: NDArray[np.bool_], perhaps: NDArray[np.bool_]) -> Values:
    """Pass where it is sure, fail where it is not even perhaps so, unknown between. What is sure counts as perhaps."""
    # Fail, unknown and pass are one apart, so two masks add up to a value.
    return surely.view(np.int8) + (surely | perhaps).view(np.int8)


def opposite(values: Values) -> Values:
    """Kleene's *not*."""
    return np.int8(Truth.PASS) - values
