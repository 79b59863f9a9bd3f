"""Which texts may be near to which, told by their letters and how many of each there are.

The part that two texts have in common is no longer than the letters that they share, however these are arranged: that
bounds their ratio from above. What is shared is counted on 64 marks a text ("has a second น": yes or no), the ones
that tell most texts apart; a letter without such a mark counts as shared, so no pair is ruled out wrongly.
"""

import re
from collections.abc import Sequence
from math import gcd

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.thai_columns import letters_of

Numbers = NDArray[np.int64]
_MARKS = 64
_LEVELS = 4  # a first, a second, a third, a fourth of a letter
_FAR = re.compile("[^\x00-\uffff]")  # letters that take two numbers: as one and the same they share more, never less
_AT_ONCE = 1 << 14  # texts looked at together


class LetterCounts:
    """Texts by number, ready to be compared: 100 × twice the common part, by both lengths, must come to ``least``."""

    def __init__(self, least: int) -> None:
        divisor = gcd(200, least)
        self._shared, self._length = 200 // divisor, least // divisor
        self._marks = np.empty(0, dtype=np.uint64)
        self._needs = np.empty(0, dtype=np.int32)  # how much the length asks for
        self._spare = np.empty(0, dtype=np.int32)  # how much the letters without a mark may give
        self._wanted: _Marks | None = None

    def grow(self, count: int) -> None:
        """Make room for so many texts."""
        more = count - len(self._marks)
        self._marks = np.append(self._marks, np.zeros(more, dtype=np.uint64))
        self._needs, self._spare = (np.append(of, np.zeros(more, dtype=np.int32)) for of in (self._needs, self._spare))

    def put(self, at: Numbers, texts: Sequence[str]) -> None:
        """Look at the texts and keep what was seen at these places. The first of all decide which marks are wanted."""
        for begin in range(0, len(texts), _AT_ONCE):
            some = [_FAR.sub("\ufffd", text) for text in texts[begin : begin + _AT_ONCE]]
            letters, starts = letters_of(some)
            lengths = np.diff(starts)
            row = np.repeat(np.arange(len(some)), lengths)
            if self._wanted is None:
                self._wanted = _Marks(letters, row, len(some))
            marks = self._wanted.seen(letters, row, len(some))
            here = at[begin : begin + _AT_ONCE]
            self._marks[here] = marks
            self._needs[here] = self._length * lengths
            self._spare[here] = self._shared * (lengths - np.bitwise_count(marks))

    def may_be_near(self, one: Numbers, other: Numbers) -> NDArray[np.bool_]:
        """Which of these pairs are not ruled out."""
        shared = np.bitwise_count(self._marks[one] & self._marks[other]).astype(np.int32)
        return np.asarray(self._shared * shared >= self._needs[one] + self._needs[other] - self._spare[one])

    def crossing(self, ones: Numbers, others: Numbers) -> NDArray[np.bool_]:
        """The same of each of the one with each of the other; shape: a row for each of ``ones``."""
        shared = np.bitwise_count(self._marks[ones][:, None] & self._marks[others])
        asked = self._needs[ones] - self._spare[ones]
        given = np.multiply(shared, self._shared, dtype=np.int32)
        return np.asarray(given >= asked[:, None] + self._needs[others])


class _Marks:
    """The marks that are looked for: those that nearest half of some texts have."""

    def __init__(self, letters: NDArray[np.uint16], row: Numbers, texts: int) -> None:
        known, letter = np.unique(letters, return_inverse=True)
        counts = _counts(letter, row, len(known), texts)
        have = np.stack([(counts > level).sum(axis=1) for level in range(_LEVELS)], axis=1)
        chosen = np.argsort(np.abs(2 * have - texts), axis=None, kind="stable")[:_MARKS]
        self._marks = [divmod(n, _LEVELS) for n in chosen.tolist()]
        self._count = len(known)
        self._number_of = np.full(0x10000, len(known), dtype=np.int64)
        self._number_of[known] = np.arange(len(known))

    def seen(self, letters: NDArray[np.uint16], row: Numbers, texts: int) -> NDArray[np.uint64]:
        """The marks of each text, as bits."""
        counts = _counts(self._number_of[letters], row, self._count + 1, texts)
        marks = np.zeros(texts, dtype=np.uint64)
        for n, (letter, level) in enumerate(self._marks):
            marks |= (counts[letter] > level).astype(np.uint64) << np.uint64(n)
        return marks


def _counts(letter: Numbers, row: Numbers, letters: int, texts: int) -> Numbers:
    """How many of each letter each text has. Shape: a row a letter."""
    return np.bincount(letter * texts + row, minlength=letters * texts).reshape(letters, texts)
