"""The pages: templates, what every one of them knows, and the page that says no."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.templating import Jinja2Templates

from kbo_core.clock import now
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import KboError, Severity
from kbo_core.domain.thai_dates import MONTHS, bangkok_day, long_date, short_date, short_instant, year_be
from kbo_core.office.timeline import CHANNELS_TH
from portal.told import status_of

HERE = Path(__file__).parent
WAYS_TH = {"portal": "ทางหน้าเว็บ", "api": "ทางโปรแกรม", "inbox": "ทางแฟ้มในกล่องรับ", "file": "เจ้าหน้าที่จังหวัดรับแฟ้ม"}
MESSAGE_STATES_TH = {"planned": "รอส่ง", "sent": "ส่งแล้ว", "explained": "ไม่ส่ง", "undeliverable": "ส่งไม่ถึง"}


def make_pages() -> Jinja2Templates:
    """The templates, with the words for dates."""
    pages = Jinja2Templates(HERE / "templates")
    pages.env.globals |= {"short_instant": short_instant, "long_day": _long_day, "short_date": short_date}
    pages.env.globals |= {
        "ways_th": WAYS_TH,
        "message_states_th": MESSAGE_STATES_TH,
        "channels_th": CHANNELS_TH,
        "by_th": _by_th,
    }
    pages.env.globals |= {"months": MONTHS, "year_be": lambda at: year_be(bangkok_day(at))}
    pages.env.trim_blocks = pages.env.lstrip_blocks = True
    return pages


def _by_th(by: str) -> str:
    """Who did something, as a person reads it: the programs and the districts have names of their own in the log."""
    if by == "system":
        return "ระบบ"
    code = by.removeprefix("district ")
    return districts()[code].title_th if code in districts() else by


def _long_day(at: datetime) -> str:
    return long_date(bangkok_day(at))


PAGES = make_pages()


def page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page, with the instant that it shows."""
    return PAGES.TemplateResponse(request, name, {"at": now(), **values}, status_code=status)


def go(address: str) -> Response:
    """To another page, by GET whatever came before."""
    return RedirectResponse(address, status_code=303)


def say_no(request: Request, error: KboError, status: int | None = None) -> Response:
    """What is wrong, and what to do: as a page, or as a document for a program; ``status`` where the error's own does
    not fit."""
    status = status or status_of(error)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"findings": [f.as_row() for f in error.findings]}, status_code=status)
    faults = [f for f in error.findings if f.severity is Severity.BLOCK] or error.findings
    return page(request, "no.html", status, findings=faults, number=status)


def file_response(name: str, content: bytes) -> Response:
    """A file to be saved under its own Thai name, never shown in the page."""
    ending = name.rsplit(".", 1)[-1]
    headers = {"Content-Disposition": f"attachment; filename=\"paper.{ending}\"; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=_KINDS.get(ending, "application/octet-stream"), headers=headers)


_KINDS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
