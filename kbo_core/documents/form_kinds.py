"""What kind of file came back: told by its bytes, then compared with its name."""

from enum import StrEnum
from pathlib import PurePosixPath

from kbo_core.domain.submission_words import refusal

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # how Excel wraps a workbook with a password
_ZIP = b"PK\x03\x04"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"{\\rtf", b"%pdf")


class Kind(StrEnum):
    """The kinds of file that are taken in."""

    XLSX = "Excel (.xlsx)"
    XLS = "Excel 97-2003 (.xls)"
    ODS = "OpenDocument (.ods)"
    TEXT = "CSV"


_ENDINGS = {
    ".xlsx": Kind.XLSX,
    ".xlsm": Kind.XLSX,
    ".xls": Kind.XLS,
    ".ods": Kind.ODS,
    ".csv": Kind.TEXT,
    ".tsv": Kind.TEXT,
    ".txt": Kind.TEXT,
}


def kind_of(content: bytes, name: str) -> Kind:
    """The kind of a file. Raises RefusedError for one that is none of ours or bears another kind's name."""
    ending = PurePosixPath(name.lower()).suffix
    kind = _by_content(content)
    if kind is Kind.XLS and _ENCRYPTED in content:
        raise refusal("form-encrypted", name)
    if ending not in _ENDINGS or kind is None:
        if ending in _ENDINGS and (other := _other_kind(content)):
            raise refusal("form-renamed", name, ending=ending, kind=other)
        raise refusal("form-not-spreadsheet", name)
    if _ENDINGS[ending] is not kind:
        raise refusal("form-renamed", name, ending=ending, kind=kind)
    return kind


def ending_of(content: bytes) -> str:
    """The ending under which a file that was taken in can be opened again."""
    return next((ending for ending, kind in _ENDINGS.items() if kind is _by_content(content)), ".bin")


def _by_content(content: bytes) -> Kind | None:
    if content.startswith(_OLE):
        return Kind.XLS
    if content.startswith(_ZIP):
        return Kind.ODS if _ODS in content[:256] else Kind.XLSX
    return None if _other_kind(content) or _is_binary(content) else Kind.TEXT


def _other_kind(content: bytes) -> str | None:
    """The name of a kind that is often sent under a spreadsheet's name."""
    start = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        return "PDF"
    if start.startswith(b"{\\rtf"):
        return "RTF"
    return "HTML/XML" if start.startswith(_MARKUP) else None


def _is_binary(content: bytes) -> bool:
    """Whether the bytes are no text: NUL stands in text only as a half of UTF-16."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    sample = content[:4096]
    if b"\0" not in sample:
        return any(byte < 9 or 13 < byte < 32 for byte in sample)
    return len(content) % 2 != 0 or not any(_are_high_halves(sample[n::2]) for n in (0, 1))


def _are_high_halves(halves: bytes) -> bool:
    """Whether these are the high bytes of Latin, Thai and punctuation in UTF-16."""
    return sum(half in (0x00, 0x0E, 0x20) for half in halves) >= 0.9 * len(halves)
