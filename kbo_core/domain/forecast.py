"""Who will be short: a district's places against its eligible groups, if every open question came out one way."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.clauses import tier_values
from kbo_core.domain.decisions import Verdicts
from kbo_core.domain.definition import Rules
from kbo_core.domain.district_runs import DistrictRuns
from kbo_core.domain.explanations import title_of
from kbo_core.domain.findings import Finding, info
from kbo_core.domain.shortage import Linked, counted_once, open_districts
from kbo_core.domain.truth import Truth


@dataclass(frozen=True)
class Outlook:
    """A district before dispatch: its places, its eligible groups as decided, and how many there would be if every
    unknown clause failed, or passed, the fallback opened or shut accordingly."""

    quota: int
    tier_1: int
    tier_2: int
    unknown: int
    if_all_fail: int
    if_all_pass: int

    @property
    def surely_short(self) -> int:
        """Places that stay empty either way."""
        return max(0, self.quota - max(self.if_all_fail, self.if_all_pass))

    @property
    def perhaps_short(self) -> int:
        """Places that stay empty one way or the other. More groups that pass can end the shortage of the province, and
        with it tier 2, so this need not be the case where all fail."""
        return max(0, self.quota - min(self.if_all_fail, self.if_all_pass))

    @property
    def state_th(self) -> str:
        if self.surely_short:
            return f"ขาดแน่ {self.surely_short}"
        return f"อาจขาด {self.perhaps_short}" if self.perhaps_short else "พอ"

    def as_dict(self) -> dict[str, int]:
        return {**vars(self), "surely_short": self.surely_short, "perhaps_short": self.perhaps_short}


def forecast(
    found: Verdicts, districts: DistrictRuns, rules: Rules, quota: Mapping[str, int], linked: Linked
) -> dict[str, Outlook]:
    """The outlook of every district of the quota table, in its order."""
    either_way = [_eligible(found, districts, rules, quota, truth, linked) for truth in (Truth.FAIL, Truth.PASS)]
    standing = counted_once(linked, found.tier == 1, found.tier == 2, found.verdict == Truth.UNKNOWN)
    return {
        code: Outlook(
            places, *(int((told & (districts.codes == int(code))).sum()) for told in (*standing, *either_way))
        )
        for code, places in quota.items()
    }


def _eligible(
    found: Verdicts, districts: DistrictRuns, rules: Rules, quota: Mapping[str, int], truth: Truth, linked: Linked
) -> NDArray[np.bool_]:
    """Who is eligible when every unknown clause has this value."""
    settled = {code: np.where(v == Truth.UNKNOWN, np.int8(truth), v) for code, v in found.clauses.items()}
    tier_1, tier_2 = tier_values(1, settled, rules), tier_values(2, settled, rules)
    is_open = districts.each(open_districts(rules.fallback.scope, quota, districts, tier_1, linked))
    return counted_once(linked, np.asarray((tier_1 == Truth.PASS) | (is_open & (tier_2 == Truth.PASS))))[0]


def forecast_findings(outlooks: Mapping[str, Outlook]) -> Iterable[Finding]:
    """One line a district that will be short, or may be."""
    for code, outlook in outlooks.items():
        if outlook.perhaps_short:
            many = f"{min(outlook.if_all_fail, outlook.if_all_pass)}–{max(outlook.if_all_fail, outlook.if_all_pass)}"
            yield info(
                "district-forecast-short",
                f"quota.{code}",
                f"{title_of(code)} ได้รับจัดสรร {outlook.quota} คาดว่ามีกลุ่มเข้าเกณฑ์ {many} กลุ่ม "
                f"(รอชี้ขาด {outlook.unknown}): {outlook.state_th}",
                f"{code} has {outlook.quota} places and between {many} eligible groups, as its "
                f"{outlook.unknown} open decisions come out",
            )
