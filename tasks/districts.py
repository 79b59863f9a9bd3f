"""Which districts a cycle asks."""

from kbo_core.office.following import districts_asked as asked
from tasks.surroundings import office


def districts_asked(cycle_id: str) -> list[str]:
    """The districts with places, in the circular's order."""
    return asked(office(), cycle_id)
