"""A real server, provisioned, with a worker: what is issued is opened, what is missing is told, schedules make runs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kbo_core.office.doctor import examine
from kbo_core.office.office import open_office
from kbo_core.store.log import events
from tests.cycle import CYCLE
from tests.e2e.running import document, kbo, wait_until
from tests.operations.served import PrefectServer, end, spawn
from tests.province import write_small_province

ISSUED_AT = "2024-12-09T09:00"
_WORKER = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "kbo", "--type", "process"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with one definition in ``circulars/``."""
    folder = tmp_path_factory.mktemp("operations")
    write_small_province(folder / "circulars")
    return folder


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[PrefectServer]:
    """The office's server, provisioned, with a worker."""
    server = PrefectServer(home)
    server.start()
    worker: subprocess.Popen[bytes] | None = None
    try:
        done = kbo(home, "provision", "--json", **server.settings)
        assert done.returncode == 0, done.stderr[-2000:]
        assert len(document(done)["created"]) == 14
        worker = spawn(home, _WORKER, "worker.log", KBO_NOW=ISSUED_AT, **server.settings)
        yield server
    finally:
        if worker:
            end(worker)
        server.kill()


def provisioned(server: PrefectServer) -> dict[str, list[Any]]:
    """Everything that provisioning makes, as the server tells it; what a worker or the scheduler touches left out."""
    told: dict[str, list[Any]] = {}
    for kind in ("deployments", "automations", "work_pools"):
        found = httpx.post(f"{server.api}/{kind}/filter", json={}).raise_for_status().json()
        untouched = [
            {k: v for k, v in each.items() if k not in ("updated", "status", "last_polled", "global_concurrency_limit")}
            for each in found
        ]
        told[kind] = sorted(untouched, key=lambda each: json.dumps(each, sort_keys=True))
    return told


def test_provisioning_again_changes_nothing(server: PrefectServer, home: Path) -> None:
    """The same deployments, schedules, triggers and automations under the same ids."""
    before = provisioned(server)
    assert [len(before[kind]) for kind in ("deployments", "automations", "work_pools")] == [7, 9, 1]
    done = kbo(home, "provision", "--json", **server.settings)
    assert done.returncode == 0, done.stderr[-2000:]
    told = document(done)
    assert (told["created"], told["changed"], told["removed"], len(told["unchanged"])) == ([], [], [], 14)
    assert provisioned(server) == before


def test_every_deployment_has_a_runbook_in_both_languages(server: PrefectServer) -> None:
    """What it does, and what to do when it is red."""
    for deployment in provisioned(server)["deployments"]:
        words = deployment["description"]
        assert all(part in words for part in ("**ทำอะไร**", "**สีแดง", "**What it does**", "**When it is red**"))


def test_only_what_events_ask_for_waits_in_line(server: PrefectServer) -> None:
    """A limit on a scheduled turn would stop all turns for good, were its place lost with a server that was killed."""
    limited = {d["entrypoint"] for d in provisioned(server)["deployments"] if d["concurrency_options"]}
    assert limited == {f"flows.{kind}_cycle.{kind}_cycle" for kind in ("open", "follow", "close")}


def test_the_schedules_make_runs(server: PrefectServer) -> None:
    """Hourly in office hours and once a year, by Bangkok's clock: runs lie ready without anybody asking."""
    wait_until(lambda: len(server.runs(tags={"all_": ["turn"]})) >= 3, None)
    times = [run["expected_start_time"] for run in server.runs(tags={"all_": ["turn"]})]
    assert {time[14:16] for time in times} == {"35"}
    assert {(int(time[11:13]) + 7) % 24 for time in times} <= set(range(6, 20))


def test_an_issued_circular_is_opened_by_its_event(server: PrefectServer, home: Path) -> None:
    """``kbo circular issue`` alone: the worker opens the cycle in the name of who issued it, each packet once."""
    done = kbo(
        home, "circular", "issue", str(home / "circulars" / "cycle.yaml"), "--by", "ผู้ออกหนังสือ", "--json",
        KBO_NOW=ISSUED_AT, **server.settings,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert document(done)["is_told"] is True
    wait_until(
        lambda: [r for r in server.runs(name={"any_": [f"{CYCLE} · open"]}) if r["state_type"] != "RUNNING"], None
    )
    (run,) = server.runs(name={"any_": [f"{CYCLE} · open"]})
    assert server.ended(run["id"]) == "AwaitingSubmissions"
    assert set(run["parameters"]["definition"]) == {"path", "sha256"}
    assert "ผู้ออกหนังสือ" not in json.dumps(run, ensure_ascii=False)
    assert len(list((home / "outbox" / CYCLE).glob("*-packet-*.eml"))) == 3
    office = open_office(home)
    with office.database.read() as connection:
        assert events(connection, CYCLE)[0].by == "ผู้ออกหนังสือ"
    office.database.close()
    (listed,) = document(kbo(home, "circular", "list", "--json"))["circulars"]
    assert (listed["cycle"], listed["standing"]) == (CYCLE, "open")


def test_a_year_without_a_circular_raises_the_alarm(server: PrefectServer) -> None:
    """The yearly run ends red by a name of its own, and the drift is an event for whoever listens."""
    assert server.ended(server.run("yearly-opening/office", now="2025-12-01T09:00")) == "NoCircular"
    wait_until(lambda: server.events("kbo.schedule.drift"), None)
    (told,) = server.events("kbo.schedule.drift")
    assert told["payload"] == {"fiscal_year_be": "2569"}
    assert server.ended(server.run("yearly-opening/office", now="2024-12-10T09:00")) == "AlreadyOpen"


def test_turns_follow_tell_what_is_overdue_once_and_cost_little_when_nothing_is_due(
    server: PrefectServer, home: Path
) -> None:
    """An hour after a turn with reminders there is nothing; past the deadline each district is overdue once."""
    at = [server.run("daily-turn/office", now="2025-05-21T08:35")]
    assert server.ended(at[0]) == "Completed"
    kinds = len(httpx.post(f"{server.api}/artifacts/filter", json={}).json())
    assert server.ended(server.run("daily-turn/office", now="2025-05-21T09:35")) == "NothingDue"
    assert len(httpx.post(f"{server.api}/artifacts/filter", json={}).json()) == kinds
    for hour in ("08:35", "09:35"):
        server.ended(server.run("daily-turn/office", now=f"2025-06-05T{hour}"))
    wait_until(lambda: len(server.events("kbo.district.overdue")) >= 3, None)
    waiting = server.ended(server.run("close-cycle/office", cycle_id=CYCLE, now="2025-06-05T10:00", when_ready=True))
    assert waiting == "StillOpen"
    assert len(server.events("kbo.district.overdue")) == 3
    office = open_office(home)
    assert examine(office)[1] == []
    office.database.close()
