"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNREADABLE = -1
ABSENT = 0


class ProducerType(StrEnum):
    """The closed set of OTOP producer types; UNKNOWN is for a person to settle."""

    GROUP = "group"
    SINGLE_OWNER = "single_owner"
    SME = "sme"
    UNKNOWN = ""


@dataclass(frozen=True)
class Register:
    """One province's register, each row linked to its producer.

    Shape:
        producers: one row a producer, index 0…n-1 in a content order; ``producer_id`` (unique), ``producer_name``,
            ``type_code`` (ProducerType), ``district_code``.
        products: one row a product and year; ``producer`` (index or -1), ``rating_year_be``, ``stars``,
            ``quadrant_year_be`` (ABSENT, UNREADABLE or the value), ``quadrant`` ("" none, "?" unreadable, A–D).
        participants: one row a participation; ``programme``, ``fiscal_year_be``, ``producer``.
        product_doubts, participant_doubts: near matches not yet settled; ``row`` (of the table), ``producer``.
        lists: the participant lists that were given or affirmed to be empty.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: frozenset[tuple[str, int]]

    @property
    def count(self) -> int:
        return len(self.producers)

    def products_of(self, *, with_doubts: bool) -> pd.DataFrame:
        """Products with a producer; with doubts, a near match counts as one more product of that producer."""
        certain = self.products[self.products["producer"] >= 0]
        return _joined(certain, self.products, self.product_doubts) if with_doubts else certain

    def took_part(self, lists: Iterable[tuple[str, int]], *, with_doubts: bool) -> NDArray[np.bool_]:
        """Which producers stand on any of the lists."""
        rows = self.participants[self.participants["producer"] >= 0]
        if with_doubts:
            rows = _joined(rows, self.participants, self.participant_doubts)
        wanted = set(lists)
        on_list = [pair in wanted for pair in zip(rows["programme"], rows["fiscal_year_be"], strict=True)]
        found = np.zeros(self.count, dtype=bool)
        found[rows["producer"].to_numpy(dtype=np.int64)[np.array(on_list, dtype=bool)]] = True
        return found


def _joined(certain: pd.DataFrame, table: pd.DataFrame, doubts: pd.DataFrame) -> pd.DataFrame:
    if doubts.empty:
        return certain
    doubted = table.loc[doubts["row"]].assign(producer=doubts["producer"].to_numpy())
    return pd.concat([certain, doubted], ignore_index=True)
