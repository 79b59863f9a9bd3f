"""``python -m benchmarks.nation_scale --out docs/scale.md``: the nation's turn, measured; nothing passes or fails but a
message that went out twice or never.

It needs PostgreSQL's and Redis' servers on the machine (Debian: ``apt-get install postgresql redis-server``).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.scale_page import Shared, Turn, page
from benchmarks.turns import REST, TURN
from expectations.validate import validator
from kbo_core.channels.folder import FolderChannel
from kbo_core.clock import now
from kbo_core.domain.thai_dates import BANGKOK
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.store.database import Database
from kbo_core.store.log import events
from kbo_core.store.reading import cycle_ids
from tests.cycle import OPENED_AT
from tests.e2e.running import surroundings
from tests.national.made_up import chosen, open_nation, write_nation
from tests.operations.clustered import Cluster, Postgres
from tests.operations.served import PrefectServer

_TICKS = os.sysconf("SC_CLK_TCK")
_ROOM = 2  # runs that each of the two workers takes at once


def main() -> None:
    """The sizes asked for one after another, then the nation on two of everything."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.nation_scale", description=__doc__)
    asked.add_argument("--provinces", default="1,19,76", help="sizes, separated by commas")
    asked.add_argument("--shared", type=int, default=76, help="provinces on two servers and two workers; 0: none")
    asked.add_argument("--folder", type=Path, help="where to make the offices and leave them")
    asked.add_argument("--out", type=Path, help="the page to write; else it is only shown")
    told = asked.parse_args()
    sizes = sorted({int(size) for size in told.provinces.split(",")})
    console = Console(stderr=True)
    turns: list[Turn] = []
    with tempfile.TemporaryDirectory() as place, console.status("…") as status:
        folder = told.folder or Path(place)
        for size in sizes:
            status.update(f"{size} provinces: opening")
            home = opened(folder, size)
            ways = ("plain", "by_district", "by_province") if size == sizes[-1] else ("plain", "by_province")
            for way in ways:
                status.update(f"{size} provinces: {way}")
                turns += measured(home, size, way)
                console.print(turns[-2])
        shared = None
        if told.shared:
            status.update(f"{told.shared} provinces on two servers and two workers")
            console.print(shared := share(folder, told.shared))
    text = page(turns, shared, now().astimezone(BANGKOK).date())
    if told.out:
        told.out.write_text(text, encoding="utf-8")
    Console().print(Markdown(text))


def opened(folder: Path, size: int) -> Path:
    """A home whose cycles are open; made unless it lies there."""
    home = folder / f"home-{size}"
    if not home.is_dir():
        arriving = folder / f".home-{size}"
        arriving.mkdir(parents=True)
        office = office_of(arriving, f"sqlite:///{arriving / 'kbo.sqlite3'}")
        open_nation(office, write_nation(folder / f"nation-{size}", chosen(size)), validator(), OPENED_AT)
        office.database.close()
        arriving.rename(home)
    return home


def office_of(home: Path, database: str) -> Office:
    """The office at a home with a store elsewhere."""
    return Office(home, Database(database), (FolderChannel(home / "outbox"),))


def measured(prepared: Path, size: int, way: str) -> list[Turn]:
    """A turn in which every district is reminded, and the next, in which nothing is due, on a copy of a home."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        shutil.copytree(prepared, home)
        server = PrefectServer(home)
        if way != "plain":
            server.start()
        try:
            return [_turn(home, size, way, at, server) for at in (TURN, REST)]
        finally:
            server.kill()


def _turn(home: Path, size: int, way: str, at: str, server: PrefectServer) -> Turn:
    before = cpu_of(server.process.pid) if server.process else 0
    told = _told(way, at, home, server.settings if server.process else {})
    used = cpu_of(server.process.pid) - before if server.process else 0
    return Turn(size, way, at == REST, told["sent"], told["wall"], told["cpu"], used)


def share(folder: Path, size: int) -> Shared:
    """The nation's turn on two API servers and two workers, and in one process, both on PostgreSQL."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        home.mkdir()
        postgres = Postgres(Path(place) / "postgres.log")
        try:
            postgres.make()
            cluster = Cluster.of(home, postgres.database("kbo"), postgres.database("prefect"))
            office = office_of(home, cluster.database)
            definitions = folder / f"nation-{size}" / "cycles"
            if not definitions.is_dir():
                write_nation(definitions.parent, chosen(size))
            open_nation(office, definitions, validator(), OPENED_AT)
            office.database.close()
            alone = postgres.database("alone", "kbo")
            try:
                cluster.start(_ROOM)
                wall = _wall_alone(home, alone, cluster.servers[0])
                return _shared(cluster, postgres, size, wall)
            finally:
                cluster.stop()
        finally:
            postgres.remove()


def _wall_alone(home: Path, database: str, server: PrefectServer) -> float:
    beside = home.parent / "alone"
    beside.mkdir()
    settings = {**server.settings, "KBO_DATABASE_URL": database}
    return float(_told("by_province", TURN, beside, settings)["wall"])


def _told(way: str, at: str, home: Path, settings: Mapping[str, str]) -> Any:
    """What a turn in a process of its own says of itself."""
    command, around = [sys.executable, "-m", "benchmarks.turns", way, at], surroundings(home, **settings)
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)  # noqa: S603 - our own module
    return json.loads(done.stdout.splitlines()[-1])


def _shared(cluster: Cluster, postgres: Postgres, size: int, wall_alone: float) -> Shared:
    first, second = cluster.servers
    parts: dict[str, Sequence[subprocess.Popen[bytes] | None]] = {
        "servers": [server.process for server in cluster.servers],
        "workers and runs": cluster.workers,
        "PostgreSQL": [postgres.process],
        "Redis": [cluster.redis.process],
    }
    before = {name: _cpu_of_all(processes) for name, processes in parts.items()}
    begun = time.perf_counter()
    turn = first.run("national-cycle/office", now=TURN)
    ended_as = second.ended(turn)
    wall = time.perf_counter() - begun
    used = {name: _cpu_of_all(processes) - before[name] for name, processes in parts.items()}
    run = httpx.get(f"{second.api}/flow_runs/{turn}").json()
    office = office_of(cluster.home, cluster.database)
    with office.database.read() as connection:
        sent = Counter(
            (told.cycle_id, told.payload["district"], told.payload["kind"], told.payload["step"])
            for cycle_id in cycle_ids(connection)
            for told in events(connection, cycle_id, ("message-sent",))
        )
    asked = sum(len(province.districts) for province in chosen(size))
    files = len(list((cluster.home / "outbox").rglob("*.eml")))
    kinds = Counter(kind for _, _, kind, _ in sent)
    checked, faults = examine(office)
    office.database.close()
    if ended_as != "Followed" or kinds != {"packet": asked, "reminder": asked} or set(sent.values()) != {1} or faults:
        raise SystemExit(f"{ended_as}: {dict(kinds)} of {asked} districts, {len(faults)} faults")
    batches = len(second.runs(tags={"all_": ["nation"]})) - 1
    return Shared(size, asked, batches, wall, wall_alone, run["total_run_time"], used, files, sum(checked.values()))


def _cpu_of_all(processes: Sequence[subprocess.Popen[bytes] | None]) -> float:
    return sum(cpu_of(process.pid) for process in processes if process)


@dataclass(frozen=True)
class _Told:
    """What the system says of a process: its parent, its own CPU time, and that of its children that have ended."""

    parent: int
    own: float
    ended: float


def cpu_of(pid: int) -> float:
    """CPU seconds of a process with all its children, those that have ended too."""
    told = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            ticks = [int(word) / _TICKS for word in words[11:15]]
            told[int(entry.name)] = _Told(int(words[1]), ticks[0] + ticks[1], ticks[2] + ticks[3])

    def of(one: int) -> float:
        children = [other for other, seen in told.items() if seen.parent == one]
        return told[one].own + told[one].ended + sum(map(of, children)) if one in told else 0

    return of(pid)


if __name__ == "__main__":
    main()
