"""A real server, provisioned, with a worker: what is issued is opened, what is missing is told, schedules make runs."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kbo_core.clock import parse_now
from kbo_core.domain.assignments import State
from kbo_core.office.doctor import examine
from kbo_core.office.last_runs import last_runs
from kbo_core.office.office import open_office
from kbo_core.store.desks import keep_draft, load_draft
from kbo_core.store.log import events
from kbo_core.store.reading import get_assignment, messages
from portal.app import create_app
from portal.telling import EventSender
from tests.cycle import CYCLE
from tests.e2e.running import document, kbo, wait_until
from tests.operations.served import PrefectServer, end, spawn
from tests.portal.browsers import HERE, at_desk
from tests.portal.test_district import answered
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
        assert len(document(done)["created"]) == 16
        worker = start_worker(server, home)
        yield server
    finally:
        if worker:
            end(worker)
        server.kill()


def start_worker(server: PrefectServer, home: Path) -> subprocess.Popen[bytes]:
    """What takes the runs of the office, whose packets carry the districts' links."""
    return spawn(home, _WORKER, "worker.log", KBO_NOW=ISSUED_AT, KBO_PORTAL_URL=HERE, **server.settings)


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
    assert [len(before[kind]) for kind in ("deployments", "automations", "work_pools")] == [8, 10, 1]
    [silent] = [each for each in before["automations"] if each["name"] == "kbo-run-silent"]
    assert [(act["type"], act["state"]) for act in silent["actions"]] == [("change-flow-run-state", "CRASHED")]
    done = kbo(home, "provision", "--json", **server.settings)
    assert done.returncode == 0, done.stderr[-2000:]
    told = document(done)
    assert (told["created"], told["changed"], told["removed"], len(told["unchanged"])) == ([], [], [], 16)
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


def test_a_cycle_in_its_middle_goes_on_with_the_next_releases_flows(server: PrefectServer, home: Path) -> None:
    """What an earlier release deployed is deployed anew under its own id, its trigger once; the next turn is of the new
    version."""
    names, before = ("open-cycle/office", "follow-cycle/office", "close-cycle/office"), provisioned(server)
    ids = {name: httpx.get(f"{server.api}/deployments/name/{name}").json()["id"] for name in names}
    earlier = {"version": "earlier", "description": "an earlier release's"}
    for deployment in ids.values():
        httpx.patch(f"{server.api}/deployments/{deployment}", json=earlier).raise_for_status()
    done = kbo(home, "provision", "--json", **server.settings)
    assert done.returncode == 0, done.stderr[-2000:]
    assert document(done)["changed"] == list(names)
    now = {name: httpx.get(f"{server.api}/deployments/name/{name}").json() for name in names}
    assert {name: each["id"] for name, each in now.items()} == ids
    assert not any(each["version"] == "earlier" or each["description"] in earlier.values() for each in now.values())
    triggers = sorted(each["name"] for each in provisioned(server)["automations"])
    assert triggers == sorted(each["name"] for each in before["automations"])

    turn = server.run("follow-cycle/office", cycle_id=CYCLE, now="2025-01-15T09:00")
    assert server.ended(turn) == "NothingDue"
    told = httpx.get(f"{server.api}/flow_runs/{turn}").json()
    assert told["deployment_version"] == now["follow-cycle/office"]["version"]


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
    kept = {run.flow: run for run in last_runs(home)}
    assert (kept["close-cycle"].state, kept["daily-turn"].ended_at) == ("StillOpen", parse_now("2025-06-05T09:35"))
    assert kept["daily-turn"].seconds > 0
    office = open_office(home)
    assert examine(office)[1] == []
    office.database.close()


def test_what_is_past_its_time_is_forgotten_by_schedule(server: PrefectServer, home: Path) -> None:
    """A draft of half a year ago goes with the month's run."""
    office = open_office(home)
    with office.database.write() as connection:
        keep_draft(connection, CYCLE, "5606", "{}", parse_now("2024-12-10T09:00"))
    (schedule,) = _deployment(server, "monthly-purge/office")["schedules"]
    assert (schedule["active"], schedule["schedule"]["cron"]) == (True, "5 10 1 * *")
    assert server.ended(server.run("monthly-purge/office", now="2025-07-01T10:05")) == "Purged"
    with office.database.read() as connection:
        assert load_draft(connection, CYCLE, "5606") is None
    assert examine(office)[1] == []
    office.database.close()


def test_districts_answer_while_the_server_is_down_and_the_next_turn_knows(
    server: PrefectServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL to the server: an answer is taken all the same. Once it is back, the hourly turn reminds everybody but
    that district; and an answer sent then starts a turn of its cycle by itself."""
    monkeypatch.setenv("KBO_PORTAL_URL", HERE)
    monkeypatch.setenv("KBO_NOW", "2025-06-06T09:00")
    office = open_office(home)
    app = create_app(office, on_change=EventSender(server.api))
    server.kill()
    browser = answered(at_desk(app, office, "5601"), "A1", "A2").send("/desk/send")
    assert browser.address == "/desk/receipt/1"
    server.start()
    worker = start_worker(server, home)  # as kbo serve does, when the one before has given up
    try:
        turn = "2025-06-20T08:35"
        assert server.ended(server.run("daily-turn/office", now=turn)) == "Completed"
        with office.database.read() as connection:
            planned = {m.district_code for m in messages(connection, CYCLE) if m.planned_at == parse_now(turn)}
        assert planned - {"56"} == {"5606", "5607"}
        answered(at_desk(app, office, "5607"), "B1").send("/desk/send")
        wait_until(lambda: _turns_by_event(server), None)
        (followed,) = _turns_by_event(server)
        assert followed["parameters"] == {"cycle_id": CYCLE}
        server.ended(followed["id"])
        with office.database.read() as connection:
            states = [get_assignment(connection, CYCLE, code).state for code in ("5601", "5607")]
        assert states == [State.ACCEPTED, State.ACCEPTED]
        assert examine(office)[1] == []
    finally:
        end(worker)
        office.database.close()


def _deployment(server: PrefectServer, name: str) -> dict[str, Any]:
    return dict(httpx.get(f"{server.api}/deployments/name/{name}").raise_for_status().json())


def _turns_by_event(server: PrefectServer) -> list[dict[str, Any]]:
    """The turns of one cycle that an event has asked for."""
    asked = {"deployments": {"id": {"any_": [_deployment(server, "follow-cycle/office")["id"]]}}}
    runs = httpx.post(f"{server.api}/flow_runs/filter", json=asked).raise_for_status().json()
    return [run for run in runs if (run["created_by"] or {}).get("type") == "AUTOMATION"]
