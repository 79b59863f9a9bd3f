"""Who sits at a page: the district whose link was opened, or the account that signed in."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from kbo_core.office.office import Office
from kbo_core.office.secrets import office_key
from portal.told import turned_away

DESK, ACCOUNT = "kbo_desk", "kbo_account"
_DESK_LASTS = timedelta(hours=12)


def _serializer(office: Office) -> URLSafeSerializer:
    return URLSafeSerializer(
        office_key(office.home), salt="desk-session", signer_kwargs={"digest_method": hashlib.sha256}
    )


def sit_down(office: Office, response: Response, link_id: str, at: datetime) -> None:
    """Give the browser that opened a link a session of its own."""
    value = _serializer(office).dumps([link_id, secrets.token_hex(16), at.isoformat()])
    set_cookie(response, DESK, str(value), _DESK_LASTS)


def seat_of(office: Office, request: Request, at: datetime) -> tuple[str, str]:
    """The link id of a district's session, and what its forms carry to show that they are its own.

    Raises TurnedAwayError when there is none, or it has ended.
    """
    try:
        link_id, nonce, since = _serializer(office).loads(request.cookies.get(DESK, ""))
        is_over = datetime.fromisoformat(since) + _DESK_LASTS < at
    except (BadSignature, ValueError, TypeError):
        is_over = True
    if is_over:
        raise turned_away(
            "desk-left",
            "session",
            "ยังไม่ได้เปิดหน้าของอำเภอ หรือเปิดไว้นานเกินไป โปรดกดลิงก์ในอีเมลจากจังหวัดอีกครั้ง",
            "no session of a district, or one that has ended; open the link from the mail again",
        )
    return link_id, form_token(office, nonce)


def form_token(office: Office, session: str) -> str:
    """What the forms of a session carry; nobody else can tell it."""
    return hmac.new(office_key(office.home), f"form/{session}".encode(), hashlib.sha256).hexdigest()


def require_own_form(expected: str, told: str) -> None:
    """Raises TurnedAwayError for a form that does not belong to the session."""
    if not hmac.compare_digest(expected.encode(), told.encode()):
        raise turned_away(
            "page-outdated",
            "csrf",
            "หน้านี้เปิดไว้ก่อนเริ่มใช้งานครั้งใหม่ จึงยังไม่ดำเนินการ โปรดเปิดหน้านี้ใหม่แล้วลองอีกครั้ง",
            "the form does not belong to this session; load the page again",
        )


def set_cookie(response: Response, name: str, value: str, lasts: timedelta) -> None:
    """A cookie that no script reads and that only travels encrypted."""
    age = int(lasts.total_seconds())
    response.set_cookie(name, value, max_age=age, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
