"""A district's desk: all that one district sees of its piece of work, and whom it may pick and why not the others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from kbo_core.domain.areas import District, Province, districts, provinces
from kbo_core.domain.assignments import Move, State, is_allowed
from kbo_core.domain.deadlines import Timeliness
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.thai_dates import bangkok_day, short_instant
from kbo_core.domain.thai_text import name_key
from kbo_core.office.definitions import definition_of
from kbo_core.office.intake import Receipt, receipt_of
from kbo_core.office.office import Office
from kbo_core.office.requests import ExtensionRequest, extension_requests
from kbo_core.office.returning import Version, versions
from kbo_core.store.database import Connection, Database, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    decided_producers,
    get_assignment,
    get_cycle,
    linked_identities,
    overrides,
    picks,
)


@dataclass(frozen=True)
class Choice:
    """A group of the district. ``bar_th`` says why it may not be picked; empty when it may."""

    producer_id: str
    name: str
    products: tuple[str, ...]
    stars: str
    bar_th: str
    clauses: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        return not self.bar_th

    def answers_to(self, words: str) -> bool:
        """Is the group meant by what somebody searches for: a part of its id, name or products?"""
        wanted = name_key(words)
        return any(wanted in name_key(text) for text in (self.producer_id, self.name, *self.products))


@dataclass(frozen=True)
class Desk:
    """One district's work at an instant. ``choices`` may be picked, ``barred`` may not; both by name."""

    cycle: Cycle
    definition: CycleDefinition
    assignment: Assignment
    at: datetime
    choices: tuple[Choice, ...]
    barred: tuple[Choice, ...]
    chosen: tuple[str, ...]
    names: Mapping[str, str]
    versions: tuple[Version, ...]
    receipt: Receipt | None
    requests: tuple[ExtensionRequest, ...]

    @property
    def district(self) -> District:
        return districts()[self.assignment.district_code]

    @property
    def province(self) -> Province:
        return provinces()[self.cycle.province_code]

    @property
    def form_code(self) -> str:
        """The code of the newest packet: an answer from the desk is one to that."""
        return f"KBO-3/{self.cycle.cycle_id}/{self.assignment.district_code}/{self.assignment.packet_revision}"

    @property
    def days_left(self) -> int:
        return (bangkok_day(self.assignment.due_at) - bangkok_day(self.at)).days

    @property
    def is_locked(self) -> bool:
        return self.assignment.is_locked(self.at) or self.cycle.state != "open"

    @property
    def is_asked(self) -> bool:
        return self.assignment.state is not State.NOT_ASKED and self.assignment.packet_revision > 0

    @property
    def may_answer(self) -> bool:
        """Is an answer, or another one, taken now?"""
        return self.is_asked and not self.is_locked

    @property
    def owes(self) -> bool:
        return self.assignment.state.owes

    @property
    def is_overdue(self) -> bool:
        return self.owes and self.assignment.limits.is_late(self.at)

    @property
    def timeliness(self) -> Timeliness | None:
        """How the answer in force stands to its deadline."""
        submitted = self.assignment.submitted_at if self.assignment.state.answered else None
        return self.assignment.limits.timeliness(submitted) if submitted else None

    @property
    def time_left_th(self) -> str:
        if self.is_locked:
            return "ปิดรับแล้ว"
        if not self.owes:
            lock_at = self.assignment.lock_at
            return f"แก้ไขได้{f'ถึง {short_instant(lock_at)}' if lock_at else 'จนกว่าจังหวัดจะรวมเล่ม'}"
        if self.is_overdue:
            return f"เลยกำหนดแล้ว {-self.days_left} วัน" if self.days_left < 0 else "เลยกำหนดแล้วในวันนี้"
        return f"เหลือเวลา {self.days_left} วัน" if self.days_left else "ครบกำหนดวันนี้"

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why groups of the district may not be picked, and how many each reason keeps out."""
        return tuple(sorted(Counter(choice.bar_th for choice in self.barred).items()))

    @property
    def may_be_nil(self) -> bool:
        """Is there nobody to pick?"""
        return bool(self.assignment.quota) and not self.choices

    def name_of(self, producer_id: str) -> str:
        return self.names.get(producer_id, producer_id)


def desk_of(office: Office, cycle_id: str, district_code: str, at: datetime) -> Desk:
    """A district's desk. Raises RefusedError for a cycle or a district that is not asked."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
    # Not inside another look: a crowd in which each holds one connection and wants a second would wait for itself.
    register = _register(office.database, cycle_id, cycle.revision, cycle.decided_at)
    with office.database.read() as connection:
        assignment = get_assignment(connection, cycle_id, district_code)
        definition = definition_of(connection, cycle)
        here = [p for p in register if p.district_code == district_code]
        chosen = picks(connection, cycle_id)
        choices, barred = _choices(connection, cycle, assignment, here)
        receipt = receipt_of(connection, cycle_id, district_code, assignment.version) if assignment.version else None
        requests = tuple(extension_requests(connection, cycle_id, district_code))
        names = {p.producer_id: p.producer_name for p in register if p.district_code == district_code}
    return Desk(
        cycle=cycle,
        definition=definition,
        assignment=assignment,
        at=at,
        choices=choices,
        barred=barred,
        chosen=tuple(p.producer_id for p in chosen if p.district_code == district_code),
        names=names,
        versions=tuple(versions(office, cycle_id, district_code)),
        receipt=receipt,
        requests=requests,
    )


@lru_cache(maxsize=80)  # a nation's cycles; what a revision decided never changes
def _register(database: Database, cycle_id: str, revision: int, _decided_at: datetime) -> tuple[DecidedProducer, ...]:
    """Everybody in the province, as decided."""
    with database.read() as connection:
        cycle = replace(get_cycle(connection, cycle_id), revision=revision)
        return tuple(decided_producers(connection, cycle))


def _choices(
    connection: Connection, cycle: Cycle, assignment: Assignment, here: Sequence[DecidedProducer]
) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    granted = overrides(connection, cycle.cycle_id)
    linked = linked_identities(connection, cycle.cycle_id)
    taken = {
        linked.get(p.producer_id, p.producer_id): districts()[p.district_code].title_th
        for p in picks(connection, cycle.cycle_id)
        if p.district_code != assignment.district_code
    }
    free: list[Choice] = []
    barred: list[Choice] = []
    for p in here:
        bar = ""
        if p.verdict != "eligible" and p.producer_id not in granted:
            bar = p.reason_th if p.verdict == "ineligible" else f"รอจังหวัดชี้ขาด: {p.reason_th}"
        elif p.producer_id not in assignment.candidates:
            bar = "ยังไม่อยู่ในบัญชีที่จังหวัดส่งให้ รอเอกสารชุดใหม่"
        elif whose := taken.get(linked.get(p.producer_id, p.producer_id)):
            bar = f"{whose}เลือกไปแล้ว"
        failed = tuple(code for code, value in p.clauses.items() if value == "fail")
        choice = Choice(p.producer_id, p.producer_name, p.products, p.stars, bar, failed)
        (barred if bar else free).append(choice)
    return tuple(free), tuple(barred)


def open_packet(office: Office, cycle_id: str, district_code: str, at: datetime) -> bool:
    """Write down that a district has looked at what it was sent; True the first time."""
    with office.database.read() as connection:
        if not is_allowed(get_assignment(connection, cycle_id, district_code).state, Move.OPEN):
            return False
    with office.database.write() as connection:
        hold(connection, cycle_id)
        if not is_allowed(get_assignment(connection, cycle_id, district_code).state, Move.OPEN):
            return False
        by = f"district {district_code}"
        append(connection, cycle_id, "packet-opened", {"district": district_code}, at=at, by=by)
        return True


def district_papers(office: Office, cycle_id: str, district_code: str) -> dict[str, bytes]:
    """The newest letter and form that a district was sent, by file name; none before there is a packet."""
    with office.database.read() as connection:
        assignment = get_assignment(connection, cycle_id, district_code)
        name = f"{cycle_id}-{district_code}-{assignment.packet_revision:02}"
        papers = {
            f"หนังสือนำส่ง-{name}.pdf": assignment.letter_sha256,
            f"แบบรายงาน-{name}.xlsx": assignment.form_sha256,
        }
        return {file: load_blob(connection, digest) for file, digest in papers.items() if digest}
