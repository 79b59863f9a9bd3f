"""A round to be looked at: a definition screened afresh, or an opened cycle on its frozen inputs; read only."""

from dataclasses import dataclass, replace
from pathlib import Path

from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.explanations import Explanations
from kbo_core.domain.findings import blocked
from kbo_core.office.definitions import definition_of, read_definition
from kbo_core.office.loads import screen_here
from kbo_core.office.office import Office, open_office
from kbo_core.office.screening import Screening
from kbo_core.office.settling import frozen_screening
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import DecidedProducer, Pick, decided_producers, get_cycle, picks

_JUDGED = (*(f"clause_{code}" for code in CLAUSES), "tier", "verdict")


@dataclass(frozen=True)
class Round:
    """A screening and, of an opened cycle, what the districts chose; ``picks`` is None for a definition."""

    name: str
    screening: Screening
    picks: tuple[Pick, ...] | None

    @property
    def explained(self) -> Explanations:
        """The decisions, ready to be explained."""
        screening = self.screening
        return Explanations(screening.ingested.register, screening.file.definition, screening.decided)


def round_of(name: str, home: Path, validate: Validate) -> Round:
    """The round that a definition file or an opened cycle's id names, with what a home knows.

    Raises RefusedError for neither, BlockedError when the frozen inputs would now be decided otherwise than the
    decision in force.
    """
    if is_definition(name):
        return Round(name, screen_here(home, read_definition(Path(name)), validate), None)
    return opened_round(open_office(home), name, validate)


def is_definition(name: str) -> bool:
    """Does this name a definition file rather than an opened cycle?"""
    return Path(name).suffix.lower() in (".yaml", ".yml") or Path(name).is_file()


def opened_round(office: Office, cycle_id: str, validate: Validate) -> Round:
    """An opened cycle, decided again on its frozen inputs, with the reasons as they were given."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        again = frozen_screening(office, connection, cycle, definition_of(connection, cycle), validate)
        in_force = {p.producer_id: p for p in decided_producers(connection, cycle)}
        chosen = picks(connection, cycle_id)
    return Round(cycle_id, _as_in_force(cycle_id, again, in_force), tuple(chosen))


def _as_in_force(cycle_id: str, again: Screening, in_force: dict[str, DecidedProducer]) -> Screening:
    decisions = again.decided.decisions
    found = dict(
        zip(decisions["producer_id"], decisions[list(_JUDGED)].itertuples(index=False, name=None), strict=True)
    )
    told = {i: (*(p.clauses[code] for code in CLAUSES), p.tier, p.verdict) for i, p in in_force.items()}
    if differing := sorted(i for i in found.keys() | told.keys() if found.get(i) != told.get(i)):
        names = ", ".join(differing[:10])
        raise blocked(
            "decision-differs",
            cycle_id,
            f"ตัดสินใหม่จากทะเบียนที่ตรึงไว้แล้วได้ผลไม่ตรงกับคำตัดสินที่ใช้อยู่ {len(differing)} ราย ({names}) ตรวจด้วย kbo doctor",
            f"decided anew on the frozen inputs, {len(differing)} producers come out otherwise than in force: {names}",
        )
    reasons = [in_force[producer_id].reason_th for producer_id in decisions["producer_id"]]
    decided = replace(again.decided, decisions=decisions.assign(reason_th=reasons))
    return replace(again, decided=decided)
