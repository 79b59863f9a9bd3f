"""The consolidated report as a workbook: names, summary, provenance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

import xlsxwriter

from kbo_core.documents.papers import DistrictLine, Report
from kbo_core.documents.report_rows import name_rows, totals
from kbo_core.domain.thai_dates import short_instant

Row = Sequence[int | str]

_NAME_HEADERS = (
    "ลำดับ",
    "รหัสอำเภอ",
    "อำเภอ",
    "รหัสกลุ่ม",
    "ชื่อกลุ่มผู้ผลิต",
    "ลำดับเกณฑ์",
    "ผลิตภัณฑ์",
    "ระดับดาว",
    "แถวในทะเบียน",
    "แบบรายงาน",
    "การยืนยันเป็นกรณีพิเศษ",
)
_SUMMARY_HEADERS = (
    "ที่",
    "อำเภอ",
    "จำนวนจัดสรร",
    "กลุ่มที่เข้าเกณฑ์",
    "คัดเลือกแล้ว",
    "วันที่รายงาน",
    "ทันกำหนด",
    "จำนวนครั้งที่ติดตาม",
    "สถานะ",
    "หมายเหตุ",
)


def report_xlsx(report: Report) -> bytes:
    """The report with sheets รายชื่อ, สรุป and ที่มา; no text in it can act as a formula."""
    output = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(output, options) as book:
        title = f"รายงานผลการคัดเลือกกลุ่มเป้าหมาย KBO จังหวัด{report.province.name_th} ประจำปี {report.programme_year_be}"
        book.set_properties(
            {"title": title, "subject": f"{report.cycle}/{report.version}", "created": report.made_at.astimezone(UTC)}
        )
        face = {"font_name": "TH SarabunPSK", "font_size": 14, "border": 1, "valign": "top", "text_wrap": True}
        looks = {
            "cell": book.add_format(face),
            "header": book.add_format({**face, "bold": True, "align": "center", "bg_color": "#DDE6EE"}),
        }
        _write(book, "รายชื่อ", looks, _NAME_HEADERS, name_rows(report), (7, 10, 16, 12, 40, 10, 36, 10, 26, 16, 30))
        _write(book, "สรุป", looks, _SUMMARY_HEADERS, _summary_rows(report), (6, 18, 13, 14, 12, 24, 12, 16, 18, 40))
        _write(book, "ที่มา", looks, ("เรื่อง", "ค่า"), _provenance_rows(report), (36, 90))
    return output.getvalue()


def _write(
    book: Any, title: str, looks: Mapping[str, Any], headers: Row, rows: Iterable[Row], widths: Sequence[int]
) -> None:
    """One sheet: numbers as numbers, everything else as strings, whatever it begins with."""
    sheet = book.add_worksheet(title)
    for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, str(header), looks["header"])
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            write = sheet.write_number if isinstance(value, int) else sheet.write_string
            write(number, column, value, looks["cell"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&Lร่าง&R&P/&N")


def _summary_rows(report: Report) -> Iterator[Row]:
    for number, line in enumerate(report.lines, start=1):
        yield (
            number,
            line.district.name_th,
            line.quota,
            line.candidates,
            line.picked,
            short_instant(line.submitted_at) if line.submitted_at else "",
            timeliness(line),
            line.reminders,
            line.state_th,
            line.note_th,
        )
    sums = totals(report)
    yield ("", "รวม", sums.quota, sums.candidates, sums.picked, "", "", sums.reminders, "", "")


def timeliness(line: DistrictLine) -> str:
    """Whether the district reported in time."""
    if not line.quota:
        return "–"
    if line.submitted_at is None:
        return "ยังไม่รายงาน"
    return "เกินกำหนด" if line.is_late else "ทันกำหนด"


def _provenance_rows(report: Report) -> Iterator[Row]:
    yield ("รอบ", report.cycle)
    yield ("ฉบับที่", report.version)
    yield ("หนังสือจังหวัด", report.circular_number)
    yield ("กำหนดส่ง", short_instant(report.due_at))
    yield ("จัดทำเมื่อ", short_instant(report.made_at))
    for text in report.changes:
        yield ("เปลี่ยนจากฉบับก่อน", text)
    for text in report.settled or ("ไม่มี",):
        yield ("คำตอบของผู้รับผิดชอบ", text)
    shortage = report.shortage
    yield ("เปิดใช้แนวทางเพิ่มเติม (ข้อ 3)", "ใช่" if shortage.is_open else "ไม่ใช่")
    yield ("ขอบเขตการพิจารณาความเพียงพอ", shortage.scope)
    yield ("จำนวนจัดสรร", shortage.quota)
    yield ("กลุ่มที่เข้าเกณฑ์ลำดับ 1", shortage.tier_1)
    yield ("กลุ่มที่เข้าเกณฑ์ลำดับ 2", shortage.tier_2)
    yield ("กลุ่มที่ยังวินิจฉัยไม่ได้", shortage.unknown)
    yield ("ขาด", shortage.short)
    yield ("sha256 ของข้อมูลทะเบียน", report.snapshot_sha256)
    yield ("sha256 ของแฟ้มกำหนดรอบ", report.definition_sha256)
    yield ("ค่าแฮชล่าสุดของบันทึกเหตุการณ์", report.log_head)
