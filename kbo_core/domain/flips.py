"""Whose decision changed from one revision to the next, and by which clause."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kbo_core.domain.clauses import CLAUSES, short_place_th
from kbo_core.domain.definition import Rules
from kbo_core.domain.truth import Truth

_TRUTHS = {truth.word: truth for truth in Truth}
_ORDER = ("ineligible", "unknown", "eligible")
VERDICTS_TH = {"eligible": "เข้าเกณฑ์", "ineligible": "ไม่เข้าเกณฑ์", "unknown": "รอชี้ขาด"}


@dataclass(frozen=True)
class Flip:
    """A producer whose verdict or tier changed; ``clauses`` are those whose value changed: code → (before, after)."""

    producer_id: str
    producer_name: str
    district_code: str
    before: str
    after: str
    tier_before: str
    tier_after: str
    clauses: Mapping[str, tuple[str, str]]

    @property
    def falls(self) -> bool:
        """No longer to be picked?"""
        return self.before == "eligible" and self.after != "eligible"

    @property
    def rises(self) -> bool:
        """Newly to be picked?"""
        return self.after == "eligible" and self.before != "eligible"

    def why_th(self, rules: Rules) -> str:
        """The reason in words, clause by clause."""
        said = [
            f"{CLAUSES[code].says(_TRUTHS[now], rules)} ({CLAUSES[code].cites})"
            for code, (_, now) in self.clauses.items()
        ]
        if said:
            return "; ".join(said)
        # No clause of its own: the fallback opened or shut.
        place = short_place_th(rules)
        if _ORDER.index(self.after) > _ORDER.index(self.before) or self.tier_after == "2":
            return f"{place}มีกลุ่มตามข้อ ๑ และ ๒ ไม่เพียงพอ จึงใช้ข้อ ๓"
        return f"{place}มีกลุ่มตามข้อ ๑ และ ๒ เพียงพอแล้ว จึงไม่ใช้ข้อ ๓"

    def as_dict(self) -> dict[str, object]:
        return {**vars(self), "clauses": {code: list(values) for code, values in self.clauses.items()}}


def flips(before: pd.DataFrame, after: pd.DataFrame) -> list[Flip]:
    """The producers that are decided otherwise now, in the order of the new decisions.

    Shape:
        before, after: the columns of ``kbo_core.domain.decisions``, one row a producer.
    """
    both = after.merge(before, on="producer_id", suffixes=("", "_was"))
    changed = both[(both["verdict"] != both["verdict_was"]) | (both["tier"] != both["tier_was"])]
    return [
        Flip(
            producer_id=row["producer_id"],
            producer_name=row["producer_name"],
            district_code=row["district_code"],
            before=row["verdict_was"],
            after=row["verdict"],
            tier_before=row["tier_was"],
            tier_after=row["tier"],
            clauses={
                code: (row[f"clause_{code}_was"], row[f"clause_{code}"])
                for code in CLAUSES
                if row[f"clause_{code}_was"] != row[f"clause_{code}"]
            },
        )
        for row in changed.to_dict("records")
    ]
