"""Looking into the contact book for a person: written down before anything is shown."""

from datetime import datetime

from kbo_core.office.contacts import ContactBook, read_contacts
from kbo_core.office.office import Office
from kbo_core.store.log import append, hold
from kbo_core.store.reading import get_assignment


def contacts_of(office: Office, cycle_id: str, district_code: str, *, at: datetime, by: str) -> ContactBook:
    """The contact book, for a look at one district's people. Who looked and when is in the log from now on.

    Raises RefusedError for a district that the cycle does not ask, or a book that cannot be read.
    """
    book = read_contacts(office.home)
    with office.database.write() as connection:
        hold(connection, cycle_id)
        get_assignment(connection, cycle_id, district_code)
        append(connection, cycle_id, "contacts-read", {"district": district_code}, at=at, by=by)
    return book
