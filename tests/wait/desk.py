"""What the tests of the wait do at the province's desk, in few words."""

import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest

from kbo_core.clock import parse_now
from kbo_core.domain.findings import KboError
from kbo_core.office import board, limits, overrides, reallocating, returning
from kbo_core.office.closing import Closed, close
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_with_work, follow_district
from kbo_core.office.intake import Receipt, receive
from kbo_core.office.lists import NewList, Update, tell_districts, update_list
from kbo_core.office.office import Office
from kbo_core.office.posting import send_planned
from kbo_core.office.timeline import Entry, timeline
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import Assignment, assignments, get_assignment, messages, picks
from tests.cycle import CYCLE, form_of, log_of, outbox
from tests.wait.spacious import LIST, list_of

BY, REASON = "นาง ข", "ตามหนังสืออำเภอ"
SIGNED = {"by": BY, "reason": REASON}
ASKED = ("5601", "5607", "5606")


def at(text: str) -> datetime:
    """An instant on Bangkok's wall clock."""
    return parse_now(text)


@dataclass
class Desk:
    """An office with its verbs, each at an instant, signed by one person."""

    office: Office
    validate: Validate

    # What comes in

    def form(self, code: str, *producer_ids: str, is_nil: bool = False) -> bytes:
        """The form that a district was sent last, filled."""
        return form_of(self.office, code, *producer_ids, is_nil=is_nil)

    def receive(self, code: str, content: bytes, when: datetime, amends: int | None = None) -> Receipt:
        return receive(self.office, CYCLE, code, content, "form.xlsx", at=when, via="file", amends=amends)

    def answer(self, code: str, *producer_ids: str, when: datetime, is_nil: bool = False) -> Receipt:
        return self.receive(code, self.form(code, *producer_ids, is_nil=is_nil), when)

    def lay(self, code: str, name: str, content: bytes) -> Path:
        """A form in a district's inbox."""
        folder = self.office.home / "inbox" / CYCLE / code
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return folder / name

    # What the province does

    def turn(self, when: datetime) -> None:
        for code in districts_with_work(self.office, CYCLE, when):
            follow_district(self.office, CYCLE, code, when)

    def extend(self, *codes: str, until: datetime, when: datetime, letter: str = "") -> list[str]:
        return limits.extend(self.office, CYCLE, codes, until, at=when, letter=letter, **SIGNED)

    def reopen(self, *codes: str, until: datetime, when: datetime) -> list[str]:
        return limits.reopen(self.office, CYCLE, codes, until, at=when, **SIGNED)

    def send_back(self, code: str, when: datetime, comments: str = "ชื่อกลุ่มไม่ตรงทะเบียน") -> datetime:
        return returning.return_answer(self.office, CYCLE, code, comments, at=when, by=BY)

    def withdraw(self, code: str, when: datetime) -> int:
        return returning.withdraw_answer(self.office, CYCLE, code, at=when, **SIGNED)

    def accept(self, code: str, when: datetime) -> int:
        return returning.approve_answer(self.office, CYCLE, code, at=when, **SIGNED)

    def grant(self, producer_id: str, *clauses: str, when: datetime, approver: str = "นาย ค") -> int:
        return overrides.grant_override(self.office, CYCLE, producer_id, clauses, approver=approver, at=when, **SIGNED)

    def revoke(self, producer_id: str, when: datetime) -> None:
        overrides.revoke_override(self.office, CYCLE, producer_id, at=when, **SIGNED)

    def propose(self, giver: str, taker: str, when: datetime, places: int = 1) -> int:
        return reallocating.propose(self.office, CYCLE, giver, taker, places, at=when, **SIGNED).number

    def consent(self, number: int, code: str, when: datetime) -> None:
        reallocating.consent(self.office, CYCLE, number, code, at=when, **SIGNED)

    def decide(self, number: int, when: datetime, *, is_approved: bool = True) -> None:
        reallocating.decide_reallocation(self.office, CYCLE, number, is_approved=is_approved, at=when, **SIGNED)

    def move_places(self, giver: str, taker: str, when: datetime, places: int = 1) -> int:
        """Proposed, agreed to by both, approved."""
        number = self.propose(giver, taker, when, places)
        for code in (giver, taker):
            self.consent(number, code, when)
        self.decide(number, when)
        return number

    def new_list(self, *producer_ids: str, when: datetime, is_told: bool = True) -> Update:
        """Last year's list in a new version, with these groups on it."""
        new = NewList(LIST, "kbo-2567.csv", list_of(*producer_ids))
        update = update_list(self.office, CYCLE, new, self.validate, at=when, by=BY, reason=REASON)
        if is_told:
            tell_districts(self.office, CYCLE, when)
        return update

    def close(self, when: datetime, reason: str = "") -> Closed:
        return close(self.office, CYCLE, self.validate, at=when, by=BY, reason=reason)

    def send(self, when: datetime) -> None:
        """What waits, to everybody."""
        for a in self.standing():
            send_planned(self.office, CYCLE, a.district_code, when)

    # What is to be seen

    def standing(self) -> list[Assignment]:
        with self.office.database.read() as connection:
            return assignments(connection, CYCLE)

    def assignment(self, code: str) -> Assignment:
        with self.office.database.read() as connection:
            return get_assignment(connection, CYCLE, code)

    def picked(self, code: str) -> list[str]:
        with self.office.database.read() as connection:
            return [p.producer_id for p in picks(connection, CYCLE) if p.district_code == code]

    def board(self, code: str, when: datetime) -> board.BoardLine:
        return next(line for line in board.board(self.office, CYCLE, when) if line.district.code == code)

    def timeline(self, code: str | None = None) -> list[Entry]:
        return timeline(self.office, CYCLE, code)

    def told(self, kind: str) -> dict[str, str]:
        """The ledger of a kind: district and step → state."""
        with self.office.database.read() as connection:
            return {f"{m.district_code} {m.step}": m.state for m in messages(connection, CYCLE, kind=kind)}

    def mail(self, name: str) -> str:
        """Subject and text of a mail in the outbox."""
        message = email.message_from_bytes(outbox(self.office)[f"{name}.eml"], policy=default)
        body = message.get_body()
        assert body is not None
        return f"{message['Subject']}\n{body.get_content()}".replace("\r\n", "\n")

    def sound(self) -> None:
        """Every invariant holds."""
        assert [(f.code, f.where, f.message_en) for f in examine(self.office)[1]] == []

    @contextmanager
    def refused(self, *codes: str) -> Iterator[None]:
        """What is done in here is refused with these codes, in Thai and English, and changes nothing."""
        log, mails, standing = log_of(self.office), outbox(self.office), self.standing()
        with pytest.raises(KboError) as caught:
            yield
        assert [f.code for f in caught.value.findings] == list(codes)
        for finding in caught.value.findings:
            assert any("ก" <= letter <= "๛" for letter in finding.message_th)
            assert finding.message_en.isascii() or "→" in finding.message_en
        assert (log_of(self.office), outbox(self.office), self.standing()) == (log, mails, standing)


def hours(count: int) -> timedelta:
    return timedelta(hours=count)


def days(count: int) -> timedelta:
    return timedelta(days=count)
