"""A database of before the wait, with a real log in it, comes up to date; one of today goes back and comes again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alembic import command
from sqlalchemy import delete, text

from kbo_core.office.doctor import examine
from kbo_core.store import fold, schema
from kbo_core.store.database import Connection, Database, migration_config
from kbo_core.store.log import append, events
from kbo_core.store.reading import assignments, get_cycle, messages, picks, submissions
from tests.cycle import CYCLE
from tests.wait.desk import Desk, at, days

DAY = at("2025-01-10T10:00")
# What events of before the wait did not write down.
LATER = {
    "cycle-opened": ("grace_until", "lock_at"),
    "packet-prepared": ("quota",),
    "message-planned": ("recipients", "envelope"),
    "message-sent": ("answers", "retry_at"),
    "submission-accepted": ("amends", "received_at", "beside"),
}


class OlderDatabase(Database):
    """A store whose tables are taken back to those of before the wait, and left so."""

    def _upgrade(self) -> None:
        config = migration_config()
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, "0003")


def state(database: Database) -> list[object]:
    """What the log is folded into, as the program reads it."""
    with database.read() as connection:
        return [
            get_cycle(connection, CYCLE),
            *(read(connection, CYCLE) for read in (assignments, messages, picks, submissions)),
        ]


def lived(desk: Desk) -> None:
    """Half a year of a cycle: answers, an amendment, a new list that takes a pick away, reminders."""
    desk.answer("5601", "A1", "A2", when=DAY)
    desk.answer("5601", "A1", "A3", when=DAY + days(1))
    desk.answer("5607", "B1", when=DAY + days(1))
    desk.turn(DAY + days(1))
    desk.new_list("B1", when=DAY + days(2))
    desk.turn(at("2025-06-18T09:00"))


def write_as_before_the_wait(connection: Connection) -> None:
    """Write the whole log again, as the release of that time would have."""
    log = events(connection, CYCLE)
    fold.clear(connection, CYCLE)
    mine = schema.event.c.cycle_id == CYCLE
    connection.execute(delete(schema.event).where(mine))
    connection.execute(delete(schema.chain).where(schema.chain.c.cycle_id == CYCLE))
    for entry in log:
        payload = without(entry.payload, LATER.get(entry.kind, ()))
        append(connection, CYCLE, entry.kind, payload, at=entry.at, by=entry.by, reason=entry.reason)


def without(payload: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name not in names}


def taken_back(desk: Desk) -> list[str]:
    """The tables as they were before the wait; the districts' states that stand in them."""
    desk.office.database.close()
    older = OlderDatabase(desk.office.database.url)
    with older.read() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar_one() == "0003"
        names = "select column_name from information_schema.columns where table_name = 'assignment'"
        columns = (
            [row[1] for row in connection.execute(text("pragma table_info(assignment)"))]
            if older.is_sqlite
            else list(connection.execute(text(names)).scalars())
        )
        assert "locked_at" not in columns
        states = list(connection.execute(text("select state from assignment order by place")).scalars())
        assert connection.execute(text("select count(*) from message")).scalar_one() > 0
    older.close()
    return states


def test_a_log_of_before_the_wait_gives_the_tables_of_today(desk: Desk) -> None:
    """Its events lack what is written down since; opened today, the tables are the log's replay, and it goes on."""
    lived(desk)
    with desk.office.database.write() as connection:
        write_as_before_the_wait(connection)
    before = state(desk.office.database)
    assert taken_back(desk)[:3] == ["accepted", "repair", "dispatched"]
    database = Database(desk.office.database.url)
    assert state(database) == before
    upgraded = replace(desk, office=replace(desk.office, database=database))
    assert examine(upgraded.office)[1] == []
    upgraded.extend("5607", until=at("2025-06-30T16:30"), when=at("2025-06-19T10:00"))
    upgraded.answer("5607", "B3", when=at("2025-06-20T10:00"))
    upgraded.turn(at("2025-06-25T10:00"))
    upgraded.sound()
    database.close()


def test_the_tables_of_the_wait_go_back_and_come_again(desk: Desk) -> None:
    """With returns, exceptions, places moved, signatures and a report in the log: nothing of it is lost."""
    lived(desk)
    later = at("2025-06-19T10:00")
    desk.extend("5607", until=at("2025-06-30T16:30"), when=later)
    desk.send_back("5601", later)
    desk.grant("A5", "1b", when=later)
    desk.move_places("5606", "5601", later)
    desk.turn(later)
    desk.close(later + days(1), "ต้องส่งก่อน")
    before = state(desk.office.database)
    taken_back(desk)
    database = Database(desk.office.database.url)
    assert state(database) == before
    assert examine(replace(desk.office, database=database))[1] == []
    database.close()
