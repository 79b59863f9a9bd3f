"""Two screenings side by side: who enters, who leaves and by which clause, district by district.

Producers are the same when their ``producer_id`` is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.clauses import CLAUSES, tier_codes
from kbo_core.domain.decisions import Decided
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.explanations import title_of

CHANGE_COLUMNS = (
    "producer_id",
    "producer_name",
    "district_before",
    "district_after",
    "change",
    "verdict_before",
    "verdict_after",
    "tier_before",
    "tier_after",
    "clauses",
    "because_th",
)
DISTRICT_COLUMNS = (
    "district_code",
    "eligible_before",
    "eligible_after",
    "enters",
    "leaves",
    "changes_tier",
    "becomes_unknown",
)
CHANGES_TH = {
    "enters": "เข้าเพิ่ม",
    "leaves": "หลุดออก",
    "becomes-unknown": "กลายเป็นรอชี้ขาด",
    "moves": "ย้ายอำเภอ",
    "changes-tier": "เปลี่ยนชั้น",
    "ruled-out": "จากรอชี้ขาดเป็นไม่เข้าเกณฑ์",
    "new": "มีเฉพาะทะเบียนใหม่",
    "gone": "มีเฉพาะทะเบียนเดิม",
}
_TRUTH_TH = {"pass": "ผ่าน", "fail": "ไม่ผ่าน", "unknown": "ไม่แน่"}


@dataclass(frozen=True)
class Comparison:
    """What became of every producer of either screening.

    Shape:
        changes: CHANGE_COLUMNS, one row a producer whose verdict, tier, district or presence differs, the new ones'
            order first. A verdict is empty for a producer that the screening does not have.
        districts: DISTRICT_COLUMNS, every district of either quota table or register. ``leaves`` counts who was
            eligible there and no longer is, ``enters`` who is and was not, so that before + enters - leaves = after;
            a producer that becomes unknown or moves away has left.
        shortage: place → figure → (before, after); the province is "".
    """

    changes: pd.DataFrame
    districts: pd.DataFrame
    shortage: Mapping[str, Mapping[str, tuple[int | None, int | None]]]
    shared: int
    only_before: int
    only_after: int
    fallback: tuple[bool, bool]

    def count(self, change: str) -> int:
        return int((self.changes["change"] == change).sum())

    def as_dict(self) -> dict[str, Any]:
        return {
            "counts": {change: self.count(change) for change in CHANGES_TH},
            "producers": {
                "in_both": self.shared,
                "only_before": self.only_before,
                "only_after": self.only_after,
            },
            "fallback_open": {"before": self.fallback[0], "after": self.fallback[1]},
            "shortage": [
                {"district_code": code, **{name: {"before": a, "after": b} for name, (a, b) in figures.items()}}
                for code, figures in self.shortage.items()
            ],
            "districts": self.districts.to_dict("records"),
            "changes": self.changes.to_dict("records"),
        }


Judged = tuple[CycleDefinition, Decided]


def compare(before: Judged, after: Judged) -> Comparison:
    """What changes for producers and districts from one screening to the other."""
    old, new = (decided.decisions.set_index("producer_id") for _, decided in (before, after))
    ids = [*new.index, *old.index.difference(new.index, sort=False)]
    a, b = (decisions.reindex(ids).fillna("").astype(object) for decisions in (old, new))
    change = _changes(a, b)
    return Comparison(
        changes=_told(a, b, change, before, after),
        districts=_by_district(a, b, [*after[0].quota, *before[0].quota]),
        shortage=_shortage(before, after),
        shared=int(new.index.isin(old.index).sum()),
        only_before=len(ids) - len(new),
        only_after=int((~new.index.isin(old.index)).sum()),
        fallback=(before[1].shortage.fallback_open, after[1].shortage.fallback_open),
    )


def _changes(a: pd.DataFrame, b: pd.DataFrame) -> NDArray[np.object_]:
    was, now = a["verdict"].to_numpy(), b["verdict"].to_numpy()
    # Of several that are true the first is told.
    cases = [
        ((now == "eligible") & (was != "eligible"), "enters"),
        ((now == "unknown") & (was != "unknown"), "becomes-unknown"),
        ((was == "eligible") & (now != "eligible"), "leaves"),
        (was == "", "new"),
        (now == "", "gone"),
        ((was == "unknown") & (now == "ineligible"), "ruled-out"),
        ((a["district_code"] != b["district_code"]).to_numpy(), "moves"),
        ((a["tier"] != b["tier"]).to_numpy(), "changes-tier"),
    ]
    change = np.full(len(a), "", dtype=object)
    for found, word in reversed(cases):
        change[found] = word
    return change


def _told(a: pd.DataFrame, b: pd.DataFrame, change: NDArray[np.object_], before: Judged, after: Judged) -> pd.DataFrame:
    rows = []
    for n in np.flatnonzero(change != "").tolist():
        was, now = a.iloc[n], b.iloc[n]
        clauses = [code for code in _asked(was, now, before, after) if was[f"clause_{code}"] != now[f"clause_{code}"]]
        rows.append(
            (
                a.index[n],
                now["producer_name"] or was["producer_name"],
                was["district_code"],
                now["district_code"],
                change[n],
                was["verdict"],
                now["verdict"],
                was["tier"],
                now["tier"],
                " ".join(clauses),
                "; ".join(_because(was, now, clauses, before, after)),
            )
        )
    return pd.DataFrame(rows, columns=list(CHANGE_COLUMNS))


def _asked(was: "pd.Series[Any]", now: "pd.Series[Any]", before: Judged, after: Judged) -> list[str]:
    """The clauses that a producer's verdict hung on, on either side; none for who stands on one side only."""
    if not was["verdict"] or not now["verdict"]:
        return []
    asked: set[str] = set()
    for row, (definition, decided) in ((was, before), (now, after)):
        asked |= set(tier_codes(1, definition.rules))
        if _is_open(decided, row["district_code"]):
            asked |= set(tier_codes(2, definition.rules))
    return [code for code in CLAUSES if code in asked]


def _because(
    was: "pd.Series[Any]", now: "pd.Series[Any]", clauses: list[str], before: Judged, after: Judged
) -> Iterable[str]:
    if not was["verdict"] or not now["verdict"]:
        yield CHANGES_TH["gone" if was["verdict"] else "new"]
        return
    for code in clauses:
        values = [_TRUTH_TH[row[f"clause_{code}"]] for row in (was, now)]
        yield f"{CLAUSES[code].cites} ({code}) {values[0]} → {values[1]}"
    was_open, is_open = (_is_open(d, row["district_code"]) for (_, d), row in ((before, was), (after, now)))
    if was_open != is_open and "2" in (was["tier"], now["tier"]):
        yield "เปิดใช้ข้อ ๓ และ ๔" if is_open else "ไม่เปิดใช้ข้อ ๓ และ ๔ แล้ว"
    if was["district_code"] != now["district_code"]:
        yield f"{title_of(was['district_code'])} → {title_of(now['district_code'])}"
    elif not clauses and was_open == is_open:
        yield "เงื่อนไขที่ใช้ตัดสินเปลี่ยนไป"


def _is_open(decided: Decided, district_code: str) -> bool:
    shortage = decided.shortage
    if shortage.scope == "district":
        return district_code in shortage.districts and shortage.districts[district_code].short > 0
    return shortage.fallback_open


def _by_district(a: pd.DataFrame, b: pd.DataFrame, quota: Iterable[str]) -> pd.DataFrame:
    was, now = a["verdict"].to_numpy() == "eligible", b["verdict"].to_numpy() == "eligible"
    here_before, here_after = a["district_code"].to_numpy(), b["district_code"].to_numpy()
    unknown = (b["verdict"].to_numpy() == "unknown") & (a["verdict"].to_numpy() != "unknown")
    tier = was & now & (a["tier"].to_numpy() != b["tier"].to_numpy())
    rows = []
    for code in dict.fromkeys([*quota, *sorted({*here_before, *here_after} - {""})]):
        old, new = was & (here_before == code), now & (here_after == code)
        counts = (old, new, new & ~old, old & ~new, tier & (here_after == code), unknown & (here_after == code))
        rows.append((code, *(int(found.sum()) for found in counts)))
    return pd.DataFrame(rows, columns=list(DISTRICT_COLUMNS))


def _shortage(before: Judged, after: Judged) -> dict[str, dict[str, tuple[int | None, int | None]]]:
    sides = [
        {"": decided.shortage.province.as_dict(), **{c: f.as_dict() for c, f in decided.shortage.districts.items()}}
        for _, decided in (before, after)
    ]
    names = ("quota", "tier_1", "tier_2", "unknown", "short")
    return {
        code: {name: (sides[0].get(code, {}).get(name), sides[1].get(code, {}).get(name)) for name in names}
        for code in dict.fromkeys([*sides[1], *sides[0]])
    }
