"""The contact book: who is reached where, in which role, from when until when (``contacts.csv`` in the home)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Literal

from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.domain.thai_dates import bangkok_day

OFFICER, CHIEF, SUPERIOR, STAFF = "", "chief", "superior", "staff"
ROLES: Mapping[str, str] = {
    OFFICER: "เจ้าหน้าที่อำเภอ",
    CHIEF: "นายอำเภอ",
    SUPERIOR: "พัฒนาการจังหวัด",
    STAFF: "เจ้าหน้าที่จังหวัด",
}
COLUMNS = ("district_code", "role", "name", "email", "line_user_id", "valid_from", "valid_until")
_LINE_USER = re.compile(r"U[0-9a-f]{32}")
_MAIL = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BUDDHIST = 2400  # a year from here on is meant as one


@dataclass(frozen=True)
class Contact:
    """One person or mailbox. ``email`` or ``line_user_id`` may be empty, not both."""

    district_code: str
    role: str
    name: str
    email: str
    line_user_id: str
    valid_from: date | None
    valid_until: date | None

    def is_valid_on(self, day: date) -> bool:
        """Is the contact in force on a day, the first and the last included?"""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True)
class ContactBook:
    """Every contact, in the order of the file."""

    contacts: tuple[Contact, ...]

    def valid(self, district_code: str, role: str, at: datetime) -> list[Contact]:
        """Who holds a role for a district on the day that Bangkok has at an instant; staff have no district."""
        code = "" if role == STAFF else district_code
        day = bangkok_day(at)
        return [c for c in self.contacts if (c.district_code, c.role) == (code, role) and c.is_valid_on(day)]


def read_contacts(home: Path) -> ContactBook:
    """The book in a home; empty when there is none. Raises RefusedError naming file, row and remedy of every fault."""
    file = home / "contacts.csv"
    if not file.exists():
        return ContactBook(())
    try:
        text = file.read_bytes().decode("utf-8-sig")
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error):
        raise refused(
            "contacts-unreadable",
            "contacts.csv",
            "อ่านสมุดที่อยู่ไม่ได้ โปรดบันทึกใหม่เป็น CSV UTF-8 (ใน Excel เลือก CSV UTF-8 (Comma delimited))",
            "cannot be read; save it as CSV in UTF-8",
        ) from None
    heading = [name.strip() for name in lines[0][1]] if lines else []
    if faults := list(_faults_of_heading(heading)):
        raise RefusedError(*faults)
    read = [_read_row(number, heading, row) for number, row in lines[1:]]
    if faults := [fault for _, found in read for fault in found]:
        raise RefusedError(*faults)
    return ContactBook(tuple(contact for contact, _ in read))


def _faults_of_heading(heading: list[str]) -> Iterator[Finding]:
    columns = ", ".join(COLUMNS)
    missing = [] if "district_code" in heading else ["district_code"]
    if not {"email", "line_user_id"} & set(heading):
        missing.append("email")
    if missing:
        yield block(
            "contacts-columns",
            "contacts.csv",
            f"สมุดที่อยู่ไม่มีคอลัมน์ {', '.join(missing)} คอลัมน์ที่ใช้ได้: {columns}",
            f"lacks the columns {', '.join(missing)}; the columns are {columns}",
        )
    odd = sorted({name for name in heading if name not in COLUMNS or heading.count(name) > 1})
    if odd:
        yield block(
            "contacts-columns",
            "contacts.csv",
            f"ไม่รู้จักคอลัมน์ หรือมีคอลัมน์ซ้ำ: {', '.join(name or '(ว่าง)' for name in odd)} คอลัมน์ที่ใช้ได้: {columns}",
            f"columns unknown or twice: {', '.join(name or '(empty)' for name in odd)}; the columns are {columns}",
        )


def _read_row(number: int, heading: list[str], row: list[str]) -> tuple[Contact, list[Finding]]:
    """The contact of a row, and what is wrong with it."""
    cells = dict.fromkeys(COLUMNS, "") | dict(zip(heading, [cell.strip() for cell in row], strict=False))
    first, last = _parse_day(cells["valid_from"]), _parse_day(cells["valid_until"])
    contact = Contact(
        cells["district_code"],
        cells["role"],
        cells["name"],
        cells["email"],
        cells["line_user_id"],
        first or None,
        last or None,
    )
    faults = list(_faults_of_row(number, contact))
    if len(row) != len(heading):
        faults.append(
            _fault(
                "contact-cells",
                number,
                "-",
                f"มี {len(row)} ช่อง แต่หัวตารางมี {len(heading)} ช่อง ข้อความที่มีจุลภาคให้ครอบด้วยเครื่องหมายคำพูด",
                f"{len(row)} cells under {len(heading)} columns; quote a text that has a comma in it",
            )
        )
    faults += [
        _fault(
            "contact-date",
            number,
            column,
            "อ่านวันที่ไม่ได้ โปรดใช้ปี ค.ศ. เดือน วัน เช่น 2025-06-04",
            "not a date; write year CE, month, day, as in 2025-06-04",
        )
        for column, day in (("valid_from", first), ("valid_until", last))
        if day is False
    ]
    if first and last and last < first:
        faults.append(
            _fault(
                "contact-dates",
                number,
                "valid_until",
                "วันสิ้นสุดอยู่ก่อนวันเริ่มต้น โปรดแก้ไขให้ถูกต้อง",
                "valid_until is before valid_from; correct one of them",
            )
        )
    return contact, faults


def _faults_of_row(number: int, contact: Contact) -> Iterator[Finding]:
    """What cannot be. Values that may be personal are not repeated in a finding."""
    if contact.role not in ROLES:
        yield _fault(
            "contact-role",
            number,
            "role",
            "ไม่รู้จักบทบาทนี้ ใช้ได้เพียง: เว้นว่าง (เจ้าหน้าที่อำเภอ) chief (นายอำเภอ) superior (พัฒนาการจังหวัด) staff (เจ้าหน้าที่จังหวัด)",
            "none of: empty (district officer), chief, superior, staff",
        )
    elif contact.role == STAFF and contact.district_code:
        yield _fault(
            "contact-district",
            number,
            "district_code",
            "แถวของเจ้าหน้าที่จังหวัด (staff) โปรดเว้นรหัสอำเภอว่าง",
            "a row of staff has no district_code; leave it empty",
        )
    elif contact.role != STAFF and contact.district_code not in districts():
        yield _fault(
            "contact-district",
            number,
            "district_code",
            "ไม่มีอำเภอรหัสนี้ โปรดใช้รหัสอำเภอสี่หลัก เช่น 5601",
            "there is no such district; use the four digits, as in 5601",
        )
    if not contact.email and not contact.line_user_id:
        yield _fault(
            "contact-empty",
            number,
            "email",
            "ไม่มีทั้งอีเมลและรหัสผู้ใช้ LINE โปรดใส่อย่างน้อยหนึ่งอย่าง หรือลบแถวนี้",
            "neither email nor line_user_id; give one of them, or delete the row",
        )
    if contact.email and not _is_mail_address(contact.email):
        yield _fault(
            "contact-email",
            number,
            "email",
            "อีเมลผิดรูปแบบ โปรดใส่ที่อยู่เดียวเป็นอักษรอังกฤษ เช่น name@example.go.th หากมีหลายที่อยู่ให้แยกแถว",
            "not an e-mail address; one a row, as in name@example.go.th",
        )
    if contact.line_user_id and not _LINE_USER.fullmatch(contact.line_user_id):
        yield _fault(
            "contact-line",
            number,
            "line_user_id",
            "รหัสผู้ใช้ LINE ผิดรูปแบบ ต้องเป็นอักษร U ตามด้วยเลขฐานสิบหก 32 ตัว ซึ่งไม่ใช่ไอดีที่ใช้ค้นหาเพื่อน",
            "not a LINE user ID: U and 32 hexadecimal digits, not the ID by which friends are found",
        )


def _fault(code: str, number: int, column: str, thai: str, english: str) -> Finding:
    return block(code, f"contacts.csv แถว {number} · {column}", thai, english)


def _is_mail_address(text: str) -> bool:
    if not _MAIL.fullmatch(text):
        return False
    try:
        return Address(addr_spec=text).addr_spec == text
    except (HeaderParseError, ValueError, IndexError):
        return False


def _parse_day(text: str) -> date | Literal[False] | None:
    """The day of ``YYYY-MM-DD`` in the common era, None for no text, False for any other."""
    if not text:
        return None
    if not _DAY.fullmatch(text) or int(text[:4]) >= _BUDDHIST:
        return False
    try:
        return date.fromisoformat(text)
    except ValueError:
        return False


def addresses_of(contacts: Iterable[Contact], title: str) -> list[Address]:
    """Their mail addresses, each once, by name or else by title."""
    found: dict[str, Address] = {}
    for contact in contacts:
        if contact.email:
            address = Address(display_name=contact.name or title, addr_spec=contact.email)
            found.setdefault(contact.email.casefold(), address)
    return list(found.values())


def line_users_of(contacts: Iterable[Contact]) -> list[str]:
    """Their LINE users, each once."""
    return list(dict.fromkeys(c.line_user_id for c in contacts if c.line_user_id))
