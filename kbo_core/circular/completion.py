"""What a reading lacks to be a definition: the settings with their defaults, and places left to fill."""

from copy import deepcopy
from typing import Any

from kbo_core.circular.reading import Reading

# Where the letter is silent these hold (the office may change each of them).
SETTINGS: tuple[tuple[str, Any, str], ...] = (
    ("deadline.at", "16:30", "เวลาปิดรับตามเวลากรุงเทพฯ"),
    ("deadline.if_nonworking", "keep", "ถ้าตรงวันหยุด: keep คงวันเดิม | previous เลื่อนเข้า | next เลื่อนออก"),
    ("rules.star_scope", "any", "กลุ่มที่มีหลายผลิตภัณฑ์: any ชิ้นใดชิ้นหนึ่ง | all ทุกชิ้น | best ชิ้นที่ดาวสูงสุด"),
    ("rules.clause_4_binds_tier_1", False, "ข้อ ๔ ใช้กับกลุ่มหลัก (ข้อ ๑-๒) ด้วยหรือไม่"),
    ("rules.fallback.scope", "province", "นับความไม่เพียงพอ: province ทั้งจังหวัด | district รายอำเภอ | off ไม่ใช้กลุ่มสำรอง"),
    (
        "rules.fallback.source",
        "classified_d",
        "กลุ่มสำรอง: classified_d ผลิตภัณฑ์ที่จัดอยู่ในกลุ่ม D | project_participants ผู้เข้าร่วมโครงการกลุ่ม D",
    ),
    ("rules.fallback.clause_2_binds", True, "ข้อ ๒ ใช้กับกลุ่มสำรองด้วยหรือไม่"),
)
MEANINGS = {key: meaning for key, _, meaning in SETTINGS}


def completed(reading: Reading) -> dict[str, Any]:
    """The reading's definition with the settings' defaults where the letter is silent. Nothing else is added."""
    definition = deepcopy(reading.definition)
    definition.setdefault("programme", "KBO")
    if "programme_year_be" in definition and "province_code" in definition:
        definition["cycle"] = f"kbo-{definition['programme_year_be']}-{definition['province_code']}"
    for key, default, _ in SETTINGS:
        *parents, last = key.split(".")
        place = definition
        for parent in parents:
            place = place.setdefault(parent, {})
        place.setdefault(last, default)
    if has_no_fallback(reading):
        definition["rules"]["fallback"] = {"scope": "off"}
    return definition


def has_no_fallback(reading: Reading) -> bool:
    """Whether a guideline was read and none of its clauses opens a fallback."""
    return bool(reading.contents.guideline.clauses) and reading.contents.rules.fallback is None
