"""Letters out of files: text, Markdown, DOCX, digital PDF. Anything else is refused, with the way out."""

import re
from pathlib import Path

from pypdfium2 import PdfiumError

from kbo_core.circular.letter import Letter
from kbo_core.circular.pdf_file import NoTextLayerError, TooManyPagesError, pdf_text
from kbo_core.circular.plain_file import decoded
from kbo_core.circular.word_file import UnsafeArchiveError, word_text
from kbo_core.domain.findings import RefusedError, refused

LARGEST_FILE = 20_000_000
LONGEST_TEXT = 100_000
_MOST_PAGES = 80
_TEXT_ENDINGS = (".txt", ".md", ".markdown", ".text")
_WAY_OUT = "ให้พิมพ์ข้อความเป็นแฟ้ม .txt หรือ .docx แล้วส่งใหม่"


def open_letter(path: Path) -> Letter:
    """The letter in a file. Raises RefusedError when it cannot be read as one."""
    try:
        if not path.is_file():
            raise refused("letter-not-found", path.name, "ไม่พบแฟ้มหนังสือ ตรวจชื่อและที่อยู่ของแฟ้ม", "no such file")
        if path.stat().st_size > LARGEST_FILE:
            raise _too_large(path.name)
        data = path.read_bytes()
    except OSError:
        raise refused("letter-unreadable", path.name, "เปิดแฟ้มไม่ได้ ตรวจสิทธิ์ของแฟ้ม", "cannot be opened") from None
    return letter_from(path.name, data)


def letter_from(name: str, data: bytes) -> Letter:
    """The letter in the bytes of a file of that name. Raises RefusedError when they cannot be read as one."""
    if len(data) > LARGEST_FILE:
        raise _too_large(name)
    ending = Path(name).suffix.lower()
    if data.startswith(b"%PDF") or ending == ".pdf":
        text = _from_pdf(name, data)
    elif data.startswith(b"PK") or ending == ".docx":
        text = _from_word(name, data)
    elif ending in _TEXT_ENDINGS:
        text = _from_text(name, data)
    else:
        raise refused(
            "letter-kind",
            name,
            f"ไม่รู้จักแฟ้มชนิดนี้ ใช้ได้ .txt .md .docx .pdf ({_WAY_OUT})",
            "unknown kind of file: .txt, .md, .docx or .pdf is read",
        )
    if len(text) > LONGEST_TEXT:
        raise _too_large(name)
    if not re.search(r"\w", text):
        raise refused("letter-empty", name, "แฟ้มนี้ไม่มีข้อความ", "the file has no text")
    return Letter(text, name)


def _from_pdf(name: str, data: bytes) -> str:
    try:
        return pdf_text(data, _MOST_PAGES)
    except NoTextLayerError:
        raise refused(
            "letter-is-scan",
            name,
            f"PDF นี้เป็นภาพสแกน ไม่มีข้อความให้อ่าน {_WAY_OUT} หรือขอแฟ้มต้นฉบับจากเจ้าของเรื่อง",
            "a scan without a text layer: type the text in, or ask for the original file",
        ) from None
    except TooManyPagesError:
        raise _too_large(name) from None
    except PdfiumError:
        raise _broken(name, "PDF") from None


def _from_word(name: str, data: bytes) -> str:
    try:
        return word_text(data)
    except UnsafeArchiveError:
        raise _too_large(name) from None
    except Exception:  # zip, XML and package faults have no common ancestor; none may reach the reader
        raise _broken(name, "DOCX") from None


def _from_text(name: str, data: bytes) -> str:
    text = decoded(data)
    if text is None:
        raise refused(
            "letter-encoding",
            name,
            "อ่านตัวอักษรในแฟ้มไม่ได้ บันทึกใหม่เป็น UTF-8",
            "not text in UTF-8, UTF-16 or cp874",
        )
    return text


def _too_large(name: str) -> RefusedError:
    return refused(
        "letter-too-large",
        name,
        f"แฟ้มใหญ่เกินกว่าจะเป็นหนังสือเวียน {_WAY_OUT}",
        "larger than any letter",
    )


def _broken(name: str, kind: str) -> RefusedError:
    return refused(
        "letter-broken",
        name,
        f"เปิดแฟ้ม {kind} ไม่ได้ แฟ้มอาจเสียหรือใส่รหัสผ่าน {_WAY_OUT}",
        f"not a {kind} that can be opened; broken, or under a password",
    )
