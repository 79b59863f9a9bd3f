"""Files known by what stands in their columns: the department's open data, whose headings say too little.

Source: the Community Development Department's yearly open files; their columns are known by position.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.areas import find_district, find_province
from kbo_core.domain.register import ABSENT, UNREADABLE
from kbo_core.domain.words import Words
from kbo_core.registry.grids import Grid
from kbo_core.registry.headings import SEARCHED_ROWS, Sighting
from kbo_core.registry.values import parse_stars

_ENOUGH = 0.9


@dataclass(frozen=True)
class Layout:
    """A file of one kind that always has these columns, from the left."""

    name_th: str
    kind: str
    columns: tuple[str, ...]


LAYOUTS = (
    Layout("ทะเบียนผู้ผลิตของกรม", "producers", ("province", "district", "subdistrict", "producer_name")),
    Layout("ผลการคัดสรรของกรม", "products", ("product_name", "producer_name", "province", "category", "stars")),
)


@dataclass(frozen=True)
class Fit:
    """A layout that a grid follows; its rows begin at ``first`` (0-based)."""

    layout: Layout
    first: int


def fitting_layout(grid: Grid, kind: str, sighting: Sighting) -> Fit | None:
    """The layout that the content of a grid follows; None where no content or a heading speaks against it."""
    for layout in LAYOUTS:
        if layout.kind == kind and _width(grid) == len(layout.columns) and not _contradicted(layout, sighting):
            first = _first_row(grid, layout)
            if first is not None and _follows(grid, layout, first):
                return Fit(layout, first)
    return None


def _width(grid: Grid) -> int:
    return max((n + 1 for n in range(grid.width) if not grid.blank(n).all()), default=0)


def _contradicted(layout: Layout, sighting: Sighting) -> bool:
    """Whether a heading says of a column that it is another one."""
    return any(
        at >= len(layout.columns) or layout.columns[at] != name
        for name, places in sighting.found.items()
        for at in places
    )


def _first_row(grid: Grid, layout: Layout) -> int | None:
    """The first row with an official province; what stands above it is a title or a heading."""
    at = layout.columns.index("province")
    rows = grid.first_rows(SEARCHED_ROWS)
    return next((n for n, row in enumerate(rows) if find_province(row[at]) is not None), None)


def _follows(grid: Grid, layout: Layout, first: int) -> bool:
    words = {name: _from(grid.column(n), first) for n, name in enumerate(layout.columns)}
    provinces = _provinces(words["province"])
    if not _mostly(provinces >= 0, words["province"]):
        return False
    if "district" in words and not _mostly(_are_districts(words, provinces), words["district"]):
        return False
    if "stars" in words:
        stars = words["stars"].words
        read = np.array([parse_stars(word) for word in stars], dtype=np.int8)[words["stars"].codes]
        return bool((read != UNREADABLE).mean() >= _ENOUGH and (read != ABSENT).any())
    return True


def _from(column: Words, first: int) -> Words:
    return Words(column.words, column.codes[first:])


def _provinces(column: Words) -> NDArray[np.int16]:
    """The number of the province in each row, -1 where there is none."""
    found = [find_province(word) for word in column.words]
    return np.array([-1 if province is None else int(province.code) for province in found], np.int16)[column.codes]


def _are_districts(words: dict[str, Words], provinces: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Whether each row's district is one of its province."""
    districts = words["district"]
    pairs = (provinces.astype(np.int64) + 1) * len(districts.words) + districts.codes
    distinct, at = np.unique(pairs, return_inverse=True)
    return np.array([_is_district(int(pair), districts.words) for pair in distinct], dtype=np.bool_)[at]


def _is_district(pair: int, names: Sequence[str]) -> bool:
    number, name = divmod(pair, len(names))
    province = find_province(f"{number - 1:02}") if number else None
    return province is not None and bool(names[name].strip()) and find_district(names[name], province) is not None


def _mostly(good: NDArray[np.bool_], column: Words) -> bool:
    """Whether nine in ten of the cells that show something are good."""
    shown = column.where(lambda word: bool(word.strip()))
    return bool(shown.any() and good[shown].mean() >= _ENOUGH)
