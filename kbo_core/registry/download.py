"""One address → its bytes, whole or not at all; every failure says why and what to do instead."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx

from kbo_core.clock import now
from kbo_core.domain.findings import RefusedError, refused
from kbo_core.registry.addresses import is_same_website, shown, without_user
from kbo_core.registry.copies import Copies

BY_HAND_TH = "ให้เปิดที่อยู่นี้ด้วยเบราว์เซอร์ บันทึกแฟ้มไว้ข้างแฟ้มกำหนดรอบ แล้วแก้ path เป็นชื่อแฟ้มนั้น"
BY_HAND_EN = "download it by hand and give the file's path instead"
_REDIRECTS = 5
_SAID_LIMIT = 64 * 1024
_STATUS_TH = {
    400: "เว็บไซต์ต้นทางแจ้งว่าคำขอไม่ถูกต้อง",
    404: "ไม่มีแฟ้มตามที่อยู่นี้ ตรวจที่อยู่",
    409: "เว็บไซต์ต้นทางแจ้งว่าคำขอไม่ถูกต้อง",
    410: "แฟ้มถูกถอดออกจากเว็บไซต์ต้นทางแล้ว",
    429: "เว็บไซต์ต้นทางจำกัดจำนวนครั้งที่ขอ",
}


@dataclass(frozen=True)
class Patience:
    """How often to try, how long to wait (seconds) and how much to take (bytes) before giving up on a website."""

    tries: int = 3
    first_wait: float = 1
    longest_wait: float = 30
    connect: float = 10
    silence: float = 20
    overall: float = 300
    largest: int = 1024**3
    sleep: Callable[[float], None] = time.sleep
    elapsed: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class Answer:
    """What a website answered: the file (200), or that the copy at hand is still right (304)."""

    status: int
    headers: httpx.Headers
    content: bytes


Explain = Callable[[bytes], str]


class PassingError(Exception):
    """A trouble that may be over at the next try, and what to tell when it is not."""

    def __init__(self, told: RefusedError, wait: float | None = None) -> None:
        self.told = told
        self.wait = wait
        super().__init__()


class Visit:
    """Everything that is asked of websites for one address of the definition, under one deadline.

    The key goes to that address's own website and to no other, whatever it redirects to.
    """

    def __init__(self, address: httpx.URL, where: str, patience: Patience, key: str | None = None) -> None:
        self.address = address
        self.where = where
        self.patience = patience
        self._key = key
        self._deadline = patience.elapsed() + patience.overall
        self._client = httpx.Client(
            follow_redirects=False,  # each step is looked at first
            # A compressed body that was cut short would pass for a whole one, so none is asked for.
            headers={"user-agent": "kbo-cycle", "accept": "*/*", "accept-encoding": "identity"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def get(
        self, url: httpx.URL, *, conditions: Mapping[str, str] | None = None, explain: Explain | None = None
    ) -> Answer:
        """The answer of an address, tried again while the trouble may pass.

        ``explain`` reads the website's own words out of the body of a refusal. Raises RefusedError.
        """
        tried = 0
        while True:
            try:
                return self._follow(url, conditions or {}, explain)
            except PassingError as trouble:
                tried += 1
                wait = self.patience.first_wait * 2 ** (tried - 1) if trouble.wait is None else trouble.wait
                wait = min(wait, self.patience.longest_wait)
                if tried >= self.patience.tries or wait >= self._left():
                    raise trouble.told from None
                self.patience.sleep(wait)

    def pause(self) -> None:
        """A moment for a website that is being changed."""
        self.patience.sleep(self.patience.first_wait)

    def not_had(self, why_th: str, why_en: str) -> RefusedError:
        return refused(
            "download-failed",
            self.where,
            f"ดาวน์โหลดไม่สำเร็จ ({why_th}) {BY_HAND_TH}",
            f"download failed ({why_en}): {BY_HAND_EN}",
        )

    def not_a_table(self, what_th: str, what_en: str) -> RefusedError:
        return refused(
            "not-a-table",
            self.where,
            f"ที่อยู่นี้ให้{what_th} ไม่ใช่แฟ้มตารางข้อมูล {BY_HAND_TH}",
            f"the address gives {what_en} and not a table: {BY_HAND_EN}",
        )

    def too_large(self) -> RefusedError:
        return refused(
            "file-too-large",
            self.where,
            f"แฟ้มใหญ่เกิน {_size(self.patience.largest)} ตรวจว่าที่อยู่นี้เป็นแฟ้มทะเบียนที่ต้องการ",
            f"the file is larger than {_size(self.patience.largest)}",
        )

    def _follow(self, url: httpx.URL, conditions: Mapping[str, str], explain: Explain | None) -> Answer:
        try:
            for _ in range(_REDIRECTS + 1):
                self._require_time()
                headers = {**conditions, **self._key_for(url)}
                with self._client.stream("GET", url, headers=headers, timeout=self._timeout()) as response:
                    if not response.has_redirect_location:
                        return self._taken(response, conditions, explain)
                    url = self._next(response)
        except httpx.TimeoutException:
            raise PassingError(self.not_had("เว็บไซต์ต้นทางไม่ตอบภายในเวลาที่กำหนด", "timed out")) from None
        except httpx.ConnectError as error:
            raise self._not_reached(str(error)) from None
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            # Less than the Content-Length, a chunk without its end, or nothing: never a whole file.
            raise PassingError(self._cut_off()) from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            name = type(error).__name__
            raise self.not_had(f"ที่อยู่หรือคำตอบของเว็บไซต์ต้นทางใช้ไม่ได้: {name}", name) from None
        raise self.not_had("เว็บไซต์ต้นทางส่งต่อไปที่อยู่อื่นหลายทอดเกินไป", "too many redirects")

    def _next(self, response: httpx.Response) -> httpx.URL:
        url = without_user(response.url.join(response.headers["location"]))
        if url.scheme not in {"http", "https"} or (response.url.scheme, url.scheme) == ("https", "http"):
            unsafe = shown(str(url))
            raise self.not_had(
                f"เว็บไซต์ต้นทางส่งต่อไปที่อยู่ซึ่งไม่ปลอดภัย: {unsafe}", f"redirected to an unsafe address: {unsafe}"
            )
        return url

    def _taken(self, response: httpx.Response, conditions: Mapping[str, str], explain: Explain | None) -> Answer:
        status = response.status_code
        if status == HTTPStatus.NOT_MODIFIED and conditions:
            return Answer(status, response.headers, b"")
        if status != HTTPStatus.OK:
            raise self._declined(response, explain)
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise self.not_had("เว็บไซต์ต้นทางส่งแฟ้มแบบบีบอัดโดยไม่ได้ขอ", "compressed without having been asked")
        if _number(response.headers.get("content-length")) > self.patience.largest:
            raise self.too_large()
        return Answer(status, response.headers, self._body(response))

    def _body(self, response: httpx.Response) -> bytes:
        content = bytearray()
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > self.patience.largest:
                raise self.too_large()
            self._require_time()
        return bytes(content)

    def _declined(self, response: httpx.Response, explain: Explain | None) -> Exception:
        status = response.status_code
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            why_th = _STATUS_TH.get(status, "เว็บไซต์ต้นทางขัดข้อง")
            return PassingError(self.not_had(f"HTTP {status} {why_th}", f"HTTP {status}"), _retry_after(response))
        said = self.without_key(explain(self._beginning(response))) if explain else ""
        told = f" เว็บไซต์แจ้งว่า: {said}" if said else ""
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return self.portal_refused(f"HTTP {status}{told}", f"HTTP {status}{_quoted(said)}", asks_key=bool(explain))
        why_th = _STATUS_TH.get(status, "เว็บไซต์ต้นทางไม่ให้แฟ้ม")
        return self.not_had(f"HTTP {status} {why_th}{told}", f"HTTP {status}{_quoted(said)}")

    def portal_refused(self, why_th: str, why_en: str, *, asks_key: bool) -> RefusedError:
        """That the website lets people have the file, but no program; or none without the right key."""
        key_th = key_en = ""
        if asks_key:
            key_th = " หากเว็บไซต์กำหนดให้ใช้ api-key ให้ตั้งค่า KBO_CKAN_API_KEY แล้วสั่งใหม่"
            key_en = "; if the website wants an api-key, set KBO_CKAN_API_KEY"
        if asks_key and self._key:
            key_th, key_en = " หรือตรวจ api-key ใน KBO_CKAN_API_KEY ว่ายังใช้ได้", "; or KBO_CKAN_API_KEY is not valid"
        return refused(
            "portal-refused",
            self.where,
            f"เว็บไซต์ต้นทางไม่อนุญาตให้โปรแกรมดาวน์โหลด ({why_th}) {BY_HAND_TH}{key_th}",
            f"the website refuses automatic download ({why_en}): {BY_HAND_EN}{key_en}",
        )

    def _not_reached(self, reason: str) -> RefusedError:
        if "CERTIFICATE_VERIFY_FAILED" in reason:
            return self.not_had("ใบรับรองความปลอดภัยของเว็บไซต์ต้นทางตรวจไม่ผ่าน", "its certificate cannot be verified")
        return self.not_had("ติดต่อเว็บไซต์ต้นทางไม่ได้ ตรวจอินเทอร์เน็ตและชื่อเว็บไซต์", "the website cannot be reached")

    def _cut_off(self) -> RefusedError:
        return refused(
            "download-cut-off",
            self.where,
            f"การดาวน์โหลดขาดกลางคัน ได้แฟ้มไม่ครบ จึงไม่ใช้ส่วนที่ได้มา ลองใหม่ภายหลัง หรือ{BY_HAND_TH}",
            f"the connection was cut before the whole file had arrived: try again later, or {BY_HAND_EN}",
        )

    def _beginning(self, response: httpx.Response) -> bytes:
        said = b""
        for chunk in response.iter_raw():
            said += chunk
            if len(said) > _SAID_LIMIT:
                break
            self._require_time()
        return said

    def without_key(self, said: str) -> str:
        return said.replace(self._key, "***") if self._key else said

    def _key_for(self, url: httpx.URL) -> dict[str, str]:
        return {"api-key": self._key} if self._key and is_same_website(self.address, url) else {}

    def _timeout(self) -> httpx.Timeout:
        left = self._left()
        return httpx.Timeout(min(self.patience.silence, left), connect=min(self.patience.connect, left))

    def _left(self) -> float:
        return self._deadline - self.patience.elapsed()

    def _require_time(self) -> None:
        if self._left() <= 0:
            raise self.not_had(
                f"ใช้เวลานานเกิน {self.patience.overall:.0f} วินาที", f"not finished after {self.patience.overall:.0f} s"
            )


def download(visit: Visit, url: httpx.URL, copies: Copies | None) -> bytes:
    """The table at an address: anew, or its copy when the website says that nothing has changed.

    Raises RefusedError.
    """
    copy = copies.find(str(url)) if copies else None
    answer = visit.get(url, conditions=copy.conditions if copy else {})
    if copy and answer.status == HTTPStatus.NOT_MODIFIED:
        return copy.content
    require_no_page(visit, answer)
    if answer.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        raise visit.not_a_table("ข้อมูลแบบ JSON", "JSON")
    if copies and answer.content:
        copies.keep(str(url), shown(str(url)), answer.content, now(), answer.headers)
    return answer.content


def require_no_page(visit: Visit, answer: Answer) -> None:
    """Raises RefusedError when a web page came, such as a log-in form or a notice, under whatever status."""
    begins = answer.content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"} or begins.startswith((b"<!doctype html", b"<html")):
        raise visit.not_a_table("หน้าเว็บ (เช่น หน้าเข้าสู่ระบบหรือประกาศ)", "a web page (a log-in form or a notice)")


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the website asks to wait; a date is read against the website's own clock."""
    told = response.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(response.headers.get("date", ""))
    except (TypeError, ValueError):
        return None
    return max(wait, timedelta()).total_seconds()


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 20 else 0


def _quoted(said: str) -> str:
    return f": {said}" if said else ""


def _size(count: int) -> str:
    return f"{count // 1024**3} GB" if count >= 1024**3 else f"{count:,} B"
