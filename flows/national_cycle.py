"""A ministry's turn: every open cycle of the nation, in batches of provinces that the pool's workers share."""

from collections import Counter

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.follow_provinces import follow_each
from tasks.handing_out import can_hand_out, hand_out
from tasks.naming import nation_run_name
from tasks.nation import batches, counts_of, publish_nation, work_of_the_nation
from tasks.telling import COUNTED, counted, told

_PATIENCE_SECONDS = 300


@flow(name="national-cycle", flow_run_name=nation_run_name, persist_result=False)
async def national_cycle(
    now: str | None = None, batch_size: int = 20, patience_seconds: float = _PATIENCE_SECONDS
) -> State:
    """Follow every open cycle that has something due; one that fails does not keep the others waiting. Twice in a row
    changes nothing.

    A run that a worker took hands out ``batch_size`` provinces at a time to whoever works on the same pool, and does
    itself what was not done there, by failure or because nothing was heard of it for ``patience_seconds``.
    """
    work = work_of_the_nation(now)
    done: Counter[str] = Counter()
    left, parts = work, [dict(provinces) for provinces in batches(work.items(), max(batch_size, 1))]
    if len(parts) > 1 and can_hand_out() and (runs := await hand_out(parts, now, patience_seconds)):
        for run in runs:
            done += counts_of(run)
        left = {} if all(run.state and run.state.is_completed() for run in runs) else work_of_the_nation(now)
    more, failed = await follow_each(left, now)
    done += more
    summary = " · ".join(filter(None, (publish_nation(now), counted(done))))
    if failed:
        return told(Failed(name="PartlyFollowed", message=f"{summary} · ไม่สำเร็จ: {', '.join(failed)}"), "nation", now)
    data = {"cycles": len(work), **{key: done[key] for key in COUNTED}}
    return told(Completed(name="Followed" if work else "NothingDue", message=summary, data=data), "nation", now)
