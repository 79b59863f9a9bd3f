"""What happened in a cycle, in words: the log as a person reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kbo_core.domain.approvals import ApprovalStep, Subject
from kbo_core.domain.areas import districts
from kbo_core.domain.reminders import step_title
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.office import Office
from kbo_core.store.log import Event, events
from kbo_core.store.reading import get_assignment, get_cycle

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One change: when, whose district ("" the cycle's own), what in words, by whom and why."""

    seq: int
    at: datetime
    district_code: str
    kind: str
    what_th: str
    by: str
    reason: str

    def as_dict(self) -> dict[str, object]:
        return {**vars(self), "at": self.at.isoformat()}


def timeline(office: Office, cycle_id: str, district_code: str | None = None) -> list[Entry]:
    """The changes of a cycle in order; of one district those that concern it. Raises RefusedError for unknown ones."""
    with office.database.read() as connection:
        if district_code is None:
            get_cycle(connection, cycle_id)
        else:
            get_assignment(connection, cycle_id, district_code)
        log = events(connection, cycle_id)
    return [_entry(event, district_code) for event in log if district_code is None or _concerns(event, district_code)]


def _concerns(event: Event, district_code: str) -> bool:
    facts = event.payload
    named = (facts.get("district"), facts.get("giver"), facts.get("taker"), *facts.get("districts", ()))
    return district_code in named


def _entry(event: Event, district_code: str | None) -> Entry:
    whose = district_code or str(event.payload.get("district", ""))
    return Entry(event.seq, event.at, whose, event.kind, WORDS[event.kind](event.payload), event.by, event.reason)


def _title(code: str) -> str:
    area = districts().get(code)
    return area.title_th if area else code


def _instant(text: str) -> str:
    return short_instant(datetime.fromisoformat(text))


def _message(facts: Facts) -> str:
    kind, channel = facts["kind"], facts["channel"]
    return f"{KINDS_TH.get(kind, kind)} {step_title(facts['step'])} ({CHANNELS_TH.get(channel, channel)})"


def _answer(facts: Facts) -> str:
    many = "ไม่มีกลุ่มที่เข้าเกณฑ์" if facts["is_nil"] else f"{len(facts['picks'])} กลุ่ม"
    return f"ฉบับที่ {facts['version']} {many}{' (หลังกำหนด)' if facts['is_late'] else ''}"


# How messages go out.
CHANNELS_TH = {"folder": "โฟลเดอร์ขาออก", "smtp": "อีเมล", "line": "LINE", "webhook": "โปรแกรมปลายทาง"}
# What each kind of message is called.
KINDS_TH = {
    "packet": "เอกสารแจ้งอำเภอ",
    "reminder": "หนังสือเตือน",
    "escalation": "แจ้งพัฒนาการจังหวัด",
    "escalation-chief": "แจ้งนายอำเภอ",
    "receipt": "ใบรับ",
    "correction": "แจ้งให้แก้แบบ",
    "extension": "แจ้งขยายเวลา",
    "returned": "ส่งกลับให้แก้ไข",
    "withdrawn": "แจ้งการถอนรายชื่อ",
    "accepted": "แจ้งรับรายชื่อ",
    "quota": "แจ้งเปลี่ยนจำนวนจัดสรร",
    "link": "ลิงก์หน้าเว็บอำเภอ",
    "request": "แจ้งเจ้าหน้าที่จังหวัดว่าอำเภอขอขยายเวลา",
    "extension-declined": "แจ้งผลการขอขยายเวลา",
    "alarm": "แจ้งเจ้าหน้าที่จังหวัด",
}

_ANSWERS_TH = {"same": "รายเดียวกัน", "different": "คนละราย"}

WORDS: Mapping[str, Callable[[Facts], str]] = {
    "cycle-opened": lambda f: f"เปิดรอบ กำหนดส่ง {_instant(f['due_at'])}",
    "decided": lambda f: f"ตัดสินสิทธิครั้งที่ {f['revision']}",
    "packet-prepared": lambda f: f"จัดทำเอกสารชุดที่ {f['revision']} มีกลุ่มให้เลือก {len(f['candidates'])} กลุ่ม",
    "message-planned": lambda f: f"เตรียมส่ง{_message(f)}",
    "message-sent": lambda f: f"ส่ง{_message(f)} แล้ว",
    "message-failed": lambda f: f"ส่ง{_message(f)} ไม่สำเร็จ จะลองใหม่",
    "message-retried": lambda f: f"ส่ง{_message(f)} ซ้ำให้ผู้รับที่ยังไม่ได้รับ",
    "message-undeliverable": lambda f: f"ส่ง{_message(f)} ไม่ได้ เลิกลองแล้ว",
    "recipients-dropped": lambda f: f"เลิกส่ง{_message(f)} ให้ผู้รับที่ยังไม่ได้รับ: {f['explanation']}",
    "message-bounced": lambda f: f"{_message(f)} ถูกตีกลับ",
    "message-delivered": lambda f: f"{_message(f)} ถึงผู้รับแล้ว",
    "message-opened": lambda f: f"{_message(f)} มีผู้เปิดอ่านแล้ว",
    "step-explained": lambda f: f"ไม่ส่ง{_message(f)}: {f['explanation']}",
    "submission-accepted": lambda f: f"รับรายชื่อ{_answer(f)}",
    "submission-received": lambda f: f"ได้รับรายชื่อ{_answer(f)} รอจังหวัดตรวจ",
    "submission-approved": lambda f: f"จังหวัดตรวจรับรายชื่อฉบับที่ {f['version']}",
    "submission-refused": lambda f: f"แบบยังรับไม่ได้ ({', '.join(f['codes'])})",
    "submission-returned": lambda f: f"ส่งรายชื่อฉบับที่ {f['version']} กลับให้แก้ไข",
    "submission-withdrawn": lambda f: f"ถอนรายชื่อฉบับที่ {f['version']}",
    "deadline-extended": lambda f: f"ขยายเวลาถึง {_instant(f['due_at'])}: {', '.join(map(_title, f['districts']))}",
    "cycle-reopened": lambda f: f"เปิดใหม่ถึง {_instant(f['due_at'])}: {', '.join(map(_title, f['districts']))}",
    "assignment-locked": lambda f: f"ปิดรับ{_title(f['district'])}",
    "override-granted": lambda f: (
        f"ข้อยกเว้นให้ {f['producer']} ({_title(f['district'])}) ข้อ {', '.join(f['clauses'])} อนุมัติโดย {f['approver']}"
    ),
    "override-revoked": lambda f: f"ยกเลิกข้อยกเว้นของ {f['producer']}",
    "reallocation-proposed": lambda f: (
        f"เสนอโอน {f['places']} ที่ จาก{_title(f['giver'])}ให้{_title(f['taker'])} (ข้อเสนอที่ {f['number']})"
    ),
    "reallocation-consented": lambda f: f"{_title(f['district'])}ยินยอมข้อเสนอที่ {f['number']}",
    "reallocation-approved": lambda f: (
        f"อนุมัติโอน {f['places']} ที่ จาก{_title(f['giver'])}ให้{_title(f['taker'])} (ข้อเสนอที่ {f['number']})"
    ),
    "reallocation-rejected": lambda f: f"ไม่อนุมัติข้อเสนอที่ {f['number']}",
    "approval-given": lambda f: f"{ApprovalStep(f['step']).th}ลงนาม{Subject(f['subject']).th}",
    "finding-settled": lambda f: f"ตอบข้อสังเกต {f['finding']}",
    "match-answered": lambda f: f'ตอบเรื่องชื่อ "{f["name"]}" กับ {f["producer_id"]}: {_ANSWERS_TH[f["answer"]]}',
    "list-updated": lambda f: f"ใช้บัญชี {f['list']} ฉบับใหม่ ตกเกณฑ์ {len(f['fallen'])} เข้าเกณฑ์เพิ่ม {len(f['risen'])}",
    "repair-opened": lambda f: f"{_title(f['district'])}ต้องแก้รายชื่อ: {', '.join(f['producers'])}",
    "resend-asked": lambda f: f"ให้ส่งเอกสารชุดที่ {f['step'].partition('-')[0]} ซ้ำ",
    "report-issued": lambda f: f"ออกรายงานรวมฉบับที่ {f['version']}",
    "link-issued": lambda f: f"ออกลิงก์ให้อำเภอ ครั้งที่ {f['number']}",
    "link-revoked": lambda f: f"ยกเลิกลิงก์ของ{_title(f['district'])}",
    "packet-opened": lambda f: f"{_title(f['district'])}เปิดอ่านเอกสารทางหน้าเว็บ",
    "extension-requested": lambda f: f"{_title(f['district'])}ขอขยายเวลาถึง {_instant(f['until'])}",
    "extension-declined": lambda f: f"ไม่ขยายเวลาให้{_title(f['district'])}",
    "override-requested": lambda f: f"เสนอข้อยกเว้นให้ {f['producer']} ข้อ {', '.join(f['clauses'])}",
    "override-declined": lambda f: f"ไม่อนุมัติข้อยกเว้นของ {f['producer']}",
    "contacts-read": lambda f: f"เปิดดูที่อยู่ติดต่อของ{_title(f['district'])}",
    "blobs-redacted": lambda f: f"ลบข้อมูลส่วนบุคคลที่พ้นกำหนดเก็บ {len(f['blobs'])} รายการ",
    "report-confirmed": lambda f: f"ยืนยันรายงานรวมฉบับที่ {f['version']} ตามเดิม",
    "circular-issued": lambda f: f"ออกหนังสือของรอบ {f['cycle']}",
    "account-added": lambda f: f"เพิ่มบัญชีผู้ใช้ {f['account']}",
    "account-removed": lambda f: f"ลบบัญชีผู้ใช้ {f['account']}",
    "announced": lambda f: "แจ้งระบบงาน: " + (f"{_title(f['district'])}เกินกำหนด" if f["district"] else "ครบทุกอำเภอแล้ว"),
}
