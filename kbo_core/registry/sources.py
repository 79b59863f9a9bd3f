"""The bytes of a source: a file beside the definition, or an http(s) address."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from kbo_core.clock import now
from kbo_core.domain.findings import RefusedError, refused
from kbo_core.domain.thai_dates import bangkok_day, short_date
from kbo_core.registry.addresses import is_address, parse_address, shown
from kbo_core.registry.ckan import fetch_ckan, parse_ckan
from kbo_core.registry.copies import Copies
from kbo_core.registry.download import Patience, Visit, download
from kbo_core.registry.endings import ending_of

_PATIENCE = Patience()


@dataclass(frozen=True)
class SourceFile:
    """A source as it was read; ``label`` is the path as the definition writes it, ``title`` how results name it."""

    label: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def title(self) -> str:
        return shown(self.label) if is_address(self.label) else self.label

    @property
    def ending(self) -> str:
        """What kind of file it is, as a lower-case suffix: by its name, else by its bytes."""
        return ending_of(self.label, self.content)


Fetch = Callable[[str], SourceFile]


def fetch_source(path: str, folder: Path, *, cache: Path | None = None, patience: Patience = _PATIENCE) -> SourceFile:
    """The file at a path relative to ``folder``, or what an address gives: a file, or a table of a CKAN portal.

    ``cache`` is a folder for copies of downloads: an address is then asked only for what has changed, and a failure
    tells of the copy, which is never taken silently. The environment's ``KBO_CKAN_API_KEY`` is for CKAN's addresses.

    Raises RefusedError when it is not there, is empty, is too large or cannot be had; BlockedError when a dataset has
    several tables.
    """
    content = _download(path, cache, patience) if is_address(path) else _read(path, folder)
    where = shown(path) if is_address(path) else path
    if not content:
        raise refused("file-empty", where, "แฟ้มนี้ว่างเปล่า (0 ไบต์) ขอแฟ้มใหม่จากผู้ส่ง", "the file is empty")
    if len(content) > patience.largest:
        raise refused("file-too-large", where, "แฟ้มใหญ่เกิน 1 GB", "the file is larger than 1 GB")
    return SourceFile(path, content)


def _download(path: str, cache: Path | None, patience: Patience) -> bytes:
    address, where, copies = parse_address(path), shown(path), Copies(cache) if cache else None
    asked = parse_ckan(address)
    try:
        with Visit(address, where, patience, _api_key() if asked else None) as visit:
            if asked is None:
                return download(visit, address, copies)
            content = fetch_ckan(visit, asked, copies)
    except RefusedError as error:
        raise _with_copy(error, str(address), copies) from None
    if copies and content:
        copies.keep(str(address), where, content, now(), {})
    return content


def _with_copy(error: RefusedError, address: str, copies: Copies | None) -> RefusedError:
    """The same refusal, telling of the copy of an earlier day: whether it may still be used, a person decides."""
    copy = copies.find(address) if copies else None
    if copy is None:
        return error
    day = bangkok_day(copy.had_at)
    told_th = f" มีสำเนาที่ดาวน์โหลดไว้เมื่อ {short_date(day)} ที่ {copy.place} หากเห็นว่ายังใช้ได้ ให้แก้ path เป็นแฟ้มนี้"
    told_en = f"; a copy of {day} is at {copy.place}: give it as path if it still holds"
    return RefusedError(
        *[replace(f, message_th=f.message_th + told_th, message_en=f.message_en + told_en) for f in error.findings]
    )


def _api_key() -> str | None:
    key = os.environ.get("KBO_CKAN_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        raise refused(
            "api-key-unusable",
            "KBO_CKAN_API_KEY",
            "ค่า KBO_CKAN_API_KEY มีอักขระที่ใช้ไม่ได้ คัดลอก api-key จากเว็บไซต์ต้นทางมาใส่ใหม่",
            "KBO_CKAN_API_KEY has characters that no key has",
        )
    return key or None


def _read(path: str, folder: Path) -> bytes:
    place = folder / path
    try:
        return place.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise refused(
            "file-missing",
            path,
            f"ไม่พบแฟ้ม {path} ในโฟลเดอร์เดียวกับแฟ้มกำหนดรอบ ตรวจชื่อแฟ้มและนามสกุล",
            f"no such file: {path} (relative to the definition)",
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL in it
        raise refused("file-unreadable", path, f"เปิดแฟ้มไม่ได้ ({error})", f"cannot be opened: {error}") from None
