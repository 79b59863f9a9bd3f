"""One turn of the wait; daily, and whenever something arrives."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.alarming import raise_alarms
from tasks.following import follow_district, plan_turn
from tasks.naming import turn_run_name
from tasks.publishing import publish_progress


@flow(name="follow-cycle", flow_run_name=turn_run_name, persist_result=False)
async def follow_cycle(cycle_id: str, now: str | None = None) -> State:
    """Collect answers, remind who is late, send what waits, publish progress. Twice in a row changes nothing."""
    turns = [follow_district(cycle_id, code, now) for code in plan_turn(cycle_id, now)]
    await raise_alarms(cycle_id, now)
    summary = publish_progress(cycle_id, now)
    done = {
        key: sum(turn[key] for turn in turns) for key in ("accepted", "refused", "reminded", "locked", "sent", "failed")
    }
    name = (
        "PartlySent" if done["failed"] else "Reminded" if done["reminded"] else "Collected" if turns else "NothingDue"
    )
    told = ", ".join(f"{key} {count}" for key, count in done.items() if count)
    return Completed(name=name, message=f"{summary} · {told}" if told else summary, data=done)
