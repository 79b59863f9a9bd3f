"""The server dies in the middle of a turn; the next turn catches up."""

import time
from pathlib import Path

from kbo_core.clock import parse_now
from kbo_core.office.doctor import examine
from kbo_core.office.office import open_office
from kbo_core.registry.quality import Validate
from kbo_core.store.log import events
from tests.cycle import CYCLE, open_cycle
from tests.cycle import turn as take_turn
from tests.e2e.running import KBO, kbo
from tests.operations.served import PrefectServer, end, spawn

TURN = "2025-05-21T08:35"


def test_a_turn_whose_server_was_killed_is_made_up_by_the_next(
    tmp_path: Path, province: Path, validate: Validate
) -> None:
    """SIGKILL to the server as soon as a reminder is out: in the end each district has one, as if undisturbed."""
    disturbed, whole = tmp_path / "disturbed", tmp_path / "whole"
    for home in (disturbed, whole):
        home.mkdir()
        office = open_office(home)
        open_cycle(office, province, validate)
        office.database.close()
    server = PrefectServer(disturbed)
    server.start()
    follow = ["cycle", "follow", CYCLE, "--now", TURN]
    try:
        turn = spawn(disturbed, [*KBO, *follow], "turn.log", **server.settings)
        for _ in range(12000):
            if list((disturbed / "outbox" / CYCLE).glob("*reminder*.eml")) or turn.poll() is not None:
                break
            time.sleep(0.005)
        server.kill()
        end(turn)  # it would go on trying to reach its server for minutes
        server.start()
        done = kbo(disturbed, *follow, **server.settings)
        assert done.returncode == 0, done.stderr[-2000:]
    finally:
        server.kill()
    offices = [open_office(disturbed), open_office(whole)]
    take_turn(offices[1], parse_now(TURN))
    facts = []
    for office in offices:
        assert examine(office)[1] == []
        with office.database.read() as connection:
            facts.append([(entry.kind, entry.payload) for entry in events(connection, CYCLE)])
        office.database.close()
    assert facts[0] == facts[1]
    mails = [{f.name: f.read_bytes() for f in (h / "outbox" / CYCLE).iterdir()} for h in (disturbed, whole)]
    assert mails[0] == mails[1]
    assert sum("reminder" in name for name in mails[0]) == 3
