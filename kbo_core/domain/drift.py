"""Is this year's register like last year's? A register in figures, and how far two of them are apart.

A distance is the share of records that would have to change for the two to be alike (total variation): 0 the same, 1
nothing in common. A ratio is this year's count to last year's. Nothing is judged here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kbo_core.domain.definition import Rules
from kbo_core.domain.records import Records

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


def profile_of(records: Records, rules: Rules) -> Profile:
    """The figures of a register in the years that a cycle's rules look at."""
    producers, products = records.producers, records.products
    types = producers["producer_type"].where(~producers["producer_type"].str.startswith("?"), "")
    rated = products[(products["rating_year_be"] == str(rules.star_year_be)) & (products["stars"] != "")]
    classified = products[
        (products["quadrant_year_be"] == str(rules.fallback.quadrant_year_be)) & (products["quadrant"] != "")
    ]
    values = products[["rating_year_be", "stars", "quadrant_year_be", "quadrant"]]
    unreadable = pd.concat([values[column].str.startswith("?") for column in values], axis=1).any(axis=1)
    return Profile(
        producers=len(producers),
        products=len(products),
        types=_counts(types),
        districts=_counts(producers["district_code"]),
        stars=_counts(rated.loc[~rated["stars"].str.startswith("?"), "stars"]),
        quadrants=_counts(classified.loc[~classified["quadrant"].str.startswith("?"), "quadrant"]),
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


def _counts(values: pd.Series) -> dict[str, int]:
    counted = values.value_counts()
    return {str(value): int(counted[value]) for value in sorted(counted.index)}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _ratio(this: int, last: int) -> float:
    if not last:
        return 1.0 if not this else _LARGEST
    return min(this / last, _LARGEST)
