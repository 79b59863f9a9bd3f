"""Databases of earlier versions are brought up to date with what is in them."""

import pytest
from alembic import command
from sqlalchemy import text

from kbo_core.clock import parse_now
from kbo_core.domain.findings import RefusedError
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.office.returning import return_answer
from kbo_core.store.database import Database, migration_config, open_database
from kbo_core.store.fold import differences
from kbo_core.store.log import append, events
from kbo_core.store.reading import messages
from tests.cycle import CYCLE, answer, log_of, outbox, turn

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


STEPS = ("0001", "0002", "0003", "0004", "0005", "0006")


def moved(url: str, revision: str) -> None:
    """Bring a store to a revision, up or down, as the migrations do it; nothing is folded anew."""

    class Moving(Database):
        def _upgrade(self) -> None:
            config = migration_config()
            with self._engine.connect().execution_options(writes=True) as connection, connection.begin():
                config.attributes["connection"] = connection
                if revision < (self._revision_on(connection) or ""):
                    command.downgrade(config, revision)
                else:
                    command.upgrade(config, revision)

    Moving(url).close()


@pytest.fixture
def working(opened: Office) -> Office:
    """An office in the middle of its wait: an answer, one returned, reminders."""
    answer(opened, "5601", "A1", "A2", at=parse_now("2025-05-01T09:00"))
    answer(opened, "5606", at=parse_now("2025-05-01T10:00"), is_nil=True)
    return_answer(opened, CYCLE, "5606", "ขอเหตุผลเพิ่ม", at=parse_now("2025-05-02T09:00"), by="ผู้ตรวจ")
    turn(opened, parse_now("2025-05-21T08:35"))
    return opened


def test_a_store_goes_down_the_ladder_and_up_again_with_its_data(working: Office) -> None:
    """From each earlier revision, one step after the other, to the newest: the same events, the same state as the log
    folds into, every invariant whole, and the wait goes on."""
    before, url = log_of(working), working.database.url
    working.database.close()
    for lowest in reversed(STEPS[:-1]):
        place = STEPS.index(lowest)
        for revision in (*reversed(STEPS[place:-1]), *STEPS[place + 1 : -1]):
            moved(url, revision)
        office = Office(working.home, Database(url), working.channels)
        assert log_of(office) == before
        assert examine(office)[1] == [], lowest
        with office.database.scratch() as connection:
            assert differences(connection, CYCLE, events(connection, CYCLE)) == []
        office.database.close()
    office = Office(working.home, Database(url), working.channels)
    turn(office, parse_now("2025-06-05T08:35"))
    assert len(log_of(office)) > len(before)
    assert examine(office)[1] == []
    office.database.close()


def test_an_older_program_refuses_a_newer_store_and_changes_nothing(working: Office) -> None:
    """Opened anew or open since before: it says what is newer and what to do, before anything is written."""
    url, before, sent = working.database.url, log_of(working), outbox(working)
    with working.database.write() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(RefusedError) as anew:
        open_database(url)
    assert anew.value.findings[0].code == "database-newer"
    with pytest.raises(RefusedError, match="database-newer"):
        turn(working, parse_now("2025-06-05T08:35"))
    assert log_of(working) == before
    assert outbox(working) == sent
