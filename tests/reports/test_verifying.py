"""``kbo verify``: with nothing but the bundle, everything is done again and compared."""

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.findings import Severity
from kbo_core.office.bundle import ABOUT, LOG, MANIFEST, manifest_of
from kbo_core.office.closing import close
from kbo_core.office.definitions import read_definition
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze
from kbo_core.office.screening import screen
from kbo_core.office.verifying import Verification, verify
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from kbo_core.store.log import Event
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, open_cycle
from tests.province import write_small_province
from tests.reports.packing import members_of, relogged, resealed, zipped

Members = dict[str, bytes]


def test_a_cycle_with_everything_in_it_verifies_without_home_database_and_network(
    bundle: bytes, judged: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Extensions, exceptions, reallocation, signatures, a new list, a reopening, two versions: all lived through."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    done = verify(bundle, judged)
    assert done.findings == []
    looked = done.looked
    assert (looked["decisions"], looked["answers"], looked["report rows"], looked["papers"]) == (24, 4, 4, 12)
    assert looked["events"] == looked["log holds"] > 60


def codes(done: Verification) -> set[str]:
    return {finding.code for finding in done.findings}


def swapped(was: bytes, now: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(was, now, 1)


def more(content: bytes) -> bytes:
    return content + b"\x00"


def changed(bundle: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """Members changed, with manifest and seal to match: the bundle is sound in itself."""
    members = members_of(bundle)
    for name, change in changes.items():
        assert change(members[name]) != members[name], name
        members[name] = change(members[name])
    return resealed(members)


def test_what_follows_from_the_rest_is_compared_byte_for_byte(plain_bundle: bytes, judged: Validate) -> None:
    """Decisions, papers and extracts, though manifest and seal were made to match: each with the first byte."""
    changes = {
        "decisions/decisions.csv": swapped(b"eligible", b"eligibly"),
        "decisions/shortage.json": swapped(b"2", b"3"),
        "report/report-kbo-test-v1.csv": swapped(b"B1", b"B2"),
        "report/public-report-kbo-test-v1.pdf": swapped(b"%%EOF", b"%%EOG"),
        "report/report-kbo-test-v1.docx": more,
        "report/datapackage-kbo-test-v1.zip": more,
        "README.txt": swapped(b"kbo", b"KBO"),
        "chain-head.txt": swapped(b" ", b"\t"),
        "signatures.json": swapped(b"[]", b"[1]"),
    }
    done = verify(changed(plain_bundle, **changes), judged)
    members = members_of(plain_bundle)
    for name, change in changes.items():
        pairs = zip(members[name], change(members[name]), strict=False)
        at = next((n for n, (was, now) in enumerate(pairs) if was != now), len(members[name]))
        [finding] = [f for f in done.findings if f.code == "file-differs" and f.where.startswith(f"{name}: ")]
        assert finding.where == f"{name}: {at}"
        assert str(at) in finding.message_th
    assert codes(done) == {"file-differs", "file-not-of-log"}


def test_what_the_log_names_has_the_hash_that_it_says(plain_bundle: bytes, judged: Validate) -> None:
    """Packets, answers, messages, the definition: nothing can be lived through without them."""
    changes = {
        "submissions/5607-01.xlsx": more,
        "packets/5607-01.pdf": more,
        "packets/5607-01.xlsx": more,
        "messages/5607-receipt-01.eml": more,
        "definition.yaml": more,
    }
    done = verify(changed(plain_bundle, **changes), judged)
    assert {f.where for f in done.findings if f.code == "file-not-of-log"} == set(changes)
    assert "event-unreplayable" in codes(done)
    assert all(finding.message_th and finding.message_en for finding in done.findings)


@pytest.mark.parametrize(
    ("name", "change", "code"),
    [
        ("inputs/03-products.csv", swapped(b",3\r\n", b",2\r\n"), "input-differs"),
        ("circumstances.json", swapped(b"{", b"["), "circumstances-unreadable"),
    ],
)
def test_what_the_report_rests_on_is_what_was_decided_on(
    plain_bundle: bytes, judged: Validate, name: str, change: Callable[[bytes], bytes], code: str
) -> None:
    """Another register, or circumstances that are none."""
    assert code in codes(verify(changed(plain_bundle, **{name: change}), judged))


def test_a_paper_that_nobody_issued_is_named(plain_bundle: bytes, judged: Validate) -> None:
    """An extra file beside the report, an extra form beside the answers."""
    extra = {"report/report-other.csv": b"x", "submissions/5601-09.csv": b"y"}
    done = verify(resealed(members_of(plain_bundle) | extra), judged)
    assert {(f.code, f.where) for f in done.findings} == {
        ("paper-extra", "report/report-other.csv"),
        ("file-unknown", "submissions/5601-09.csv"),
    }


def test_an_edited_log_breaks_its_chain(plain_bundle: bytes, judged: Validate) -> None:
    """At the event that was edited."""
    members = members_of(plain_bundle)
    lines = members[LOG].decode().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines, start=1) if '"submission-accepted"' in line and '"A1"' in line)
    lines[number - 1] = lines[number - 1].replace('"A1"', '"A3"')
    done = verify(resealed(members | {LOG: "".join(lines).encode()}), judged)
    assert [(f.code, f.where) for f in done.faults] == [("chain-broken", f"{LOG}: {number}")]


def edited(kind: str, district: str = "", **facts: object) -> Callable[[list[Event]], list[Event]]:
    """The first event of a kind, of a district if told, with other facts."""

    def change(log: list[Event]) -> list[Event]:
        at = next(n for n, e in enumerate(log) if e.kind == kind and e.payload.get("district", "").startswith(district))
        return [*log[:at], replace(log[at], payload={**log[at].payload, **facts}), *log[at + 1 :]]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (edited("submission-accepted", "5607", picks=[["B2", 1]]), "answer-read-otherwise"),
        (edited("decided", decisions="0" * 64), "event-unreplayable"),
        (edited("packet-prepared", "5607", candidates=[]), "answer-not-acceptable"),
        (lambda log: log[:-1], "file-differs"),
    ],
)
def test_a_log_that_was_written_anew_does_not_fit_its_files(
    plain_bundle: bytes, judged: Validate, change: Callable[[list[Event]], list[Event]], code: str
) -> None:
    """Though its chain holds and the manifest names it."""
    done = verify(relogged(plain_bundle, change), judged)
    assert code in codes(done)
    assert done.faults


def made_by_another(members: Members) -> Members:
    about = json.loads(members[ABOUT])
    about["made_with"]["typst"] = "0.1.0"
    return members | {ABOUT: json.dumps(about).encode()}


def test_another_release_is_told_and_fails_only_where_the_words_differ(plain_bundle: bytes, judged: Validate) -> None:
    """Other bytes of the same PDF pass; another PDF does not."""
    members = made_by_another(members_of(plain_bundle))
    name = "report/report-kbo-test-v1.pdf"
    done = verify(resealed(members | {name: members[name] + b"\n"}), judged)
    assert [(f.code, f.severity) for f in done.findings] == [("program-differs", Severity.INFO)]
    assert "typst 0.1.0" in done.findings[0].where
    other = members["report/public-report-kbo-test-v1.pdf"]
    done = verify(resealed(members | {name: other}), judged)
    assert [f.code for f in done.faults] == ["file-differs"]


def test_a_single_changed_byte_is_told_and_the_rest_still_verifies(plain_bundle: bytes, judged: Validate) -> None:
    """What was there before is known from the marks, so that nothing else is complained of."""
    at = plain_bundle.index(b"inputs/02-producers.csv") + 400
    done = verify(plain_bundle[:at] + bytes([plain_bundle[at] ^ 1]) + plain_bundle[at + 1 :], judged)
    [finding] = done.findings
    assert finding.code == "bundle-byte-changed"
    assert finding.where == f"zip: {at} (inputs/02-producers.csv)"


def test_what_the_report_rests_on_is_not_replayed_when_it_is_lost(plain_bundle: bytes, judged: Validate) -> None:
    """It says so, instead of complaining of everything that follows."""
    members = members_of(plain_bundle)
    lacking = {**members, MANIFEST: manifest_of(members)}
    del lacking["definition.yaml"]
    done = verify(zipped(lacking), judged)
    assert codes(done) == {"bundle-bytes-differ", "member-missing", "not-replayed"}


def test_the_command_says_ok_differs_or_no_bundle_by_its_exit_code(
    plain_bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """0, 3, 4; it needs no home and leaves nothing behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KBO_JSON", "1")
    kinds = {"sound": plain_bundle, "changed": plain_bundle[:-1] + b"x", "other": b"nothing of ours"}
    for name, content in kinds.items():
        (tmp_path / f"{name}.zip").write_bytes(content)
    told = {}
    for name, code in (("sound", 0), ("changed", 3), ("other", 4)):
        assert run(["verify", f"{name}.zip", "--json"]) == code
        told[name] = json.loads(capsys.readouterr().out)
    assert (told["sound"]["status"], told["sound"]["cycle"]) == ("ok", "kbo-test")
    [finding] = told["changed"]["findings"]
    assert finding["code"] == "bundle-byte-changed"
    assert finding["where"].startswith(f"zip: {len(plain_bundle) - 1} ")
    assert told["other"]["findings"][0]["code"] == "bundle-unreadable"
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(kinds)


def test_a_register_that_was_compared_with_the_last_ones_figures_is_compared_with_them_again(
    tmp_path: Path, judged: Validate
) -> None:
    """They stand in the event of the opening; a log of an earlier release does not have them, and is not blamed."""
    (tmp_path / "home").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'home' / 'kbo.sqlite3'}")
    office = Office(tmp_path / "home", database, (FolderChannel(tmp_path / "home" / "outbox"),))
    file = read_definition(write_small_province(tmp_path / "province"))
    last = replace(screen(file, judged).profile, producers=11)
    freeze(office, screen(file, judged, last=last), OPENED_AT, "ผู้ทดสอบ")
    open_cycle(office, tmp_path / "province" / "cycle.yaml", judged)
    closed = close(office, CYCLE, judged, at=DUE_AT + timedelta(days=5), by="ผู้ทดสอบ", reason="ไม่รอ")
    database.close()
    content = next(closed.folder.glob("evidence-*.zip")).read_bytes()
    assert b"register-size-drift" in members_of(content)["decisions/findings.json"]
    assert verify(content, judged).findings == []

    def of_an_earlier_release(log: list[Event]) -> list[Event]:
        facts = {name: value for name, value in log[0].payload.items() if name != "compared_with"}
        return [replace(log[0], payload=facts), *log[1:]]

    done = verify(relogged(content, of_an_earlier_release), judged)
    assert not [f for f in done.findings if f.where.startswith("decisions/")]
