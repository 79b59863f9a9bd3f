"""Databases of earlier versions are brought up to date with what is in them."""

from alembic import command
from sqlalchemy import text

from kbo_core.store.database import Database, migration_config

_FIRST = (
    "insert into blob (sha256, content) values ('d', 'x')",
    "insert into chain (cycle_id, seq, hash) values ('kbo-test', 0, '0')",
    "insert into cycle (cycle_id, province_code, definition_sha256, inputs, opened_at, due_at, state, revision, "
    "outputs) values ('kbo-test', '56', 'd', '{}', '2024-12-09', '2025-06-04', 'open', 1, '{}')",
    "insert into producer (cycle_id, producer_id, producer_name, district_code, products, stars, source, row) "
    "values ('kbo-test', 'A1', 'กลุ่ม', '5601', '[]', '3', 'producers.csv', 2)",
    "insert into assignment (cycle_id, district_code, place, quota, state, due_at, packet_revision, candidates, "
    "version, is_late, shortfall_reason) "
    "values ('kbo-test', '5601', 1, 2, 'accepted', '2025-06-04', 1, '[]', 1, false, '')",
    "insert into pick (cycle_id, producer_id, district_code, place, tier) values ('kbo-test', 'A1', '5601', 1, 1)",
)


class FirstDatabase(Database):
    """A database as the first version made it."""

    def _upgrade(self) -> None:
        config = migration_config()
        with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")


def test_picks_of_the_first_version_have_their_own_identity(database_url: str) -> None:
    """Nothing was linked then."""
    first = FirstDatabase(database_url)
    with first.write() as connection:
        for statement in _FIRST:
            connection.execute(text(statement.replace("'x'", "x'00'" if first.is_sqlite else "'\\x00'")))
    first.close()
    database = Database(database_url)
    with database.read() as connection:
        assert connection.execute(text("select producer_id, identity from pick")).all() == [("A1", "A1")]
    database.close()
