"""ODS → grids: one pass over ``content.xml``; a cell that is repeated is one cell as often as it is repeated."""

from kbo_core.documents.form_elements import Handler, walk
from kbo_core.documents.form_grids import MAX_CELLS, MAX_TEXT, Grid, Merge, TooFarError, number_text

_CELLS = ("table-cell", "covered-table-cell")
_HIDDEN = ("collapse", "filter")
# Notes, old versions and drawings: no cells, though they hold text.
_ASIDE = frozenset({"annotation", "tracked-changes", "shapes", "frame", "custom-shape", "rect", "ellipse", "caption"})


def ods_grids(parts: dict[str, bytes]) -> list[Grid]:
    """The sheets of a screened workbook in its own order.

    Raises TooFarError for cells beyond all measure; ``ExpatError``, KeyError or ValueError for a damaged file.
    """
    names = {name.lower(): name for name in parts}
    tables = _Tables()
    walk(parts[names["content.xml"]], tables)
    return tables.grids


class _Tables(Handler):
    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self._aside = 0
        self._tables = 0
        self._letters = 0
        self._row, self._row_count = 0, 1
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[list[str]] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self._aside += name in _ASIDE
        if self._aside:
            return
        if name == "table":
            self._tables += 1
            if self._tables == 1:
                self.grids.append(Grid(attributes["name"]))
                self._row, self._row_count = 0, 1
        elif self._tables != 1:
            return
        elif name == "table-row":
            self._begin_row(attributes)
        elif name in _CELLS:
            self._cell, self._paragraphs = attributes, []
        elif self._cell is not None:
            self._begin_text(name, attributes)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._column = 0
        self._row_count = int(attributes.get("number-rows-repeated", "1"))
        if attributes.get("visibility") in _HIDDEN:
            self.grids[-1].hidden_rows.update(range(self._row, self._row + min(self._row_count, MAX_CELLS)))

    def _begin_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self._paragraphs.append([])
        elif self._paragraphs and name == "s":
            self._paragraphs[-1].append(" " * min(int(attributes.get("c", "1")), 1000))
        elif self._paragraphs and name in ("tab", "line-break"):
            self._paragraphs[-1].append("\n" if name == "line-break" else "\t")

    def end(self, name: str) -> None:
        if name in _ASIDE:
            self._aside -= 1
        elif self._aside:
            return
        elif name == "table":
            self._tables -= 1
        elif self._tables != 1:
            return
        elif name == "table-row":
            self._row += self._row_count
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None

    def text(self, text: str) -> None:
        if self._cell is not None and self._paragraphs and not self._aside:
            self._paragraphs[-1].append(text)

    def _end_cell(self, cell: dict[str, str]) -> None:
        count = int(cell.get("number-columns-repeated", "1"))
        grid, text = self.grids[-1], self._text(cell)
        if text or "formula" in cell:
            if count * self._row_count > MAX_CELLS:
                raise TooFarError
            self._letters += len(text) * count * self._row_count
            if self._letters > MAX_TEXT:
                raise TooFarError
            for row in range(self._row, self._row + self._row_count):
                for column in range(self._column, self._column + count):
                    if text:
                        grid.put(row, column, text)
                    if "formula" in cell:
                        grid.put_formula(row, column)
        rows, columns = (int(cell.get(f"number-{which}-spanned", "1")) for which in ("rows", "columns"))
        if rows > 1 or columns > 1:
            grid.merges.append(Merge(self._row, self._column, self._row + rows - 1, self._column + columns - 1))
        self._column += count

    def _text(self, cell: dict[str, str]) -> str:
        """What the cell holds: a number as it is, not as it is shown; an error is nothing."""
        kind = cell.get("value-type", "")
        if kind == "error":
            return ""
        if kind in ("float", "percentage", "currency") and "value" in cell:
            return number_text(cell["value"])
        if kind == "boolean":
            return cell.get("boolean-value", "").upper()
        return cell.get("string-value") or "\n".join("".join(runs) for runs in self._paragraphs)
