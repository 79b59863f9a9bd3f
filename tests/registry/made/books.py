"""Workbooks as a province might send them, made here; the XLS and ODS beside this file are these in another format."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import xlsxwriter

GROUP = "กลุ่มผู้ผลิตชุมชน"


def _book(write: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        write(book)
    return out.getvalue()


def odd_cells() -> bytes:
    """Every kind of cell in column C, from row 4; a lone cell in F41; an empty and two hidden sheets."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("แปลก")
        formats = {
            name: book.add_format({"num_format": name})
            for name in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm:ss", "0.00", "0%", "0000000000")
        }
        cells: list[tuple[Any, str]] = [
            ("ข้อความ", ""), (" มีวรรค ", ""), ("สองบรรทัด\nในช่องเดียว", ""), ("0812345678", ""), (1.0, ""), (2567, ""),
            (1e15, ""), (1e20, ""), (0.5, ""), (-3.0, ""), (123456789012, ""), (100, "0.00"), (0.07, "0%"),
            (812345678, "0000000000"), (datetime.fromisoformat("2024-12-05"), "yyyy-mm-dd"),
            (datetime.fromisoformat("2024-12-05 08:30"), "yyyy-mm-dd hh:mm"), (0.5, "hh:mm:ss"),
            ("๒๕๖๗", ""), ("นำ้พริก", ""),
        ]  # fmt: skip
        for n, (value, form) in enumerate(cells, start=3):
            if isinstance(value, datetime):
                sheet.write_datetime(n, 2, value, formats[form])
            else:
                sheet.write(n, 2, value, formats.get(form))
        sheet.write_formula(30, 2, '="ก"&"ข"', None, "กข")
        sheet.write_formula(31, 2, "=1+1", None, 2)
        sheet.write(40, 5, "มุม")
        book.add_worksheet("ว่าง")
        for name, hide in (("ซ่อน", "hide"), ("ซ่อนลึก", "very_hidden")):
            hidden = book.add_worksheet(name)
            hidden.write(0, 0, "ลับ")
            getattr(hidden, hide)()

    return _book(write)


def error_cells() -> bytes:
    """A register in which two cells show an error instead of a value."""

    def write(book: Any) -> None:
        sheet = book.add_worksheet("ทะเบียน")
        sheet.write_row(0, 0, ["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"])
        sheet.write_row(1, 0, ["กลุ่มหนึ่ง", GROUP, "พะเยา"])
        sheet.write_formula(1, 3, "=NA()", None, "#N/A")
        sheet.write_row(2, 0, ["กลุ่มสอง"])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 2, ["พะเยา", "จุน"])

    return _book(write)


def province_book() -> bytes:
    """A province's own workbook: merged titles, a heading in two rows, merged areas, blank rows, totals, two sheets."""

    def write(book: Any) -> None:
        notes = book.add_worksheet("คำชี้แจง")
        notes.write(0, 0, "ข้อมูล ณ วันที่ 1 ธันวาคม 2567")
        sheet = book.add_worksheet("ทะเบียน ปี 2567")
        sheet.merge_range("B2:H2", "ทะเบียนผลิตภัณฑ์ OTOP จังหวัดพะเยา")
        sheet.merge_range("B3:H3", "สำนักงานพัฒนาชุมชนจังหวัดพะเยา")
        for cells, text in {
            "B5:B6": "ที่", "C5:C6": "จังหวัด", "D5:D6": "อำเภอ", "E5:E6": "ชื่อผู้ผลิต/\nผู้ประกอบการ", "F5:F6": "ชื่อผลิตภัณฑ์",
            "G5:H5": "ผลการคัดสรร",
        }.items():  # fmt: skip
            sheet.merge_range(cells, text)
        sheet.write_row("G6", ["ปี", "ระดับดาว"])
        sheet.merge_range("C7:C12", "พะเยา")
        sheet.merge_range("D7:D9", "จุน")
        sheet.merge_range("E7:E8", "กลุ่มทอผ้า")
        sheet.merge_range("D10:D12", "ปง")
        rows: dict[int, list[Any]] = {
            7: [1, None, None, None, "ผ้าพันคอ", 2567, 3], 8: [2, None, None, None, "ผ้าซิ่น", 2567, 4],
            9: [3, None, None, "กลุ่มปลาส้ม", "ปลาส้ม", 2567, 2], 10: [4, None, None, "กลุ่มจักสาน", "ตะกร้า", 2567, 1],
            12: [5, None, None, "กลุ่มน้ำพริก", "น้ำพริกตาแดง", 2567, 5],
        }  # fmt: skip
        for row, values in rows.items():
            for column, value in enumerate(values, start=1):
                if value is not None:
                    sheet.write(row - 1, column, value)
        sheet.merge_range("B14:E14", "รวมทั้งสิ้น")
        sheet.write("F14", "5 รายการ")
        sheet.write("B16", "หมายเหตุ: ข้อมูลจากกรม")

    return _book(write)


BOOKS: dict[str, Callable[[], bytes]] = {
    "odd-cells": odd_cells,
    "error-cells": error_cells,
    "province-book": province_book,
}
