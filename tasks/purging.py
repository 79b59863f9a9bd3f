"""Persons' data past its time, emptied."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from kbo_core.office import purging
from tasks.surroundings import instant, office


@task(name="purge", task_run_name="purge", cache_policy=NO_CACHE, persist_result=False)
def purge(now: str | None) -> tuple[int, int]:
    """Forget what is past its time: (addresses and messages, drafts that were emptied)."""
    done = purging.purge(office(), at=instant(now), by="system")
    return sum(done.blobs.values()), done.drafts
