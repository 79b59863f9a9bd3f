"""All cycles on one page: how far each is, who is stuck where, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.approvals import Subject
from kbo_core.domain.areas import Province, districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.office.approving import Signing, signings
from kbo_core.office.office import Office
from kbo_core.office.requests import OPEN, extension_requests, override_requests
from kbo_core.store.database import Connection
from kbo_core.store.reading import Cycle, assignments, cycle_ids, get_cycle, messages, reports


@dataclass(frozen=True)
class Stuck:
    """One thing that does not go on by itself, and since when."""

    what_th: str
    since: datetime


@dataclass(frozen=True)
class Standing:
    """How one cycle stands; ``stuck`` the oldest first."""

    cycle: Cycle
    asked: int
    answered: int
    overdue: int
    stuck: tuple[Stuck, ...]

    @property
    def province(self) -> Province:
        return provinces()[self.cycle.province_code]


def nation_board(office: Office, at: datetime, province_code: str | None = None) -> Sequence[Standing]:
    """Every cycle, of one province if told: those longest stuck first, then by name."""
    with office.database.read() as connection:
        cycles = [get_cycle(connection, name) for name in cycle_ids(connection)]
        told = [_standing(connection, c, at) for c in cycles if province_code in (None, c.province_code)]
    return sorted(told, key=lambda s: (s.stuck[0].since if s.stuck else at, s.cycle.cycle_id))


def _standing(connection: Connection, cycle: Cycle, at: datetime) -> Standing:
    asked = [a for a in assignments(connection, cycle.cycle_id) if a.state is not State.NOT_ASKED]
    overdue = [a for a in asked if a.state.owes and a.limits.is_late(at)]
    stuck = []
    if cycle.state == "open":
        if overdue:
            names = ", ".join(districts()[a.district_code].name_th for a in overdue[:3])
            more = f" และอีก {len(overdue) - 3} อำเภอ" if len(overdue) > 3 else ""
            stuck.append(Stuck(f"เลยกำหนด {len(overdue)} อำเภอ: {names}{more}", min(a.due_at for a in overdue)))
        unread = [a.submitted_at for a in asked if a.state in (State.SUBMITTED, State.RESUBMITTED) and a.submitted_at]
        if unread:
            stuck.append(Stuck(f"รายชื่อรอตรวจ {len(unread)} อำเภอ", min(unread)))
        waiting = [r for r in extension_requests(connection, cycle.cycle_id) if r.state == OPEN]
        if waiting:
            stuck.append(Stuck(f"คำขอขยายเวลา {len(waiting)} อำเภอ", min(r.asked_at for r in waiting)))
        if exceptions := override_requests(connection, cycle.cycle_id):
            stuck.append(Stuck(f"ข้อยกเว้นรออนุมัติ {len(exceptions)} ราย", min(r.asked_at for r in exceptions)))
    lost = [m.planned_at for m in messages(connection, cycle.cycle_id, state="undeliverable")]
    if lost:
        stuck.append(Stuck(f"ข้อความส่งไม่ถึง {len(lost)} ฉบับ", min(lost)))
    for signing in signings(connection, cycle):
        if signing.next_step:
            since = max((a.signed_at for a in signing.given), default=_made_at(connection, cycle, signing))
            stuck.append(Stuck(f"{signing.subject.th}รอ{signing.next_step.th}ลงนาม", since))
    return Standing(
        cycle,
        len(asked),
        sum(a.state.answered for a in asked),
        len(overdue),
        tuple(sorted(stuck, key=lambda s: (s.since, s.what_th))),
    )


def _made_at(connection: Connection, cycle: Cycle, signing: Signing) -> datetime:
    """Since when there is something to sign."""
    is_report = signing.subject is Subject.REPORT
    return reports(connection, cycle.cycle_id)[-1].made_at if is_report else cycle.opened_at
