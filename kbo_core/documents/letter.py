"""The covering letter: what one district is told, as a draft for a person to sign."""

import re
from datetime import datetime, time

from kbo_core.documents.paper_style import HOUSE_STYLE, Form, PaperStyle
from kbo_core.documents.papers import CandidateLine, Packet
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.word_filling import fill
from kbo_core.documents.word_templates import covering_letter_template
from kbo_core.documents.wording import DRAFT, PROGRAMME
from kbo_core.domain.areas import districts
from kbo_core.domain.thai_dates import BANGKOK, long_date

NAMES = {Form.LETTER: "covering-letter.docx", Form.MEMORANDUM: "covering-memorandum.docx"}
_PREFIX = re.compile(r"^[ก-ฮ]{2,3}(?=\s)")
_VERDICT = re.compile(r"^ไม่เข้าเกณฑ์: ")


def covering_letter(packet: Packet, style: PaperStyle = HOUSE_STYLE) -> bytes:
    """The letter with the guideline, the quota register and the candidate list, as a PDF.

    The letter's own number, its signature and the office's telephone stay blank: a person gives those.
    """
    return typeset("letter.typ", _values(packet, style), _made_at(packet))


def covering_letter_docx(packet: Packet, template: bytes | None = None, style: PaperStyle = HOUSE_STYLE) -> bytes:
    """The same letter to be edited in Word, from the office's own template or the shipped one.

    Raises RefusedError for a template that cannot be used.
    """
    values = _values(packet, style)
    shipped = template or covering_letter_template(style)
    return fill(shipped, NAMES[style.form], values, str(values["title"]), _made_at(packet))


def _made_at(packet: Packet) -> datetime:
    return datetime.combine(packet.made_on, time(), BANGKOK)


def _values(packet: Packet, style: PaperStyle) -> dict[str, object]:
    return {**_letter(packet, style), **_attachments(packet, style)}


def _letter(packet: Packet, style: PaperStyle) -> dict[str, object]:
    said = style.digits
    prefix = _PREFIX.match(packet.circular_number)
    province = packet.province.name_th
    subject = f"ขอให้คัดเลือกและรายงานรายชื่อกลุ่มเป้าหมาย{PROGRAMME} ประจำปี {packet.programme_year_be}"
    return {
        "form": style.form.value,
        "title": said(f"ร่างหนังสือถึง{packet.district.title_th} {subject}"),
        "draft": DRAFT,
        "form_code": packet.form_code,
        "has_thai_digits": style.has_thai_digits,
        "page_digits": [said(page) for page in range(1, 100)],
        "number_prefix": prefix[0] if prefix else "",
        "place": f"ศาลากลางจังหวัด{province}",
        "made_on": said(long_date(packet.made_on)),
        "subject": said(subject),
        "addressee": packet.district.chief_th,
        "reference": said(_first_letter(packet)),
        "enclosure_word": _enclosure(style),
        "numbers": [said(number) for number in (1, 2, 3)],
        "enclosures": [
            {"name": said(f"{number}. {name}"), "copies": said(copies)}
            for number, (name, copies) in enumerate(_ENCLOSURES, start=1)
        ],
        "before": [said(text) for text in _what_is_so(packet, style)],
        # The form code must stay as the form prints it.
        "steps": [_said_around(packet.form_code, text, style) for text in _what_to_do(packet, _enclosure(style))],
        "after": [said(text) for text in _what_else(packet)],
        "office": f"สำนักงานพัฒนาชุมชนจังหวัด{province}",
    }


_ENCLOSURES = (
    ("แนวทางการคัดเลือกกลุ่มผู้ผลิต ผู้ประกอบการ OTOP", "จำนวน 1 ฉบับ"),
    ("ทะเบียนจัดสรรและบัญชีรายชื่อกลุ่มที่เข้าเกณฑ์", "จำนวน 1 ฉบับ"),
    ("แบบรายงานรายชื่อกลุ่มเป้าหมาย (แฟ้ม Excel)", "จำนวน 1 แฟ้ม"),
)


def _enclosure(style: PaperStyle) -> str:
    """What the form calls that which goes with it: a memorandum has no line of enclosures."""
    return "สิ่งที่ส่งมาด้วย" if style.form is Form.LETTER else "เอกสารแนบ"


def _first_letter(packet: Packet) -> str:
    issued_on = long_date(packet.circular_issued_on)
    return f"หนังสือจังหวัด{packet.province.name_th} ที่ {packet.circular_number} ลงวันที่ {issued_on}"


def _said_around(kept: str, text: str, style: PaperStyle) -> str:
    return kept.join(style.digits(part) for part in text.split(kept))


def _what_is_so(packet: Packet, style: PaperStyle) -> list[str]:
    district = packet.district.title_th
    first = "หนังสือที่อ้างถึง" if style.form is Form.LETTER else _first_letter(packet)
    found = f"พบกลุ่มที่เข้าเกณฑ์ จำนวน {len(packet.candidates)} กลุ่ม" if packet.candidates else "ไม่พบกลุ่มที่เข้าเกณฑ์ใน" + district
    return [
        f"ตาม{first} จังหวัด{packet.province.name_th}ได้ขอให้อำเภอคัดเลือกกลุ่มเป้าหมายเข้าร่วม{PROGRAMME} ความละเอียดแจ้งแล้ว นั้น",
        f"{district}ได้รับการจัดสรรกลุ่มเป้าหมาย จำนวน {packet.quota} กลุ่ม และจังหวัดได้ตรวจสอบ"
        f"ทะเบียนผู้ผลิต ผู้ประกอบการ OTOP ตามแนวทางการคัดเลือกแล้ว {found} "
        "จึงขอให้อำเภอมอบหมายสำนักงานพัฒนาชุมชนอำเภอดำเนินการ ดังนี้",
    ]


def _what_to_do(packet: Packet, enclosure: str) -> list[str]:
    due = packet.due_at.astimezone(BANGKOK)
    by = f"ภายในวันที่ {long_date(due.date())} เวลา {due:%H.%M} น."
    study = f"1. ศึกษาแนวทางการคัดเลือก รายละเอียดตาม{enclosure} 1"
    send = (
        f"ส่งแบบรายงาน (รหัสแบบ {packet.form_code}) ตาม{enclosure} 3 ให้สำนักงานพัฒนาชุมชนจังหวัด{packet.province.name_th} {by}"
    )
    if not packet.quota:
        return [study, "2. ในรอบนี้อำเภอไม่ได้รับการจัดสรรกลุ่มเป้าหมาย จึงไม่ต้องคัดเลือกและไม่ต้องส่งแบบรายงาน"]
    if not packet.candidates:
        return [
            study,
            f"2. ตรวจสอบว่าไม่มีกลุ่มที่เข้าเกณฑ์ตาม{enclosure} 2 หากถูกต้อง อำเภออาจรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์"
            "ในแบบรายงาน หากเห็นว่าทะเบียนคลาดเคลื่อน ให้แจ้งจังหวัดก่อนครบกำหนด",
            f"3. {send}",
        ]
    return [
        study,
        f"2. คัดเลือกกลุ่มเป้าหมายจากบัญชีรายชื่อตาม{enclosure} 2 {_how_many(packet)} "
        "บัญชีดังกล่าวเรียงตามลำดับที่เป็นกลาง มิใช่การจัดอันดับ การคัดเลือกเป็นอำนาจของอำเภอ",
        f"3. {send}",
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


def _attachments(packet: Packet, style: PaperStyle) -> dict[str, object]:
    said, district, year = style.digits, packet.district.title_th, packet.programme_year_be
    return {
        "guideline_title": said(f"แนวทางการคัดเลือกกลุ่มเป้าหมาย {PROGRAMME} ประจำปี {year}"),
        "guideline": [{"number": said(number), "text": said(text)} for number, text in packet.guideline],
        "quota_title": said(f"ทะเบียนจัดสรรกลุ่มเป้าหมาย จังหวัด{packet.province.name_th} ประจำปี {year}"),
        "quotas": _quota_rows(packet, style),
        "quota_total": said(sum(packet.quotas.values())),
        "candidate_title": f"บัญชีรายชื่อกลุ่มที่เข้าเกณฑ์ {district}",
        "candidate_note": said(
            f"รวม {len(packet.candidates)} กลุ่ม เรียงตามลำดับที่เป็นกลาง มิใช่การจัดอันดับ อำเภอเป็นผู้คัดเลือก"
            if packet.candidates
            else "ไม่มีกลุ่มที่เข้าเกณฑ์ อำเภออาจรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์ในแบบรายงาน"
        ),
        "candidates": [_candidate(number, line, style) for number, line in enumerate(packet.candidates, start=1)],
        "barred_title": f"จำนวนกลุ่มใน{district}ที่ไม่เข้าเกณฑ์ แยกตามเหตุ",
        "barred": [{"reason": said(bar.reason_th), "count": said(bar.count)} for bar in packet.barred],
        "unknown_note": said(f"กลุ่มที่ข้อมูลยังไม่พอวินิจฉัย ต้องให้เจ้าหน้าที่พิจารณาเป็นรายกลุ่ม จำนวน {packet.unknown_count} กลุ่ม"),
        "ineligible_title": f"บัญชีรายชื่อกลุ่มใน{district}ที่ไม่เข้าเกณฑ์ พร้อมเหตุและข้อของแนวทาง",
        "ineligible": [
            {
                "number": said(number),
                "id": line.producer_id,
                "name": line.producer_name,
                "reason": said(_VERDICT.sub("", line.reason_th)),
            }
            for number, line in enumerate(packet.ineligible, start=1)
        ],
    }


def _quota_rows(packet: Packet, style: PaperStyle) -> list[dict[str, object]]:
    known = districts()
    return [
        {
            "number": style.digits(number),
            "name": known[code].name_th,
            "quota": style.digits(quota),
            "own": code == packet.district.code,
            "note": "อำเภอของท่าน" if code == packet.district.code else "",
        }
        for number, (code, quota) in enumerate(packet.quotas.items(), start=1)
    ]


def _candidate(number: int, line: CandidateLine, style: PaperStyle) -> dict[str, str]:
    """One candidate; the id keeps Arabic digits, for it must match the form's."""
    return {
        "number": style.digits(number),
        "id": line.producer_id,
        "name": line.producer_name,
        "products": ", ".join(line.products) or "–",
        "stars": style.digits(line.stars) or "–",
        "tier": style.digits(line.tier),
        "reason": style.digits(line.reason_th),
    }
