"""Reading a file and nothing else: the floor that an ingest stands on. Each returns how many rows or bytes it saw."""

import csv
import zipfile
from pathlib import Path

import fastexcel
import openpyxl
from python_calamine import CalamineWorkbook


def unzip(path: Path) -> int:
    """The bytes inside, unpacked and thrown away: no reader of XLSX can do with less."""
    total = 0
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as member:
                while block := member.read(1 << 20):
                    total += len(block)
    return total


def with_fastexcel(path: Path) -> int:
    """All cells as text in Arrow columns."""
    sheet = fastexcel.read_excel(path).load_sheet_eager(0, header_row=None, dtypes="string")
    return int(sheet.num_rows)


def with_calamine(path: Path) -> int:
    """All cells as Python values."""
    with CalamineWorkbook.from_path(path) as book:
        return len(book.get_sheet_by_index(0).to_python())


def with_openpyxl(path: Path) -> int:
    """All cells as Python values, row by row."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    count = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
    book.close()
    return count


def with_csv_reader(path: Path) -> int:
    """All cells as text, row by row, as the standard library does it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return len(list(csv.reader(file)))
