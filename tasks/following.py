"""Steps of a turn of the wait."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from kbo_core.office import following
from kbo_core.office.announcing import announcements_due
from tasks.announcing import announce, cycle_resource
from tasks.naming import district_task_name
from tasks.retrying import TRIED_AGAIN
from tasks.surroundings import instant, office


@task(name="plan-turn", task_run_name="plan the turn", cache_policy=NO_CACHE, persist_result=False)
def plan_turn(cycle_id: str, now: str | None) -> list[str]:
    """The districts for which this turn has something to do."""
    return following.districts_with_work(office(), cycle_id, instant(now))


@task(name="follow-district", task_run_name=district_task_name, **TRIED_AGAIN)
def follow_district(cycle_id: str, district_code: str, now: str | None) -> dict[str, int]:
    """Collect what a district sent, remind it of what it owes, send what waits; how much of each."""
    return following.follow_district(office(), cycle_id, district_code, instant(now))


@task(name="announce", task_run_name="announce", cache_policy=NO_CACHE, persist_result=False)
def announce_news(cycle_id: str, now: str | None) -> list[str]:
    """Announce what others may act on, each once; the events' names."""
    return announced(cycle_id, now)


def announced(cycle_id: str, now: str | None) -> list[str]:
    """What ``announce_news`` does, for a step that is already a task."""
    at = instant(now)
    news = announcements_due(office(), cycle_id, at)
    for told in news:
        facts = {"cycle_id": cycle_id, **({"district_code": told.district_code} if told.district_code else {})}
        announce(told.event, cycle_resource(cycle_id), facts, at)
    return [told.event for told in news]
