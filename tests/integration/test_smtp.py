"""Mail by SMTP, to a real server on this machine."""

import email
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest

from kbo_core.channels.smtp import SmtpChannel, parse_smtp_url
from kbo_core.domain.findings import RefusedError
from kbo_core.office.definitions import read_definition
from kbo_core.office.office import Office
from kbo_core.office.opening import require_reachable
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import messages
from tests.cycle import CYCLE, OPENED_AT, open_cycle, outbox, turn
from tests.e2e.running import free_port
from tests.integration.servers import Mailbox


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mail server, and its port."""
    box = Mailbox()
    with box.served() as port:
        yield box, port


def by_mail(office: Office, port: int) -> Office:
    rows = ["district_code,role,email", *(f"{code},,{code}@district.example" for code in ("5601", "5606", "5607"))]
    (office.home / "contacts.csv").write_text("\n".join(rows), encoding="utf-8")
    return replace(office, channels=(SmtpChannel(parse_smtp_url(f"smtp://127.0.0.1:{port}")),))


def test_packets_arrive_with_thai_names_and_both_papers(
    office: Office, province: Path, validate: Validate, mailbox: tuple[Mailbox, int]
) -> None:
    """Subject, recipient, letter and form come through whole."""
    box, port = mailbox
    open_cycle(by_mail(office, port), province, validate)
    assert [recipients for recipients, _ in box.mails] == [
        ["5601@district.example"],
        ["5607@district.example"],
        ["5606@district.example"],
    ]
    mail = email.message_from_bytes(box.mails[0][1], policy=default)
    assert mail["Subject"] == "[kbo-test] แจ้งจัดสรรกลุ่มเป้าหมาย KBO ปี 2568 อำเภอเมืองพะเยา"
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == [
        "หนังสือนำส่ง-kbo-test-5601-01.pdf",
        "แบบรายงาน-kbo-test-5601-01.xlsx",
        "แบบรายงาน-kbo-test-5601-01.ods",
    ]
    assert outbox(office) == {}


def test_a_server_that_defers_gets_the_mail_with_the_next_turn(
    office: Office, province: Path, validate: Validate, mailbox: tuple[Mailbox, int]
) -> None:
    """What failed stays planned, with the reason; the next turn sends it; nobody gets it twice."""
    box, port = mailbox
    box.data = ["451 try again later"] * 2
    sending = by_mail(office, port)
    open_cycle(sending, province, validate)
    with office.database.read() as connection:
        waiting = messages(connection, CYCLE, state="planned")
    assert len(waiting) == 2
    assert all("451" in m.explanation or "try again" in m.explanation for m in waiting)
    turn(sending, OPENED_AT)
    assert len(box.mails) == 1, "not before its time"
    turn(sending, OPENED_AT + timedelta(minutes=1))
    turn(sending, OPENED_AT + timedelta(minutes=1))
    assert len(box.mails) == 3
    with office.database.read() as connection:
        assert {m.state for m in messages(connection, CYCLE)} == {"sent"}


def test_no_server_at_all_loses_nothing(office: Office, province: Path, validate: Validate) -> None:
    """The packets stay planned until there is one."""
    open_cycle(by_mail(office, free_port()), province, validate)
    with office.database.read() as connection:
        assert [m.state for m in messages(connection, CYCLE)] == ["planned"] * 3


def test_a_district_without_an_address_is_named_before_anything_is_opened(office: Office, province: Path) -> None:
    """By mail, an address is needed; the refusal says whose and where to write it."""
    sending = by_mail(office, free_port())
    (office.home / "contacts.csv").write_text("district_code,role,email\n5601,,a@district.example\n", encoding="utf-8")
    with pytest.raises(RefusedError) as caught:
        require_reachable(sending, read_definition(province).definition, OPENED_AT)
    assert [f.where for f in caught.value.findings] == [
        "contacts.csv: 5601 superior",
        "contacts.csv: 5606",
        "contacts.csv: 5606 superior",
        "contacts.csv: 5607",
        "contacts.csv: 5607 superior",
    ]


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail.example:25"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """With the form that it should have."""
    with pytest.raises(RefusedError):
        parse_smtp_url(url)
