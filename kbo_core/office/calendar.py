"""The office's own days: ``holidays.csv`` in the home adds cabinet days as they are announced, and takes days back."""

import csv
import io
from datetime import date
from pathlib import Path

from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.domain.working_days import Calendar

_WORKING = "ทำงาน"


def office_calendar(home: Path) -> Calendar:
    """The national calendar under the office's list: columns ``date`` (2025-06-02) and ``name``; the name ``ทำงาน`` (or
    ``working``) makes the day a working day.

    Raises RefusedError naming every row that cannot be read.
    """
    book = home / "holidays.csv"
    if not book.exists():
        return Calendar()
    with io.StringIO(_text(book.read_bytes()), newline="") as lines:
        rows = csv.DictReader(lines)
        if missing := {"date", "name"} - set(rows.fieldnames or ()):
            raise refused(
                "holidays-columns",
                str(book.name),
                f"แฟ้มวันหยุด holidays.csv ไม่มีคอลัมน์ {', '.join(sorted(missing))} (ต้องมี date,name)",
                f"holidays.csv lacks the columns {', '.join(sorted(missing))}",
            )
        days: dict[date, str | None] = {}
        faults: list[Finding] = []
        for row, line in enumerate(rows, start=2):
            written, name = (line["date"] or "").strip(), (line["name"] or "").strip()
            day = _day(written)
            if day is None or not name:
                faults.append(_unreadable(row, written))
            else:
                days[day] = None if name in (_WORKING, "working") else name
    if faults:
        raise RefusedError(*faults)
    return Calendar(days)


def _text(content: bytes) -> str:
    """UTF-8, or what Excel makes of a CSV on a Thai machine."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp874", errors="replace")


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if day.year < 2400 else None  # a Buddhist year is not meant for a date


def _unreadable(row: int, written: str) -> Finding:
    return block(
        "holidays-row",
        f"holidays.csv แถว {row}",
        f'อ่านแถวนี้ไม่ได้ ("{written}") ให้เขียนวันที่เป็น ค.ศ. เช่น 2025-06-02 และใส่ชื่อวันหยุด หรือคำว่า {_WORKING}',
        f'row {row} cannot be read ("{written}"): a date like 2025-06-02 and a name, or the word working',
    )
