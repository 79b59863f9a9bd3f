"""The follow-up letter (หนังสือติดตาม, หนังสือเร่งรัด): a draft for a person to number, date and sign."""

import re
from datetime import datetime, time

from kbo_core.documents.paper_style import HOUSE_STYLE, PaperStyle
from kbo_core.documents.papers import FollowUp, OverdueDistrict
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.word_filling import fill
from kbo_core.documents.word_templates import follow_up_template
from kbo_core.documents.wording import DRAFT, PROGRAMME
from kbo_core.domain.thai_dates import BANGKOK, MONTHS, bangkok_day, long_date, short_date, year_be

NAME = "follow-up.docx"
_PREFIX = re.compile(r"^(?P<office>.*/\s*ว)\s*[0-9]+$")
_NAMED_AT_MOST = 3  # more addressees than these are named by the table


def follow_up_docx(facts: FollowUp, template: bytes | None = None, style: PaperStyle = HOUSE_STYLE) -> bytes:
    """The letter to be edited in Word, from the office's own template or the shipped one.

    Raises RefusedError for a template that cannot be used.
    """
    values = _values(facts, style)
    return fill(template or follow_up_template(style), NAME, values, str(values["title"]), _made_at(facts))


def follow_up_pdf(facts: FollowUp, style: PaperStyle = HOUSE_STYLE) -> bytes:
    """The same letter to be printed."""
    return typeset("follow-up.typ", _values(facts, style), _made_at(facts))


def _made_at(facts: FollowUp) -> datetime:
    return datetime.combine(facts.made_on, time(), BANGKOK)


def _values(facts: FollowUp, style: PaperStyle) -> dict[str, object]:
    said, province = style.digits, facts.province.name_th
    numbered = _PREFIX.match(facts.circular_number)
    verb = "เร่งรัด" if facts.urgency else "ติดตาม"
    subject = f"{verb}การรายงานรายชื่อกลุ่มเป้าหมาย{PROGRAMME} ประจำปี {facts.programme_year_be}"
    several = len(facts.overdue) > 1
    return {
        "title": said(f"ร่างหนังสือถึง{_addressee(facts)} {subject}"),
        "draft": DRAFT,
        "form_code": "",
        "has_thai_digits": style.has_thai_digits,
        "page_digits": [said(page) for page in range(1, 100)],
        "urgency": facts.urgency,
        "number": said(numbered["office"]) if numbered else ".............../ว",
        "place": f"ศาลากลางจังหวัด{province}",
        "month": said(f"......... {MONTHS[facts.made_on.month - 1]} {year_be(facts.made_on)}"),
        "subject": said(subject),
        "addressee": _addressee(facts),
        "reference": said(
            f"หนังสือจังหวัด{province} ที่ {facts.circular_number} ลงวันที่ {long_date(facts.circular_issued_on)}"
        ),
        "before": [said(text) for text in (_what_was_asked(facts), _what_is_missing(facts))],
        "rows": [_row(number, line, style) for number, line in enumerate(facts.overdue, start=1)] if several else [],
        "after": [said(text) for text in _what_to_do(facts)],
        "office": f"สำนักงานพัฒนาชุมชนจังหวัด{province}",
    }


def _addressee(facts: FollowUp) -> str:
    chiefs = [line.district.chief_th for line in facts.overdue]
    if len(chiefs) > _NAMED_AT_MOST:
        return "นายอำเภอตามรายชื่ออำเภอในหนังสือฉบับนี้"
    return " และ".join([" ".join(chiefs[:-1]), chiefs[-1]]) if len(chiefs) > 1 else chiefs[0]


def _what_was_asked(facts: FollowUp) -> str:
    return (
        f"ตามหนังสือที่อ้างถึง จังหวัด{facts.province.name_th}ได้ขอให้อำเภอคัดเลือกและรายงานรายชื่อกลุ่มเป้าหมาย"
        f"เข้าร่วม{PROGRAMME} ประจำปี {facts.programme_year_be} ความละเอียดแจ้งแล้ว นั้น"
    )


def _what_is_missing(facts: FollowUp) -> str:
    start = f"จังหวัด{facts.province.name_th}ขอเรียนว่า ณ วันที่ {long_date(facts.made_on)} ยังไม่ได้รับรายงานจาก"
    if len(facts.overdue) > 1:
        return f"{start}อำเภอที่เกินกำหนด จำนวน {len(facts.overdue)} อำเภอ ดังนี้"
    line = facts.overdue[0]
    overdue = f"เกินกำหนดแล้ว {line.days_overdue} วัน" if line.days_overdue else "พ้นกำหนดแล้วในวันนี้"
    reminded = f" และได้ติดตามแล้ว {line.reminders} ครั้ง" if line.reminders else ""
    return (
        f"{start}{line.district.title_th} ซึ่งได้รับการจัดสรรกลุ่มเป้าหมาย จำนวน {line.quota} กลุ่ม "
        f"กำหนดส่งภายในวันที่ {_moment(line.due_at)} {overdue}{reminded}"
    )


def _what_to_do(facts: FollowUp) -> list[str]:
    return [
        "เพื่อให้การดำเนินงานเป็นไปตามกำหนดเวลาของโครงการ จึงขอให้อำเภอเร่งรัดการคัดเลือกและส่งแบบรายงาน"
        f"ให้สำนักงานพัฒนาชุมชนจังหวัด{facts.province.name_th} ภายในวันที่ {_moment(facts.until)} "
        "หากได้ส่งแบบรายงานแล้ว ขอให้แจ้งสำนักงานพัฒนาชุมชนจังหวัดทราบด้วย",
        f"จึงเรียนมาเพื่อพิจารณาดำเนินการ{'โดยด่วน' if facts.urgency else ''}",
    ]


def _row(number: int, line: OverdueDistrict, style: PaperStyle) -> dict[str, str]:
    return {
        "number": style.digits(number),
        "district": line.district.name_th,
        "quota": style.digits(line.quota),
        "due": style.digits(short_date(bangkok_day(line.due_at))),
        "days": style.digits(line.days_overdue),
        "reminders": style.digits(line.reminders),
    }


def _moment(at: datetime) -> str:
    local = at.astimezone(BANGKOK)
    return f"{long_date(local.date())} เวลา {local:%H.%M} น."
