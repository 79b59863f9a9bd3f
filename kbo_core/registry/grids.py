"""A sheet as a grid of text, held column by column; a column is spelt out only when somebody asks for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kbo_core.domain.findings import Finding
from kbo_core.domain.words import Words

Spelling = Callable[[pa.Array], list[str]]


def as_stored(words: pa.Array) -> list[str]:
    return [*words.to_pylist()]


@dataclass(frozen=True)
class Merge:
    """Cells joined into one, 0-based, last row and last column included; the value stands in the first cell."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def no_merges() -> Sequence[Merge]:
    return ()


@dataclass(frozen=True)
class Grid:
    """A sheet as text; row n (0-based) is the spreadsheet's row n + 1, column n its n + 1st.

    Shape:
        name: "" for a text file.
        stored: an Arrow string array a column, all of one length, null or "" where there is no cell.
        spelling: how the words of a column are written for a reader.
        merges: finds the merged cells; asked for only when blank cells make them matter.
    """

    name: str
    stored: Sequence[pa.Array]
    height: int
    spelling: Spelling = as_stored
    merges: Callable[[], Sequence[Merge]] = no_merges
    findings: tuple[Finding, ...] = ()
    _coded: dict[int, tuple[pa.Array, NDArray[np.int32]]] = field(default_factory=dict, init=False, repr=False)

    @property
    def width(self) -> int:
        return len(self.stored)

    def row(self, n: int) -> list[str]:
        """The cells of a row, as wide as the grid."""
        return self._between(n, 1)[0]

    def first_rows(self, count: int) -> list[list[str]]:
        return self._between(0, min(count, self.height))

    def _between(self, first: int, count: int) -> list[list[str]]:
        columns = [self.spelling(column.slice(first, count)) for column in self.stored]
        return [[column[n] or "" for column in columns] for n in range(count)]

    def column(self, n: int) -> Words:
        """The words of a column; none is stripped or mended."""
        words, codes = self._codes(n)
        return Words(self.spelling(words), codes)

    def blank(self, n: int) -> NDArray[np.bool_]:
        """Which cells of a column show nothing."""
        words, codes = self._codes(n)
        return _shows_nothing(words)[codes]

    def blank_rows(self, first: int, asked: Sequence[int]) -> NDArray[np.int64]:
        """The rows from ``first`` on that show nothing in any column; the asked columns are looked at first."""
        rows = np.arange(first, self.height)
        for n in asked:
            rows = rows[self.blank(n)[rows]]
        for n, column in enumerate(self.stored):
            if len(rows) and n not in asked:
                rows = rows[_shows_nothing(column.take(pa.array(rows)))]
        return rows

    @property
    def is_empty(self) -> bool:
        """Whether no cell shows anything."""
        return all(bool(_shows_nothing(column).all()) for column in self.stored)

    def _codes(self, n: int) -> tuple[pa.Array, NDArray[np.int32]]:
        if n not in self._coded:
            coded = self.stored[n].dictionary_encode()
            words, codes = coded.dictionary, coded.indices
            if codes.null_count:
                codes = codes.fill_null(len(words))
                words = pa.concat_arrays([words, pa.array([""], words.type)])
            self._coded[n] = words, codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return self._coded[n]


def _shows_nothing(words: pa.Array) -> NDArray[np.bool_]:
    bare = pc.equal(pc.binary_length(pc.utf8_trim_whitespace(words)), 0)
    nothing: NDArray[np.bool_] = bare.fill_null(True).to_numpy(zero_copy_only=False)
    return nothing
