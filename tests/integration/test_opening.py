"""Opening a cycle: once, whole, and unharmed by interruption."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kbo_core.channels.channel import Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.assignments import State
from kbo_core.domain.delivery import Answer
from kbo_core.domain.findings import BlockedError
from kbo_core.office.definitions import read_definition
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.office.opening import freeze
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection, Database
from kbo_core.store.reading import assignments, cycle_ids, messages
from tests.cycle import CYCLE, OPENED_AT, kinds, log_of, open_cycle, outbox


def test_every_district_with_places_gets_one_packet(office: Office, province: Path, validate: Validate) -> None:
    """Three districts are asked, three packets lie in the outbox, the others are asked for nothing."""
    open_cycle(office, province, validate)
    assert list(outbox(office)) == ["5601-packet-01.eml", "5606-packet-01.eml", "5607-packet-01.eml"]
    with office.database.read() as connection:
        states = {a.district_code: a.state for a in assignments(connection, CYCLE)}
    assert {code for code, state in states.items() if state is State.DISPATCHED} == {"5601", "5606", "5607"}
    assert set(states.values()) == {State.DISPATCHED, State.NOT_ASKED}
    assert examine(office)[1] == []


def test_opening_twice_changes_nothing(office: Office, province: Path, validate: Validate) -> None:
    """The second opening finds everything done."""
    open_cycle(office, province, validate)
    log, mail = log_of(office), outbox(office)
    open_cycle(office, province, validate)
    assert (log_of(office), outbox(office)) == (log, mail)


def test_another_definition_of_the_same_name_is_refused(office: Office, province: Path, validate: Validate) -> None:
    """A cycle is opened with one definition; the state does not change."""
    open_cycle(office, province, validate)
    log = log_of(office)
    province.write_text(province.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    with pytest.raises(BlockedError) as caught:
        open_cycle(office, province, validate)
    assert [f.code for f in caught.value.findings] == ["cycle-exists"]
    assert log_of(office) == log


def test_a_blocking_finding_stops_the_opening_before_anything_is_written(
    office: Office, province: Path, validate: Validate
) -> None:
    """A deadline before the letter's date blocks; answered by name, it does not."""
    text = province.read_text("utf-8").replace("on: 2025-06-04", "on: 2025-06-04, printed: 2024-06-04")
    province.write_text(text, encoding="utf-8")
    with pytest.raises(BlockedError) as caught:
        freeze(office, screen(read_definition(province), validate), OPENED_AT, "ผู้ทดสอบ")
    assert [f.code for f in caught.value.findings] == ["deadline-before-issue"]
    with office.database.read() as connection:
        assert cycle_ids(connection) == []

    answer = "{finding: deadline-before-issue, by: นาย ก, on: 2024-12-07, reason: พิมพ์ปีผิด}"
    province.write_text(text.replace("settled: []", f"settled: [{answer}]"), encoding="utf-8")
    freeze(office, screen(read_definition(province), validate), OPENED_AT, "ผู้ทดสอบ")
    with office.database.read() as connection:
        assert cycle_ids(connection) == [CYCLE]


class Crash(BaseException):
    """The process dies here."""


class CrashingDatabase(Database):
    """A database during whose n-th write the process dies, just before or just after the commit."""

    def __init__(self, url: str, at: int, *, committed: bool) -> None:
        super().__init__(url)
        self.left, self._committed = at, committed

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.left -= 1
        with super().write() as connection:
            yield connection
            if self.left == 0 and not self._committed:
                raise Crash
        if self.left == 0 and self._committed:
            raise Crash


class CrashingChannel(FolderChannel):
    """A channel during whose n-th message the process dies, just before or just after it went out."""

    def __init__(self, folder: Path, at: int, *, gone_out: bool) -> None:
        super().__init__(folder)
        self.left, self._gone_out = at, gone_out

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self.left -= 1
        if self.left == 0 and not self._gone_out:
            raise Crash
        answers = super().send(message)
        if self.left == 0:
            raise Crash
        return answers


def facts(office: Office) -> list[tuple[str, Any]]:
    """What the log says happened."""
    return [(entry.kind, entry.payload) for entry in log_of(office)]


def deaths() -> Iterator[tuple[str, int, bool]]:
    """Every place to die: one freeze, three packets and three outcomes are written, three packets are sent."""
    for after in (False, True):
        yield from (("write", step, after) for step in range(1, 1 + 3 + 3 + 1))
        yield from (("send", step, after) for step in range(1, 3 + 1))


@pytest.mark.parametrize(("where", "step", "after"), deaths())
def test_killed_at_any_step_it_ends_in_the_same_state(
    where: str, step: int, after: bool, tmp_path: Path, province: Path, validate: Validate
) -> None:
    """The process dies before or after a commit or a sending; run again, the log and the mail are those of an
    undisturbed opening, and no packet went out twice."""
    undisturbed = _office(tmp_path / "undisturbed")
    open_cycle(undisturbed, province, validate)

    home = tmp_path / "killed"
    dying = _office(home)
    database = CrashingDatabase(dying.database.url, step if where == "write" else 0, committed=after)
    channel = CrashingChannel(home / "outbox", step if where == "send" else 0, gone_out=after)
    with pytest.raises(Crash):
        open_cycle(replace(dying, database=database, channels=(channel,)), province, validate)
    assert examine(dying)[1] == []

    again = _office(home)
    open_cycle(again, province, validate)
    assert facts(again) == facts(undisturbed)
    assert outbox(again) == outbox(undisturbed)
    assert examine(again)[1] == []


def _office(home: Path) -> Office:
    home.mkdir(exist_ok=True)
    return Office(home, Database(f"sqlite:///{home / 'kbo.sqlite3'}"), (FolderChannel(home / "outbox"),))


def test_a_message_is_written_down_before_it_is_sent(office: Office, province: Path, validate: Validate) -> None:
    """In the log every packet is planned before it is sent, and each is sent once."""
    open_cycle(office, province, validate)
    happened = [e.kind for e in log_of(office) if e.kind.startswith("message-")]
    assert happened == ["message-planned", "message-sent"] * 3
    assert kinds(office)[:2] == ["cycle-opened", "decided"]
    with office.database.read() as connection:
        assert {m.state for m in messages(connection, CYCLE)} == {"sent"}
