"""The tables that decisions are compared on, as plain arrays, and the answer that every engine must come to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.areas import districts, provinces

PRODUCERS_PER_PRODUCT = 98 / 221  # the national figures
YEAR = 2567

UNKNOWN_KIND, GROUP, SINGLE_OWNER, SME = range(4)
KBO_2567, QD_2568 = range(2)
D = 4

Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]


@dataclass(frozen=True)
class Coded:
    """A nation's registers as integers, as an ingest leaves them: producers by district, products by province and
    producer, those of nobody first.

    Shape:
        producer_…: one row a producer. ``district`` and ``province`` count from 1 in code order; ``kind`` is 0
            unknown, 1 group, 2 single owner, 3 SME.
        product_…: one row a product. ``producer`` is a row of the producers or -1; years, ``stars`` and ``quadrant``
            are 0 absent, -1 unreadable, else the value (quadrant 1–4 for A–D).
        participant_…: one row a participation. ``list`` is 0 for KBO 2567, 1 for QD 2568.
        product_doubt_…, participant_doubt_…: near matches, a row and a producer that it may belong to.
        quota: places by district, entry 0 unused.
    """

    producer_district: Int16
    producer_province: Int8
    producer_kind: Int8
    product_producer: Int32
    product_rating_year: Int16
    product_stars: Int8
    product_quadrant_year: Int16
    product_quadrant: Int8
    participant_producer: Int32
    participant_list: Int8
    product_doubt_row: Int32
    product_doubt_producer: Int32
    participant_doubt_row: Int32
    participant_doubt_producer: Int32
    quota: Int32

    @property
    def count(self) -> int:
        """How many producers there are."""
        return len(self.producer_kind)


@dataclass(frozen=True)
class Answer:
    """What was decided.

    Shape:
        clause_…: one value a producer, 0 fail, 1 unknown, 2 pass.
        tier: 0 none, 1, 2. verdict: 0 ineligible, 1 unknown, 2 eligible.
        is_open: one value a province in code order, whether the fallback is open.
    """

    clause_1a: Int8
    clause_1b: Int8
    clause_2: Int8
    clause_3: Int8
    clause_4: Int8
    tier: Int8
    verdict: Int8
    is_open: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: Sequence[Int8], is_open: NDArray[np.bool_]) -> "Answer":
        """The answer from the five clauses, the tier and the verdict, in this order."""
        one_a, one_b, two, three, four, tier, verdict = columns
        return cls(one_a, one_b, two, three, four, tier, verdict, is_open)

    @property
    def digest(self) -> str:
        """The same for the same answer, whoever gave it."""
        total = hashlib.sha256()
        for field in fields(self):
            dtype = np.bool_ if field.name == "is_open" else np.int8
            total.update(np.ascontiguousarray(getattr(self, field.name), dtype=dtype).tobytes())
        return total.hexdigest()


@cache
def province_of_district() -> Int8:
    """The province (from 1) of each district (from 1); entry 0 unused."""
    number = {code: n for n, code in enumerate(provinces(), start=1)}
    return np.array([0, *(number[districts()[code].province_code] for code in sorted(districts()))], dtype=np.int8)


def draw(products: int, seed: int = 1) -> Coded:
    """A made-up nation with about the shares of a real one; the same seed gives the same tables."""
    random = np.random.default_rng(seed)
    count = round(products * PRODUCERS_PER_PRODUCT)
    district = np.sort(random.integers(1, len(province_of_district()), count).astype(np.int16))
    kind = random.choice(np.array([UNKNOWN_KIND, GROUP, SINGLE_OWNER, SME], np.int8), count, p=[0.01, 0.69, 0.25, 0.05])

    producer = np.sort(random.integers(0, count, products).astype(np.int32))
    is_rated = random.random(products) >= 0.25
    year = random.choice(np.array([YEAR, 2565, 2562], np.int16), products, p=[0.6, 0.3, 0.1])
    stars = random.choice(np.arange(1, 6, dtype=np.int8), products, p=[0.05, 0.1, 0.3, 0.35, 0.2])
    year[~is_rated] = stars[~is_rated] = 0
    quadrant_year = np.full(products, YEAR, np.int16)
    quadrant = random.integers(1, 5, products).astype(np.int8)
    for column, value, share in (
        (year, 0, 0.002),
        (year, -1, 0.001),
        (stars, -1, 0.002),
        (stars, 0, 0.002),
        (quadrant_year, 2565, 0.05),
        (quadrant_year, 0, 0.02),
        (quadrant_year, -1, 0.001),
        (quadrant, 0, 0.02),
        (quadrant, -1, 0.001),
    ):
        column[random.random(products) < share] = value

    near = np.flatnonzero(random.random(products) < 0.01).astype(np.int32)
    near = np.concatenate([near, near[: len(near) // 5]])  # some are near two producers
    product_doubt_producer = random.integers(0, count, len(near)).astype(np.int32)
    province = province_of_district()[district[producer]]
    producer[near] = -1
    producer[random.random(products) < 0.003] = -1
    # As an ingest leaves them: province by province, the rows of nobody first.
    order = np.lexsort((producer, province))
    place = np.empty(products, np.int32)
    place[order] = np.arange(products)
    near = place[near]
    producer, year, stars = producer[order], year[order], stars[order]
    quadrant_year, quadrant = quadrant_year[order], quadrant[order]

    listed = [np.flatnonzero((kind == GROUP) & (random.random(count) < share)) for share in (0.06, 0.03)]
    participant = np.concatenate(listed).astype(np.int32)
    participant_list = np.repeat(np.array([KBO_2567, QD_2568], np.int8), [len(rows) for rows in listed])
    unsure = np.flatnonzero(random.random(len(participant)) < 0.01).astype(np.int32)
    participant_doubt_producer = participant[unsure]
    participant[unsure] = -1

    # Around what tier 1 yields, so that the fallback opens in some provinces and stays closed in others.
    per_district = 0.234 * count / len(province_of_district())
    quota = (per_district * (0.7 + 0.6 * random.random(78)[province_of_district()])).astype(np.int32)
    quota[0] = 0
    return Coded(
        producer_district=district,
        producer_province=province_of_district()[district],
        producer_kind=kind,
        product_producer=producer,
        product_rating_year=year,
        product_stars=stars,
        product_quadrant_year=quadrant_year,
        product_quadrant=quadrant,
        participant_producer=participant,
        participant_list=participant_list,
        product_doubt_row=near,
        product_doubt_producer=product_doubt_producer,
        participant_doubt_row=unsure,
        participant_doubt_producer=participant_doubt_producer,
        quota=quota,
    )


def save(tables: Coded, folder: Path) -> None:
    """One .npy a column."""
    folder.mkdir(parents=True, exist_ok=True)
    for field in fields(tables):
        np.save(folder / f"{field.name}.npy", getattr(tables, field.name))


def load(folder: Path) -> Coded:
    """The tables that ``save`` wrote."""
    return Coded(**{field.name: np.load(folder / f"{field.name}.npy") for field in fields(Coded)})
