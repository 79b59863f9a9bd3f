"""Every morning: one turn of every open cycle."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.follow_cycle import follow_cycle
from tasks.cycles import open_cycles


@flow(name="daily-turn", flow_run_name="daily turn", persist_result=False)
async def daily_turn(now: str | None = None) -> State:
    """Follow every cycle that is open; one that fails does not keep the others waiting."""
    cycles = open_cycles(now)
    turns = {cycle_id: await follow_cycle(cycle_id, now, return_state=True) for cycle_id in cycles}
    failed = [cycle_id for cycle_id, turn in turns.items() if turn.is_failed() or turn.is_crashed()]
    if failed:
        raise RuntimeError(f"turns failed: {', '.join(failed)}")
    return Completed(message=f"{len(turns)} open cycles", name="Completed" if turns else "NothingOpen")
