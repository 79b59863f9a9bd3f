"""One turn of the nation, done in one way, in a process of its own: ``python -m benchmarks.turns WAY``.

The office is that of ``KBO_HOME``, the server that of ``PREFECT_API_URL``; the last line printed is what it took.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from kbo_core.clock import parse_now
from kbo_core.office.alarms import plan_alarms
from kbo_core.office.announcing import announcements_due
from kbo_core.office.following import districts_with_work, follow_district
from kbo_core.office.nationwide import nationwide
from kbo_core.office.noticing import collect_notices
from kbo_core.office.posting import send_planned
from kbo_core.store.reading import cycle_ids, get_cycle
from tasks.surroundings import office

TURN = "2025-05-21T08:35"  # every district is reminded
REST = "2025-05-21T09:35"  # nothing is due


def plain(now: str) -> int:
    """The core alone."""
    at, here = parse_now(now), office()
    collect_notices(here, at)
    with here.database.read() as connection:
        provinces = {name: get_cycle(connection, name).province_code for name in cycle_ids(connection)}
    sent = 0
    for cycle_id, codes in {name: districts_with_work(here, name, at) for name in provinces}.items():
        sent += sum(follow_district(here, cycle_id, code, at)["sent"] for code in codes)
        plan_alarms(here, cycle_id, at)
        send_planned(here, cycle_id, provinces[cycle_id], at)
        announcements_due(here, cycle_id, at)
    nationwide(here, at)
    return sent


def by_district(now: str) -> int:
    """A run a province, a task a district: what an office with one cycle does."""
    from prefect import flow

    from tasks.alarming import raise_alarms
    from tasks.following import announce_news, plan_turn
    from tasks.following import follow_district as follow
    from tasks.nation import publish_nation

    @flow(name="by-province", persist_result=False)
    async def province(cycle_id: str) -> int:
        done: Counter[str] = Counter()
        for code in plan_turn(cycle_id, now):
            done.update(follow(cycle_id, code, now))
        await raise_alarms(cycle_id, now)
        announce_news(cycle_id, now)
        return done["sent"]

    @flow(name="by-district", persist_result=False)
    async def nation() -> int:
        with office().database.read() as connection:
            cycles = cycle_ids(connection)
        sent = 0
        for cycle_id in cycles:
            sent += await province(cycle_id)
        publish_nation(now)
        return sent

    return asyncio.run(nation())


def by_province(now: str) -> int:
    """A task a province: the nation's turn as it is, in one process."""
    from flows.national_cycle import national_cycle

    async def turn() -> int:
        state: Any = await national_cycle(now, return_state=True)
        return int((await state.aresult())["sent"])

    return asyncio.run(turn())


WAYS: dict[str, Callable[[str], int]] = {"plain": plain, "by_district": by_district, "by_province": by_province}


def main() -> None:
    """One way, at one instant."""
    way, now = sys.argv[1], sys.argv[2]
    wall = time.perf_counter()
    sent = WAYS[way](now)
    told = {"sent": sent, "wall": time.perf_counter() - wall, "cpu": time.process_time()}
    print(json.dumps(told))  # noqa: T201 - what the caller reads


if __name__ == "__main__":
    main()
