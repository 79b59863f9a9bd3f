"""One turn of the wait: collect what arrived, remind who is late, lock what has ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from kbo_core.domain.assignments import State
from kbo_core.domain.findings import KboError
from kbo_core.office.candidates import eligible_by_district
from kbo_core.office.changed_lists import needs_packet
from kbo_core.office.intake import Receipt, judged_before, receive, turn_back, version_known
from kbo_core.office.limits import is_lock_due, lock
from kbo_core.office.office import Office
from kbo_core.office.opening import prepare_packet
from kbo_core.office.posting import send_planned, sendable
from kbo_core.office.reminding import remind, reminders_due
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection
from kbo_core.store.reading import assignments, get_assignment, get_cycle

_UNFINISHED = (".", "~$")  # hidden files, and what a spreadsheet program keeps beside an open one


LaidAt = Callable[[Path], datetime]


def laid_at(file: Path) -> datetime:
    """When a file was laid where it lies: a copy keeps the time at which the form was saved, so the later of saving and
    laying there."""
    told = file.stat()
    return datetime.fromtimestamp(int(max(told.st_mtime, told.st_ctime)), UTC)


def follow_district(
    office: Office, cycle_id: str, district_code: str, at: datetime, arrival: LaidAt = laid_at
) -> dict[str, int]:
    """One district's part of a turn; how much of each was done. Run again at the same instant, it does nothing more."""
    prepare_packet(office, cycle_id, district_code, at)  # first: what came in is judged by the newest list
    outcomes = collect(office, cycle_id, district_code, at, arrival)
    reminded = remind(office, cycle_id, district_code, at)
    locked = lock(office, cycle_id, district_code, at)  # after collecting: what arrived in time counts
    sent, failed = send_planned(office, cycle_id, district_code, at)
    refused = sum(isinstance(outcome, KboError) for outcome in outcomes)
    return {
        "accepted": len(outcomes) - refused,
        "refused": refused,
        "reminded": int(reminded is not None),
        "locked": int(locked),
        "sent": sent,
        "failed": failed,
    }


def collect(
    office: Office, cycle_id: str, district_code: str, at: datetime, arrival: LaidAt = laid_at
) -> list[Receipt | KboError]:
    """Take in the forms that lie in the district's folder ``inbox/<cycle>/<district>/``, oldest first.

    A form that was judged before is passed over, so a turn may come twice. Files stay where they are. Of two different
    forms that lie there together only the first is taken: nobody has seen a receipt yet, so the second is no amendment,
    nor is it in a later turn.
    Raises RefusedError when the office's own wording of messages cannot be used.
    """
    office.wording.check()  # a fault of the office's own words must not turn back a district's form
    outcomes: list[Receipt | KboError] = []
    with office.database.read() as connection:
        seen = get_assignment(connection, cycle_id, district_code)
        lying = [(file, file.read_bytes()) for file in _forms(office, connection, cycle_id, district_code)]
    for place, (file, content) in enumerate(lying, start=1):
        digest = sha256(content)
        with office.database.read() as connection:
            known = version_known(connection, cycle_id, district_code, digest, seen.version)
        try:
            receipt = receive(
                office,
                cycle_id,
                district_code,
                content,
                file.name,
                at=at,
                via="inbox",
                arrived_at=_arrived_at(arrival(file), seen.dispatched_at, at),
                amends=known,
                beside=[other for _, later in lying[place:] if (other := sha256(later)) != digest],
            )
        except KboError as error:
            turn_back(office, cycle_id, district_code, content, file.name, error, at)
            outcomes.append(error)
        else:
            if receipt.is_new:
                outcomes.append(receipt)
    return outcomes


def _arrived_at(came_at: datetime, dispatched_at: datetime | None, at: datetime) -> datetime:
    """When a form came in: a server that slept past the deadline makes no answer late.

    A file's own time counts only where it can be true, between the packet and now.
    """
    return came_at if dispatched_at is not None and dispatched_at <= came_at <= at else at


def _forms(office: Office, connection: Connection, cycle_id: str, district_code: str) -> list[Path]:
    """The files in a district's folder that were not judged yet."""
    folder = office.home / "inbox" / cycle_id / district_code
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if file.is_file() and not file.name.startswith(_UNFINISHED)]
    if not files:
        return []
    known = judged_before(connection, cycle_id, district_code)
    new = [file for file in files if sha256(file.read_bytes()) not in known]
    return sorted(new, key=lambda f: (f.stat().st_mtime_ns, f.name))


def districts_asked(office: Office, cycle_id: str) -> list[str]:
    """The districts with places, by code in the circular's order."""
    with office.database.read() as connection:
        get_cycle(connection, cycle_id)
        return [a.district_code for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED]


def districts_with_work(office: Office, cycle_id: str, at: datetime) -> list[str]:
    """The districts with a form not yet judged, a reminder due, a packet to make, a lock that has passed or a message
    still to send."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        waiting = {m.district_code for m in sendable(connection, cycle, at)}
        eligible = eligible_by_district(connection, cycle)
        standing = assignments(connection, cycle_id)
        reminded = reminders_due(office, connection, cycle, standing, at)
        return [
            a.district_code
            for a in standing
            if a.district_code in waiting
            or is_lock_due(cycle, a, at)
            or a.district_code in reminded
            or (cycle.state == "open" and needs_packet(a, eligible.get(a.district_code, []), at))
            or _forms(office, connection, cycle_id, a.district_code)
        ]
