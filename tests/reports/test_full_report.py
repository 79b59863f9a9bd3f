"""The report of a cycle in which everything happened tells all of it."""

import csv
import io
import json
import zipfile
from pathlib import Path

from kbo_core.office.closing import close
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, DUE_AT
from tests.reports.full_cycle import DAY, OFFICER, SUPERIOR, WORDS


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    """A table of the internal data package."""
    [file] = folder.glob("datapackage-*.zip")
    with zipfile.ZipFile(file) as packed:
        return list(csv.DictReader(io.StringIO(packed.read(f"data/{name}.csv").decode(), newline="")))


def test_exceptions_from_clauses_name_both_hands(reports: Path) -> None:
    """Clause, reason, who asked, who approved, whether it was used."""
    [row] = rows_of(reports / "v2", "overrides")
    assert (row["producer_id"], row["clauses"], row["by"], row["approver"]) == ("A4", "1a", OFFICER, SUPERIOR)
    assert (row["reason"], row["is_picked"]) == (WORDS, "true")
    assert [r["producer_id"] for r in rows_of(reports / "v2", "names") if r["is_exception"] == "true"] == ["A4"]


def test_places_that_moved_are_told_and_the_total_stays(reports: Path) -> None:
    """What the circular gave, what came, what went, what is in force."""
    by_code = {row["district_code"]: row for row in rows_of(reports / "v2", "districts")}
    columns = ("quota_opened", "quota_taken", "quota_given", "quota", "picked", "short")
    told = {code: tuple(int(by_code[code][name]) for name in columns) for code in ("5601", "5607", "5606")}
    assert told == {"5601": (2, 0, 0, 2, 2, 0), "5607": (1, 1, 0, 2, 2, 0), "5606": (1, 0, 1, 0, 0, 0)}
    [moved] = rows_of(reports / "v2", "reallocations")
    assert (moved["giver_code"], moved["taker_code"], moved["places"]) == ("5606", "5607", "1")
    assert moved["approver"] == SUPERIOR


def test_every_version_of_an_answer_stands_with_what_became_of_it(reports: Path) -> None:
    """Sent back, in force, replaced; late or not by the limits of its moment, not by those of a reopening."""
    told = [
        (r["district_code"], r["version"], r["timeliness"], r["state_th"]) for r in rows_of(reports / "v2", "answers")
    ]
    assert told == [
        ("5601", "1", "on_time", "ส่งกลับให้แก้"),
        ("5601", "2", "on_time", "ใช้อยู่"),
        ("5607", "1", "late", "มีฉบับใหม่แทน"),
        ("5607", "2", "on_time", "ใช้อยู่"),
    ]
    assert {r["timeliness"] for r in rows_of(reports / "v1", "districts") if r["district_code"] == "5607"} == {"late"}


def test_extensions_reminders_and_signatures_are_listed(reports: Path) -> None:
    """Until when, why, by which letter; what went out; who signed what."""
    extensions = rows_of(reports / "v2", "extensions")
    assert [(r["what_th"], r["district_codes"], r["letter"]) for r in extensions if r["letter"]] == [
        ("ขยายเวลา", "5606", "พย ๐๐๑๙/๑๒๓")
    ]
    assert ("เปิดใหม่", "5607") in [(r["what_th"], r["district_codes"]) for r in extensions]
    reminders = rows_of(reports / "v2", "reminders")
    assert {r["district_code"] for r in reminders} == {"5601", "5607", "5606"}
    counted = {r["district_code"]: int(r["reminders"]) for r in rows_of(reports / "v2", "districts")}
    assert sum(counted.values()) == len([r for r in reminders if r["kind_th"] == "หนังสือเตือน"])
    [signed] = rows_of(reports / "v2", "signatures")
    assert (signed["subject_th"], signed["number"], signed["by"]) == ("รายงานรวม", "1", OFFICER)


def test_a_later_version_says_what_it_says_otherwise(reports: Path) -> None:
    """Name by name; and the first version still lies there as it was."""
    changes = [row["change_th"] for row in rows_of(reports / "v2", "changes")]
    assert len(changes) == 1
    assert changes[0].startswith("เพิ่ม อำเภอแม่ใจ: B2")
    assert rows_of(reports / "v1", "changes") == []
    assert len(list((reports / "v1").iterdir())) == len(list((reports / "v2").iterdir())) == 13


def test_what_is_not_one_to_one_is_on_the_page_of_exceptions(reports: Path) -> None:
    """By its code, with the words of whoever let it stand."""
    told = {(row["code"], row["district_code"]) for row in rows_of(reports / "v1", "exceptions")}
    assert told >= {("override-pick", "5601"), ("answer-late", "5607"), ("shortfall", "5607")}


def test_closing_once_more_finds_the_version_that_was_issued(full_office: Office, judged: Validate) -> None:
    """Whatever the contact book says by now."""
    (full_office.home / "contacts.csv").write_text("district_code,role,name,email\n", encoding="utf-8")
    closed = close(full_office, CYCLE, judged, at=DUE_AT + 30 * DAY, by=OFFICER)
    assert (closed.is_new, closed.report.version) == (False, 2)


def test_the_bundle_has_every_version_in_its_own_format(bundle: bytes) -> None:
    """Answers, packets, messages, the report before, the list that was replaced, signatures, chain head."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as packed:
        names = packed.namelist()
        signatures = json.loads(packed.read("signatures.json"))
        head = packed.read("chain-head.txt").decode().split()
        log = packed.read("log.jsonl").decode().splitlines()
    assert [n for n in names if n.startswith("submissions/")] == [
        "submissions/5601-01.xlsx",
        "submissions/5601-02.xlsx",
        "submissions/5607-01.xlsx",
        "submissions/5607-02.xlsx",
    ]
    assert len([n for n in names if n.startswith("reports-before/v1/")]) == 12
    assert [n for n in names if n.startswith("decisions/earlier/") and n.endswith("decisions.csv")] == [
        "decisions/earlier/01/decisions.csv",
        "decisions/earlier/02/decisions.csv",
    ]
    assert [s["step"] for s in signatures] == ["owner"]
    assert head == [str(json.loads(log[-1])["seq"]), json.loads(log[-1])["hash"]]
