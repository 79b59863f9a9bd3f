"""The bytes of a source: a file beside the definition, or an http(s) address."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import httpx

from kbo_core.domain.findings import RefusedError, refused

_LIMIT = 1024**3
TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_SIGNATURES = ((b"PK\x03\x04", ".xlsx"), (b"\xd0\xcf\x11\xe0", ".xls"))


@dataclass(frozen=True)
class SourceFile:
    """A source as it was read; ``label`` is the path as the definition writes it."""

    label: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ending(self) -> str:
        """What kind of file it is, as a lower-case suffix: by its name, else by its bytes (an address often has none)."""
        named = PurePosixPath(self.label.partition("?")[0]).suffix.lower()
        by_bytes = (ending for sign, ending in _SIGNATURES if self.content.startswith(sign))
        return named if named in TABLES else next(by_bytes, ".csv")


Fetch = Callable[[str], SourceFile]


def fetch_source(path: str, folder: Path) -> SourceFile:
    """The file at a path relative to ``folder``, or at an address.

    Raises RefusedError when it is not there, is empty, is too large or cannot be had.
    """
    content = _download(path) if path.startswith(("http://", "https://")) else _read(path, folder)
    if not content:
        raise refused("file-empty", path, "แฟ้มนี้ว่างเปล่า (0 ไบต์) ขอแฟ้มใหม่จากผู้ส่ง", "the file is empty")
    if len(content) > _LIMIT:
        raise refused("file-too-large", path, "แฟ้มใหญ่เกิน 1 GB", "the file is larger than 1 GB")
    return SourceFile(path, content)


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


def _download(url: str) -> bytes:
    try:
        response = httpx.get(url, follow_redirects=True, timeout=60)
        response.raise_for_status()
    except httpx.HTTPStatusError as error:
        raise _not_had(url, f"HTTP {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _not_had(url, type(error).__name__) from None
    return response.content


def _not_had(url: str, why: str) -> RefusedError:
    return refused(
        "download-failed",
        url,
        f"ดาวน์โหลดไม่สำเร็จ ({why}) ให้เปิดที่อยู่นี้ด้วยเบราว์เซอร์ บันทึกแฟ้มไว้ข้างแฟ้มกำหนดรอบ แล้วแก้ path เป็นชื่อแฟ้มนั้น",
        f"download failed ({why}): download it by hand and give the file's path instead",
    )
