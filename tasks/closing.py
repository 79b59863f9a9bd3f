"""The step of the closing."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from kbo_core.office.announcing import awaited
from kbo_core.office.closing import close
from tasks.surroundings import instant, office


def still_awaited(cycle_id: str, now: str | None) -> list[str]:
    """What the report would still wait for, a line each."""
    with office().database.read() as connection:
        return awaited(connection, cycle_id, instant(now))


@task(name="consolidate", task_run_name="consolidate and issue", cache_policy=NO_CACHE, persist_result=False)
def consolidate_and_issue(cycle_id: str, now: str | None, by: str, reason: str) -> tuple[int, bool]:
    """Issue the report, or find the same one issued already: (version, whether it is new)."""
    from expectations.validate import validator  # imported where it is used: it takes seconds

    closed = close(office(), cycle_id, validator(), at=instant(now), by=by, reason=reason)
    return closed.report.version, closed.is_new
