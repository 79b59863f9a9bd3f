"""Turns of the real flows, by SMTP: what does not arrive is told by mail and by the office's notification block, and
what fails keeps nothing else waiting."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.testing.utilities import prefect_test_harness

from flows.daily_turn import daily_turn
from flows.follow_cycle import follow_cycle
from flows.follow_provinces import follow_provinces
from kbo_core.clock import parse_now
from kbo_core.domain.findings import RefusedError
from kbo_core.office.office import Office, open_office
from kbo_core.office.requests import request_extension
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import get_cycle, messages
from tests.cycle import CYCLE, open_cycle
from tests.integration.servers import Mailbox, Receiver

TURN = "2025-05-21T08:35"


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    """A Prefect server of the test's own."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.parametrize("block", ["custom-webhook/alarm", "custom-webhook/missing", "nonsense"])
def test_a_turn_tells_what_did_not_arrive(
    prefect: None, block: str, tmp_path: Path, province: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of three reminders go out, the third is refused: one alarm, once, whatever becomes of the block."""
    home = tmp_path / "home"
    open_cycle(open_office(home), province, validate)
    rows = [f"{code},,{code}@d.example" for code in ("5601", "5606", "5607")]
    book = "\n".join(["district_code,role,email", *rows, ",staff,desk@province.example"])
    (home / "contacts.csv").write_text(book, encoding="utf-8")
    receiver = Receiver(lambda _: (200, {}, b""))
    box = Mailbox(rcpt={"5606@d.example": "550 no such user"})
    with receiver.served() as url, box.served() as port:
        words = {"subject": "{{subject}}", "body": "{{body}}"}
        settings = {"name": "alarm", "url": url, "json_data": words, "allow_private_urls": True}
        hook = CustomWebhookNotificationBlock.model_validate(settings)
        hook.save("alarm", overwrite=True)
        for name, value in (("HOME", str(home)), ("SMTP_URL", f"smtp://127.0.0.1:{port}"), ("ALARM_BLOCK", block)):
            monkeypatch.setenv(f"KBO_{name}", value)
        for _ in range(2):
            asyncio.run(follow_cycle(CYCLE, TURN))
    reached = sorted(recipient for recipients, _ in box.mails for recipient in recipients)
    assert reached == ["5601@d.example", "5607@d.example", "desk@province.example"]
    told = [json.loads(request.body) for request in receiver.requests]
    assert len(told) == (1 if block.endswith("alarm") else 0)
    assert all("550 no such user" in each["body"] and "d.example" not in each["body"] for each in told)
    office = open_office(home)
    with office.database.read() as connection:
        assert [m.state for m in messages(connection, CYCLE, kind="alarm")] == ["sent"]
    office.database.close()


def _opened(home: Path, province: Path, validate: Validate, book: list[str]) -> Office:
    office = open_office(home)
    open_cycle(office, province, validate)
    (home / "contacts.csv").write_text("\n".join(["district_code,role,email", *book]), encoding="utf-8")
    return office


def _states(office: Office, kind: str) -> dict[str, str]:
    with office.database.read() as connection:
        return {m.district_code: m.state for m in messages(connection, CYCLE, kind=kind)}


@pytest.mark.parametrize("of_the_nation", [False, True])
def test_a_district_that_fails_keeps_no_other_waiting(
    prefect: None,
    of_the_nation: bool,
    tmp_path: Path,
    province: Path,
    validate: Validate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first has no address in force: the two behind it are reminded, and the run says whom it is about. A request
    that the staff's own address refused stands in nobody's way either."""
    book = ["5606,,5606@d.example", "5607,,5607@d.example", ",staff,gone@province.example"]
    office = _opened(tmp_path / "home", province, validate, book)
    box = Mailbox(rcpt={"gone@province.example": "550 no such user"})
    with box.served() as port:
        monkeypatch.setenv("KBO_HOME", str(office.home))
        monkeypatch.setenv("KBO_SMTP_URL", f"smtp://127.0.0.1:{port}")
        asked_at = parse_now("2025-05-20T09:00")
        by_mail = open_office(office.home)
        request_extension(by_mail, CYCLE, "5606", parse_now("2025-06-10T16:30"), at=asked_at, reason="รอประชาคม")
        for _ in range(2):
            if of_the_nation:
                turn: Any = follow_provinces({CYCLE: ["5601", "5606", "5607"]}, TURN, return_state=True)
                assert asyncio.run(turn).is_failed()
            else:
                with pytest.raises(RefusedError, match="5601"):
                    asyncio.run(follow_cycle(CYCLE, TURN))
    assert _states(office, "reminder") == {"5606": "sent", "5607": "sent"}
    assert _states(office, "request") == {"56": "undeliverable"}
    assert _states(office, "alarm") == {"56": "undeliverable"}
    by_mail.database.close()
    office.database.close()


def test_nothing_is_closed_by_itself_while_a_turn_fails(
    prefect: None, tmp_path: Path, province: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Past the last lock, with a form that may lie uncollected: the report waits for a turn that goes through."""
    text = province.read_text("utf-8")
    province.write_text(
        text.replace("if_nonworking: keep}", "if_nonworking: keep, lock_on: 2025-06-10}"), encoding="utf-8"
    )
    office = _opened(tmp_path / "home", province, validate, [])
    monkeypatch.setenv("KBO_HOME", str(office.home))
    days_off = office.home / "holidays.csv"
    days_off.write_text("date,name\n2/6/2025,วันหยุดพิเศษ\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="turns failed"):
        asyncio.run(daily_turn("2025-06-11T09:35"))
    with office.database.read() as connection:
        assert get_cycle(connection, CYCLE).state == "open"
    days_off.unlink()
    asyncio.run(daily_turn("2025-06-11T10:35"))
    with office.database.read() as connection:
        assert get_cycle(connection, CYCLE).state == "closed"
    office.database.close()
