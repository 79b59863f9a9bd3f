"""The ledger under trouble: nothing lost, nothing doubled, whoever dies or answers wrongly, whenever."""

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from kbo_core.channels.channel import Channel, DeliveryError, Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.channels.line import LineChannel
from kbo_core.channels.smtp import SmtpChannel, parse_smtp_url
from kbo_core.channels.webhook import parse_webhook
from kbo_core.clock import parse_now
from kbo_core.domain.areas import districts
from kbo_core.domain.delivery import MAX_ATTEMPTS, Answer, Outcome
from kbo_core.domain.findings import RefusedError
from kbo_core.office.closing import close
from kbo_core.office.definitions import read_definition
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_with_work
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze
from kbo_core.office.posting import plan_message, send_planned
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database, load_blob
from kbo_core.store.log import hold
from kbo_core.store.reading import Message, due_messages, get_cycle, messages
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, kinds, log_of, outbox, screened
from tests.integration.servers import Line, Mailbox, Receiver
from tests.integration.test_opening import Crash, CrashingDatabase

AT = parse_now("2025-05-21T08:35")
USER, OTHER = "U" + "1" * 32, "U" + "2" * 32
WORDS = ("แจ้งเตือน", "โปรดรายงาน")


def book(office: Office, *rows: str) -> None:
    heading = "district_code,role,email,line_user_id,valid_from,valid_until"
    (office.home / "contacts.csv").write_text("\n".join((heading, *rows)), encoding="utf-8")


def plan(
    office: Office,
    step: str = "x",
    at: datetime = AT,
    code: str = "5601",
    kind: str = "correction",
    role: str = "",
    channels: Sequence[str] | None = None,
) -> None:
    with office.database.write() as connection:
        hold(connection, CYCLE)
        cycle, district = get_cycle(connection, CYCLE), districts()[code]
        plan_message(connection, office, cycle, district, kind, step, WORDS, at, role=role, channels=channels)


def ledger(office: Office, **where: str) -> list[Message]:
    with office.database.read() as connection:
        return [m for m in messages(connection, CYCLE, **where) if m.kind != "packet"]


def by_smtp(port: int) -> SmtpChannel:
    return SmtpChannel(parse_smtp_url(f"smtp://127.0.0.1:{port}"))


def sound(office: Office) -> bool:
    return examine(office)[1] == []


def test_every_contact_of_the_role_on_that_day_gets_it(opened: Office) -> None:
    """Officers, chief and superior are different people; whose days are over gets nothing."""
    book(
        opened,
        "5601,,a@d.example,,,",
        "5601,,b@d.example,,,2025-05-20",
        "5601,,c@d.example,,2025-05-21,",
        "5601,chief,chief@d.example,,,",
        "5601,superior,boss@p.example,,,",
    )
    box = Mailbox()
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office, "1")
        plan(office, "2", role="chief")
        plan(office, "3", kind="escalation", role="superior")
        with pytest.raises(RefusedError):
            plan(office, "4", role="chief", code="5606")
        assert send_planned(office, CYCLE, "5601", AT) == (3, 0)
    who = [sorted(recipients) for recipients, _ in box.mails]
    assert sorted(who) == [["a@d.example", "c@d.example"], ["boss@p.example"], ["chief@d.example"]]
    assert sound(opened)


def test_addresses_are_in_no_event(opened: Office) -> None:
    """The log names recipients by their place; a server's words lose the address."""
    book(opened, "5601,,secret.name@d.example,,,")
    box = Mailbox(rcpt={"secret.name@d.example": "450 <secret.name@d.example> is busy"})
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office)
        send_planned(office, CYCLE, "5601", AT)
    written = [str(entry.payload) for entry in log_of(opened)]
    assert any("is busy" in payload for payload in written)
    assert not any("secret.name" in payload for payload in written)


def test_a_row_for_each_channel_that_is_set_up_and_reaches_somebody(opened: Office) -> None:
    """By default mail alone; LINE where a contact has it, the webhook where there is one."""
    book(opened, f"5601,,a@d.example,{USER},,", f"5601,,,{OTHER},,", "5606,,b@d.example,,,")
    line, receiver = Line(), Receiver(lambda _: (200, {}, b""))
    with line.receiver.served() as line_url, receiver.served() as url:
        channels = (*opened.channels, LineChannel("t", line_url), parse_webhook(url, "s"))
        office = replace(opened, channels=channels)
        plan(office, "all", channels=("mail", "line", "webhook"))
        plan(office, "all", code="5606", channels=("mail", "line", "webhook"))
        plan(office, "plain")
        plan(opened, "nothing set up", channels=("line", "webhook"))
        for code in ("5601", "5606"):
            send_planned(office, CYCLE, code, AT)
    rows = sorted((m.district_code, m.step, m.channel, len(m.recipients), m.state) for m in ledger(opened))
    assert rows == [
        ("5601", "all", "folder", 1, "sent"),
        ("5601", "all", "line", 2, "sent"),
        ("5601", "all", "webhook", 1, "sent"),
        ("5601", "nothing set up", "folder", 1, "sent"),
        ("5601", "plain", "folder", 1, "sent"),
        ("5606", "all", "folder", 1, "sent"),
        ("5606", "all", "webhook", 1, "sent"),
    ]
    assert line.delivered == [(user, "\n\n".join(WORDS)) for user in (USER, OTHER)]
    assert sound(opened)
    with pytest.raises(ValueError, match="pigeon"):
        plan(opened, "odd", channels=("pigeon",))


def test_of_two_recipients_the_refused_one_is_never_tried_again_and_the_deferred_one_is(opened: Office) -> None:
    """The message counts as sent from the first that got it; the rest is tried when it is due, not before."""
    book(opened, "5601,,a@d.example,,,", "5601,,b@d.example,,,", "5601,,c@d.example,,,")
    box = Mailbox(rcpt={"b@d.example": "550 unknown", "c@d.example": "450 busy"})
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office)
        assert send_planned(office, CYCLE, "5601", AT) == (1, 0)
        (message,) = ledger(opened)
        assert (message.state, message.sent_at, message.attempts) == ("sent", AT, 1)
        assert [r.outcome for r in message.recipients] == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.DEFERRED]
        assert message.retry_at is not None
        before = message.retry_at - timedelta(seconds=1)
        assert send_planned(office, CYCLE, "5601", before) == (0, 0)
        with opened.database.read() as connection:
            assert due_messages(connection, CYCLE, before) == []
            assert len(due_messages(connection, CYCLE, message.retry_at)) == 1
        assert sound(opened)
        box.rcpt.clear()
        assert send_planned(office, CYCLE, "5601", message.retry_at) == (1, 0)
        assert send_planned(office, CYCLE, "5601", message.retry_at + timedelta(days=9)) == (0, 0)
    assert [recipients for recipients, _ in box.mails] == [["a@d.example"], ["c@d.example"]]
    (message,) = ledger(opened)
    assert (message.state, message.sent_at, message.retry_at) == ("sent", AT, None)
    assert kinds(opened)[-2:] == ["message-sent", "message-retried"]
    assert sound(opened)


def test_all_refused_is_undeliverable_at_once(opened: Office) -> None:
    """With the server's words; it is not tried again."""
    book(opened, "5601,,a@d.example,,,")
    with Mailbox(rcpt={"a@d.example": "550 no such user"}).served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office)
        assert send_planned(office, CYCLE, "5601", AT) == (0, 1)
        assert send_planned(office, CYCLE, "5601", AT + timedelta(days=1)) == (0, 0)
    (message,) = ledger(opened)
    assert (message.state, message.explanation, message.retry_at) == ("undeliverable", "550 no such user", None)
    assert sound(opened)


def test_after_twenty_tries_a_message_is_given_up(opened: Office) -> None:
    """Each try when it is due; twenty take days, and then a person has to look."""
    book(opened, "5601,,a@d.example,,,")
    box = Mailbox(refusals=99)
    tried = []
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office)
        at: datetime | None = AT
        while at is not None:
            tried.append(at)
            send_planned(office, CYCLE, "5601", at)
            (message,) = ledger(opened)
            at = message.retry_at
    assert (len(tried), message.attempts, message.state) == (MAX_ATTEMPTS, MAX_ATTEMPTS, "undeliverable")
    assert [r.outcome for r in message.recipients] == [Outcome.GIVEN_UP]
    assert timedelta(days=2) < tried[-1] - tried[0] < timedelta(days=4)
    assert sound(opened)


class DeadChannel(FolderChannel):
    """A mail server that cannot be reached; counts how often that was tried."""

    tries = 0

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self.tries += 1
        raise DeliveryError("no route")


def test_a_dead_channel_is_tried_once_a_turn_and_does_not_block_the_others(opened: Office) -> None:
    """Three districts, two messages each: mail is down, LINE goes through, and a minute later mail does too."""
    book(opened, *[f"{code},,,U{code * 8},," for code in ("5601", "5606", "5607")])
    dead, line = DeadChannel(opened.home / "outbox"), Line()
    with line.receiver.served() as url:
        channels = (dead, LineChannel("t", url))
        office = replace(opened, channels=channels)
        for code in ("5601", "5606", "5607"):
            for step in ("1", "2"):
                plan(office, step, code=code, channels=("mail", "line"))
        for seconds, code in enumerate(("5601", "5606", "5607")):
            assert send_planned(office, CYCLE, code, AT + timedelta(seconds=seconds)) == (2, 2)
        assert dead.tries == 1
        assert len(line.delivered) == 6
        later = AT + timedelta(minutes=1)
        assert districts_with_work(opened, CYCLE, later) == ["5601", "5607", "5606"]
        for code in ("5601", "5606", "5607"):
            assert send_planned(replace(office, channels=(opened.mail,)), CYCLE, code, later) == (2, 0)
    assert {m.state for m in ledger(opened)} == {"sent"}
    assert sound(opened)


def test_a_mail_that_kills_its_connection_does_not_hold_up_the_next(opened: Office) -> None:
    """A server that was reached is not a dead one, and what was tried less goes first."""
    book(opened, "5601,,a@d.example,,,")
    box = Mailbox(drop=1)
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office, "1")
        plan(office, "2", at=AT + timedelta(seconds=1))
        assert send_planned(office, CYCLE, "5601", AT + timedelta(seconds=1)) == (1, 1)
        plan(office, "3", at=AT + timedelta(minutes=5))
        assert send_planned(office, CYCLE, "5601", AT + timedelta(minutes=5)) == (2, 0)
    subjects = [next(x for x in mail.splitlines() if x.startswith(b"Message-ID")) for _, mail in box.mails]
    assert [subjects.index(each) for each in subjects] == [0, 1, 2, 0]


def test_somebody_not_reached_yet_is_not_reminded_of_what_was_answered(opened: Office) -> None:
    """The officer got the reminder, the colleague not; the answer came: the colleague is left in peace."""
    book(opened, "5606,,a@d.example,,,", "5606,,b@d.example,,,")
    box = Mailbox(rcpt={"b@d.example": "450 busy"})
    with box.served() as port:
        office = replace(opened, channels=(by_smtp(port),))
        plan(office, "before-014", code="5606", kind="reminder")
        assert send_planned(office, CYCLE, "5606", AT) == (1, 0)
        box.rcpt.clear()
        answer(opened, "5606", at=AT, is_nil=True)
        send_planned(office, CYCLE, "5606", AT + timedelta(days=1))
    (message,) = ledger(opened, kind="reminder")
    assert [r.outcome for r in message.recipients] == [Outcome.ACCEPTED, Outcome.DROPPED]
    assert (message.state, message.retry_at) == ("sent", None)
    assert sound(opened)


def test_the_store_is_free_while_a_message_goes_out(opened: Office) -> None:
    """A slow mail server holds up nobody who writes, on either database."""
    written = []

    class SlowChannel(FolderChannel):
        def send(self, message: Outgoing) -> Mapping[str, Answer]:
            other = Database(opened.database.url)
            with other.write() as connection:
                hold(connection, CYCLE)
                written.append(message.key)
            other.close()
            return super().send(message)

    plan(opened)
    office = replace(opened, channels=(SlowChannel(opened.home / "outbox"),))
    assert send_planned(office, CYCLE, "5601", AT) == (1, 0)
    assert len(written) == 1


class Dying:
    """A channel during whose n-th message the process dies, before or after it went out."""

    def __init__(self, channel: Channel, at: int, *, gone_out: bool) -> None:
        self.name, self._channel, self.left, self._gone_out = channel.name, channel, at, gone_out

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self.left -= 1
        if self.left == 0 and not self._gone_out:
            raise Crash
        answers = self._channel.send(message)
        if self.left == 0:
            raise Crash
        return answers


@contextmanager
def reachable(opened: Office) -> Iterator[tuple[tuple[Channel, ...], Line, Receiver, Mailbox]]:
    """Channels of every kind, each to a server of its own."""
    line, receiver, box = Line(), Receiver(lambda _: (200, {}, b"")), Mailbox()
    with line.receiver.served() as line_url, receiver.served() as url, box.served() as port:
        yield (by_smtp(port), LineChannel("t", line_url), parse_webhook(url, "s")), line, receiver, box


@pytest.mark.parametrize("place", ["smtp", "line", "webhook", "1st write", "2nd write", "3rd write"])
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_point_of_sending_nothing_is_lost_and_nothing_doubled(
    opened: Office, place: str, after: bool
) -> None:
    """Dead before or after a sending, before or after a commit: the next turn ends it; LINE shows it once, the webhook
    gets the same key, mail the same Message-ID, and the second try is one only where nobody could know."""
    book(opened, f"5601,,a@d.example,{USER},,")
    with reachable(opened) as (channels, line, receiver, box):
        office = replace(opened, channels=channels)
        plan(office, channels=("mail", "line", "webhook"))
        database = CrashingDatabase(opened.database.url, int(place[0]) if "write" in place else 0, committed=after)
        dying = tuple(Dying(c, 1 if c.name == place else 0, gone_out=after) for c in channels)
        with pytest.raises(Crash):
            send_planned(replace(opened, database=database, channels=dying), CYCLE, "5601", AT)
        database.close()
        assert sound(opened)
        send_planned(office, CYCLE, "5601", AT)
    assert {(m.channel, m.state) for m in ledger(opened)} == {(c.name, "sent") for c in channels}
    assert len([kind for kind in kinds(opened) if kind == "message-sent"]) == 3 + 3
    assert line.delivered == [(USER, "\n\n".join(WORDS))]
    assert len({r.headers["Idempotency-Key"] for r in receiver.requests}) == 1
    identities = [next(x for x in mail.splitlines() if x.startswith(b"Message-ID")) for _, mail in box.mails]
    assert len(set(identities)) == 1
    tries = len(box.mails) + len(receiver.requests) + len(line.receiver.requests)
    is_unknown = (after and "write" not in place) or (not after and "write" in place)
    assert tries == 3 + is_unknown
    assert sound(opened)


def test_two_senders_at_once_send_each_message_once(
    office: Office, province: Path, validate: Validate, database_url: str
) -> None:
    """Four workers with stores of their own, three districts, three channels: the servers see each message once."""
    freeze(office, screened(read_definition(province), validate), OPENED_AT, "ผู้ทดสอบ")
    codes = ("5601", "5606", "5607")
    book(office, *[f"{code},,{code}@d.example,U{code * 8},," for code in codes])
    errors: list[BaseException] = []
    with reachable(office) as (channels, line, receiver, box):
        planning = replace(office, channels=channels)
        for code in codes:
            plan(planning, code=code, channels=("mail", "line", "webhook"))
        start = threading.Barrier(4)

        def follow() -> None:
            own = replace(planning, database=Database(database_url))
            try:
                start.wait()
                for code in codes:
                    send_planned(own, CYCLE, code, AT)
            except BaseException as error:
                errors.append(error)
            finally:
                own.database.close()

        threads = [threading.Thread(target=follow) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    assert (len(box.mails), len(receiver.requests), len(line.receiver.requests)) == (3, 3, 3)
    assert kinds(office).count("message-sent") == 9
    assert sound(office)


def test_what_was_planned_for_a_channel_no_longer_set_up_waits(opened: Office) -> None:
    """Nothing is lost, nothing is sent elsewhere; set up again, it goes."""
    book(opened, f"5601,,a@d.example,{USER},,")
    line = Line()
    with line.receiver.served() as url:
        office = replace(opened, channels=(*opened.channels, LineChannel("t", url)))
        plan(office, channels=("line",))
        assert send_planned(opened, CYCLE, "5601", AT) == (1, 0)
        assert [(m.channel, m.state) for m in ledger(opened)] == [("folder", "sent"), ("line", "planned")]
        assert send_planned(office, CYCLE, "5601", AT) == (1, 0)


def test_the_evidence_holds_what_each_channel_carried(opened: Office, validate: Validate) -> None:
    """A mail is a mail, a note is a note, under names of their own."""
    book(opened, f"5601,,a@d.example,{USER},,")
    line = Line()
    with line.receiver.served() as url:
        office = replace(opened, channels=(*opened.channels, LineChannel("t", url)))
        plan(office, channels=("line",))
    closed = close(office, CYCLE, validate, at=DUE_AT + timedelta(days=1), by="ผู้ทดสอบ", reason="ส่งก่อน")
    digest = next(d for name, d in closed.report.files.items() if name.startswith("evidence-"))
    with opened.database.read() as connection:
        content = load_blob(connection, digest)
    names = ZipFile(io.BytesIO(content)).namelist()
    assert {"messages/5601-correction-x.eml", "messages/5601-correction-x-line.json"} <= set(names)
    assert len(outbox(opened)) == 3
