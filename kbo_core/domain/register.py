"""The register as decisions see it: producers, their products, and who took part before."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import chain, count, islice, product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.district_runs import DistrictRuns
from kbo_core.domain.product_index import ProductIndex, ProductRows, Rows
from kbo_core.domain.truth import Truth, Values, everyone, of_doubt

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


Flags = NDArray[np.bool_]
Question = Callable[[ProductRows], tuple[Flags, ...]]


def no_question(_: ProductRows) -> tuple[Flags, ...]:
    """What a clause asks of product rows that does not look at them."""
    return ()


@dataclass(frozen=True)
class Held:
    """Which producers have a product row that a question is true of.

    Shape:
        surely: one array an answer, of all producers.
        near: the producers with rows that are theirs only by a near match that nobody has settled.
        perhaps: one array an answer, of those rows of these producers.
    """

    surely: tuple[Flags, ...]
    near: Rows
    perhaps: tuple[Flags, ...]

    def judged(self, verdict: Callable[..., Values]) -> Values:
        """The verdict on the answers; unknown where a near match would make it another, were it the producer's."""
        values = verdict(*self.surely)
        # A near match matters to few: only they are read in every way it could be.
        own = [flags[self.near] for flags in self.surely]
        ways = [(mine, mine | maybe) for mine, maybe in zip(own, self.perhaps, strict=True)]
        readings = [verdict(*reading) for reading in product(*ways)]
        agreed = np.minimum.reduce(readings) == np.maximum.reduce(readings)
        values[self.near] = np.where(agreed, readings[0], np.int8(Truth.UNKNOWN))
        return values


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
        linked: rows of producers that are answered to be one.
        index: of what kind each product row is, and whose.
        districts: where the producers of each district stand.
        standings: for each of ``lists`` whether a producer stands on it, unknown for a near match not yet settled.
    """

    producers: pd.DataFrame
    products: pd.DataFrame
    participants: pd.DataFrame
    product_doubts: pd.DataFrame
    participant_doubts: pd.DataFrame
    lists: tuple[tuple[str, int], ...]
    linked: Sequence[Sequence[int]] = ()
    index: ProductIndex = field(init=False, repr=False, compare=False)
    districts: DistrictRuns = field(init=False, repr=False, compare=False)
    standings: Mapping[tuple[str, int], Values] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told, doubts = self.products, self.product_doubts
        rows = ProductRows(*(told[column].to_numpy() for column in ProductRows._fields))
        producer, doubted, perhaps = (each.to_numpy() for each in (told["producer"], doubts["row"], doubts["producer"]))
        for name, noted in (
            ("index", ProductIndex.of(rows, producer, self.count, doubted, perhaps)),
            ("districts", DistrictRuns.of(self.producers["district"].to_numpy())),
            ("standings", {listed: self._standing(listed) for listed in dict.fromkeys(self.lists)}),
        ):
            object.__setattr__(self, name, noted)

    @property
    def count(self) -> int:
        return len(self.producers)

    def whose(self, questions: Mapping[str, Question]) -> dict[str, Held]:
        """Which producers have a product row that a question is true of: all are asked, then the rows read once."""
        found = {name: ask(self.index.kinds) for name, ask in questions.items()}
        of_kinds = np.zeros(len(self.index.kinds.stars), dtype=np.uint8)  # a bit an answer
        for n, true in enumerate(chain(*found.values())):
            of_kinds |= true.view(np.uint8) << np.uint8(n)
        surely, perhaps = (_apart(rows.gathered(of_kinds)) for rows in (self.index.own, self.index.near_rows))
        return {
            name: Held(tuple(islice(surely, len(true))), self.index.near, tuple(islice(perhaps, len(true))))
            for name, true in found.items()
        }

    def on(self, listed: tuple[str, int]) -> Values:
        """Who stands on a list: unknown near it, and for everybody while the list is missing."""
        return self.standings[listed] if listed in self.standings else everyone(Truth.UNKNOWN, self.count)

    def _standing(self, listed: tuple[str, int]) -> Values:
        files = [n for n, other in enumerate(self.lists) if other == listed]  # a list may come in several
        is_on = np.isin(self.participants["listed"].to_numpy(), files)
        rows, perhaps = (self.participant_doubts[column].to_numpy() for column in ("row", "producer"))
        surely = self.participants["producer"].to_numpy()[is_on]
        return of_doubt(self._marked(surely), self._marked(perhaps[is_on[rows]]))

    def _marked(self, producers: Rows) -> Flags:
        marks = np.zeros(self.count + 1, dtype=bool)
        marks[producers] = True  # -1, nobody, falls on the last
        return marks[:-1]


def _apart(told: NDArray[np.uint8]) -> Iterator[Flags]:
    return ((told & np.uint8(1 << n)).astype(bool) for n in count())
