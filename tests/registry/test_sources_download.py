"""An address is downloaded whole or refused, with the reason and the way out in Thai."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kbo_core.domain.findings import Finding, KboError, RefusedError
from kbo_core.registry.addresses import is_same_website, parse_address
from kbo_core.registry.download import Patience
from kbo_core.registry.sources import SourceFile, fetch_source
from tests.registry.websites import Reply, Website, write_certificate

TABLE = "producer_name,province\r\nกลุ่มทอผ้า,พะเยา\r\n".encode()
CSV = {"content-type": "text/csv"}
BY_HAND = "แล้วแก้ path เป็นชื่อแฟ้มนั้น"


@pytest.fixture
def site() -> Iterator[Website]:
    """A website that has the table at /t.csv."""
    with Website().open() as site:
        site.answers["/t.csv"] = Reply(TABLE, headers=CSV)
        yield site


@pytest.fixture
def naps() -> list[float]:
    """How long was waited between tries; no test really waits."""
    return []


@pytest.fixture
def patience(naps: list[float]) -> Patience:
    """Real timeouts, waits that are only written down."""
    return Patience(silence=0.3, sleep=naps.append)


def fetched(address: str, patience: Patience) -> SourceFile:
    return fetch_source(address, Path("/nowhere"), patience=patience)


def refusal(address: str, patience: Patience) -> Finding:
    with pytest.raises(RefusedError) as caught:
        fetched(address, patience)
    (finding,) = caught.value.findings
    return finding


def test_a_table_is_downloaded_as_it_is(site: Website) -> None:
    """With the two arguments that everybody gives."""
    file = fetch_source(f"{site.address}/t.csv", Path("/nowhere"))
    assert (file.content, file.label, file.ending) == (TABLE, f"{site.address}/t.csv", ".csv")


def test_a_body_in_chunks_is_as_good_as_one_with_a_length(site: Website, patience: Patience) -> None:
    """The end of the last chunk tells that it is whole."""
    site.answers["/t.csv"] = Reply(TABLE, headers=CSV, is_chunked=True)
    assert fetched(f"{site.address}/t.csv", patience).content == TABLE


@pytest.mark.parametrize("status", [401, 403])
def test_a_portal_that_refuses_programs_is_told_with_the_way_out(
    site: Website, status: int, patience: Patience, naps: list[float]
) -> None:
    """Open it in a browser, save it, change the path; asking again would not help."""
    site.answers["/t.csv"] = Reply(b"<html>no", status, {"content-type": "text/html"})
    finding = refusal(f"{site.address}/t.csv", patience)
    assert (finding.code, finding.where) == ("portal-refused", f"{site.address}/t.csv")
    assert f"HTTP {status}" in finding.message_th
    assert "เบราว์เซอร์" in finding.message_th
    assert BY_HAND in finding.message_th
    assert (len(site.requests), naps) == (1, [])


@pytest.mark.parametrize("status", [400, 404, 410, 418])
def test_what_is_not_there_is_not_asked_for_again(site: Website, status: int, patience: Patience) -> None:
    """No 4xx is."""
    site.answers["/t.csv"] = Reply(b"", status)
    finding = refusal(f"{site.address}/t.csv", patience)
    assert finding.code == "download-failed"
    assert f"HTTP {status}" in finding.message_th
    assert len(site.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_trouble_that_passes_is_waited_out(site: Website, status: int, patience: Patience, naps: list[float]) -> None:
    """Longer each time."""
    site.answers["/t.csv"] = [Reply(b"", status), Reply(b"", status), Reply(TABLE, headers=CSV)]
    assert fetched(f"{site.address}/t.csv", patience).content == TABLE
    assert naps == [1, 2]


def test_a_trouble_that_stays_is_told_after_the_last_try(site: Website, patience: Patience) -> None:
    """Three tries, then a person."""
    site.answers["/t.csv"] = Reply(b"", 500)
    finding = refusal(f"{site.address}/t.csv", patience)
    assert (finding.code, len(site.requests)) == ("download-failed", 3)
    assert "HTTP 500" in finding.message_th
    assert BY_HAND in finding.message_th


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "86400"}, 30),
        ({"retry-after": "soon"}, 1),
        ({"retry-after": "Wed, 21 Oct 2099 07:28:00 GMT"}, 30),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ],
)
def test_a_website_says_how_long_to_wait(
    site: Website, headers: dict[str, str], wait: float, patience: Patience, naps: list[float]
) -> None:
    """In seconds or as a date, up to our own limit."""
    site.answers["/t.csv"] = [Reply(b"", 503, headers), Reply(TABLE, headers=CSV)]
    fetched(f"{site.address}/t.csv", patience)
    assert naps == [wait]


def test_nothing_is_waited_for_beyond_the_deadline(site: Website, naps: list[float]) -> None:
    """A wait that ends after it is not begun."""
    site.answers["/t.csv"] = Reply(b"", 503, {"retry-after": "20"})
    assert refusal(f"{site.address}/t.csv", Patience(overall=10, sleep=naps.append)).code == "download-failed"
    assert naps == []


def test_a_website_that_is_silent_is_given_up(site: Website) -> None:
    """In words, not in the name of an exception."""
    site.answers["/t.csv"] = Reply(TABLE, headers=CSV, silence=1)
    finding = refusal(f"{site.address}/t.csv", Patience(silence=0.1, tries=2, sleep=lambda wait: None))
    assert finding.code == "download-failed"
    assert "ไม่ตอบภายในเวลาที่กำหนด" in finding.message_th
    assert len(site.requests) == 2


def test_a_website_that_drips_is_given_up_at_the_deadline(site: Website) -> None:
    """Never silent for long, and yet never done."""
    site.answers["/t.csv"] = Reply(TABLE * 100, headers=CSV, drip=0.02)
    finding = refusal(f"{site.address}/t.csv", Patience(overall=0.4))
    assert finding.code == "download-failed"
    assert "วินาที" in finding.message_th


@pytest.mark.parametrize(
    "cut",
    [
        Reply(TABLE, headers=CSV, length=len(TABLE) + 1),
        Reply(TABLE, headers=CSV, cut_after=9),
        Reply(TABLE, headers=CSV, cut_after=0),
        Reply(TABLE, headers=CSV, cut_after=9, is_chunked=True),
        Reply(TABLE, headers=CSV, cut_after=len(TABLE), is_chunked=True),
        Reply(TABLE, headers=CSV, cut_after=9, is_reset=True),
    ],
    ids=["longer said than sent", "cut", "cut at once", "chunks cut", "the end of chunks missing", "reset"],
)
def test_a_cut_body_is_never_taken(site: Website, cut: Reply, patience: Patience) -> None:
    """It is had whole at a later try, or refused."""
    site.answers["/t.csv"] = [cut, Reply(TABLE, headers=CSV)]
    assert fetched(f"{site.address}/t.csv", patience).content == TABLE
    site.answers["/t.csv"] = cut
    finding = refusal(f"{site.address}/t.csv", patience)
    assert finding.code == "download-cut-off"
    assert BY_HAND in finding.message_th


def test_a_compressed_body_is_not_asked_for_and_not_taken(site: Website, patience: Patience) -> None:
    """A compressed body that lost its end could pass for a whole one."""
    site.answers["/t.csv"] = Reply(b"\x1f\x8b", headers={**CSV, "content-encoding": "gzip"})
    assert refusal(f"{site.address}/t.csv", patience).code == "download-failed"
    assert site.requests[0].headers["accept-encoding"] == "identity"


def test_too_large_a_file_is_not_read_to_its_end(site: Website) -> None:
    """By what has come so far, or before anything has by the length that it tells."""
    site.answers["/t.csv"] = Reply(b"x" * 1000, headers=CSV, is_chunked=True, drip=0.01)
    assert refusal(f"{site.address}/t.csv", Patience(largest=20, overall=5)).code == "file-too-large"
    site.answers["/t.csv"] = Reply(b"x" * 10, headers=CSV, length=21)
    assert refusal(f"{site.address}/t.csv", Patience(largest=20)).code == "file-too-large"


def test_an_empty_file_is_refused(site: Website, patience: Patience) -> None:
    """As one on the disk is."""
    site.answers["/t.csv"] = Reply(b"", headers=CSV)
    assert refusal(f"{site.address}/t.csv", patience).code == "file-empty"


@pytest.mark.parametrize(
    "page",
    [
        Reply(b"hello", headers={"content-type": "text/html; charset=utf-8"}),
        Reply(b"\xef\xbb\xbf\n <!DOCTYPE html><title>login", headers={"content-type": "application/octet-stream"}),
        Reply(b"<HTML lang=th>", headers=CSV),
        Reply(b"{}", headers={"content-type": "application/json"}),
    ],
    ids=["by its type", "by its bytes", "under a table's type", "json"],
)
def test_a_web_page_is_no_table(site: Website, page: Reply, patience: Patience) -> None:
    """A log-in form comes with status 200 too."""
    site.answers["/t.csv"] = page
    finding = refusal(f"{site.address}/t.csv", patience)
    assert finding.code == "not-a-table"
    assert BY_HAND in finding.message_th


def test_a_file_that_has_moved_is_followed(site: Website, patience: Patience) -> None:
    """Also to an address with Thai letters, relative to the old one."""
    site.answers["/old"] = Reply(b"", 302, {"location": "/%E0%B9%83%E0%B8%AB%E0%B8%A1%E0%B9%88.csv"})
    site.answers["/ใหม่.csv"] = Reply(TABLE, headers=CSV)
    assert fetched(f"{site.address}/old", patience).content == TABLE


@pytest.mark.parametrize("target", ["/round", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://[", ""])
def test_a_redirection_that_leads_nowhere_is_refused(site: Website, target: str, patience: Patience) -> None:
    """Round and round, to another kind of address, to none at all."""
    site.answers["/round"] = Reply(b"", 302, {"location": target})
    assert refusal(f"{site.address}/round", patience).code == "download-failed"
    assert len(site.requests) < 10


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of a website that nobody trusts by itself."""
    return write_certificate(tmp_path / "website.pem")


def test_a_secured_website_never_leads_to_an_open_one(
    site: Website, certificate: Path, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for in secret is not fetched in the open; the other way is lawful."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Website(certificate).open() as secured:
        secured.answers["/t.csv"] = Reply(TABLE, headers=CSV)
        secured.answers["/down"] = Reply(b"", 302, {"location": f"{site.address}/t.csv"})
        site.answers["/up"] = Reply(b"", 301, {"location": f"{secured.address}/t.csv"})
        assert fetched(f"{site.address}/up", patience).content == TABLE
        finding = refusal(f"{secured.address}/down", patience)
    assert (finding.code, len(site.asked("/t.csv"))) == ("download-failed", 0)
    assert "ไม่ปลอดภัย" in finding.message_th


def test_a_certificate_that_cannot_be_verified_is_told(certificate: Path, patience: Patience) -> None:
    """Not as a website that is down."""
    with Website(certificate).open() as secured:
        finding = refusal(f"{secured.address}/t.csv", patience)
    assert "ใบรับรองความปลอดภัย" in finding.message_th


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("http://portal/b", True),
        ("https://portal/b", True),
        ("http://portal:8080/b", False),
        ("https://portal:8443/b", False),
        ("http://portal.evil/b", False),
        ("https://api.portal/b", False),
    ],
)
def test_a_website_is_its_origin_or_its_own_https(other: str, same: bool) -> None:
    """Only there may a key go; never from https back to http."""
    asked = parse_address("http://portal/a")
    assert is_same_website(asked, parse_address(other)) is same
    assert not is_same_website(parse_address("https://portal/a"), asked)


@pytest.mark.parametrize(
    "path", ["/ทะเบียน กลุ่ม.csv", "/%E0%B8%97%E0%B8%B0%E0%B9%80%E0%B8%9A%E0%B8%B5%E0%B8%A2%E0%B8%99 กลุ่ม.csv"]
)
def test_thai_letters_and_spaces_are_asked_for_as_they_are_meant(site: Website, path: str, patience: Patience) -> None:
    """Typed, or copied from a browser; a fragment stays at home, the scheme may be in capitals."""
    site.answers["/ทะเบียน กลุ่ม.csv"] = Reply(TABLE, headers=CSV)
    address = f"HTTP://127.0.0.1:{site.port}{path}?ปี=2567#แถว.xlsx"
    file = fetched(address, patience)
    assert (file.content, file.label, file.ending) == (TABLE, address, ".csv")
    assert site.requests[0].query == {"ปี": "2567"}


@pytest.mark.parametrize("address", ["http://", "http://127.0.0.1:abc/x.csv", "https:///x.csv", "http://a b/x.csv"])
def test_an_address_that_is_none_is_refused(address: str, patience: Patience) -> None:
    """Before anything is asked."""
    assert refusal(address, patience).code == "download-failed"


def test_a_website_that_cannot_be_reached_is_told_at_once(patience: Patience, naps: list[float]) -> None:
    """Nobody listens there."""
    with Website().open() as gone:
        address = f"{gone.address}/t.csv"
    assert "ติดต่อเว็บไซต์ต้นทางไม่ได้" in refusal(address, patience).message_th
    assert naps == []


def test_a_password_does_not_belong_in_a_definition(site: Website, patience: Patience) -> None:
    """The definition is evidence: refused without asking, and without repeating the password."""
    finding = refusal(f"http://officer:hunter2@127.0.0.1:{site.port}/t.csv", patience)
    assert finding.code == "address-with-password"
    assert "hunter2" not in str(finding)
    assert site.requests == []


def test_a_key_in_an_address_is_not_repeated(site: Website, patience: Patience) -> None:
    """The website gets it, the finding does not."""
    site.answers["/t.csv"] = Reply(b"", 403)
    with pytest.raises(KboError) as caught:
        fetched(f"{site.address}/t.csv?year=2567&api_key=hunter2", patience)
    assert site.requests[0].query["api_key"] == "hunter2"
    assert "hunter2" not in f"{caught.value} {caught.value.findings}"
    assert caught.value.findings[0].where == f"{site.address}/t.csv?year=2567&api_key=***"


def test_a_files_own_website_gets_no_api_key(
    site: Website, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is for CKAN's calls."""
    monkeypatch.setenv("KBO_CKAN_API_KEY", "hunter2")
    fetched(f"{site.address}/t.csv", patience)
    assert "api-key" not in site.requests[0].headers
