"""The verdict on every producer of the province, clause by clause, with the reason in words."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from kbo_core.domain.clauses import CLAUSES, tier_codes, tier_values
from kbo_core.domain.definition import CycleDefinition, Rules
from kbo_core.domain.findings import Finding, block, in_order, warn
from kbo_core.domain.register import Register
from kbo_core.domain.shortage import Shortage, measure, open_districts
from kbo_core.domain.truth import Truth, Values

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


def decide(register: Register, definition: CycleDefinition) -> Decided:
    """Judge every clause for every producer and draw the verdicts."""
    rules, quota = definition.rules, definition.quota
    values = {code: clause.judge(register, rules) for code, clause in CLAUSES.items()}
    tier_1, tier_2 = tier_values(1, values, rules), tier_values(2, values, rules)
    district = register.producers["district_code"].to_numpy(dtype=object)
    opened = open_districts(rules.fallback.scope, quota, district, tier_1)
    is_open = np.isin(district.astype(str), sorted(opened))

    by_fallback = is_open & (tier_2 == Truth.PASS)
    unknown = (tier_1 == Truth.UNKNOWN) | (is_open & (tier_2 == Truth.UNKNOWN))
    tier = np.select([tier_1 == Truth.PASS, by_fallback], ["1", "2"], "")
    verdict = np.select([tier != "", unknown], ["eligible", "unknown"], "ineligible")

    words = np.array([truth.word for truth in Truth], dtype=object)
    frame = register.producers[["producer_id", "producer_name", "district_code"]].assign(
        **{f"clause_{code}": words[values[code]] for code in CLAUSES},
        tier=tier,
        verdict=verdict,
        reason_th=_reasons(values, tier, verdict, is_open, rules),
    )
    frame = _in_circular_order(frame[list(COLUMNS)], definition)
    shortage = measure(rules.fallback.scope, quota, opened, frame)
    findings = [
        *_shortage_findings(shortage, definition, district, tier_1),
        *_star_findings(register, rules, tier_1),
    ]
    return Decided(frame, shortage, tuple(in_order(findings)))


def _in_circular_order(frame: pd.DataFrame, definition: CycleDefinition) -> pd.DataFrame:
    place = {code: n for n, code in enumerate(definition.quota)}
    keys = [
        (place.get(code, len(place)), code, name, producer_id)
        for code, name, producer_id in zip(
            frame["district_code"].astype(str),
            frame["producer_name"].astype(str),
            frame["producer_id"].astype(str),
            strict=True,
        )
    ]
    return frame.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)


def _reasons(
    values: dict[str, Values], tier: np.ndarray, verdict: np.ndarray, is_open: np.ndarray, rules: Rules
) -> np.ndarray:
    # A reason depends only on these few values, so each sentence is written once.
    shape = pd.DataFrame({**values, "tier": tier, "verdict": verdict, "open": is_open})
    codes = list(CLAUSES)
    texts = {
        key: _reason(dict(zip(codes, map(Truth, key[:5]), strict=True)), key[5], key[6], key[7], rules)
        for key in shape.drop_duplicates().itertuples(index=False, name=None)
    }
    return np.array([texts[key] for key in shape.itertuples(index=False, name=None)], dtype=object)


def _reason(truths: dict[str, Truth], tier: str, verdict: str, is_open: bool, rules: Rules) -> str:
    if verdict == "eligible":
        codes = tier_codes(int(tier), rules)
        head = "เข้าเกณฑ์" if tier == "1" else "เข้าเกณฑ์เพิ่มเติม (จังหวัดมีกลุ่มตามข้อ ๑ ไม่เพียงพอ)"
        return f"{head}: {_say(codes, truths, rules, Truth.PASS)}"
    asked = dict.fromkeys([*tier_codes(1, rules), *(tier_codes(2, rules) if is_open else ())])
    if verdict == "unknown":
        return f"ยังตัดสินไม่ได้ ต้องให้เจ้าหน้าที่ชี้ขาด: {_say(asked, truths, rules, Truth.UNKNOWN)}"
    return f"ไม่เข้าเกณฑ์: {_say(asked, truths, rules, Truth.FAIL)}"


def _say(codes: Iterable[str], truths: dict[str, Truth], rules: Rules, wanted: Truth) -> str:
    return "; ".join(
        f"{CLAUSES[code].says(wanted, rules)} ({CLAUSES[code].cites})" for code in codes if truths[code] is wanted
    )


def _shortage_findings(
    shortage: Shortage, definition: CycleDefinition, district: np.ndarray, tier_1: Values
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
    may_pass = tier_1 == Truth.UNKNOWN
    scopes = {"province": [("", province)]}.get(shortage.scope, list(shortage.districts.items()))
    for code, figures in scopes:
        maybe = int((may_pass if not code else may_pass & (district == code)).sum())
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
    products = register.products_of(with_doubts=False)
    above = products[(products["rating_year_be"] == rules.star_year_be) & (products["stars"] > rules.stars[1])]
    for n in sorted(set(above["producer"])):
        if tier_1[n] == Truth.PASS:
            row = register.producers.iloc[n]
            yield warn(
                "star-quantifier",
                f"producers.{row['producer_id']}",
                f"{row['producer_name']} มีทั้งผลิตภัณฑ์ในช่วง {rules.stars[0]}–{rules.stars[1]} ดาว และที่ได้ดาวสูงกว่า "
                "แนวทางไม่ได้บอกว่าใช้รายการใด รอบนี้นับเมื่อมีอย่างน้อยหนึ่งรายการ",
                f"{row['producer_id']} holds ratings inside and above the range; one inside is enough here",
            )
