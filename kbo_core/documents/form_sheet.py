"""The sheet of a returned form, read by its words: the table of picks, the answers, and what stands elsewhere."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kbo_core.documents.form_grids import Grid, Merge
from kbo_core.documents.form_grids import Place as Cell
from kbo_core.documents.form_layout import (
    ANSWER_OFFSET,
    NIL_LABEL,
    NOT_LISTED,
    PICK_HEADER,
    REASON_LABEL,
    Column,
    Place,
    Shape,
    label_key,
)
from kbo_core.domain.findings import Finding
from kbo_core.domain.submission_words import tell
from kbo_core.domain.submissions import Pick, Stray
from kbo_core.domain.thai_text import clean

_NOTHING = frozenset("-–—_. ")  # an office writes a dash where there is nothing to say
_WHOLE = re.compile(r"([0-9]+)\.0+")
_LABELLED = re.compile(r"([^:：]{2,80}?) ?[:：] ?(.+)")
_BETWEEN = re.compile(r"[ ,;:]")
_APOSTROPHES = "'’‘`"  # typed before a number to keep it text; a CSV still has it


def cell_text(text: str) -> str:
    """A cell as one line of text; dashes alone are nothing."""
    text = clean(text)
    if text[:1] in _APOSTROPHES:
        text = text.lstrip(_APOSTROPHES).strip()
    if whole := _WHOLE.fullmatch(text):
        text = whole[1]
    return "" if set(text) <= _NOTHING else text


@dataclass(frozen=True)
class Answered:
    """The text of an answer and its cell, or the cell where it should stand."""

    text: str
    cell: str


class FormSheet:
    """A grid seen as a form of one shape."""

    def __init__(self, grid: Grid, shape: Shape) -> None:
        self.grid = grid
        self.shape = shape
        self.findings: tuple[Finding, ...] = ()
        self._texts = {place: text for place, raw in sorted(grid.texts.items()) if (text := cell_text(raw))}
        self._keys = {place: label_key(text) for place, text in self._texts.items()}
        self._used: set[Cell] = set()

    @cached_property
    def headed(self) -> list[Cell]:
        """The cells that head the picks: one, unless a person made it two."""
        keys = self.shape.columns[self.shape.header]
        places = [place for place, key in self._keys.items() if key in keys]
        if not places and self.shape.header is Column.ID:
            places = self._name_headers()
        first_in_column = {column: (row, column) for row, column in reversed(places)}
        return sorted(first_in_column.values())

    def _name_headers(self) -> list[Cell]:
        """A table whose ids were taken away is read by its names, if it is a table: another heading stands beside."""
        named = [place for place, key in self._keys.items() if key in self.shape.columns[Column.NAME]]
        beside = {
            place[0]
            for column in (Column.NUMBER, Column.PRODUCTS, Column.STARS)
            for place, key in self._keys.items()
            if key in self.shape.columns.get(column, ())
        }
        return [place for place in named if place[0] in beside]

    @property
    def is_headed(self) -> bool:
        return bool(self.headed)

    @property
    def missing(self) -> list[str]:
        """The labels without which the sheet is not a form, those that it lacks."""
        lacking = [] if self.headed else [PICK_HEADER]
        asked = {Place.NIL: NIL_LABEL, Place.REASON: REASON_LABEL}
        return lacking + [text for place, text in asked.items() if not self._labels(place)]

    @property
    def known(self) -> int:
        """How many of the form's words the sheet has."""
        return bool(self.headed) + sum(bool(self._labels(place)) for place in self.shape.labels)

    def _labels(self, place: Place) -> dict[Cell, str]:
        """The cells that say a label, with the answer that stands in the same cell behind a colon."""
        return self._all_labels.get(place, {})

    @cached_property
    def _all_labels(self) -> dict[Place, dict[Cell, str]]:
        by_key = {key: place for place, keys in self.shape.labels.items() for key in keys}
        found: dict[Place, dict[Cell, str]] = {}
        for cell, key in self._keys.items():
            labelled = _LABELLED.fullmatch(self._texts[cell])
            if key in by_key:
                found.setdefault(by_key[key], {})[cell] = ""
            elif labelled and (before := label_key(labelled[1])) in by_key:
                found.setdefault(by_key[before], {})[cell] = labelled[2]
        return found

    @cached_property
    def _label_cells(self) -> set[Cell]:
        return {cell for cells in self._all_labels.values() for cell in cells}

    # The answers

    def answer(self, place: Place) -> Answered:
        """What stands beside a label; the first label counts."""
        answers = self._answers(place)
        given = [answered for answered, _ in answers if answered.text]
        return (given or [answered for answered, _ in answers] or [Answered("", "")])[0]

    def asked(self, place: Place) -> Answered:
        """What a district answered, with a finding where it answered twice or by a formula."""
        answers = self._answers(place)
        given: dict[str, Answered] = {}
        for answered, _ in answers:
            if answered.text:
                given.setdefault(answered.text, answered)
        if len(given) > 1:
            first, *others = given.values()
            self._find("answer-twice", first.cell, other=", ".join(other.cell for other in others))
        for answered, cell in answers:
            if cell in self.grid.formulas:
                self._find("cell-formula" if answered.text else "cell-formula-empty", self.grid.address(*cell))
        return self.answer(place)

    def _answers(self, place: Place) -> list[tuple[Answered, Cell]]:
        answers = []
        for label, behind_colon in self._labels(place).items():
            cell = label if behind_colon else self._beside(place, label)
            text = behind_colon or self._texts.get(cell, "")
            self._used |= {label, cell}
            answers.append((Answered(text, self.grid.address(*cell)), cell))
        return answers

    def _beside(self, place: Place, label: Cell) -> Cell:
        """The cell of an answer: where the form has it, or the first filled one right of the label."""
        row, column = label
        if place in self.shape.offsets:
            down, right = self.shape.offsets[place]
            return row + down, column + right
        for cell in sorted(c for c in self._texts if c[0] == row and c[1] > column):
            if cell in self._label_cells:
                break
            return cell
        return row, column + ANSWER_OFFSET

    # The table

    @cached_property
    def _table(self) -> range:
        """The rows of the table: below its header, down to the first label below it."""
        header = self.headed[0][0]
        feet = [row for row, _ in self._label_cells if row > header]
        last = max((row for row, _ in self._texts), default=header)
        return range(header + 1, min([*feet, last + 1]))

    def _columns(self, column: Column) -> list[int]:
        """The columns under a heading: as many as its cell was joined over."""
        header, start = self.headed[0]
        if column is not self._picked_by:
            keys = self._heads(column)
            starts = [c for (row, c), key in self._keys.items() if row == header and key in keys]
            if not starts:
                return []
            start = starts[0]
        merge = self._merge_at(header, start)
        return list(range(start, (merge.right if merge else start) + 1))

    def _heads(self, column: Column) -> frozenset[str]:
        return self.shape.columns.get(column, frozenset())

    @cached_property
    def _picked_by(self) -> Column:
        return Column.ID if self._keys[self.headed[0]] in self._heads(Column.ID) else Column.NAME

    def picks(self) -> tuple[Pick, ...]:
        """The filled lines of the table, from the top."""
        picks = []
        ids, names = self._columns(self._picked_by), self._columns(Column.NAME) if self._picked_by is Column.ID else []
        self._used |= {place for place in self._texts if place[0] == self.headed[0][0]}
        for row in self._table:
            pick = self._pick_in(row, ids, names)
            if pick:
                picks.append(pick)
        return tuple(picks)

    def _pick_in(self, row: int, ids: list[int], names: list[int]) -> Pick | None:
        filled = self._filled(row, ids)
        if any(self._keys[cell] in self._heads(self._picked_by) for cell in filled):
            return None  # the header again, as it is printed on every page
        for column in ids:
            if (row, column) in self.grid.formulas:
                is_given = (row, column) in self._texts
                self._find("cell-formula" if is_given else "cell-formula-empty", self.grid.address(row, column))
        typed = [cell for cell in self._filled(row, names) if self._is_typed(cell)]
        cells = filled or typed
        if not cells:
            return None
        first = self.grid.address(*cells[0])
        if len(cells) > 1:
            self._find("pick-two-cells", first, other=", ".join(self.grid.address(*cell) for cell in cells[1:]))
        if row in self.grid.hidden_rows:
            self._find("pick-hidden", first)
        if self._is_over_lines(cells[0]):
            self._find("pick-merged", first)
        text = self._texts[cells[0]]
        name = typed[0] if filled and typed else None
        return Pick(
            first,
            text,
            _BETWEEN.split(text, maxsplit=1)[0],
            self._texts[name] if name else "",
            self.grid.address(*name) if name else "",
        )

    def _filled(self, row: int, columns: list[int]) -> list[Cell]:
        """The filled cells of a line under a heading, also those that were joined with a cell before them."""
        cells: list[Cell] = []
        for column in columns:
            merge = self._merge_at(row, column)
            cell = (merge.top, merge.left) if merge else (row, column)
            if cell in self._texts and cell[0] == row and cell not in cells:
                cells.append(cell)
        self._used |= set(cells)
        return cells

    def _is_typed(self, cell: Cell) -> bool:
        """Whether a person wrote a name, not the form's own look-up."""
        return cell not in self.grid.formulas and self._keys[cell] != label_key(NOT_LISTED)

    def _is_over_lines(self, cell: Cell) -> bool:
        merge = self._merge_at(*cell)
        return merge is not None and merge.bottom > merge.top

    def _merge_at(self, row: int, column: int) -> Merge | None:
        for merge in self.grid.merges:
            if merge.top <= row <= merge.bottom and merge.left <= column <= merge.right:
                return merge
        return None

    # Everything else

    def strays(self) -> tuple[Stray, ...]:
        """The texts that were not read as anything; ask after picks and answers."""
        for place in Place:
            self._answers(place)
        known = self._used | set(self._known_cells())
        return tuple(Stray(self.grid.address(*p), t) for p, t in self._texts.items() if p not in known)

    def _known_cells(self) -> Iterator[Cell]:
        """What the form itself writes beside the picks: numbers, products, stars, looked-up names."""
        own = {c for column in Column if column in self.shape.columns for c in self._columns(column)}
        for row, column in self._texts:
            if row in self._table and column in own:
                yield row, column

    def _find(self, key: str, cell: str, **values: object) -> None:
        self.findings += (tell(key, cell, **values),)
