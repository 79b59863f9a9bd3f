"""Is the province short of tier-1 groups? The figures that open the fallback tier, and nothing else does.

Source: guideline, clause 3 ("where the province has too few …"); quotas are per district, so the scope is settled.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.truth import Truth, Values

_CODES = 10_000  # district codes are numbers of four digits


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


def open_districts(scope: str, quota: Mapping[str, int], district: NDArray[np.int16], tier_1: Values) -> frozenset[int]:
    """The districts whose producers may come in by the fallback tier."""
    passes = np.bincount(district, weights=tier_1 == Truth.PASS, minlength=_CODES)
    if scope == "province":
        is_short = sum(quota.values()) > passes.sum()
        return frozenset(map(int, quota)) | frozenset(np.unique(district).tolist()) if is_short else frozenset()
    if scope == "district":
        return frozenset(int(code) for code, places in quota.items() if places > passes[int(code)])
    return frozenset()


def measure(
    scope: str,
    quota: Mapping[str, int],
    district: NDArray[np.int16],
    tier: NDArray[np.int8],
    verdict: Values,
    *,
    opened: frozenset[int],
) -> Shortage:
    """The certificate for verdicts that were drawn with these districts open."""
    counts = [
        np.bincount(district[found], minlength=_CODES) for found in (tier == 1, tier == 2, verdict == Truth.UNKNOWN)
    ]
    return Shortage(
        scope=scope,
        fallback_open=bool(opened),
        province=Figures(sum(quota.values()), *(int(count.sum()) for count in counts)),
        districts={
            code: Figures(places, *(int(count[int(code)]) for count in counts)) for code, places in quota.items()
        },
    )
