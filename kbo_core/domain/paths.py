"""How far a producer is from eligible: the fewest clauses whose value would have to become pass."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.clauses import CLAUSES, tier_codes
from kbo_core.domain.decisions import Verdicts
from kbo_core.domain.definition import Rules
from kbo_core.domain.truth import Truth, Values

Bits = NDArray[np.uint8]
_BIT = {code: np.uint8(1 << n) for n, code in enumerate(CLAUSES)}
_SHUT = np.uint8(255)  # more clauses than there are


@dataclass(frozen=True)
class Way:
    """One way to eligible: the tier it leads to, and the clauses that are not passed yet."""

    tier: int
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Paths:
    """What each producer lacks.

    A way is open by tier 1, and by tier 2 where the fallback is. That a producer who comes in by tier 1 may end the
    shortage is not modelled: it would be eligible itself, but others might no longer be.

    Shape:
        lacking: tier → the clauses of the tier that are not passed, a bit each; a tier that is shut has all bits.
        steps: the fewest clauses to change, 0 for who is eligible.
    """

    lacking: Mapping[int, Bits]
    steps: NDArray[np.uint8]

    def ways(self, n: int) -> tuple[Way, ...]:
        """The ways of producer ``n``, shortest first; one that asks for all of another, and more, is none."""
        found: list[Way] = []
        for tier, lacking in sorted(
            self.lacking.items(), key=lambda item: (int(np.bitwise_count(item[1][n])), item[0])
        ):
            bits = lacking[n]
            codes = tuple(code for code, bit in _BIT.items() if bits & bit)
            if bits != _SHUT and not any(set(way.clauses) <= set(codes) for way in found):
                found.append(Way(tier, codes))
        return tuple(found)


def paths(found: Verdicts, rules: Rules) -> Paths:
    """The ways to eligible of every producer."""
    lacking = {tier: _lacking(tier, found.clauses, rules) for tier in (1, 2)}
    lacking[2] = np.where(found.is_open, lacking[2], _SHUT)
    steps = np.minimum(*[np.bitwise_count(bits) for bits in lacking.values()])
    return Paths(lacking, steps)


def _lacking(tier: int, clauses: Mapping[str, Values], rules: Rules) -> Bits:
    bits = np.zeros(len(next(iter(clauses.values()))), dtype=np.uint8)
    for code in tier_codes(tier, rules):
        bits |= (clauses[code] != Truth.PASS) * _BIT[code]
    return bits


def near_misses(found: Verdicts, reach: Paths) -> NDArray[np.bool_]:
    """Who is not eligible by exactly one clause: a pass in it alone would make the producer eligible."""
    return np.asarray((found.verdict == Truth.FAIL) & (reach.steps == 1))


def first_of(wanted: Truth, found: Verdicts, rules: Rules) -> NDArray[np.int8]:
    """For each producer the first clause of this value, as a place in CLAUSES, or -1; in the order the tiers ask."""
    first = np.full(len(found.verdict), -1, dtype=np.int8)
    numbers = {code: n for n, code in enumerate(CLAUSES)}
    for tier in (1, 2):
        for code in tier_codes(tier, rules):
            asked = found.is_open if tier == 2 else np.True_
            here = (first < 0) & asked & (found.clauses[code] == wanted)
            first[here] = numbers[code]
    return first
