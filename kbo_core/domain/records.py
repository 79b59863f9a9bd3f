"""A register as plain records: what decisions rest on, as text, in an order that its contents alone give.

Neither files nor rows nor personal data are in it: the same content gives the same records, whatever it was read from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.register import ABSENT, QUADRANTS, UNREADABLE, ProducerType, Register

PRODUCER_COLUMNS = ("producer_id", "producer_name", "producer_type", "district_code")
PRODUCT_COLUMNS = (
    "producer_id",
    "producer_name",
    "product_name",
    "rating_year_be",
    "stars",
    "quadrant_year_be",
    "quadrant",
    "near",
)
PARTICIPANT_COLUMNS = ("list", "producer_id", "producer_name", "near")
PROVENANCE_COLUMNS = ("table", "line", "source", "row")

Texts = NDArray[np.object_]


@dataclass(frozen=True)
class Records:
    """A province's register as text.

    Shape:
        producers: PRODUCER_COLUMNS; ``producer_type`` is a ProducerType in lower case, "?" and what was typed where it
            could not be read, "" where nothing was.
        products: PRODUCT_COLUMNS; ``producer_id`` "" while nobody knows whose it is, ``near`` then the producers that
            it may be of; ``producer_name`` as written there; values as for the type.
        participants: PARTICIPANT_COLUMNS, likewise.
        lists: the labels of the lists that were given or affirmed to be empty.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    lists: tuple[str, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"producers": self.producers, "products": self.products, "participants": self.participants}


def records_of(register: Register) -> tuple[Records, pd.DataFrame]:
    """The records, and PROVENANCE_COLUMNS: in which file and row each line of each table stood."""
    lists = [f"{programme} {year}" for programme, year in register.lists]
    ids = _with_nobody(register.producers["producer_id"])
    producers, products, participants = register.producers, register.products, register.participants
    codes = producers["district"].to_numpy()
    tables = {
        "producers": pd.DataFrame(
            {
                "producer_id": producers["producer_id"],
                "producer_name": producers["producer_name"],
                "producer_type": _read(producers, "type", _TYPES),
                "district_code": _of_numbers(codes, [f"{code:04}" for code in range(int(codes.max(initial=0)) + 1)]),
            },
            columns=list(PRODUCER_COLUMNS),
        ),
        "products": pd.DataFrame(
            {
                "producer_id": ids[products["producer"].to_numpy()],
                "producer_name": products["producer_name"],
                "product_name": products["product_name"],
                "rating_year_be": _read(products, "rating_year", _NUMBERS),
                "stars": _read(products, "stars", _NUMBERS),
                "quadrant_year_be": _read(products, "quadrant_year", _NUMBERS),
                "quadrant": _read(products, "quadrant", ["", *QUADRANTS]),
                "near": _near(len(products), register.product_doubts, ids),
            },
            columns=list(PRODUCT_COLUMNS),
        ),
        "participants": pd.DataFrame(
            {
                "list": _of_numbers(participants["listed"].to_numpy(), lists),
                "producer_id": ids[participants["producer"].to_numpy()],
                "producer_name": participants["producer_name"],
                "near": _near(len(participants), register.participant_doubts, ids),
            },
            columns=list(PARTICIPANT_COLUMNS),
        ),
    }
    ordered, provenance = {}, []
    for (name, table), origin in zip(tables.items(), (producers, products, participants), strict=True):
        order = _in_order(table, origin)
        ordered[name] = table.iloc[order].reset_index(drop=True)
        lines = origin[["source", "row"]].iloc[order].reset_index(drop=True)
        provenance.append(lines.assign(table=name, line=np.arange(1, len(lines) + 1)))
    told = pd.concat(provenance, ignore_index=True)[list(PROVENANCE_COLUMNS)]
    return Records(**ordered, lists=tuple(sorted(lists))), told


_TYPES = ["", *(kind.name.lower() for kind in list(ProducerType)[1:])]
_NUMBERS = ["", *(str(number) for number in range(1, 2701))]  # stars, and years of the Buddhist Era


def _with_nobody(producer_ids: pd.Series) -> Texts:
    """The ids by producer, and "" at the end, where -1 falls."""
    return np.array([*producer_ids, ""], dtype=object)


def _of_numbers(numbers: NDArray[np.integer], words: Sequence[str]) -> Texts:
    return np.array(words, dtype=object)[numbers] if len(numbers) else np.empty(0, dtype=object)


def _read(table: pd.DataFrame, column: str, words: Sequence[str]) -> Texts:
    """A column of values as words; what could not be read, as it was typed."""
    values = table[column].to_numpy()
    texts = _of_numbers(np.where(values == UNREADABLE, ABSENT, values), words)
    typed = f"{column}_text"
    # A type that rows disagree on is unknown although each could be read.
    unclear = np.flatnonzero((values == UNREADABLE) | ((values == ABSENT) & (column == "type")))
    if len(unclear) and typed in table:
        texts[unclear] = [f"?{text}" if text else "" for text in table[typed].to_numpy()[unclear].tolist()]
    return texts


def _near(count: int, doubts: pd.DataFrame, ids: Texts) -> Texts:
    near = np.full(count, "", dtype=object)
    asked: dict[int, list[str]] = {}
    for row, producer in zip(doubts["row"].tolist(), doubts["producer"].tolist(), strict=True):
        asked.setdefault(row, []).append(ids[producer])
    for row, whose in asked.items():
        near[row] = "; ".join(sorted(whose))
    return near


def _in_order(table: pd.DataFrame, origin: pd.DataFrame) -> NDArray[np.int64]:
    """The rows by what they say; where they stood decides only between rows that say the same."""
    keys = [pd.factorize(table[column], sort=True)[0] for column in table]
    stood = [pd.factorize(origin["source"], sort=True)[0], origin["row"].to_numpy()]
    return np.lexsort([*reversed(stood), *reversed(keys)])
