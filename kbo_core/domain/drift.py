"""Is this year's register like last year's? A register in figures, and how far two of them are apart.

A distance is the share of records that would have to change for the two to be alike (total variation): 0 the same, 1
nothing in common. A ratio is this year's count to last year's. Nothing is judged here.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.definition import Rules
from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import ABSENT, QUADRANTS, UNREADABLE, ProducerType, Register

DRIFT_COLUMNS = (
    "producers_ratio",
    "groups_ratio",
    "products_ratio",
    "rated_ratio",
    "types_distance",
    "districts_distance",
    "stars_distance",
    "quadrants_distance",
    "unknown_types_change",
    "unreadable_values_change",
    "districts_emptied",
)
_LARGEST = 1000.0  # what stands for a ratio to nothing


@dataclass(frozen=True)
class Profile:
    """A province's register in figures.

    ``rated`` counts the products with stars in the star year, ``classified`` those with a quadrant in the quadrant
    year; ``stars`` and ``quadrants`` say how many have which. ``districts`` counts producers by district code.
    """

    producers: int
    products: int
    types: Mapping[str, int]
    districts: Mapping[str, int]
    stars: Mapping[str, int]
    quadrants: Mapping[str, int]
    unreadable: int

    @property
    def groups(self) -> int:
        return self.types.get("group", 0)

    @property
    def rated(self) -> int:
        return sum(self.stars.values())

    @property
    def classified(self) -> int:
        return sum(self.quadrants.values())

    @property
    def unknown_types_share(self) -> float:
        return _share(self.types.get("", 0), self.producers)

    def as_dict(self) -> dict[str, Any]:
        """The figures as JSON keeps them; ``Profile(**…)`` reads them back."""
        return asdict(self)

    def as_row(self) -> dict[str, float]:
        """The counts and the shares, each by a name."""
        return {
            "producers": self.producers,
            "groups": self.groups,
            "products": self.products,
            "rated": self.rated,
            "classified": self.classified,
            **{f"stars_{star}_share": _share(self.stars.get(star, 0), self.rated) for star in "12345"},
            **{f"quadrant_{q}_share": _share(self.quadrants.get(q, 0), self.classified) for q in "ABCD"},
            **{f"producers_{code}": count for code, count in self.districts.items()},
        }


def profile_of(register: Register, rules: Rules) -> Profile:
    """The figures of a register in the years that a cycle's rules look at."""
    producers, products = register.producers, register.products
    stars, year = products["stars"].to_numpy(), products["rating_year"].to_numpy()
    quadrant, quadrant_year = products["quadrant"].to_numpy(), products["quadrant_year"].to_numpy()
    rated = (year == rules.star_year_be) & (stars > ABSENT)
    classified = (quadrant_year == (rules.fallback.quadrant_year_be or 0)) & (quadrant > ABSENT)
    unreadable = np.any([products[column].to_numpy() == UNREADABLE for column in ProductRows._fields], axis=0)
    kinds = ["", *(kind.name.lower() for kind in list(ProducerType)[1:])]
    return Profile(
        producers=len(producers),
        products=len(products),
        types=_counts(producers["type"].to_numpy(), kinds.__getitem__),
        districts=_counts(producers["district"].to_numpy(), "{:04}".format),
        stars=_counts(stars[rated], str),
        quadrants=_counts(quadrant[classified], lambda n: QUADRANTS[n - 1]),
        unreadable=int(unreadable.sum()),
    )


def drift(this: Profile, last: Profile) -> pd.DataFrame:
    """DRIFT_COLUMNS, one row: how far this year's register is from last year's."""
    row = {
        "producers_ratio": _ratio(this.producers, last.producers),
        "groups_ratio": _ratio(this.groups, last.groups),
        "products_ratio": _ratio(this.products, last.products),
        "rated_ratio": _ratio(this.rated, last.rated),
        "types_distance": distance(this.types, last.types),
        "districts_distance": distance(this.districts, last.districts),
        "stars_distance": distance(this.stars, last.stars),
        "quadrants_distance": distance(this.quadrants, last.quadrants),
        "unknown_types_change": _share(this.types.get("", 0), this.producers)
        - _share(last.types.get("", 0), last.producers),
        "unreadable_values_change": _share(this.unreadable, this.products) - _share(last.unreadable, last.products),
        "districts_emptied": float(sum(code not in this.districts for code in last.districts)),
    }
    return pd.DataFrame([row], columns=list(DRIFT_COLUMNS))


def distance(this: Mapping[str, int], last: Mapping[str, int]) -> float:
    """How far apart two shares-out of counts are, whatever their totals; with nothing in one of them, 1."""
    here, there = sum(this.values()), sum(last.values())
    if not here or not there:
        return float(bool(here or there))
    kinds = sorted(this.keys() | last.keys())
    return sum(abs(this.get(kind, 0) / here - last.get(kind, 0) / there) for kind in kinds) / 2


def _counts(values: NDArray[Any], name: Callable[[int], str]) -> dict[str, int]:
    found, counts = np.unique(values, return_counts=True)
    return {name(value): count for value, count in zip(found.tolist(), counts.tolist(), strict=True)}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _ratio(this: int, last: int) -> float:
    if not last:
        return 1.0 if not this else _LARGEST
    return min(this / last, _LARGEST)
