"""Questions that the suites put to every row, answered in columns: ``is_…`` and ``has_…``."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.register import ABSENT
from kbo_core.registry.staging import Lexicon, Staged

FIRST_CONTEST_BE = 2546  # the first OTOP product champion contest
UNPLACED, FOUND, NEAR, NOBODY = range(4)

Flags = NDArray[np.bool_]


def link_of(producer: NDArray[np.int32], doubted: NDArray[np.int64], placed: Flags) -> NDArray[np.int8]:
    """How each row is linked: FOUND a producer, NEAR one, NOBODY's, or UNPLACED."""
    near = np.zeros(len(producer), dtype=bool)
    near[doubted] = True
    kinds = [np.int8(kind) for kind in (FOUND, NEAR, NOBODY)]
    return np.select([producer >= 0, near, placed], kinds, np.int8(UNPLACED))


def of_products(
    staged: Staged,
    rows: pd.DataFrame,
    producer: NDArray[np.int32],
    producers: pd.DataFrame,
    programme_years: NDArray[np.int16],
) -> Mapping[str, Flags]:
    """The questions of the products' suite.

    Shape: ``rows`` are the judged rows with ``at``; ``programme_years`` the cycle's year by province code.
    """
    at = rows["at"].to_numpy()
    product = Lexicon().numbers(staged.texts["product_name"].words)[staged.texts["product_name"].codes][at]
    year, stars = rows["rating_year"].to_numpy(), rows["stars"].to_numpy()
    quadrant_year, quadrant = rows["quadrant_year"].to_numpy(), rows["quadrant"].to_numpy()
    limit = programme_years[rows["province"]]
    linked = producer >= 0
    whose = np.maximum(producer, 0)
    of = {
        column: producers[column].to_numpy()[whose] if len(producers) else whose for column in ("id", "key", "district")
    }
    known = linked & (product > 0)
    repeated, contradicted = _repeats(known, producer, product, year, quadrant_year, stars)
    own_district = rows["district"].to_numpy()
    return {
        "has_product_name": product > 0,
        "is_rated_without_year": (stars != ABSENT) & (year == ABSENT),
        "is_rating_year_odd": _is_odd(year, limit),
        "is_quadrant_year_odd": _is_odd(quadrant_year, limit),
        "is_classed_without_year": (quadrant != ABSENT) & (quadrant_year == ABSENT),
        "is_repeated": repeated,
        "is_rating_contradicted": contradicted,
        "is_name_another": linked & (rows["id"].to_numpy() == of["id"]) & (rows["key"].to_numpy() != of["key"]),
        "is_district_another": linked & (own_district > 0) & (own_district != of["district"]),
    }


def is_listed_again(rows: pd.DataFrame, producer: NDArray[np.int32]) -> Flags:
    """Is this a further row of the same producer, or of the same name where nobody is known?"""
    key, province = (rows[column].to_numpy(dtype=np.int64) for column in ("key", "province"))
    who = np.where(producer >= 0, producer.astype(np.int64) << 1 | 1, (key << 16 | province) << 1)
    return pd.Series(who).duplicated().to_numpy()


def _is_odd(year: NDArray[np.int16], limit: NDArray[np.int16]) -> Flags:
    return (year > ABSENT) & ((year < FIRST_CONTEST_BE) | (year > limit))


def _repeats(
    known: Flags,
    producer: NDArray[np.int32],
    product: NDArray[np.int32],
    year: NDArray[np.int16],
    quadrant_year: NDArray[np.int16],
    stars: NDArray[np.int8],
) -> tuple[Flags, Flags]:
    """Which rows tell a product of a year again, and which give it another rating."""
    repeated, contradicted = np.zeros(len(known), dtype=bool), np.zeros(len(known), dtype=bool)
    at = np.flatnonzero(known)
    same = (producer[at].astype(np.int64) << 32) | (product[at].astype(np.int64) << 12) | (year[at] & 0xFFF)
    again = pd.Series(same).duplicated(keep=False).to_numpy()
    at, same = at[again], same[again]
    rows = pd.DataFrame({"same": same, "quadrant_year": quadrant_year[at], "stars": stars[at]})
    repeated[at[rows.duplicated().to_numpy()]] = True
    rated = rows[(rows["stars"] > ABSENT) & (year[at] > ABSENT)]
    told = rated.groupby("same")["stars"]
    contradicted[at[rated.index[(told.transform("min") != told.transform("max")).to_numpy()]]] = True
    return repeated, contradicted
