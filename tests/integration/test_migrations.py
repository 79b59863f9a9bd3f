"""Databases of earlier versions are brought up to date with what is in them."""

from alembic import command
from sqlalchemy import text

from kbo_core.clock import parse_now
from kbo_core.store.database import Database, migration_config
from kbo_core.store.log import append
from kbo_core.store.reading import messages

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


def test_picks_of_the_first_version_have_their_own_identity(bare_database_url: str) -> None:
    """Nothing was linked then."""
    first = FirstDatabase(bare_database_url)
    with first.write() as connection:
        for statement in _FIRST:
            connection.execute(text(statement.replace("'x'", "x'00'" if first.is_sqlite else "'\\x00'")))
    first.close()
    database = Database(bare_database_url)
    with database.read() as connection:
        rows = connection.execute(text("select producer_id, identity from pick"))
        assert [tuple(row) for row in rows] == [("A1", "A1")]
    database.close()


_MESSAGES = {
    # step: state, explanation, attempts, has a mail → where its one recipient stands now
    "01": ("planned", "", 0, True, '[{"outcome": "waiting", "words": ""}]'),
    "02": ("planned", "451 later", 2, True, '[{"outcome": "deferred", "words": "451 later"}]'),
    "03": ("sent", "451 later", 3, True, '[{"outcome": "accepted", "words": ""}]'),
    "04": ("explained", "แทนด้วย 05", 1, True, '[{"outcome": "dropped", "words": ""}]'),
    "05": ("explained", "แทนด้วย 06", 0, False, "[]"),
}


def test_messages_of_earlier_versions_have_the_one_recipient_that_they_had(bare_database_url: str) -> None:
    """What the log folds into now is what the migration made of the rows."""
    first = FirstDatabase(bare_database_url)
    with first.write() as connection:
        for statement in _FIRST[:3]:
            connection.execute(text(statement.replace("'x'", "x'00'" if first.is_sqlite else "'\\x00'")))
        for step, (state, explanation, attempts, has_mail, _) in _MESSAGES.items():
            row = {"step": step, "state": state, "why": explanation, "n": attempts, "mail": "d" if has_mail else None}
            connection.execute(
                text(
                    "insert into message (cycle_id, district_code, kind, step, channel, state, planned_at, subject, "
                    "sha256, explanation, attempts) values ('kbo-test', '5601', 'packet', :step, 'smtp', :state, "
                    "'2024-12-09', '', :mail, :why, :n)"
                ),
                row,
            )
    first.close()
    database = Database(bare_database_url)
    with database.read() as connection:
        rows = connection.execute(text("select step, recipients from message order by step")).all()
        assert {row.step: row.recipients for row in rows} == {s: told[-1] for s, told in _MESSAGES.items()}
    database.close()


def test_events_of_earlier_versions_are_folded_as_before(bare_database_url: str) -> None:
    """A message then had one recipient, whom the event named, and outcomes without answers."""
    key = {"district": "5601", "kind": "packet", "channel": "smtp"}
    mail = {"subject": "แจ้งจัดสรร", "sha256": "d", "recipient": "a@d.example"}
    happened = [
        ("message-planned", {**key, **mail, "step": "01"}),
        ("message-planned", {**key, **mail, "step": "02"}),
        ("message-failed", {**key, "step": "02", "error": "451 later"}),
        ("message-failed", {**key, "step": "02", "error": "451 later"}),
        ("message-planned", {**key, **mail, "step": "03"}),
        ("message-failed", {**key, "step": "03", "error": "451 later"}),
        ("message-failed", {**key, "step": "03", "error": "451 later"}),
        ("message-sent", {**key, "step": "03"}),
        ("message-planned", {**key, **mail, "step": "04"}),
        ("message-failed", {**key, "step": "04", "error": "451 later"}),
        ("step-explained", {**key, "step": "04", "explanation": "แทนด้วย 05"}),
        ("step-explained", {**key, "step": "05", "explanation": "แทนด้วย 06"}),
    ]
    database = Database(bare_database_url)
    with database.write() as connection:
        for statement in (*_FIRST[:3], _FIRST[4]):
            statement = statement.replace("'x'", "x'00'" if database.is_sqlite else "'\\x00'")
            connection.execute(text(statement))
        for kind, payload in happened:
            append(connection, "kbo-test", kind, payload, at=parse_now("2024-12-09T09:00"), by="system")
    with database.read() as connection:
        rows = connection.execute(
            text("select step, state, explanation, attempts, recipients from message order by step")
        ).all()
        assert {row.step: tuple(row[1:]) for row in rows} == {
            step: (state, why, attempts, told) for step, (state, why, attempts, _, told) in _MESSAGES.items()
        }
        assert [m.is_due(parse_now("2024-12-09T09:00")) for m in messages(connection, "kbo-test")] == [
            True, True, False, False, False,
        ]  # fmt: skip
    database.close()
