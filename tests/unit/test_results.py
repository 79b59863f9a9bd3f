"""CSV as bytes: what the standard library would write, and nothing that a spreadsheet would run."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.office.results import csv_bytes

CELLS = st.text("กข็a1 =+-@,\"\n\r\t'", max_size=6)


def naive(rows: list[tuple[str, str, int]], *, for_people: bool) -> bytes:
    """Cell by cell; a cell that begins like a formula gets an apostrophe."""
    lines = ["name,note,number"]
    for row in rows:
        cells = []
        for cell in row:
            runs = for_people and isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            text = f"'{cell}" if runs else str(cell)
            cells.append('"' + text.replace('"', '""') + '"' if set(text) & set(',"\n\r') else text)
        lines.append(",".join(cells))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


@given(st.lists(st.tuples(CELLS, CELLS, st.integers(-5, 5)), max_size=6), st.booleans(), st.booleans())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_columns_are_written_as_cells_would_be(
    rows: list[tuple[str, str, int]], for_people: bool, as_objects: bool
) -> None:
    """Whatever the cells hold, and however the table keeps them."""
    table = pd.DataFrame(rows, columns=["name", "note", "number"]).astype({"name": "str", "number": "int64"})
    table = table.astype({"note": object if as_objects else "str"})
    written = csv_bytes(table, list(table.columns), for_people=for_people)
    assert written == naive(rows, for_people=for_people)
    if not for_people:
        told = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
        assert told[1:] == [[name, note, str(number)] for name, note, number in rows]


@pytest.mark.parametrize("columns", [["a"], ["a", "b"]])
def test_a_table_without_rows_is_its_heading(columns: list[str]) -> None:
    """One line."""
    assert csv_bytes(pd.DataFrame(columns=columns), columns) == f"\ufeff{','.join(columns)}\r\n".encode()
