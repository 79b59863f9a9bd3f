"""Every district has answered: consolidate."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from kbo_core.domain.findings import KboError
from tasks.closing import consolidate_and_issue
from tasks.naming import closing_run_name
from tasks.publishing import publish_progress


@flow(name="close-cycle", flow_run_name=closing_run_name, persist_result=False)
async def close_cycle(cycle_id: str, now: str | None = None, by: str = "เจ้าหน้าที่จังหวัด", reason: str = "") -> State:
    """Issue the consolidated report and its evidence. Twice in a row issues it once."""
    try:
        version, is_new = consolidate_and_issue(cycle_id, now, by, reason)
    except KboError as blocked:
        return Failed(name="Blocked", message=str(blocked), data=blocked)
    publish_progress(cycle_id, now)
    return Completed(name="Issued" if is_new else "AlreadyIssued", message=f"report v{version}", data=version)
