"""Each channel to a real server on this machine: what the server says of each recipient comes back typed."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kbo_core.channels.channel import DeliveryError, Outgoing, told
from kbo_core.channels.line import MAX_UNITS, LineChannel, cut
from kbo_core.channels.mail import Attachment, compose
from kbo_core.channels.notes import compose_note
from kbo_core.channels.smtp import SmtpChannel, parse_smtp_url
from kbo_core.channels.webhook import RECEIVER, parse_webhook, signature
from kbo_core.domain.delivery import Answer, Outcome
from kbo_core.domain.findings import RefusedError
from kbo_core.office.office import channels_of
from tests.e2e.running import free_port
from tests.integration.servers import DsnServer, Line, Mailbox, Receiver, Reply, Request

AT = datetime(2025, 6, 4, 9, 30, tzinfo=UTC)
SENDER = Address("สำนักงาน", addr_spec="office@province.example")
ANN, BO, CAT = "ann@district.example", "bo@district.example", "cat@district.example"
USER, OTHER = "U" + "1" * 32, "U" + "2" * 32
ACCEPTED = Answer(Outcome.ACCEPTED)


def mail_to(*recipients: str) -> Outgoing:
    key, addresses = "c/5601-packet-01", [Address(addr_spec=each) for each in recipients]
    return Outgoing(key, recipients, compose(key, SENDER, addresses, "แจ้งจัดสรร", "เรียน\n", (), AT), AT)


def note_to(*recipients: str, text: str = "โปรดรายงาน") -> Outgoing:
    attachments = [Attachment("หนังสือ.pdf", b"%PDF-bytes", ("application", "pdf"))]
    note = compose_note("c/5601-reminder-x", {"district_code": "5601"}, "แจ้งเตือน", text, attachments, AT)
    return Outgoing("c/5601-reminder-x", recipients, note, AT)


def by_smtp(port: int, sign_in: str = "", query: str = "") -> SmtpChannel:
    return SmtpChannel(parse_smtp_url(f"smtp://{sign_in}127.0.0.1:{port}{query}"))


def test_of_two_recipients_one_is_refused_and_the_other_gets_the_mail() -> None:
    """5xx is for good, 4xx is to be tried again, each with the server's words and nobody's address in them."""
    box = Mailbox(rcpt={BO: f"550 5.1.1 <{BO}>: no such user", CAT: "450 4.2.1 mailbox busy"})
    with box.served() as port:
        answers = by_smtp(port).send(mail_to(ANN, BO, CAT))
    assert answers == {
        ANN: ACCEPTED,
        BO: Answer(Outcome.REFUSED, "550 5.1.1 <…>: no such user"),
        CAT: Answer(Outcome.DEFERRED, "450 4.2.1 mailbox busy"),
    }
    assert [recipients for recipients, _ in box.mails] == [[ANN]]


def test_all_recipients_refused_means_no_mail() -> None:
    """No contents are handed over for nobody."""
    box = Mailbox(rcpt={ANN: "553 no", BO: "551 moved"})
    with box.served() as port:
        answers = by_smtp(port).send(mail_to(ANN, BO))
    assert {a.outcome for a in answers.values()} == {Outcome.REFUSED}
    assert box.mails == []


@pytest.mark.parametrize(("said", "outcome"), [("451 later", Outcome.DEFERRED), ("554 is spam", Outcome.REFUSED)])
def test_contents_are_deferred_or_refused(said: str, outcome: Outcome) -> None:
    """For all to whom they would have gone; a recipient refused before keeps its own answer."""
    box = Mailbox(rcpt={BO: "550 no"})
    box.data = [said]
    with box.served() as port:
        answers = by_smtp(port).send(mail_to(ANN, BO))
    assert answers == {ANN: Answer(outcome, said), BO: Answer(Outcome.REFUSED, "550 no")}


def test_a_connection_lost_after_the_contents_is_tried_again_with_the_same_message_id() -> None:
    """Nobody knows whether it was taken: the reader's program can tell the second by its Message-ID."""
    box = Mailbox(drop=1, rcpt={BO: "550 no"})
    with box.served() as port:
        lost = by_smtp(port).send(mail_to(ANN, BO))
        again = by_smtp(port).send(mail_to(ANN))
    assert [lost[each].outcome for each in (ANN, BO)] == [Outcome.DEFERRED, Outcome.REFUSED]
    assert again == {ANN: ACCEPTED}
    identities = {line for _, mail in box.mails for line in mail.splitlines() if line.startswith(b"Message-ID")}
    assert (len(box.mails), len(identities)) == (2, 1)


def test_no_server_is_told_apart_from_a_refusal() -> None:
    """Everybody may be tried again, and nothing else goes out now."""
    with pytest.raises(DeliveryError):
        by_smtp(free_port()).send(mail_to(ANN))


def _knows(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"kbo", b"s3cret@word")
    return AuthResult(success=is_right, handled=is_right)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
def test_signing_in_and_failing_to() -> None:
    """With the right password mail goes; a wrong one is the office's trouble, not the recipient's, and never told."""
    box = Mailbox()
    settings = {"authenticator": _knows, "auth_required": True, "auth_require_tls": False}
    with box.served(**settings) as port:
        assert by_smtp(port, "kbo:s3cret%40word@").send(mail_to(ANN)) == {ANN: ACCEPTED}
        for sign_in in ("kbo:wr0ng%40word@", ""):
            with pytest.raises(DeliveryError) as caught:
                by_smtp(port, sign_in).send(mail_to(ANN))
            assert "word" not in str(caught.value)
            assert "535" in str(caught.value) or "530" in str(caught.value)
    assert len(box.mails) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for this machine that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    no_password = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, no_password))
    return folder / "cert.pem", folder / "key.pem"


def test_starttls_with_a_certificate_that_is_trusted_and_with_one_that_is_not(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail goes over an encrypted connection to whom the machine trusts, to nobody else, and never in the clear."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    box = Mailbox()
    with box.served(tls_context=context, require_starttls=True) as port:
        channel = SmtpChannel(parse_smtp_url(f"smtp://localhost:{port}?starttls=1"))
        with pytest.raises(DeliveryError):
            channel.send(mail_to(ANN))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert channel.send(mail_to(ANN)) == {ANN: ACCEPTED}
        with pytest.raises(DeliveryError):
            by_smtp(port).send(mail_to(ANN))
    with Mailbox().served() as port, pytest.raises(DeliveryError):
        by_smtp(port, query="?starttls=1").send(mail_to(ANN))
    assert len(box.mails) == 1


def test_a_server_that_gives_notices_is_asked_for_them() -> None:
    """Success and failure, with the headers alone; others are not asked, they would refuse."""
    with DsnServer() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        assert by_smtp(server.server_address[1]).send(mail_to(ANN)) == {ANN: ACCEPTED}
        server.shutdown()
        thread.join()
    assert "MAIL FROM:<office@province.example> RET=HDRS" in server.commands
    assert f"RCPT TO:<{ANN}> NOTIFY=SUCCESS,FAILURE" in server.commands


def test_line_accepts_then_answers_500_then_409_and_the_user_reads_it_once() -> None:
    """The retry key is the same for the same message and user, and another for another user."""
    line = Line((500, True))
    with line.receiver.served() as url:
        channel = LineChannel("t0ken", url)
        first = channel.send(note_to(USER, OTHER))
        again = channel.send(note_to(USER))
    assert [first[USER].outcome, first[OTHER]] == [Outcome.DEFERRED, ACCEPTED]
    assert again == {USER: ACCEPTED}
    assert line.delivered == [(user, "แจ้งเตือน\n\nโปรดรายงาน") for user in (USER, OTHER)]
    assert [r.path for r in line.receiver.requests] == ["/v2/bot/message/push"] * 3
    assert {r.headers["Authorization"] for r in line.receiver.requests} == {"Bearer t0ken"}


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ((400, {}, b'{"message": "The user was not found"}'), (Outcome.REFUSED, None)),
        ((429, {"Retry-After": "120"}, b"slow down"), (Outcome.DEFERRED, timedelta(minutes=2))),
        ((429, {}, b"slow down"), (Outcome.DEFERRED, None)),
        (
            (503, {"Date": "Wed, 04 Jun 2025 09:30:00 GMT", "Retry-After": "Wed, 04 Jun 2025 10:00:00 GMT"}, b""),
            (Outcome.DEFERRED, timedelta(minutes=30)),
        ),
        ((503, {"Retry-After": "soon"}, b""), (Outcome.DEFERRED, None)),
        ((302, {"Location": "http://elsewhere.example/"}, b""), (Outcome.DEFERRED, None)),
        ((0, {}, b""), (Outcome.DEFERRED, None)),
    ],
)
def test_what_an_http_server_says_is_understood(reply: Reply, answer: tuple[Outcome, timedelta | None]) -> None:
    """Refused for good, to be tried again, to be tried again not before, no answer at all."""
    line = Line(refused={USER: reply})
    with line.receiver.served() as url:
        answers = LineChannel("t0ken", url).send(note_to(USER, OTHER))
    assert (answers[USER].outcome, answers[USER].wait) == answer
    assert answers[OTHER] == ACCEPTED, "one user's trouble is not another's"
    assert len(line.receiver.requests) == 2, "nothing is followed elsewhere"


def test_a_wrong_token_is_the_offices_trouble() -> None:
    """Nobody is refused for good because of it; whom it was right for before is not forgotten."""
    line = Line(refused={OTHER: (401, {}, b'{"message": "Authentication failed"}')})
    with line.receiver.served() as url, pytest.raises(DeliveryError) as caught:
        LineChannel("t0ken", url).send(note_to(USER, OTHER))
    assert caught.value.answers == {USER: ACCEPTED}
    assert "t0ken" not in str(caught.value)


def test_nobody_there_is_no_answer() -> None:
    """LINE and the webhook: everybody may be tried again; an address with a secret in it is not told."""
    nobody = f"http://127.0.0.1:{free_port()}"
    for channel in (LineChannel("t0ken", nobody), parse_webhook(f"{nobody}/t0ken", "s3cret")):
        with pytest.raises(DeliveryError) as caught:
            channel.send(note_to(USER))
        assert str(caught.value) == "127.0.0.1: ConnectError"
        assert caught.value.answers == {}


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [("ก" * MAX_UNITS, True), ("ก" * (MAX_UNITS + 1), False), ("😀" * 2500, True), ("ก" + "😀" * 2500, False)],
)
def test_a_text_too_long_for_line_is_cut_between_characters(text: str, is_whole: bool) -> None:
    """5000 units of UTF-16, a sign of the cut included; no half of a pair is left."""
    kept = cut(text)
    assert (kept == text) is is_whole
    assert len(kept.encode("utf-16-le")) // 2 <= MAX_UNITS
    assert is_whole or (kept.endswith("…") and text.startswith(kept[:-1]))


def test_a_webhook_can_check_who_sent_it() -> None:
    """A receiver that knows the secret finds signature, time and key; words and references, no bytes of files."""
    seen: list[str] = []

    def check(request: Request) -> Reply:
        stamp = request.headers["KBO-Timestamp"]
        if request.headers["KBO-Signature"] != signature("s3cret", stamp, request.body):
            return 403, {}, b"bad signature"
        if int(stamp) != AT.timestamp() or request.headers["Content-Type"] != "application/json":
            return 400, {}, b""
        seen.append(request.headers["Idempotency-Key"])
        return 204, {}, b""

    receiver = Receiver(check)
    with receiver.served() as url:
        good = parse_webhook(f"{url}/kbo?office=56", "s3cret")
        assert [good.send(note_to(RECEIVER)) for _ in range(2)] == [{RECEIVER: ACCEPTED}] * 2
        with pytest.raises(DeliveryError):
            parse_webhook(url, "another").send(note_to(RECEIVER))
    assert len(set(seen)) == 1
    assert receiver.requests[0].path == "/kbo?office=56"
    note = json.loads(receiver.requests[0].body)
    assert (note["key"], note["district_code"], note["text"]) == ("c/5601-reminder-x", "5601", "โปรดรายงาน")
    assert note["attachments"][0]["name"] == "หนังสือ.pdf"
    assert b"%PDF" not in receiver.requests[0].body


def test_the_signature_is_as_the_page_says() -> None:
    """Computed by hand: HMAC-SHA256 over timestamp, full stop, body."""
    known = "sha256=af4b4d3e39ab30e15b638fbcf5d0f14ac3f146c8435a9ce272c7c97cbdc547b5"
    assert signature("s3cret", "1749029400", b"{}") == known


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ["folder"]),
        ({"KBO_SMTP_URL": "smtp://mail.example"}, ["smtp"]),
        ({"KBO_LINE_TOKEN": "t"}, ["folder", "line"]),
        ({"KBO_WEBHOOK_URL": "https://w.example/x", "KBO_WEBHOOK_SECRET": "s"}, ["folder", "webhook"]),
    ],
)
def test_the_environment_sets_channels_up(
    settings: dict[str, str], names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail always, the others where they are asked for."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert [channel.name for channel in channels_of(tmp_path)] == names


@pytest.mark.parametrize(
    ("url", "secret", "code"),
    [
        ("ftp://w.example", "s", "webhook-url"),
        ("w.example/x", "s", "webhook-url"),
        ("https://w.example", "", "webhook-secret"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(url: str, secret: str, code: str) -> None:
    """An address that is none, or nothing to sign with."""
    with pytest.raises(RefusedError) as caught:
        parse_webhook(url, secret)
    assert [f.code for f in caught.value.findings] == [code]


def test_no_address_is_written_down_with_a_servers_words() -> None:
    """Mail addresses and LINE users are left out, line ends too, and it is not endless."""
    assert told(f"550 5.1.1\r\n <{ANN}>: {USER} unknown") == "550 5.1.1 <…>: … unknown"
    assert len(told("x" * 999)) == 200
