"""Copies of downloads: asked only for what has changed, never used silently, never half written."""

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kbo_core.domain.findings import RefusedError
from kbo_core.registry.download import Patience
from kbo_core.registry.sources import fetch_source
from tests.registry.websites import Portal, Reply, Request, Website, numbered

TABLE = "producer_name,province\r\nกลุ่มทอผ้า,พะเยา\r\n".encode()
OTHER = "producer_name,province\r\nกลุ่มจักสาน,พะเยา\r\n".encode()
QUICK = Patience(sleep=lambda wait: None)


@pytest.fixture
def site() -> Iterator[Website]:
    """A website that has a table at /t.csv, and says so only when asked about another one."""
    with Website().open() as site:
        site.answers["/t.csv"] = unless_had(TABLE, '"one"')
        yield site


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """Where the copies go."""
    return tmp_path / "home" / "downloads"


def unless_had(body: bytes, etag: str) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        if request.headers.get("if-none-match") == etag:
            return Reply(status=304, headers={"etag": etag})
        return Reply(body, headers={"content-type": "text/csv", "etag": etag})

    return answer


def fetched(site: Website, cache: Path | None) -> bytes:
    return fetch_source(f"{site.address}/t.csv", Path("/nowhere"), cache=cache, patience=QUICK).content


def kept(cache: Path) -> list[Path]:
    return sorted(file for file in cache.rglob("*") if file.is_file())


def test_what_has_not_changed_is_not_sent_again(site: Website, cache: Path) -> None:
    """The second time the website only says so."""
    assert [fetched(site, cache), fetched(site, cache)] == [TABLE, TABLE]
    assert [request.headers.get("if-none-match") for request in site.requests] == [None, '"one"']


def test_a_day_of_change_is_as_good_as_a_tag(site: Website, cache: Path) -> None:
    """Older websites tell only when the file was last changed."""
    changed = "Wed, 21 Oct 2015 07:28:00 GMT"
    site.answers["/t.csv"] = [Reply(TABLE, headers={"last-modified": changed}), Reply(status=304)]
    assert [fetched(site, cache), fetched(site, cache)] == [TABLE, TABLE]
    assert site.requests[1].headers["if-modified-since"] == changed


def test_what_has_changed_takes_the_place_of_the_copy(site: Website, cache: Path) -> None:
    """And the new tag is the one that is asked about next."""
    fetched(site, cache)
    site.answers["/t.csv"] = unless_had(OTHER, '"two"')
    assert [fetched(site, cache), fetched(site, cache)] == [OTHER, OTHER]
    assert [request.headers.get("if-none-match") for request in site.requests] == [None, '"one"', '"two"']


def test_without_a_folder_nothing_is_kept(site: Website, tmp_path: Path) -> None:
    """And nothing is asked about."""
    assert [fetched(site, None), fetched(site, None)] == [TABLE, TABLE]
    assert "if-none-match" not in site.requests[1].headers
    assert kept(tmp_path) == []


@pytest.mark.parametrize("part", ["content", "addresses"])
@pytest.mark.parametrize("spoilt", [b"", b"producer_name\r\n", b"[]", b'{"file": 1}', None])
def test_a_spoilt_copy_is_downloaded_again(site: Website, cache: Path, part: str, spoilt: bytes | None) -> None:
    """Bytes that are not those of the hash, a note that says nothing, a file that is gone."""
    fetched(site, cache)
    (file,) = kept(cache / part)
    if spoilt is None:
        file.unlink()
    else:
        file.write_bytes(spoilt)
    assert [fetched(site, cache), fetched(site, cache)] == [TABLE, TABLE]
    assert [request.headers.get("if-none-match") for request in site.requests] == [None, None, '"one"']


def test_a_copy_is_never_used_silently(site: Website, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The website is down: refused, with the day and the place of the copy, which may then be given as path."""
    monkeypatch.setenv("KBO_NOW", "2024-12-06T09:00:00+07:00")
    fetched(site, cache)
    site.answers["/t.csv"] = Reply(b"", 500)
    with pytest.raises(RefusedError) as caught:
        fetched(site, cache)
    (finding,) = caught.value.findings
    (copy,) = kept(cache / "content")
    assert finding.code == "download-failed"
    assert "6 ธ.ค. 2567" in finding.message_th
    assert str(copy) in finding.message_th
    assert str(copy) in finding.message_en
    file = fetch_source(str(copy), Path("/nowhere"))
    assert (file.content, file.ending) == (TABLE, ".csv")


def test_a_copy_of_a_workbook_keeps_a_workbooks_name(site: Website, cache: Path) -> None:
    """The address does not tell the kind, the bytes do."""
    site.answers["/get"] = Reply(b"PK\x03\x04...", headers={"content-type": "application/octet-stream"})
    fetch_source(f"{site.address}/get?id=5", Path("/nowhere"), cache=cache, patience=QUICK)
    assert [file.suffix for file in kept(cache / "content")] == [".xlsx"]


@pytest.mark.parametrize(
    "fault",
    [
        Reply(TABLE, cut_after=9),
        Reply(TABLE, cut_after=9, is_chunked=True),
        Reply(b"<html>", headers={"content-type": "text/html"}),
        Reply(b"", 403),
        Reply(b"", 500),
        Reply(b""),
    ],
)
def test_a_failure_leaves_nothing_behind(site: Website, cache: Path, fault: Reply) -> None:
    """No part of a file, no note about one; a copy of before stays as it was."""
    site.answers["/t.csv"] = fault
    with pytest.raises(RefusedError):
        fetched(site, cache)
    assert not cache.exists()
    site.answers["/t.csv"] = unless_had(TABLE, '"one"')
    fetched(site, cache)
    before = {file: file.read_bytes() for file in kept(cache)}
    site.answers["/t.csv"] = fault
    with pytest.raises(RefusedError):
        fetched(site, cache)
    assert {file: file.read_bytes() for file in kept(cache)} == before


def test_a_folder_that_cannot_be_written_is_told(site: Website, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(RefusedError) as caught:
        fetched(site, tmp_path / "taken")
    assert caught.value.findings[0].code == "cache-unusable"


def test_a_copy_that_cannot_take_its_place_leaves_nothing_behind(site: Website, cache: Path) -> None:
    """A folder stands where the bytes should be."""
    (cache / "content" / f"{hashlib.sha256(TABLE).hexdigest()}.csv").mkdir(parents=True)
    with pytest.raises(RefusedError) as caught:
        fetched(site, cache)
    assert caught.value.findings[0].code == "cache-unusable"
    assert kept(cache) == []


def test_whoever_is_reading_a_note_reads_it_to_its_end(site: Website, cache: Path) -> None:
    """A new one takes its place, it is not written over."""
    fetched(site, cache)
    (note,) = kept(cache / "addresses")
    with note.open() as before:
        site.answers["/t.csv"] = unless_had(OTHER, '"two"')
        fetched(site, cache)
        assert json.load(before)["etag"] == '"one"'
    assert json.loads(note.read_text("utf-8"))["etag"] == '"two"'


def test_many_may_write_at_the_same_time(site: Website, cache: Path) -> None:
    """While the file changes with every request: each gets a whole one, and what stays fits together."""

    def changing(request: Request) -> Reply:
        number = len(site.requests)
        return Reply(b"name\r\n" * number, headers={"etag": f'"{number}"', "content-type": "text/csv"})

    site.answers["/t.csv"] = changing
    with ThreadPoolExecutor(8) as many:
        contents = list(many.map(lambda _: fetched(site, cache), range(40)))
    assert sorted(len(content) // 6 for content in contents) == list(range(1, 41))
    (note,) = kept(cache / "addresses")
    told = json.loads(note.read_text("utf-8"))
    assert (cache / "content" / told["file"]).read_bytes() == b"name\r\n" * int(told["etag"].strip('"'))
    assert not [file for file in kept(cache) if file.name.startswith(".")]


def test_a_tag_that_is_no_header_is_not_sent_back(site: Website, cache: Path) -> None:
    """A website may say anything."""
    site.answers["/t.csv"] = Reply(TABLE, headers={"etag": '"\xe9"', "content-type": "text/csv"})
    assert [fetched(site, cache), fetched(site, cache)] == [TABLE, TABLE]


def test_a_key_in_an_address_is_not_written_down(site: Website, cache: Path) -> None:
    """Not in the note either."""
    fetch_source(f"{site.address}/t.csv?token=hunter2", Path("/nowhere"), cache=cache, patience=QUICK)
    assert all(b"hunter2" not in file.read_bytes() for file in kept(cache))


def test_rows_of_a_portal_are_kept_for_the_day_it_is_down(cache: Path) -> None:
    """There is no tag for them, but there is a copy to speak of."""
    with Portal().open() as portal:
        portal.tables["r1"] = (["name", "stars"], numbered(3))
        address = portal.call("datastore_search", resource_id="r1")
        content = fetch_source(address, Path("/nowhere"), cache=cache, patience=QUICK).content
    with pytest.raises(RefusedError) as caught:
        fetch_source(address, Path("/nowhere"), cache=cache, patience=QUICK)
    (copy,) = kept(cache / "content")
    assert copy.read_bytes() == content
    assert str(copy) in caught.value.findings[0].message_th
