"""The bytes of results: CSV as spreadsheets expect Thai, JSON as programs do. Same values, same bytes."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence

import pandas as pd

_RUN = ("=", "+", "-", "@", "\t", "\r")
_QUOTED = re.compile('[,"\n\r]')


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def json_bytes(value: object) -> bytes:
    """JSON with sorted keys, UTF-8, one final line end."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def json_lines_bytes(rows: Iterable[object]) -> bytes:
    """A JSON array with one element a line: many rows are written ten times as fast, and two versions compare well."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    return (f"[\n{lines}\n]\n" if lines else "[]\n").encode()


def csv_bytes(table: pd.DataFrame, columns: Sequence[str], *, for_people: bool = True) -> bytes:
    """CSV with a BOM, as spreadsheets expect Thai; for people, no cell is one that a spreadsheet would run."""
    written = []
    for column in columns:
        cells = table[column].tolist()
        fields = {cell: _field(cell, for_people) for cell in set(cells)}
        written.append([fields[cell] for cell in cells])
    head = ",".join(_field(column, for_people) for column in columns)
    lines = [head, *map(",".join, zip(*written, strict=True))]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _field(cell: object, for_people: bool) -> str:
    """A cell as CSV (RFC 4180); a distinct one is written once, however many rows have it."""
    text = str(cell)
    if for_people and isinstance(cell, str) and text.startswith(_RUN):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
