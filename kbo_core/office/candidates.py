"""Whom a district may pick: who is eligible, or whom a lawful exception was made that still covers it."""

import json
from collections.abc import Sequence

from kbo_core.domain.exemptions import is_covered, is_fallback_open
from kbo_core.office.definitions import definition_of
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.reading import Cycle, DecidedProducer, Override, decided_producers, overrides


def candidates_of(
    connection: Connection, cycle: Cycle, district_code: str, register: Sequence[DecidedProducer] | None = None
) -> list[tuple[DecidedProducer, int]]:
    """A district's candidates with the tier that each may be picked under, by name; ``register`` spares reading the
    decided producers again."""
    exempted = exemptions(connection, cycle)
    found = []
    for producer in decided_producers(connection, cycle) if register is None else register:
        if producer.district_code == district_code:
            if producer.verdict == "eligible":
                found.append((producer, int(producer.tier)))
            elif producer.producer_id in exempted:
                found.append((producer, exempted[producer.producer_id].tier))
    return found


def eligible_by_district(connection: Connection, cycle: Cycle) -> dict[str, list[str]]:
    """The ids of every district's candidates, as decided now."""
    exempted = exemptions(connection, cycle)
    eligible: dict[str, list[str]] = {}
    for producer in decided_producers(connection, cycle):
        if producer.verdict == "eligible" or producer.producer_id in exempted:
            eligible.setdefault(producer.district_code, []).append(producer.producer_id)
    return eligible


def exemptions(connection: Connection, cycle: Cycle) -> dict[str, Override]:
    """The exceptions that hold, by producer: those that name every clause which now keeps the producer out."""
    granted = overrides(connection, cycle.cycle_id)
    if not granted:
        return {}
    rules = definition_of(connection, cycle).rules
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    return {
        p.producer_id: granted[p.producer_id]
        for p in decided_producers(connection, cycle)
        if p.producer_id in granted
        and is_covered(
            p.clauses,
            granted[p.producer_id].clauses,
            granted[p.producer_id].tier,
            rules,
            is_open=is_fallback_open(shortage, p.district_code),
        )
    }
