"""The preview is what is then sent: same subjects, channels and recipients, at any instant and after any trouble."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbo_core.channels.channel import DeliveryError, Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.delivery import Answer
from kbo_core.office.posting import send_planned
from kbo_core.office.reminding import preview, remind
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, OPENED_AT, log_of, outbox
from tests.wait.conftest import Copies
from tests.wait.desk import Desk, at, days


class DeadChannel(FolderChannel):
    """A server that cannot be reached."""

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        raise DeliveryError("no route")


def shown(desk: Desk, when: object) -> list[tuple[str, str, str]]:
    return sorted(
        (m.district_code, m.kind, m.step)
        for line in preview(desk.office, CYCLE, when)  # type: ignore[arg-type]
        for m in line.messages
    )


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    hours_=st.integers(24 * 120, 24 * 260),
    dead=st.lists(st.integers(1, 30), max_size=2),
    answered=st.sampled_from((None, "5607", "5606")),
    extended=st.sampled_from((None, 170, 185)),
)
def test_what_the_preview_shows_is_what_goes_out(
    copies: Copies, validate: Validate, hours_: int, dead: list[int], answered: str | None, extended: int | None
) -> None:
    """At any instant, after turns on which the server was dead, answers and extensions."""
    desk = Desk(copies.copy("sqlite", "limits"), validate)
    when = OPENED_AT + timedelta(hours=hours_)
    broken = replace(desk, office=replace(desk.office, channels=(DeadChannel(desk.office.home / "outbox"),)))
    for before in sorted(dead, reverse=True):
        broken.turn(when - days(before))
    if answered and not desk.assignment(answered).is_locked(when - days(1)):
        desk.answer(answered, {"5607": "B1", "5606": "C2"}[answered], when=when - days(1))
    if extended and OPENED_AT + days(extended) > max(when, desk.assignment("5601").due_at):
        desk.extend("5601", until=OPENED_AT + days(extended), when=when)
    log = log_of(desk.office)
    told = preview(desk.office, CYCLE, when)
    assert log_of(desk.office) == log
    before_sending = set(outbox(desk.office))
    for line in told:
        remind(desk.office, CYCLE, line.district.code, when)
        send_planned(desk.office, CYCLE, line.district.code, when)
    gone = set(outbox(desk.office)) - before_sending
    sent = {name for name in gone if name.split("-")[1] in ("reminder", "escalation")}
    assert {f"{m.district_code}-{m.kind}-{m.step}.eml" for line in told for m in line.messages} == sent
    for line in told:
        for m in line.messages:
            assert desk.mail(f"{m.district_code}-{m.kind}-{m.step}").startswith(m.subject)
    desk.sound()


def test_a_reminder_that_was_overtaken_while_the_server_was_dead_is_not_shown(desk: Desk) -> None:
    """Two steps could not go out; the newer one is shown and sent, the older one explained."""
    broken = replace(desk, office=replace(desk.office, channels=(DeadChannel(desk.office.home / "outbox"),)))
    broken.turn(at("2025-05-21T09:00"))
    broken.turn(at("2025-05-28T09:00"))
    when = at("2025-05-29T09:00")
    assert shown(desk, when) == [(code, "reminder", "before-007") for code in ("5601", "5606", "5607")]
    desk.turn(when)
    assert desk.told("reminder")["5601 before-014"] == "explained"
    assert desk.told("reminder")["5601 before-007"] == "sent"
    desk.sound()


def test_a_reminder_of_an_old_deadline_does_not_follow_its_extension(desk: Desk) -> None:
    """It could not go out in time; after the extension its day is wrong, so it is explained instead."""
    broken = replace(desk, office=replace(desk.office, channels=(DeadChannel(desk.office.home / "outbox"),)))
    broken.turn(at("2025-05-21T09:00"))
    desk.extend("5601", until=at("2025-06-20T16:30"), when=at("2025-05-22T09:00"))
    when = at("2025-05-22T10:00")
    assert "5601" not in {code for code, _, _ in shown(desk, when)}
    desk.turn(when)
    assert desk.told("reminder")["5601 before-014"] == "explained"
    assert desk.told("reminder")["5607 before-014"] == "sent"
    desk.sound()


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("2025-05-21T08:29", "ยังไม่ถึงกำหนดเตือน"),
        ("2025-05-21T08:30", "ถึงขั้นเตือนก่อนกำหนด 14 วัน (before-014)"),
        ("2025-05-24T09:00", "อยู่ในช่วงงดส่งหรือวันหยุด"),
        ("2025-05-22T09:00", "ช้ากว่าแผน 1 วัน"),
    ],
)
def test_the_preview_says_why(copies: Copies, validate: Validate, clock: str, words: str) -> None:
    """For each district in words, also where nothing is sent."""
    told = preview(copies.copy("sqlite", "plain"), CYCLE, at(clock))
    assert [words in line.why_th for line in told] == [True] * 3
