"""One turn of the wait: collect what arrived, remind who is late, show where every district stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kbo_core.domain.areas import District, districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import KboError
from kbo_core.domain.reminders import Step, due, next_step
from kbo_core.domain.thai_dates import bangkok_day, short_date
from kbo_core.office.changed_lists import needs_packet
from kbo_core.office.definitions import definition_of
from kbo_core.office.intake import Receipt, judged_before, receive, turn_back
from kbo_core.office.office import Office
from kbo_core.office.posting import explain_step, plan_message
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection
from kbo_core.store.log import hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    assignments,
    decided_producers,
    get_assignment,
    get_cycle,
    messages,
    picks,
)

_UNFINISHED = (".", "~$")  # hidden files, and what a spreadsheet program keeps beside an open one


@dataclass(frozen=True)
class BoardLine:
    """One district on the board."""

    district: District
    quota: int
    picked: int
    candidates: int
    state: State
    days_left: int
    is_late: bool
    version: int
    last_message: str
    next_reminder_at: datetime | None
    notice_th: str

    @property
    def state_th(self) -> str:
        """The state in words; late when the answer was, overdue while there is none."""
        if not self.is_late:
            return self.state.th
        return f"{self.state.th} ({'เลยกำหนด' if self.state.owes else 'ส่งหลังกำหนด'})"

    @property
    def next_reminder_th(self) -> str:
        return short_date(bangkok_day(self.next_reminder_at)) if self.next_reminder_at else "-"

    @property
    def days_left_th(self) -> str:
        return str(self.days_left) if self.state.owes else "-"


def collect(office: Office, cycle_id: str, district_code: str, at: datetime) -> list[Receipt | KboError]:
    """Take in the forms that lie in the district's folder ``inbox/<cycle>/<district>/``, oldest first.

    A form that was judged before is passed over, so a turn may come twice. Files stay where they are.
    Raises RefusedError when the office's own wording of messages cannot be used.
    """
    office.wording.check()  # a fault of the office's own words must not turn back a district's form
    outcomes: list[Receipt | KboError] = []
    for file in _forms(office, cycle_id, district_code):
        content = file.read_bytes()
        try:
            receipt = receive(office, cycle_id, district_code, content, file.name, at=at, via="inbox")
        except KboError as error:
            turn_back(office, cycle_id, district_code, content, file.name, error, at)
            outcomes.append(error)
        else:
            if receipt.is_new:
                outcomes.append(receipt)
    return outcomes


def _forms(office: Office, cycle_id: str, district_code: str) -> list[Path]:
    """The files in a district's folder that were not judged yet."""
    folder = office.home / "inbox" / cycle_id / district_code
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(_UNFINISHED)]
    with office.database.read() as connection:
        known = judged_before(connection, cycle_id, district_code)
    new = [file for file in files if sha256(file.read_bytes()) not in known]
    return sorted(new, key=lambda f: (f.stat().st_mtime_ns, f.name))


def remind(office: Office, cycle_id: str, district_code: str, at: datetime) -> Step | None:
    """Plan the reminder that is due to a district and not in the ledger; the step planned, if any.

    Only a district that owes an answer is reminded. Steps missed while nobody looked are explained by the one sent.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        if cycle.state != "open" or not assignment.state.owes or assignment.dispatched_at is None:
            return None
        ledger = {m.step for m in messages(connection, cycle_id, district_code=district_code, kind="reminder")}
        plan = due(assignment.dispatched_at, assignment.due_at, at, ledger)
        if plan.send is None:
            return None
        for missed in plan.superseded:
            explain_step(
                connection, office, cycle_id, district_code, missed.key, f"แทนด้วย {plan.send.key} ซึ่งถึงกำหนดแล้วเช่นกัน", at
            )
        definition = definition_of(connection, cycle)
        district, province = districts()[district_code], provinces()[cycle.province_code].name_th
        circular = definition.circular
        words = office.wording.reminder(
            cycle_id,
            province,
            circular.number,
            circular.issued_on,
            district,
            assignment.due_at,
            plan.send,
            at,
            is_repair=assignment.state is State.REPAIR,
            urgency="ด่วนที่สุด" if plan.send.escalates else "",
        )
        plan_message(connection, office, cycle, district, "reminder", plan.send.key, words, at)
        if plan.send.escalates:
            sent = messages(connection, cycle_id, district_code=district_code, kind="reminder", state="sent")
            words = office.wording.escalation(cycle_id, province, district, assignment.due_at, at, len(sent) + 1)
            plan_message(connection, office, cycle, district, "escalation", plan.send.key, words, at)
        return plan.send


def board(office: Office, cycle_id: str, at: datetime) -> Sequence[BoardLine]:
    """Where every district stands, in the circular's order."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        ledger = messages(connection, cycle_id)
        chosen = picks(connection, cycle_id)
        eligible = _eligible(connection, cycle)
        lines = []
        for assignment in assignments(connection, cycle_id):
            code = assignment.district_code
            sent = [m for m in ledger if m.district_code == code and m.sent_at]
            waits = cycle.state == "open" and assignment.state.owes and assignment.dispatched_at
            lines.append(
                BoardLine(
                    district=districts()[code],
                    quota=assignment.quota,
                    picked=sum(p.district_code == code for p in chosen),
                    candidates=len(assignment.candidates),
                    state=assignment.state,
                    days_left=(bangkok_day(assignment.due_at) - bangkok_day(at)).days,
                    is_late=assignment.is_late or (assignment.state.owes and at > assignment.due_at),
                    version=assignment.version,
                    last_message=sent[-1].subject if sent else "",
                    next_reminder_at=next_step(waits, assignment.due_at, at).due_at if waits else None,
                    notice_th=_notice(assignment, eligible.get(code, [])),
                )
            )
        return lines


def _eligible(connection: Connection, cycle: Cycle) -> dict[str, list[str]]:
    """The groups that each district may pick from, as decided now."""
    eligible: dict[str, list[str]] = {}
    for producer in decided_producers(connection, cycle):
        if producer.verdict == "eligible":
            eligible.setdefault(producer.district_code, []).append(producer.producer_id)
    return eligible


def _notice(assignment: Assignment, eligible: Sequence[str]) -> str:
    """What the office should see of a district beside its state."""
    if assignment.repair:
        return "รายชื่อที่ไม่เข้าเกณฑ์แล้ว: " + ", ".join(producer_id for producer_id, _ in assignment.repair.fallen)
    later = [producer_id for producer_id in eligible if producer_id not in assignment.candidates]
    answered = assignment.state in (State.ACCEPTED, State.NIL)
    return f"เข้าเกณฑ์เพิ่มหลังอำเภอรายงานแล้ว: {', '.join(later)}" if answered and later else ""


def districts_asked(office: Office, cycle_id: str) -> list[str]:
    """The districts with places, by code in the circular's order."""
    with office.database.read() as connection:
        get_cycle(connection, cycle_id)
        return [a.district_code for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]


def districts_with_work(office: Office, cycle_id: str, at: datetime) -> list[str]:
    """The districts with a form not yet judged, a reminder due, a packet to make or a message still to send."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        waiting = {m.district_code for m in messages(connection, cycle_id, state="planned")}
        eligible = _eligible(connection, cycle)
        found = []
        for a in assignments(connection, cycle_id):
            ledger = {m.step for m in messages(connection, cycle_id, district_code=a.district_code, kind="reminder")}
            owes = cycle.state == "open" and a.state.owes and a.dispatched_at
            is_due = owes and due(owes, a.due_at, at, ledger).send
            is_outdated = cycle.state == "open" and needs_packet(a, eligible.get(a.district_code, []))
            if a.district_code in waiting or is_due or is_outdated or _forms(office, cycle_id, a.district_code):
                found.append(a.district_code)
        return found
