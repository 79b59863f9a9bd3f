"""Bounces and receipts for reading: understood as servers write them, told once, and alarms for a person to act on."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default
from pathlib import Path

import pytest

from kbo_core.channels.notices import Notice, read_notice
from kbo_core.clock import parse_now
from kbo_core.office.alarms import alarms, plan_alarms
from kbo_core.office.doctor import examine
from kbo_core.office.noticing import collect_notices
from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import messages
from tests.cycle import CYCLE, kinds, log_of, open_cycle
from tests.integration.servers import Mailbox
from tests.integration.test_sending import book, by_smtp, ledger, plan

AT = parse_now("2025-05-22T08:35")
TOKEN = "0123456789abcdef0123456789abcdef01234567"
GMT = datetime(2025, 5, 21, 2, 0, tzinfo=UTC)

POSTFIX_BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mail.province.example (Mail Delivery System)
To: office@province.example
Subject: Undelivered Mail Returned to Sender
Date: Wed, 21 May 2025 09:00:07 +0700
Message-Id: <20250521020007.4B1F2@mail.province.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4A9C1.1747792807/mail.province.example"

This is a MIME-encapsulated message.

--4A9C1.1747792807/mail.province.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4A9C1.1747792807/mail.province.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.province.example
X-Postfix-Queue-ID: 4A9C1
X-Postfix-Sender: rfc822; office@province.example
Arrival-Date: Wed, 21 May 2025 08:59:58 +0700

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822;{recipient}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.district.example
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected:
    User unknown in virtual mailbox table

--4A9C1.1747792807/mail.province.example
{returned}
--4A9C1.1747792807/mail.province.example--
"""
HEADERS_ALONE = """\
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

From: office@province.example
Message-ID: <{token}@province.example>
Subject: =?utf-8?b?4LmB4LiI4LmJ4LiH?=
"""
WHOLE_MAIL = """\
Content-Description: Undelivered Message
Content-Type: message/rfc822

From: office@province.example
Message-ID: <{token}@province.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

4LmA4Lij4Li14Lii4LiZ
"""
EXCHANGE_BOUNCE = """\
From: <postmaster@district.example>
To: <office@province.example>
Date: Wed, 21 May 2025 02:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary="_b_"
Content-Language: th-TH
Message-ID: <a7@EXCH01.district.example>
In-Reply-To: <{token}@province.example>
Subject: =?utf-8?B?4Liq4LmI4LiH4LmE4Lih4LmI4LmE4LiU4LmJ?=
MIME-Version: 1.0

--_b_
Content-Type: multipart/alternative; boundary="_c_"

--_c_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: base64

PGI+4Liq4LmI4LiH4LmE4Lih4LmI4LmE4LiU4LmJPC9iPg==

--_c_--
--_b_
Content-Type: message/delivery-status

Reporting-MTA: dns;EXCH01.district.example
Received-From-MTA: dns;mail.province.example
Arrival-Date: Wed, 21 May 2025 01:59:59 +0000

Final-Recipient: rfc822;{recipient}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException
X-Display-Name: =?utf-8?B?4LiZ4Liy4LiiIOC4gQ==?=

--_b_
Content-Type: message/rfc822

Received: from mail.province.example by EXCH01.district.example
From: <office@province.example>
Message-ID: <{token}@province.example>
Content-Type: text/plain

x
--_b_--
"""
DELIVERED = """\
From: MAILER-DAEMON@mail.province.example
Date: Wed, 21 May 2025 09:00:00 +0700
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.province.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: 2.0.0

--b
Content-Type: text/rfc822-headers

Message-ID: <{token}@province.example>

--b--
"""
READ = """\
From: {recipient}
Date: Wed, 21 May 2025 09:00:00 +0700
Message-ID: <r1@district.example>
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

4Lit4LmI4Liy4LiZ4LmB4Lil4LmJ4Lin
--b
Content-Type: message/disposition-notification

Reporting-UA: mail.district.example; A Mail Program 1.0
Final-Recipient: rfc822;{recipient}
Original-Message-ID: <{token}@province.example>
Disposition: {disposition}

--b--
"""
DISPLAYED = "manual-action/MDN-sent-manually; displayed"
DELETED = "automatic-action/MDN-sent-automatically; deleted"


def filled(text: str, token: str = TOKEN, recipient: str = "ann@district.example", **more: str) -> bytes:
    returned = more.pop("returned", HEADERS_ALONE).replace("{token}", token)
    for name, value in {"token": token, "recipient": recipient, "returned": returned, **more}.items():
        text = text.replace(f"{{{name}}}", value)
    return text.encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("content", "delivery", "words"),
    [
        (filled(POSTFIX_BOUNCE), "bounced", "5.1.1 550 5.1.1 <…>: Recipient address rejected: User unknown in"),
        (filled(POSTFIX_BOUNCE, returned=WHOLE_MAIL), "bounced", "5.1.1 550 5.1.1 <…>: Recipient address"),
        (filled(EXCHANGE_BOUNCE), "bounced", "5.2.2 554 5.2.2 mailbox full; STOREDRV"),
        (filled(DELIVERED, action="delivered"), "delivered", "2.0.0"),
        (filled(DELIVERED, action="relayed"), None, "2.0.0"),
        (filled(DELIVERED, action="delayed"), None, "2.0.0"),
        (filled(READ, disposition=DISPLAYED), "opened", DISPLAYED),
        (filled(READ, disposition=DELETED), None, DELETED),
    ],
)
def test_a_notice_tells_message_recipient_and_outcome(
    content: bytes, delivery: str | None, words: str, line_end: str
) -> None:
    """As Postfix, Exchange and mail programs write them; with a whole mail returned, or its headers alone."""
    (notice,) = read_notice(content.replace(b"\n", line_end.encode()))
    assert (notice.token, notice.recipient, notice.delivery) == (TOKEN, "ann@district.example", delivery)
    assert notice.words.startswith(words)
    assert notice.occurred_at is not None
    assert abs((notice.occurred_at - GMT).total_seconds()) < 10


def test_one_notice_tells_of_several_recipients() -> None:
    """One group of fields a recipient."""
    fields = b"\nFinal-Recipient: rfc822; bo@district.example\nAction: delivered\nStatus: 2.1.5\n"
    group = fields + b"\n--b\nContent-Type: text/rfc"
    content = filled(DELIVERED, action="failed").replace(b"\n--b\nContent-Type: text/rfc", group)
    told = [(notice.recipient, notice.delivery) for notice in read_notice(content)]
    assert told == [("ann@district.example", "bounced"), ("bo@district.example", "delivered")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: =?utf-8?b?!!!?=\nContent-Type: multipart/report; boundary=\n\n--",
        f"Message-ID: <{TOKEN}@province.example>\n\nan ordinary mail".encode(),
        filled(READ, token="not-one-of-ours", disposition=DISPLAYED),
        filled(POSTFIX_BOUNCE).replace(b"Message-ID: <0123", b"Message-ID: <zzzz"),
        b"Content-Type: message/delivery-status\n\n\n\n\n",
    ],
)
def test_what_is_no_notice_tells_nothing(content: bytes) -> None:
    """Broken or foreign, it is never a traceback."""
    assert read_notice(content) == []


@pytest.mark.parametrize("cut", range(0, 2200, 37))
def test_half_a_notice_is_no_traceback(cut: int) -> None:
    """A file that was cut off tells what it still tells, or nothing."""
    for whole in (filled(POSTFIX_BOUNCE), filled(EXCHANGE_BOUNCE), filled(READ, disposition=DISPLAYED)):
        assert all(isinstance(notice, Notice) for notice in read_notice(whole[:cut]))
        assert all(isinstance(notice, Notice) for notice in read_notice(whole[cut:]))


@pytest.fixture
def sent(office: Office, province: Path, validate: Validate) -> tuple[Office, str]:
    """An office that sent one mail to two people, and the token of its Message-ID."""
    open_cycle(office, province, validate)
    book(office, "5601,,ann@district.example,,,", "5601,,bo@district.example,,,")
    box = Mailbox()
    with box.served() as port:
        by_mail = replace(office, channels=(by_smtp(port),))
        plan(by_mail)
        send_planned(by_mail, CYCLE, "5601", parse_now("2025-05-21T08:35"))
    mail = email.message_from_bytes(box.mails[0][1], policy=default)
    assert "@" in mail["Disposition-Notification-To"]
    return office, mail["Message-ID"].strip("<>").partition("@")[0]


def lay(office: Office, name: str, content: bytes) -> None:
    folder = office.home / "inbox" / "notices"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def test_no_folder_no_notices(office: Office) -> None:
    """Nothing is asked of who does not collect them."""
    assert collect_notices(office, AT) == (0, [])


def test_each_notice_is_taken_once_and_stays_where_it_is(sent: tuple[Office, str]) -> None:
    """Two recipients, three notices, one of them twice; the newest is the message's."""
    office, token = sent
    lay(office, "1.eml", filled(DELIVERED, token, "Ann@district.example", action="delivered"))
    lay(office, "2.eml", filled(READ, token, disposition=DISPLAYED))
    lay(office, "3.eml", filled(DELIVERED, token, action="delayed"))
    lay(office, "4.eml", filled(READ, token, disposition=DISPLAYED))
    assert collect_notices(office, AT) == (2, [])
    (message,) = ledger(office)
    assert (message.delivery, message.delivery_at) == ("opened", GMT)
    assert [recipient.delivery for recipient in message.recipients] == ["opened", None]
    log = log_of(office)
    assert collect_notices(office, AT) == (0, [])
    assert log_of(office) == log
    assert kinds(office)[-2:] == ["message-delivered", "message-opened"]
    assert not any("district.example" in str(entry.payload) for entry in log)
    assert len(list((office.home / "inbox" / "notices").iterdir())) == 4
    assert examine(office)[1] == []


def test_what_was_opened_does_not_become_delivered(sent: tuple[Office, str]) -> None:
    """Notices come in any order; a bounce of one recipient is told although the other has read it."""
    office, token = sent
    lay(office, "1.eml", filled(READ, token, disposition=DISPLAYED))
    collect_notices(office, AT)
    lay(office, "2.eml", filled(DELIVERED, token, action="delivered"))
    lay(office, "3.eml", filled(POSTFIX_BOUNCE, token, "bo@district.example"))
    assert collect_notices(office, AT) == (2, [])
    (message,) = ledger(office)
    assert [recipient.delivery for recipient in message.recipients] == ["opened", "bounced"]
    assert message.delivery == "bounced"
    assert examine(office)[1] == []


def test_what_cannot_be_read_is_left_and_told_of(sent: tuple[Office, str]) -> None:
    """A holiday greeting, a notice of another office's mail; again with every turn until somebody moves them."""
    office, _ = sent
    lay(office, "1.eml", b"Subject: greetings\n\nhello\n")
    lay(office, "2.eml", filled(POSTFIX_BOUNCE))
    for _ in range(2):
        taken, told = collect_notices(office, AT)
        assert (taken, [(f.code, f.where) for f in told]) == (
            0,
            [("notice-unreadable", "1.eml"), ("notice-unknown", "2.eml")],
        )


def test_an_alarm_goes_to_the_staff_once(sent: tuple[Office, str]) -> None:
    """A bounced mail and an undeliverable one: what, to whom, why and what to do; then silence."""
    office, token = sent
    lay(office, "1.eml", filled(POSTFIX_BOUNCE, token, "bo@district.example"))
    collect_notices(office, AT)
    book(office, "5606,,cat@district.example,,,", ",staff,desk@province.example,,,")
    box = Mailbox(rcpt={"cat@district.example": "550 5.1.1 no such user"})
    with box.served() as port:
        by_mail = replace(office, channels=(by_smtp(port),))
        plan(by_mail, "y", code="5606")
        send_planned(by_mail, CYCLE, "5606", AT)
        for _ in range(2):
            public = plan_alarms(by_mail, CYCLE, AT)
            send_planned(by_mail, CYCLE, "56", AT)
    assert public == []
    with office.database.read() as connection:
        assert [alarm.what for alarm in alarms(connection, CYCLE)] == ["bounced", "undeliverable"]
    told = [email.message_from_bytes(mail, policy=default) for _, mail in box.mails]
    assert [recipients for recipients, _ in box.mails] == [["desk@province.example"]] * 2
    bodies = [part.get_content() for mail in told if (part := mail.get_body())]
    assert any("bo@district.example" in b and "User unknown" in b and "อำเภอเมืองพะเยา" in b for b in bodies)
    assert any("cat@district.example" in b and "550 5.1.1 no such user" in b and "อำเภอปง" in b for b in bodies)
    assert all("โทรศัพท์" in body and "contacts.csv" in body for body in bodies)
    assert examine(office)[1] == []


def test_without_staff_an_alarm_is_written_down_and_named_without_addresses(sent: tuple[Office, str]) -> None:
    """Whoever else is told gets it once too, and nobody's address."""
    office, token = sent
    lay(office, "1.eml", filled(POSTFIX_BOUNCE, token, "bo@district.example"))
    collect_notices(office, AT)
    ((subject, body),) = plan_alarms(office, CYCLE, AT)
    assert "ถูกตีกลับ" in subject
    assert "district.example" not in subject + body
    assert plan_alarms(office, CYCLE, AT) == []
    with office.database.read() as connection:
        (line,) = messages(connection, CYCLE, kind="alarm")
    assert (line.state, line.district_code) == ("explained", "56")
    assert "staff" in line.explanation
    assert examine(office)[1] == []


def test_an_alarm_that_does_not_arrive_raises_no_other(sent: tuple[Office, str]) -> None:
    """Else they would never end."""
    office, token = sent
    lay(office, "1.eml", filled(POSTFIX_BOUNCE, token, "bo@district.example"))
    collect_notices(office, AT)
    book(office, ",staff,desk@province.example,,,")
    with Mailbox(rcpt={"desk@province.example": "550 no"}).served() as port:
        by_mail = replace(office, channels=(by_smtp(port),))
        plan_alarms(by_mail, CYCLE, AT)
        assert send_planned(by_mail, CYCLE, "56", AT) == (0, 1)
        assert plan_alarms(by_mail, CYCLE, AT) == []
