"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

UNREADABLE = -1
ABSENT = 0
QUADRANTS = "ABCD"
QUADRANT_D = 4


class ProducerType(IntEnum):
    """The closed set of OTOP producer types; UNKNOWN is for a person to settle."""

    UNKNOWN = 0
    GROUP = 1
    SINGLE_OWNER = 2
    SME = 3


@dataclass(frozen=True)
class Register:
    """One province's register, each row linked to its producer. What decisions compare is small whole numbers.

    Shape:
        producers: one row a producer, index 0…n-1 in a content order; ``producer_id`` (unique), ``producer_name``,
            ``type`` (ProducerType), ``type_text``, ``district`` (the official code as a number), ``source``, ``row``.
        products: one row a product and year; ``producer`` (index or -1), ``producer_name`` (as written there),
            ``product_name``, ``rating_year``, ``stars``, ``quadrant_year`` (ABSENT, UNREADABLE or the value),
            ``quadrant`` (ABSENT, UNREADABLE, 1–4 for A–D), each with ``…_text`` as typed; ``source``, ``row``.
        participants: one row a participation; ``listed`` (index into ``lists``), ``producer``, ``producer_name``,
            ``source``, ``row``.
        product_doubts, participant_doubts: near matches not yet settled; ``row`` (of the table), ``producer``.
        lists: the participant lists that were given or affirmed to be empty: (programme, fiscal year).
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        return len(self.producers)

    def whose(self, products: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which producers have one of these product rows."""
        return self._marked(self.products["producer"], np.flatnonzero(products))

    def perhaps_whose(self, products: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which producers have one of these product rows only by a near match that nobody has settled."""
        doubts = self.product_doubts
        return self._marked(doubts["producer"], np.flatnonzero(products[doubts["row"]]))

    def took_part(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        """Which producers stand on any of the lists."""
        return self._marked(self.participants["producer"], np.flatnonzero(self._on(lists)))

    def perhaps_took_part(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        """Which producers stand on any of the lists by a near match that nobody has settled."""
        doubts = self.participant_doubts
        return self._marked(doubts["producer"], np.flatnonzero(self._on(lists)[doubts["row"]]))

    def _on(self, lists: Iterable[tuple[str, int]]) -> NDArray[np.bool_]:
        wanted = [n for n, listed in enumerate(self.lists) if listed in set(lists)]
        return np.isin(self.participants["listed"].to_numpy(), wanted)

    def _marked(self, producers: pd.Series, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        # One place more than producers: -1, a row of nobody, falls there and is cut off.
        marked = np.zeros(self.count + 1, dtype=bool)
        marked[producers.to_numpy().take(rows)] = True
        return marked[:-1]
