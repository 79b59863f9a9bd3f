"""Part of the nation's turn: the provinces of a batch, one after the other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from prefect import flow, tags
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from tasks.naming import provinces_run_name
from tasks.nation import follow_province
from tasks.telling import counted, told


@flow(name="follow-provinces", flow_run_name=provinces_run_name, persist_result=False)
async def follow_provinces(provinces: dict[str, list[str]], now: str | None = None) -> State:
    """Follow these districts of these cycles; one that fails does not keep the others waiting. Twice in a row changes
    nothing."""
    done, failed = await follow_each(provinces, now)
    about = next(iter(provinces), "")
    if failed:
        message = " · ".join(filter(None, (counted(done), f"ไม่สำเร็จ: {', '.join(failed)}")))
        return told(Failed(name="PartlyFollowed", message=message), about, now)
    return told(Completed(name="Followed", message=counted(done)), about, now)


async def follow_each(provinces: Mapping[str, Sequence[str]], now: str | None) -> tuple[Counter[str], list[str]]:
    """A task a province, in the run at hand: how much of each was done, and the cycles whose task failed."""
    done: Counter[str] = Counter()
    failed: list[str] = []
    for cycle_id, district_codes in provinces.items():
        with tags(cycle_id):
            asked: Any = follow_province(cycle_id, list(district_codes), now, return_state=True)
            turn = await asked
        if turn.is_completed():
            done.update(await turn.aresult())
        else:
            failed.append(cycle_id)
    return done, failed
