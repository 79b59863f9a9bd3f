"""When trying again can help."""

from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from kbo_core.domain.findings import KboError


def unless_told_no(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """A database or a network may recover; what the programme itself refuses, it refuses again."""
    # What the task raised; state.result() of an asynchronous task would have to be awaited.
    return not isinstance(getattr(state.data, "result", state.data), KboError)


# A task that touches the outside, and holds rows that are nobody's business: nothing of it is kept.
TRIED_AGAIN: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "retries": 2,
    "retry_delay_seconds": [2, 10],
    "retry_jitter_factor": 0.5,
    "retry_condition_fn": unless_told_no,
}
