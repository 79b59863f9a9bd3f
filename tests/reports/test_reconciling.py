"""A report that does not add up is not issued: each fault by its own code."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.findings import BlockedError
from kbo_core.office.closing import close
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Database
from tests.cycle import CYCLE, DUE_AT, answer, kinds, open_cycle
from tests.province import write_small_province

Meddle = Sequence[str]

FAULTS: dict[str, Meddle] = {
    "pick-undecided": ["delete from decision where producer_id = 'A1'"],
    "pick-not-eligible": [
        "update decision set verdict = 'ineligible', tier = '' where producer_id = 'A1' and revision = 1"
    ],
    "pick-over-quota": ["update assignment set quota = 1 where district_code = '5601'"],
    "pick-other-district": ["update producer set district_code = '5607' where producer_id = 'A1'"],
    "pick-tier-differs": ["update pick set tier = 2 where producer_id = 'A1'"],
    "fallback-uncertified": [
        "update pick set tier = 2 where producer_id = 'A1'",
        "update decision set tier = '2' where producer_id = 'A1'",
    ],
    "pick-linked-twice": [
        "insert into linked_identity (cycle_id, producer_id, identity) values ('kbo-test', 'A1', 'A1')",
        "insert into linked_identity (cycle_id, producer_id, identity) values ('kbo-test', 'B1', 'A1')",
    ],
    "answer-missing": ["update submission set state = 'returned' where district_code = '5601'"],
    "answer-version-differs": ["update assignment set version = 9 where district_code = '5607'"],
    "answer-file-lost": [
        "update blob set content = x'78' where sha256 = (select submission_sha256 from assignment "
        "where district_code = '5607')"
    ],
    "pick-not-answered": ["update submission set picks = '[[\"A1\", 1]]' where district_code = '5601'"],
    "answer-not-picked": ["delete from pick where producer_id = 'A2'"],
    "pick-not-dispatched": [
        "update submission set picks = '[[\"A1\", 1], [\"A5\", 1]]' where district_code = '5601'",
        "update pick set producer_id = 'A5', identity = 'A5' where producer_id = 'A2'",
    ],
    "quota-differs": ["update assignment set quota = quota + 1 where district_code = '5607'"],
    "quota-total-differs": ["update assignment set quota = quota + 1 where district_code = '5607'"],
    "register-row-differs": ["update producer set row = 99 where producer_id = 'A1'"],
    "register-name-differs": ["update producer set producer_name = 'กลุ่มอื่น' where producer_id = 'A1'"],
    "register-row-twice": [
        "update producer set row = (select row from producer where producer_id = 'A2') where producer_id = 'A1'"
    ],
}


@pytest.fixture(scope="module")
def closing(tmp_path_factory: pytest.TempPathFactory, judged: Validate) -> Callable[[Meddle], list[str]]:
    """Meddle with the tables of an answered cycle and close it; the codes that stop it. The cycle stays as it was."""
    folder = tmp_path_factory.mktemp("meddled")
    (folder / "home").mkdir()
    database = Database(f"sqlite:///{folder / 'home' / 'kbo.sqlite3'}")
    office = Office(folder / "home", database, (FolderChannel(folder / "home" / "outbox"),))
    open_cycle(office, write_small_province(folder / "province"), judged)
    answer(office, "5606", at=DUE_AT, is_nil=True)
    answer(office, "5601", "A2", "A1", at=DUE_AT)
    answer(office, "5607", "B1", at=DUE_AT)
    whole = (folder / "home" / "kbo.sqlite3", database)
    database.close()
    kept = whole[0].read_bytes()

    def close_meddled(meddle: Meddle) -> list[str]:
        for path in whole[0].parent.glob("kbo.sqlite3*"):
            path.unlink()
        whole[0].write_bytes(kept)
        fresh = Database(f"sqlite:///{whole[0]}")
        meddled = Office(folder / "home", fresh, (FolderChannel(folder / "home" / "outbox"),))
        with fresh.write() as connection:
            connection.execute(text("pragma defer_foreign_keys = on"))
            for statement in meddle:
                connection.execute(text(statement))
        try:
            with pytest.raises(BlockedError) as caught:
                close(meddled, CYCLE, judged, at=DUE_AT + timedelta(days=5), by="ผู้ทดสอบ")
            assert "report-issued" not in kinds(meddled)
            assert not (meddled.home / "reports").exists()
        finally:
            fresh.close()
        assert all(finding.message_th and finding.message_en for finding in caught.value.findings)
        return [finding.code for finding in caught.value.findings]

    return close_meddled


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_stops_the_report_by_its_own_code(closing: Callable[[Meddle], list[str]], code: str) -> None:
    """And nothing is issued."""
    assert code in closing(FAULTS[code])
