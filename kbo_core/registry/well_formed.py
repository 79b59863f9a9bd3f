"""Delimited text whose quotation marks all pair: Arrow divides it at once, at a fraction of the work."""

import codecs
import csv
import io
import re
from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

_BLOCK = 1 << 22
_LOOKED_AT = 1 << 16
_TOO_MANY = 200_000  # odd rows: then nothing is saved
_WIDEST = 16_384  # as wide as a spreadsheet can be


def well_formed_columns(text: bytes, separator: str) -> list[pa.Array] | None:
    """The columns of a UTF-8 text, divided as ``csv.reader`` does; None where it is not that simple."""
    if not separator.isascii() or not 1 < (width := _width(text, separator)) <= _WIDEST:
        return None
    if not _is_utf8(text):  # Arrow would print a traceback where a row of another width is not
        return None
    quoted = b'"' in text
    if quoted:
        text = text.removeprefix(codecs.BOM_UTF8)
        if not _pairs(text, separator):
            return None
    odd: list[tuple[int, list[str]]] = []  # the rows of another width, by their number

    def set_aside(row: Any) -> str:
        try:
            cells = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=separator), [])
        except csv.Error:  # a cell beyond all measure; Arrow would print a traceback
            return "error"
        odd.append((row.number - 1, cells))
        return "error" if len(odd) > _TOO_MANY else "skip"

    names = [str(n) for n in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=names),
            pa_csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if quoted else False,
                newlines_in_values=quoted,
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            pa_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
        )
    except pa.ArrowInvalid:  # not UTF-8, or a row beyond all measure: told where it is read row by row
        return None
    columns = [column.combine_chunks() for column in table.columns]
    if max((len(cells) for _, cells in odd), default=0) > _WIDEST:
        return None
    return _with_odd_rows(columns, odd) if odd else columns


def _is_utf8(text: bytes) -> bool:
    try:
        pa.array([text], pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _pairs(text: bytes, separator: str) -> bool:
    """Whether every cell that begins with a quotation mark ends with one; Arrow would pass over one that does not."""
    ends = re.escape(separator.encode()) + rb"\r\n"
    begins = rb'"(?:(?<=[' + ends + rb']")|(?<=\A"))'
    rest = re.sub(begins + rb'(?:[^"]++|"")*+"(?=[' + ends + rb"]|\Z)", b"", text)
    return re.search(begins, rest) is None


def _width(text: bytes, separator: str) -> int:
    """The commonest number of cells in the first rows."""
    sample = io.StringIO(text[:_LOOKED_AT].decode(errors="replace"), newline="")
    widths = Counter(len(row) for row in csv.reader(sample, delimiter=separator))
    return widths.most_common(1)[0][0] if widths else 0


def _with_odd_rows(columns: list[pa.Array], odd: list[tuple[int, list[str]]]) -> list[pa.Array]:
    """The columns with the rows of another width at their place, short ones filled."""
    plain = len(columns[0])
    order = np.empty(plain + len(odd), dtype=np.int64)
    is_odd = np.zeros(len(order), dtype=np.bool_)
    is_odd[[row for row, _ in odd]] = True
    order[~is_odd] = np.arange(plain)
    order[is_odd] = np.arange(plain, len(order))
    places = pa.array(order)
    width = max(len(columns), *(len(cells) for _, cells in odd))
    columns = columns + [pa.nulls(plain, pa.string())] * (width - len(columns))
    return [
        pa.concat_arrays(
            [column, pa.array([cells[n] if n < len(cells) else "" for _, cells in odd], pa.string())]
        ).take(places)
        for n, column in enumerate(columns)
    ]
