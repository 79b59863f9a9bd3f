"""What forms carry, read as values."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from kbo_core.domain.findings import refused
from kbo_core.domain.thai_dates import BANGKOK, bangkok_instant, from_be
from kbo_core.domain.thai_text import clean


async def posted(request: Request) -> FormData:
    """What a form carries; read before the work begins, which is then done in a thread."""
    return await request.form(max_files=1, max_fields=1500, max_part_size=100_000)


def text(form: FormData, name: str, most: int = 2000) -> str:
    """A field's text, cut at what is taken; "" when it is not there."""
    value = form.get(name, "")
    return value[:most] if isinstance(value, str) else ""


def texts(form: FormData, name: str, most: int = 1000) -> list[str]:
    """Every text of a field that stands there several times."""
    return [value for value in form.getlist(name)[:most] if isinstance(value, str)]


def upload(form: FormData, name: str) -> tuple[bytes, str]:
    """An uploaded file and its name; nothing when none was chosen."""
    value = form.get(name)
    if not isinstance(value, UploadFile):
        return b"", ""
    return value.file.read(), (value.filename or "")[:200]


def day_told(form: FormData) -> dict[str, str]:
    """A day as a person writes it: day, month and Buddhist year."""
    return {name: clean(text(form, name, 10)) for name in ("day", "month", "year")}


def read_day(told: Mapping[str, str], like: datetime) -> datetime:
    """The instant on that day at the time of day of another. Raises RefusedError when there is no such day."""
    try:
        day = from_be(*(int(told.get(name, "")) for name in ("year", "month", "day")))
        return bangkok_instant(day, like.astimezone(BANGKOK).time())
    except (ValueError, OverflowError):
        raise refused(
            "until-unreadable",
            "until",
            "โปรดกรอกวันที่ให้ครบ วัน เดือน และปี พ.ศ. เช่น 20 มิถุนายน 2568",
            "not a day: day, month and Buddhist year are needed",
        ) from None
