"""Signatures under what goes out: each by name and day, in the letter's own order. Software drafts, a person signs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.approvals import ApprovalStep, Subject, next_step
from kbo_core.domain.findings import blocked
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.store.database import Connection
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Approval, Cycle, approvals, get_cycle, reports


@dataclass(frozen=True)
class Signing:
    """One thing to be signed: its chain, the signatures it has, whose is next. ``number`` is the report's version."""

    subject: Subject
    number: int
    chain: tuple[ApprovalStep, ...]
    given: tuple[Approval, ...]

    @property
    def next_step(self) -> ApprovalStep | None:
        return next_step(self.chain, [a.step for a in self.given])

    @property
    def is_complete(self) -> bool:
        return self.next_step is None


def signings(connection: Connection, cycle: Cycle) -> list[Signing]:
    """What is to be signed in a cycle: the dispatch where its chain is not empty, and the newest report, but not while
    the cycle is reopened and another may take its place."""
    chains = definition_of(connection, cycle).approvals
    given = approvals(connection, cycle.cycle_id)
    found = [_signing(Subject.DISPATCH, 1, chains.dispatch, given)] if chains.dispatch else []
    if cycle.state == "closed" and chains.report:
        issued = reports(connection, cycle.cycle_id)
        found.append(_signing(Subject.REPORT, issued[-1].version, chains.report, given))
    return found


def unsigned(office: Office, cycle_id: str) -> list[str]:
    """What waits for whose signature, in Thai."""
    with office.database.read() as connection:
        waiting = [s for s in signings(connection, get_cycle(connection, cycle_id)) if s.next_step]
    return [f"{s.subject.th} (รอ{s.next_step.th})" for s in waiting if s.next_step]


def awaits_dispatch(connection: Connection, cycle: Cycle) -> bool:
    """Must the packets still wait for a signature?"""
    return any(s.subject is Subject.DISPATCH and not s.is_complete for s in signings(connection, cycle))


def approve(office: Office, cycle_id: str, step: ApprovalStep, *, at: datetime, by: str, reason: str) -> Signing:
    """Sign what waits for a signature: the dispatch before anything went out, else the newest report.

    Raises BlockedError when nothing waits, or another signature comes first.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        waiting = next((s for s in signings(connection, cycle) if not s.is_complete), None)
        if waiting is None:
            raise blocked(
                "approval-needless",
                cycle_id,
                "ไม่มีเอกสารที่รอลงนามในรอบนี้",
                "nothing waits for a signature in this cycle",
            )
        if step is not waiting.next_step:
            first = waiting.next_step
            assert first is not None  # noqa: S101 - it is not complete
            raise blocked(
                "approval-order",
                step.value,
                f"{waiting.subject.th}ต้องลงนามโดย{first.th}ก่อน ({first.value})",
                f"the {waiting.subject} is to be signed by {first.value} first",
            )
        signature = {
            "subject": waiting.subject.value,
            "number": waiting.number,
            "step": step.value,
            "by": by,
            "reason": reason,
        }
        append(connection, cycle_id, "approval-given", signature, at=at, by=by, reason=reason)
        return next(s for s in signings(connection, cycle) if s.subject is waiting.subject)


def _signing(subject: Subject, number: int, chain: tuple[ApprovalStep, ...], given: Sequence[Approval]) -> Signing:
    own = tuple(a for a in given if a.subject is subject and a.number == number)
    return Signing(subject, number, chain, own)
