"""Steps of the nation's turn. A task is a province: one a district costs more than the district's work."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import task_run

from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import following
from kbo_core.office.alarms import untold
from kbo_core.office.announcing import is_news_due
from kbo_core.office.nationwide import nationwide
from kbo_core.office.noticing import collect_notices
from kbo_core.office.posting import sendable
from kbo_core.store.reading import get_cycle
from tasks.alarming import alarmed
from tasks.cycles import open_cycles
from tasks.following import announced
from tasks.retrying import TRIED_AGAIN
from tasks.surroundings import instant, office
from tasks.telling import read_counts

_Thing = TypeVar("_Thing")


def batches(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    """The things in lists of a size, the last maybe shorter."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch


def counts_of(run: FlowRun) -> Counter[str]:
    """What a run of another process has counted: its line is read, its result stays where it ran."""
    return read_counts((run.state.message or "") if run.state else "")


def work_of_the_nation(now: str | None) -> dict[str, list[str]]:
    """The open cycles for which something is due, and their districts with work: none where only the staff or whoever
    listens is to be told."""
    at = instant(now)
    collect_notices(office(), at)  # what did not arrive is work too
    plan = {cycle_id: following.districts_with_work(office(), cycle_id, at) for cycle_id in open_cycles(now)}
    return {cycle_id: codes for cycle_id, codes in plan.items() if codes or _is_to_be_told(cycle_id, at)}


def _is_to_be_told(cycle_id: str, at: datetime) -> bool:
    with office().database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        to_staff = sendable(connection, cycle, at, district_code=cycle.province_code)
        return bool(to_staff or untold(connection, cycle_id)) or is_news_due(connection, cycle_id, at)


def _province_name() -> str:
    """``kbo-2568-56 · 9 districts``"""
    return f"{task_run.parameters['cycle_id']} · {len(task_run.parameters['district_codes'])} districts"


@task(name="follow-province", task_run_name=_province_name, **TRIED_AGAIN)
async def follow_province(cycle_id: str, district_codes: list[str], now: str | None) -> dict[str, int]:
    """The turn of one province: its districts one after the other, alarms, news; how much of each was done.

    A retry begins again with the first: what was done is not done twice.
    """
    done: Counter[str] = Counter()
    failed: list[Exception] = []
    for code in district_codes:
        try:
            done.update(following.follow_district(office(), cycle_id, code, instant(now)))
        except Exception as error:  # it keeps no other district waiting
            failed.append(error)
    await alarmed(cycle_id, now)
    if failed:
        raise failed[0]
    announced(cycle_id, now)
    return dict(done)


@task(name="publish-nation", task_run_name="publish the nation", cache_policy=NO_CACHE, persist_result=False)
def publish_nation(now: str | None) -> str:
    """Publish the nation's table; one line that says it."""
    at = instant(now)
    lines = nationwide(office(), at)
    answered, asked = sum(line.answered for line in lines), sum(line.asked for line in lines)
    summary = f"{answered} / {asked} อำเภอ ใน {len(lines)} จังหวัดรายงานแล้ว · {short_instant(at)}"
    create_table_artifact(table=[line.as_row() for line in lines], key="nation", description=summary)
    return summary
