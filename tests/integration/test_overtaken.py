"""Messages that could not go out in their time, and words that tell the time as it is."""

import email
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from email.policy import default

import pytest

from kbo_core.channels.channel import DeliveryError, Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.clock import parse_now
from kbo_core.domain.delivery import Answer
from kbo_core.office.closing import close
from kbo_core.office.doctor import examine
from kbo_core.office.intake import receive
from kbo_core.office.office import Office
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import messages
from tests.cycle import CYCLE, DUE_AT, answer, form_of, outbox, turn


class BrokenChannel(FolderChannel):
    """A folder that nothing can be laid in."""

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        raise DeliveryError("out of order")


def states(office: Office, district: str) -> dict[str, str]:
    with office.database.read() as connection:
        return {m.step: m.state for m in messages(connection, CYCLE, district_code=district, kind="reminder")}


def test_a_reminder_that_waited_is_not_sent_to_who_has_answered(opened: Office) -> None:
    """Planned while mail was down; the answer came; the next turn explains it instead."""
    turn(replace(opened, channels=(BrokenChannel(opened.home / "outbox"),)), parse_now("2025-05-21T08:35"))
    assert states(opened, "5607") == {"before-014": "planned"}
    answer(opened, "5607", "B1", at=parse_now("2025-05-22T10:00"))
    turn(opened, parse_now("2025-05-22T10:05"))
    assert states(opened, "5607") == {"before-014": "explained"}
    assert not [name for name in outbox(opened) if name.startswith("5607-reminder")]
    assert examine(opened)[1] == []


def test_of_two_reminders_that_waited_the_newer_goes_out(opened: Office) -> None:
    """Two steps pile up while mail is down: one message, not a burst."""
    broken = replace(opened, channels=(BrokenChannel(opened.home / "outbox"),))
    turn(broken, parse_now("2025-05-21T08:35"))
    turn(broken, parse_now("2025-05-28T08:35"))
    turn(opened, parse_now("2025-05-29T08:35"))
    assert states(opened, "5601") == {"before-014": "explained", "before-007": "sent"}


def test_after_the_report_nobody_is_reminded(opened: Office, validate: Validate) -> None:
    """What still waited when the report was issued is explained."""
    turn(replace(opened, channels=(BrokenChannel(opened.home / "outbox"),)), parse_now("2025-06-04T08:35"))
    close(opened, CYCLE, validate, at=DUE_AT + timedelta(days=1), by="ผู้ทดสอบ", reason="ส่งก่อน")
    turn(opened, DUE_AT + timedelta(days=6))
    assert set(states(opened, "5601").values()) == {"explained"}
    assert not [name for name in outbox(opened) if "reminder" in name]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2025-05-26T09:00", "จะครบกำหนดในอีก 9 วัน"),
        ("2025-06-04T09:00", "จะครบกำหนดในวันนี้"),
        ("2025-06-04T17:00", "เลยกำหนดแล้วในวันนี้"),
        ("2025-06-10T09:00", "เลยกำหนดแล้ว 6 วัน"),
    ],
)
def test_a_reminder_counts_the_days_as_they_are(opened: Office, at: str, said: str) -> None:
    """Whatever step it stands for, after whatever downtime."""
    turn(opened, parse_now(at))
    name = next(name for name in outbox(opened) if name.startswith("5601-reminder"))
    body = email.message_from_bytes(outbox(opened)[name], policy=default).get_body()
    assert body is not None
    assert said in body.get_content()


def test_an_earlier_version_sent_again_says_which_one_is_in_force(opened: Office) -> None:
    """Its receipt is the same; the finding says that it changed nothing."""
    first = form_of(opened, "5601", "A1", "A2")
    receive(opened, CYCLE, "5601", first, "a.xlsx", at=DUE_AT, via="file")
    answer(opened, "5601", "A1", "A3", at=DUE_AT)
    again = receive(opened, CYCLE, "5601", first, "a.xlsx", at=DUE_AT, via="file")
    assert [f.code for f in again.findings] == ["submission-superseded"]


def test_a_form_turned_back_is_judged_again_when_the_decisions_changed(opened: Office, validate: Validate) -> None:
    """It lay in the inbox with a group that was not settled; settled, the next turn accepts the same file."""
    inbox = opened.home / "inbox" / CYCLE / "5607"
    inbox.mkdir(parents=True)
    (inbox / "แบบ.xlsx").write_bytes(form_of(opened, "5607", "B2"))
    at = parse_now("2025-03-03T09:00")
    turn(opened, at)
    where = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
    settle_match(opened, CYCLE, validate, where=where, answer="different", at=at, by="นาง ข", reason="คนละกลุ่ม")
    turn(opened, at)
    assert "5607-receipt-01.eml" in outbox(opened)
