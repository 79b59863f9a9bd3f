"""CSV → a grid: the encoding and the separator are those under which the form's own words appear."""

import csv
import io
from collections.abc import Callable

from kbo_core.documents.form_grids import Grid
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.submission_words import refusal

_MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = (",", ";", "\t", "|")


def delimited_grid(content: bytes, name: str, count_labels: Callable[[Grid], int]) -> Grid:
    """The one sheet of a delimited text. Its cells are named by letter and number, as a spreadsheet would.

    ``count_labels`` says how many of the form's words a grid has. Raises RefusedError, TooFarError.
    """
    text = _text(content, name)
    first, _, rest = text.partition("\n")
    if (said := first.strip('\r" ').lower()).startswith("sep=") and len(said) == 5:
        return _divided(rest, said[4], name, above=1)
    divisions, faults = [], []
    for separator in _SEPARATORS:
        try:
            divisions.append(_divided(text, separator, name))
        except RefusedError as fault:  # quotation marks that pair under one separator do not under another
            faults.append(fault)
    best = max(divisions, key=count_labels, default=None)
    if best is None or (faults and not count_labels(best)):
        raise faults[0]
    return best


def _text(content: bytes, name: str) -> str:
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            return _decoded(content, encoding, name)
    if b"\0" in content:  # a half of UTF-16: the more frequent NULs are the high halves
        big = content[0::2].count(0) > content[1::2].count(0)
        return _decoded(content, "utf-16-be" if big else "utf-16-le", name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(content, "cp874", name)


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise refusal("form-encoding", name) from None


def _divided(text: str, separator: str, name: str, *, above: int = 0) -> Grid:
    grid = Grid("")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row, cells in enumerate(reader, start=above):
            for column, cell in enumerate(cells):
                if cell:
                    grid.put(row, column, cell)
    except csv.Error:
        raise refusal("form-csv-broken", name, line=reader.line_num + above) from None
    return grid
