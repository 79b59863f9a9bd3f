"""What the papers say: the values that letters, forms and reports are printed from.

No personal data beyond the names of producers, which the public register carries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

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
class ReportedName:
    """One group in the consolidated report, traceable to decision, register row and submission."""

    district_code: str
    producer_id: str
    producer_name: str
    tier: int
    products: tuple[str, ...]
    stars: str
    register_row: str
    submission: str
    override_th: str


@dataclass(frozen=True)
class DistrictLine:
    """One district in the summary. ``state_th`` says how it ended, ``note_th`` why it fell short."""

    district: District
    quota: int
    picked: int
    candidates: int
    submitted_at: datetime | None
    is_late: bool
    reminders: int
    state_th: str
    note_th: str


@dataclass(frozen=True)
class ShortageLine:
    """The figures that justify the fallback tier."""

    scope: str
    is_open: bool
    quota: int
    tier_1: int
    tier_2: int
    unknown: int
    short: int


@dataclass(frozen=True)
class Report:
    """The province's consolidated answer. Districts and names stand in the circular's order; ``changes`` tells what a
    later version says otherwise than the one before."""

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
    settled: tuple[str, ...]
    snapshot_sha256: str
    definition_sha256: str
    log_head: str
    changes: tuple[str, ...] = ()


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
