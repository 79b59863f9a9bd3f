"""The letter that the report goes to the department with: a draft for the chain of signatures."""

import re

from kbo_core.documents import report_words as words
from kbo_core.documents.papers import Report
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.word_filling import fill
from kbo_core.documents.word_templates import department_letter_template
from kbo_core.documents.wording import DRAFT, PROGRAMME
from kbo_core.domain.thai_dates import MONTHS, bangkok_day, long_date, year_be
from kbo_core.domain.thai_text import thai_digits

NAME = "department-letter.docx"
_PREFIX = re.compile(r"(?P<office>[^/]*[0-9๐-๙])\s*/")
_DOTS = "." * 40
_ENCLOSURES = (("รายงานผลการคัดเลือกกลุ่มเป้าหมาย", "จำนวน 1 ชุด"), ("แฟ้มข้อมูลรายชื่อ (XLSX, CSV และชุดข้อมูล)", "จำนวน 1 ชุด"))
# Who looks the letter through before it is signed, last first as initials blocks are read.
_INITIALS = ("รองผู้ว่าราชการจังหวัด", "พัฒนาการจังหวัด", "ผู้อำนวยการกลุ่มงาน", "เจ้าของเรื่อง", "พิมพ์/ทาน")


def report_letter_pdf(report: Report) -> bytes:
    """The letter to be printed."""
    return typeset("report-letter.typ", _values(report), report.made_at)


def report_letter_docx(report: Report, template: bytes | None = None) -> bytes:
    """The letter to be edited in Word, from the office's own template or the shipped one.

    Raises RefusedError for a template that cannot be used.
    """
    values = _values(report)
    return fill(template or department_letter_template(), NAME, values, str(values["title"]), report.made_at)


def _values(report: Report) -> dict[str, object]:
    province, made_on = report.province.name_th, bangkok_day(report.made_at)
    subject = f"รายงานรายชื่อกลุ่มเป้าหมาย{PROGRAMME} ประจำปี {report.programme_year_be}"
    numbered = _PREFIX.match(report.circular_number)
    return {
        "title": thai_digits(f"ร่างหนังสือถึงกรมการพัฒนาชุมชน {subject}"),
        "draft": DRAFT,
        "form_code": words.provenance(report),
        "page_digits": [thai_digits(page) for page in range(1, 100)],
        "number": thai_digits(numbered["office"]) if numbered else "....................",
        "place": f"ศาลากลางจังหวัด{province}",
        "month": thai_digits(f"......... {MONTHS[made_on.month - 1]} {year_be(made_on)}"),
        "subject": thai_digits(subject),
        "addressee": "อธิบดีกรมการพัฒนาชุมชน",
        "reference": f"หนังสือกรมการพัฒนาชุมชน ที่ {_DOTS[:24]} ลงวันที่ {_DOTS[:24]}",
        "enclosures": [
            {"name": thai_digits(f"{n}. {name}"), "copies": thai_digits(copies)}
            for n, (name, copies) in enumerate(_ENCLOSURES, start=1)
        ],
        "before": [thai_digits(text) for text in _body(report)],
        "after": ["จึงเรียนมาเพื่อโปรดทราบและพิจารณา"],
        "signer": [
            f"( {_DOTS}{_DOTS[:10]} )",
            f"รองผู้ว่าราชการจังหวัด{province} ปฏิบัติราชการแทน",
            f"ผู้ว่าราชการจังหวัด{province}",
        ],
        "initials": list(_INITIALS),
        "office": f"สำนักงานพัฒนาชุมชนจังหวัด{province}",
    }


def _body(report: Report) -> list[str]:
    """What was asked, what came back, what is out of the ordinary."""
    province, sums = report.province.name_th, words.totals(report)
    asked = (
        f"ตามหนังสือที่อ้างถึง กรมการพัฒนาชุมชนได้ให้จังหวัดคัดเลือกกลุ่มเป้าหมายเข้าร่วม{PROGRAMME} "
        f"ประจำปี {report.programme_year_be} และจังหวัด{province}ได้แจ้งให้อำเภอดำเนินการตามหนังสือจังหวัด{province} "
        f"ที่ {report.circular_number} ลงวันที่ {long_date(report.circular_issued_on)} ความละเอียดแจ้งแล้ว นั้น"
    )
    short = f"ยังขาด {sums.short} กลุ่ม" if sums.short else "ครบตามจำนวนจัดสรร"
    found = (
        f"จังหวัด{province}ได้ตรวจสอบและรวบรวมรายชื่อแล้ว มีอำเภอรายงาน {sums.reported} จาก {sums.asked} อำเภอ "
        f"ได้กลุ่มเป้าหมาย จำนวน {sums.picked} กลุ่ม จากจำนวนจัดสรร {sums.quota} กลุ่ม {short} รายละเอียดตามสิ่งที่ส่งมาด้วย"
    )
    return [asked, found, *_unusual(report)]


def _unusual(report: Report) -> list[str]:
    told = []
    if used := sum(name.tier == 2 for name in report.names):
        told.append(f"มีกลุ่มตามแนวทางข้อ 3 และข้อ 4 จำนวน {used} กลุ่ม โดยมีหลักฐานความไม่เพียงพอของกลุ่มเป้าหมายแนบท้ายรายงาน")
    if excepted := sum(bool(name.override_th) for name in report.names):
        told.append(f"มีกลุ่มที่ได้รับอนุมัติเป็นกรณีพิเศษ จำนวน {excepted} กลุ่ม")
    if lacking := [line.district.title_th for line in report.lines if line.short]:
        told.append(f"มีอำเภอที่คัดเลือกได้ไม่ครบจำนวน {len(lacking)} อำเภอ ได้แก่ {' '.join(lacking)} เหตุผลปรากฏในรายงาน")
    if report.version > 1:
        told.append(f"รายงานนี้เป็นฉบับที่ {report.version} ใช้แทนฉบับที่รายงานไปก่อนหน้า")
    return [f"ทั้งนี้ {' '.join([' '.join(told[:-1]), 'และ' * (len(told) > 1) + told[-1]]).strip()}"] if told else []
