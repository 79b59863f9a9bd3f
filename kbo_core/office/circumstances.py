"""What a report says that the log of its cycle does not know: the contact book, the lists as they lie there now, who
closed and why. Frozen with the report, so that it can be made again."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from kbo_core.documents.papers import ContactLine
from kbo_core.domain.findings import Finding
from kbo_core.office.contacts import CHIEF, OFFICER, ROLES, read_contacts
from kbo_core.office.office import Office
from kbo_core.office.origins import changed_lists
from kbo_core.office.results import json_bytes
from kbo_core.store.database import Connection
from kbo_core.store.reading import Cycle, assignments


@dataclass(frozen=True)
class Circumstances:
    """What was so beside the log when a report was made; ``lists`` are findings as (code, list, Thai words)."""

    reason: str = ""
    contacts: tuple[ContactLine, ...] = ()
    lists: tuple[tuple[str, str, str], ...] = ()

    def content(self) -> bytes:
        """The circumstances as they are frozen."""
        return json_bytes(asdict(self))


def circumstances_of(
    office: Office, connection: Connection, cycle: Cycle, at: datetime, reason: str
) -> tuple[Circumstances, list[Finding]]:
    """The circumstances at an instant, with the findings on the lists as they are."""
    book = read_contacts(office.home)
    contacts = tuple(
        ContactLine(a.district_code, ROLES[role], contact.name, contact.email)
        for a in assignments(connection, cycle.cycle_id)
        for role in (OFFICER, CHIEF)
        for contact in book.valid(a.district_code, role, at)
    )
    found = changed_lists(office.home, connection, cycle)
    return Circumstances(reason, contacts, tuple((f.code, f.where, f.message_th) for f in found)), found


def read_circumstances(content: bytes) -> Circumstances:
    """Circumstances as they were frozen. Raises ValueError for other bytes."""
    told = json.loads(content)
    try:
        return Circumstances(
            told["reason"],
            tuple(ContactLine(**contact) for contact in told["contacts"]),
            tuple((code, where, words) for code, where, words in told["lists"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(str(error)) from None
