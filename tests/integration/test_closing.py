"""Closing: one report that agrees with the store, or a refusal that says why."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.findings import BlockedError
from kbo_core.office.closing import close
from kbo_core.office.doctor import examine
from kbo_core.office.intake import receive
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from kbo_core.store.reading import picks
from tests.cycle import CYCLE, DUE_AT, answer, form_of, kinds, log_of, open_cycle

CLOSED_AT = DUE_AT + timedelta(days=5)
FILES = [
    ("evidence", ".zip"),
    ("letter", ".docx"),
    ("letter", ".pdf"),
    *((f"{kind}report", ending) for kind in ("", "public-") for ending in (".csv", ".docx", ".pdf", ".xlsx")),
    *((f"{kind}datapackage", ".zip") for kind in ("", "public-")),
]


@pytest.fixture
def answered(office: Office, province: Path, validate: Validate) -> Office:
    """An office whose three districts have answered, one with nothing."""
    open_cycle(office, province, validate)
    answer(office, "5606", at=DUE_AT, is_nil=True)
    answer(office, "5601", "A2", "A1", at=DUE_AT)
    answer(office, "5607", "B1", at=DUE_AT + timedelta(minutes=1))
    return office


def test_the_report_says_what_the_store_knows(answered: Office, validate: Validate) -> None:
    """Names in the circular's district order and the form's own order, in CSV, XLSX and PDF alike."""
    closed = close(answered, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ")
    files = {file.suffix: file for file in closed.folder.glob("report-*")}
    names = [f"{start}-{CYCLE}-v1{ending}" for start, ending in FILES]
    assert sorted(file.name for file in closed.folder.iterdir()) == sorted(names)

    rows = list(csv.DictReader(io.StringIO(files[".csv"].read_text("utf-8-sig"), newline="")))
    assert [(r["district_code"], r["producer_id"]) for r in rows] == [("5601", "A2"), ("5601", "A1"), ("5607", "B1")]
    with answered.database.read() as connection:
        assert {p.producer_id for p in picks(connection, CYCLE)} == {r["producer_id"] for r in rows}
    assert all(r["register_row"] == f"{r['register_file']}: {r['register_line']}" for r in rows)
    assert {r["register_file"] for r in rows} == {"producers.csv"}

    book = openpyxl.load_workbook(files[".xlsx"])
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"A1", "A2", "B1"} <= cells
    text = "".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(files[".pdf"]))
    assert all(row["producer_id"] in text for row in rows)


def test_closing_twice_issues_one_report(answered: Office, validate: Validate) -> None:
    """The second time finds the same report, whatever the clock says, and puts lost files back."""
    first = close(answered, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ")
    log = log_of(answered)
    lost = next(iter(first.folder.iterdir()))
    content = lost.read_bytes()
    lost.unlink()
    second = close(answered, CYCLE, validate, at=CLOSED_AT + timedelta(days=3), by="ผู้อื่น")
    assert (first.is_new, second.is_new) == (True, False)
    assert lost.read_bytes() == content
    assert log_of(answered) == log
    assert examine(answered)[1] == []


def test_a_district_that_has_not_answered_stops_the_closing(office: Office, province: Path, validate: Validate) -> None:
    """It is named; with a reason the report goes without it, and the reason is on record."""
    open_cycle(office, province, validate)
    answer(office, "5607", "B1", at=DUE_AT)
    with pytest.raises(BlockedError) as caught:
        close(office, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ")
    assert [f.where for f in caught.value.findings] == ["5601", "5606"]
    assert "report-issued" not in kinds(office)
    close(office, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ", reason="ผู้ว่าฯ สั่งให้ส่งก่อน")
    assert log_of(office)[-1].reason == "ผู้ว่าฯ สั่งให้ส่งก่อน"


def test_a_closed_cycle_takes_no_more_forms(answered: Office, validate: Validate) -> None:
    """After the report nothing changes."""
    close(answered, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ")
    with pytest.raises(BlockedError) as caught:
        answer(answered, "5601", "A1", "A3", at=CLOSED_AT)
    assert [f.code for f in caught.value.findings] == ["cycle-closed"]


def test_the_evidence_holds_everything_and_names_each_file_by_its_hash(answered: Office, validate: Validate) -> None:
    """Inputs, definition, decisions, packets, submissions, messages, report and log are in the bundle, unchanged."""
    closed = close(answered, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ")
    with zipfile.ZipFile(next(closed.folder.glob("evidence-*.zip"))) as bundle:
        assert bundle.testzip() is None
        names = set(bundle.namelist())
        manifest = json.loads(bundle.read("manifest.json"))
        assert set(manifest["files"]) == names - {"manifest.json"}
        for name, digest in manifest["files"].items():
            assert hashlib.sha256(bundle.read(name)).hexdigest() == digest
        log = [json.loads(line) for line in bundle.read("log.jsonl").splitlines()]
    assert log[-1]["hash"] == manifest["log_head"]
    folders = {name.split("/")[0] for name in names}
    assert folders >= {"inputs", "decisions", "packets", "submissions", "messages", "report", "definition.yaml"}
    assert manifest["inputs"] == {
        "inputs/01-kbo-2567.csv": "kbo-2567.csv",
        "inputs/02-producers.csv": "producers.csv",
        "inputs/03-products.csv": "products.csv",
    }


def test_the_same_answers_give_the_same_bytes(
    tmp_path: Path, province: Path, validate: Validate, office: Office
) -> None:
    """A second office that lives through the same cycle issues the same files."""
    other_home = tmp_path / "other"
    other_home.mkdir()
    other = replace(
        office,
        home=other_home,
        database=Database(f"sqlite:///{other_home / 'kbo.sqlite3'}"),
        channels=(FolderChannel(other_home / "outbox"),),
    )
    digests = []
    for each in (office, other):
        open_cycle(each, province, validate)
        for code, content in forms(office).items():
            receive(each, CYCLE, code, content, "form.xlsx", at=DUE_AT, via="file")
        digests.append(close(each, CYCLE, validate, at=CLOSED_AT, by="ผู้ทดสอบ").report.files)
    other.database.close()
    assert digests[0] == digests[1]


_forms: dict[Path, dict[str, bytes]] = {}


def forms(office: Office) -> dict[str, bytes]:
    """The three districts' forms, filled once: a spreadsheet program stamps each file that it saves."""
    if office.home not in _forms:
        _forms[office.home] = {
            "5601": form_of(office, "5601", "A1", "A2"),
            "5607": form_of(office, "5607", "B1"),
            "5606": form_of(office, "5606", is_nil=True),
        }
    return _forms[office.home]
