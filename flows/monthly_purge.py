"""Once a month: what is past its retention is forgotten; the chain of what happened holds."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.naming import purge_run_name
from tasks.purging import purge
from tasks.telling import told


@flow(name="monthly-purge", flow_run_name=purge_run_name, persist_result=False)
async def monthly_purge(now: str | None = None) -> State[Any]:
    """Empty addresses, messages and drafts past their time. A second time there is nothing."""
    blobs, drafts = purge(now)
    name = "Purged" if blobs or drafts else "NothingDue"
    return told(Completed(name=name, message=f"{blobs} addresses and messages, {drafts} drafts"), "", now)
