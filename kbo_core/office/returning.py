"""An answer that does not stand: sent back by the province, withdrawn by the district; or taken, where a person looks
at every one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.assignments import Move, State, is_allowed
from kbo_core.domain.findings import blocked
from kbo_core.office.limits import deadline_after_return, open_cycle
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.store.database import Connection
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Assignment, Cycle, Submission, get_assignment, submissions


def return_answer(
    office: Office, cycle_id: str, district_code: str, comments: str, *, at: datetime, by: str
) -> datetime:
    """Send an answer back for correction; until when it must come again.

    Its picks are free from now on; its version stays in the record. The district keeps its deadline, but has never less
    than three working days, even when it was locked already.

    Raises BlockedError when there is no answer to send back, or the report was issued.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = _answered(connection, cycle_id, district_code, Move.RETURN)
        until = deadline_after_return(office, assignment, at)
        payload: dict[str, Any] = {"district": district_code, "version": assignment.version, "comments": comments}
        if until > assignment.due_at or assignment.is_locked(at):
            payload |= assignment.limits.extended(until).as_payload()
        append(connection, cycle_id, "submission-returned", payload, at=at, by=by, reason=comments)
        words = office.wording.returned(
            cycle_id,
            _province(cycle),
            districts()[district_code],
            assignment.version,
            [line.strip() for line in comments.splitlines() if line.strip()],
            f"สำนักงานพัฒนาชุมชนจังหวัด{_province(cycle)}",
            until,
        )
        plan_message(connection, office, cycle, districts()[district_code], "returned", _step(assignment), words, at)
        return until


def withdraw_answer(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> int:
    """Take an answer back on the district's own word; the version withdrawn. The district owes another.

    Raises BlockedError when there is no answer, the district is locked, or the report was issued.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = _answered(connection, cycle_id, district_code, Move.WITHDRAW)
        require_unlocked(assignment, at)
        payload = {"district": district_code, "version": assignment.version, "comments": reason}
        append(connection, cycle_id, "submission-withdrawn", payload, at=at, by=by, reason=reason)
        district = districts()[district_code]
        words = office.wording.withdrawn(
            cycle_id, _province(cycle), district, assignment.version, reason, assignment.due_at, at
        )
        plan_message(connection, office, cycle, district, "withdrawn", _step(assignment), words, at)
        return assignment.version


def approve_answer(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str, reason: str) -> int:
    """Accept an answer that a person had to look at; the version accepted.

    Raises BlockedError when none waits for that.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        if assignment.state not in (State.SUBMITTED, State.RESUBMITTED):
            raise blocked(
                "answer-not-waiting",
                district_code,
                f"ไม่มีรายชื่อของ{districts()[district_code].title_th}ที่รอจังหวัดตรวจ (สถานะ: {assignment.state.th})",
                f"{district_code} has no answer that waits for acceptance",
            )
        answer = submissions(connection, cycle_id, district_code)[-1]
        payload = {"district": district_code, "version": answer.version, "is_nil": answer.is_nil}
        append(connection, cycle_id, "submission-approved", payload, at=at, by=by, reason=reason)
        district = districts()[district_code]
        words = office.wording.accepted(cycle_id, _province(cycle), district, answer.version)
        plan_message(connection, office, cycle, district, "accepted", _step(assignment), words, at)
        return answer.version


def require_unlocked(assignment: Assignment, at: datetime) -> None:
    """Raises BlockedError when nothing more is taken from a district."""
    if assignment.is_locked(at):
        title = districts()[assignment.district_code].title_th
        raise blocked(
            "district-locked",
            assignment.district_code,
            f"ปิดรับรายชื่อของ{title}แล้ว หากต้องส่งหรือแก้ไข ให้จังหวัดขยายเวลาด้วย kbo cycle extend หรือเปิดใหม่ด้วย kbo cycle reopen",
            f"{assignment.district_code} is locked: the province must extend or reopen it first",
        )


def _answered(connection: Connection, cycle_id: str, district_code: str, move: Move) -> Assignment:
    assignment = get_assignment(connection, cycle_id, district_code)
    if not is_allowed(assignment.state, move):
        raise blocked(
            "answer-missing",
            district_code,
            f"{districts()[district_code].title_th}ยังไม่มีรายชื่อที่รับไว้ (สถานะ: {assignment.state.th})",
            f"{district_code} has no answer in force",
        )
    if not assignment.quota:
        raise blocked(
            "district-not-asked",
            district_code,
            f"{districts()[district_code].title_th}โอนจำนวนจัดสรรไปหมดแล้ว จึงไม่มีรายชื่อให้ส่งใหม่",
            f"{district_code} has given all its places away: there is no answer to give again",
        )
    return assignment


def _province(cycle: Cycle) -> str:
    return provinces()[cycle.province_code].name_th


def _step(assignment: Assignment) -> str:
    return f"{assignment.version:02}"


@dataclass(frozen=True)
class Version:
    """One version of an answer beside the one before: the groups put in and those left out, in the forms' order."""

    answer: Submission
    added: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def state_th(self) -> str:
        return _STATES_TH[self.answer.state]

    def as_dict(self) -> dict[str, object]:
        facts = {**vars(self.answer), "received_at": self.answer.received_at.isoformat()}
        return {**facts, "added": list(self.added), "dropped": list(self.dropped)}


_STATES_TH = {
    "in_force": "ใช้อยู่",
    "superseded": "มีฉบับใหม่แทน",
    "returned": "ส่งกลับให้แก้",
    "withdrawn": "ถอนแล้ว",
    "fallen": "มีกลุ่มที่ไม่เข้าเกณฑ์แล้ว",
}


def versions(office: Office, cycle_id: str, district_code: str) -> list[Version]:
    """Every version of a district's answer. Raises RefusedError for a district that the cycle does not ask."""
    with office.database.read() as connection:
        get_assignment(connection, cycle_id, district_code)
        answers = submissions(connection, cycle_id, district_code)
    told: list[Version] = []
    before: Mapping[str, int] = {}
    for answer in answers:
        added = tuple(i for i in answer.picks if i not in before)
        dropped = tuple(i for i in before if i not in answer.picks)
        told.append(Version(answer, added, dropped))
        before = answer.picks
    return told
