"""What changed from one year's circular to the next, and what must be decided again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kbo_core.domain.areas import districts
from kbo_core.domain.thai_text import clean


class Change(StrEnum):
    """What happened to one value."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    DECIDE_AGAIN = "same-but-decide-again"


@dataclass(frozen=True)
class ChangedValue:
    """One value of the two definitions; ``old`` or ``new`` is None where it has none."""

    key: str
    old: Any
    new: Any
    kind: Change
    decide_again: bool
    text_th: str

    def as_row(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "old": None if self.old is None else _said(self.old),
            "new": None if self.new is None else _said(self.new),
            "kind": self.kind.value,
            "decide_again": self.decide_again,
            "text_th": self.text_th,
        }


@dataclass(frozen=True)
class Difference:
    """Every value that changed or must be decided again, in the order of the new definition."""

    rows: tuple[ChangedValue, ...]

    @property
    def to_decide(self) -> tuple[ChangedValue, ...]:
        return tuple(row for row in self.rows if row.decide_again)


_NAMES = {
    "cycle": "ชื่อรอบ",
    "programme": "โครงการ",
    "programme_year_be": "ปีของโครงการ",
    "province_code": "จังหวัด",
    "circular.number": "เลขที่หนังสือ",
    "circular.issued_on": "วันที่ของหนังสือ",
    "circular.subject": "เรื่อง",
    "circular.attachments": "สิ่งที่ส่งมาด้วย",
    "allocation.year_be": "ปีของทะเบียนจัดสรร",
    "allocation.total": "ผลรวมที่จัดสรร",
    "deadline.on": "วันกำหนดส่ง",
    "deadline.at": "เวลาปิดรับ",
    "deadline.if_nonworking": "เมื่อกำหนดส่งตรงวันหยุด",
    "deadline.printed": "กำหนดส่งที่พิมพ์ในหนังสือ",
    "rules.star_year_be": "ปีของระดับดาว",
    "rules.stars": "ช่วงดาว",
    "rules.star_scope": "วิธีดูดาวเมื่อมีหลายผลิตภัณฑ์",
    "rules.kbo_exclusion_years_be": "ปีที่ต้องไม่ซ้ำผู้เข้าร่วม KBO",
    "rules.clause_4_binds_tier_1": "ข้อ ๔ ใช้กับกลุ่มหลัก",
    "rules.fallback.scope": "วิธีนับความไม่เพียงพอ",
    "rules.fallback.source": "ที่มาของกลุ่มสำรอง",
    "rules.fallback.quadrant_year_be": "ปีของกลุ่ม D",
    "rules.fallback.exclude_project_year_be": "ปีของโครงการกลุ่ม D ที่ต้องไม่ซ้ำ",
    "rules.fallback.clause_2_binds": "ข้อ ๒ ใช้กับกลุ่มสำรอง",
}
# These hold for one year only: even an unchanged value is a decision of the new year.
_YEARLY = (
    "programme_year_be",
    "deadline.on",
    "rules.star_year_be",
    "rules.kbo_exclusion_years_be",
    "rules.fallback.quadrant_year_be",
    "rules.fallback.exclude_project_year_be",
    "allocation.year_be",
    "circular.number",
    "circular.issued_on",
    "sources.participants",
    "settled",
)
_NOT_COMPARED = ("cycle",)


def diff_definitions(old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
    """The difference of two definitions, or of two readings' definitions, value by value."""
    before, after = dict(_flat(old)), dict(_flat(new))
    keys = [*after, *(key for key in before if key not in after)]
    rows = [_row(key, before.get(key), after.get(key)) for key in keys if key not in _NOT_COMPARED]
    return Difference(tuple(row for row in rows if row))


def _row(key: str, old: Any, new: Any) -> ChangedValue | None:
    again = _is_yearly(key)
    if old is None or new is None:
        kind = Change.NEW if old is None else Change.GONE
        again = again and old is not None
        text = f"เพิ่ม{_name(key)}: {_said(new)}" if old is None else f"ไม่มี{_name(key)} แล้ว (เดิม {_said(old)})"
    elif _said(old) != _said(new):
        kind = Change.CHANGED
        text = f"{_name(key)} เปลี่ยนจาก {_said(old)} เป็น {_said(new)}"
    elif again:
        kind = Change.DECIDE_AGAIN
        text = f"{_name(key)} ยังเป็น {_said(new)} แต่เป็นเรื่องของปีเดิม"
    else:
        return None
    return ChangedValue(key, old, new, kind, again, f"{text} — ต้องตัดสินใหม่สำหรับปีนี้" if again else text)


def _is_yearly(key: str) -> bool:
    return any(key == yearly or key.startswith(f"{yearly}.") for yearly in _YEARLY)


def _flat(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every value by its dotted key. Items of a list are keyed by what names them, not by where they stand."""
    for name, inner in value.items():
        key = f"{prefix}{name}"
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{key}.")
        elif isinstance(inner, list | tuple) and any(isinstance(item, Mapping) for item in inner):
            for i, item in enumerate(inner, 1):
                yield f"{key}.{_item_name(item, i)}", item
        elif inner is not None:
            yield key, inner


def _item_name(item: Mapping[str, Any], i: int) -> str:
    if "fiscal_year_be" in item:
        return f"{item.get('programme')}-{item['fiscal_year_be']}"
    if "finding" in item:
        return ".".join(str(part) for part in (item["finding"], item.get("where")) if part)
    return str(item.get("no", i))


def _name(key: str) -> str:
    parent, _, last = key.rpartition(".")
    if parent == "quota":
        area = districts().get(last)
        return f"จำนวนของ{area.title_th if area else last}"
    if parent == "guideline":
        return f"ข้อความแนวทางข้อที่ {last}"
    if parent == "circular.attachments":
        return f"สิ่งที่ส่งมาด้วย {last}"
    if key.startswith("settled."):
        return f"คำตอบต่อ {key.removeprefix('settled.')}"
    if key.startswith("sources."):
        return f"แฟ้มข้อมูล {key.removeprefix('sources.')}"
    return _NAMES.get(key, key)


def _said(value: Any) -> str:
    """A value as text, the same for a date and for its ISO form."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_said(inner)}" for name, inner in value.items() if inner is not None)
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    return clean(str(value))
