"""What the papers say: the values that letters, forms and reports are printed from.

No personal data beyond the names of producers, which the public register carries, and the contacts and free words of
the report, which its public kind leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from kbo_core.domain.areas import District, Province


@dataclass(frozen=True)
class CandidateLine:
    """A producer group that the district may pick; ``tier`` is 1, or 2 under the fallback."""

    producer_id: str
    producer_name: str
    tier: int
    products: tuple[str, ...]
    stars: str
    reason_th: str


@dataclass(frozen=True)
class ReasonCount:
    """How many groups of the district one reason bars."""

    reason_th: str
    count: int


@dataclass(frozen=True)
class IneligibleLine:
    """A producer group that the district may not pick, and why."""

    producer_id: str
    producer_name: str
    reason_th: str


@dataclass(frozen=True)
class Packet:
    """Everything that one district is told. ``revision`` counts from 1; a later one replaces the earlier."""

    cycle: str
    revision: int
    programme_year_be: int
    province: Province
    district: District
    circular_number: str
    circular_issued_on: date
    made_on: date
    due_at: datetime
    quota: int
    quotas: Mapping[str, int]
    candidates: tuple[CandidateLine, ...]
    barred: tuple[ReasonCount, ...]
    unknown_count: int
    guideline: tuple[tuple[str, str], ...]
    ineligible: tuple[IneligibleLine, ...] = ()

    @property
    def form_code(self) -> str:
        """Printed on the form and looked for when it comes back."""
        return f"KBO-3/{self.cycle}/{self.district.code}/{self.revision}"


@dataclass(frozen=True)
class Changes:
    """What a district's list lost and won since it was last told: (id, name, why) and (id, name).

    ``quota_before`` is how many places it was told then. ``answered`` is the version of its answer that counts no
    longer, 0 if it has given none; ``fallen_picks`` are the groups for which it does not, of which those in
    ``restored`` may be picked again.
    """

    fallen: tuple[tuple[str, str, str], ...]
    joined: tuple[tuple[str, str], ...]
    answered: int
    fallen_picks: tuple[tuple[str, str, str], ...]
    restored: tuple[tuple[str, str], ...]
    quota_before: int


@dataclass(frozen=True)
class RegisterPlace:
    """Where a producer stands in the register: file, sheet ("" where there is none) and row."""

    file: str
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.file}{f' [{self.sheet}]' if self.sheet else ''}: {self.row}"


@dataclass(frozen=True)
class ReportedName:
    """One group in the consolidated report, traceable to register row, decision and answer.

    ``decision`` is the revision of the decisions, ``answer`` the version of the district's answer. ``override_th`` says
    by which exception it was picked, if by one.
    """

    district_code: str
    producer_id: str
    producer_name: str
    tier: int
    products: tuple[str, ...]
    stars: str
    place: RegisterPlace
    decision: int
    answer: int
    answer_sha256: str
    override_th: str

    @property
    def submission(self) -> str:
        return f"{self.district_code}/{self.answer} {self.answer_sha256[:12]}"


@dataclass(frozen=True)
class DistrictLine:
    """One district in the summary.

    ``quota_opened`` is what the circular gave it, ``quota`` what it has after reallocations. ``timeliness`` is a code
    and its Thai words. ``state_th`` says how it ended, ``note_th`` what the district said of its shortfall,
    ``explained_th`` what the decisions say of it.
    """

    district: District
    quota_opened: int
    quota: int
    picked: int
    candidates: int
    due_at: datetime
    submitted_at: datetime | None
    timeliness: tuple[str, str]
    reminders: int
    state_th: str
    note_th: str
    explained_th: str

    @property
    def is_late(self) -> bool:
        """Did the answer come after the deadline, excused or not?"""
        return self.submitted_at is not None and self.timeliness[0] != "on_time"

    @property
    def short(self) -> int:
        return max(self.quota - self.picked, 0)


@dataclass(frozen=True)
class ShortageLine:
    """The figures that justify the fallback tier, and the certificate that seals them.

    ``seal`` is the certificate's own hash, ``sha256`` that of its file; both "" while the fallback is shut. Each of
    ``districts`` is (code, places, tier 1, tier 2, unknown, short); ``opened`` are those in which the fallback is open.
    """

    scope: str
    is_open: bool
    quota: int
    tier_1: int
    tier_2: int
    unknown: int
    short: int
    districts: tuple[tuple[str, int, int, int, int, int], ...] = ()
    opened: tuple[str, ...] = ()
    seal: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class OverrideLine:
    """A person's lawful exception that is in force; ``is_picked`` when a district used it."""

    district_code: str
    producer_id: str
    producer_name: str
    clauses: tuple[str, ...]
    tier: int
    reason: str
    by: str
    approver: str
    granted_at: datetime
    is_picked: bool


@dataclass(frozen=True)
class ReallocationLine:
    """Places that one district gave another; consents and approval by name."""

    number: int
    giver: str
    taker: str
    places: int
    reason: str
    by: str
    giver_consent: str
    taker_consent: str
    approved_at: datetime
    approver: str


@dataclass(frozen=True)
class AnswerLine:
    """One version of a district's answer."""

    district_code: str
    version: int
    received_at: datetime
    timeliness: tuple[str, str]
    picked: int
    via: str
    state_th: str
    sha256: str


@dataclass(frozen=True)
class ExtensionLine:
    """A later deadline that districts were given, or a reopening; ``letter`` is the number of the letter that asked."""

    at: datetime
    districts: tuple[str, ...]
    until: datetime
    is_reopening: bool
    reason: str
    by: str
    letter: str


@dataclass(frozen=True)
class ReminderLine:
    """A reminder that went out."""

    district_code: str
    kind_th: str
    step: str
    channel: str
    sent_at: datetime


@dataclass(frozen=True)
class SignatureLine:
    """A signature that was given: under what, in which place of the chain."""

    subject_th: str
    number: int
    step_th: str
    by: str
    signed_at: datetime


@dataclass(frozen=True)
class ExceptionLine:
    """What is not one to one, and why it may stand; ``district_code`` is "" for what concerns the whole cycle.

    ``reason`` is in the words of whoever let it stand.
    """

    code: str
    district_code: str
    what_th: str
    reason: str = ""


@dataclass(frozen=True)
class ContactLine:
    """Somebody at a district who can be asked: the one part of the report that is of persons alone."""

    district_code: str
    role_th: str
    name: str
    email: str


@dataclass(frozen=True)
class Span:
    """The cycle's own instants, for the time-line."""

    opened_at: datetime
    due_at: datetime
    grace_until: datetime | None
    lock_at: datetime | None


@dataclass(frozen=True)
class Report:
    """The province's consolidated answer. Districts and names stand in the circular's order; ``changes`` tells what a
    later version says otherwise than the one before, ``reopened`` why there is one."""

    cycle: str
    version: int
    programme_year_be: int
    province: Province
    circular_number: str
    circular_issued_on: date
    due_at: datetime
    made_at: datetime
    names: tuple[ReportedName, ...]
    lines: tuple[DistrictLine, ...]
    shortage: ShortageLine
    settled: tuple[tuple[str, date, str], ...]
    snapshot_sha256: str
    definition_sha256: str
    log_head: str
    span: Span
    changes: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    overrides: tuple[OverrideLine, ...] = ()
    reallocations: tuple[ReallocationLine, ...] = ()
    answers: tuple[AnswerLine, ...] = ()
    extensions: tuple[ExtensionLine, ...] = ()
    reminders: tuple[ReminderLine, ...] = ()
    signatures: tuple[SignatureLine, ...] = ()
    exceptions: tuple[ExceptionLine, ...] = ()
    contacts: tuple[ContactLine, ...] = ()


class Audience(StrEnum):
    """Whom a report is for. The public one says nothing of persons: no names of theirs, no words of theirs."""

    INTERNAL = "internal"
    PUBLIC = "public"

    @property
    def prefix(self) -> str:
        """What the names of its files begin with."""
        return "public-" if self is Audience.PUBLIC else ""


@dataclass(frozen=True)
class OverdueDistrict:
    """A district that has not reported; days are counted to the day the letter is drafted."""

    district: District
    quota: int
    due_at: datetime
    days_overdue: int
    reminders: int


@dataclass(frozen=True)
class FollowUp:
    """What a follow-up letter says: which districts have not reported (one at least), and by when they must now.

    ``urgency`` is a grade (ด่วน, ด่วนมาก, ด่วนที่สุด) or empty.
    """

    cycle: str
    programme_year_be: int
    province: Province
    circular_number: str
    circular_issued_on: date
    made_on: date
    until: datetime
    urgency: str
    overdue: tuple[OverdueDistrict, ...]
