"""A follow turn that dies at any point of its reading, writing and sending, and two followers at once."""

import multiprocessing
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kbo_core.channels.channel import Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.delivery import Answer
from kbo_core.office.following import districts_with_work, follow_district
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection, Database
from tests.cycle import CYCLE, DUE_AT, log_of, outbox
from tests.integration.test_opening import Crash
from tests.wait.conftest import Copies
from tests.wait.desk import Desk, at
from tests.wait.test_inbox import in_order

# Late on the fourth day after the deadline: a reminder is due, a form lies there, another races with it, one is wrong.
WHEN = at("2025-06-09T09:00")


class Deaths:
    """Counts every point of a turn; at one of them the process dies. Point 0 is never reached."""

    def __init__(self, at_point: int) -> None:
        self.passed: list[str] = []
        self._at = at_point

    def point(self, what: str) -> None:
        self.passed.append(what)
        if len(self.passed) == self._at:
            raise Crash(what)


class DyingDatabase(Database):
    """Dies before a look, before a commit or after it."""

    def __init__(self, url: str, deaths: Deaths) -> None:
        super().__init__(url)
        self._deaths = deaths

    @contextmanager
    def read(self) -> Iterator[Connection]:
        if hasattr(self, "_deaths"):  # not while it is opened
            self._deaths.point("look")
        with super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            self._deaths.point("before commit")
        self._deaths.point("after commit")


class DyingChannel(FolderChannel):
    """Dies before a message goes out or after it."""

    def __init__(self, folder: Path, deaths: Deaths) -> None:
        super().__init__(folder)
        self._deaths = deaths

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self._deaths.point("before sending")
        answers = super().send(message)
        self._deaths.point("after sending")
        return answers


def prepared(desk: Desk) -> Desk:
    """5601 has two forms in its inbox and a wrong one, 5607 owes, 5606 was given a place more and needs a packet."""
    in_order(
        desk.lay("5601", "wrong.xlsx", saved_form(desk, "5601", "A1")),
        desk.lay("5601", "first.xlsx", saved_form(desk, "5601", "A1", "A2")),
        desk.lay("5601", "second.xlsx", saved_form(desk, "5601", "A2", "A3")),
    )
    desk.move_places("5607", "5606", DUE_AT)
    return desk


_filled: dict[tuple[str, ...], bytes] = {}


def saved_form(desk: Desk, code: str, *ids: str) -> bytes:
    """The form, filled once: a spreadsheet program stamps each file that it saves."""
    if (code, *ids) not in _filled:
        _filled[code, *ids] = desk.form(code, *ids)
    return _filled[code, *ids]


def facts(office: Office) -> list[tuple[str, Any]]:
    return [(entry.kind, entry.payload) for entry in log_of(office)]


def dying(office: Office, deaths: Deaths) -> Office:
    return replace(
        office,
        database=DyingDatabase(office.database.url, deaths),
        channels=(DyingChannel(office.home / "outbox", deaths),),
    )


def test_a_turn_that_dies_at_any_point_ends_as_an_undisturbed_one(
    copies: Copies, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look, commit, sending and file read is once the last: run again, log and outbox are the same."""
    undisturbed, deaths = prepared(Desk(copies.copy("sqlite", "limits"), validate)), Deaths(0)
    read = Path.read_bytes
    watched = {"deaths": deaths}

    def read_bytes(path: Path) -> bytes:
        if "inbox" in path.parts:
            watched["deaths"].point("file read")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    office = dying(undisturbed.office, deaths)
    replace(undisturbed, office=office).turn(WHEN)
    office.database.close()
    assert {"look", "before commit", "after commit", "before sending", "after sending", "file read"} == set(
        deaths.passed
    )
    expected, mails = facts(undisturbed.office), outbox(undisturbed.office)
    assert {"submission-accepted", "submission-refused", "packet-prepared"} <= {kind for kind, _ in expected}
    for point in points(deaths.passed):
        desk = prepared(Desk(copies.copy("sqlite", "limits"), validate))
        watched["deaths"] = Deaths(point)
        office = dying(desk.office, watched["deaths"])
        with pytest.raises(Crash):
            replace(desk, office=office).turn(WHEN)
        office.database.close()
        watched["deaths"] = Deaths(0)
        desk.turn(WHEN)
        assert by_district(facts(desk.office)) == by_district(expected), (point, deaths.passed[point - 1])
        assert outbox(desk.office) == mails
        desk.office.database.close()
    desk.sound()


def points(passed: list[str]) -> list[int]:
    """Every point after which something is otherwise: looking and reading change nothing, so of several in a row the
    last one dies for all."""
    changeless = ("look", "file read")
    ahead = [*passed[1:], ""]
    return [
        number
        for number, (what, following) in enumerate(zip(passed, ahead, strict=True), start=1)
        if what not in changeless or following not in changeless
    ]


def by_district(log: list[tuple[str, Any]]) -> dict[str, list[tuple[str, Any]]]:
    """Each district's events in order: which district comes first is no matter."""
    told: dict[str, list[tuple[str, Any]]] = {}
    for kind, payload in log:
        told.setdefault(payload.get("district", ""), []).append((kind, payload))
    return told


class CountingChannel(FolderChannel):
    """Tells which messages went through it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.keys: list[str] = []

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self.keys.append(message.key)
        return super().send(message)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_several_followers_in_threads_send_each_message_once(backend: str, copies: Copies, validate: Validate) -> None:
    """Four turns begin together; what each district gets is what one turn alone would have sent it."""
    alone = prepared(Desk(copies.copy(backend, "limits"), validate))
    alone.turn(WHEN)
    desk = prepared(Desk(copies.copy(backend, "limits"), validate))
    channel, failed, start = CountingChannel(desk.office.home / "outbox"), list[BaseException](), threading.Barrier(4)

    def follow() -> None:
        office = replace(desk.office, database=Database(desk.office.database.url), channels=(channel,))
        try:
            start.wait()
            for code in districts_with_work(office, CYCLE, WHEN):
                follow_district(office, CYCLE, code, WHEN)
        except BaseException as error:
            failed.append(error)
        finally:
            office.database.close()

    threads = [threading.Thread(target=follow) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert [key for key, count in Counter(channel.keys).items() if count > 1] == []
    assert outbox(desk.office) == outbox(alone.office)
    desk.sound()


def _follow_alone(home: Path, url: str, log: Path) -> None:
    """A follower in a process of its own."""
    channel = CountingChannel(home / "outbox")
    office = Office(home, Database(url), (channel,))
    for code in districts_with_work(office, CYCLE, WHEN):
        follow_district(office, CYCLE, code, WHEN)
    office.database.close()
    log.write_text("\n".join(channel.keys), encoding="utf-8")


def test_two_followers_in_two_processes_send_each_message_once(
    copies: Copies, validate: Validate, tmp_path: Path
) -> None:
    """Two machines at one PostgreSQL: nothing is lost, nothing doubled."""
    alone = prepared(Desk(copies.copy("postgresql", "limits"), validate))
    alone.turn(WHEN)
    desk = prepared(Desk(copies.copy("postgresql", "limits"), validate))
    context = multiprocessing.get_context("spawn")
    logs = [tmp_path / "one", tmp_path / "two"]
    workers = [
        context.Process(target=_follow_alone, args=(desk.office.home, desk.office.database.url, log)) for log in logs
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(200)
    assert [worker.exitcode for worker in workers] == [0, 0]
    sent = [key for log in logs for key in log.read_text("utf-8").splitlines()]
    assert len(sent) == len(set(sent))
    assert outbox(desk.office) == outbox(alone.office)
    desk.sound()
