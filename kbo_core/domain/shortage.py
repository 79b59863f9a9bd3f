"""Is the province short of tier-1 groups? The figures that open the fallback tier, and nothing else does.

Source: guideline, clause 3 ("where the province has too few …"); quotas are per district, so the scope is settled.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from kbo_core.domain.truth import Truth, Values


@dataclass(frozen=True)
class Figures:
    """Counts of producer groups against a quota; ``short`` is the places that tier 1 leaves empty."""

    quota: int
    tier_1: int
    tier_2: int
    unknown: int

    @property
    def short(self) -> int:
        return max(0, self.quota - self.tier_1)

    def as_dict(self) -> dict[str, int]:
        return {**asdict(self), "short": self.short}


@dataclass(frozen=True)
class Shortage:
    """The certificate: scope, figures of the province and of each district in the circular's order."""

    scope: str
    fallback_open: bool
    province: Figures
    districts: Mapping[str, Figures]

    def as_dict(self) -> dict[str, object]:
        return {
            "scope": self.scope,
            "fallback_open": self.fallback_open,
            "province": self.province.as_dict(),
            "districts": [{"district_code": code, **figures.as_dict()} for code, figures in self.districts.items()],
        }


def open_districts(scope: str, quota: Mapping[str, int], district: np.ndarray, tier_1: Values) -> frozenset[str]:
    """The districts whose producers may come in by the fallback tier."""
    passes = tier_1 == Truth.PASS
    everywhere = frozenset(quota) | frozenset(district.tolist())
    if scope == "province":
        return everywhere if sum(quota.values()) > int(passes.sum()) else frozenset()
    if scope == "district":
        return frozenset(code for code, places in quota.items() if places > int((passes & (district == code)).sum()))
    return frozenset()


def measure(scope: str, quota: Mapping[str, int], opened: frozenset[str], decisions: pd.DataFrame) -> Shortage:
    """The certificate for decisions that were made with these districts open."""

    def figures(rows: pd.DataFrame, places: int) -> Figures:
        return Figures(
            quota=places,
            tier_1=int((rows["tier"] == "1").sum()),
            tier_2=int((rows["tier"] == "2").sum()),
            unknown=int((rows["verdict"] == "unknown").sum()),
        )

    return Shortage(
        scope=scope,
        fallback_open=bool(opened),
        province=figures(decisions, sum(quota.values())),
        districts={
            code: figures(decisions[decisions["district_code"] == code], places) for code, places in quota.items()
        },
    )
