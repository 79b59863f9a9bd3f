"""The words of the messages that districts get: subject and body, in Thai."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from kbo_core.documents.papers import Changes, Packet
from kbo_core.domain.areas import District
from kbo_core.domain.findings import Finding
from kbo_core.domain.reminders import Step
from kbo_core.domain.thai_dates import bangkok_day, long_date, short_instant
from kbo_core.domain.thai_text import thai_digits

Words = tuple[str, str]

_SIGNED = "\n\nสำนักงานพัฒนาชุมชนจังหวัด{province}\n(ข้อความนี้ระบบจัดทำขึ้นและเก็บไว้เป็นหลักฐาน)\n"


def packet_words(packet: Packet) -> Words:
    """The message that carries the packet; a later revision says that it replaces the earlier."""
    again = f" (ฉบับแก้ไขครั้งที่ {packet.revision - 1} ใช้แทนฉบับเดิม)" if packet.revision > 1 else ""
    subject = f"[{packet.cycle}] แจ้งจัดสรรกลุ่มเป้าหมาย KBO ปี {packet.programme_year_be} {packet.district.title_th}{again}"
    body = (
        f"เรียน {packet.district.chief_th}\n\n"
        f"ตามหนังสือจังหวัด{packet.province.name_th} ที่ {packet.circular_number} "
        f"ลงวันที่ {long_date(packet.circular_issued_on)} {packet.district.title_th}ได้รับจัดสรรกลุ่มเป้าหมาย "
        f"จำนวน {packet.quota} กลุ่ม มีกลุ่มที่เข้าเกณฑ์ให้เลือก {len(packet.candidates)} กลุ่ม\n\n"
        f"ขอให้กรอกแบบรายงานที่แนบและส่งกลับภายในวันที่ {_moment(packet.due_at)}\n\n"
        "สิ่งที่แนบ: ๑) หนังสือนำและบัญชีกลุ่มที่เข้าเกณฑ์ (PDF)  ๒) แบบรายงาน (แฟ้มตารางคำนวณ กรอกและส่งกลับเพียงแฟ้มเดียว)"
    )
    return subject, body + _SIGNED.format(province=packet.province.name_th)


def changed_packet_words(packet: Packet, changes: Changes, at: datetime) -> Words:
    """The message of a packet that replaces an earlier one: which groups fell out, which came in, what to do."""
    where, subject = packet.district.title_th, packet_words(packet)[0]
    told = [
        f"เรียน {packet.district.chief_th}",
        f"ตามหนังสือจังหวัด{packet.province.name_th} ที่ {packet.circular_number} "
        f"ลงวันที่ {long_date(packet.circular_issued_on)} จังหวัดได้ตัดสินใหม่ตามข้อมูลล่าสุด "
        f"บัญชีกลุ่มที่เข้าเกณฑ์ของ{where}จึงเปลี่ยนไป ฉบับที่แนบใช้แทนฉบับเดิม",
    ]
    if changes.answered:
        subject = f"[{packet.cycle}] ด่วน ขอให้แก้ไขรายชื่อกลุ่มเป้าหมาย KBO ปี {packet.programme_year_be} {where}"
        told.append(
            f"กลุ่มต่อไปนี้ในรายชื่อที่{where}รายงานไว้ (ฉบับที่ {changes.answered}) ไม่เข้าเกณฑ์แล้ว\n"
            + _numbered(f"{i} {name}: {why}" for i, name, why in changes.fallen_picks)
        )
        if changes.restored:
            names = "\n".join(f"  - {i} {name}" for i, name in changes.restored)
            told.append(f"ทั้งนี้ กลุ่มต่อไปนี้กลับมาเข้าเกณฑ์อีกครั้ง เลือกได้ตามเดิม\n{names}")
    picked = {i for i, *_ in changes.fallen_picks}
    if others := [(i, name, why) for i, name, why in changes.fallen if i not in picked]:
        told.append("กลุ่มที่ออกจากบัญชี\n" + _numbered(f"{i} {name}: {why}" for i, name, why in others))
    restored = {i for i, _ in changes.restored}
    if joined := [(i, name) for i, name in changes.joined if i not in restored]:
        told.append("กลุ่มที่เพิ่มเข้าบัญชี\n" + _numbered(f"{i} {name}" for i, name in joined))
    due = f"ภายในวันที่ {_moment(packet.due_at)}"
    if at > packet.due_at:
        due = f"โดยเร็วที่สุด (กำหนดเดิมวันที่ {_moment(packet.due_at)} พ้นแล้ว)"
    if changes.answered:
        told.append(
            f"จึงขอให้พิจารณาคัดเลือกใหม่ให้ครบ {packet.quota} กลุ่ม จากบัญชีที่แนบ ซึ่งมี {len(packet.candidates)} กลุ่ม "
            f"แล้วส่งแบบรายงานฉบับแก้ไข{due} ระหว่างนี้รายชื่อที่รายงานไว้เดิมทั้งฉบับยังไม่นับเป็นการรายงาน ใบรับเดิมเก็บไว้เป็นหลักฐาน"
        )
    else:
        told.append(
            f"จำนวนที่ได้รับจัดสรรคงเดิม {packet.quota} กลุ่ม มีกลุ่มที่เข้าเกณฑ์ให้เลือก {len(packet.candidates)} กลุ่ม "
            f"ขอให้กรอกแบบรายงานฉบับที่แนบและส่งกลับ{due}"
        )
    told.append("สิ่งที่แนบ: ๑) หนังสือนำและบัญชีกลุ่มที่เข้าเกณฑ์ (PDF)  ๒) แบบรายงาน (แฟ้มตารางคำนวณ กรอกและส่งกลับเพียงแฟ้มเดียว)")
    return subject, "\n\n".join(told) + _SIGNED.format(province=packet.province.name_th)


def _numbered(lines: Iterable[str]) -> str:
    return "\n".join(f"  {thai_digits(n)}) {line}" for n, line in enumerate(lines, start=1))


def reminder_words(
    cycle: str,
    province: str,
    circular_number: str,
    issued_on: date,
    district: District,
    due_at: datetime,
    step: Step,
    at: datetime,
    *,
    is_repair: bool = False,
) -> Words:
    """The reminder of one step; it cites the first letter and counts the days as they are when it is written."""
    owed = "รายชื่อกลุ่มเป้าหมายฉบับแก้ไข" if is_repair else "รายชื่อกลุ่มเป้าหมาย"
    state = _time_left(due_at, at)
    head = "ด่วนที่สุด เร่งรัด" if step.escalates else "ติดตาม" if at > due_at else "แจ้งเตือน"
    subject = f"[{cycle}] {head}การรายงานรายชื่อกลุ่มเป้าหมาย KBO {district.title_th} ({state})"
    body = (
        f"เรียน {district.chief_th}\n\n"
        f"อ้างถึงหนังสือจังหวัด{province} ที่ {circular_number} ลงวันที่ {long_date(issued_on)}\n\n"
        f"จังหวัดยังไม่ได้รับ{owed}ของ{district.title_th} กำหนดส่งวันที่ {_moment(due_at)} ซึ่ง{state} "
        "หากส่งแล้วโปรดแจ้งกลับ หากยัง โปรดส่งแบบรายงานโดยเร็ว"
    )
    return subject, body + _SIGNED.format(province=province)


def escalation_words(
    cycle: str, province: str, district: District, due_at: datetime, at: datetime, reminders: int
) -> Words:
    """The word to the district's superior when reminders went unanswered."""
    subject = f"[{cycle}] เรียนเพื่อทราบและเร่งรัด: {district.title_th}ยังไม่รายงานรายชื่อกลุ่มเป้าหมาย KBO"
    body = (
        f"เรียน พัฒนาการจังหวัด{province}\n\n"
        f"{district.title_th}ยังไม่รายงานรายชื่อกลุ่มเป้าหมาย กำหนดส่งวันที่ {_moment(due_at)} "
        f"{_time_left(due_at, at)} ระบบได้เตือนอำเภอแล้ว {reminders} ครั้ง โปรดพิจารณาสั่งการ"
    )
    return subject, body + _SIGNED.format(province=province)


def receipt_words(
    cycle: str, province: str, district: District, reference: str, version: int, names: Sequence[str], at: datetime
) -> Words:
    """The receipt for an accepted answer, with what was understood of it."""
    listed = "\n".join(f"  {n}. {name}" for n, name in enumerate(names, start=1)) or "  (รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์)"
    subject = f"[{cycle}] ใบรับรายชื่อ {district.title_th} เลขที่ {reference}"
    body = (
        f"เรียน {district.chief_th}\n\n"
        f"จังหวัดได้รับแบบรายงานของ{district.title_th} ฉบับที่ {version} เมื่อ {short_instant(at)} "
        f"เลขที่รับ {reference} มีรายชื่อดังนี้\n{listed}\n\nหากต้องแก้ไข ให้ส่งแบบรายงานฉบับใหม่ ฉบับล่าสุดจะใช้แทนฉบับก่อน"
    )
    return subject, body + _SIGNED.format(province=province)


def correction_words(cycle: str, province: str, district: District, name: str, findings: Sequence[Finding]) -> Words:
    """Why an answer could not be accepted: each place and its remedy."""
    listed = "\n".join(f"  - {f.where}: {f.message_th}" for f in findings)
    subject = f"[{cycle}] แบบรายงานของ{district.title_th}ยังรับไม่ได้ โปรดแก้ไขและส่งใหม่"
    body = f"เรียน {district.chief_th}\n\nแบบรายงาน {name} ยังรับไม่ได้ โปรดแก้ไขตามรายการต่อไปนี้แล้วส่งใหม่\n{listed}"
    return subject, body + _SIGNED.format(province=province)


def _time_left(due_at: datetime, at: datetime) -> str:
    days = (bangkok_day(due_at) - bangkok_day(at)).days
    if at <= due_at:
        return f"จะครบกำหนดในอีก {days} วัน" if days else "จะครบกำหนดในวันนี้"
    return f"เลยกำหนดแล้ว {-days} วัน" if days else "เลยกำหนดแล้วในวันนี้"


def _moment(at: datetime) -> str:
    return f"{long_date(bangkok_day(at))} เวลา {short_instant(at).rsplit(' ', 2)[1]} น."
