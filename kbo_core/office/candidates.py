"""Whom a district may pick: the eligible, and those for whom a lawful exception was made."""

from kbo_core.store.database import Connection
from kbo_core.store.reading import Cycle, DecidedProducer, decided_producers, overrides


def candidates_of(connection: Connection, cycle: Cycle, district_code: str) -> list[tuple[DecidedProducer, int]]:
    """A district's candidates with the tier that each may be picked under, by name."""
    granted = overrides(connection, cycle.cycle_id)
    found = []
    for producer in decided_producers(connection, cycle):
        if producer.district_code == district_code:
            if producer.verdict == "eligible":
                found.append((producer, int(producer.tier)))
            elif producer.producer_id in granted:
                found.append((producer, granted[producer.producer_id].tier))
    return found


def eligible_by_district(connection: Connection, cycle: Cycle) -> dict[str, list[str]]:
    """The ids of every district's candidates, as decided now."""
    granted = overrides(connection, cycle.cycle_id)
    eligible: dict[str, list[str]] = {}
    for producer in decided_producers(connection, cycle):
        if producer.verdict == "eligible" or producer.producer_id in granted:
            eligible.setdefault(producer.district_code, []).append(producer.producer_id)
    return eligible
