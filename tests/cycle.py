"""A cycle driven without the orchestrator, as the tasks drive it."""

from datetime import datetime
from pathlib import Path

from deployments.demo.districts import filled
from kbo_core.clock import parse_now
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.following import districts_asked, districts_with_work, follow_district
from kbo_core.office.intake import Receipt, receive
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze, opened_before, prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.log import Event, events
from kbo_core.store.reading import decided_producers, get_assignment, get_cycle

CYCLE = "kbo-test"
OPENED_AT = parse_now("2024-12-09T09:00")
DUE_AT = parse_now("2025-06-04T16:30")


def open_cycle(office: Office, definition: Path, validate: Validate, at: datetime = OPENED_AT) -> None:
    """Freeze unless opened before, then make and send every packet."""
    file = read_definition(definition)
    if opened_before(office, file) is None:
        freeze(office, screened(file, validate), at, "ผู้ทดสอบ")
    for code in districts_asked(office, file.definition.cycle):
        prepare_packet(office, file.definition.cycle, code, at)
        send_planned(office, file.definition.cycle, code, at)


_screenings: dict[str, Screening] = {}


def screened(file: DefinitionFile, validate: Validate) -> Screening:
    """The screening of a definition; of the small province's own, the same for all tests."""
    if file.sha256 not in _screenings:
        _screenings[file.sha256] = screen(file, validate)
    return _screenings[file.sha256]


def turn(office: Office, at: datetime) -> None:
    """One turn of the wait."""
    for code in districts_with_work(office, CYCLE, at):
        follow_district(office, CYCLE, code, at)


def form_of(office: Office, district_code: str, *producer_ids: str, is_nil: bool = False) -> bytes:
    """The form that a district was sent, with these groups picked."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, CYCLE)
        names = {p.producer_id: p.producer_name for p in decided_producers(connection, cycle)}
        digest = get_assignment(connection, CYCLE, district_code).form_sha256
        assert digest is not None
        form = load_blob(connection, digest)
    return filled(form, [(i, names.get(i, i)) for i in producer_ids], is_nil=is_nil)


def answer(office: Office, district_code: str, *producer_ids: str, at: datetime, is_nil: bool = False) -> Receipt:
    """Send in a form and take the receipt."""
    content = form_of(office, district_code, *producer_ids, is_nil=is_nil)
    return receive(office, CYCLE, district_code, content, "form.xlsx", at=at, via="file")


def log_of(office: Office) -> list[Event]:
    """The cycle's events."""
    with office.database.read() as connection:
        return events(connection, CYCLE)


def kinds(office: Office) -> list[str]:
    """The kinds of the cycle's events, in order."""
    return [entry.kind for entry in log_of(office)]


def outbox(office: Office) -> dict[str, bytes]:
    """What lies in the outbox folder."""
    return {file.name: file.read_bytes() for file in sorted((office.home / "outbox").rglob("*.eml"))}
