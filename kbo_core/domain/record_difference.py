"""What became of each record from one register to another: new, changed, the same, gone.

A producer is known by its id. One that gained or lost an id of its own, or moved while it had none, is known by its
name where only one can be meant; otherwise it is gone and new. A product is known by its producer, its name and the
rating year, a participation by its list and its producer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.records import PARTICIPANT_COLUMNS, PRODUCER_COLUMNS, PRODUCT_COLUMNS, Records
from kbo_core.domain.thai_columns import name_keys

CHANGES = ("new", "changed", "same", "gone")
DIFFERENCE_COLUMNS = (
    "record",
    "change",
    "district_code",
    "producer_id",
    "producer_name",
    "list",
    "product_name",
    "rating_year_be",
    "column",
    "before",
    "after",
)
COUNT_COLUMNS = ("record", "district_code", *CHANGES)
_MADE = re.compile(r"N[0-9]{4}-[0-9a-f]{8}(-[0-9]+)?")  # an id that the programme gave
_IDENTIFYING = ("producer_id", "producer_name", "list", "product_name", "rating_year_be")

Codes = NDArray[np.int64]
Pairs = tuple[Codes, Codes]


@dataclass(frozen=True)
class Difference:
    """Shape:
    rows: DIFFERENCE_COLUMNS, one a record that is new or gone, one a changed cell of a record that changed.
    counts: COUNT_COLUMNS, one a kind of record and district ("" where nobody knows whose a record is).
    """

    rows: pd.DataFrame
    counts: pd.DataFrame

    @property
    def totals(self) -> dict[str, dict[str, int]]:
        """Kind of record → how many are new, changed, the same and gone."""
        summed = self.counts.groupby("record", sort=False)[list(CHANGES)].sum()
        return {str(record): {change: int(row[change]) for change in CHANGES} for record, row in summed.iterrows()}

    @property
    def is_empty(self) -> bool:
        return self.rows.empty


def compare(before: Records, after: Records) -> Difference:
    """Every record of two registers of one province, each once."""
    was, now = _Side(before), _Side(after)
    producers = _producer_pairs(was.producers, now.producers)
    known = np.arange(len(was.producers) + 1, dtype=np.int64) + len(now.producers)  # of those that are gone
    known[-1] = -1
    known[producers[0]] = producers[1]
    was.whose = {"products": known[was.whose["products"]], "participants": known[was.whose["participants"]]}
    parts = [
        _told("producer", PRODUCER_COLUMNS, was.producers, now.producers, producers),
        *(
            _told(record, columns, was.table(name), now.table(name), _row_pairs(was, now, name, known_by, columns))
            for record, name, known_by, columns in (
                ("product", "products", ("product_name", "rating_year_be"), PRODUCT_COLUMNS),
                ("participant", "participants", ("list",), PARTICIPANT_COLUMNS),
            )
        ),
    ]
    return Difference(
        pd.concat([rows for rows, _ in parts], ignore_index=True)[list(DIFFERENCE_COLUMNS)],
        pd.concat([counts for _, counts in parts], ignore_index=True)[list(COUNT_COLUMNS)],
    )


class _Side:
    """One register: each row with its producer's number (-1 nobody's) and district."""

    def __init__(self, records: Records) -> None:
        self.producers = records.producers
        index = pd.Index(self.producers["producer_id"])
        districts = np.array([*self.producers["district_code"], ""], dtype=object)
        self.whose: Mapping[str, Codes] = {}
        self._tables = {}
        for name in ("products", "participants"):
            table = records.tables()[name]
            whose = index.get_indexer(pd.Index(table["producer_id"])).astype(np.int64)
            self.whose = {**self.whose, name: whose}
            self._tables[name] = table.assign(district_code=districts[whose])

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name]


def _producer_pairs(was: pd.DataFrame, now: pd.DataFrame) -> Pairs:
    ids = _codes(was["producer_id"], now["producer_id"])
    names = _codes(*(_name_keys(side) for side in (was, now)))
    districts = _codes(was["district_code"], now["district_code"])
    made = [side["producer_id"].str.fullmatch(_MADE).to_numpy(dtype=bool) for side in (was, now)]
    pairs = _Pairs(len(was), len(now))
    pairs.match(ids)
    # Two ids of the register's own are two producers, whatever they are called.
    pairs.match_only(_together(names, districts), made)
    pairs.match_only(names, made, only_of_all=True)
    return pairs.found()


def _name_keys(table: pd.DataFrame) -> pd.Series:
    codes, words = pd.factorize(table["producer_name"])
    keys = np.array([*name_keys(list(words)), ""], dtype=object)
    return pd.Series(keys[codes])


def _row_pairs(was: _Side, now: _Side, name: str, known_by: Sequence[str], columns: Sequence[str]) -> Pairs:
    """Rows of one identity; where several have it, first those that say the same, then in their order."""
    a, b = was.table(name), now.table(name)
    coded = {column: _codes(a[column], b[column]) for column in columns}
    coded["producer"] = (was.whose[name], now.whose[name])
    coded["written"] = _codes(_name_keys(a), _name_keys(b))
    told = [column for column in columns if column != "producer_id"]
    pairs = _Pairs(len(a), len(b))
    pairs.match(_together(*(coded[column] for column in ("producer", *told))))
    # Whose it is: a producer's number, or else the name that is written there.
    sides = zip(coded["producer"], coded["written"], strict=True)
    linked = [np.where(producer >= 0, producer, -2 - written) for producer, written in sides]
    pairs.match(_together((linked[0], linked[1]), *(coded[column] for column in known_by)))
    # A near match that was answered since is the same record, now with its producer.
    pairs.match(_together(coded["written"], *(coded[column] for column in known_by)), among_unlinked=coded["producer"])
    return pairs.found()


class _Pairs:
    """Rows of two tables being paired, each with one at most."""

    def __init__(self, was: int, now: int) -> None:
        self._partner = np.full(was, -1, dtype=np.int64)
        self._free = np.ones(now, dtype=bool)

    def match(self, keys: Pairs, among_unlinked: Pairs | None = None) -> None:
        """Pair the rows of one key, in order."""
        a, b = np.flatnonzero(self._partner < 0), np.flatnonzero(self._free)
        left = pd.DataFrame({"key": keys[0][a], "a": a})
        right = pd.DataFrame({"key": keys[1][b], "b": b})
        for side in (left, right):
            side["n"] = side.groupby("key").cumcount()
        found = left.merge(right, on=["key", "n"])
        at, to = found["a"].to_numpy(), found["b"].to_numpy()
        if among_unlinked:
            one_was_open = (among_unlinked[0][at] < 0) | (among_unlinked[1][to] < 0)
            at, to = at[one_was_open], to[one_was_open]
        self._pair(at, to)

    def match_only(self, keys: Pairs, made: Sequence[NDArray[np.bool_]], *, only_of_all: bool = False) -> None:
        """Pair the rows of one key where each side has one: of those still free, or of all."""
        free = (self._partner < 0, self._free)
        a, b = (
            np.flatnonzero(here & _is_single(side, np.ones(len(side), dtype=bool) if only_of_all else here))
            for side, here in zip(keys, free, strict=True)
        )
        found = pd.DataFrame({"key": keys[0][a], "a": a}).merge(pd.DataFrame({"key": keys[1][b], "b": b}), on="key")
        at, to = found["a"].to_numpy(), found["b"].to_numpy()
        given = made[0][at] | made[1][to]
        self._pair(at[given], to[given])

    def _pair(self, at: Codes, to: Codes) -> None:
        self._partner[at] = to
        self._free[to] = False

    def found(self) -> Pairs:
        at = np.flatnonzero(self._partner >= 0)
        return at, self._partner[at]


def _is_single(keys: Codes, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    counts = np.bincount(keys[among], minlength=int(keys.max(initial=-1)) + 1)
    return counts[keys] == 1 if len(keys) else np.empty(0, dtype=bool)


def _codes(was: pd.Series, now: pd.Series) -> Pairs:
    """Both columns as numbers, equal texts by equal ones."""
    codes = pd.factorize(pd.concat([was, now], ignore_index=True))[0].astype(np.int64)
    return codes[: len(was)], codes[len(was) :]


def _together(*columns: Pairs) -> Pairs:
    """Several columns as one."""
    both = _from_nought(np.concatenate(columns[0]))
    for column in columns[1:]:
        further = _from_nought(np.concatenate(column))
        both = _from_nought(both * (int(further.max(initial=0)) + 1) + further)
    split = len(columns[0][0])
    return both[:split], both[split:]


def _from_nought(numbers: Codes) -> Codes:
    """The numbers as 0, 1, 2 … in the order in which they come."""
    return pd.factorize(numbers)[0].astype(np.int64)


def _told(
    record: str, columns: Sequence[str], was: pd.DataFrame, now: pd.DataFrame, pairs: Pairs
) -> tuple[pd.DataFrame, pd.DataFrame]:
    before, after = was.iloc[pairs[0]], now.iloc[pairs[1]]
    changed = np.zeros(len(before), dtype=bool)
    rows = []
    for column in columns:
        if record != "producer" and column == "producer_id":
            # Another id of the same producer is told there; that a near match was answered is told as "near".
            continue
        old, new = before[column].to_numpy(), after[column].to_numpy()
        differs = old != new
        changed |= differs
        lines = _lines(record, "changed", after[differs])
        rows.append(lines.assign(column=column, before=old[differs], after=new[differs]))
    gone = was.iloc[np.setdiff1d(np.arange(len(was)), pairs[0])]
    new_rows = now.iloc[np.setdiff1d(np.arange(len(now)), pairs[1])]
    rows += [_lines(record, "new", new_rows), _lines(record, "gone", gone)]
    parts = {"new": new_rows, "changed": after[changed], "same": after[~changed], "gone": gone}
    counts = pd.DataFrame({change: part["district_code"].value_counts() for change, part in parts.items()})
    counts = counts.reindex(columns=list(CHANGES)).fillna(0).astype(int).sort_index()
    order = ["change", "district_code", *_IDENTIFYING, "column"]
    told = pd.concat(rows, ignore_index=True).sort_values(order, ignore_index=True)
    return told, counts.rename_axis("district_code").reset_index().assign(record=record)


def _lines(record: str, change: str, rows: pd.DataFrame) -> pd.DataFrame:
    lines = rows.reindex(columns=["district_code", *_IDENTIFYING]).fillna("")
    return lines.assign(record=record, change=change, column="", before="", after="")
