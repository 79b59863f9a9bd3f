"""Screening: what is refused before any spreadsheet parser sees an uploaded file.

Everything is judged on the bytes themselves: sizes that a ZIP header claims are checked by unpacking.
"""

import re
import zipfile
import zlib
from io import BytesIO

from kbo_core.domain.findings import RefusedError, refused

MAX_BYTES = 5_000_000
MAX_UNPACKED_BYTES = 50_000_000
MAX_RATIO = 200
MAX_MEMBERS = 1000
MAX_ROWS = 10_000
MAX_COLUMNS = 200

_OLE_HEADER = bytes.fromhex("d0cf11e0a1b11ae1")
_SMALL_BYTES = 1_000_000  # a small part may well be all blanks
_MACRO_PARTS = ("vbaproject.bin", "xl/macrosheets/", "xl/dialogsheets/")
_FOREIGN_PARTS = ("xl/externallinks/", "xl/embeddings/", "xl/activex/", "xl/connections.xml", "xl/querytables/")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*>")
_EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']")
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']")  # a typed e-mail address makes one; never followed
_ENCODING = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_CELL = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")


def screen_workbook(content: bytes, name: str) -> None:
    """Nothing, when the bytes are a plain XLSX of modest size.

    Raises RefusedError with a code of its own for each thing that is not accepted.
    """
    _screen_envelope(content, name)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _screen_members(members, name)
            for member in members:
                _screen_part(member.filename, archive.read(member), name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise unreadable(name) from None


def unreadable(name: str) -> RefusedError:
    """The refusal of a file that is damaged."""
    return refused(
        "form-unreadable",
        name,
        "เปิดแฟ้มไม่ได้ แฟ้มอาจเสียหาย ให้เปิดด้วย Excel บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง",
        "the workbook cannot be read; it may be damaged",
    )


def _screen_envelope(content: bytes, name: str) -> None:
    if not content:
        raise refused("form-no-content", name, "แฟ้มว่างเปล่า ให้ส่งแฟ้มที่กรอกแล้วอีกครั้ง", "the file has no content")
    if len(content) > MAX_BYTES:
        raise refused(
            "form-too-large", name, "แฟ้มใหญ่เกิน 5 MB ให้ส่งเฉพาะแบบรายงานที่ได้รับ ไม่แนบรูปภาพ", "the file is over 5 MB"
        )
    if content.startswith(_OLE_HEADER):
        raise refused(
            "form-encrypted-or-old",
            name,
            "แฟ้มตั้งรหัสผ่านไว้ หรือเป็นแฟ้มรุ่นเก่า (.xls) ให้เอารหัสผ่านออกและบันทึกเป็น .xlsx แล้วส่งอีกครั้ง",
            "the file is encrypted or in the old binary format",
        )
    if not content.startswith(b"PK") or not zipfile.is_zipfile(BytesIO(content)):
        raise _not_xlsx(name)


def _not_xlsx(name: str) -> RefusedError:
    return refused(
        "form-not-xlsx",
        name,
        "แฟ้มนี้ไม่ใช่ Excel (.xlsx) ให้กรอกในแบบรายงานที่ได้รับและบันทึกเป็น .xlsx",
        "the file is not an XLSX workbook",
    )


def _screen_members(members: list[zipfile.ZipInfo], name: str) -> None:
    _screen_sizes(members, name)
    names = [m.filename.lower() for m in members]
    # ``orig_filename`` still has what ZipInfo mends: NUL bytes and back slashes.
    if len(set(names)) != len(names) or any(_leads_outside(m.orig_filename) for m in members):
        raise refused(
            "form-unsafe-names",
            name,
            "โครงสร้างภายในแฟ้มผิดปกติ จึงไม่เปิด ให้กรอกในแบบรายงานที่ได้รับแล้วส่งใหม่",
            "member names of the archive are repeated or lead outside it",
        )
    if any(m.flag_bits & 0x1 for m in members):
        raise refused(
            "form-encrypted-or-old",
            name,
            "แฟ้มตั้งรหัสผ่านไว้ ให้เอารหัสผ่านออกแล้วส่งอีกครั้ง",
            "the archive's members are encrypted",
        )
    if any(part in n for n in names for part in _MACRO_PARTS):
        raise _macros(name)
    if any(n.startswith(part) for n in names for part in _FOREIGN_PARTS):
        raise _foreign_content(name)
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise _not_xlsx(name)


def _screen_sizes(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    swollen = any(m.file_size > max(_SMALL_BYTES, MAX_RATIO * m.compress_size) for m in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * packed or swollen:
        raise refused(
            "form-zip-bomb",
            name,
            "แฟ้มขยายตัวใหญ่ผิดปกติเมื่อเปิด จึงไม่เปิด ให้กรอกในแบบรายงานที่ได้รับแล้วส่งใหม่",
            "the archive unpacks to too many or too large members",
        )


def _leads_outside(member: str) -> bool:
    return member.startswith("/") or any(c in member for c in "\\:\0") or ".." in member.split("/")


def _macros(name: str) -> RefusedError:
    return refused(
        "form-macros",
        name,
        "แฟ้มมีแมโคร จึงไม่เปิด ให้บันทึกเป็น Excel แบบไม่มีแมโคร (.xlsx) แล้วส่งอีกครั้ง",
        "the workbook carries macros",
    )


def _foreign_content(name: str) -> RefusedError:
    return refused(
        "form-foreign-content",
        name,
        "แฟ้มมีวัตถุฝังหรือลิงก์ไปยังแฟ้มอื่น จึงไม่เปิด ให้ลบออกหรือกรอกในแบบรายงานที่ได้รับแล้วส่งใหม่",
        "the workbook embeds objects or refers to other files",
    )


def _screen_part(member: str, content: bytes, name: str) -> None:
    lowered = member.lower()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _odd_xml(name)
    if not lowered.endswith((".xml", ".rels", ".vml")):
        return
    encoding = _ENCODING.match(content)
    # In any other encoding the searches here would look past what the parser sees.
    if b"\0" in content or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        raise _odd_xml(name)
    if lowered == "[content_types].xml" and b"macroEnabled" in content:
        raise _macros(name)
    if lowered.endswith(".rels"):
        for link in _RELATIONSHIP.findall(content):
            if _EXTERNAL.search(link) and not _HYPERLINK.search(link):
                raise _foreign_content(name)
    if b"sheetData" in content:
        _screen_extent(content, name)


def _odd_xml(name: str) -> RefusedError:
    return refused(
        "form-unsafe-xml",
        name,
        "เนื้อหาภายในแฟ้มผิดปกติ (DTD หรือรหัสอักขระอื่น) จึงไม่เปิด ให้เปิดด้วย Excel บันทึกใหม่เป็น .xlsx แล้วส่งอีกครั้ง",
        "an XML part has a DTD or is not UTF-8",
    )


def _screen_extent(content: bytes, name: str) -> None:
    """A single cell in the last corner makes a parser set aside room for the whole sheet."""
    for letters, digits in _CELL.findall(content):
        if len(digits) > 7 or int(digits) > MAX_ROWS or _column(letters) > MAX_COLUMNS:
            raise refused(
                "form-too-wide",
                name,
                f"มีข้อมูลอยู่นอกบริเวณแบบ (เกินแถวที่ {MAX_ROWS:,} หรือเกิน {MAX_COLUMNS} คอลัมน์) ให้ลบแล้วส่งใหม่",
                f"cells lie beyond row {MAX_ROWS} or column {MAX_COLUMNS}",
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number
