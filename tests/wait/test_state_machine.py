"""Any moves in any order: after every step each invariant holds, and a naive model agrees with the store.

``KBO_MACHINE_EXAMPLES`` asks for more walks than the few of an ordinary run.
"""

import io
import os
import threading
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kbo_core.channels.channel import Outgoing
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.findings import BlockedError, KboError
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, bangkok_instant
from kbo_core.domain.working_days import NATIONAL
from kbo_core.office.approving import approve, signings
from kbo_core.office.following import districts_with_work, follow_district
from kbo_core.office.intake import receive
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Failure, Validate
from kbo_core.store.database import Database
from kbo_core.store.reading import get_cycle, messages, overrides, reports
from tests.cycle import CYCLE, DUE_AT, OPENED_AT
from tests.integration.test_opening import Crash, CrashingChannel, CrashingDatabase
from tests.wait.conftest import Copies
from tests.wait.desk import ASKED, BY, REASON, Desk
from tests.wait.spacious import NAMES

EXAMPLES = int(os.environ.get("KBO_MACHINE_EXAMPLES", "4"))
STEPS = 25
QUOTA = {"5601": 2, "5607": 1, "5606": 1}
ELIGIBLE = {"5601": ("A1", "A2", "A3", "A6"), "5607": ("B1", "B3"), "5606": ("C2",)}
# Who may be excepted, from which clause; A1 too, once it stands on last year's list.
EXCEPTED = {"A4": "1a", "A5": "1b", "C1": "1b"}
LISTABLE = ("A1", "A2", "B1", "A5")
REMINDER_DAYS = (-14, -7, -1, 1, 3, 7, *range(14, 400, 7))

districts_ = st.sampled_from(ASKED)


@dataclass
class Owing:
    """The model of one district: a handful of plain values."""

    quota: int
    due_at: datetime
    lock_at: datetime
    candidates: tuple[str, ...]
    offered: tuple[str, ...]
    quota_told: int
    status: str = "asked"  # asked, answered, returned, withdrawn, repair, none
    picks: tuple[str, ...] = ()
    version: int = 0
    is_locked: bool = False
    extension: int = 0
    asked_at: datetime | None = None

    @property
    def owes(self) -> bool:
        return self.status not in ("answered", "none")


class Machine(RuleBasedStateMachine):
    """The walk: the desk's verbs on the store, and the same on the model."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.now = OPENED_AT
        self.is_open = True
        self.listed: set[str] = set()
        self.granted: dict[str, str] = {}
        self.is_settled = False
        self.reports: list[dict[str, str]] = []
        self.proposals: list[dict[str, Any]] = []
        self.told: set[tuple[str, str, str]] = {(code, "packet", "01") for code in ASKED}
        self.packets = dict.fromkeys(ASKED, 1)
        self.saved = 0
        self.forms: dict[str, list[tuple[bytes, int]]] = {code: [] for code in ASKED}
        lock_at = DUE_AT + timedelta(days=14)
        self.model = {
            code: Owing(QUOTA[code], DUE_AT, lock_at, ELIGIBLE[code], (), QUOTA[code], asked_at=OPENED_AT)
            for code in ASKED
        }
        for model in self.model.values():
            model.offered = self._candidates(model)

    # The clock

    @rule(hours=st.sampled_from((1, 20, 24, 72, 24 * 9, 24 * 30, 24 * 75)))
    def the_clock_goes_on(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(hours=st.sampled_from((1, 24, 24 * 40)))
    def the_clock_is_put_back(self, hours: int) -> None:
        self.now -= timedelta(hours=hours)

    @rule()
    def it_is_just_before_or_after_a_limit(self) -> None:
        limits = sorted({m.lock_at for m in self.model.values()} | {m.due_at for m in self.model.values()})
        ahead = [at for at in limits if at > self.now]
        if ahead:
            self.now = ahead[0] + timedelta(seconds=1)

    # The turn

    @rule()
    def a_turn(self) -> None:
        self.desk.turn(self.now)
        self._model_turn()

    @rule(where=st.sampled_from(("write", "send")), step=st.integers(1, 6), is_after=st.booleans())
    def a_turn_dies_and_comes_again(self, where: str, step: int, is_after: bool) -> None:
        office = self.desk.office
        dying = CrashingDatabase(office.database.url, step if where == "write" else 0, committed=is_after)
        channel = CrashingChannel(office.home / "outbox", step if where == "send" else 0, gone_out=is_after)
        try:
            replace(self.desk, office=replace(office, database=dying, channels=(channel,))).turn(self.now)
        except Crash:
            pass
        finally:
            dying.close()
        self.desk.turn(self.now)
        self._model_turn()

    @rule()
    def two_schedulers_at_once(self) -> None:
        office, sent, failed = self.desk.office, list[str](), list[BaseException]()

        class Counting(FolderChannel):
            def send(self, message: Outgoing) -> Any:
                sent.append(message.key)
                return super().send(message)

        def turn(database: Database) -> None:
            try:
                own = replace(office, database=database, channels=(Counting(office.home / "outbox"),))
                for code in districts_with_work(own, CYCLE, self.now):
                    follow_district(own, CYCLE, code, self.now)
            except BaseException as error:
                failed.append(error)

        others = [Database(office.database.url) for _ in range(2)]
        threads = [threading.Thread(target=turn, args=(database,)) for database in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for database in others:
            database.close()
        assert failed == []
        assert len(sent) == len(set(sent)), "a message went out twice"
        self._model_turn()

    # Answers

    @rule(code=districts_, count=st.integers(0, 3), turn=st.integers(0, 3))
    def a_form_is_sent(self, code: str, count: int, turn: int) -> None:
        offered = self.model[code].offered
        order = offered[turn % len(offered) :] + offered[: turn % len(offered)] if offered else ()
        chosen = order[:count]
        self._submit(code, chosen, self._form(code, chosen))

    @rule(code=districts_, producer=st.sampled_from(("A4", "A5", "B2", "C1", "D1", "Z9")))
    def somebody_off_the_list_is_picked(self, code: str, producer: str) -> None:
        if producer not in self.model[code].offered:
            with pytest.raises(BlockedError):
                self.desk.answer(code, producer, when=self.now)

    @rule(code=districts_, which=st.integers(0, 5))
    def the_same_bytes_come_again(self, code: str, which: int) -> None:
        if sent := self.forms[code]:
            content, version = sent[which % len(sent)]
            if self.model[code].status == "answered":
                receipt = self.desk.receive(code, content, self.now)
                assert (receipt.is_new, receipt.version) == (False, version)

    @rule(code=districts_)
    def a_form_races_with_another(self, code: str) -> None:
        model = self.model[code]
        if model.version and model.status == "answered" and self._takes(model) and model.offered:
            with pytest.raises(BlockedError) as caught:
                content = self._form(code, model.offered[: model.quota])
                self.desk.receive(code, content, self.now, amends=model.version - 1)
            assert [f.code for f in caught.value.findings] == ["submission-conflict"]

    @rule(code=districts_)
    def an_answer_is_sent_back(self, code: str) -> None:
        model = self.model[code]
        is_possible = self.is_open and model.status == "answered" and model.quota > 0
        if not self._agrees(is_possible, lambda: self.desk.send_back(code, self.now)):
            return
        until = self.desk.assignment(code).due_at
        if until > model.due_at or self._is_shut(model):
            self._new_limits(model, until)
        assert self._working_days_until(until) >= 3
        model.status, model.picks, model.asked_at = "returned", (), self.now
        self.told.add((code, "returned", f"{model.version:02}"))

    @rule(code=districts_)
    def an_answer_is_withdrawn(self, code: str) -> None:
        model = self.model[code]
        is_possible = self._takes(model) and model.status == "answered" and model.quota > 0
        if self._agrees(is_possible, lambda: self.desk.withdraw(code, self.now)):
            model.status, model.picks, model.asked_at = "withdrawn", (), self.now
            self.told.add((code, "withdrawn", f"{model.version:02}"))

    # Limits

    @rule(codes=st.lists(districts_, unique=True, max_size=2), days=st.sampled_from((-1, 2, 20, 90)))
    def the_time_is_extended(self, codes: list[str], days: int) -> None:
        until = self.now + timedelta(days=days)
        chosen = codes or [code for code in ASKED if self.model[code].owes]
        is_possible = (
            self.is_open
            and days > 0
            and bool(chosen)
            and all(self.model[code].owes and until > self.model[code].due_at for code in chosen)
        )
        if self._agrees(is_possible, lambda: self.desk.extend(*codes, until=until, when=self.now)):
            self._reopened(chosen, until)

    @rule(codes=st.lists(districts_, unique=True, max_size=2), days=st.sampled_from((-1, 3, 60)))
    def it_is_reopened(self, codes: list[str], days: int) -> None:
        until = self.now + timedelta(days=days)
        named = [code for code in codes or ASKED if self.model[code].status != "none"]
        shut = [code for code in named if not self.is_open or self._is_shut(self.model[code])]
        if self._agrees(days > 0 and bool(shut), lambda: self.desk.reopen(*codes, until=until, when=self.now)):
            self.is_open = True
            self._reopened([code for code in ASKED if code in shut], until)

    # Exceptions, places, lists

    @rule(producer=st.sampled_from(sorted(EXCEPTED)))
    def an_exception_is_made(self, producer: str) -> None:
        model = self.model[self._home(producer)]
        clauses = [EXCEPTED[producer], *(["2"] if producer in self.listed else [])]
        is_possible = self._takes(model) and producer not in self.granted
        if self._agrees(is_possible, lambda: self.desk.grant(producer, *clauses, when=self.now)):
            self.granted[producer] = ",".join(clauses)

    @rule(producer=st.sampled_from(sorted(EXCEPTED)))
    def an_exception_is_taken_back(self, producer: str) -> None:
        is_picked = producer in self.model[self._home(producer)].picks
        is_possible = self.is_open and producer in self.granted and not is_picked
        if self._agrees(is_possible, lambda: self.desk.revoke(producer, self.now)):
            del self.granted[producer]

    @rule(giver=districts_, taker=districts_, places=st.integers(0, 2))
    def places_are_offered(self, giver: str, taker: str, places: int) -> None:
        has_them = self.model[giver].quota - len(self.model[giver].picks) >= places
        is_possible = self.is_open and giver != taker and places > 0 and has_them
        if self._agrees(is_possible, lambda: self.desk.propose(giver, taker, self.now, places)):
            self.proposals.append(
                {"giver": giver, "taker": taker, "places": places, "agreed": set(), "state": "proposed"}
            )

    @precondition(lambda self: self.proposals)
    @rule(which=st.integers(0, 9), code=districts_)
    def a_district_consents(self, which: int, code: str) -> None:
        number = which % len(self.proposals) + 1
        proposal = self.proposals[number - 1]
        is_possible = (
            self.is_open and proposal["state"] == "proposed" and code in (proposal["giver"], proposal["taker"])
        )
        if self._agrees(is_possible, lambda: self.desk.consent(number, code, self.now)):
            proposal["agreed"].add(code)

    @precondition(lambda self: self.proposals)
    @rule(which=st.integers(0, 9), is_approved=st.booleans(), is_agreed=st.booleans())
    def the_province_decides(self, which: int, is_approved: bool, is_agreed: bool) -> None:
        number = which % len(self.proposals) + 1
        proposal = self.proposals[number - 1]
        if self.is_open and is_agreed and proposal["state"] == "proposed":
            for code in (proposal["giver"], proposal["taker"]):
                self.desk.consent(number, code, self.now)
                proposal["agreed"].add(code)
        giver, taker = self.model[proposal["giver"]], self.model[proposal["taker"]]
        has_them = giver.quota - len(giver.picks) >= proposal["places"]
        is_possible = (
            self.is_open
            and proposal["state"] == "proposed"
            and (not is_approved or (len(proposal["agreed"]) == 2 and has_them))
        )
        if not self._agrees(is_possible, lambda: self.desk.decide(number, self.now, is_approved=is_approved)):
            return
        proposal["state"] = "approved" if is_approved else "rejected"
        if not is_approved:
            return
        giver.quota -= proposal["places"]
        taker.quota += proposal["places"]
        if giver.quota == 0 and giver.owes:
            giver.status, giver.asked_at, giver.quota_told = "none", None, 0
        if taker.status == "none":
            taker.status, taker.is_locked = "planned", False
            with self.desk.office.database.read() as connection:
                cycle = get_cycle(connection, CYCLE)
            taker.due_at, taker.lock_at = cycle.due_at, cycle.lock_at or cycle.due_at
        for code in (proposal["giver"], proposal["taker"]):
            self.told.add((code, "quota", f"{number:02}"))

    @rule(producer=st.sampled_from(LISTABLE))
    def the_list_changes(self, producer: str) -> None:
        listed = self.listed ^ {producer}
        is_possible = self.is_open
        if not self._agrees(is_possible, lambda: self.desk.new_list(*sorted(listed), when=self.now, is_told=False)):
            return
        self.listed = listed
        for model in self.model.values():
            if set(model.picks) - set(self._candidates(model)):
                if self._is_shut(model):
                    self._new_limits(model, max(model.due_at, self._due_of(model)))
                model.status, model.picks, model.asked_at = "repair", (), None

    @rule(answer=st.sampled_from(("same", "different")))
    def a_near_match_is_settled(self, answer: str) -> None:
        where = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
        is_possible = self.is_open and not self.is_settled

        def settle() -> object:
            return settle_match(
                self.desk.office,
                CYCLE,
                self.desk.validate,
                where=where,
                answer=answer,
                at=self.now,
                by=BY,
                reason=REASON,
            )

        if self._agrees(is_possible, settle):
            self.is_settled = True
            if answer == "different":
                self.model["5607"].candidates = ("B1", "B2", "B3")

    # The report

    @rule(has_reason=st.booleans())
    def the_report_is_made(self, has_reason: bool) -> None:
        # Whom a passed lock has silenced is not waited for.
        waiting = [m for m in self.model.values() if m.owes and not self._is_shut(m)]
        before = len(self.reports)
        try:
            closed = self.desk.close(self.now, "ต้องส่งก่อน" if has_reason else "")
        except BlockedError as error:
            assert not has_reason
            assert waiting
            assert {f.code for f in error.findings} <= {"district-unanswered", "district-under-repair"}
            return
        assert has_reason or not waiting or not closed.is_new
        if closed.is_new:
            self.reports.append(dict(closed.report.files))
            assert closed.report.version == before + 1
        for model in self.model.values():
            model.is_locked = model.is_locked or model.status != "none"
        self.is_open = False

    @precondition(lambda self: self.reports)
    @rule()
    def it_is_signed(self) -> None:
        office = self.desk.office
        with office.database.read() as connection:
            waiting = [s for s in signings(connection, get_cycle(connection, CYCLE)) if s.next_step]
        if waiting and (step := waiting[0].next_step):
            assert approve(office, CYCLE, step, at=self.now, by=BY, reason=REASON).number == len(self.reports)

    # What holds

    @invariant()
    def every_invariant_holds(self) -> None:
        self.desk.sound()

    @invariant()
    def the_model_agrees(self) -> None:
        for a in self.desk.standing():
            if a.district_code not in self.model:
                assert (a.quota, a.state) == (0, "not_asked")
                continue
            model = self.model[a.district_code]
            assert a.quota == model.quota
            assert (a.state.owes, a.state.answered) == (model.owes, model.status == "answered"), a.district_code
            assert tuple(self.desk.picked(a.district_code)) == model.picks
            assert a.version == model.version
            assert (a.locked_at is not None) == model.is_locked
            assert (a.due_at, a.lock_at, a.extension) == (model.due_at, model.lock_at, model.extension)
            assert a.asked_at == model.asked_at

    @invariant()
    def the_messages_are_those_that_were_called_for(self) -> None:
        with self.desk.office.database.read() as connection:
            ledger = messages(connection, CYCLE)
            issued = [dict(report.files) for report in reports(connection, CYCLE)]
            assert set(overrides(connection, CYCLE)) == set(self.granted)
        reminders = ("reminder", "escalation", "escalation-chief")
        told = {(m.district_code, m.kind, m.step) for m in ledger if m.kind not in (*reminders, "packet", "correction")}
        assert told == {key for key in self.told if key[1] != "packet"}
        assert len({(m.district_code, m.kind, m.step, m.channel) for m in ledger}) == len(ledger)
        outbox = {file.stem for file in (self.desk.office.home / "outbox").rglob("*.eml")}
        assert {f"{m.district_code}-{m.kind}-{m.step}" for m in ledger if m.state == "sent"} == outbox
        assert issued == self.reports

    # The model's own reasoning

    def _agrees(self, is_possible: bool, act: Callable[[], object]) -> bool:
        """Does the store do what the model expects, or refuse what it does not?"""
        try:
            act()
        except KboError as error:
            assert not is_possible, [f.code for f in error.findings]
            return False
        assert is_possible, "it should have been refused"
        return True

    def _takes(self, model: Owing) -> bool:
        return self.is_open and not self._is_shut(model)

    def _is_shut(self, model: Owing) -> bool:
        return model.is_locked or self.now > model.lock_at

    def _home(self, producer: str) -> str:
        return {"A": "5601", "B": "5607", "C": "5606"}[producer[0]]

    def _candidates(self, model: Owing) -> tuple[str, ...]:
        """Eligible, not on the list; or excepted from every clause that it fails. By name, as the packet has them."""
        code = next(code for code, known in self.model.items() if known is model)
        excepted = [i for i, clauses in self.granted.items() if i not in self.listed or "2" in clauses]
        found = [i for i in model.candidates if i not in self.listed]
        found += [i for i in excepted if self._home(i) == code]
        return tuple(sorted(found, key=lambda i: NAMES[i][0]))

    def _form(self, code: str, chosen: tuple[str, ...]) -> bytes:
        """A filled form whose bytes are nobody else's, as if it had just been saved."""
        self.saved += 1
        held = io.BytesIO(self.desk.form(code, *chosen, is_nil=not chosen))
        with zipfile.ZipFile(held, "a") as archive:
            archive.comment = str(self.saved).encode()
        return held.getvalue()

    def _submit(self, code: str, chosen: tuple[str, ...], content: bytes) -> None:
        model = self.model[code]
        allowed = self._candidates(model)
        has_nobody = model.quota == 0 or not [i for i in allowed if i in model.offered]
        is_whole = len(chosen) == model.quota if chosen else has_nobody
        is_possible = self._takes(model) and model.status != "none" and is_whole and all(i in allowed for i in chosen)

        def send() -> None:
            assert receive(self.desk.office, CYCLE, code, content, "f.xlsx", at=self.now, via="file").is_new

        if self._agrees(is_possible, send):
            model.version += 1
            model.status, model.picks = "answered", chosen
            self.forms[code].append((content, model.version))
            self.told.add((code, "receipt", f"{model.version:02}"))

    def _new_limits(self, model: Owing, until: datetime) -> None:
        model.lock_at += until - model.due_at
        model.due_at, model.is_locked = until, False
        model.extension += 1

    def _reopened(self, codes: list[str], until: datetime) -> None:
        for code in codes:
            model = self.model[code]
            self._new_limits(model, until)
            if model.asked_at is not None:
                model.asked_at = self.now
            self.told.add((code, "extension", f"{model.extension:02}"))

    def _due_of(self, model: Owing) -> datetime:
        code = next(code for code, known in self.model.items() if known is model)
        return self.desk.assignment(code).due_at

    def _working_days_until(self, until: datetime) -> int:
        day, count = bangkok_day(self.now), 0
        while day < bangkok_day(until):
            day += timedelta(days=1)
            count += NATIONAL.day_off(day) is None
        return count

    def _model_turn(self) -> None:
        """Whoever owes and is not shut is sent what changed, and is reminded of every step that has come."""
        for code, model in self.model.items():
            candidates = self._candidates(model)
            if self.is_open and not self._is_shut(model) and model.status != "none":
                changed = model.offered != candidates or model.quota != model.quota_told
                if (
                    model.quota > model.quota_told
                    if model.status == "answered"
                    else (changed or model.status == "repair")
                ):
                    model.offered, model.quota_told = candidates, model.quota
                    if model.asked_at is None and model.status in ("repair", "planned"):
                        model.asked_at = self.now
                        model.status = "repair-told" if model.status == "repair" else "asked"
            self._reminded(code, model)
            if self.is_open and model.status != "none" and self.now > model.lock_at:
                model.is_locked = True

    def _reminded(self, code: str, model: Owing) -> None:
        local = self.now.astimezone(BANGKOK)
        is_quiet = NATIONAL.day_off(local.date()) is not None or not 6 <= local.hour < 20
        if not (self.is_open and model.owes and model.asked_at and not self._is_shut(model)) or is_quiet:
            return
        with self.desk.office.database.read() as connection:
            known = {m.step for m in messages(connection, CYCLE, district_code=code, kind="reminder")}
        for days in REMINDER_DAYS:
            day = bangkok_day(model.due_at) + timedelta(days=days)
            while NATIONAL.day_off(day):
                day += timedelta(days=1 if days > 0 else -1)
            when = bangkok_instant(day, datetime.min.time().replace(hour=8, minute=30))
            if model.asked_at < when <= self.now:
                name = f"after-{days:03}" if days > 0 else f"before-{-days:03}"
                assert (f"{name}-e{model.extension}" if model.extension else name) in known, (code, name)


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_any_moves_in_any_order_keep_the_invariants(backend: str, copies: Copies, validate: Validate) -> None:
    """Walks over all moves, each from a freshly opened cycle with grace and lock."""
    known: dict[tuple[str, str], Sequence[Failure]] = {}

    def remembering(suite: str, table: pd.DataFrame) -> Sequence[Failure]:
        """The real suites; a table that they have judged is not judged again."""
        key = suite, table.to_csv()
        if key not in known:
            known[key] = validate(suite, table)
        return known[key]

    def walk() -> Machine:
        return Machine(Desk(copies.copy(backend, "limits"), remembering))

    run_state_machine_as_test(
        walk,  # type: ignore[arg-type]  # any maker of machines will do, a class or not
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=EXAMPLES == 4,
            suppress_health_check=list(HealthCheck),
        ),
    )
