"""What a grid of a returned form is: the cells that hold something, and what is odd about them."""

import re
from dataclasses import dataclass, field

MAX_ROWS = 10_000
MAX_COLUMNS = 200
MAX_CELLS = 50_000
MAX_TEXT = 20_000_000  # letters in all cells together, however often one text is referred to

Place = tuple[int, int]
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


class TooFarError(Exception):
    """Cells lie beyond all measure, or there are too many of them."""


@dataclass(frozen=True)
class Merge:
    """Joined cells, the ends included; the text stands in the first."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Grid:
    """One sheet: its texts by row and column (0-based), empty cells left out, so that nothing has a used range.

    ``formulas`` are the places of formulas, whether they show a value or not; ``hidden_rows`` are hidden or filtered.
    """

    title: str
    texts: dict[Place, str] = field(default_factory=dict)
    formulas: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)

    def put(self, row: int, column: int, text: str) -> None:
        """Keep a text. Raises TooFarError beyond all measure."""
        if row >= MAX_ROWS or column >= MAX_COLUMNS or len(self.texts) >= MAX_CELLS:
            raise TooFarError
        self.texts[row, column] = text

    def put_formula(self, row: int, column: int) -> None:
        """Keep the place of a formula. Raises TooFarError beyond all measure."""
        if row >= MAX_ROWS or column >= MAX_COLUMNS:
            raise TooFarError
        self.formulas.add((row, column))

    def address(self, row: int, column: int) -> str:
        """How a person finds the cell: sheet, column letters, row number."""
        cell = f"{letters_of(column)}{row + 1}"
        return f"{self.title}!{cell}" if self.title else cell


def place_of(address: str) -> Place:
    """Row and column (0-based) of a cell's address such as B12. Raises ValueError when it is none."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"no cell: {address}")
    return int(found[2]) - 1, column_of(found[1])


def column_of(letters: str) -> int:
    """The number (0-based) of a column's letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def letters_of(column: int) -> str:
    """The letters of a column's number (0-based)."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def number_text(text: str) -> str:
    """A number as a person reads it: a whole one without a decimal point."""
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else text
