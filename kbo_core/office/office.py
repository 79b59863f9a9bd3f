"""One office's surroundings: home folder, database, channel, contact book."""

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path

from kbo_core.channels.channel import Channel
from kbo_core.channels.folder import FolderChannel
from kbo_core.channels.smtp import SmtpChannel, parse_smtp_url
from kbo_core.documents.messages import Wording
from kbo_core.domain.areas import District, Province
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.store.database import Database, open_database

SUPERIOR = "superior"
_NOWHERE = "kbo.invalid"  # a reserved domain: nothing is delivered to it by mistake


@dataclass(frozen=True)
class Office:
    """Where the office keeps its things and how it reaches people."""

    home: Path
    database: Database
    channel: Channel

    @cached_property
    def wording(self) -> Wording:
        """The words of its messages: its own in ``templates/messages`` in the home, the shipped ones for the rest."""
        return Wording(messages_folder(self.home))

    def sender(self, province: Province) -> Address:
        """Whom mail comes from: ``KBO_MAIL_FROM``, or a name without a real address."""
        name = f"สำนักงานพัฒนาชุมชนจังหวัด{province.name_th}"
        address = os.environ.get("KBO_MAIL_FROM", f"province-{province.code}@{_NOWHERE}")
        return Address(display_name=name, addr_spec=address)

    def require_contacts(self, asked: Iterable[District]) -> None:
        """Raises RefusedError naming every district, and every superior, that mail could not reach."""
        if self.channel.name == "folder":
            return
        known = self._contacts()
        missing = [(d, role) for d in asked for role in ("", SUPERIOR) if not known.get((d.code, role))]
        if missing:
            raise RefusedError(*[_no_address(district, role) for district, role in missing])

    def recipient(self, district: District, role: str = "") -> Address:
        """The address of a district, or of its ``superior``, from ``contacts.csv`` in the home.

        Without one, mail can only be laid in the folder: it is addressed by name, to a domain that does not exist.
        """
        key = (district.code, role)
        name = "พัฒนาการจังหวัด" if role == SUPERIOR else f"สำนักงานพัฒนาชุมชน{district.title_th}"
        known = self._contacts().get(key)
        if known is None and self.channel.name != "folder":
            raise RefusedError(_no_address(district, role))
        local = f"{role or 'district'}-{district.code}"
        return Address(display_name=name, addr_spec=known or f"{local}@{_NOWHERE}")

    def _contacts(self) -> dict[tuple[str, str], str]:
        book = self.home / "contacts.csv"
        if not book.exists():
            return {}
        with book.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if missing := {"district_code", "email"} - set(rows.fieldnames or ()):
                raise refused(
                    "contacts-columns",
                    str(book),
                    f"สมุดที่อยู่ contacts.csv ไม่มีคอลัมน์ {', '.join(sorted(missing))} (ต้องมี district_code,role,email)",
                    f"contacts.csv lacks the columns {', '.join(sorted(missing))}",
                )
            return {
                (row["district_code"].strip(), (row.get("role") or "").strip()): row["email"].strip() for row in rows
            }


def _no_address(district: District, role: str) -> Finding:
    whose = f"ผู้บังคับบัญชา (role: {role}) ของ{district.title_th}" if role else district.title_th
    return block(
        "contact-missing",
        f"contacts.csv: {district.code} {role}".strip(),
        f"ไม่มีอีเมลของ{whose} เพิ่มใน contacts.csv (district_code,role,email) แล้วสั่งอีกครั้ง",
        f"no e-mail address for {district.code} {role}".strip() + "; add it to contacts.csv",
    )


def messages_folder(home: Path) -> Path:
    """Where an office keeps its own words of messages."""
    return home / "templates" / "messages"


def database_url(home: Path) -> str:
    """Where the store of the office at a home folder is."""
    return os.environ.get("KBO_DATABASE_URL") or f"sqlite:///{home.resolve() / 'kbo.sqlite3'}"


def open_office(home: Path) -> Office:
    """The office at a home folder, made if need be.

    ``KBO_DATABASE_URL`` names another database than the SQLite file in the home; ``KBO_SMTP_URL`` sends mail by SMTP
    instead of laying it in the home's ``outbox`` folder.
    """
    home = home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(
            "home-unusable", str(home), f"ใช้โฟลเดอร์นี้ไม่ได้ ({error.strerror})", f"cannot be used: {error.strerror}"
        ) from None
    database = open_database(database_url(home))
    smtp = os.environ.get("KBO_SMTP_URL")
    channel: Channel = SmtpChannel(parse_smtp_url(smtp)) if smtp else FolderChannel(home / "outbox")
    return Office(home, database, channel)
