"""One office's surroundings: home folder, database, channels, contact book."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from functools import cached_property
from pathlib import Path

from kbo_core.channels.channel import Channel
from kbo_core.channels.folder import FolderChannel
from kbo_core.channels.line import LINE_API, LineChannel
from kbo_core.channels.smtp import SmtpChannel, parse_smtp_url
from kbo_core.channels.webhook import RECEIVER, parse_webhook
from kbo_core.documents.messages import Wording
from kbo_core.domain.areas import District, Province
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.office.contacts import ROLES, STAFF, SUPERIOR, addresses_of, line_users_of, read_contacts
from kbo_core.store.database import Database, open_database

# What an office is opened with, beside its home.
SETTINGS = (
    "KBO_DATABASE_URL",
    "KBO_SMTP_URL",
    "KBO_LINE_TOKEN",
    "KBO_LINE_URL",
    "KBO_WEBHOOK_URL",
    "KBO_WEBHOOK_SECRET",
)
MAIL, LINE, WEBHOOK = "mail", "line", "webhook"
_BY_MAIL = ("smtp", "folder")
_NOWHERE = "kbo.invalid"  # a reserved domain: nothing is delivered to it by mistake


@dataclass(frozen=True)
class Office:
    """Where the office keeps its things and how it reaches people: by mail always, by what else is set up."""

    home: Path
    database: Database
    channels: tuple[Channel, ...]

    @property
    def mail(self) -> Channel:
        """The channel that mail goes by."""
        return next(channel for channel in self.channels if channel.name in _BY_MAIL)

    def channel(self, name: str) -> Channel | None:
        """The channel of a name, ``mail`` for whichever mail goes by; None where it is not set up."""
        return self.mail if name == MAIL else next((c for c in self.channels if c.name == name), None)

    @cached_property
    def wording(self) -> Wording:
        """The words of its messages: its own in ``templates/messages`` in the home, the shipped ones for the rest."""
        return Wording(messages_folder(self.home))

    def sender(self, province: Province) -> Address:
        """Whom mail comes from: ``KBO_MAIL_FROM``, or a name without a real address."""
        name = f"สำนักงานพัฒนาชุมชนจังหวัด{province.name_th}"
        address = os.environ.get("KBO_MAIL_FROM", f"province-{province.code}@{_NOWHERE}")
        return Address(display_name=name, addr_spec=address)

    def require_contacts(self, asked: Iterable[District], at: datetime) -> None:
        """Raises RefusedError naming every district, and every superior, that mail could not reach."""
        book = read_contacts(self.home)
        if self.mail.name == "folder":
            return
        wanted = [(district, role) for district in asked for role in ("", SUPERIOR)]
        missing = [(d, role) for d, role in wanted if not addresses_of(book.valid(d.code, role, at), "")]
        if missing:
            raise RefusedError(*[_no_address(district, role) for district, role in missing])

    def reaches(self, district: District, role: str, at: datetime) -> bool:
        """Would mail to a district's role find an address? Laid in the folder, it always does."""
        known = addresses_of(read_contacts(self.home).valid(district.code, role, at), "")
        return bool(known) or self.mail.name == "folder"

    def mail_recipients(self, district: District, role: str, at: datetime) -> list[Address]:
        """Whom mail to a district's role is addressed to, by the contact book (``contacts.csv`` in the home).

        Without a contact, mail can only be laid in the folder: it is addressed by role, to a domain that does not
        exist. Raises RefusedError when it would have to be sent.
        """
        title = f"สำนักงานพัฒนาชุมชน{district.title_th}" if role == "" else _title(district, role)
        if known := addresses_of(read_contacts(self.home).valid(district.code, role, at), title):
            return known
        if self.mail.name != "folder":
            raise RefusedError(_no_address(district, role))
        return [Address(display_name=title, addr_spec=f"{role or 'district'}-{district.code}@{_NOWHERE}")]

    def staff_addresses(self, at: datetime) -> list[Address]:
        """The province's own operators who are told of what needs a person; maybe nobody."""
        return addresses_of(read_contacts(self.home).valid("", STAFF, at), ROLES[STAFF])

    def recipients_of(self, channel: str, district: District, role: str, at: datetime) -> list[str]:
        """Whom another channel than mail reaches for a district's role; maybe nobody."""
        if channel == WEBHOOK:
            return [RECEIVER]
        return line_users_of(read_contacts(self.home).valid(district.code, role, at))


def _title(district: District, role: str) -> str:
    return district.chief_th if role == "chief" else ROLES[role]


def _no_address(district: District, role: str) -> Finding:
    whose = f"{ROLES[role]} (role: {role}) ของ{district.title_th}" if role else district.title_th
    return block(
        "contact-missing",
        f"contacts.csv: {district.code} {role}".strip(),
        f"ไม่มีอีเมลของ{whose} ที่ใช้ได้ในวันนี้ เพิ่มใน contacts.csv (district_code,role,email) แล้วสั่งอีกครั้ง",
        f"no e-mail address in force for {district.code} {role}".strip() + "; add it to contacts.csv",
    )


def messages_folder(home: Path) -> Path:
    """Where an office keeps its own words of messages."""
    return home / "templates" / "messages"


def database_url(home: Path) -> str:
    """Where the store of the office at a home folder is."""
    return os.environ.get("KBO_DATABASE_URL") or f"sqlite:///{home.resolve() / 'kbo.sqlite3'}"


def open_office(home: Path) -> Office:
    """The office at a home folder, made if need be.

    ``KBO_DATABASE_URL`` names another database than the SQLite file in the home; the channels are those that the
    environment sets up (``channels_of``).
    """
    home = home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(
            "home-unusable", str(home), f"ใช้โฟลเดอร์นี้ไม่ได้ ({error.strerror})", f"cannot be used: {error.strerror}"
        ) from None
    channels = channels_of(home)
    return Office(home, open_database(database_url(home)), channels)


def channels_of(home: Path) -> tuple[Channel, ...]:
    """The channels that the environment sets up, mail first.

    ``KBO_SMTP_URL`` sends mail by SMTP instead of laying it in the home's ``outbox`` folder; ``KBO_LINE_TOKEN`` adds
    LINE (``KBO_LINE_URL``: another server than LINE's); ``KBO_WEBHOOK_URL`` adds a webhook, signed with
    ``KBO_WEBHOOK_SECRET``.
    """
    smtp = os.environ.get("KBO_SMTP_URL")
    channels: list[Channel] = [SmtpChannel(parse_smtp_url(smtp)) if smtp else FolderChannel(home / "outbox")]
    if token := os.environ.get("KBO_LINE_TOKEN"):
        channels.append(LineChannel(token, os.environ.get("KBO_LINE_URL") or LINE_API))
    if url := os.environ.get("KBO_WEBHOOK_URL"):
        channels.append(parse_webhook(url, os.environ.get("KBO_WEBHOOK_SECRET")))
    return tuple(channels)
