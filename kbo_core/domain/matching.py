"""Whose product, whose participation: joining rows without a common id to producers.

A near match is a doubt for a person to settle, never silently a match or a miss.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.nearness import Spellings

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Join:
    """For each row its producer, or -1; and the near matches: ``row`` (position), ``producer``."""

    producer: NDArray[np.int32]
    doubts: pd.DataFrame


def doubt_place(table: str, name: str, producer_id: str) -> str:
    """How a doubt is named in findings and in an operator's answer."""
    return f"{table}: {name} ~ {producer_id}"


def join(rows: pd.DataFrame, producers: pd.DataFrame, spellings: Spellings) -> Join:
    """Link rows to producers: by id where both have one, else by name within the province and the district.

    Shape:
        rows: numbers: ``province``, ``district`` (0 where not given), ``id`` (0 none), ``key`` (of ``spellings``).
        producers: the same, and ``has_id``: the id is the register's own; index 0…n-1.
    """
    here = _Side(rows)
    register = _Side(producers)
    has_id = producers["has_id"].to_numpy(dtype=bool)

    linked = _Finder(register.own_id, has_id).only(here.own_id, here.id > 0)
    open_rows = linked < 0
    doubts: list[tuple[Numbers, Numbers]] = []
    for by_district in (True, False):
        place = "district_name" if by_district else "province_name"
        for with_id in (True, False):
            asked = open_rows & ((here.district > 0) == by_district) & ((here.id > 0) == with_id)
            # Of a row that has an id, a producer with another id is not the one.
            finder = _Finder(getattr(register, place), ~has_id if with_id else np.ones(len(has_id), dtype=bool))
            wanted = getattr(here, place)
            found = finder.only(wanted, asked)
            linked = np.where(found >= 0, found, linked)
            several = finder.several(wanted, asked)
            doubts.append(several)
            open_rows[asked & (found >= 0)] = False
            open_rows[several[0]] = False
    doubts.append(_near(np.flatnonzero(open_rows), here, register, spellings))
    at = np.concatenate([row for row, _ in doubts])
    whose = np.concatenate([producer for _, producer in doubts])
    order = np.lexsort((whose, at))
    return Join(linked.astype(np.int32), pd.DataFrame({"row": at[order], "producer": whose[order]}, dtype="int64"))


class _Side:
    """The numbers by which rows are compared, province by province."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.province = table["province"].to_numpy(dtype=np.int64)
        self.district = table["district"].to_numpy(dtype=np.int64)
        self.id = table["id"].to_numpy(dtype=np.int64)
        self.key = table["key"].to_numpy(dtype=np.int64)
        self.own_id = self.id << 16 | self.province
        self.province_name = self.key << 16 | self.province
        self.district_name = self.key << 16 | self.district


class _Finder:
    """Producers by a number: the only one that has it, or all that have it."""

    def __init__(self, numbers: Numbers, among: NDArray[np.bool_]) -> None:
        members = np.flatnonzero(among)
        self._members = members[np.argsort(numbers[members], kind="stable")]
        self._numbers = numbers[self._members]

    def _range(self, wanted: Numbers) -> tuple[Numbers, Numbers]:
        return np.searchsorted(self._numbers, wanted, "left"), np.searchsorted(self._numbers, wanted, "right")

    def only(self, wanted: Numbers, asked: NDArray[np.bool_]) -> Numbers:
        """The one producer of each row that is asked for, or -1."""
        found = np.full(len(wanted), -1, dtype=np.int64)
        at = np.flatnonzero(asked)
        first, last = self._range(wanted[at])
        single = last - first == 1
        found[at[single]] = self._members[first[single]]
        return found

    def several(self, wanted: Numbers, asked: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
        """Row and producer of every pair where more than one producer has the number."""
        at = np.flatnonzero(asked)
        first, last = self._range(wanted[at])
        count = np.where(last - first > 1, last - first, 0)
        rows = np.repeat(at, count)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return rows, self._members[np.repeat(first, count) + within]


def _near(open_rows: Numbers, here: _Side, register: _Side, spellings: Spellings) -> tuple[Numbers, Numbers]:
    """Row and producer of every pair of the same province whose names are equal or near."""
    names, of_row = np.unique(here.province_name[open_rows], return_inverse=True)
    asked, whose = spellings.near(names >> 16, names & 0xFFFF, register.key, register.province)
    # Each asked name stands for all the rows that write it.
    by_name = np.argsort(of_row, kind="stable")
    first = np.searchsorted(of_row[by_name], asked, "left")
    count = np.searchsorted(of_row[by_name], asked, "right") - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return open_rows[by_name[np.repeat(first, count) + within]], np.repeat(whose, count)
