"""What every request meets first: sizes, how often, where a form was sent from; and the headers of every answer."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kbo_core.domain.findings import KboError
from portal.throttle import Rates, Throttle
from portal.told import turned_away

MAX_BODY = 6_000_000  # a form of the largest size with what a browser writes around it
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# Great Expectations writes styles and scripts into its pages; what they ask of other hosts is refused.
_DATA_DOCS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
}
_STATIC = ("/static/", "/fonts/")
_KEPT = {"Cache-Control": "public, max-age=86400"}
_HSTS = {"Strict-Transport-Security": "max-age=31536000"}

Refusal = Callable[[Request, KboError], Response]
Answered = Callable[[Scope, int, float], None]


class Guard:
    """Around the whole application; ``refuse`` makes the page that says no. ``own_host`` is the portal's public host,
    where a proxy gives another one on; ``answered`` learns of every answer: its status and the seconds."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        throttle: Throttle,
        rates: Rates,
        refuse: Refusal,
        own_host: Callable[[], str],
        answered: Answered,
    ) -> None:
        self._app = app
        self._throttle, self._rates = throttle, rates
        self._refuse, self._own_host, self._answered = refuse, own_host, answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        more = _DATA_DOCS if path.startswith("/data-docs/") else _KEPT if path.startswith(_STATIC) else {}
        if scope["scheme"] == "https":
            more = {**more, **_HSTS}

        has_begun, began = False, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._answered(scope, message["status"], time.perf_counter() - began)
                headers = MutableHeaders(scope=message)
                for name, value in {**_HEADERS, **more}.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope)
        if no := self._turned_away(request):
            await self._refuse(request, no)(scope, receive, answer)
            return
        counted = _Counted(receive)
        try:
            await self._app(scope, counted, answer)
        except _TooLargeError:
            await self._refuse(request, _too_large())(scope, receive, answer)
        except Exception as error:
            if not has_begun:
                await self._refuse(request, _broken(error))(scope, receive, answer)
            raise  # for the log; to the reader it has been said

    def _turned_away(self, request: Request) -> KboError | None:
        if request.url.path.startswith(_STATIC):
            return None
        address = request.client.host if request.client else "-"
        if not self._throttle.take(f"address {address}", self._rates.address):
            return too_often()
        length = request.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY:
            return _too_large()
        is_form = request.method not in ("GET", "HEAD", "OPTIONS") and not request.url.path.startswith("/api/")
        if is_form and not self._is_from_here(request.headers):
            return turned_away(
                "foreign-origin",
                "Origin",
                "คำขอนี้ไม่ได้ส่งมาจากหน้าเว็บของระบบ จึงไม่ดำเนินการ โปรดเปิดหน้าเว็บจากลิงก์แล้วลองอีกครั้ง",
                "the request was not sent from one of our own pages",
            )
        return None

    def _is_from_here(self, headers: Headers) -> bool:
        """Was a form sent from one of our pages? A browser says so itself, by Origin or by Referer."""
        told = headers.get("origin") or headers.get("referer") or ""
        return urlsplit(told).netloc in {headers.get("host", "-"), self._own_host() or "-"}


class _TooLargeError(Exception):
    """More came than may come."""


class _Counted:
    """What is received, up to the most that is taken: a length may be untold, or a lie."""

    def __init__(self, receive: Receive) -> None:
        self._receive, self._count = receive, 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._count += len(message.get("body", b""))
        if self._count > MAX_BODY:
            raise _TooLargeError
        return message


def _too_large() -> KboError:
    return turned_away(
        "too-large", "body", "ข้อมูลที่ส่งมาใหญ่เกินไป แฟ้มต้องไม่เกิน 5 MB", "the request is larger than is taken (5 MB)"
    )


def _broken(error: Exception) -> KboError:
    return turned_away(
        "internal-error",
        "portal",
        "เกิดข้อผิดพลาดภายในระบบ ข้อมูลที่ส่งไว้ก่อนหน้านี้ยังอยู่ครบ โปรดลองอีกครั้ง หากยังไม่ได้ให้แจ้งเจ้าหน้าที่จังหวัด",
        f"internal error ({type(error).__name__})",
    )


def too_often() -> KboError:
    return turned_away(
        "too-often", "rate", "มีคำขอถี่เกินไป โปรดรอสักครู่แล้วลองอีกครั้ง", "too many requests; wait a little and try again"
    )
