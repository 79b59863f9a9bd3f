"""Two API servers and two workers on one PostgreSQL and one Redis share the nation's turn."""

from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from kbo_core.channels.folder import FolderChannel
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from kbo_core.store.log import events
from tests.cycle import OPENED_AT
from tests.national.made_up import chosen, open_nation, write_nation
from tests.operations.clustered import Cluster, Postgres

TURN = "2025-05-21T08:35"
PROVINCES, DISTRICTS = 3, 2


@pytest.fixture
def cluster(tmp_path: Path, validate: Validate) -> Iterator[Cluster]:
    """Three open cycles of two districts in a home, and the machines for them."""
    home = tmp_path / "home"
    home.mkdir()
    postgres = Postgres(tmp_path / "postgres.log")
    try:
        postgres.make()
        cluster = Cluster.of(home, postgres.database("kbo"), postgres.database("prefect"))
        office = Office(home, Database(cluster.database), (FolderChannel(home / "outbox"),))
        provinces = chosen(PROVINCES, DISTRICTS)
        open_nation(office, write_nation(tmp_path / "nation", provinces, DISTRICTS), validate, OPENED_AT)
        office.database.close()
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        postgres.remove()


def test_workers_share_the_nations_turn_and_every_message_goes_out_once(cluster: Cluster) -> None:
    """Asked of one server, seen on the other: three runs for two workers with room for one, each reminder once; a
    second turn, asked of the other server, does nothing."""
    first, second = cluster.servers
    turn = first.run("national-cycle/office", now=TURN, batch_size=2)
    assert second.ended(turn) == "Followed"
    taken = {run["name"]: run["state_name"] for run in second.runs(tags={"all_": ["nation"]})}
    assert Counter(taken.values()) == {"Followed": 3}
    workers = httpx.post(f"{second.api}/work_pools/kbo/workers/filter", json={}).json()
    assert [worker["status"] for worker in workers] == ["ONLINE"] * 2
    said = httpx.get(f"{second.api}/flow_runs/{turn}").json()["state"]["message"]
    assert said.endswith(f"เตือน {PROVINCES * DISTRICTS} · ส่งออก {PROVINCES * DISTRICTS}")

    office = Office(cluster.home, Database(cluster.database), ())
    before = sent(office)
    assert Counter(kind for _, _, kind in before) == dict.fromkeys(("packet", "reminder"), PROVINCES * DISTRICTS)
    assert set(before.values()) == {1}
    mails = list((cluster.home / "outbox").rglob("*.eml"))
    names = {message_from_bytes(mail.read_bytes())["Message-ID"] for mail in mails}
    assert len(mails) == len(names) == len(before)
    assert second.ended(second.run("national-cycle/office", now=TURN, batch_size=2)) == "NothingDue"
    assert sent(office) == before
    assert examine(office)[1] == []
    office.database.close()


def sent(office: Office) -> Counter[tuple[str, str, str]]:
    """How often the log says that something went out: (cycle, district, kind)."""
    with office.database.read() as connection:
        return Counter(
            (told.cycle_id, told.payload["district"], told.payload["kind"])
            for p in chosen(PROVINCES, DISTRICTS)
            for told in events(connection, f"kbo-{p.code}", ("message-sent",))
        )
