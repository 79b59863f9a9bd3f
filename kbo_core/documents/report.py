"""The consolidated report: as a PDF to sign, as CSV for other systems, as a workbook."""

import csv
from io import StringIO

from kbo_core.documents.papers import DistrictLine, Report, ReportedName
from kbo_core.documents.report_rows import NAME_COLUMNS, name_rows, names_in_order, totals
from kbo_core.documents.report_workbook import report_xlsx, timeliness
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.wording import DRAFT, PROGRAMME
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, long_date, short_instant
from kbo_core.domain.thai_text import thai_digits

__all__ = ["report_csv", "report_pdf", "report_xlsx"]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_SHORT_HASH = 12


def report_csv(report: Report) -> bytes:
    """One line per name in NAME_COLUMNS, UTF-8 with BOM.

    A cell that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(NAME_COLUMNS)
    for row in name_rows(report):
        writer.writerow([_inert(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _inert(value: int | str) -> int | str:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def report_pdf(report: Report) -> bytes:
    """The report as a draft for the three signers: summary, names, shortage, shortfalls, overrides, provenance."""
    return typeset("report.typ", {**_opening(report), **_sections(report)}, report.made_at)


def _opening(report: Report) -> dict[str, object]:
    heading = [
        "รายงานผลการคัดเลือกกลุ่มเป้าหมาย",
        PROGRAMME,
        thai_digits(f"จังหวัด{report.province.name_th} ประจำปี {report.programme_year_be}"),
    ]
    return {
        "title": " ".join(heading),
        "heading": heading,
        "draft": DRAFT,
        "page_digits": [thai_digits(page) for page in range(1, 100)],
        "basis": [
            thai_digits(f"อ้างถึงหนังสือที่ {report.circular_number} ลงวันที่ {long_date(report.circular_issued_on)}"),
            thai_digits(f"ฉบับที่ {report.version} จัดทำเมื่อวันที่ {long_date(bangkok_day(report.made_at))}"),
        ],
        "summary": thai_digits(_summary(report)),
        "provenance": (
            f"{report.cycle} ฉบับที่ {report.version} · ทะเบียน {report.snapshot_sha256[:_SHORT_HASH]} · "
            f"แฟ้มกำหนดรอบ {report.definition_sha256[:_SHORT_HASH]} · บันทึกเหตุการณ์ {report.log_head[:_SHORT_HASH]}"
        ),
        "progress": [_progress_row(line) for line in report.lines],
    }


def _summary(report: Report) -> str:
    sums = totals(report)
    asked = [line for line in report.lines if line.quota]
    reported = [line for line in asked if line.submitted_at is not None]
    late = sum(line.is_late for line in reported)
    due = report.due_at.astimezone(BANGKOK)
    short = f"ยังขาด {sums.short} กลุ่ม" if sums.short else "ครบตามจำนวนจัดสรร"
    return (
        f"อำเภอรายงานแล้ว {len(reported)} จาก {len(asked)} อำเภอ "
        f"(ในจำนวนนี้ส่งหลังกำหนดวันที่ {long_date(due.date())} เวลา {due:%H.%M} น. {late} อำเภอ) "
        f"คัดเลือกกลุ่มเป้าหมายแล้ว {sums.picked} กลุ่ม จากจำนวนจัดสรร {sums.quota} กลุ่ม {short}"
    )


def _progress_row(line: DistrictLine) -> dict[str, object]:
    return {
        "name": line.district.name_th,
        "share": min(line.picked / line.quota, 1.0) if line.quota else 1.0,
        "figures": thai_digits(f"{line.picked}/{line.quota}"),
        "submitted": thai_digits(short_instant(line.submitted_at)) if line.submitted_at else "–",
        "timeliness": timeliness(line),
        "reminders": thai_digits(line.reminders),
        "state": line.state_th,
    }


def _sections(report: Report) -> dict[str, object]:
    titles = {line.district.code: line.district.name_th for line in report.lines}
    names = names_in_order(report)
    return {
        "names": [
            _name_row(order, name, titles.get(name.district_code, "")) for order, name in enumerate(names, start=1)
        ],
        "shortage": [thai_digits(text) for text in _shortage(report)],
        "shortfalls": [
            [line.district.name_th, thai_digits(line.quota - line.picked), line.note_th or "ไม่ได้ระบุเหตุผล"]
            for line in report.lines
            if line.picked < line.quota
        ],
        "overrides": [[name.producer_id, name.producer_name, name.override_th] for name in names if name.override_th],
        "settled": list(report.settled),
        "changes": list(report.changes),
    }


def _name_row(order: int, name: ReportedName, district: str) -> list[str]:
    return [
        thai_digits(order),
        district,
        name.producer_id,
        name.producer_name,
        ", ".join(name.products) or "–",
        thai_digits(name.stars) or "–",
        thai_digits(name.tier),
    ]


def _shortage(report: Report) -> list[str]:
    figures = report.shortage
    counted = (
        f"ขอบเขตการพิจารณา: {figures.scope} จำนวนจัดสรร {figures.quota} กลุ่ม กลุ่มที่เข้าเกณฑ์ลำดับ 1 จำนวน {figures.tier_1} กลุ่ม "
        f"ลำดับ 2 จำนวน {figures.tier_2} กลุ่ม ยังวินิจฉัยไม่ได้ {figures.unknown} กลุ่ม ขาด {figures.short} กลุ่ม"
    )
    used = sum(name.tier == 2 for name in report.names)
    if figures.is_open:
        return [counted, f"กลุ่มเป้าหมายไม่เพียงพอ จึงใช้แนวทางเพิ่มเติมตามข้อ 3 และข้อ 4 และมีผู้ได้รับคัดเลือกจากแนวทางนี้ {used} กลุ่ม"]
    return [counted, "กลุ่มเป้าหมายเพียงพอ จึงไม่ได้ใช้แนวทางเพิ่มเติมตามข้อ 3 และข้อ 4"]
