"""The store: migrations, the log's chain, the fold, the constraints, several hands at once."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kbo_core.channels.channel import Outgoing
from kbo_core.domain.delivery import Answer
from kbo_core.office.definitions import read_definition
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_asked
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze, prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.registry.quality import Validate
from kbo_core.store import schema
from kbo_core.store.database import Database, migration_config
from kbo_core.store.log import broken_link
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, log_of, open_cycle, screened
from tests.integration.test_opening import CrashingChannel


def test_the_migrations_make_the_tables_that_the_code_describes(bare_database_url: str) -> None:
    """A database brought up by migrations differs in nothing from the models."""
    database = Database(bare_database_url)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    database.close()


def test_opening_a_database_twice_changes_nothing(bare_database_url: str) -> None:
    """The second process finds it up to date."""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    for _ in range(2):
        database = Database(bare_database_url)
        with database.read() as connection:
            assert connection.execute(text("select version_num from alembic_version")).scalar() == head
        database.close()


@pytest.mark.parametrize("column", ["payload", "by", "reason", "kind"])
def test_a_changed_event_breaks_the_chain(office: Office, province: Path, validate: Validate, column: str) -> None:
    """Whatever of a past event is altered, the chain tells at which one."""
    open_cycle(office, province, validate)
    with office.database.write() as connection:
        assert broken_link(connection, CYCLE) is None
        value = '{"forged": true}' if column == "payload" else "decided" if column == "kind" else "somebody else"
        connection.execute(text(f'update event set "{column}" = :value where seq = 3'), {"value": value})  # noqa: S608
    with office.database.read() as connection:
        assert broken_link(connection, CYCLE) == 3
    assert [f.code for f in examine(office)[1]] == ["chain-broken"]


def test_a_dropped_last_event_breaks_the_chain(office: Office, province: Path, validate: Validate) -> None:
    """The head remembers how far the chain went."""
    open_cycle(office, province, validate)
    last = log_of(office)[-1].seq
    with office.database.write() as connection:
        connection.execute(text("delete from event where seq = :seq"), {"seq": last})
    with office.database.read() as connection:
        assert broken_link(connection, CYCLE) == last


def test_a_table_changed_behind_the_log_is_noticed(office: Office, province: Path, validate: Validate) -> None:
    """Replaying the log does not give what somebody wrote into a table."""
    open_cycle(office, province, validate)
    answer(office, "5607", "B1", at=DUE_AT)
    assert examine(office)[1] == []
    with office.database.write() as connection:
        connection.execute(text("update assignment set is_late = true where district_code = '5607'"))
    assert [(f.code, f.where) for f in examine(office)[1]] == [("state-differs", f"{CYCLE}: assignment")]


def test_a_kept_file_that_was_changed_is_noticed(office: Office, province: Path, validate: Validate) -> None:
    """Every blob still has its own hash, or is named."""
    open_cycle(office, province, validate)
    with office.database.write() as connection:
        digest = connection.execute(text("select letter_sha256 from assignment where district_code = '5601'")).scalar()
        connection.execute(text("update blob set content = :c where sha256 = :d"), {"c": b"forged", "d": digest})
    assert [(f.code, f.where) for f in examine(office)[1]] == [("file-changed", digest)]


def test_a_producer_cannot_be_picked_twice(office: Office, province: Path, validate: Validate) -> None:
    """The database itself refuses it, whichever district asks."""
    open_cycle(office, province, validate)
    answer(office, "5607", "B1", at=DUE_AT)
    with pytest.raises(IntegrityError), office.database.write() as connection:
        connection.execute(
            schema.pick.insert().values(cycle_id=CYCLE, producer_id="B1", district_code="5601", place=1, tier=1)
        )


def test_nothing_is_written_when_a_transaction_fails(office: Office, province: Path, validate: Validate) -> None:
    """A failure in the middle leaves no trace."""
    open_cycle(office, province, validate)
    log = log_of(office)
    with pytest.raises(RuntimeError), office.database.write() as connection:
        connection.execute(text("delete from message"))
        raise RuntimeError
    assert log_of(office) == log
    assert examine(office)[1] == []


class CountingChannel(CrashingChannel):
    """Counts what it sends."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 0, gone_out=False)
        self.sent: list[str] = []

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self.sent.append(message.key)
        return super().send(message)


def test_two_followers_at_once_send_each_message_once(
    office: Office, province: Path, validate: Validate, database_url: str
) -> None:
    """Eight threads with databases of their own want to send the same packets."""
    freeze(office, screened(read_definition(province), validate), OPENED_AT, "ผู้ทดสอบ")
    districts = districts_asked(office, CYCLE)
    channel = CountingChannel(office.home / "outbox")
    errors: list[BaseException] = []

    def follow() -> None:
        own = replace(office, database=Database(database_url), channels=(channel,))
        try:
            for code in districts:
                prepare_packet(own, CYCLE, code, OPENED_AT)
                send_planned(own, CYCLE, code, OPENED_AT)
        except BaseException as error:
            errors.append(error)
        finally:
            own.database.close()

    threads = [threading.Thread(target=follow) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(channel.sent) == [f"{CYCLE}/{code}-packet-01" for code in sorted(districts)]
    assert examine(office)[1] == []
