"""Deadlines in the hands of the office: locking what has ended, extending, reopening. Each is an event with who and
why."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import blocked, refused
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, bangkok_instant, short_instant
from kbo_core.office.calendar import office_calendar
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.store.database import Connection
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Assignment, Cycle, assignments, get_assignment, get_cycle

_BUDDHIST = 2400  # a year from here on is meant as one
RETURN_DAYS = 3  # working days that a district has at least for an answer that was sent back


def is_lock_due(cycle: Cycle, assignment: Assignment, at: datetime) -> bool:
    """Has a district's lock passed without a turn having seen it?"""
    is_asked = assignment.state is not State.NOT_ASKED
    return cycle.state == "open" and is_asked and assignment.locked_at is None and assignment.limits.is_locked(at)


def lock(office: Office, cycle_id: str, district_code: str, at: datetime) -> bool:
    """Close a district whose lock has passed; True when this turn closed it.

    From then on the clock does not open it again, only an extension or a reopening.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        if not is_lock_due(get_cycle(connection, cycle_id), assignment, at):
            return False
        append(connection, cycle_id, "assignment-locked", {"district": district_code}, at=at, by="system")
        return True


def extend(
    office: Office,
    cycle_id: str,
    district_codes: Sequence[str],
    until: datetime,
    *,
    at: datetime,
    by: str,
    reason: str,
    letter: str = "",
) -> list[str]:
    """Give districts that owe an answer a later deadline, all of them when none is named; the districts extended.

    Grace and lock keep their distance from the deadline. A district that was locked is open again. They are told.

    Raises RefusedError for a deadline that is not later than the one in force or has passed already, BlockedError for a
    closed cycle, a district that has answered, or when nobody owes an answer.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        asked = _named(connection, cycle_id, district_codes)
        refuse_past(until, at)
        chosen = asked if district_codes else [a for a in asked if a.state.owes]
        for a in chosen:
            if not a.state.owes:
                raise blocked(
                    "extension-needless",
                    a.district_code,
                    f"{districts()[a.district_code].title_th}รายงานแล้ว ({a.state.th}) ไม่ต้องขยายเวลา "
                    "หากให้แก้ไข ใช้ kbo cycle return",
                    f"{a.district_code} has answered; return the answer instead",
                )
            if until <= a.due_at:
                raise refused(
                    "extension-not-later",
                    a.district_code,
                    f"กำหนดใหม่ {short_instant(until)} ไม่ช้ากว่ากำหนดเดิม {short_instant(a.due_at)}",
                    f"{until.isoformat()} is not later than the deadline in force, {a.due_at.isoformat()}",
                )
        if not chosen:
            raise blocked(
                "extension-needless", cycle_id, "ทุกอำเภอรายงานแล้ว ไม่มีอำเภอให้ขยายเวลา", "every district has answered"
            )
        _give(connection, office, cycle, chosen, until, at=at, by=by, reason=reason, letter=letter,
              whole_cycle=not district_codes)  # fmt: skip
        return [a.district_code for a in chosen]


def reopen(
    office: Office,
    cycle_id: str,
    district_codes: Sequence[str],
    until: datetime,
    *,
    at: datetime,
    by: str,
    reason: str,
    letter: str = "",
) -> list[str]:
    """Open a cycle again whose report was issued, or districts that were locked after answering, until an instant.

    The report that was issued stays as it is; the next closing issues another version with a list of changes. Districts
    that are not named stay shut.

    Raises RefusedError for an instant that has passed, BlockedError when nothing named is shut.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        named = _named(connection, cycle_id, district_codes)
        refuse_past(until, at)
        asked = [a for a in named if a.state is not State.NOT_ASKED]
        shut = asked if cycle.state != "open" else [a for a in asked if a.is_locked(at)]
        if not shut:
            raise blocked(
                "reopening-needless",
                cycle_id,
                "ไม่มีอำเภอที่ปิดรับอยู่ในบรรดาอำเภอที่ระบุ ไม่ต้องเปิดใหม่",
                "no district named is asked for an answer and shut",
            )
        payload = _limits_of(shut, until, letter=letter, whole_cycle=False)
        append(connection, cycle_id, "cycle-reopened", payload, at=at, by=by, reason=reason)
        for a in shut:
            _tell(connection, office, get_cycle(connection, cycle_id), a, until, at, reason, letter, is_reopened=True)
        return [a.district_code for a in shut]


def deadline_after_return(office: Office, assignment: Assignment, at: datetime) -> datetime:
    """Until when an answer sent back or fallen out must come again: the district's own deadline, but never less than
    RETURN_DAYS working days from now, at the deadline's time of day."""
    day = office_calendar(office.home).after(bangkok_day(at), RETURN_DAYS)
    clock = assignment.due_at - bangkok_instant(bangkok_day(assignment.due_at), _MIDNIGHT)
    return max(assignment.due_at, bangkok_instant(day, _MIDNIGHT) + clock)


_MIDNIGHT = datetime.min.time()


def _give(
    connection: Connection,
    office: Office,
    cycle: Cycle,
    chosen: Sequence[Assignment],
    until: datetime,
    *,
    at: datetime,
    by: str,
    reason: str,
    letter: str,
    whole_cycle: bool,
) -> None:
    payload = _limits_of(chosen, until, letter=letter, whole_cycle=whole_cycle)
    append(connection, cycle.cycle_id, "deadline-extended", payload, at=at, by=by, reason=reason)
    for a in chosen:
        _tell(connection, office, cycle, a, until, at, reason, letter, is_reopened=False)


def _limits_of(chosen: Sequence[Assignment], until: datetime, *, letter: str, whole_cycle: bool) -> dict[str, object]:
    return {
        "districts": [a.district_code for a in chosen],
        **chosen[0].limits.extended(until).as_payload(),
        "before": {a.district_code: a.due_at.isoformat() for a in chosen},
        "letter": letter,
        "whole_cycle": whole_cycle,
    }


def parse_until(text: str, clock: time) -> datetime:
    """A deadline as an operator writes it, UTC: a day (at the deadline's time of day) or a day and time in Bangkok.

    Raises RefusedError for anything else; a Buddhist year is not guessed at.
    """
    try:
        day = date.fromisoformat(text)
        until = bangkok_instant(day, clock)
    except ValueError:
        try:
            until = datetime.fromisoformat(text)
        except ValueError:
            until = None
        if until is not None:
            until = (until if until.tzinfo else until.replace(tzinfo=BANGKOK)).astimezone(UTC)
    if until is None or until.year >= _BUDDHIST:
        raise refused(
            "until-unreadable",
            "--until",
            f'อ่านกำหนดใหม่ "{text}" ไม่ได้ ให้เขียนเป็น ค.ศ. เช่น 2025-06-20 หรือ 2025-06-20T12:00',
            f'"{text}" is not a day like 2025-06-20 or a time like 2025-06-20T12:00, in the Common Era',
        )
    return until


def _tell(
    connection: Connection,
    office: Office,
    cycle: Cycle,
    assignment: Assignment,
    until: datetime,
    at: datetime,
    reason: str,
    letter: str,
    *,
    is_reopened: bool,
) -> None:
    district = districts()[assignment.district_code]
    province, wording = provinces()[cycle.province_code].name_th, office.wording
    if is_reopened:
        words = wording.reopened(cycle.cycle_id, province, district, until, reason, letter)
    else:
        words = wording.extended(cycle.cycle_id, province, district, assignment.due_at, until, reason, letter)
    step = f"{assignment.extension + 1:02}"
    plan_message(connection, office, cycle, district, "extension", step, words, at)


def open_cycle(connection: Connection, cycle_id: str) -> Cycle:
    """The cycle, which must be open. Raises BlockedError when its report was issued."""
    cycle = get_cycle(connection, cycle_id)
    if cycle.state != "open":
        raise blocked(
            "cycle-closed",
            cycle_id,
            "รอบนี้รวมเล่มแล้ว หากต้องแก้ไข ให้เปิดใหม่ด้วย kbo cycle reopen",
            "the cycle is closed; reopen it first",
        )
    return cycle


def _named(connection: Connection, cycle_id: str, district_codes: Sequence[str]) -> list[Assignment]:
    if not district_codes:
        return [a for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]
    return [get_assignment(connection, cycle_id, code) for code in dict.fromkeys(district_codes)]


def refuse_past(until: datetime, at: datetime) -> None:
    """Raises RefusedError for a new deadline that has passed already."""
    if until <= at:
        raise refused(
            "deadline-past",
            "--until",
            f"กำหนดใหม่ {short_instant(until)} ผ่านไปแล้ว ระบุเวลาที่ยังไม่ถึง",
            f"{until.isoformat()} has passed already",
        )
