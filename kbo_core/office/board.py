"""Where every district of a cycle stands: the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.areas import District, districts
from kbo_core.domain.assignments import State
from kbo_core.domain.deadlines import Timeliness
from kbo_core.domain.thai_dates import bangkok_day, short_date, short_instant
from kbo_core.office.calendar import office_calendar
from kbo_core.office.candidates import eligible_by_district
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.office.schedules import schedule_of
from kbo_core.store.reading import Assignment, assignments, get_cycle, messages, picks


@dataclass(frozen=True)
class BoardLine:
    """One district on the board; ``spare`` are candidates beyond its places, ``lacking`` places beyond them."""

    district: District
    quota: int
    picked: int
    candidates: int
    state: State
    due_at: datetime
    extension: int
    is_locked: bool
    days_left: int
    is_late: bool
    timeliness: Timeliness | None
    version: int
    last_message: str
    last_contact_at: datetime | None
    next_reminder_at: datetime | None
    notice_th: str

    @property
    def spare(self) -> int:
        return max(0, self.candidates - self.quota)

    @property
    def lacking(self) -> int:
        return max(0, self.quota - self.candidates)

    @property
    def state_th(self) -> str:
        """The state in words, with what the clock and the limits say of it."""
        marks = []
        if self.state.owes and self.is_locked:
            marks.append("ปิดรับแล้ว")
        elif self.state.owes and self.is_late:
            marks.append("เลยกำหนด")
        elif self.timeliness not in (None, Timeliness.ON_TIME):
            marks.append(self.timeliness.th)
        if self.extension:
            marks.append("ขยายเวลาแล้ว")
        return f"{self.state.th} ({' '.join(marks)})" if marks else self.state.th

    @property
    def due_th(self) -> str:
        return short_instant(self.due_at)

    @property
    def next_reminder_th(self) -> str:
        return short_date(bangkok_day(self.next_reminder_at)) if self.next_reminder_at else "-"

    @property
    def days_left_th(self) -> str:
        return str(self.days_left) if self.state.owes else "-"


def board(office: Office, cycle_id: str, at: datetime) -> Sequence[BoardLine]:
    """Where every district stands, in the circular's order."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        definition, calendar = definition_of(connection, cycle), office_calendar(office.home)
        ledger = messages(connection, cycle_id)
        chosen = picks(connection, cycle_id)
        eligible = eligible_by_district(connection, cycle)
        lines = []
        for assignment in assignments(connection, cycle_id):
            code = assignment.district_code
            sent = [m for m in ledger if m.district_code == code and m.sent_at]
            schedule = schedule_of(cycle, definition, assignment, calendar)
            ahead = schedule.next_step(at) if schedule else None
            answered_at = assignment.submitted_at if assignment.state.answered else None
            lines.append(
                BoardLine(
                    district=districts()[code],
                    quota=assignment.quota,
                    picked=sum(p.district_code == code for p in chosen),
                    candidates=len(assignment.candidates),
                    state=assignment.state,
                    due_at=assignment.due_at,
                    extension=assignment.extension,
                    is_locked=assignment.is_locked(at),
                    days_left=(bangkok_day(assignment.due_at) - bangkok_day(at)).days,
                    is_late=assignment.is_late or (assignment.state.owes and assignment.limits.is_late(at)),
                    timeliness=_timeliness(assignment, answered_at) if answered_at else None,
                    version=assignment.version,
                    last_message=sent[-1].subject if sent else "",
                    last_contact_at=max((m.sent_at for m in sent if m.sent_at), default=None),
                    next_reminder_at=ahead.due_at if ahead else None,
                    notice_th=_notice(assignment, eligible.get(code, [])),
                )
            )
        return lines


def _timeliness(assignment: Assignment, answered_at: datetime) -> Timeliness:
    """How the answer in force stands; a reopening makes no answer timely that came late."""
    told = assignment.limits.timeliness(answered_at)
    return Timeliness.LATE if assignment.is_late and told is Timeliness.ON_TIME else told


def _notice(assignment: Assignment, eligible: Sequence[str]) -> str:
    """What the office should see of a district beside its state."""
    told = []
    if assignment.repair:
        told.append("รายชื่อที่ไม่เข้าเกณฑ์แล้ว: " + ", ".join(producer_id for producer_id, _ in assignment.repair.fallen))
    if assignment.comments and assignment.state.owes:
        told.append(f"ข้อที่ให้แก้ไข: {assignment.comments}")
    if assignment.dispatched_at and assignment.dispatched_at >= assignment.due_at:
        told.append("เอกสารส่งถึงอำเภอในวันหรือหลังกำหนดส่ง ควรขยายเวลา")
    if assignment.state.answered:
        if later := [producer_id for producer_id in eligible if producer_id not in assignment.candidates]:
            told.append(f"เข้าเกณฑ์เพิ่มหลังอำเภอรายงานแล้ว: {', '.join(later)}")
        if assignment.quota > assignment.quota_told:
            told.append(f"จำนวนจัดสรรเพิ่มเป็น {assignment.quota} หลังอำเภอรายงานแล้ว")
    return " · ".join(told)
