"""The evidence bundle as a file: any byte that was changed is named with its place; nothing harmful is opened."""

import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbo_core.domain.byte_marks import Marks, first_difference
from kbo_core.domain.findings import RefusedError
from kbo_core.office.bundle import MANIFEST, manifest_of, open_bundle, pack
from tests.reports.packing import MADE_AT, members_of, zipped

ABOUT = {"format": 2, "cycle": "kbo-test", "version": 1}
SMALL = pack(
    {
        "log.jsonl": b'{"seq": 1}\n' * 9,
        "inputs/01-a.csv": bytes(range(256)) * 40,
        "inputs/02-empty.csv": b"",
        "report/report.pdf": b"%PDF-" + b"\x00" * 500,
    },
    ABOUT,
    MADE_AT,
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def flipped(content: bytes, at: int, by: int) -> bytes:
    return content[:at] + bytes([content[at] ^ by]) + content[at + 1 :]


def test_a_bundle_as_it_was_issued_has_nothing_to_tell() -> None:
    """And packing the same again gives the same bytes."""
    opened = open_bundle(SMALL)
    assert (opened.findings, opened.broken) == ((), frozenset())
    rest = {n: c for n, c in members_of(SMALL).items() if n != "about.json"}
    assert pack(rest, ABOUT, MADE_AT) == SMALL


@QUICK
@given(st.integers(0, len(SMALL) - 1), st.integers(1, 255))
def test_any_byte_of_the_zip_that_is_changed_is_named_with_its_offset(at: int, by: int) -> None:
    """Headers, packed data, directory, seal: wherever it is, and the members are read as they were."""
    opened = open_bundle(flipped(SMALL, at, by))
    [finding] = opened.findings
    assert finding.code == "bundle-byte-changed"
    assert finding.where.startswith(f"zip: {at} (")
    assert f"at offset {at} (was 0x{SMALL[at]:02x}, is 0x{SMALL[at] ^ by:02x})" in finding.message_en
    assert dict(opened.members) == dict(open_bundle(SMALL).members)


@QUICK
@given(st.data())
def test_any_byte_of_any_member_that_is_changed_is_named_with_member_and_offset(data: st.DataObject) -> None:
    """Packed again by another program, which has no seal to give; the manifest itself is no exception."""
    with zipfile.ZipFile(io.BytesIO(SMALL)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = data.draw(st.sampled_from(sorted(n for n, content in members.items() if content)))
    at, by = data.draw(st.integers(0, len(members[name]) - 1)), data.draw(st.integers(1, 255))
    opened = open_bundle(zipped(members | {name: flipped(members[name], at, by)}))
    assert {finding.code for finding in opened.findings} == {"bundle-bytes-differ", "member-changed"}
    assert [f.where for f in opened.findings if f.code == "member-changed"] == [f"{name}: {at}"]


def test_several_changed_bytes_are_placed_in_the_first_block_that_differs() -> None:
    """Four kilobytes at most, and what was before is not known."""
    content = bytes(range(256)) * 100
    changed = flipped(flipped(content, 9_000, 1), 20_000, 7)
    change = Marks.of(content).first_change(changed)
    assert (change.offset, change.until, change.was) == (8192, 12288, None)
    assert Marks.of(content).restored(changed) is None


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_first_difference_is_the_first(was: bytes, now: bytes) -> None:
    """All before is the same; past the end of a file is a difference too."""
    change = first_difference(was, now)
    if change is None:
        assert was == now
        return
    assert was[: change.offset] == now[: change.offset]
    assert was[change.offset : change.offset + 1] != now[change.offset : change.offset + 1]


def test_a_member_that_is_missing_and_one_that_is_extra_are_named() -> None:
    """Nothing is left out, nothing slipped in."""
    members = {**members_of(SMALL), MANIFEST: manifest_of(members_of(SMALL))}
    del members["inputs/01-a.csv"]
    members["inputs/03-b.csv"] = b"x"
    found = {finding.code: finding.where for finding in open_bundle(zipped(members)).findings}
    assert (found["member-missing"], found["member-extra"]) == ("inputs/01-a.csv", "inputs/03-b.csv")


def test_a_manifest_that_is_no_json_is_told_with_the_place_at_which_it_departs() -> None:
    """It follows from the members."""
    whole = manifest_of(members_of(SMALL))
    opened = open_bundle(zipped({**members_of(SMALL), MANIFEST: whole[:-40]}))
    assert ("member-changed", f"{MANIFEST}: {len(whole) - 40}") in [(f.code, f.where) for f in opened.findings]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bundle-unreadable"),
        (b"PK\x03\x04 and nothing else", "bundle-unreadable"),
        (zipped({"hello.txt": b"x"}), "bundle-unreadable"),
        (zipped({MANIFEST: b"{}", "../outside.txt": b"x"}), "bundle-unsafe-path"),
        (zipped({MANIFEST: b"{}", "/etc/passwd": b"x"}), "bundle-unsafe-path"),
        (zipped({MANIFEST: b"{}", "a\\..\\b": b"x"}), "bundle-unsafe-path"),
        (zipped({MANIFEST: b"{}", "C:/x": b"x"}), "bundle-unsafe-path"),
        (zipped({MANIFEST: b"{}", "a//b": b"x"}), "bundle-unsafe-path"),
        (zipped({MANIFEST: b"{}", "Log.jsonl": b"x", "log.jsonl": b"y"}), "bundle-name-twice"),
        (zipped({MANIFEST: json.dumps({"format": 1, "files": {}}).encode()}), "bundle-format"),
    ],
)
def test_what_is_no_bundle_or_would_do_harm_is_refused(content: bytes, code: str) -> None:
    """Each by its own code, in both languages."""
    with pytest.raises(RefusedError) as caught:
        open_bundle(content)
    [finding] = caught.value.findings
    assert finding.code == code
    assert finding.message_th
    assert finding.message_en


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    """By what its directory says."""
    for content in (zipped({MANIFEST: b"{}", "zeros.bin": b"\x00" * 60_000_000}), _said_to_be(3_000_000_000)):
        with pytest.raises(RefusedError) as caught:
            open_bundle(content)
        assert caught.value.findings[0].code == "bundle-too-large"


def test_a_member_that_lies_about_its_size_is_not_unpacked_any_further() -> None:
    """What comes out beyond the directory's word is not read."""
    empty = json.dumps({"format": 2, "files": {}, "marks": {}}).encode()
    honest = zipped({MANIFEST: empty, "zeros.bin": b"\x00" * 30_000_000})
    lying = honest.replace((30_000_000).to_bytes(4, "little"), (16).to_bytes(4, "little"))
    assert lying != honest
    assert "member-unreadable" in {finding.code for finding in open_bundle(lying).findings}


def _said_to_be(length: int) -> bytes:
    """A zip whose directory says of a member that it is so long."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(MANIFEST, b"{}")
        packed.writestr("a.bin", b"x")
        packed.infolist()[1].file_size = length
    return target.getvalue()


def test_a_link_and_an_encrypted_member_are_refused() -> None:
    """Neither has any business in a bundle."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr(MANIFEST, b"{}")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(RefusedError) as caught:
        open_bundle(target.getvalue())
    assert caught.value.findings[0].code == "bundle-unsafe-path"
    locked = bytearray(zipped({MANIFEST: b"{}"}))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(RefusedError) as caught:
        open_bundle(bytes(locked))
    assert caught.value.findings[0].code == "bundle-unreadable"
