"""A flow run from the command line."""

from typing import Any

import pytest
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import MissingResult
from prefect.states import Completed

from deployments import engine


class Flow:
    """Runs that come to these states, one after the other."""

    def __init__(self, *states: State[Any]) -> None:
        self.states = list(states)

    async def __call__(self, cycle_id: str, *, return_state: bool) -> State[Any]:
        assert (cycle_id, return_state) == ("kbo-test", True)
        return self.states.pop(0)


def known_only() -> State[Any]:
    """What a server says that was told the same end twice: that it knows."""
    return State(type=StateType.COMPLETED, name="Reminded")


def test_a_run_whose_result_was_lost_on_the_way_is_run_again() -> None:
    """Once: whoever loses it twice is told."""
    flow = Flow(known_only(), Completed(data={"reminded": 2}))
    assert engine.run(flow, "kbo-test", tagged=["kbo-test"]) == {"reminded": 2}
    assert flow.states == []
    with pytest.raises(MissingResult):
        engine.run(Flow(known_only(), known_only()), "kbo-test", tagged=[])
