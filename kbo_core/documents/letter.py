"""The covering letter: what one district is told, as a draft for a person to sign."""

import re
from datetime import datetime, time

from kbo_core.documents.papers import CandidateLine, Packet
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.wording import DRAFT, PROGRAMME
from kbo_core.domain.areas import districts
from kbo_core.domain.thai_dates import BANGKOK, long_date
from kbo_core.domain.thai_text import thai_digits

_PREFIX = re.compile(r"^[ก-ฮ]{2,3}(?=\s)")


def covering_letter(packet: Packet) -> bytes:
    """The letter with the guideline, the quota register and the candidate list, as a PDF.

    The letter's own number, its signature and the office's telephone stay blank: a person gives those.
    """
    made_at = datetime.combine(packet.made_on, time(), BANGKOK)
    return typeset("letter.typ", {**_letter(packet), **_attachments(packet)}, made_at)


def _letter(packet: Packet) -> dict[str, object]:
    prefix = _PREFIX.match(packet.circular_number)
    province = packet.province.name_th
    subject = f"ขอให้คัดเลือกและรายงานรายชื่อกลุ่มเป้าหมาย{PROGRAMME} ประจำปี {packet.programme_year_be}"
    letter: dict[str, object] = {
        "number_prefix": prefix[0] if prefix else "",
        "place": f"ศาลากลางจังหวัด{province}",
        "made_on": long_date(packet.made_on, thai=True),
        "subject": thai_digits(subject),
        "addressee": packet.district.chief_th,
        "reference": thai_digits(
            f"หนังสือจังหวัด{province} ที่ {packet.circular_number} ลงวันที่ {long_date(packet.circular_issued_on)}"
        ),
        "enclosures": [
            {"name": "๑. แนวทางการคัดเลือกกลุ่มผู้ผลิต ผู้ประกอบการ OTOP", "copies": "จำนวน ๑ ฉบับ"},
            {"name": "๒. ทะเบียนจัดสรรและบัญชีรายชื่อกลุ่มที่เข้าเกณฑ์", "copies": "จำนวน ๑ ฉบับ"},
            {"name": "๓. แบบรายงานรายชื่อกลุ่มเป้าหมาย (แฟ้ม Excel)", "copies": "จำนวน ๑ แฟ้ม"},
        ],
        "before": [thai_digits(text) for text in _what_is_so(packet)],
        # The form code must stay as the form prints it.
        "steps": [_thai_digits_around(packet.form_code, text) for text in _what_to_do(packet)],
        "after": [thai_digits(text) for text in _what_else(packet)],
        "office": f"สำนักงานพัฒนาชุมชนจังหวัด{province}",
    }
    return {
        **letter,
        "title": thai_digits(f"ร่างหนังสือถึง{packet.district.title_th} {subject}"),
        "draft": DRAFT,
        "form_code": packet.form_code,
        "page_digits": [thai_digits(page) for page in range(1, 100)],
    }


def _thai_digits_around(kept: str, text: str) -> str:
    return kept.join(thai_digits(part) for part in text.split(kept))


def _what_is_so(packet: Packet) -> list[str]:
    district = packet.district.title_th
    found = f"พบกลุ่มที่เข้าเกณฑ์ จำนวน {len(packet.candidates)} กลุ่ม" if packet.candidates else "ไม่พบกลุ่มที่เข้าเกณฑ์ใน" + district
    return [
        f"ตามหนังสือที่อ้างถึง จังหวัด{packet.province.name_th}ได้ขอให้อำเภอคัดเลือกกลุ่มเป้าหมายเข้าร่วม{PROGRAMME} "
        "ความละเอียดแจ้งแล้ว นั้น",
        f"{district}ได้รับการจัดสรรกลุ่มเป้าหมาย จำนวน {packet.quota} กลุ่ม และจังหวัดได้ตรวจสอบ"
        f"ทะเบียนผู้ผลิต ผู้ประกอบการ OTOP ตามแนวทางการคัดเลือกแล้ว {found} "
        "จึงขอให้อำเภอมอบหมายสำนักงานพัฒนาชุมชนอำเภอดำเนินการ ดังนี้",
    ]


def _what_to_do(packet: Packet) -> list[str]:
    due = packet.due_at.astimezone(BANGKOK)
    by = f"ภายในวันที่ {long_date(due.date())} เวลา {due:%H.%M} น."
    study = "๑. ศึกษาแนวทางการคัดเลือก รายละเอียดตามสิ่งที่ส่งมาด้วย ๑"
    send = (
        f"ส่งแบบรายงาน (รหัสแบบ {packet.form_code}) ตามสิ่งที่ส่งมาด้วย ๓ ให้สำนักงานพัฒนาชุมชนจังหวัด{packet.province.name_th} {by}"
    )
    if not packet.quota:
        return [study, "๒. ในรอบนี้อำเภอไม่ได้รับการจัดสรรกลุ่มเป้าหมาย จึงไม่ต้องคัดเลือกและไม่ต้องส่งแบบรายงาน"]
    if not packet.candidates:
        return [
            study,
            "๒. ตรวจสอบว่าไม่มีกลุ่มที่เข้าเกณฑ์ตามสิ่งที่ส่งมาด้วย ๒ หากถูกต้อง อำเภออาจรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์"
            "ในแบบรายงาน หากเห็นว่าทะเบียนคลาดเคลื่อน ให้แจ้งจังหวัดก่อนครบกำหนด",
            f"๓. {send}",
        ]
    return [
        study,
        f"๒. คัดเลือกกลุ่มเป้าหมายจากบัญชีรายชื่อตามสิ่งที่ส่งมาด้วย ๒ {_how_many(packet)} "
        "บัญชีดังกล่าวเรียงตามลำดับที่เป็นกลาง มิใช่การจัดอันดับ การคัดเลือกเป็นอำนาจของอำเภอ",
        f"๓. {send}",
    ]


def _how_many(packet: Packet) -> str:
    if len(packet.candidates) >= packet.quota:
        return f"จำนวน {packet.quota} กลุ่ม หากคัดเลือกได้ไม่ครบจำนวน ให้ระบุเหตุผลในแบบรายงาน"
    return f"ไม่เกินจำนวน {len(packet.candidates)} กลุ่มที่มีอยู่ ซึ่งน้อยกว่าจำนวนจัดสรร {packet.quota} กลุ่ม และให้ระบุเหตุผลในแบบรายงาน"


def _what_else(packet: Packet) -> list[str]:
    paragraphs = []
    if packet.revision > 1:
        paragraphs.append(f"ทั้งนี้ เอกสารชุดนี้เป็นชุดที่ {packet.revision} ใช้แทนชุดที่ส่งไปก่อนหน้า")
    return [*paragraphs, "จึงเรียนมาเพื่อพิจารณาดำเนินการ"]


def _attachments(packet: Packet) -> dict[str, object]:
    district = packet.district.title_th
    year = packet.programme_year_be
    return {
        "guideline_title": thai_digits(f"แนวทางการคัดเลือกกลุ่มเป้าหมาย {PROGRAMME} ประจำปี {year}"),
        "guideline": [[thai_digits(number), thai_digits(text)] for number, text in packet.guideline],
        "quota_title": thai_digits(f"ทะเบียนจัดสรรกลุ่มเป้าหมาย จังหวัด{packet.province.name_th} ประจำปี {year}"),
        "quotas": _quota_rows(packet),
        "quota_total": thai_digits(sum(packet.quotas.values())),
        "candidate_title": f"บัญชีรายชื่อกลุ่มที่เข้าเกณฑ์ {district}",
        "candidate_note": thai_digits(
            f"รวม {len(packet.candidates)} กลุ่ม เรียงตามลำดับที่เป็นกลาง มิใช่การจัดอันดับ อำเภอเป็นผู้คัดเลือก"
            if packet.candidates
            else "ไม่มีกลุ่มที่เข้าเกณฑ์ อำเภออาจรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ในแบบรายงาน"
        ),
        "candidates": [_candidate_row(number, line) for number, line in enumerate(packet.candidates, start=1)],
        "barred_title": f"จำนวนกลุ่มใน{district}ที่ไม่เข้าเกณฑ์ แยกตามเหตุ",
        "barred": [[thai_digits(bar.reason_th), thai_digits(bar.count)] for bar in packet.barred],
        "unknown_note": thai_digits(
            f"กลุ่มที่ข้อมูลยังไม่พอวินิจฉัย ต้องให้เจ้าหน้าที่พิจารณาเป็นรายกลุ่ม จำนวน {packet.unknown_count} กลุ่ม"
        ),
    }


def _quota_rows(packet: Packet) -> list[dict[str, object]]:
    known = districts()
    return [
        {
            "number": thai_digits(number),
            "name": known[code].name_th,
            "quota": thai_digits(quota),
            "own": code == packet.district.code,
            "note": "อำเภอของท่าน" if code == packet.district.code else "",
        }
        for number, (code, quota) in enumerate(packet.quotas.items(), start=1)
    ]


def _candidate_row(number: int, line: CandidateLine) -> list[str]:
    """One candidate; the id keeps Arabic digits, for it must match the form's."""
    return [
        thai_digits(number),
        line.producer_id,
        line.producer_name,
        ", ".join(line.products) or "–",
        thai_digits(line.stars) or "–",
        thai_digits(line.tier),
        thai_digits(line.reason_th),
    ]
