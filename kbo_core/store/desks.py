"""The doors to the districts' desks, and what lies on them unfinished."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from kbo_core.store import schema


@dataclass(frozen=True)
class DistrictLink:
    """One link. A district has one in force at most; its newest, unless it was revoked."""

    cycle_id: str
    district_code: str
    number: int
    link_id: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


def find_link(connection: Connection, link_id: str) -> DistrictLink | None:
    """The link of an id, in force or not."""
    table = schema.district_link
    row = connection.execute(select(table).where(table.c.link_id == link_id)).first()
    return DistrictLink(**row._mapping) if row else None


def links(connection: Connection, cycle_id: str, district_code: str) -> list[DistrictLink]:
    """A district's links, the first first."""
    table = schema.district_link
    mine = (table.c.cycle_id == cycle_id) & (table.c.district_code == district_code)
    return [DistrictLink(**r._mapping) for r in connection.execute(select(table).where(mine).order_by(table.c.number))]


def load_draft(connection: Connection, cycle_id: str, district_code: str) -> tuple[str, datetime] | None:
    """What a district has not sent yet, as it was kept, and when."""
    table = schema.draft
    row = connection.execute(
        select(table).where(table.c.cycle_id == cycle_id, table.c.district_code == district_code)
    ).first()
    return (row.content, row.saved_at) if row else None


def keep_draft(connection: Connection, cycle_id: str, district_code: str, content: str, at: datetime) -> None:
    """Keep a district's unfinished answer instead of the one before."""
    drop_draft(connection, cycle_id, district_code)
    connection.execute(
        schema.draft.insert().values(cycle_id=cycle_id, district_code=district_code, content=content, saved_at=at)
    )


def drop_draft(connection: Connection, cycle_id: str, district_code: str) -> bool:
    """Forget a district's unfinished answer; True when there was one."""
    table = schema.draft
    mine = (table.c.cycle_id == cycle_id) & (table.c.district_code == district_code)
    return bool(connection.execute(delete(table).where(mine)).rowcount)


def drafts_before(connection: Connection, at: datetime) -> list[tuple[str, str]]:
    """The (cycle, district) of the drafts that nobody has touched since an instant."""
    table = schema.draft
    found = connection.execute(select(table.c.cycle_id, table.c.district_code).where(table.c.saved_at < at))
    return sorted((row.cycle_id, row.district_code) for row in found)
