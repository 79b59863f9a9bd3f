"""An operator's answer after the opening: recorded, decided anew on the frozen registers, put in force, remembered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from kbo_core.domain.answers import NEAR_MATCH, SAME, NameQuestion
from kbo_core.domain.definition import CycleDefinition, Settled
from kbo_core.domain.exemptions import with_exemptions
from kbo_core.domain.findings import BlockedError, Finding, RefusedError, block, blocked
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.office.definitions import DefinitionFile, definition_of
from kbo_core.office.office import Office
from kbo_core.office.opening import record_decision
from kbo_core.office.remembering import frozen_answers, remember
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import SourceFile
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Cycle, get_cycle, overrides, picks

_LONGEST_NAME = 500  # what the index of a database takes


@dataclass(frozen=True)
class Given:
    """What a person said to one question: ``same`` or ``different``, and why."""

    where: str
    answer: str
    reason: str


def settle_match(
    office: Office,
    cycle_id: str,
    validate: Validate,
    *,
    where: str,
    answer: str,
    at: datetime,
    by: str,
    reason: str,
) -> list[str]:
    """Answer one question about names and decide anew; the producers whose verdict changed.

    Raises as settle_matches does.
    """
    return settle_matches(office, cycle_id, validate, [Given(where, answer, reason)], at=at, by=by)


def settle_matches(
    office: Office, cycle_id: str, validate: Validate, given: Sequence[Given], *, at: datetime, by: str
) -> list[str]:
    """Answer questions about names, all or none, and decide anew; the producers whose verdict changed.

    Raises RefusedError when no such question is open, BlockedError when the answers would unseat a group that a
    district has already chosen, or make two chosen groups one.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        if cycle.state != "open":
            raise blocked("cycle-closed", cycle_id, "รอบนี้รวมเล่มแล้ว", "the cycle is closed")
        before = definition_of(connection, cycle)
        old = frozen_screening(office, connection, cycle, before, validate)
        questions = asked_about(given, old.ingested.questions)
        settled = [
            Settled(
                finding=question.about.finding,
                by=by,
                on=bangkok_day(at),
                reason=one.reason,
                where=one.where,
                answer=one.answer,  # type: ignore[arg-type]
            )
            for question, one in zip(questions, given, strict=True)
        ]
        after = before.model_copy(update={"settled": (*before.settled, *settled)})
        new = frozen_screening(office, connection, cycle, after, validate)
        was, now = _verdicts(old.decided.decisions), _verdicts(new.decided.decisions)
        chosen = {p.producer_id: p.district_code for p in picks(connection, cycle_id)}
        allowed = with_exemptions(
            new.decided.decisions,
            {i: (made.clauses, made.tier) for i, made in overrides(connection, cycle_id).items()},
            after.rules,
            new.decided.shortage.as_dict(),
        )
        unseated = _unseated(chosen, _verdicts(allowed))
        if stops := [*unseated, *_picked_as_two(chosen, new.ingested.linked)]:
            raise BlockedError(*stops)
        for question, one, answer in zip(questions, given, settled, strict=True):
            append(
                connection, cycle_id, "finding-settled", answer.model_dump(mode="json"), at=at, by=by, reason=one.reason
            )
            remember(connection, question, one.answer, at=at, by=by, reason=one.reason)
        record_decision(connection, new, revision=cycle.revision + 1, at=at, by=by)
        return sorted(producer_id for producer_id, verdict in now.items() if was[producer_id] != verdict)


def frozen_screening(
    office: Office, connection: Connection, cycle: Cycle, definition: CycleDefinition, validate: Validate
) -> Screening:
    """An opened cycle screened again: on the registers and with the remembered answers that it was opened with."""
    content = load_blob(connection, cycle.definition_sha256)
    inputs = {label: SourceFile(label, load_blob(connection, digest)) for label, digest in cycle.inputs.items()}
    file = DefinitionFile(definition, content, office.home)
    return screen(file, validate, inputs.__getitem__, frozen_answers(connection, cycle.cycle_id))


def asked_about(given: Sequence[Given], open_questions: Iterable[NameQuestion]) -> list[NameQuestion]:
    """The open question of each answer.

    Raises RefusedError for an answer to no open question, two answers to one, or a name given to two producers.
    """
    known = {question.place: question for question in open_questions}
    faults = [_unknown(one.where, known) for one in given if one.where not in known]
    faults += [
        block(
            "answered-twice", where, "ตอบคำถามนี้มากกว่าหนึ่งครั้ง ให้เหลือคำตอบเดียว", "answered more than once: keep one answer"
        )
        for where, count in Counter(one.where for one in given).items()
        if count > 1
    ]
    same = [known[one.where] for one in given if one.answer == SAME and one.where in known]
    shared = Counter((q.table, q.about.subject) for q in same if q.about.finding == NEAR_MATCH)
    faults += [
        block(
            "answers-contradict",
            question.place,
            f'ตอบว่า "{question.name}" ({question.table}) เป็นรายเดียวกับผู้ผลิตมากกว่าหนึ่งราย ให้เลือกรายเดียว',
            "one name is said to be several producers: choose one",
        )
        for question in same
        if shared[question.table, question.about.subject] > 1
    ]
    faults += [
        block(
            "name-too-long",
            where,
            f"ชื่อยาวเกิน {_LONGEST_NAME} ตัวอักษร จำไว้ใช้ปีต่อไปไม่ได้ แก้ชื่อในแฟ้มก่อน",
            f"a name of more than {_LONGEST_NAME} letters cannot be remembered; correct the file",
        )
        for where in sorted({one.where for one in given} & known.keys())
        if len(known[where].about.subject) > _LONGEST_NAME
    ]
    if faults:
        raise RefusedError(*faults)
    return [known[one.where] for one in given]


def _unknown(where: str, known: Mapping[str, NameQuestion]) -> Finding:
    open_ones = "; ".join(sorted(known)) or "-"
    return block(
        "near-match-unknown",
        where,
        f"ไม่มีคำถามนี้ค้างอยู่ คำถามที่ค้าง: {open_ones}",
        f"no such near match is open; open: {open_ones}",
    )


def _verdicts(decisions: pd.DataFrame) -> dict[str, str]:
    return dict(zip(decisions["producer_id"], decisions["verdict"], strict=True))


def _unseated(chosen: Mapping[str, str], verdicts: Mapping[str, str]) -> list[Finding]:
    return [
        block(
            "pick-unseated",
            producer_id,
            f"{producer_id} ถูกอำเภอ {district} เลือกไว้แล้ว คำตอบนี้จะทำให้ไม่เข้าเกณฑ์ ให้อำเภอเปลี่ยนรายชื่อก่อน",
            f"{producer_id} is already picked by {district} and would no longer be eligible",
        )
        for producer_id, district in chosen.items()
        if verdicts[producer_id] != "eligible"
    ]


def _picked_as_two(chosen: Mapping[str, str], linked: Iterable[Sequence[str]]) -> list[Finding]:
    together = [[i for i in ids if i in chosen] for ids in linked]
    return [
        block(
            "pick-linked",
            ", ".join(both),
            f"{' และ '.join(both)} ถูกเลือกไว้แล้วทั้งหมด คำตอบนี้จะทำให้เป็นรายเดียวกัน ให้อำเภอเปลี่ยนรายชื่อก่อน",
            f"{' and '.join(both)} are all picked already and would be one producer",
        )
        for both in together
        if len(both) > 1
    ]
