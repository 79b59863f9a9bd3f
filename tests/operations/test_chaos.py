"""Server, worker, runs and database are killed again and again while a nation's turns go on; nothing shows in the end.

``KBO_CHAOS_SECONDS`` says how long (otherwise a short while), ``KBO_CHAOS_SEED`` which kills.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployments.demo.districts import filled
from kbo_core.channels.folder import FolderChannel
from kbo_core.clock import parse_now
from kbo_core.office.alarms import plan_alarms
from kbo_core.office.announcing import announcements_due
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_with_work, follow_district
from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import get_assignment, get_cycle
from tests.cycle import OPENED_AT
from tests.e2e.running import kbo, processes_of, wait_until
from tests.national.made_up import chosen, open_nation, write_nation
from tests.operations.clustered import WORKER, Postgres, prefect_database
from tests.operations.served import PrefectServer, end, spawn

PROVINCES, DISTRICTS = 3, 2
_NATION = chosen(PROVINCES, DISTRICTS)
_CYCLES = [f"kbo-{p.code}" for p in _NATION]
FIRST_DAY, LATE_DAY = parse_now("2025-05-21T08:35"), parse_now("2025-06-05T08:35")
SECONDS = float(os.environ.get("KBO_CHAOS_SECONDS", "25"))  # read here: no test sees them later
SEED = os.environ.get("KBO_CHAOS_SEED", "1")
_KINDS = ("server", "worker", "run", "database")
_LEASE_SECONDS = 30  # after which a dead run's place is free again; the least that there is
_DONE = ("Followed", "NothingDue")


def instants(seconds: float) -> Iterator[datetime]:
    """The turns: day after day from the first reminder for as long as the killing goes on, then one past the
    deadline."""
    until, day = time.monotonic() + seconds, FIRST_DAY
    while time.monotonic() < until:
        yield day
        day += timedelta(days=1)
    yield max(day, LATE_DAY)


class Answers:
    """Forms that lie in the inbox before a turn, the same bytes for both offices: a program that fills a form writes
    the time into it."""

    def __init__(self, made: dict[str, bytes]) -> None:
        self._made = made
        self._owing = [(f"kbo-{p.code}", d.code) for p in _NATION for d in p.districts[:DISTRICTS]][1:]

    def lay(self, office: Office, number: int) -> None:
        """Every second turn brings an answer; the last district never gives one."""
        if number % 2 and self._owing:
            cycle_id, code = self._owing[0]
            with office.database.read() as connection:
                form = get_assignment(connection, cycle_id, code).form_sha256
                assert form is not None
                picked = [(f"{code}-{n}", f"{code}-{n}") for n in (0, 1)]
                content = self._made.setdefault(code, filled(load_blob(connection, form), picked))
            folder = office.home / "inbox" / cycle_id / code
            folder.mkdir(parents=True)
            (folder / "form.xlsx").write_bytes(content)
            self._owing.pop(0)


class Ministry:
    """PostgreSQL, a Prefect server and a worker on it, and somebody who starts again what has died."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.postgres = Postgres(home / "postgres.log")
        self.postgres.make()
        self.database = self.postgres.database("kbo")
        more = {
            **prefect_database(self.postgres.database("prefect")),
            "PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION": str(_LEASE_SECONDS),
            "PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS": "2",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "KBO_DATABASE_URL": self.database,
            # The turns are told their day; what an event starts meanwhile finds that nothing is due yet.
            "KBO_NOW": OPENED_AT.isoformat(),
        }
        self.server = PrefectServer(home, more=more)
        self.worker: Any = None
        self.killed: Counter[str] = Counter()

    def start(self) -> None:
        self.server.start()
        done = kbo(self.home, "provision", **self.server.settings)
        assert done.returncode == 0, done.stderr[-2000:]
        self.worker = spawn(self.home, WORKER, "worker.log", **self.server.settings)

    def kill(self, what: str, chance: random.Random) -> None:
        """SIGKILL, and a moment without."""
        if what == "server":
            self.server.kill()
        elif what == "database":
            self.postgres.kill()
        elif what == "worker":
            end(self.worker, signal.SIGKILL)
        elif runs := [pid for pid in processes_of(self.home) if _is_run(pid)]:
            with suppress(ProcessLookupError):
                os.kill(int(chance.choice(runs)), signal.SIGKILL)
        else:
            return  # nothing runs just now
        self.killed[what] += 1
        time.sleep(chance.uniform(0, 1))

    def tend(self) -> None:
        """Start again what has died."""
        self.postgres.start()
        if self.server.process is None or self.server.process.poll() is not None:
            self.server.begin()
        if self.worker.poll() is not None and self.server.is_up():
            self.worker = spawn(self.home, WORKER, "worker.log", **self.server.settings)

    def stop(self) -> None:
        for process in (self.worker, self.server.process):
            if process:
                end(process, signal.SIGKILL)
        for pid in processes_of(self.home):
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        self.postgres.remove()


def _is_run(pid: str) -> bool:
    try:
        return b"prefect.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def office_of(home: Path, database: str) -> Office:
    return Office(home, Database(database), (FolderChannel(home / "outbox"),))


@pytest.fixture
def ministry(tmp_path: Path) -> Iterator[Ministry]:
    """What is killed; at the end, for good."""
    home = tmp_path / "disturbed"
    home.mkdir()
    ministry = Ministry(home)
    try:
        yield ministry
    finally:
        ministry.stop()


@pytest.mark.timeout(3600)
def test_a_nation_that_is_killed_at_random_ends_as_if_nothing_had_been(
    ministry: Ministry, tmp_path: Path, validate: Validate
) -> None:
    """The same events for every district, the same files in the outbox, every message once, every invariant whole."""
    seconds, chance = SECONDS, random.Random(SEED)  # noqa: S311 - drawn again by the same seed
    definitions = write_nation(tmp_path / "nation", _NATION, DISTRICTS)
    disturbed = office_of(ministry.home, ministry.database)
    open_nation(disturbed, definitions, validate, OPENED_AT)
    ministry.start()
    is_over = threading.Event()
    turns: list[datetime] = []
    made: dict[str, bytes] = {}
    answers = Answers(made)
    with ThreadPoolExecutor(1) as pool:
        killing = pool.submit(kill_again_and_again, ministry, chance, seconds, is_over)
        try:
            for number, at in enumerate(instants(seconds)):
                wait_until(partial(_tried, partial(answers.lay, disturbed, number)), None)
                take_turn(ministry.server, at, killing)
                turns.append(at)
        finally:
            is_over.set()
    killing.result()
    assert sum(ministry.killed.values()) >= 3, ministry.killed
    print(f"{len(turns)} turns, killed: {dict(ministry.killed)}")  # noqa: T201 - what a long run has been through

    whole_home = tmp_path / "whole"
    whole_home.mkdir()
    whole = office_of(whole_home, f"sqlite:///{whole_home / 'kbo.sqlite3'}")
    open_nation(whole, definitions, validate, OPENED_AT)
    answers = Answers(made)
    for number, at in enumerate(turns):
        answers.lay(whole, number)
        turn_undisturbed(whole, at)
    for office in (disturbed, whole):
        assert examine(office)[1] == []
    assert facts(disturbed) == facts(whole)
    sent = Counter(fact for fact in facts(disturbed) if fact[2] == "message-sent")
    assert set(sent.values()) == {1}
    assert mails(disturbed.home) == mails(whole.home)
    for office in (disturbed, whole):
        office.database.close()


def kill_again_and_again(ministry: Ministry, chance: random.Random, seconds: float, is_over: threading.Event) -> None:
    """One thing after the other, with time between for a turn to begin; then only what fell is put up again."""
    until = time.monotonic() + seconds
    next_at = time.monotonic() + chance.uniform(1, 3)
    kinds: list[str] = []
    while not is_over.is_set():
        if next_at < time.monotonic() < until:
            kinds = kinds or chance.sample(_KINDS, len(_KINDS))
            ministry.kill(kinds.pop(), chance)
            next_at = time.monotonic() + chance.uniform(3, 15)
        ministry.tend()
        time.sleep(0.2)


def take_turn(server: PrefectServer, at: datetime, killing: Future[None]) -> None:
    """Ask for the turn again and again, as the schedule does, until it has come to its end."""
    asked_at, run = 0.0, ""

    def is_done() -> bool:
        nonlocal asked_at, run
        seen = httpx.get(f"{server.api}/flow_runs/{run}", timeout=5).json() if run else {}
        if seen.get("state_name") in _DONE:
            return True
        has_ended = seen.get("state_type") in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
        if not run or has_ended or time.monotonic() - asked_at > _LEASE_SECONDS:
            run = server.run("national-cycle/office", now=at.isoformat(), batch_size=2, patience_seconds=20)
            asked_at = time.monotonic()
        return False

    for _ in range(1200):
        if killing.done():
            killing.result()
        with suppress(httpx.HTTPError, KeyError):
            if is_done():
                return
        time.sleep(0.5)
    raise AssertionError(f"the turn of {at} never came to its end")


def turn_undisturbed(office: Office, at: datetime) -> None:
    """The nation's turn, step by step."""
    for cycle, province in zip(_CYCLES, _NATION, strict=True):
        for code in districts_with_work(office, cycle, at):
            follow_district(office, cycle, code, at)
        plan_alarms(office, cycle, at)
        send_planned(office, cycle, province.code, at)
        announcements_due(office, cycle, at)


def facts(office: Office) -> list[tuple[str, str, str, str, str]]:
    """What the logs say, district by district: two hands at one province may mix its districts' lines."""
    with office.database.read() as connection:
        told = [
            (cycle, str(entry.payload.get("district", "")), entry.kind, entry.at.isoformat(), repr(entry.payload))
            for cycle in _CYCLES
            for entry in events(connection, cycle)
        ]
        assert {get_cycle(connection, cycle).state for cycle in _CYCLES} == {"open"}
    return sorted(told, key=lambda fact: fact[:2])


def mails(home: Path) -> dict[str, bytes]:
    """What lies in the outbox."""
    return {str(mail.relative_to(home)): mail.read_bytes() for mail in (home / "outbox").rglob("*") if mail.is_file()}


def _tried(act: Any) -> bool:
    """Was it done? The database may be down just now."""
    try:
        act()
    except Exception as error:
        if "Operational" in type(error).__name__:
            return False
        raise
    return True
