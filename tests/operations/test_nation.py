"""The nation's turn: a task a province, one table; and what a run says of itself."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.settings import PREFECT_API_URL
from prefect.testing.utilities import prefect_test_harness

from flows.follow_cycle import follow_cycle
from flows.national_cycle import national_cycle
from kbo_core.clock import parse_now
from kbo_core.domain.findings import refused
from kbo_core.office import following
from kbo_core.office.doctor import examine
from kbo_core.office.nationwide import nationwide
from kbo_core.office.office import Office, open_office
from kbo_core.registry.quality import Validate
from kbo_core.store.log import events
from tests.cycle import OPENED_AT
from tests.cycle import open_cycle as open_one
from tests.e2e.running import document, kbo
from tests.province import write_small_province

TURN = "2025-05-21T08:35"
CYCLES = [f"kbo-test-{n}" for n in range(1, 6)]


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    """A Prefect server of the test's own."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def nation(tmp_path: Path, validate: Validate) -> Path:
    """A home with five cycles of three districts each."""
    office = open_office(tmp_path / "home")
    for cycle in CYCLES:
        open_one(office, write_small_province(tmp_path / cycle, cycle), validate)
    office.database.close()
    return tmp_path / "home"


def facts(home: Path) -> dict[str, list[Any]]:
    """Every cycle's log, as kinds and payloads."""
    office = open_office(home)
    with office.database.read() as connection:
        told = {cycle: [(e.kind, e.payload) for e in events(connection, cycle)] for cycle in CYCLES}
    assert examine(office)[1] == []
    office.database.close()
    return told


def test_a_turn_of_the_nation_does_what_the_turns_of_its_cycles_do(
    prefect: None, nation: Path, tmp_path: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifteen reminders, the same events as one cycle after the other; again, nothing; one task a province."""
    monkeypatch.setenv("KBO_HOME", str(nation))
    state: Any = asyncio.run(_turn())
    assert (state.name, asyncio.run(_data(state))) == (
        "Followed",
        {"cycles": 5, "accepted": 0, "refused": 0, "reminded": 15, "locked": 0, "sent": 15, "failed": 0},
    )
    runs = httpx.post(f"{PREFECT_API_URL.value()}/task_runs/filter", json={}).json()
    assert sum(run["name"].endswith(" · 3 districts") for run in runs) == 5
    together = facts(nation)
    again: Any = asyncio.run(_turn())
    assert (again.name, facts(nation)) == ("NothingDue", together)

    alone = open_office(tmp_path / "alone")
    for cycle in CYCLES:
        open_one(alone, tmp_path / cycle / "cycle.yaml", validate)
    alone.database.close()
    monkeypatch.setenv("KBO_HOME", str(tmp_path / "alone"))
    for cycle in CYCLES:
        asyncio.run(follow_cycle(cycle, TURN))
    assert facts(tmp_path / "alone") == together


def test_a_province_that_fails_does_not_keep_the_others_waiting(
    prefect: None, nation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its task is red and named, the other four provinces are followed; the next turn makes it up."""
    monkeypatch.setenv("KBO_HOME", str(nation))
    real, asked = following.follow_district, list[str]()

    def failing(office: Office, cycle_id: str, district_code: str, at: datetime) -> dict[str, int]:
        if cycle_id == CYCLES[1]:
            asked.append(district_code)
            raise refused("broken", cycle_id, "เสีย", "broken")
        return real(office, cycle_id, district_code, at)

    monkeypatch.setattr(following, "follow_district", failing)
    state: Any = asyncio.run(_turn())
    assert (state.name, state.type.value) == ("PartlyFollowed", "FAILED")
    assert str(state.message).endswith(f"ไม่สำเร็จ: {CYCLES[1]}")
    assert len(asked) == len(set(asked)) == 3  # each had its turn; what is refused is not tried again
    monkeypatch.setattr(following, "follow_district", real)
    again: Any = asyncio.run(_turn())
    assert (again.name, asyncio.run(_data(again))["sent"]) == ("Followed", 3)
    assert sum(kind == "message-sent" for told in facts(nation).values() for kind, _ in told) == 30


def test_the_nations_status_has_a_line_for_each_cycle(nation: Path) -> None:
    """Asked, answered, overdue; the same from the command."""
    office = open_office(nation)
    lines = nationwide(office, parse_now("2025-06-05T09:00"))
    office.database.close()
    assert [(line.cycle_id, line.asked, line.overdue) for line in lines] == [(cycle, 3, 3) for cycle in CYCLES]
    told = document(kbo(nation, "national", "status", "--json", KBO_NOW=OPENED_AT.isoformat()))
    assert [line["overdue"] for line in told["cycles"]] == [0] * 5


def test_a_run_says_of_itself_one_json_line_without_anything_personal(
    prefect: None, nation: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """``KBO_LOG=json``: flow, cycle, state and counts."""
    monkeypatch.setenv("KBO_HOME", str(nation))
    monkeypatch.setenv("KBO_LOG", "json")
    asyncio.run(follow_cycle(CYCLES[0], TURN))
    (line,) = [json.loads(said) for said in capfd.readouterr().err.splitlines() if said.startswith("{")]
    assert {key: line[key] for key in ("flow", "about", "state", "type")} == {
        "flow": "follow-cycle",
        "about": CYCLES[0],
        "state": "Reminded",
        "type": "COMPLETED",
    }
    assert set(line) == {"at", "flow", "run", "about", "state", "type", "message"}
    assert line["message"].endswith("เตือน 3 · ส่งออก 3")


async def _turn() -> Any:
    return await national_cycle(TURN, return_state=True)


async def _data(state: Any) -> Any:
    return await state.aresult()
