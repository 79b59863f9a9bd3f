"""One turn of the wait; every hour of the day, and whenever something arrives."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.alarming import raise_alarms
from tasks.following import announce_news, follow_district, plan_turn
from tasks.naming import of_district, turn_run_name
from tasks.publishing import progress_today, publish_progress
from tasks.telling import counted, told


@flow(name="follow-cycle", flow_run_name=turn_run_name, persist_result=False)
async def follow_cycle(cycle_id: str, now: str | None = None) -> State:
    """Collect answers, remind who is late, send what waits, publish progress. Twice in a row changes nothing.

    A district that fails does not keep the others waiting: its error ends the run after them. Then nothing is announced
    either, for what it sent may not have been collected.
    """
    turns, failed = [], []
    for code in plan_turn(cycle_id, now):
        state = of_district(follow_district, code)(cycle_id, code, now, return_state=True)
        if state.is_completed():
            turns.append(await state.aresult())
        else:
            failed.append(state)
    alarms = await raise_alarms(cycle_id, now)
    if failed:
        publish_progress(cycle_id, now)
        await failed[0].aresult()  # raises
    news = announce_news(cycle_id, now)
    is_quiet = not (turns or alarms or news)
    summary = (await progress_today(cycle_id, now) if is_quiet else "") or publish_progress(cycle_id, now)
    done = {
        key: sum(turn[key] for turn in turns) for key in ("accepted", "refused", "reminded", "locked", "sent", "failed")
    }
    name = (
        "PartlySent" if done["failed"] else "Reminded" if done["reminded"] else "Collected" if turns else "NothingDue"
    )
    message = " · ".join(filter(None, (summary, counted(done))))
    return told(Completed(name=name, message=message, data=done), cycle_id, now)
