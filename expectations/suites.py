"""The suites. Each expectation carries, in ``meta``, what a failing row leads to, why, and the clause it serves.

They look at staged tables (``kbo_core.registry.staging``): "" and UNREADABLE stand for what could not be read.
"""

from typing import Any

from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_not_be_in_set import ExpectColumnValuesToNotBeInSet
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from kbo_core.domain.register import UNREADABLE, ProducerType
from kbo_core.registry.quality import Action


def _meta(check: str, action: Action, reason_th: str, reason_en: str, clause: str = "") -> dict[str, str]:
    return {"check": check, "action": action.value, "reason_th": reason_th, "reason_en": reason_en, "clause": clause}


def _never(
    column: str, values: list[Any], check: str, action: Action, reason_th: str, reason_en: str, clause: str = ""
) -> Expectation:
    return ExpectColumnValuesToNotBeInSet(
        column=column,
        value_set=values,
        severity=FailureSeverity.CRITICAL if action is Action.QUARANTINE else FailureSeverity.WARNING,
        meta=_meta(check, action, reason_th, reason_en, clause),
    )


def _placed() -> list[Expectation]:
    return [
        _never(
            "key", [0], "name-missing", Action.QUARANTINE,
            "ไม่มีชื่อผู้ผลิต เติมชื่อแล้วส่งใหม่", "no producer name",
        ),
        _never(
            "province", [0], "province-unknown", Action.QUARANTINE,
            "จังหวัดว่างหรือไม่ตรงกับชื่อทางการ", "not an official province",
        ),
        _never(
            "is_district_unknown", [True], "district-unknown", Action.QUARANTINE,
            "อำเภอว่างหรือไม่ใช่อำเภอทางการของจังหวัด (เทศบาลไม่ใช่อำเภอ)", "not an official district of the province",
        ),
    ]  # fmt: skip


def producers() -> list[Expectation]:
    return [
        *_placed(),
        _never(
            "is_repeat", [True], "producer-id-repeated", Action.QUARANTINE,
            "รหัสผู้ผลิตซ้ำกับแถวอื่น คงไว้แถวเดียว", "a further row with the same producer_id",
        ),
        _never(
            "type", [ProducerType.UNKNOWN.value], "type-unreadable", Action.WARN,
            "ประเภทผู้ผลิตว่างหรือไม่ใช่หนึ่งในสามประเภท จึงยังตัดสินข้อ ๑ ไม่ได้", "producer type blank or not one of three",
            "1a",
        ),
    ]  # fmt: skip


def products() -> list[Expectation]:
    return [
        *_placed(),
        _never(
            "link", [3], "producer-not-found", Action.QUARANTINE,
            "ไม่พบผู้ผลิตรายนี้ในทะเบียนผู้ผลิต ตรวจชื่อหรือเพิ่มผู้ผลิต", "its producer is not in the register",
        ),
        _never(
            "has_product_name", [False], "product-name-missing", Action.WARN,
            "ไม่มีชื่อผลิตภัณฑ์", "no product name",
        ),
        _never(
            "rating_year", [UNREADABLE], "rating-year-unreadable", Action.WARN,
            "อ่านปีที่คัดสรรไม่ได้ ต้องเป็นปี พ.ศ. สี่หลัก", "the rating year is not a Buddhist year", "1b",
        ),
        _never(
            "stars", [UNREADABLE], "stars-unreadable", Action.WARN,
            "อ่านระดับดาวไม่ได้ ต้องเป็น 1–5 หรือเว้นว่าง", "stars are not 1–5 or blank", "1b",
        ),
        _never(
            "is_rated_without_year", [True], "rating-year-missing", Action.WARN,
            "มีดาวแต่ไม่ระบุปีที่คัดสรร", "rated, but no rating year", "1b",
        ),
        _never(
            "quadrant_year", [UNREADABLE], "quadrant-year-unreadable", Action.WARN,
            "อ่านปีที่จัดกลุ่ม Quadrant ไม่ได้", "the quadrant year is not a Buddhist year", "3",
        ),
        _never(
            "quadrant", [UNREADABLE], "quadrant-unreadable", Action.WARN,
            "อ่านกลุ่ม Quadrant ไม่ได้ ต้องเป็น A, B, C หรือ D", "the quadrant is not A–D", "3",
        ),
    ]  # fmt: skip


def participants() -> list[Expectation]:
    return _placed()


def submissions() -> list[Expectation]:
    """The picks of a whole province before its report is made (invariants 1, 2 and 4)."""
    return [
        _never(
            "standing", ["ineligible", "unknown"], "pick-not-eligible", Action.QUARANTINE,
            "กลุ่มที่ส่งมายังไม่ผ่านหลักเกณฑ์และไม่มีข้อยกเว้นที่อนุมัติ", "neither eligible nor overridden",
        ),
        _never(
            "is_over_quota", [True], "pick-over-quota", Action.QUARANTINE,
            "เกินจำนวนที่อำเภอได้รับจัดสรร", "beyond the district's quota",
        ),
        ExpectColumnValuesToBeUnique(
            column="producer_id", severity=FailureSeverity.CRITICAL,
            meta=_meta(
                "pick-twice", Action.QUARANTINE, "กลุ่มเดียวกันถูกเลือกมากกว่าหนึ่งครั้ง", "picked more than once"
            ),
        ),
    ]  # fmt: skip


SUITES = {
    "producers": producers,
    "products": products,
    "participants": participants,
    "submissions": submissions,
}
