"""The consolidated report as a workbook: a sheet for each table, and one that says where all of it comes from."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

import xlsxwriter

from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report_cells import said
from kbo_core.documents.report_tables import Cell, ReportTable, report_tables

_WIDTHS = {"integer": 11, "boolean": 11, "date": 14, "datetime": 24, "string": 18}
_WIDE = {
    "producer_name": 40,
    "products": 36,
    "register_row": 30,
    "override": 30,
    "note": 40,
    "explained_th": 48,
    "reason": 40,
    "change_th": 90,
    "what_th": 60,
    "districts_th": 36,
    "sha256": 66,
    "submission_sha256": 66,
    "certificate": 66,
    "email": 30,
    "state_th": 22,
}
_NARROW = {"order": 7, "district_code": 10, "stars": 10}


def report_xlsx(report: Report, audience: Audience) -> bytes:
    """The report as sheets; no text in it can act as a formula."""
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
        for table in report_tables(report, audience).values():
            headers = [column.title_th for column in table.columns]
            rows = [*table.rows, table.total] if table.total else list(table.rows)
            _write(book, table.title_th, looks, headers, rows, _widths(table))
        _write(book, "ที่มา", looks, ("เรื่อง", "ค่า"), _provenance_rows(report, audience), (36, 90))
    return output.getvalue()


def _widths(table: ReportTable) -> list[int]:
    return [(_WIDE | _NARROW).get(column.name, _WIDTHS[column.kind]) for column in table.columns]


def _write(
    book: Any,
    title: str,
    looks: Mapping[str, Any],
    headers: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    widths: Sequence[int],
) -> None:
    """One sheet: numbers as numbers, everything else as strings, whatever it begins with."""
    sheet = book.add_worksheet(title)
    for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, header, looks["header"])
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int) and not isinstance(value, bool):
                sheet.write_number(number, column, value, looks["cell"])
            else:
                sheet.write_string(number, column, said(value), looks["cell"])
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&Lร่าง&R&P/&N")


def _provenance_rows(report: Report, audience: Audience) -> list[tuple[Cell, ...]]:
    shortage = report.shortage
    rows: list[tuple[Cell, ...]] = [
        ("รอบ", report.cycle),
        ("ฉบับที่", report.version),
        ("หนังสือจังหวัด", report.circular_number),
        ("กำหนดส่ง", report.due_at),
        ("จัดทำเมื่อ", report.made_at),
        ("เปิดใช้แนวทางเพิ่มเติม (ข้อ 3)", "ใช่" if shortage.is_open else "ไม่ใช่"),
        ("ขอบเขตการพิจารณาความเพียงพอ", shortage.scope),
        ("จำนวนจัดสรร", shortage.quota),
        ("กลุ่มที่เข้าเกณฑ์ลำดับ 1", shortage.tier_1),
        ("กลุ่มที่เข้าเกณฑ์ลำดับ 2", shortage.tier_2),
        ("กลุ่มที่ยังวินิจฉัยไม่ได้", shortage.unknown),
        ("ขาด", shortage.short),
        ("ผนึกหลักฐานความไม่เพียงพอ", shortage.seal or "ไม่มี"),
        ("sha256 ของแฟ้มหลักฐานความไม่เพียงพอ", shortage.sha256 or "ไม่มี"),
        ("sha256 ของข้อมูลทะเบียน", report.snapshot_sha256),
        ("sha256 ของแฟ้มกำหนดรอบ", report.definition_sha256),
        ("ค่าแฮชล่าสุดของบันทึกเหตุการณ์", report.log_head),
    ]
    if audience is Audience.INTERNAL:
        rows += [("เหตุที่ออกฉบับใหม่", reason) for reason in report.reopened]
    return rows
