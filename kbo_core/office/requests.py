"""What is asked for and waits for somebody's yes or no: more time, a lawful exception. All of it is in the log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kbo_core.documents.messages import Words
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.findings import blocked, refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import overrides as exceptions
from kbo_core.office.limits import open_cycle, refuse_past
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_for_staff, plan_message
from kbo_core.office.returning import require_unlocked
from kbo_core.store.database import Connection
from kbo_core.store.log import append, events, hold
from kbo_core.store.reading import decided_producers, get_assignment, get_cycle

OPEN, GRANTED, DECLINED, NEEDLESS = "open", "granted", "declined", "needless"
_STATES_TH = {OPEN: "รอจังหวัดพิจารณา", GRANTED: "ขยายเวลาให้แล้ว", DECLINED: "ไม่ขยายเวลา", NEEDLESS: "ส่งรายชื่อแล้ว"}


@dataclass(frozen=True)
class ExtensionRequest:
    """A district's request for more time; ``number`` counts from 1 in the district."""

    district_code: str
    number: int
    until: datetime
    reason: str
    asked_at: datetime
    state: str = OPEN
    answer: str = ""

    @property
    def state_th(self) -> str:
        return _STATES_TH[self.state]


@dataclass(frozen=True)
class OverrideRequest:
    """An exception that one person asks for and another must grant."""

    producer_id: str
    district_code: str
    clauses: tuple[str, ...]
    by: str
    reason: str
    asked_at: datetime


def extension_requests(
    connection: Connection, cycle_id: str, district_code: str | None = None
) -> list[ExtensionRequest]:
    """Every request for more time, of one district if told, in order; what became of it."""
    told: list[ExtensionRequest] = []
    kinds = (
        *("extension-requested", "extension-declined", "deadline-extended", "cycle-reopened"),
        *("submission-accepted", "submission-received"),
    )
    for entry in events(connection, cycle_id, kinds):
        facts = entry.payload
        if entry.kind == "extension-requested":
            number = 1 + sum(r.district_code == facts["district"] for r in told)
            until = datetime.fromisoformat(facts["until"])
            told.append(ExtensionRequest(facts["district"], number, until, entry.reason, entry.at))
            continue
        concerned = facts.get("districts", [facts.get("district")])
        state = {"extension-declined": DECLINED, "deadline-extended": GRANTED, "cycle-reopened": GRANTED}.get(
            entry.kind, NEEDLESS
        )
        told = [
            replace(r, state=state, answer=entry.reason if state != NEEDLESS else "")
            if r.state == OPEN and r.district_code in concerned
            else r
            for r in told
        ]
    return [r for r in told if district_code in (None, r.district_code)]


def request_extension(
    office: Office, cycle_id: str, district_code: str, until: datetime, *, at: datetime, reason: str
) -> None:
    """Ask the province for more time; its staff are told.

    Raises RefusedError for a time that is no later than the deadline or without a reason, BlockedError for a district
    that owes nothing, one whose last request is still open, or a closed cycle.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        district = districts()[district_code]
        refuse_past(until, at)
        if until <= assignment.due_at:
            raise refused(
                "extension-not-later",
                "until",
                f"เวลาที่ขอ {short_instant(until)} ไม่ช้ากว่ากำหนดปัจจุบัน {short_instant(assignment.due_at)}",
                f"{until.isoformat()} is not later than the deadline in force",
            )
        if not reason.strip():
            raise refused("reason-missing", "reason", "โปรดกรอกเหตุผลที่ขอขยายเวลา", "a reason is needed")
        if not assignment.state.owes:
            raise blocked(
                "extension-needless",
                district_code,
                f"{district.title_th}ส่งรายชื่อแล้ว ไม่ต้องขอขยายเวลา",
                "the district has answered: nothing is to be extended",
            )
        known = extension_requests(connection, cycle_id, district_code)
        if any(r.state == OPEN for r in known):
            raise blocked(
                "extension-asked-already",
                district_code,
                "ขอขยายเวลาไว้แล้ว โปรดรอจังหวัดพิจารณา",
                "a request for more time is open already",
            )
        payload = {"district": district_code, "until": until.isoformat()}
        by = f"district {district_code}"
        append(connection, cycle_id, "extension-requested", payload, at=at, by=by, reason=reason)
        words = _to_staff(cycle_id, district.title_th, assignment.due_at, until, reason)
        plan_for_staff(connection, office, cycle, "request", f"{district_code}-{len(known) + 1:02}", words, at)


def _to_staff(cycle_id: str, title: str, due_at: datetime, until: datetime, reason: str) -> Words:
    return (
        f"[{cycle_id}] {title}ขอขยายเวลาส่งรายชื่อ",
        f"เรียน เจ้าหน้าที่จังหวัด\n\n{title}ขอขยายเวลาส่งรายชื่อกลุ่มเป้าหมาย KBO "
        f"จากเดิม {short_instant(due_at)} เป็น {short_instant(until)}\n\nเหตุผล: {reason}\n\n"
        "โปรดพิจารณาในหน้าเว็บของจังหวัด หรือขยายเวลาด้วยคำสั่ง kbo cycle extend\n\n"
        "(ข้อความนี้ระบบจัดทำขึ้นและเก็บไว้เป็นหลักฐาน)\n",
    )


def decline_extension(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> None:
    """Let the deadline stand; the district is told why. Raises BlockedError when no request is open."""
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        waiting = [r for r in extension_requests(connection, cycle_id, district_code) if r.state == OPEN]
        if not waiting:
            raise blocked(
                "extension-not-asked",
                district_code,
                "อำเภอนี้ไม่มีคำขอขยายเวลาที่รอพิจารณา",
                "no request for more time is open",
            )
        append(connection, cycle_id, "extension-declined", {"district": district_code}, at=at, by=by, reason=reason)
        district, province = districts()[district_code], provinces()[cycle.province_code].name_th
        words = office.wording.extension_declined(cycle_id, province, district, assignment.due_at, at, reason)
        step = f"{waiting[-1].number:02}"
        plan_message(connection, office, cycle, district, "extension-declined", step, words, at)


def override_requests(connection: Connection, cycle_id: str) -> list[OverrideRequest]:
    """The exceptions that wait for a second person, in the order in which they were asked for."""
    waiting: dict[str, OverrideRequest] = {}
    for entry in events(connection, cycle_id, ("override-requested", "override-declined", "override-granted")):
        producer_id = entry.payload["producer"]
        waiting.pop(producer_id, None)
        if entry.kind == "override-requested":
            waiting[producer_id] = OverrideRequest(
                producer_id,
                entry.payload["district"],
                tuple(entry.payload["clauses"]),
                entry.by,
                entry.reason,
                entry.at,
            )
    return list(waiting.values())


def request_override(
    office: Office, cycle_id: str, producer_id: str, clauses: Sequence[str], *, at: datetime, by: str, reason: str
) -> None:
    """Ask for a lawful exception, for another person to grant.

    Raises RefusedError for an unknown producer, BlockedError for a locked district or a closed cycle. Whether the
    clauses are the right ones is judged when it is granted.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        found = [p for p in decided_producers(connection, cycle) if p.producer_id == producer_id]
        if not found:
            raise refused(
                "producer-unknown",
                producer_id,
                f"ไม่มีผู้ผลิตรหัส {producer_id} ในทะเบียนของรอบนี้",
                f"no producer {producer_id} in this cycle's register",
            )
        district_code = found[0].district_code
        require_unlocked(get_assignment(connection, cycle_id, district_code), at)
        payload = {"producer": producer_id, "district": district_code, "clauses": sorted(set(clauses))}
        append(connection, cycle_id, "override-requested", payload, at=at, by=by, reason=reason)


def grant_requested(office: Office, cycle_id: str, producer_id: str, *, at: datetime, approver: str) -> int:
    """Grant the exception that another person asked for; the tier that the group falls under.

    Raises BlockedError when nobody asked for it, and as ``grant_override`` does.
    """
    asked = _asked(office, cycle_id, producer_id)
    return exceptions.grant_override(
        office,
        cycle_id,
        producer_id,
        asked.clauses,
        approver=approver,
        at=at,
        by=asked.by,
        reason=asked.reason,
    )


def decline_override(office: Office, cycle_id: str, producer_id: str, *, at: datetime, by: str, reason: str) -> None:
    """Do not grant an exception that was asked for. Raises BlockedError when nobody asked for it."""
    asked = _asked(office, cycle_id, producer_id)
    with office.database.write() as connection:
        hold(connection, cycle_id)
        payload = {"producer": producer_id, "district": asked.district_code}
        append(connection, cycle_id, "override-declined", payload, at=at, by=by, reason=reason)


def _asked(office: Office, cycle_id: str, producer_id: str) -> OverrideRequest:
    with office.database.read() as connection:
        get_cycle(connection, cycle_id)
        for request in override_requests(connection, cycle_id):
            if request.producer_id == producer_id:
                return request
    raise blocked(
        "override-not-asked",
        producer_id,
        f"ไม่มีผู้เสนอข้อยกเว้นให้ {producer_id} ซึ่งรออนุมัติอยู่",
        f"no exception for {producer_id} waits to be granted",
    )
