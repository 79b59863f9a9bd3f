"""How a whole province came out: counts by verdict, by clause and by district, and who is only one clause away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.explanations import Explanations, cited, title_of
from kbo_core.domain.truth import Truth

VERDICTS = ("eligible", "ineligible", "unknown")
NEAR_MISS_COLUMNS = ("producer_id", "producer_name", "district_code", "tier", "clause", "cites", "missing_th")


@dataclass(frozen=True)
class Tally:
    """Counts of producers: by verdict, the ineligible by the first clause they fail, the unknown by the first that is
    open, and how many are near misses."""

    verdicts: Mapping[str, int]
    tiers: Mapping[str, int]
    first_failing: Mapping[str, int]
    first_unknown: Mapping[str, int]
    near_misses: int

    @property
    def count(self) -> int:
        return sum(self.verdicts.values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "producers": self.count,
            "verdicts": dict(self.verdicts),
            "tiers": dict(self.tiers),
            "first_failing": dict(self.first_failing),
            "first_unknown": dict(self.first_unknown),
            "near_misses": self.near_misses,
        }


def tally(explained: Explanations) -> tuple[Tally, dict[str, Tally]]:
    """The province's counts, and each district's, in the order of the decisions."""
    failing, unknown = explained.first(Truth.FAIL), explained.first(Truth.UNKNOWN)
    everybody = np.ones(explained.register.count, dtype=bool)
    codes = explained.district_codes
    told = dict.fromkeys([*explained.definition.quota, *codes[explained.order].tolist()])
    return _count(explained, everybody, failing, unknown), {
        code: _count(explained, codes == code, failing, unknown) for code in told
    }


def _count(
    explained: Explanations, among: NDArray[np.bool_], failing: NDArray[np.int8], unknown: NDArray[np.int8]
) -> Tally:
    found = explained.found
    verdict = found.verdict[among]
    return Tally(
        verdicts={
            word: int((verdict == truth).sum())
            for word, truth in zip(VERDICTS, (Truth.PASS, Truth.FAIL, Truth.UNKNOWN), strict=True)
        },
        tiers={str(tier): int((found.tier[among] == tier).sum()) for tier in (1, 2)},
        first_failing=_by_clause(failing[among & (found.verdict == Truth.FAIL)]),
        first_unknown=_by_clause(unknown[among & (found.verdict == Truth.UNKNOWN)]),
        near_misses=int(explained.near_misses[among].sum()),
    )


def _by_clause(first: NDArray[np.int8]) -> dict[str, int]:
    counts = np.bincount(first, minlength=len(CLAUSES)).tolist()
    return {code: count for code, count in zip(CLAUSES, counts, strict=True) if count}


def near_miss_rows(explained: Explanations) -> list[dict[str, str]]:
    """NEAR_MISS_COLUMNS, in the order of the decisions: a row for each clause that alone keeps a producer out."""
    rows = []
    for n in explained.order:
        if explained.near_misses[n]:
            sheet = explained.sheet(n)
            rows += [
                {
                    "producer_id": sheet.producer_id,
                    "producer_name": sheet.producer_name,
                    "district_code": sheet.district_code,
                    "tier": str(way.tier),
                    "clause": way.clauses[0],
                    "cites": cited(way.clauses),
                    "missing_th": next(c.because_th for c in sheet.clauses if c.code == way.clauses[0]),
                }
                for way in sheet.ways
                if len(way.clauses) == 1
            ]
    return rows


def open_rows(explained: Explanations) -> list[dict[str, Any]]:
    """Whoever cannot be decided yet, in the order of the decisions: the clauses that are open in a tier that is still
    possible, what each waits for, and the near matches to answer."""
    rows = []
    for n in explained.order:
        if explained.found.verdict[n] == Truth.UNKNOWN:
            sheet = explained.sheet(n)
            failed = {c.code for c in sheet.clauses if c.value is Truth.FAIL}
            asked = {code for way in sheet.ways if failed.isdisjoint(way.clauses) for code in way.clauses}
            still = [c for c in sheet.clauses if c.code in asked]
            rows.append(
                {
                    "producer_id": sheet.producer_id,
                    "producer_name": sheet.producer_name,
                    "district_code": sheet.district_code,
                    "district_th": title_of(sheet.district_code),
                    "clauses": [c.code for c in still],
                    "cites": cited([c.code for c in still]),
                    "settles_th": "; ".join(c.because_th for c in still),
                    "near_matches": list(dict.fromkeys(e.question for c in still for e in c.evidence if e.question)),
                }
            )
    return rows
