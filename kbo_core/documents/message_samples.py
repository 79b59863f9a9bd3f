"""Every message with sample facts, one for each thing that its template may say: what a template is tried on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kbo_core.documents.message_templates import Words
from kbo_core.documents.papers import CandidateLine, Changes, Packet
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.findings import Finding, Severity
from kbo_core.domain.reminder_plan import Role
from kbo_core.domain.reminders import Step

if TYPE_CHECKING:  # the wording is checked on these, so it cannot be imported here
    from kbo_core.documents.messages import Wording

_CYCLE, _PROVINCE, _DISTRICT = "kbo-2568-56", provinces()["56"], districts()["5607"]
_NUMBER, _ISSUED_ON = "พย 0019.2/ว 15286", date(2024, 12, 5)
_DUE_AT = datetime(2024, 12, 27, 9, 30, tzinfo=UTC)
_TO = (_CYCLE, _PROVINCE.name_th, _DISTRICT)
_FALLEN = (
    ("P0002", "กลุ่มน้ำผึ้งป่าบ้านถ้ำ", "เคยเข้าร่วมโครงการปีงบประมาณ 2567 (ข้อ 2)"),
    ("P0007", "กลุ่มทอผ้าบ้านดอย", "ไม่ใช่กลุ่มผู้ผลิตชุมชน (ข้อ 1)"),
    ("P0008", "กลุ่มน้ำพริกลาบคำเมือง", "เคยเข้าร่วมโครงการปีงบประมาณ 2567 (ข้อ 2)"),
)
_JOINED = (("P0011", "กลุ่มจักสานผักตบชวาสันป่าม่วง"), ("P0008", "กลุ่มน้ำพริกลาบคำเมือง"))
_FAULTS = (
    Finding(
        "pick-unknown",
        Severity.BLOCK,
        "แบบรายงาน!B7",
        "รหัส P9999 ไม่มีในบัญชี ให้เลือกจากบัญชีที่แนบ",
        "P9999 is not on the list",
    ),
    Finding("pick-twice", Severity.BLOCK, "แบบรายงาน!B8", "รหัส P0001 ซ้ำกับ B6", "P0001 stands twice"),
)
_COMMENTS = ("รหัส P0002 ในช่อง B6 ยังไม่มีผลิตภัณฑ์ที่เลือก", "ขอให้ระบุเหตุผลที่คัดเลือกไม่ครบจำนวน")
_LETTER = "หนังสือจังหวัดพะเยา ที่ พย 0019.2/ว 16001 ลงวันที่ 24 ธันวาคม 2567"
_LINK = "https://kbo.example/d/0f1e2d3c.AbCd"
_REASON = "อำเภออยู่ระหว่างประสบอุทกภัย"
_MOVED = "อำเภอภูซางขอคืนจำนวนจัดสรร 1 กลุ่ม และอำเภอแม่ใจยินยอมรับ"


def sample_packet(candidates: int, revision: int) -> Packet:
    """A district's packet with so many candidates."""
    line = CandidateLine("P0001", "กลุ่มทอผ้าบ้านดอย", 1, ("ผ้าทอมือลายน้ำไหล",), "3", "ผ่านแนวทางข้อ 1 และข้อ 2")
    return Packet(
        cycle=_CYCLE,
        revision=revision,
        programme_year_be=2568,
        province=_PROVINCE,
        district=_DISTRICT,
        circular_number=_NUMBER,
        circular_issued_on=_ISSUED_ON,
        made_on=date(2024, 12, 9),
        due_at=_DUE_AT,
        quota=2,
        quotas={"5607": 2},
        candidates=(line,) * candidates,
        barred=(),
        unknown_count=0,
        guideline=(),
    )


def _changed(wording: "Wording", revision: int, changes: Changes, days: float, link: str = "") -> Words:
    return wording.changed_packet(sample_packet(8, revision), changes, _after(days), link)


def _reminder(
    wording: "Wording",
    days: int,
    hours: float = 0,
    *,
    is_repair: bool = False,
    urgency: str = "",
    late_days: int = 0,
    told: tuple[Literal[Role.CHIEF, Role.SUPERIOR], ...] = (),
    name: str = "reminder",
) -> Words:
    at = _after(days + hours / 24)
    return wording.reminder(
        *(_CYCLE, _PROVINCE.name_th, _NUMBER, _ISSUED_ON, _DISTRICT, _DUE_AT),
        Step(days, at, escalate_to=told),
        at,
        is_repair=is_repair,
        urgency=urgency,
        late_days=late_days,
        escalates_to=told,
        wording=name,
    )


def _quota(
    wording: "Wording", quota: int, version: int, days: float, *, reference: str = "", is_valid: bool = False
) -> Words:
    return wording.quota_changed(
        *_TO, 2, quota, _MOVED, _DUE_AT, _after(days), reference=reference, version=version, is_valid=is_valid
    )


def _after(days: float) -> datetime:
    return _DUE_AT + timedelta(days=days)


SAMPLES: dict[str, Callable[["Wording"], Words]] = {
    "packet": lambda w: w.packet(sample_packet(8, 1)),
    "packet-link": lambda w: w.packet(sample_packet(8, 1), _LINK),
    "packet-nobody": lambda w: w.packet(sample_packet(0, 3)),
    "changed-packet": lambda w: _changed(w, 2, Changes(_FALLEN, _JOINED, 0, (), (), 2), 0),
    "changed-packet-link": lambda w: _changed(w, 2, Changes(_FALLEN, _JOINED, 0, (), (), 2), 0, _LINK),
    "changed-packet-only-joined": lambda w: _changed(w, 2, Changes((), _JOINED, 0, (), (), 2), 1),
    "changed-packet-quota": lambda w: _changed(w, 2, Changes((), (), 0, (), (), 1), 5),
    "changed-packet-repair": lambda w: _changed(w, 4, Changes(_FALLEN, _JOINED, 2, _FALLEN[1:], _JOINED[1:], 2), -3),
    "changed-packet-repair-late": lambda w: _changed(w, 4, Changes(_FALLEN[:2], (), 1, _FALLEN[:2], (), 2), 0.5),
    "link": lambda w: w.link(*_TO, _LINK, _DUE_AT, _after(-14)),
    "link-late": lambda w: w.link(*_TO, _LINK, _DUE_AT, _after(3)),
    "reminder-before": lambda w: _reminder(w, -14),
    "reminder-on-the-day": lambda w: _reminder(w, 0, -1),
    "reminder-overdue-on-the-day": lambda w: _reminder(w, 0, 1),
    "reminder-overdue": lambda w: _reminder(w, 3),
    "reminder-repair": lambda w: _reminder(w, -1, is_repair=True),
    "reminder-catching-up": lambda w: _reminder(w, 3, urgency="ด่วน", late_days=9),
    "reminder-chief-told": lambda w: _reminder(w, 7, urgency="ด่วนมาก", told=(Role.CHIEF,)),
    "reminder-both-told": lambda w: _reminder(w, 14, urgency="ด่วนที่สุด", told=(Role.CHIEF, Role.SUPERIOR)),
    "escalation": lambda w: w.escalation(*_TO, _DUE_AT, _after(14), 7),
    "escalation-to-chief": lambda w: w.escalation(*_TO, _DUE_AT, _after(7), 4, role=Role.CHIEF, urgency="ด่วนมาก"),
    "receipt": lambda w: w.receipt(*_TO, "R-5607-02-0a1b2c3d", 2, ["กลุ่มทอผ้าบ้านดอย", "กลุ่มน้ำผึ้งป่าบ้านถ้ำ"], _DUE_AT),
    "receipt-nil": lambda w: w.receipt(*_TO, "R-5607-01-0a1b2c3d", 1, [], _DUE_AT),
    "correction": lambda w: w.correction(*_TO, "แบบรายงาน-แม่ใจ.xlsx", _FAULTS),
    "accepted": lambda w: w.accepted(*_TO, 2),
    "returned": lambda w: w.returned(*_TO, 1, _COMMENTS, "กลุ่มงานส่งเสริมการพัฒนาชุมชน", _after(7)),
    "withdrawn": lambda w: w.withdrawn(*_TO, 1, "อำเภอขอคัดเลือกใหม่", _DUE_AT, _after(-2)),
    "withdrawn-late": lambda w: w.withdrawn(*_TO, 2, "อำเภอขอคัดเลือกใหม่", _DUE_AT, _after(2)),
    "extended": lambda w: w.extended(*_TO, _DUE_AT, _after(14), _REASON, _LETTER),
    "extended-without-letter": lambda w: w.extended(*_TO, _DUE_AT, _after(14), _REASON),
    "extension-declined": lambda w: w.extension_declined(*_TO, _DUE_AT, _after(-2), "กำหนดของจังหวัดเลื่อนไม่ได้"),
    "reopened": lambda w: w.reopened(*_TO, _after(30), "พบกลุ่มที่รายงานไว้ไม่ประสงค์เข้าร่วมโครงการ", _LETTER),
    "reopened-without-letter": lambda w: w.reopened(*_TO, _after(30), "พบกลุ่มที่รายงานไว้ไม่ประสงค์เข้าร่วมโครงการ"),
    "quota-more": lambda w: _quota(w, 3, 0, -5, reference=_LETTER),
    "quota-still-valid": lambda w: _quota(w, 3, 1, -5, is_valid=True),
    "quota-again": lambda w: _quota(w, 1, 2, 1, reference=_LETTER),
    "quota-none": lambda w: _quota(w, 0, 0, -5),
    "quota-none-answered": lambda w: _quota(w, 0, 1, -5),
}
