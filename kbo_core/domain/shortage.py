"""Is the province short of tier-1 groups? The figures that open the fallback tier, and nothing else does.

Source: guideline, clause 3 ("where the province has too few …"); quotas are per district, so the scope is settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.district_runs import CODES, DistrictRuns
from kbo_core.domain.truth import Truth, Values, passes

Linked = Sequence[Sequence[int]]  # producers that are one


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


def counted_once(linked: Linked, *standings: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """Whom to count for each standing, the best standing first: a group that the register has under several ids is
    counted once, where it stands best."""
    counted = [found.copy() for found in standings]
    for group in linked:
        is_counted = False
        for found in counted:
            for n in group:
                found[n] &= not is_counted
                is_counted |= bool(found[n])
    return counted


def open_districts(
    scope: str, quota: Mapping[str, int], districts: DistrictRuns, tier_1: Values, linked: Linked
) -> NDArray[np.bool_]:
    """Whether producers may come in by the fallback tier, by district code. Several provinces are several answers."""
    places = np.zeros(CODES, dtype=np.int64)
    places[[int(code) for code in quota]] = list(quota.values())
    in_tier_1 = districts.count(*counted_once(linked, passes(tier_1)))
    if scope == "province":  # a district's code begins with its province's
        short = places.reshape(-1, 100).sum(axis=1) > in_tier_1.reshape(-1, 100).sum(axis=1)
        return np.repeat(short, 100)
    return places > in_tier_1 if scope == "district" else np.zeros(CODES, dtype=bool)


def measure(
    scope: str,
    quota: Mapping[str, int],
    districts: DistrictRuns,
    tier: NDArray[np.int8],
    verdict: Values,
    *,
    opened: NDArray[np.bool_],
    linked: Linked,
) -> Shortage:
    """The certificate for one province's verdicts, drawn with these districts open."""
    standings = counted_once(linked, tier == 1, tier == 2, verdict == Truth.UNKNOWN)
    counts = [districts.count(found) for found in standings]
    return Shortage(
        scope=scope,
        fallback_open=bool(opened.any()),
        province=Figures(sum(quota.values()), *(int(count.sum()) for count in counts)),
        districts={
            code: Figures(places, *(int(count[int(code)]) for count in counts)) for code, places in quota.items()
        },
    )
