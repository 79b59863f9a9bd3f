"""A column as its distinct words: a register repeats itself, so each word is read once and rows hold its number."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Words:
    """Shape: ``codes`` one number a row, into ``words``; a word may stand there twice, or in no row."""

    words: Sequence[str]
    codes: Codes

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, cells: Iterable[str]) -> "Words":
        """The column that reads like these cells."""
        known: dict[str, int] = {}
        codes = np.array([known.setdefault(cell, len(known)) for cell in cells], dtype=np.int32)
        return cls(list(known), codes)

    @classmethod
    def same(cls, word: str, count: int) -> "Words":
        """One word in every row."""
        return cls([word], np.zeros(count, dtype=np.int32))

    def cell(self, row: int) -> str:
        return self.words[int(self.codes[row])]

    def cells(self) -> NDArray[np.object_]:
        """The text of every row."""
        return np.array(self.words, dtype=object)[self.codes] if len(self.words) else np.empty(0, dtype=object)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> "Words":
        """The column with these rows only, words and all."""
        return Words(self.words, self.codes[rows])

    def only(self, rows: NDArray[np.bool_]) -> "Words":
        """The column with these rows and just the words that stand in them."""
        used, codes = np.unique(self.codes[rows], return_inverse=True)
        return Words([self.words[n] for n in used.tolist()], codes.astype(np.int32))

    def spelt(self, words: Sequence[str]) -> "Words":
        """The column with each word written another way."""
        return Words(words, self.codes)

    def where(self, told: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Which rows have a word of which this is true."""
        return np.fromiter(map(told, self.words), dtype=bool, count=len(self.words))[self.codes]
