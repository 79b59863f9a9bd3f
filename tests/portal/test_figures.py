"""The figures of the installation: for a Prometheus and for people, the same, and nobody's data in them."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from kbo_core.clock import parse_now
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import Finding
from kbo_core.office.last_runs import LastRun, keep_run
from kbo_core.office.office import Office, database_url
from kbo_core.store.backup import backup_folder, take_backup
from portal.health import Health
from tests.cycle import CYCLE
from tests.portal.browsers import at_desk, token
from tests.portal.test_district import answered
from tests.portal.test_operator import signed_in

AT = parse_now("2025-05-28T09:00")


def asked(app: FastAPI, *, host: str = "127.0.0.1:8400", client: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    """What a Prometheus at an address gets."""
    told = TestClient(app, base_url=f"http://{host}", client=(client, 5000)).get("/metrics", headers=headers)
    return told.status_code, told.text


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """The samples by name and the values of their labels."""
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def busy(served_office: Office, app: FastAPI) -> FastAPI:
    """A portal that has taken one answer and turned one back, a turn ago, an hour after a backup."""
    keep_run(served_office.home, LastRun("daily-turn", "Completed", False, parse_now("2025-05-28T08:35"), 4.2))
    take_backup(database_url(served_office.home), backup_folder(served_office.home), parse_now("2025-05-28T08:00"))
    answered(at_desk(app, served_office, "5601"), "A1", "A2").send("/desk/send")
    bearer = {"Authorization": f"Bearer {token(served_office, CYCLE, '5607')}"}
    program = TestClient(app, base_url="https://portal.test", headers=bearer)
    assert program.post("/api/v1/submissions", json={"picks": ["A1"], "amends": 0}).status_code == 409
    app.state.portal.send.join()
    return app


def test_a_prometheus_reads_what_happened(busy: FastAPI) -> None:
    """Requests by template and status, answers taken and turned back, cycles, districts, messages, ages."""
    status, text = asked(busy)
    assert status == 200
    told = samples(text)
    assert told["kbo_portal_requests_total", ("GET", "/d/{token}", "303")] == 1
    assert told["kbo_portal_requests_total", ("POST", "/desk/send", "303")] == 1
    assert told["kbo_portal_requests_total", ("POST", "/api/v1/submissions", "409")] == 1
    assert told["kbo_portal_request_seconds_count", ("/desk/send",)] == 1
    assert told["kbo_portal_submissions_total", ("accepted", "portal")] == 1
    assert told["kbo_portal_submissions_total", ("refused", "api")] == 1
    assert told["kbo_cycles", ("open",)] == 1
    assert told["kbo_districts", ("accepted",)] == 1
    assert sum(value for (name, _), value in told.items() if name == "kbo_districts") == 9
    assert told["kbo_messages", ("sent",)] == 4
    assert told["kbo_answers_taken_total", ("portal",)] == 1
    assert told["kbo_run_age_seconds", ("daily-turn",)] == 25 * 60
    assert told["kbo_run_seconds", ("daily-turn",)] == 4.2
    assert told["kbo_run_ended", ("daily-turn", "Completed")] == 1
    assert told["kbo_run_failed", ("daily-turn",)] == 0
    assert told["kbo_backup_age_seconds", ()] == 3600


def test_no_link_no_district_and_no_name_is_in_the_metrics(served_office: Office, busy: FastAPI) -> None:
    """Whatever was asked for: unknown addresses count under one name."""
    at_desk(busy, served_office, "5601").get("/nowhere/somebody@example").get("/cycles/kbo-test")
    _, text = asked(busy)
    told = samples(text)
    assert told["kbo_portal_requests_total", ("GET", "none", "404")] == 1
    assert told["kbo_portal_requests_total", ("GET", "/cycles/{cycle_id}", "200")] == 1
    link = token(served_office, CYCLE, "5601")
    for word in (link, link.split(".")[0], CYCLE, "5601", districts()["5601"].name_th, "somebody", "เจ้าหน้าที่สมมติ"):
        assert word not in text


def test_the_metrics_are_for_this_machine_or_for_whoever_has_the_token(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To anybody else there is no such page; a proxy on this machine comes under the public name."""
    assert asked(app)[0] == 200
    assert asked(app, host="[::1]:8400", client="::1")[0] == 200
    assert asked(app, client="10.0.0.7")[0] == 404
    assert asked(app, host="kbo.example.go.th")[0] == 404
    monkeypatch.setenv("KBO_METRICS_TOKEN", "long and random")
    assert asked(app)[0] == 404
    assert asked(app, authorization="Bearer wrong")[0] == 404
    assert asked(app, host="kbo.example.go.th", client="10.0.0.7", authorization="Bearer long and random")[0] == 200


def test_people_read_the_same_figures(busy: FastAPI) -> None:
    """In Thai, for every role; of an account's own province alone."""
    told = signed_in(busy, "operator").get("/office/system").words
    assert "งานทุกชั่วโมง เสร็จ 28 พ.ค. 2568 08:35 น. 4.2" in told
    assert "สำรองข้อมูลล่าสุด 28 พ.ค. 2568 08:00 น." in told
    assert "รับรายชื่อแล้ว 1 อำเภอ" in told
    assert "ทางหน้าเว็บ 1 ฉบับ" in told
    assert "ส่งแล้ว 4 ฉบับ" in told
    assert "ควรให้ผู้ดูแลระบบตรวจ" not in told
    assert re.search(r"รอบ ยังไม่มี", signed_in(busy, "elsewhere").get("/office/system").words)
    assert signed_in(busy, "auditor").get("/office/system").status == 200


def test_a_turn_that_is_missing_and_a_copy_that_is_old_are_told(
    busy: FastAPI, monkeypatch: pytest.MonkeyPatch, served_office: Office
) -> None:
    """After a night and two days; where there never was one, too."""
    monkeypatch.setenv("KBO_NOW", "2025-05-30T09:00")
    told = signed_in(busy, "auditor").get("/office/system").words
    assert "เกิน 13 ชั่วโมงแล้ว" in told
    assert "เกิน 2 วันแล้ว" in told
    (served_office.home / "runs" / "daily-turn.json").write_text("{", encoding="utf-8")
    assert "งานทุกชั่วโมงยังไม่เคยทำ" in signed_in(busy, "auditor").get("/office/system").words


def test_the_store_is_looked_at_once_for_a_crowd() -> None:
    """Whoever asks within the time, or meanwhile, gets the same look; then there is a new one."""
    looks: list[int] = []

    def look() -> tuple[dict[str, int], list[Finding]]:
        looks.append(1)
        time.sleep(0.05)
        return {"looked": len(looks)}, []

    kept = Health(look)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: kept()[0]["looked"], range(8)))
    assert found == [1] * 8
    fresh = Health(look, seconds=0)
    assert [fresh()[0]["looked"] for _ in range(2)] == [2, 3]


def test_anybody_may_ask_whether_the_store_is_sound(app: FastAPI) -> None:
    """A number of things looked at, none of them named."""
    told = TestClient(app).get("/health")
    assert told.status_code == 200
    assert told.json()["status"] == "ok"
    assert told.json()["faults"] == 0
