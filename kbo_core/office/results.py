"""The bytes of results: CSV as spreadsheets expect Thai, JSON as programs do. Same values, same bytes."""

import codecs
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_TEXT = pa.large_string()
_RUN = re.compile("^[=+@\t\r-]")
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
    """CSV (RFC 4180) with a BOM, as spreadsheets expect Thai; for people, no cell is one that a spreadsheet runs."""
    head = _lines([pa.array([column], _TEXT) for column in columns])
    return codecs.BOM_UTF8 + head + _lines([_fields(table[column], for_people) for column in columns])


def _lines(fields: Sequence[pa.Array]) -> bytes:
    """The rows of columns of one length, each with its line end."""
    lines = pc.binary_join_element_wise(pc.binary_join_element_wise(*fields, _text(",")), _text(""), _text("\r\n"))
    # What an array of texts holds is the texts themselves, one behind the other.
    return lines.buffers()[2].to_pybytes()[: pc.sum(pc.binary_length(lines)).as_py()] if len(lines) else b""


def _fields(cells: pd.Series, for_people: bool) -> pa.Array:
    """A column as fields, in quotation marks where need be."""
    if cells.dtype == object:  # numbers and texts side by side
        return pa.array([_field(cell, for_people) for cell in cells], _TEXT)
    texts = pa.array(cells.astype("str").array, _TEXT)
    texts = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    if for_people and pd.api.types.is_string_dtype(cells):
        texts = _changed(texts, pc.match_substring_regex(texts, _RUN.pattern), lambda some: _joined("'", some))
    quoted = pc.match_substring_regex(texts, _QUOTED.pattern)
    return _changed(texts, quoted, lambda some: _joined('"', pc.replace_substring(some, '"', '""'), '"'))


def _field(cell: object, for_people: bool) -> str:
    text = str(cell)
    if for_people and isinstance(cell, str) and _RUN.search(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _changed(texts: pa.Array, these: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The texts, these of them changed; mostly there are none."""
    return pc.replace_with_mask(texts, these, change(texts.filter(these))) if pc.any(these).as_py() else texts


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*(_text(part) if isinstance(part, str) else part for part in parts), _text(""))


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, _TEXT)
