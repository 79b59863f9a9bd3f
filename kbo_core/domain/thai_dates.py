"""Thai dates: Buddhist years, month names, fiscal years, and the day as Bangkok sees it.

A Buddhist year (BE = CE + 543) is a number named ``…_be``; a date is always Gregorian.
"""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kbo_core.domain.thai_text import thai_digits

BANGKOK = ZoneInfo("Asia/Bangkok")
BE_OFFSET = 543
MONTHS = (
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
)
MONTHS_SHORT = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")


def year_be(day: date) -> int:
    """The Buddhist calendar year of a date."""
    return day.year + BE_OFFSET


def fiscal_year_be(day: date) -> int:
    """The government fiscal year, 1 October to 30 September, named by its end."""
    return year_be(day) + (day.month >= 10)


def from_be(year: int, month: int, day: int) -> date:
    """The date of a Buddhist year. Raises ValueError where the calendar has no such day."""
    return date(year - BE_OFFSET, month, day)


def long_date(day: date, *, thai: bool = False) -> str:
    """``5 ธันวาคม 2567``; in Thai digits, as letters write it, with ``thai=True``."""
    text = f"{day.day} {MONTHS[day.month - 1]} {year_be(day)}"
    return thai_digits(text) if thai else text


def short_date(day: date) -> str:
    """``5 ธ.ค. 2567``, for tables and screens."""
    return f"{day.day} {MONTHS_SHORT[day.month - 1]} {year_be(day)}"


def short_instant(at: datetime) -> str:
    """``5 ธ.ค. 2567 16:30 น.`` in Bangkok."""
    local = at.astimezone(BANGKOK)
    return f"{short_date(local.date())} {local:%H:%M} น."


def bangkok_day(at: datetime) -> date:
    """The date on the office's wall at an instant."""
    return at.astimezone(BANGKOK).date()


def bangkok_instant(day: date, clock: time) -> datetime:
    """The UTC instant of a wall-clock time in Bangkok."""
    return datetime.combine(day, clock, BANGKOK).astimezone(UTC)
