"""A participant list that lives: its new version is decided on at once, and who falls out of what is said by name.

The registers stay as they were frozen. A district that has only been told its candidates is sent a new list; one whose
answer holds a group that is no longer eligible owes another answer.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath

import pandas as pd

from kbo_core.domain.answers import NameQuestion
from kbo_core.domain.assignments import State
from kbo_core.domain.definition import CycleDefinition, Settled
from kbo_core.domain.exemptions import with_exemptions
from kbo_core.domain.findings import BlockedError, Finding, block, blocking, refused
from kbo_core.domain.flips import Flip, flips
from kbo_core.domain.thai_dates import bangkok_day, long_date
from kbo_core.office.definitions import DefinitionFile, definition_of, with_list
from kbo_core.office.following import districts_asked
from kbo_core.office.limits import deadline_after_return
from kbo_core.office.loads import kept_inputs
from kbo_core.office.office import Office
from kbo_core.office.opening import prepare_packet, record_decision
from kbo_core.office.posting import send_planned
from kbo_core.office.remembering import frozen_answers, remember
from kbo_core.office.results import sha256
from kbo_core.office.screening import Screening, screen
from kbo_core.office.settling import Given, asked_about
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import SourceFile
from kbo_core.store.database import Connection, keep_blob, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Cycle, assignments, decided_producers, get_cycle, overrides, picks

_LABEL = re.compile(r"(KBO|QD)[ -]?(2[5-6][0-9]{2})", re.IGNORECASE)


class Reach(StrEnum):
    """How far a group had come when its decision changed."""

    UNTOLD = "untold"
    OFFERED = "offered"
    PICKED = "picked"
    REPORTED = "reported"

    @property
    def th(self) -> str:
        return _REACH_TH[self]


_REACH_TH = {
    Reach.UNTOLD: "ยังไม่แจ้งอำเภอ",
    Reach.OFFERED: "อยู่ในบัญชีที่ส่งอำเภอแล้ว",
    Reach.PICKED: "อำเภอเลือกไว้แล้ว",
    Reach.REPORTED: "อยู่ในรายงานที่ออกแล้ว",
}


@dataclass(frozen=True)
class NewList:
    """A file that is a participant list's new version; ``listed`` names the list, such as ``QD 2568``."""

    listed: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content)


@dataclass(frozen=True)
class Affected:
    """A flip, how far the group had come, and why in words."""

    flip: Flip
    reach: Reach
    why_th: str

    @property
    def unseats(self) -> bool:
        """Does a district's answer hold a group that is no longer eligible?"""
        return self.flip.falls and self.reach is Reach.PICKED

    def as_dict(self) -> dict[str, object]:
        return {**self.flip.as_dict(), "reach": self.reach.value, "why_th": self.why_th}


@dataclass(frozen=True)
class Update:
    """What a new version of a list does, or would do in a dry run.

    ``is_new`` is False when the cycle rests on these very bytes already. ``repairs`` are the districts that owe another
    answer, ``packets`` those that are sent a new list before they have answered.
    """

    listed: str
    sha256: str
    before: str | None
    is_new: bool
    revision: int
    affected: tuple[Affected, ...] = ()
    repairs: tuple[str, ...] = ()
    packets: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def update_list(
    office: Office,
    cycle_id: str,
    new: NewList,
    validate: Validate,
    *,
    at: datetime,
    by: str,
    reason: str,
    answers: Sequence[Given] = (),
    settle: Sequence[str] = (),
    is_dry_run: bool = False,
) -> Update:
    """Put a list's new version in force, in one transaction; ``tell_districts`` then sends what follows from it.

    ``answers`` are about names of the new list, ``settle`` the codes of other findings that the list raises and ``by``
    answers with ``reason``.

    Raises RefusedError for a list or a file that cannot be read, BlockedError for one that cannot be used, for a
    closed cycle, and for questions that must be answered first; then nothing is changed.
    """
    with office.database.scratch() if is_dry_run else office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        before = definition_of(connection, cycle)
        listed = _known_list(new.listed, before)
        old = next((p.path for p in before.sources.participants if p.label == listed), None)
        old_sha256 = cycle.inputs.get(old) if old else None
        if old_sha256 == new.sha256:
            return Update(listed, new.sha256, old_sha256, False, cycle.revision)
        label = _label(new, cycle)
        fetched = {**kept_inputs(connection, cycle), label: SourceFile(label, new.content)}
        remembered = frozen_answers(connection, cycle_id)
        content = load_blob(connection, cycle.definition_sha256)

        def decided_on(definition: CycleDefinition) -> Screening:
            file = DefinitionFile(definition, content, office.home)
            return screen(file, validate, fetched.__getitem__, remembered)

        after = with_list(before, listed, label)
        screening = decided_on(after)
        said = _said(screening, answers, settle, at=at, by=by, reason=reason)
        if said:
            settled = (*after.settled, *(entry for entry, _ in said))
            screening = decided_on(after.model_copy(update={"settled": settled}))
        affected = _affected(connection, cycle, screening, _by_list(listed, at))
        if cycle.state != "open":
            raise _after_report(cycle_id, listed, affected)
        if stops := [*_asked_first(affected, screening), *blocking(screening.findings)]:
            raise BlockedError(*stops)
        for entry, question in said:
            facts = entry.model_dump(mode="json")
            append(connection, cycle_id, "finding-settled", facts, at=at, by=by, reason=entry.reason)
            if question and entry.answer:
                remember(connection, question, entry.answer, at=at, by=by, reason=entry.reason)
        keep_blob(connection, new.sha256, new.content)
        updated = {
            "list": listed,
            "label": label,
            "sha256": new.sha256,
            "before": old_sha256,
            "replaces": old if old_sha256 and old not in _other_paths(before, listed) else None,
            "fallen": [[one.flip.producer_id, one.why_th] for one in affected if one.flip.falls],
            "risen": [one.flip.producer_id for one in affected if one.flip.rises],
        }
        append(connection, cycle_id, "list-updated", updated, at=at, by=by, reason=reason)
        record_decision(connection, screening, revision=cycle.revision + 1, at=at, by=by)
        standing = assignments(connection, cycle_id)
        repairs = []
        for a in standing:
            if unseated := [one for one in affected if one.unseats and one.flip.district_code == a.district_code]:
                opened: dict[str, object] = {
                    "district": a.district_code,
                    "producers": [one.flip.producer_id for one in unseated],
                    "why": [one.why_th for one in unseated],
                    "version": a.version,
                }
                if a.is_locked(at):  # what is asked of it again, it may send again
                    opened |= a.limits.extended(deadline_after_return(office, a, at)).as_payload()
                append(connection, cycle_id, "repair-opened", opened, at=at, by=by, reason=reason)
                repairs.append(a.district_code)
        touched = {one.flip.district_code for one in affected if one.flip.falls or one.flip.rises}
        return Update(
            listed,
            new.sha256,
            old_sha256,
            is_new=True,
            revision=cycle.revision + 1,
            affected=tuple(affected),
            repairs=tuple(repairs),
            packets=tuple(a.district_code for a in standing if a.state.owes and a.district_code in touched),
            findings=screening.findings,
        )


def tell_districts(office: Office, cycle_id: str, at: datetime) -> tuple[int, int]:
    """Make and send the packets that the decisions in force call for: (sent, failed)."""
    sent = failed = 0
    for code in districts_asked(office, cycle_id):
        prepare_packet(office, cycle_id, code, at)
        went, stuck = send_planned(office, cycle_id, code, at)
        sent, failed = sent + went, failed + stuck
    return sent, failed


def _known_list(listed: str, definition: CycleDefinition) -> str:
    """The list's name as definitions write it."""
    found = _LABEL.fullmatch(listed.strip())
    label = f"{found[1].upper()} {found[2]}" if found else listed
    known = [p.label for p in definition.sources.participants]
    known += [f"{programme} {year}" for programme, year in definition.needed_lists()]
    if label not in known:
        shown = ", ".join(dict.fromkeys(known)) or "-"
        raise refused(
            "list-unknown",
            listed,
            f"รอบนี้ไม่ได้ใช้บัญชี {listed} บัญชีที่ใช้: {shown}",
            f"the cycle asks for no such list; it has: {shown}",
        )
    return label


def _other_paths(definition: CycleDefinition, listed: str) -> set[str]:
    """The paths of every source but this list."""
    sources = definition.sources
    tables = (sources.producers, sources.products, sources.producer_types)
    others = [p for p in sources.participants if p.label != listed]
    return {source.path for source in (*tables, *others) if source and source.path}


def _label(new: NewList, cycle: Cycle) -> str:
    """The name under which the cycle keeps the file: its own, or a numbered one where another has it."""
    name = PurePath(new.name)
    label, number = name.name, 1
    while label in cycle.inputs:
        number += 1
        label = f"{name.stem} ({number}){name.suffix}"
    return label


def _said(
    screening: Screening, answers: Sequence[Given], settle: Sequence[str], *, at: datetime, by: str, reason: str
) -> list[tuple[Settled, NameQuestion | None]]:
    """What is answered together with the list: about names, and to findings as a whole."""
    asked = asked_about(answers, screening.ingested.questions)
    said: list[tuple[Settled, NameQuestion | None]] = [
        (_settled(question.about.finding, by, at, one.reason, where=one.where, answer=one.answer), question)
        for question, one in zip(asked, answers, strict=True)
    ]
    return said + [(_settled(code, by, at, reason), None) for code in settle]


def _settled(finding: str, by: str, at: datetime, reason: str, **more: str) -> Settled:
    return Settled.model_validate({"finding": finding, "by": by, "on": bangkok_day(at), "reason": reason, **more})


def _by_list(listed: str, at: datetime) -> str:
    return f"ตามบัญชี {listed} ที่จังหวัดได้รับเมื่อวันที่ {long_date(bangkok_day(at))}"


def _affected(connection: Connection, cycle: Cycle, screening: Screening, by_list: str) -> list[Affected]:
    """Everybody whose decision changes, in the order of the decisions."""
    in_force = [
        {
            "producer_id": p.producer_id,
            "district_code": p.district_code,
            "tier": p.tier,
            "verdict": p.verdict,
            **{f"clause_{code}": value for code, value in p.clauses.items()},
        }
        for p in decided_producers(connection, cycle)
    ]
    chosen = {p.producer_id for p in picks(connection, cycle.cycle_id)}
    told = {
        producer_id
        for a in assignments(connection, cycle.cycle_id)
        if a.state is not State.PLANNED
        for producer_id in a.candidates
    }

    def reach(producer_id: str) -> Reach:
        if producer_id in chosen:
            return Reach.PICKED if cycle.state == "open" else Reach.REPORTED
        return Reach.OFFERED if producer_id in told else Reach.UNTOLD

    rules = screening.file.definition.rules
    # An exception that the new decision outgrows falls like any other eligibility.
    named = {i: (made.clauses, made.tier) for i, made in overrides(connection, cycle.cycle_id).items()}
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    changed = flips(
        with_exemptions(pd.DataFrame(in_force), named, rules, shortage),
        with_exemptions(screening.decided.decisions, named, rules, screening.decided.shortage.as_dict()),
    )
    return [
        Affected(
            flip, reach(flip.producer_id), f"{flip.why_th(rules)} {by_list}" if flip.clauses else flip.why_th(rules)
        )
        for flip in changed
    ]


def _asked_first(affected: Sequence[Affected], screening: Screening) -> list[Finding]:
    """The names of the new list that are near to a group which a district has picked: the same, or not?"""
    doubtful = {one.flip.producer_id: one.flip for one in affected if one.unseats and one.flip.after == "unknown"}
    return [
        block(
            "list-near-pick",
            question.place,
            f'ชื่อ "{question.name}" ในบัญชีใหม่คล้ายกับ {flip.producer_name} ({flip.producer_id}) ซึ่งอำเภอเลือกไว้แล้ว '
            f'เป็นรายเดียวกันหรือไม่ ตอบพร้อมบัญชีด้วย --same "{question.place}" หรือ --different "{question.place}"',
            f"{question.name!r} is near {flip.producer_id}, which a district picked: answer by --same or --different",
        )
        for question in screening.ingested.questions
        if (flip := doubtful.get(question.about.producer_id))
    ]


def _after_report(cycle_id: str, listed: str, affected: Sequence[Affected]) -> BlockedError:
    """The report stays as it was issued; who in it is affected is told."""
    names = [one for one in affected if one.reach is Reach.REPORTED and one.flip.falls]
    return BlockedError(
        block(
            "list-after-report",
            cycle_id,
            f"รอบนี้ออกรายงานแล้ว บัญชี {listed} ฉบับใหม่กระทบ {len(names)} กลุ่มในรายงาน รายงานเดิมไม่เปลี่ยน "
            "ให้แจ้งผู้ลงนามพิจารณารายชื่อข้างต้น",
            f"the report was issued; {len(names)} of its groups are affected, and it stays: tell its signatory",
        ),
        *[
            block(
                "reported-name-affected",
                one.flip.producer_id,
                f"{one.flip.producer_name} ({one.flip.district_code}) อยู่ในรายงานที่ออกแล้ว และจะไม่เข้าเกณฑ์: {one.why_th}",
                f"{one.flip.producer_id} is in the issued report and would be {one.flip.after}",
            )
            for one in names
        ],
    )
