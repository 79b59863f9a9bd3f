"""A turn of the real flow, by SMTP: what does not arrive is told by mail and by the office's notification block."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.testing.utilities import prefect_test_harness

from flows.follow_cycle import follow_cycle
from kbo_core.office.office import open_office
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import messages
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
