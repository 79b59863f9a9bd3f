"""When trying again can help."""

from typing import Any

from prefect.client.schemas.objects import State, TaskRun

from kbo_core.domain.findings import KboError


def unless_told_no(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """A database or a network may recover; what the programme itself refuses, it refuses again."""
    # What the task raised; state.result() of an asynchronous task would have to be awaited.
    return not isinstance(getattr(state.data, "result", state.data), KboError)
