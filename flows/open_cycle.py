"""The circular was issued: open the cycle."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from kbo_core.domain.findings import KboError
from tasks.cycles import districts_asked, waiting_state
from tasks.naming import of_district, opening_run_name
from tasks.opening import dispatch_packet, screen_and_freeze
from tasks.publishing import publish_progress
from tasks.references import CircularReference
from tasks.telling import told


@flow(name="open-cycle", flow_run_name=opening_run_name, persist_result=False, validate_parameters=True)
async def open_cycle(definition: CircularReference | str, now: str | None = None, by: str = "เจ้าหน้าที่จังหวัด") -> State:
    """Screen and freeze, send every district its packet once it is signed, and wait for answers.

    Run again after an interruption, it goes on where it stopped; run again after that, it changes nothing. A definition
    is a path, or the reference to one that was issued: then exactly that file is opened.
    """
    path, sha256 = (definition, "") if isinstance(definition, str) else (definition.path, definition.sha256)
    try:
        cycle_id = screen_and_freeze(path, now, by, sha256)
    except KboError as blocked:
        return told(Failed(name="Blocked", message=str(blocked), data=blocked), "", now)
    all_sent = [of_district(dispatch_packet, code)(cycle_id, code, now) for code in districts_asked(cycle_id)]
    summary = publish_progress(cycle_id, now)
    name = "PartlyDispatched" if not all(all_sent) else waiting_state(cycle_id)
    return told(Completed(name=name, message=summary, data=cycle_id), cycle_id, now)
