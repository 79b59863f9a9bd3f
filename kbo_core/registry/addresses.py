"""http(s) addresses: known by how they begin, shown without what is secret in them."""

import re

import httpx

from kbo_core.domain.findings import refused

_BEGINNING = re.compile(r"\s*https?://", re.IGNORECASE)
_USER = re.compile(r"(?<=://)[^/?#\s]*@")
_SECRET = re.compile(r"([?&][^=&#]*(?:key|token|secret|pass|auth|sig)[^=&#]*=)[^&#]*", re.IGNORECASE)


def is_address(path: str) -> bool:
    """Whether a source's path is an http(s) address rather than a file's name."""
    return _BEGINNING.match(path) is not None


def shown(address: str) -> str:
    """An address as findings may quote it: no user, no password, no value of a key or token."""
    return _SECRET.sub(r"\1***", _USER.sub("", address.strip()))


def parse_address(text: str) -> httpx.URL:
    """The address to ask for, without its fragment.

    Raises RefusedError when it is no address, or carries a user or password: the definition is evidence and is passed
    on, so a password does not belong in it.
    """
    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        url = None
    if url is None or not url.host:
        raise refused(
            "download-failed",
            shown(text),
            "ดาวน์โหลดไม่สำเร็จ (ที่อยู่เว็บไซต์เขียนไม่ถูกต้อง) ตรวจที่อยู่ใน path หรือบันทึกแฟ้มไว้ข้างแฟ้มกำหนดรอบแล้วแก้ path เป็นชื่อแฟ้มนั้น",
            "download failed: not a well-formed address",
        )
    if url.userinfo:
        raise refused(
            "address-with-password",
            shown(text),
            "ที่อยู่นี้มีชื่อผู้ใช้หรือรหัสผ่านอยู่ด้วย แฟ้มกำหนดรอบต้องเก็บเป็นหลักฐานและส่งต่อให้ผู้อื่นได้ จึงห้ามใส่รหัสผ่าน "
            "ให้ดาวน์โหลดแฟ้มด้วยเบราว์เซอร์ บันทึกไว้ข้างแฟ้มกำหนดรอบ แล้วแก้ path เป็นชื่อแฟ้มนั้น",
            "the address carries a user or password, and the definition is kept as evidence: download it by hand",
        )
    return url.copy_with(fragment=None)


def without_user(url: httpx.URL) -> httpx.URL:
    """An address that a website sent, without fragment, user and password."""
    return url.copy_with(fragment=None, userinfo=b"")


def is_same_website(asked: httpx.URL, other: httpx.URL) -> bool:
    """Whether what was meant for one address may go to the other: the same origin, or its own https."""
    if (asked.scheme, asked.host, asked.port) == (other.scheme, other.host, other.port):
        return True
    is_secured = (asked.scheme, other.scheme) == ("http", "https") and asked.port is None and other.port is None
    return is_secured and asked.host == other.host
