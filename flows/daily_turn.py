"""Every hour of the day: whatever an event should have started, and one turn of every open cycle."""

from typing import Any

from prefect import flow, tags
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.close_cycle import close_cycle
from flows.follow_cycle import follow_cycle
from flows.open_cycle import open_cycle
from tasks.circulars import circulars_to_open
from tasks.cycles import cycles_to_close, open_cycles
from tasks.naming import day_run_name
from tasks.telling import told

_SYSTEM = "ระบบ"


@flow(name="daily-turn", flow_run_name=day_run_name, persist_result=False)
async def daily_turn(now: str | None = None) -> State:
    """Open what was issued, follow every open cycle, close what waits for nobody; one that fails does not keep the
    others waiting."""
    runs: dict[str, State[Any]] = {}
    for circular in circulars_to_open():
        runs[f"open {circular.sha256[:12]}"] = await open_cycle(circular, now, return_state=True)
    for cycle_id in open_cycles(now):
        with tags(cycle_id):
            runs[cycle_id] = await follow_cycle(cycle_id, now, return_state=True)
    for cycle_id in cycles_to_close(now):
        if (turn := runs.get(cycle_id)) and not turn.is_completed():
            continue  # what arrived in time may not have been collected
        with tags(cycle_id):
            closing = await close_cycle(cycle_id, now, _SYSTEM, when_ready=True, return_state=True)
        runs[f"close {cycle_id}"] = closing
    failed = [about for about, run in runs.items() if run.is_failed() or run.is_crashed()]
    if failed:
        told(Failed(message=f"turns failed: {', '.join(failed)}"), "", now)
        raise RuntimeError(f"turns failed: {', '.join(failed)}")
    names = {run.name for run in runs.values()}
    name = "NothingOpen" if not runs else "NothingDue" if names == {"NothingDue"} else "Completed"
    message = " · ".join(f"{about}: {run.name}" for about, run in runs.items()) or "ไม่มีรอบที่เปิดอยู่"
    return told(Completed(name=name, message=message), "", now)
