"""A ministry's turn: every open cycle of the nation, a run a province, batches of districts in it."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from prefect import flow, tags
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks.alarming import raise_alarms
from tasks.following import announce_news
from tasks.naming import nation_run_name, turn_run_name
from tasks.nation import follow_districts, publish_nation, work_of_the_nation
from tasks.telling import counted, told

_Thing = TypeVar("_Thing")
_DISTRICTS = 30  # in a task: a province is one task or two


@flow(name="national-cycle", flow_run_name=nation_run_name, persist_result=False)
async def national_cycle(now: str | None = None, batch_size: int = 8) -> State:
    """Follow every open cycle that has something due, ``batch_size`` provinces at a time; one that fails does not keep
    the others waiting. Twice in a row changes nothing."""
    work = work_of_the_nation(now)
    runs: dict[str, State[Any]] = {}
    for provinces in _batches(work.items(), max(batch_size, 1)):
        ended = await asyncio.gather(*(_followed(cycle_id, codes, now) for cycle_id, codes in provinces))
        runs.update(zip((cycle_id for cycle_id, _ in provinces), ended, strict=True))
    done: Counter[str] = Counter()
    for run in runs.values():
        if run.is_completed():
            done.update(await run.aresult())
    summary = " · ".join(filter(None, (publish_nation(now), counted(done))))
    failed = [cycle_id for cycle_id, run in runs.items() if not run.is_completed()]
    if failed:
        return told(Failed(name="PartlyFollowed", message=f"{summary} · ไม่สำเร็จ: {', '.join(failed)}"), "nation", now)
    return told(
        Completed(name="Followed" if runs else "NothingDue", message=summary, data={"cycles": len(runs), **done}),
        "nation",
        now,
    )


@flow(name="follow-province", flow_run_name=turn_run_name, persist_result=False)
async def follow_province(cycle_id: str, district_codes: list[str], now: str | None = None) -> State:
    """One province's part of the nation's turn."""
    done: Counter[str] = Counter()
    for codes in _batches(district_codes, _DISTRICTS):
        done.update(follow_districts(cycle_id, codes, now))
    await raise_alarms(cycle_id, now)
    announce_news(cycle_id, now)
    name = "PartlySent" if done["failed"] else "Reminded" if done["reminded"] else "Collected"
    return told(Completed(name=name, message=counted(done), data=dict(done)), cycle_id, now)


async def _followed(cycle_id: str, district_codes: list[str], now: str | None) -> State[Any]:
    with tags(cycle_id):
        return await follow_province(cycle_id, district_codes, now, return_state=True)


def _batches(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    """The things in lists of a size, the last maybe shorter."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
