"""A whole rehearsal: the cycle is opened, acts and turns follow in the order of time, everything is examined."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from deployments.rehearsal.acts import Act, Script
from deployments.rehearsal.chance import opening_of
from deployments.rehearsal.desks import FILING
from deployments.rehearsal.stage import Outcome, Stage
from kbo_core.domain.areas import District
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.findings import Finding
from kbo_core.domain.thai_dates import bangkok_day, bangkok_instant
from kbo_core.office.board import board
from kbo_core.office.results import sha256
from kbo_core.office.screening import Screening
from kbo_core.registry.quality import Validate
from kbo_core.store.log import events
from kbo_core.store.reading import get_cycle, messages, reports

_WEEK = timedelta(days=7)
_DAILY_BEFORE = timedelta(days=15)
_AFTER_THE_PLAN = timedelta(minutes=5)
OnTo = Callable[[int, int, datetime], None]


@dataclass(frozen=True)
class Line:
    """One district: what it did and how it ended."""

    district: District
    did: tuple[Outcome, ...]
    ended_th: str
    picked: int
    quota: int

    @property
    def did_th(self) -> str:
        told = (f"{outcome.act.act.th}{_CAME_TH[outcome.came]}" for outcome in self.did)
        return ", ".join(told) or "ไม่ส่งอะไร"


_CAME_TH = {"done": "", "refused": " (ไม่รับ)", "nothing": " (ไม่มีให้ทำ)"}


@dataclass(frozen=True)
class Rehearsal:
    """What came of a rehearsal. ``log`` is the event log as JSON lines; ``findings`` are invariants that broke."""

    cycle_id: str
    lines: tuple[Line, ...]
    outcomes: tuple[Outcome, ...]
    counts: dict[str, int]
    events: dict[str, int]
    looked: dict[str, int]
    findings: tuple[Finding, ...]
    log: bytes

    def as_dict(self) -> dict[str, object]:
        return {
            "cycle": self.cycle_id,
            "log_sha256": sha256(self.log),
            "counts": self.counts,
            "events": self.events,
            "checked": self.looked,
            "findings": [finding.as_row() for finding in self.findings],
            "districts": [
                {
                    "district": line.district.code,
                    "ended_th": line.ended_th,
                    "picked": line.picked,
                    "quota": line.quota,
                    "did": [outcome.as_dict() for outcome in line.did],
                }
                for line in self.lines
            ],
            "acts": [outcome.as_dict() for outcome in self.outcomes],
        }


def rehearse(
    home: Path,
    database_url: str,
    screening: Screening,
    validate: Validate,
    script: Script,
    on_to: OnTo = lambda _done, _all, _at: None,
    *,
    examine_each_turn: bool = False,
) -> Rehearsal:
    """Play a script to its end in an office of its own.

    Raises RefusedError for a script that names what the cycle does not have, BlockedError when it cannot be opened.
    """
    stage = Stage.set_up(home, database_url, screening, validate)
    try:
        opened_at = script.opened_at or opening_of(screening.file.definition)
        stage.open(opened_at)
        times = list(_times(screening.file.definition, opened_at, script.acts))
        for n, (at, acts) in enumerate(times, start=1):
            for act in acts:
                stage.perform(act)
            stage.turn(at)
            if examine_each_turn:
                stage.examine()
            on_to(n, len(times), at)
        return _told(stage, stage.examine(), max([opened_at, *(at for at, _ in times)]))
    finally:
        stage.office.database.close()


def _times(
    definition: CycleDefinition, opened_at: datetime, acts: Sequence[Act]
) -> Iterator[tuple[datetime, Sequence[Act]]]:
    """When there is a turn: with every act, every week, and every morning from shortly before the deadline on."""
    last = max((act.at for act in acts), default=definition.limits().due_at)
    happening = {at: list(at_once) for at, at_once in groupby(sorted(acts, key=lambda act: act.at), lambda act: act.at)}
    turns = set(happening)
    day = opened_at + _WEEK
    while day <= last:
        turns.add(day)
        day += _WEEK
    morning = max(definition.limits().due_at - _DAILY_BEFORE, opened_at)
    while morning <= last:
        at = bangkok_instant(bangkok_day(morning), definition.reminders.at) + _AFTER_THE_PLAN
        if at > opened_at:
            turns.add(at)
        morning += timedelta(days=1)
    for at in sorted(turns):
        yield at, happening.get(at, ())


def _told(stage: Stage, looked: dict[str, int], at: datetime) -> Rehearsal:
    with stage.office.database.read() as connection:
        log = events(connection, stage.cycle_id)
        ledger = messages(connection, stage.cycle_id)
        issued = reports(connection, stage.cycle_id)
        state = get_cycle(connection, stage.cycle_id).state
    came = Counter(outcome.came for outcome in stage.outcomes)
    counts = {
        "acts": len(stage.outcomes),
        "acts_refused": came["refused"],
        "turns": stage.turns,
        "turns_that_died": stage.deaths,
        "events": len(log),
        "messages": len(ledger),
        "messages_sent": sum(m.state == "sent" for m in ledger),
        "reports": len(issued),
        "is_closed": int(state == "closed"),
    }
    lines = tuple(
        Line(
            district=line.district,
            did=tuple(
                o for o in stage.outcomes if o.act.district == line.district.code and o.act.act in (*FILING, "withdraw")
            ),
            ended_th=line.state_th,
            picked=line.picked,
            quota=line.quota,
        )
        for line in board(stage.office, stage.cycle_id, at)
    )
    return Rehearsal(
        cycle_id=stage.cycle_id,
        lines=lines,
        outcomes=tuple(stage.outcomes),
        counts=counts,
        events=dict(sorted(Counter(entry.kind for entry in log).items())),
        looked=looked,
        findings=tuple(stage.findings),
        log=stage.log_bytes(),
    )
