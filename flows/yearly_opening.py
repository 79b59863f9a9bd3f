"""Once a year, when the circular should be there: look for it, open it, or raise an alarm."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.open_cycle import open_cycle
from tasks.alarming import raise_drift
from tasks.circulars import circulars_to_open, look_for_circulars
from tasks.naming import yearly_run_name
from tasks.telling import told


@flow(name="yearly-opening", flow_run_name=yearly_run_name, persist_result=False)
async def yearly_opening(now: str | None = None) -> State:
    """Open every issued circular; where the fiscal year has none, tell of the schedule drift."""
    opened: list[State[Any]] = [await open_cycle(each, now, return_state=True) for each in circulars_to_open()]
    year, is_there = look_for_circulars(now)
    if not is_there:
        await raise_drift(year, now)
        return told(Failed(name="NoCircular", message=f"ยังไม่มีหนังสือแจ้งรอบของปีงบประมาณ {year}"), str(year), now)
    failed = [run for run in opened if run.is_failed() or run.is_crashed()]
    if failed:
        return told(Failed(name="Blocked", message="; ".join(str(run.message) for run in failed)), str(year), now)
    return told(
        Completed(name="Opened" if opened else "AlreadyOpen", message=f"เปิดรอบ {len(opened)} รอบ"), str(year), now
    )
