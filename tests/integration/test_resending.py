"""A packet sent once more: the same papers, to whom the contact book names now."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from kbo_core.clock import parse_now
from kbo_core.domain.findings import BlockedError
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned
from kbo_core.office.resending import resend_packet
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, kinds, log_of, open_cycle, outbox
from tests.integration.test_overtaken import BrokenChannel

LATER = parse_now("2025-01-10T10:00")


def papers(mail: bytes) -> dict[str | None, object]:
    """The attachments of a mail, by name."""
    parts = message_from_bytes(mail, policy=default).iter_attachments()
    return {part.get_filename(): part.get_content() for part in parts}


def test_the_same_papers_go_out_again(office: Office, province: Path, validate: Validate) -> None:
    """Another message with the same attachments; who asked and why stands in the log; the state stays."""
    open_cycle(office, province, validate)
    step = resend_packet(office, CYCLE, "5601", at=LATER, by="ก", reason="อำเภอแจ้งว่าไม่ได้รับ")
    assert send_planned(office, CYCLE, "5601", LATER) == (1, 0)
    assert step == "01-2"
    first, again = (outbox(office)[f"5601-packet-{name}.eml"] for name in ("01", "01-2"))
    assert first != again
    assert papers(first) == papers(again)
    assert len(papers(again)) == 3
    asked = next(e for e in log_of(office) if e.kind == "resend-asked")
    assert (asked.by, asked.reason) == ("ก", "อำเภอแจ้งว่าไม่ได้รับ")
    assert examine(office)[1] == []


def test_one_that_waits_is_not_doubled(office: Office, province: Path, validate: Validate) -> None:
    """While mail is down the packet is planned and goes with the next turn; nothing is written."""
    open_cycle(replace(office, channels=(BrokenChannel(office.home / "outbox"),)), province, validate)
    with pytest.raises(BlockedError) as caught:
        resend_packet(office, CYCLE, "5601", at=LATER, by="ก", reason="ข")
    assert caught.value.findings[0].code == "packet-not-sent-yet"
    assert "resend-asked" not in kinds(office)
