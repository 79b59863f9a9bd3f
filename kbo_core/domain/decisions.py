"""The verdict on every producer of the province, clause by clause, with the reason in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.clauses import CLAUSES, short_place_th, tier_codes, tier_values
from kbo_core.domain.definition import CycleDefinition, Rules
from kbo_core.domain.findings import Finding, block, in_order, warn
from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import Register
from kbo_core.domain.shortage import Linked, Shortage, counted_once, measure, open_districts
from kbo_core.domain.truth import Truth, Values, passes

COLUMNS = (
    "producer_id",
    "producer_name",
    "district_code",
    *(f"clause_{code}" for code in CLAUSES),
    "tier",
    "verdict",
    "reason_th",
)


@dataclass(frozen=True)
class Decided:
    """Decisions (one row a producer, COLUMNS, in the quota table's district order, then by name), the shortage
    certificate and what a person must read."""

    decisions: pd.DataFrame
    shortage: Shortage
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Verdicts:
    """What the clauses come to, as small numbers, one a producer.

    Shape:
        clauses: clause code → Truth. tier: 1, 2 or 0. verdict: Truth (pass is eligible, fail is not).
        is_open: is the fallback open in the producer's district? opened: is it, by district code.
    """

    clauses: Mapping[str, Values]
    tier: NDArray[np.int8]
    verdict: Values
    is_open: NDArray[np.bool_]
    opened: NDArray[np.bool_]

    def part(self, first: int, last: int, province: int) -> "Verdicts":
        """Those of one province, whose producers are these."""
        opened = np.zeros_like(self.opened)
        its = slice(100 * province, 100 * (province + 1))
        opened[its] = self.opened[its]
        return Verdicts(
            {code: values[first:last] for code, values in self.clauses.items()},
            self.tier[first:last],
            self.verdict[first:last],
            self.is_open[first:last],
            opened,
        )


def judge(register: Register, rules: Rules, quota: Mapping[str, int]) -> Verdicts:
    """Judge every clause for every producer and draw the verdicts, in one province or in many with the same rules."""
    held = register.whose({code: clause.asks(rules) for code, clause in CLAUSES.items()})
    clauses = {code: clause.judge(register, rules, held[code]) for code, clause in CLAUSES.items()}
    tier_1, tier_2 = tier_values(1, clauses, rules), tier_values(2, clauses, rules)
    opened = open_districts(rules.fallback.scope, quota, register.districts, tier_1, register.linked)
    is_open = register.districts.each(opened)
    # The better of the two tiers, the second counted where it is open.
    verdict = np.maximum(tier_1, tier_2 * is_open)
    tier = passes(verdict).view(np.int8) * np.int8(2) - passes(tier_1)
    return Verdicts(clauses, tier, verdict, is_open, opened)


def decide(register: Register, definition: CycleDefinition, verdicts: Verdicts | None = None) -> Decided:
    """The decisions with their reasons in words, the shortage certificate and the findings.

    ``verdicts`` are those of this register and definition, where they are drawn already.
    """
    rules, quota = definition.rules, definition.quota
    found = verdicts or judge(register, rules, quota)
    producers, truths = register.producers, np.array([truth.word for truth in Truth], dtype=object)
    codes = {code: f"{code:04}" for code in np.unique(producers["district"]).tolist()}
    frame = pd.DataFrame(
        {
            "producer_id": producers["producer_id"],
            "producer_name": producers["producer_name"],
            "district_code": [codes[code] for code in producers["district"].tolist()],
            **{f"clause_{code}": truths[values] for code, values in found.clauses.items()},
            "tier": np.array(["", "1", "2"], dtype=object)[found.tier],
            "verdict": np.array(["ineligible", "unknown", "eligible"], dtype=object)[found.verdict],
            "reason_th": _reasons(found, rules),
        }
    )
    district = register.districts.codes
    shortage = measure(
        rules.fallback.scope,
        quota,
        register.districts,
        found.tier,
        found.verdict,
        opened=found.opened,
        linked=register.linked,
    )
    tier_1 = tier_values(1, found.clauses, rules)
    findings = [
        *_shortage_findings(shortage, definition, district, tier_1, register.linked),
        *_star_findings(register, rules, tier_1),
    ]
    order = _in_circular_order(district, quota)
    return Decided(frame.iloc[order].reset_index(drop=True), shortage, tuple(in_order(findings)))


def _in_circular_order(district: NDArray[np.int16], quota: Mapping[str, int]) -> NDArray[np.int64]:
    """Districts as the circular has them, the others after them by code; inside one, as the register has them."""
    place = np.arange(10_000, dtype=np.int32) + len(quota)
    place[[int(code) for code in quota]] = np.arange(len(quota))
    return np.argsort(place[district], kind="stable")


def _reasons(found: Verdicts, rules: Rules) -> NDArray[np.object_]:
    # A reason depends only on these few values, so each sentence is written once.
    shape = found.verdict + 3 * found.tier.astype(np.int32) + 9 * found.is_open
    for values in found.clauses.values():
        shape = shape * 3 + values
    _, first, of_row = np.unique(shape, return_index=True, return_inverse=True)
    texts = [
        _reason(
            {code: Truth(values[n]) for code, values in found.clauses.items()},
            int(found.tier[n]),
            Truth(found.verdict[n]),
            bool(found.is_open[n]),
            rules,
        )
        for n in first
    ]
    return np.array(texts, dtype=object)[of_row]


def _reason(truths: dict[str, Truth], tier: int, verdict: Truth, is_open: bool, rules: Rules) -> str:
    if verdict is Truth.PASS:
        codes = tier_codes(tier, rules)
        head = "เข้าเกณฑ์" if tier == 1 else f"เข้าเกณฑ์เพิ่มเติม ({short_place_th(rules)}มีกลุ่มตามข้อ ๑ ไม่เพียงพอ)"
        return f"{head}: {_say(codes, truths, rules, Truth.PASS)}"
    asked = dict.fromkeys([*tier_codes(1, rules), *(tier_codes(2, rules) if is_open else ())])
    if verdict is Truth.UNKNOWN:
        return f"ยังตัดสินไม่ได้ ต้องให้เจ้าหน้าที่ชี้ขาด: {_say(asked, truths, rules, Truth.UNKNOWN)}"
    return f"ไม่เข้าเกณฑ์: {_say(asked, truths, rules, Truth.FAIL)}"


def _say(codes: Iterable[str], truths: dict[str, Truth], rules: Rules, wanted: Truth) -> str:
    return "; ".join(
        f"{CLAUSES[code].says(wanted, rules)} ({CLAUSES[code].cites})" for code in codes if truths[code] is wanted
    )


def _shortage_findings(
    shortage: Shortage, definition: CycleDefinition, district: NDArray[np.int16], tier_1: Values, linked: Linked
) -> Iterable[Finding]:
    names = {d.code: d.title_th for d in definition.province.districts}
    province = shortage.province
    short_districts = [code for code, figures in shortage.districts.items() if figures.short]
    if province.short and shortage.scope != "off":
        yield block(
            "insufficiency-scope",
            "rules.fallback.scope",
            f"จังหวัดต้องการ {province.quota} กลุ่ม แต่มีกลุ่มตามข้อ ๑ และ ๒ เพียง {province.tier_1} กลุ่ม "
            f'ข้อ ๓ ให้ดูความไม่เพียงพอของ "จังหวัด" แต่จำนวนจัดสรรเป็นรายอำเภอ รอบนี้ใช้ระดับ: {shortage.scope} ถูกต้องหรือไม่',
            f"{province.quota} places, {province.tier_1} tier-1 groups: is the shortage judged by "
            f"{shortage.scope}, as set here?",
        )
    if not province.short:
        for code in short_districts:
            figures = shortage.districts[code]
            yield warn(
                "district-short",
                f"quota.{code}",
                f"{names.get(code, code)} ได้รับจัดสรร {figures.quota} แต่มีกลุ่มที่เข้าเกณฑ์ชั้นแรก {figures.tier_1} "
                "ขณะที่ทั้งจังหวัดมีเพียงพอ พิจารณาเกลี่ยจำนวนระหว่างอำเภอ",
                f"{code} has {figures.tier_1} tier-1 groups for {figures.quota} places while the province has enough",
            )
    _, may_pass = counted_once(linked, passes(tier_1), tier_1 == np.int8(Truth.UNKNOWN))
    scopes = {"province": [("", province)]}.get(shortage.scope, list(shortage.districts.items()))
    for code, figures in scopes:
        maybe = int((may_pass if not code else may_pass & (district == int(code))).sum())
        if shortage.scope != "off" and figures.short and maybe >= figures.short:
            place = names.get(code, code) if code else f"จังหวัด{definition.province.name_th}"
            yield warn(
                "shortage-unsettled",
                f"quota.{code}" if code else "quota",
                f"{place}ขาด {figures.short} กลุ่ม แต่ยังมี {maybe} กลุ่มที่ตัดสินไม่ได้ หากชี้ขาดแล้วเข้าเกณฑ์ อาจไม่ต้องใช้ข้อ ๓",
                f"{maybe} undecided producers could close the shortage of {figures.short}",
            )
    if (missing := province.quota - province.tier_1 - province.tier_2) > 0:
        yield warn(
            "too-few-groups",
            "quota",
            f"กลุ่มที่เข้าเกณฑ์ทั้งหมดน้อยกว่าจำนวนจัดสรรอยู่ {missing} กลุ่ม",
            f"{missing} places cannot be filled by any eligible group",
        )


def _star_findings(register: Register, rules: Rules, tier_1: Values) -> Iterable[Finding]:
    def is_above(products: ProductRows) -> tuple[NDArray[np.bool_]]:
        return ((products.rating_year == rules.star_year_be) & (products.stars > rules.stars[1]),)

    held = np.flatnonzero(register.whose({"above": is_above})["above"].surely[0] & passes(tier_1))
    producers = register.producers.iloc[held]
    for producer_id, name in zip(producers["producer_id"], producers["producer_name"], strict=True):
        yield warn(
            "star-quantifier",
            f"producers.{producer_id}",
            f"{name} มีทั้งผลิตภัณฑ์ในช่วง {rules.stars[0]}–{rules.stars[1]} ดาว และที่ได้ดาวสูงกว่า "
            "แนวทางไม่ได้บอกว่าใช้รายการใด รอบนี้นับเมื่อมีอย่างน้อยหนึ่งรายการ",
            f"{producer_id} holds ratings inside and above the range; one inside is enough here",
        )
