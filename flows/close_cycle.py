"""Every district has answered: consolidate."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from kbo_core.domain.findings import KboError
from tasks.closing import consolidate_and_issue, still_awaited
from tasks.naming import closing_run_name
from tasks.publishing import publish_progress
from tasks.telling import told


@flow(name="close-cycle", flow_run_name=closing_run_name, persist_result=False)
async def close_cycle(
    cycle_id: str,
    now: str | None = None,
    by: str = "เจ้าหน้าที่จังหวัด",
    reason: str = "",
    when_ready: bool = False,
) -> State:
    """Issue the consolidated report and its evidence. Twice in a row issues it once.

    With ``when_ready`` nothing is issued while anything is waited for: the run ends in ``StillOpen`` and says what.
    """
    if when_ready and (awaited := still_awaited(cycle_id, now)):
        return told(Completed(name="StillOpen", message=" · ".join(awaited)), cycle_id, now)
    try:
        version, is_new = consolidate_and_issue(cycle_id, now, by, reason)
    except KboError as blocked:
        return told(Failed(name="Blocked", message=str(blocked), data=blocked), cycle_id, now)
    publish_progress(cycle_id, now)
    name = "Issued" if is_new else "AlreadyIssued"
    return told(Completed(name=name, message=f"รายงานรวมฉบับที่ {version}", data=version), cycle_id, now)
