"""The suites. Each expectation carries, in ``meta``, what a failing row leads to, why, and the clause it serves.

They look at tables as numbers (``registry.staging``): 0 stands for nothing, UNREADABLE for what cannot be read, and
a column named ``is_…`` or ``has_…`` is a question that was put to every row.
"""

from typing import Any

from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_column_values_to_not_be_in_set import ExpectColumnValuesToNotBeInSet
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.metadata_types import FailureSeverity

from kbo_core.domain.register import UNREADABLE, ProducerType
from kbo_core.registry.quality import Action

_SEVERITY = {
    Action.QUARANTINE: FailureSeverity.CRITICAL,
    Action.BLOCK: FailureSeverity.CRITICAL,
    Action.WARN: FailureSeverity.WARNING,
    Action.INFO: FailureSeverity.INFO,
}


def _meta(check: str, action: Action, reason_th: str, reason_en: str, clause: str = "") -> dict[str, str]:
    return {"check": check, "action": action.value, "reason_th": reason_th, "reason_en": reason_en, "clause": clause}


def _never(
    column: str, values: list[Any], check: str, action: Action, reason_th: str, reason_en: str, clause: str = ""
) -> Expectation:
    return ExpectColumnValuesToNotBeInSet(
        column=column,
        value_set=values,
        severity=_SEVERITY[action],
        description=f"{check}: {reason_th}",  # what the Data Docs show
        meta=_meta(check, action, reason_th, reason_en, clause),
    )


def _between(
    column: str, least: float | None, most: float | None, check: str, action: Action, reason_th: str, reason_en: str
) -> Expectation:
    return ExpectColumnValuesToBeBetween(
        column=column,
        min_value=least,
        max_value=most,
        severity=_SEVERITY[action],
        description=f"{check}: {reason_th}",
        meta=_meta(check, action, reason_th, reason_en),
    )


def _placed() -> list[Expectation]:
    return [
        _never(
            "key", [0], "name-missing", Action.QUARANTINE,
            "ไม่มีชื่อผู้ผลิต เติมชื่อแล้วส่งใหม่", "no producer name",
        ),
        _never(
            "is_total", [True], "total-row", Action.QUARANTINE,
            "เป็นแถวรวมท้ายตาราง ไม่ใช่ผู้ผลิต", "a total, not a producer",
        ),
        _never(
            "province", [0], "province-unknown", Action.QUARANTINE,
            "จังหวัดว่างหรือไม่ตรงกับชื่อทางการ", "not an official province",
        ),
        _never(
            "is_district_unknown", [True], "district-unknown", Action.QUARANTINE,
            "อำเภอว่างหรือไม่ใช่อำเภอทางการของจังหวัด (เทศบาลไม่ใช่อำเภอ)", "not an official district of the province",
        ),
        _never(
            "has_national_id", [True], "national-id-dropped", Action.WARN,
            "มีเลขประจำตัวประชาชนอยู่ในเซลล์ ระบบตัดออกโดยไม่อ่านและไม่เก็บ โปรดลบออกจากแฟ้มต้นทาง",
            "a national ID stood in a cell and was dropped",
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
        _never(
            "is_name_odd", [True], "name-odd", Action.WARN,
            "ชื่อผู้ผลิตไม่มีตัวอักษร หรือยาวเกิน 150 ตัวอักษร ตรวจว่าวางผิดช่องหรือมีหลายชื่อในช่องเดียว",
            "the name has no letters or over 150 of them",
        ),
    ]  # fmt: skip


def types() -> list[Expectation]:
    return [
        *_placed(),
        _never(
            "type", [ProducerType.UNKNOWN.value], "told-type-unreadable", Action.INFO,
            "บัญชีประเภทผู้ผลิตไม่ได้บอกประเภทที่อ่านได้", "the table of types tells none that can be read", "1a",
        ),
        _never(
            "link", [3], "told-type-of-nobody", Action.INFO,
            "บัญชีประเภทผู้ผลิตมีชื่อที่ไม่พบในทะเบียน", "the table of types names nobody of the register", "1a",
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
            "is_rating_year_odd", [True], "rating-year-odd", Action.WARN,
            "ปีที่คัดสรรอยู่ก่อนการคัดสรรครั้งแรก (พ.ศ. 2546) หรือหลังปีงบประมาณของรอบนี้",
            "the rating year is before the first contest or after this cycle's year", "1b",
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
            "is_rating_contradicted", [True], "rating-contradicted", Action.WARN,
            "ผลิตภัณฑ์เดียวกันปีเดียวกันมีระดับดาวต่างกัน", "one product has two ratings in one year", "1b",
        ),
        _never(
            "is_repeated", [True], "product-repeated", Action.INFO,
            "ผลิตภัณฑ์เดียวกันปีเดียวกันลงไว้มากกว่าหนึ่งแถว", "one product and year in more than one row",
        ),
        _never(
            "quadrant_year", [UNREADABLE], "quadrant-year-unreadable", Action.WARN,
            "อ่านปีที่จัดกลุ่ม Quadrant ไม่ได้", "the quadrant year is not a Buddhist year", "3",
        ),
        _never(
            "is_quadrant_year_odd", [True], "quadrant-year-odd", Action.WARN,
            "ปีที่จัดกลุ่ม Quadrant อยู่ก่อน พ.ศ. 2546 หรือหลังปีงบประมาณของรอบนี้",
            "the quadrant year is before 2546 or after this cycle's year", "3",
        ),
        _never(
            "quadrant", [UNREADABLE], "quadrant-unreadable", Action.WARN,
            "อ่านกลุ่ม Quadrant ไม่ได้ ต้องเป็น A, B, C หรือ D", "the quadrant is not A–D", "3",
        ),
        _never(
            "is_classed_without_year", [True], "quadrant-year-missing", Action.WARN,
            "จัดกลุ่ม Quadrant ไว้แต่ไม่ระบุปี", "classed, but no quadrant year", "3",
        ),
        _never(
            "is_name_another", [True], "name-differs", Action.INFO,
            "รหัสผู้ผลิตตรงกับทะเบียน แต่ชื่อผู้ผลิตเขียนต่างกัน ถือตามรหัส", "the id is the producer's, the name is written otherwise",
        ),
        _never(
            "is_district_another", [True], "district-differs", Action.WARN,
            "อำเภอของผลิตภัณฑ์ไม่ตรงกับอำเภอของผู้ผลิตในทะเบียน ถือตามทะเบียนผู้ผลิต",
            "the product's district is not its producer's",
        ),
    ]  # fmt: skip


def participants() -> list[Expectation]:
    return [
        *_placed(),
        _never(
            "link", [3], "participant-not-found", Action.WARN,
            "มีชื่อในบัญชีผู้เข้าร่วมแต่ไม่พบในทะเบียนผู้ผลิต ตรวจว่าเปลี่ยนชื่อหรือยกเลิกแล้ว มิฉะนั้นข้อ ๒ หรือ ๔ อาจไม่ถูกใช้กับรายนี้",
            "on the list, but in no row of the register", "2",
        ),
        _never(
            "is_repeated", [True], "participant-repeated", Action.INFO,
            "มีชื่อซ้ำในบัญชีเดียวกัน", "more than once on the list",
        ),
    ]  # fmt: skip


def provinces() -> list[Expectation]:
    """The register of each province as a whole, and against the one that was frozen last (empty without one)."""
    return [
        _never(
            "rated", [0], "star-year-absent", Action.WARN,
            "ไม่มีผลิตภัณฑ์ใดได้ดาวในปีคัดสรรของรอบนี้เลย ตรวจว่าเป็นทะเบียนของปีที่ถูกต้อง",
            "nothing was rated in the star year: is this the right year's register?", "1b",
        ),
        _never(
            "classified", [0], "quadrant-year-absent", Action.WARN,
            "ไม่มีผลิตภัณฑ์ใดจัดกลุ่ม Quadrant ในปีของรอบนี้เลย", "nothing was classed in the quadrant year", "3",
        ),
        _never(
            "has_empty_district", [True], "district-empty", Action.WARN,
            "มีอำเภอที่ได้รับจัดสรรแต่ไม่มีผู้ผลิตในทะเบียนเลย", "a district with places has no producer",
        ),
        _between(
            "unknown_types_share", 0, 0.2, "types-mostly-unknown", Action.WARN,
            "ผู้ผลิตเกินหนึ่งในห้าไม่ทราบประเภท", "over a fifth of the producers are of unknown type",
        ),
        _between(
            "producers_ratio", 0.5, 2, "register-size-jump", Action.BLOCK,
            "จำนวนผู้ผลิตต่างจากรอบก่อนเกินเท่าตัว ตรวจว่าเป็นแฟ้มที่ครบและถูกจังหวัด หากถูกต้องให้ยืนยันใน settled",
            "under half or over twice the producers of the last cycle: is the file whole?",
        ),
        _between(
            "producers_ratio", 0.8, 1.25, "register-size-drift", Action.WARN,
            "จำนวนผู้ผลิตต่างจากรอบก่อนเกินหนึ่งในห้า", "the number of producers changed by over a fifth",
        ),
        _between(
            "products_ratio", 0.5, 2, "products-size-drift", Action.WARN,
            "จำนวนผลิตภัณฑ์ต่างจากรอบก่อนเกินเท่าตัว", "under half or over twice the products of the last cycle",
        ),
        _between(
            "types_distance", 0, 0.2, "types-drift", Action.WARN,
            "สัดส่วนประเภทผู้ผลิตต่างจากรอบก่อนเกินหนึ่งในห้า", "the mix of producer types shifted by over a fifth",
        ),
        _between(
            "stars_distance", 0, 0.3, "stars-drift", Action.WARN,
            "สัดส่วนระดับดาวต่างจากรอบก่อนมากผิดปกติ ตรวจว่าช่องดาวถูกต้อง", "the mix of stars shifted unusually",
        ),
        _between(
            "quadrants_distance", 0, 0.3, "quadrants-drift", Action.WARN,
            "สัดส่วนกลุ่ม Quadrant ต่างจากรอบก่อนมากผิดปกติ", "the mix of quadrants shifted unusually",
        ),
        _between(
            "districts_emptied", 0, 0, "district-emptied", Action.WARN,
            "มีอำเภอที่รอบก่อนมีผู้ผลิต แต่รอบนี้ไม่มีเลย", "a district that had producers has none now",
        ),
    ]  # fmt: skip


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
    "types": types,
    "products": products,
    "participants": participants,
    "provinces": provinces,
    "submissions": submissions,
}
