"""Reminders: what is due to a district is planned in the ledger; a preview shows the rows that would be written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.areas import District, districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.reminder_plan import Role
from kbo_core.domain.reminders import Step
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.calendar import office_calendar
from kbo_core.office.contacts import ROLES
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.office.posting import explain_step, is_reminder, outgoing, plan_message
from kbo_core.office.schedules import schedule_of
from kbo_core.store.database import Connection
from kbo_core.store.log import hold
from kbo_core.store.reading import Assignment, Cycle, Message, assignments, get_assignment, get_cycle, messages

# The kind of message in which each rung of the ladder is told.
KINDS = {Role.OFFICER: "reminder", Role.CHIEF: "escalation-chief", Role.SUPERIOR: "escalation"}


@dataclass(frozen=True)
class Forecast:
    """What a turn at an instant would send a district by way of reminder, and why; or why nothing."""

    district: District
    messages: tuple[Message, ...]
    why_th: str


def remind(office: Office, cycle_id: str, district_code: str, at: datetime) -> Step | None:
    """Plan the reminder that is due to a district and not in the ledger; the step planned, if any.

    Only a district that owes an answer is reminded. Steps missed while nobody looked are explained by the one sent.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        return _plan(connection, office, get_cycle(connection, cycle_id), district_code, at)


def preview(office: Office, cycle_id: str, at: datetime) -> list[Forecast]:
    """What would be sent at an instant, to whom, and why; nothing is changed.

    It is what ``remind`` does, undone again: what it shows is what would be written and then sent.
    """
    told = []
    with office.database.scratch() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        for assignment in assignments(connection, cycle_id):
            if assignment.state is State.NOT_ASKED:
                continue
            step = _plan(connection, office, cycle, assignment.district_code, at)
            leaving = outgoing(connection, office, cycle, assignment.district_code, at)
            waiting = tuple(m for m in leaving if is_reminder(m.kind))
            told.append(
                Forecast(
                    districts()[assignment.district_code],
                    waiting,
                    _why(office, connection, cycle, assignment, step, at),
                )
            )
    return told


def reminders_due(
    office: Office, connection: Connection, cycle: Cycle, standing: Iterable[Assignment], at: datetime
) -> set[str]:
    """The districts for which there is a step for a turn to plan."""
    definition, calendar = definition_of(connection, cycle), office_calendar(office.home)
    ledger: dict[str, set[str]] = {}
    for message in messages(connection, cycle.cycle_id, kind=KINDS[Role.OFFICER]):
        ledger.setdefault(message.district_code, set()).add(message.step)
    schedules = {a.district_code: schedule_of(cycle, definition, a, calendar) for a in standing}
    return {code for code, schedule in schedules.items() if schedule and schedule.due(at, ledger.get(code, set())).send}


def _ledger(connection: Connection, cycle_id: str, district_code: str) -> set[str]:
    return {m.step for m in messages(connection, cycle_id, district_code=district_code, kind=KINDS[Role.OFFICER])}


def _plan(connection: Connection, office: Office, cycle: Cycle, district_code: str, at: datetime) -> Step | None:
    assignment = get_assignment(connection, cycle.cycle_id, district_code)
    definition = definition_of(connection, cycle)
    schedule = schedule_of(cycle, definition, assignment, office_calendar(office.home))
    if schedule is None:
        return None
    due = schedule.due(at, _ledger(connection, cycle.cycle_id, district_code))
    if due.send is None:
        return None
    for missed in due.superseded:
        why = f"แทนด้วยการเตือน{due.send.title_th} ซึ่งถึงกำหนดแล้วเช่นกัน"
        explain_step(connection, office, cycle.cycle_id, district_code, missed.key, why, at)
    district, province = districts()[district_code], provinces()[cycle.province_code].name_th
    # The chief's own address may be missing: the office's letter reaches the desk all the same. A superior's should not
    # be, but the district is reminded whatever the book lacks.
    told = [role for role in due.send.escalate_to if office.reaches(district, role, at)]
    if Role.SUPERIOR in due.send.escalate_to and Role.SUPERIOR not in told:
        why = f"สมุดที่อยู่ไม่มี{ROLES[Role.SUPERIOR]}ของ{district.title_th}ที่มีผลในวันนี้"
        explain_step(
            connection, office, cycle.cycle_id, district_code, due.send.key, why, at, kind=KINDS[Role.SUPERIOR]
        )
    words = office.wording.reminder(
        cycle.cycle_id,
        province,
        definition.circular.number,
        definition.circular.issued_on,
        district,
        assignment.due_at,
        due.send,
        at,
        is_repair=assignment.state in (State.REPAIR, State.RETURNED),
        urgency=due.send.urgency.th,
        late_days=due.send.late_days(at),
        escalates_to=told,
        wording=due.send.wording,
    )
    plan_message(connection, office, cycle, district, "reminder", due.send.key, words, at, channels=due.send.channels)
    if told:
        count = _reminded(connection, cycle.cycle_id, district_code) + 1
        for role in told:
            words = office.wording.escalation(
                cycle.cycle_id,
                province,
                district,
                assignment.due_at,
                at,
                count,
                role=role,
                urgency=due.send.urgency.th,
            )
            plan_message(
                connection,
                office,
                cycle,
                district,
                KINDS[role],
                due.send.key,
                words,
                at,
                role=role,
                channels=due.send.channels,
            )
    return due.send


def _reminded(connection: Connection, cycle_id: str, district_code: str) -> int:
    """How many reminders went out to a district, by whichever channels."""
    return len(
        {m.step for m in messages(connection, cycle_id, district_code=district_code, kind="reminder", state="sent")}
    )


def _why(
    office: Office, connection: Connection, cycle: Cycle, assignment: Assignment, step: Step | None, at: datetime
) -> str:
    """Why a district is reminded at an instant, or is not."""
    if step is not None:
        late = step.late_days(at)
        return f"ยังไม่รายงาน ถึงกำหนดเตือน {step.title_th}" + (f" (ช้ากว่าแผน {late} วัน)" if late else "")
    if not assignment.state.owes:
        return assignment.state.th
    schedule = schedule_of(cycle, definition_of(connection, cycle), assignment, office_calendar(office.home))
    if cycle.state != "open":
        return "รอบนี้รวมเล่มแล้ว"
    if assignment.is_locked(at):
        return "ปิดรับแล้ว"
    if schedule is None:
        return "ยังไม่ได้ส่งเอกสาร"
    ahead = schedule.next_step(at)
    when = f"ครั้งถัดไป {short_instant(ahead.due_at)} ({ahead.title_th})" if ahead else "ไม่มีการแจ้งเตือนต่อไปตามแผน"
    return f"อยู่ในช่วงงดส่งหรือวันหยุด {when}" if schedule.is_quiet(at) else f"ยังไม่ถึงกำหนดเตือน {when}"
