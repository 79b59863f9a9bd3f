"""What the store tells: frozen values, never rows or connections."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from kbo_core.domain.approvals import ApprovalStep, Subject
from kbo_core.domain.assignments import State
from kbo_core.domain.deadlines import Limits
from kbo_core.domain.delivery import REST, Outcome, Recipient
from kbo_core.domain.findings import refused
from kbo_core.store import schema


@dataclass(frozen=True)
class Cycle:
    """A cycle as it stands. ``inputs`` and ``outputs`` map file names to sha256; ``snapshot`` is an id."""

    cycle_id: str
    province_code: str
    definition_sha256: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    opened_at: datetime
    due_at: datetime
    grace_until: datetime | None
    lock_at: datetime | None
    state: str
    revision: int
    decided_at: datetime
    snapshot: str | None

    @property
    def limits(self) -> Limits:
        return Limits(self.due_at, self.grace_until, self.lock_at)


@dataclass(frozen=True)
class Repair:
    """Why an answer must be given again: the picks that fell out, each with the reason; ``packet`` is the revision of
    the packet that asks for it."""

    packet: int
    fallen: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Assignment:
    """One district's work as it stands."""

    cycle_id: str
    district_code: str
    place: int
    quota: int
    state: State
    due_at: datetime
    grace_until: datetime | None
    lock_at: datetime | None
    locked_at: datetime | None
    extension: int
    asked_at: datetime | None
    packet_revision: int
    packet_quota: int | None
    candidates: tuple[str, ...]
    letter_sha256: str | None
    form_sha256: str | None
    dispatched_at: datetime | None
    version: int
    submission_sha256: str | None
    submitted_at: datetime | None
    is_late: bool
    shortfall_reason: str
    repair: Repair | None
    comments: str | None

    @property
    def limits(self) -> Limits:
        return Limits(self.due_at, self.grace_until, self.lock_at)

    def is_locked(self, at: datetime) -> bool:
        """Is nothing more taken from the district at an instant: a turn found it so, or its lock has passed?"""
        return self.locked_at is not None or self.limits.is_locked(at)

    @property
    def quota_told(self) -> int:
        """How many places the last packet gave it; packets of earlier versions did not write it down."""
        return self.quota if self.packet_quota is None else self.packet_quota


@dataclass(frozen=True)
class Submission:
    """One version of a district's answer; ``picks`` maps producer ids to tiers, in the form's order."""

    cycle_id: str
    district_code: str
    version: int
    sha256: str
    received_at: datetime
    is_nil: bool
    picks: Mapping[str, int]
    shortfall_reason: str
    via: str
    state: str


@dataclass(frozen=True)
class Override:
    """A person's lawful exception for one producer: from which clauses, under which tier, by whose two hands."""

    cycle_id: str
    producer_id: str
    clauses: tuple[str, ...]
    tier: int
    granted_at: datetime
    by: str
    approver: str
    reason: str


@dataclass(frozen=True)
class Reallocation:
    """Places that one district gives another, once both consent and the province approves."""

    cycle_id: str
    number: int
    giver: str
    taker: str
    places: int
    proposed_at: datetime
    by: str
    reason: str
    giver_consent: str | None
    taker_consent: str | None
    state: str


@dataclass(frozen=True)
class Approval:
    """One signature. ``number`` is the report's version, 1 for the dispatch."""

    cycle_id: str
    subject: Subject
    number: int
    step: ApprovalStep
    signed_at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class DecidedProducer:
    """One producer with the decision in force."""

    producer_id: str
    producer_name: str
    district_code: str
    products: tuple[str, ...]
    stars: str
    source: str
    row: int
    clauses: Mapping[str, str]
    tier: str
    verdict: str
    reason_th: str


@dataclass(frozen=True)
class Message:
    """One line of the ledger."""

    cycle_id: str
    district_code: str
    kind: str
    step: str
    channel: str
    state: str
    planned_at: datetime
    sent_at: datetime | None
    subject: str
    sha256: str | None
    explanation: str
    attempts: int
    envelope: str | None
    recipients: tuple[Recipient, ...]
    retry_at: datetime | None
    unreachable_at: datetime | None
    delivery: str | None
    delivery_at: datetime | None

    @property
    def is_mail(self) -> bool:
        return self.channel in ("smtp", "folder")

    @property
    def facts(self) -> dict[str, str]:
        """The key of the line, as events name it."""
        return {"district": self.district_code, "kind": self.kind, "step": self.step, "channel": self.channel}

    def is_due(self, at: datetime) -> bool:
        """Is somebody still to be reached, and now?"""
        if self.state == "planned":
            return self.retry_at is None or self.retry_at <= at
        return self.retry_at is not None and self.retry_at <= at


@dataclass(frozen=True)
class Pick:
    """One group that a district chose."""

    producer_id: str
    district_code: str
    place: int
    tier: int


@dataclass(frozen=True)
class IssuedReport:
    """A report that went out; ``files`` maps names to sha256."""

    version: int
    made_at: datetime
    content_sha256: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class MatchAnswer:
    """A question about names and what was answered last; ``subject`` is a name's key or another producer's id."""

    province_code: str
    finding: str
    subject: str
    producer_id: str
    name: str
    producer_name: str
    place: str
    answer: str
    at: datetime
    by: str
    reason: str


def match_answers(connection: Connection, province_code: str) -> list[MatchAnswer]:
    """What is remembered about the names of a province."""
    table = schema.match_answer
    rows = connection.execute(select(table).where(table.c.province_code == province_code))
    return sorted((MatchAnswer(**row._mapping) for row in rows), key=lambda a: (a.finding, a.subject, a.producer_id))


def log_ids(connection: Connection) -> list[str]:
    """Every log there is: the cycles' and the provinces' own."""
    return sorted(connection.execute(select(schema.chain.c.cycle_id)).scalars())


def linked_identities(connection: Connection, cycle_id: str) -> dict[str, str]:
    """The producers that are one with another: id → the id that stands for them all."""
    table = schema.linked_identity
    rows = connection.execute(select(table).where(table.c.cycle_id == cycle_id))
    return {row.producer_id: row.identity for row in rows}


def cycle_ids(connection: Connection) -> list[str]:
    """Every cycle, in order of their names."""
    return list(connection.execute(select(schema.cycle.c.cycle_id).order_by(schema.cycle.c.cycle_id)).scalars())


def find_cycle(connection: Connection, cycle_id: str) -> Cycle | None:
    """The cycle of that name, if there is one."""
    row = connection.execute(select(schema.cycle).where(schema.cycle.c.cycle_id == cycle_id)).first()
    if row is None:
        return None
    values = dict(row._mapping)
    return Cycle(**{**values, "inputs": json.loads(row.inputs), "outputs": json.loads(row.outputs)})


def get_cycle(connection: Connection, cycle_id: str) -> Cycle:
    """The cycle of that name. Raises RefusedError when there is none."""
    found = find_cycle(connection, cycle_id)
    if found is None:
        known = ", ".join(cycle_ids(connection)) or "-"
        raise refused(
            "cycle-unknown",
            cycle_id,
            f"ไม่มีรอบชื่อ {cycle_id} ในระบบ รอบที่มี: {known}",
            f"no such cycle; there are: {known}",
        )
    return found


def assignments(connection: Connection, cycle_id: str) -> list[Assignment]:
    """The districts' work, in the circular's order."""
    table = schema.assignment
    rows = connection.execute(select(table).where(table.c.cycle_id == cycle_id).order_by(table.c.place))
    return [_assignment(row) for row in rows]


def _assignment(row: Row[Any]) -> Assignment:
    told = {
        "state": State(row.state),
        "candidates": tuple(json.loads(row.candidates)),
        "repair": _repair(row.repair),
    }
    return Assignment(**{**row._mapping, **told})


def _repair(written: str | None) -> Repair | None:
    if written is None:
        return None
    told = json.loads(written)
    return Repair(told["packet"], tuple((producer_id, why) for producer_id, why in told["fallen"]))


def get_assignment(connection: Connection, cycle_id: str, district_code: str) -> Assignment:
    """One district's work. Raises RefusedError when the cycle does not ask that district."""
    table = schema.assignment
    mine = (table.c.cycle_id == cycle_id) & (table.c.district_code == district_code)
    if row := connection.execute(select(table).where(mine)).first():
        return _assignment(row)
    get_cycle(connection, cycle_id)
    raise refused(
        "district-unknown",
        district_code,
        f"รอบ {cycle_id} ไม่มีอำเภอรหัส {district_code} ใช้รหัสอำเภอสี่หลักตามตารางจัดสรร",
        f"cycle {cycle_id} has no district {district_code}",
    )


def decided_producers(connection: Connection, cycle: Cycle) -> list[DecidedProducer]:
    """Every producer with the decision in force, by district code, then name."""
    p, d = schema.producer, schema.decision
    rows = connection.execute(
        select(p, d)
        .join(d, (d.c.cycle_id == p.c.cycle_id) & (d.c.producer_id == p.c.producer_id))
        .where(p.c.cycle_id == cycle.cycle_id, d.c.revision == cycle.revision)
    )
    found = [
        DecidedProducer(
            producer_id=row.producer_id,
            producer_name=row.producer_name,
            district_code=row.district_code,
            products=tuple(json.loads(row.products)),
            stars=row.stars,
            source=row.source,
            row=row.row,
            clauses={code: row._mapping[f"clause_{code}"] for code in ("1a", "1b", "2", "3", "4")},
            tier=row.tier,
            verdict=row.verdict,
            reason_th=row.reason_th,
        )
        for row in rows
    ]
    # Sorted here: databases order Thai each in their own way.
    return sorted(found, key=lambda r: (r.district_code, r.producer_name, r.producer_id))


def messages(connection: Connection, cycle_id: str, **where: Any) -> list[Message]:
    """The ledger in the order of planning; ``where`` narrows it by column."""
    table = schema.message
    query = select(table).where(
        table.c.cycle_id == cycle_id, *[table.c[name] == value for name, value in where.items()]
    )
    found = [
        Message(**{**row._mapping, "recipients": tuple(_recipient(r) for r in json.loads(row.recipients))})
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda m: (m.planned_at, m.district_code, m.kind, m.step, m.channel))


def _recipient(written: Mapping[str, Any]) -> Recipient:
    return Recipient(Outcome(written["outcome"]), written["words"], written.get("delivery"))


def due_messages(connection: Connection, cycle_id: str, at: datetime, **where: Any) -> list[Message]:
    """What a turn has to send at an instant, those tried least first; ``where`` narrows it by column."""
    found = [message for message in messages(connection, cycle_id, **where) if message.is_due(at)]
    return sorted(found, key=lambda m: m.attempts)


def is_out_of_reach(connection: Connection, channel: str, at: datetime) -> bool:
    """Was a channel's server found out of reach so shortly before that trying again now is pointless?"""
    table = schema.message
    told = select(table.c.cycle_id).where(
        table.c.channel == channel, table.c.unreachable_at > at - REST, table.c.unreachable_at <= at
    )
    return connection.execute(told.limit(1)).first() is not None


def picks(connection: Connection, cycle_id: str) -> list[Pick]:
    """What the districts chose, by district, in the order of their forms."""
    table = schema.pick
    query = select(table.c.producer_id, table.c.district_code, table.c.place, table.c.tier)
    rows = connection.execute(query.where(table.c.cycle_id == cycle_id))
    return sorted((Pick(**row._mapping) for row in rows), key=lambda p: (p.district_code, p.place))


def submissions(connection: Connection, cycle_id: str, district_code: str | None = None) -> list[Submission]:
    """The versions of the districts' answers, of one district if told, in order."""
    table = schema.submission
    query = select(table).where(table.c.cycle_id == cycle_id)
    if district_code is not None:
        query = query.where(table.c.district_code == district_code)
    rows = connection.execute(query.order_by(table.c.district_code, table.c.version))
    return [Submission(**{**row._mapping, "picks": dict(json.loads(row.picks))}) for row in rows]


def overrides(connection: Connection, cycle_id: str) -> dict[str, Override]:
    """The exceptions in force, by producer."""
    table = schema.override
    rows = connection.execute(select(table).where(table.c.cycle_id == cycle_id).order_by(table.c.producer_id))
    return {r.producer_id: Override(**{**r._mapping, "clauses": tuple(json.loads(r.clauses))}) for r in rows}


def reallocations(connection: Connection, cycle_id: str) -> list[Reallocation]:
    """The proposals to move places, in order."""
    table = schema.reallocation
    rows = connection.execute(select(table).where(table.c.cycle_id == cycle_id).order_by(table.c.number))
    return [Reallocation(**row._mapping) for row in rows]


def approvals(connection: Connection, cycle_id: str) -> list[Approval]:
    """The signatures, in the order in which they were given."""
    table = schema.approval
    found = [
        Approval(**{**row._mapping, "subject": Subject(row.subject), "step": ApprovalStep(row.step)})
        for row in connection.execute(select(table).where(table.c.cycle_id == cycle_id))
    ]
    order = list(ApprovalStep)
    return sorted(found, key=lambda a: (a.subject, a.number, order.index(a.step)))


def reports(connection: Connection, cycle_id: str) -> list[IssuedReport]:
    """The reports of a cycle, first version first."""
    table = schema.report
    rows = connection.execute(select(table).where(table.c.cycle_id == cycle_id).order_by(table.c.version))
    return [IssuedReport(row.version, row.made_at, row.content_sha256, json.loads(row.files)) for row in rows]


def redactions(connection: Connection, cycle_id: str) -> set[str]:
    """What was emptied of a cycle's kept bytes, by hash."""
    table = schema.redaction
    return set(connection.execute(select(table.c.sha256).where(table.c.cycle_id == cycle_id)).scalars())
