"""``kbo cycle open``, killed by the system in the middle, and run again."""

import os
import signal
import subprocess
import time
from pathlib import Path

from kbo_core.office.doctor import examine
from kbo_core.office.office import Office, open_office
from kbo_core.store.log import events
from tests.cycle import CYCLE
from tests.e2e.running import KBO, kbo, surroundings

NOW = "2024-12-09T09:00"


def facts(office: Office) -> list[tuple[str, object]]:
    with office.database.read() as connection:
        return [(entry.kind, entry.payload) for entry in events(connection, CYCLE)]


def test_killed_while_packets_go_out_it_ends_as_if_nothing_had_happened(tmp_path: Path, province: Path) -> None:
    """SIGKILL as soon as the first packet lies in the outbox; the second run completes the rest, each packet once."""
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [*KBO, "cycle", "open", str(province), "--now", NOW]
    with (tmp_path / "out").open("w") as output:
        running = subprocess.Popen(
            command, env=surroundings(killed), stdout=output, stderr=output, start_new_session=True
        )
    outbox = killed / "outbox" / CYCLE
    for _ in range(12000):
        if outbox.is_dir() and list(outbox.glob("*.eml")):
            break
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.005)
    os.killpg(running.pid, signal.SIGKILL)  # with the engine's own server, as when the machine stops
    assert running.wait() == -9

    for home in (killed, whole):
        done = kbo(home, "cycle", "open", str(province), "--now", NOW)
        assert done.returncode == 0, done.stderr[-2000:]
    offices = [open_office(killed), open_office(whole)]
    assert facts(offices[0]) == facts(offices[1])
    mails = [{f.name: f.read_bytes() for f in (o.home / "outbox" / CYCLE).iterdir()} for o in offices]
    assert mails[0] == mails[1]
    assert [examine(office)[1] for office in offices] == [[], []]
