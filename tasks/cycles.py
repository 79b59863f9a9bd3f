"""Which cycles are open, and which districts a cycle asks."""

from kbo_core.office import following
from kbo_core.office.approving import awaits_dispatch
from kbo_core.office.overview import known_cycles
from kbo_core.store.reading import get_cycle
from tasks.closing import still_awaited
from tasks.surroundings import instant, office


def districts_asked(cycle_id: str) -> list[str]:
    """The districts with places, in the circular's order."""
    return following.districts_asked(office(), cycle_id)


def waiting_state(cycle_id: str) -> str:
    """What an opened cycle waits for: signatures under its packets, or answers."""
    with office().database.read() as connection:
        unsigned = awaits_dispatch(connection, get_cycle(connection, cycle_id))
    return "AwaitingApproval" if unsigned else "AwaitingSubmissions"


def cycles_to_close(now: str | None) -> list[str]:
    """The open cycles for which nothing is waited for any more."""
    return [cycle_id for cycle_id in open_cycles(now) if not still_awaited(cycle_id, now)]


def open_cycles(now: str | None) -> list[str]:
    """The cycles that wait for answers, by name."""
    return [seen.cycle_id for seen in known_cycles(office(), instant(now)) if seen.state == "open"]
