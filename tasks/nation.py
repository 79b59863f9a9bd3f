"""Steps of the nation's turn. A task is a batch of districts: one a district costs more than the district's work."""

from collections import Counter

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import task_run

from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import following
from kbo_core.office.nationwide import nationwide
from tasks.cycles import open_cycles
from tasks.retrying import unless_told_no
from tasks.surroundings import instant, office


def work_of_the_nation(now: str | None) -> dict[str, list[str]]:
    """The open cycles for which something is due, and their districts with work."""
    at = instant(now)
    plan = {cycle_id: following.districts_with_work(office(), cycle_id, at) for cycle_id in open_cycles(now)}
    return {cycle_id: codes for cycle_id, codes in plan.items() if codes}


def _batch_name() -> str:
    """``5601 to 5609``"""
    codes = task_run.parameters["district_codes"]
    return f"{codes[0]} to {codes[-1]}"


@task(
    name="follow-districts",
    task_run_name=_batch_name,
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[2, 10],
    retry_jitter_factor=0.5,
    retry_condition_fn=unless_told_no,
)
def follow_districts(cycle_id: str, district_codes: list[str], now: str | None) -> dict[str, int]:
    """The turn of a batch of districts, one after the other; how much of each was done.

    A retry begins again with the first: what was done is not done twice.
    """
    done: Counter[str] = Counter()
    for code in district_codes:
        done.update(following.follow_district(office(), cycle_id, code, instant(now)))
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
