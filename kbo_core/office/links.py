"""The district's link: signed, in force until it expires, is revoked or is followed by another; one a district and
cycle."""

import hashlib
import hmac
import os
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from itsdangerous import BadSignature, Signer

from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.findings import refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.limits import open_cycle
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.office.secrets import office_key
from kbo_core.store.database import Connection
from kbo_core.store.desks import DistrictLink, find_link, links
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Assignment, get_assignment

# After the deadline: for answers that come late, are sent back, or are looked up again.
LASTS = timedelta(days=90)
_SALT = "district-link"


def portal_address(office: Office) -> str:
    """Where districts reach the portal (``KBO_PORTAL_URL``); "" where mail shall name no address.

    This machine's own name for itself leads a reader of real mail nowhere.
    """
    address = os.environ.get("KBO_PORTAL_URL", "").rstrip("/")
    return "" if office.mail.name == "smtp" and _is_loopback(address) else address


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def issue_link(
    connection: Connection, office: Office, assignment: Assignment, at: datetime, by: str, reason: str = ""
) -> str:
    """Give a district a new link, which ends its earlier one; its address, "" where there is no portal.

    The id follows from the office's key and the moment, so that a turn that is run again makes the same mail.
    """
    if not (address := portal_address(office)):
        return ""
    cycle_id, code = assignment.cycle_id, assignment.district_code
    number = len(links(connection, cycle_id, code)) + 1
    named = f"{cycle_id}/{code}/{number}/{at.isoformat()}"
    link_id = hmac.new(office_key(office.home), named.encode(), hashlib.sha256).hexdigest()[:32]
    payload = {
        "district": code,
        "number": number,
        "link": link_id,
        "expires_at": (max(assignment.due_at, at) + LASTS).isoformat(),
    }
    append(connection, cycle_id, "link-issued", payload, at=at, by=by, reason=reason)
    return f"{address}/d/{token_of(office, link_id)}"


def token_of(office: Office, link_id: str) -> str:
    """What stands in the address of a link: its id, signed."""
    return _signer(office).sign(link_id).decode()


def _signer(office: Office) -> Signer:
    return Signer(office_key(office.home), salt=_SALT, digest_method=hashlib.sha256)


def read_link(office: Office, token: str, at: datetime) -> DistrictLink:
    """The link of an address. Raises RefusedError for one that was never issued or is not in force any more."""
    try:
        link_id = _signer(office).unsign(token).decode()
    except (BadSignature, UnicodeError):
        raise _unknown() from None
    return require_link(office, link_id, at)


def require_link(office: Office, link_id: str, at: datetime) -> DistrictLink:
    """The link of an id, if it is in force. Raises RefusedError when it is not."""
    with office.database.read() as connection:
        link = find_link(connection, link_id)
    if link is None:
        raise _unknown()
    if link.revoked_at is not None:
        raise refused(
            "link-replaced",
            "link",
            f"ลิงก์นี้ยกเลิกแล้วเมื่อ {short_instant(link.revoked_at)} โปรดใช้ลิงก์ในอีเมลฉบับล่าสุดจากจังหวัด "
            "หรือขอลิงก์ใหม่จากเจ้าหน้าที่จังหวัด",
            "this link was replaced or revoked; use the one in the newest mail, or ask the province for another",
        )
    if link.expires_at < at:
        raise refused(
            "link-expired",
            "link",
            f"ลิงก์นี้หมดอายุแล้วเมื่อ {short_instant(link.expires_at)} โปรดขอลิงก์ใหม่จากเจ้าหน้าที่จังหวัด",
            "this link has expired; ask the province for another",
        )
    return link


def resend_link(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> str:
    """Send a district a new link by a mail of its own; the address. The earlier link ends.

    Raises RefusedError where no portal is set up or mail finds no address, BlockedError for a closed cycle.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        address = issue_link(connection, office, assignment, at, by, reason)
        if not address:
            raise refused(
                "portal-missing",
                "KBO_PORTAL_URL",
                "ยังไม่ได้ตั้งที่อยู่เว็บของระบบ (KBO_PORTAL_URL) จึงออกลิงก์ให้อำเภอไม่ได้",
                "KBO_PORTAL_URL is not set, or names this machine alone: no link can be sent",
            )
        number = links(connection, cycle_id, district_code)[-1].number
        district, province = districts()[district_code], provinces()[cycle.province_code].name_th
        words = office.wording.link(cycle_id, province, district, address, assignment.due_at, at)
        plan_message(connection, office, cycle, district, "link", f"{number:02}", words, at)
        return address


def revoke_link(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> None:
    """End a district's link; it has none until another is sent. Raises RefusedError when it has none now."""
    with office.database.write() as connection:
        hold(connection, cycle_id)
        get_assignment(connection, cycle_id, district_code)
        if not any(link.revoked_at is None for link in links(connection, cycle_id, district_code)):
            raise refused("link-missing", district_code, "อำเภอนี้ไม่มีลิงก์ที่ใช้อยู่", "the district has no link in force")
        append(connection, cycle_id, "link-revoked", {"district": district_code}, at=at, by=by, reason=reason)


def _unknown() -> Exception:
    return refused(
        "link-unknown",
        "link",
        "ลิงก์นี้ใช้ไม่ได้ อาจคัดลอกมาไม่ครบ โปรดกดลิงก์จากอีเมลอีกครั้ง หรือขอลิงก์ใหม่จากเจ้าหน้าที่จังหวัด",
        "this link is not one of ours, or was cut short",
    )
