"""XLSX → grids: one pass over each sheet's XML gives texts, formulas, hidden rows and joined cells together.

A library of cells would build the whole rectangle up to the last cell, and tells neither formulas nor hidden rows.
"""

import posixpath

from kbo_core.documents.form_elements import Handler, walk
from kbo_core.documents.form_grids import MAX_TEXT, Grid, Merge, TooFarError, number_text, place_of


def xlsx_grids(parts: dict[str, bytes]) -> list[Grid]:
    """The sheets of a screened workbook, in its own order, hidden ones included.

    Raises TooFarError for cells beyond all measure; ``ExpatError``, KeyError, ValueError or IndexError for a
    damaged file.
    """
    names = {name.lower(): name for name in parts}
    book = names["xl/workbook.xml"]
    relations = _Relations()
    walk(parts[names["xl/_rels/workbook.xml.rels"]], relations)
    sheets = _Sheets()
    walk(parts[book], sheets)
    shared: list[str] = []
    grids = []
    for kind, target in relations.targets.values():
        if kind.endswith("/sharedStrings"):
            strings = _SharedStrings()
            walk(parts[names[_inside(target)]], strings)
            shared = strings.texts
    for title, relation in sheets.found:
        kind, target = relations.targets[relation]
        if kind.endswith("/worksheet"):
            cells = _Cells(title, shared)
            walk(parts[names[_inside(target)]], cells)
            grids.append(cells.grid)
    return grids


def _inside(target: str) -> str:
    """The lower-cased name of the part that a relationship of the workbook points at."""
    return posixpath.normpath(posixpath.join("xl", target) if not target.startswith("/") else target[1:]).lower()


class _Relations(Handler):
    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            self.targets[attributes["Id"]] = (attributes["Type"], attributes["Target"])


class _Sheets(Handler):
    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.found.append((attributes["name"], attributes["id"]))


class _SharedStrings(Handler):
    """The texts that cells refer to by number, without the reading aids of other scripts."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._is_text = False
        self._aid_depth = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._runs = []
        self._aid_depth += name == "rPh"
        self._is_text = name == "t" and not self._aid_depth

    def end(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._runs))
        self._aid_depth -= name == "rPh"
        self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._runs.append(text)


class _Cells(Handler):
    """The cells of one sheet; a cell without an address stands right of the one before."""

    def __init__(self, title: str, shared: list[str]) -> None:
        self.grid = Grid(title)
        self._shared = shared
        self._letters = 0
        self._row, self._column = -1, -1
        self._kind = "n"
        self._reads: str | None = None
        self._value: list[str] = []
        self._has_value = False
        self._aid_depth = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._begin_row(attributes)
        elif name == "mergeCell":
            self._merge(attributes)
        elif name == "f":
            self.grid.put_formula(self._row, self._column)
        elif name == "rPh":
            self._aid_depth += 1
        self._reads = name if name in ("v", "t") and not self._aid_depth else None
        self._has_value = self._has_value or self._reads is not None

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
        self._column = -1
        if attributes.get("hidden") in ("1", "true"):
            self.grid.hidden_rows.add(self._row)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = place_of(attributes["r"])
        else:
            self._column += 1
        self._kind, self._value, self._has_value = attributes.get("t", "n"), [], False

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes["ref"].partition(":")
        top, left = place_of(first)
        bottom, right = place_of(last or first)
        self.grid.merges.append(Merge(top, left, bottom, right))

    def end(self, name: str) -> None:
        if name == "c" and self._has_value:
            if text := self._text():
                self._letters += len(text)
                if self._letters > MAX_TEXT:
                    raise TooFarError
                self.grid.put(self._row, self._column, text)
            self._has_value = False
        self._aid_depth -= name == "rPh"
        self._reads = None

    def text(self, text: str) -> None:
        if self._reads:
            self._value.append(text)

    def _text(self) -> str:
        value = "".join(self._value)
        if self._kind == "s":
            return self._shared[int(value)]
        if self._kind == "e":  # an error is no value
            return ""
        if self._kind == "b":
            return "TRUE" if value.strip() == "1" else "FALSE"
        return value if self._kind in ("str", "inlineStr", "d") else number_text(value)
