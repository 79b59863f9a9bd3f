"""Batches of the nation's turn for the other workers of the pool, each a run of its own."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.context import FlowRunContext
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Cancelled

DEPLOYMENT = "follow-provinces/office"
_LOOK_SECONDS = 1


def can_hand_out() -> bool:
    """Was this run taken from a work pool? Then its workers work for this very office, which nobody knows of those of
    whatever server a command was told of: a command does its work itself."""
    context = FlowRunContext.get()
    return bool(context and context.flow_run and context.flow_run.work_pool_name)


async def hand_out(
    batches: Sequence[Mapping[str, Sequence[str]]], now: str | None, patience_seconds: float
) -> list[FlowRun]:
    """A run a batch of provinces (cycle → districts), waited for until all have ended; none where the deployment is
    missing.

    When none of them has come any further for so long, those that nobody took are cancelled and nothing more is waited
    for: a worker has died, or the pool has no room.
    """
    async with get_client() as client:
        asked: list[FlowRun] = []
        for number, provinces in enumerate(batches):
            try:
                run = await arun_deployment(
                    DEPLOYMENT,
                    client,
                    parameters={"provinces": provinces, "now": now},
                    timeout=0,
                    # The server may die between making a run and saying so.
                    idempotency_key=f"{flow_run.id}-{flow_run.run_count}-{number}",
                )
            except ObjectNotFound:
                return []
            asked.append(run)
        return await _ended(client, asked, patience_seconds)


async def _ended(client: PrefectClient, runs: Sequence[FlowRun], patience_seconds: float) -> list[FlowRun]:
    seen: dict[UUID, StateType | None] = {}
    quiet_since = time.monotonic()
    while True:
        runs = [await client.read_flow_run(run.id) for run in runs]
        states = {run.id: run.state_type for run in runs}
        if states != seen:
            seen, quiet_since = states, time.monotonic()
        if all(run.state and run.state.is_final() for run in runs):
            return runs
        if time.monotonic() - quiet_since > patience_seconds:
            for run in runs:
                if run.state and (run.state.is_scheduled() or run.state.is_pending()):
                    await client.set_flow_run_state(run.id, Cancelled(message="nobody took it"))
            return runs
        await asyncio.sleep(_LOOK_SECONDS)
