"""Rows of text → canonical tables: cells cleaned, values read, areas named by code.

A staged table still holds every row; what is wrong with a row is for the expectations to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kbo_core.domain.areas import Province, find_district, find_province
from kbo_core.domain.definition import Source
from kbo_core.domain.findings import Finding
from kbo_core.domain.thai_text import clean, name_key
from kbo_core.registry.headings import TableKind, find_heading
from kbo_core.registry.sheets import read_rows
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.values import parse_quadrant, parse_stars, parse_type, parse_year_be


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Shape:
        cells: every column of the kind, cleaned, "" where the file has none; ``row`` is the spreadsheet's row number.
    """

    kind: TableKind
    file: SourceFile
    name: str
    cells: pd.DataFrame
    findings: tuple[Finding, ...]

    @property
    def place(self) -> str:
        return f"{self.file.label} [{self.name}]" if self.name else self.file.label


def read_sheet(file: SourceFile, source: Source, kind: TableKind) -> Sheet:
    """The table in a file, blank rows left out.

    Raises RefusedError for a file that cannot be read, BlockedError for a table without a needed column.
    """
    name, rows = read_rows(file, source)
    heading = find_heading(rows, kind, source)
    body = [(n + 1, row) for n, row in enumerate(rows) if n > heading.row and any(cell.strip() for cell in row)]
    columns: dict[str, list[str]] = {
        column: [clean(row[at]) if at < len(row) else "" for _, row in body]
        if (at := heading.columns.get(column, -1)) >= 0
        else [""] * len(body)
        for column in kind.columns
    }
    cells = pd.DataFrame({"row": [n for n, _ in body], **columns})
    return Sheet(kind, file, name, cells, heading.findings)


def stage(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells with what could be read of them.

    Shape:
        Adds ``province_code``, ``district_code`` ("" where not an official one), ``name_key`` and, where the table has
        the text column, ``type_code``, ``rating_year_be``, ``stars``, ``quadrant_year_be``, ``quadrant``; the texts
        as typed move to ``<column>_text``. Same rows, same order.
    """
    staged = cells.copy()
    provinces = {text: find_province(text) for text in set(cells["province"])}
    staged["province_code"] = [_code(provinces[text]) for text in cells["province"]]
    districts = {
        pair: _district_code(pair, provinces) for pair in set(zip(cells["province"], cells["district"], strict=True))
    }
    staged["district_code"] = [districts[pair] for pair in zip(cells["province"], cells["district"], strict=True)]
    staged["name_key"] = _read(cells["producer_name"], name_key)
    if "producer_type" in cells:
        staged["type_code"] = _read(cells["producer_type"], parse_type).astype(str)
    for column, parse in (
        ("rating_year_be", parse_year_be),
        ("stars", parse_stars),
        ("quadrant_year_be", parse_year_be),
        ("quadrant", parse_quadrant),
    ):
        if column in cells:
            staged[f"{column}_text"] = cells[column]
            staged[column] = _read(cells[column], parse)
    return staged


def _code(province: Province | None) -> str:
    return province.code if province else ""


def _district_code(pair: tuple[str, str], provinces: Mapping[str, Province | None]) -> str:
    province = provinces[pair[0]]
    district = find_district(pair[1], province) if province and pair[1] else None
    return district.code if district else ""


def _read(cells: pd.Series, parse: object) -> pd.Series:
    # A register repeats its words: each distinct cell is read once.
    values = {text: parse(text) for text in set(cells)}  # type: ignore[operator]
    return cells.map(values) if len(cells) else pd.Series([], dtype=object)
