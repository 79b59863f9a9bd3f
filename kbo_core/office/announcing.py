"""What others may act on, announced once: a district that is overdue, a cycle that waits for nobody any more."""

from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.office import Office
from kbo_core.store.database import Connection
from kbo_core.store.log import Event, append, events, hold
from kbo_core.store.reading import Assignment, assignments, get_cycle

OVERDUE, LOCKED = "kbo.district.overdue", "kbo.cycle.locked"
_UNREAD = (State.SUBMITTED, State.RESUBMITTED)
# What makes a cycle wait again after everything was in.
_WAITS_AGAIN = frozenset(
    {
        "deadline-extended",
        "cycle-reopened",
        "submission-returned",
        "submission-withdrawn",
        "repair-opened",
        "reallocation-approved",
    }
)


@dataclass(frozen=True)
class Announcement:
    """An event's name and what it is about: the cycle and, unless it concerns the whole of it, a district."""

    event: str
    cycle_id: str
    district_code: str


def announcements_due(office: Office, cycle_id: str, at: datetime) -> list[Announcement]:
    """What is to be announced now and was not before, each written down in the log first.

    A district is overdue once for each of its deadlines; a cycle is locked once until it waits for somebody again.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        news = _news(connection, cycle_id, at)
        for event, district, due_at in news:
            payload = {"event": event, "district": district, "due_at": due_at}
            append(connection, cycle_id, "announced", payload, at=at, by="system")
        return [Announcement(event, cycle_id, district) for event, district, _ in news]


def is_news_due(connection: Connection, cycle_id: str, at: datetime) -> bool:
    """Would ``announcements_due`` have something to tell?"""
    return bool(_news(connection, cycle_id, at))


def _news(connection: Connection, cycle_id: str, at: datetime) -> list[tuple[str, str, str]]:
    """What was not announced yet: (event, district, deadline)."""
    if get_cycle(connection, cycle_id).state != "open":
        return []
    asked = [a for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]
    log = events(connection, cycle_id)
    told = {(e.payload["event"], e.payload["district"], e.payload["due_at"]) for e in log if e.kind == "announced"}
    late = [(OVERDUE, a.district_code, a.due_at.isoformat()) for a in asked if a.state.owes and at > a.due_at]
    news = [fact for fact in late if fact not in told]
    if all(_is_done(a, at) for a in asked) and not _locked_before(log):
        news.append((LOCKED, "", max((a.due_at for a in asked), default=at).isoformat()))
    return news


def awaited(connection: Connection, cycle_id: str, at: datetime) -> list[str]:
    """What a report would still wait for, a line in Thai each: answers, a look at an answer, the last deadline, until
    which an answer may be amended. Empty when the report can be issued."""
    asked = [a for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]
    lines = [f"{districts()[a.district_code].title_th}: {a.state.th}" for a in asked if not _is_done(a, at)]
    if not lines and asked and at <= (last := max(a.due_at for a in asked)):
        lines = [f"ครบทุกอำเภอแล้ว แต่ยังแก้ไขรายชื่อได้ถึง {short_instant(last)}"]
    return lines


def _is_done(assignment: Assignment, at: datetime) -> bool:
    """Has the district answered and was that looked at, or is it locked?"""
    if assignment.state.owes:
        return assignment.is_locked(at)
    return assignment.state not in _UNREAD


def _locked_before(log: list[Event]) -> bool:
    told = [e.seq for e in log if e.kind == "announced" and e.payload["event"] == LOCKED]
    return bool(told) and not any(e.kind in _WAITS_AGAIN and e.seq > told[-1] for e in log)
