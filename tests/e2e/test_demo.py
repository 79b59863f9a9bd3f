"""The demo, and what can be done with what it leaves: one run, many looks."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import openpyxl
import pytest

from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.areas import districts
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.store.database import Database
from kbo_core.store.log import events
from kbo_core.store.reading import assignments, messages, picks
from tests.e2e.running import KBO, document, free_port, kbo, processes_of, surroundings, wait_until

CYCLE = "kbo-2568-56-demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished demo."""
    folder = tmp_path_factory.mktemp("demo")
    done = kbo(folder / "elsewhere", "demo", "--out", str(folder / "out"), "--json")
    assert done.returncode == 0, done.stderr[-3000:]
    assert document(done)["status"] == "ok"
    return folder / "out"


@pytest.fixture(scope="module")
def office(demo: Path) -> Iterator[Office]:
    """The demo's office."""
    home = demo / "home"
    database = Database(f"sqlite:///{home / 'kbo.sqlite3'}")
    yield Office(home, database, (FolderChannel(home / "outbox"),))
    database.close()


def test_it_leaves_everything_that_a_cycle_produces(demo: Path) -> None:
    """Report, evidence, packets, forms, screening, Data Docs."""
    report = demo / "home" / "reports" / CYCLE / "v1"
    assert sorted(file.suffix for file in report.glob("report-*")) == [".csv", ".docx", ".pdf", ".xlsx"]
    assert {file.name.split("-kbo")[0] for file in report.iterdir()} == {
        "report",
        "public-report",
        "letter",
        "datapackage",
        "public-datapackage",
        "evidence",
    }
    assert len(list((demo / "home" / "outbox" / CYCLE).glob("*-packet-*.eml"))) == 10
    assert (demo / "screening" / "decisions.csv").exists()
    assert (demo / "home" / "data-docs" / CYCLE / "index.html").exists()


def test_every_number_of_the_report_agrees_with_the_store(demo: Path, office: Office) -> None:
    """Names against picks; the summary's quotas, picks, candidates and reminders against the assignments and ledger."""
    with office.database.read() as connection:
        chosen = {(p.district_code, p.producer_id) for p in picks(connection, CYCLE)}
        asked = assignments(connection, CYCLE)
        sent = [m.district_code for m in messages(connection, CYCLE, kind="reminder", state="sent")]
    report = demo / "home" / "reports" / CYCLE / "v1"
    rows = list(csv.DictReader(io.StringIO(next(report.glob("report-*.csv")).read_text("utf-8-sig"), newline="")))
    assert {(row["district_code"], row["producer_id"]) for row in rows} == chosen
    book = openpyxl.load_workbook(next(report.glob("report-*.xlsx")))
    heading, *lines = book["สรุป"].iter_rows(values_only=True)
    summary = {line[1]: dict(zip(heading, line, strict=True)) for line in lines}
    for a in asked:
        line = summary[districts()[a.district_code].name_th]
        assert line["จำนวนจัดสรร"] == a.quota
        assert line["คัดเลือกแล้ว"] == sum(code == a.district_code for code, _ in chosen)
        assert line["กลุ่มที่เข้าเกณฑ์"] == len(a.candidates)
        assert line["จำนวนครั้งที่ติดตาม"] == sent.count(a.district_code)
    assert summary["รวม"]["จำนวนจัดสรร"] == 20
    assert summary["รวม"]["คัดเลือกแล้ว"] == 19
    assert len(rows) == len(chosen) == 19


def test_each_scripted_district_went_its_way(office: Office) -> None:
    """Wrong form, one too many, two versions, nil, exactly on time, late after escalation, near match settled."""
    with office.database.read() as connection:
        log = events(connection, CYCLE)
        asked = {a.district_code: a for a in assignments(connection, CYCLE)}
        kinds = {(m.district_code, m.kind, m.step) for m in messages(connection, CYCLE, state="sent")}
    refused = {e.payload["district"]: e.payload["codes"] for e in log if e.kind == "submission-refused"}
    assert refused["5603"] == ["form-other-district"]
    assert "over-quota" in refused["5605"]
    assert asked["5607"].version == 2
    assert asked["5604"].state.value == "nil"
    assert (asked["5602"].is_late, asked["5606"].is_late) == (False, True)
    assert ("5606", "escalation", "after-014") in kinds
    assert ("5609", "packet", "02") in kinds
    assert [e.payload["answer"] for e in log if e.kind == "finding-settled"] == ["different"]


def test_nobody_is_reminded_who_has_answered(office: Office) -> None:
    """Only the two districts that were still silent in May got reminders."""
    with office.database.read() as connection:
        reminded = {m.district_code for m in messages(connection, CYCLE, kind="reminder")}
    assert reminded == {"5602", "5606"}


def test_the_invariants_hold(office: Office) -> None:
    """What ``kbo doctor`` checks."""
    checked, faults = examine(office)
    assert faults == []
    assert checked["picks are eligible"] == 19


def test_personal_data_stays_in_the_register_and_the_evidence(demo: Path) -> None:
    """No chair's name and no telephone in Prefect's database, the mail, the log of events or the Data Docs."""
    rows = openpyxl.load_workbook(demo / "input" / "producers.xlsx").active
    assert rows is not None
    telephones = [str(row[6]) for row in rows.iter_rows(min_row=3, values_only=True) if row[6]]
    needles = ["(นามสมมติ)".encode(), *(number.encode() for number in telephones[:50])]
    home = demo / "home"
    places = [home / "prefect", home / "outbox", home / "data-docs", demo / "screening"]
    for place in places:
        for file in place.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not [needle for needle in needles if needle in content], file
    with sqlite3.connect(home / "kbo.sqlite3") as store:
        text = "\n".join(str(row) for row in store.execute('select payload, "by", reason from event'))
    assert "นามสมมติ" not in text


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """The demo refuses to run where somebody keeps files."""
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    done = kbo(tmp_path / "home", "demo", "--out", str(tmp_path), "--json")
    assert done.returncode == 4
    assert document(done)["findings"][0]["code"] == "demo-folder-used"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_serving_shows_the_history_and_stops_cleanly(demo: Path, office: Office) -> None:
    """Prefect's API knows the demo's runs by name and state, the schedule is there, the portal answers; a second
    ``serve`` is refused; to open, follow and close once more changes nothing and is in the history too; after SIGTERM
    nothing is left running."""
    home, port, prefect_port = demo / "home", free_port(), free_port()
    command = [*KBO, "serve", "--port", str(port), "--prefect-port", str(prefect_port)]
    with (demo / "serve.out").open("w") as output:
        serving = subprocess.Popen(command, env=surroundings(home), stdout=output, stderr=output)
    try:
        wait_until(lambda: (home / "serve.json").exists(), serving)
        api = json.loads((home / "serve.json").read_text("utf-8"))["api_url"]
        runs = httpx.post(f"{api}/flow_runs/filter", json={"limit": 200}).json()
        named = {(run["name"], run["state_name"]) for run in runs}
        assert (f"{CYCLE} · open", "AwaitingSubmissions") in named
        assert (f"{CYCLE} · turn 2025-06-18 (18 มิ.ย. 2568)", "Reminded") in named
        assert (f"{CYCLE} · close", "Issued") in named
        tasks = {task["name"] for task in httpx.post(f"{api}/task_runs/filter", json={"limit": 200}).json()}
        assert "5601 Mueang Phayao · เมืองพะเยา" in tasks
        artifacts = httpx.post(f"{api}/artifacts/latest/filter", json={}).json()
        kinds = ("progress", "districts", "cycle", "reminders", "timeline")
        assert {a["key"] for a in artifacts} == {f"{kind}-{CYCLE}" for kind in kinds}
        wait_until(lambda: len(httpx.post(f"{api}/deployments/filter", json={}).json()) == 8, serving)
        page = httpx.get(f"http://127.0.0.1:{port}/cycles/{CYCLE}")
        assert page.status_code == 200
        assert "เมืองพะเยา" in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert httpx.get(f"http://127.0.0.1:{port}/health").json()["status"] == "ok"
        assert httpx.get(f"http://127.0.0.1:{port}/cycles/nobody").status_code == 404
        again = kbo(home, "serve", "--json")
        assert (again.returncode, document(again)["findings"][0]["code"]) == (4, "already-serving")
        with office.database.read() as connection:
            before = events(connection, CYCLE)
        for once_more in (("open", str(demo / "input" / "cycle.yaml")), ("follow", CYCLE), ("close", CYCLE)):
            done = kbo(home, "cycle", *once_more, "--now", "2025-06-24T09:00", "--json")
            assert done.returncode == 0, done.stderr[-2000:]
        with office.database.read() as connection:
            assert events(connection, CYCLE) == before
        runs = httpx.post(f"{api}/flow_runs/filter", json={"limit": 200}).json()
        assert (f"{CYCLE} · close", "AlreadyIssued") in {(run["name"], run["state_name"]) for run in runs}
    finally:
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=60) == 0
    assert not (home / "serve.json").exists()
    wait_until(lambda: not processes_of(home), None)
