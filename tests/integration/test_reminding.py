"""Reminders reach those who owe an answer, once, whatever happened to the server."""

import email
from datetime import datetime
from email.policy import default

import pytest

from kbo_core.clock import parse_now
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.store.reading import messages
from tests.cycle import CYCLE, answer, log_of, outbox, turn


@pytest.fixture
def owing(opened: Office) -> Office:
    """An office whose cycle was opened; Mae Chai has answered, the two others owe."""
    answer(opened, "5607", "B1", at=parse_now("2025-01-10T10:00"))
    turn(opened, parse_now("2025-01-10T10:00"))
    return opened


def reminded(office: Office) -> list[str]:
    return [name.removesuffix(".eml") for name in outbox(office) if "reminder" in name]


def morning(text: str) -> datetime:
    return parse_now(f"{text}T08:35")


def test_only_districts_that_owe_are_reminded(owing: Office) -> None:
    """The one that has answered hears nothing."""
    turn(owing, morning("2025-05-21"))
    assert reminded(owing) == ["5601-reminder-before-014", "5606-reminder-before-014"]


def test_a_turn_run_twice_reminds_once(owing: Office) -> None:
    """The second turn finds the step in the ledger."""
    turn(owing, morning("2025-05-21"))
    log = log_of(owing)
    turn(owing, morning("2025-05-21"))
    turn(owing, morning("2025-05-22"))
    assert log_of(owing) == log


def test_nine_days_asleep_bring_one_message_and_an_explanation_for_each_missed(owing: Office) -> None:
    """From 27 May to 5 June nobody looked: one reminder goes out; the ledger says what it stands for."""
    turn(owing, morning("2025-05-21"))
    turn(owing, morning("2025-06-05"))
    assert [name for name in reminded(owing) if name.startswith("5601")] == [
        "5601-reminder-after-001",
        "5601-reminder-before-014",
    ]
    with owing.database.read() as connection:
        ledger = messages(connection, CYCLE, district_code="5601", kind="reminder")
    assert {m.step: m.state for m in ledger} == {
        "before-014": "sent",
        "before-007": "explained",
        "before-001": "explained",
        "after-001": "sent",
    }
    assert all("หลังกำหนด 1 วัน" in m.explanation for m in ledger if m.state == "explained")
    assert examine(owing)[1] == []


def test_an_answer_stops_the_reminders_at_once(owing: Office) -> None:
    """Answered in the morning, not reminded in the same morning's turn."""
    answer(owing, "5606", at=parse_now("2025-06-05T08:31"), is_nil=True)
    turn(owing, morning("2025-06-05"))
    assert [name for name in reminded(owing) if name.startswith("5606")] == []


def test_after_two_weeks_the_superior_is_told(owing: Office) -> None:
    """The fourteenth day after the deadline brings a reminder that cites the first letter, and an escalation to the
    chief and to the provincial developer; a week earlier only the chief is told."""
    turn(owing, morning("2025-06-11"))
    assert [name for name in outbox(owing) if "escalation" in name] == [
        "5601-escalation-chief-after-007.eml",
        "5606-escalation-chief-after-007.eml",
    ]
    turn(owing, morning("2025-06-18"))
    escalations = [name for name in outbox(owing) if "escalation" in name and "after-014" in name]
    assert escalations == [
        "5601-escalation-after-014.eml",
        "5601-escalation-chief-after-014.eml",
        "5606-escalation-after-014.eml",
        "5606-escalation-chief-after-014.eml",
    ]
    mail = email.message_from_bytes(outbox(owing)["5601-reminder-after-014.eml"], policy=default)
    assert "ด่วนที่สุด" in mail["Subject"]
    body = mail.get_body()
    assert body is not None
    assert "พย 0019.2/ว 12345" in body.get_content()
    assert "เลยกำหนดแล้ว 14 วัน" in body.get_content()
