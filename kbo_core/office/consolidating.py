"""The province's answer as it stands: every name with where it comes from, every district with how it ended."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kbo_core.documents.papers import (
    AnswerLine,
    DistrictLine,
    ExceptionLine,
    OverrideLine,
    ReallocationLine,
    RegisterPlace,
    ReminderLine,
    Report,
    ReportedName,
    ShortageLine,
    SignatureLine,
    Span,
)
from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.thai_dates import bangkok_day, long_date
from kbo_core.office.candidates import eligible_by_district
from kbo_core.office.certifying import NAME as CERTIFICATE
from kbo_core.office.circumstances import Circumstances
from kbo_core.office.definitions import definition_of
from kbo_core.office.report_history import History, history_of
from kbo_core.office.results import json_bytes, sha256
from kbo_core.office.returning import Version
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import Event, events, hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    Override,
    Pick,
    approvals,
    assignments,
    decided_producers,
    messages,
    overrides,
    picks,
    reallocations,
    submissions,
)

_SCOPE_TH = {"province": "ทั้งจังหวัด", "district": "รายอำเภอ", "off": "ไม่ใช้แนวทางเพิ่มเติม"}
_REMINDERS_TH = {"reminder": "หนังสือเตือน", "escalation": "แจ้งพัฒนาการจังหวัด", "escalation-chief": "แจ้งนายอำเภอ"}
_PLACE = re.compile(r"(?P<file>.*?)(?: \[(?P<sheet>.*)\])?")
_REASONS_AT_MOST = 3


def consolidate(
    connection: Connection, cycle: Cycle, version: int, at: datetime, circumstances: Circumstances
) -> Report:
    """The report of a cycle as it stands, but for what it says otherwise than the one before."""
    definition = definition_of(connection, cycle)
    decided = decided_producers(connection, cycle)
    producers = {p.producer_id: p for p in decided}
    asked = assignments(connection, cycle.cycle_id)
    by_code = {a.district_code: a for a in asked}
    chosen = picks(connection, cycle.cycle_id)
    granted = overrides(connection, cycle.cycle_id)
    log = events(connection, cycle.cycle_id)
    history = history_of(log)
    reminders = _reminders(connection, cycle)
    sent = messages(connection, cycle.cycle_id, kind="reminder", state="sent")
    reminded = Counter(code for code, _ in {(m.district_code, m.step) for m in sent})  # by whichever channels
    opened = {str(code): int(places) for code, places in log[0].payload["quota"]}
    picked = Counter(p.district_code for p in chosen)
    return Report(
        cycle=cycle.cycle_id,
        version=version,
        programme_year_be=definition.programme_year_be,
        province=definition.province,
        circular_number=definition.circular.number,
        circular_issued_on=definition.circular.issued_on,
        due_at=cycle.due_at,
        made_at=at,
        names=tuple(
            _reported(cycle, producers[p.producer_id], p, by_code[p.district_code], granted.get(p.producer_id))
            for p in sorted(chosen, key=lambda p: (by_code[p.district_code].place, p.place))
            if p.producer_id in producers
        ),
        lines=tuple(
            _line(
                a,
                opened[a.district_code],
                picked[a.district_code],
                reminded[a.district_code],
                history,
                [p for p in decided if p.district_code == a.district_code],
                at,
            )
            for a in asked
        ),
        shortage=_shortage(connection, cycle),
        settled=_settled(definition),
        snapshot_sha256=sha256(json_bytes(dict(cycle.inputs))),
        definition_sha256=cycle.definition_sha256,
        log_head=hold(connection, cycle.cycle_id)[1],
        span=Span(cycle.opened_at, cycle.due_at, cycle.grace_until, cycle.lock_at),
        overrides=_overrides(granted, producers, {p.producer_id for p in chosen}),
        reallocations=_reallocations(connection, cycle, log),
        answers=_answers(connection, cycle, asked, history),
        extensions=history.extensions,
        reminders=reminders,
        signatures=tuple(
            SignatureLine(a.subject.th, a.number, a.step.th, a.by, a.signed_at)
            for a in approvals(connection, cycle.cycle_id)
        ),
        exceptions=tuple(_exceptions(connection, cycle, asked, producers, chosen, granted, history, circumstances, at)),
        contacts=circumstances.contacts,
    )


def place_of(producer: DecidedProducer) -> RegisterPlace:
    """Where a producer stands in the register."""
    found = _PLACE.fullmatch(producer.source)
    assert found is not None  # noqa: S101 - it matches every text
    return RegisterPlace(found["file"], found["sheet"] or "", producer.row)


def _reported(
    cycle: Cycle, producer: DecidedProducer, pick: Pick, assignment: Assignment, override: Override | None
) -> ReportedName:
    return ReportedName(
        district_code=pick.district_code,
        producer_id=producer.producer_id,
        producer_name=producer.producer_name,
        tier=pick.tier,
        products=producer.products,
        stars=producer.stars,
        place=place_of(producer),
        decision=cycle.revision,
        answer=assignment.version,
        answer_sha256=assignment.submission_sha256 or "",
        override_th=_override_th(override) if override else "",
    )


def _override_th(override: Override) -> str:
    return (
        f"ข้อ {', '.join(override.clauses)}: {override.reason} — เสนอโดย {override.by} อนุมัติโดย {override.approver} "
        f"{long_date(bangkok_day(override.granted_at))}"
    )


def _line(
    assignment: Assignment,
    opened: int,
    picked: int,
    reminders: int,
    history: History,
    here: Sequence[DecidedProducer],
    made_at: datetime,
) -> DistrictLine:
    return DistrictLine(
        district=districts()[assignment.district_code],
        quota_opened=opened,
        quota=assignment.quota,
        picked=picked,
        candidates=len(assignment.candidates),
        due_at=assignment.due_at,
        submitted_at=assignment.submitted_at if assignment.state.answered else None,
        timeliness=_timeliness(assignment, history, made_at),
        reminders=reminders,
        state_th=_ended_th(assignment, made_at),
        note_th=assignment.shortfall_reason,
        explained_th=_explained_th(assignment, picked, here) if picked < assignment.quota else "",
    )


def _timeliness(assignment: Assignment, history: History, made_at: datetime) -> tuple[str, str]:
    if assignment.state.answered:
        return history.stood(assignment.district_code, assignment.version)
    if assignment.state is State.NOT_ASKED:
        return "not_asked", "–"
    return "unanswered", "ไม่รายงานจนปิดรับ" if _has_lapsed(assignment, made_at) else "ยังไม่รายงาน"


def _has_lapsed(assignment: Assignment, made_at: datetime) -> bool:
    """Had the lock passed? The report itself shuts every district: that is none."""
    return assignment.limits.is_locked(assignment.locked_at or made_at)


def _ended_th(assignment: Assignment, made_at: datetime) -> str:
    if assignment.state in (State.REPAIR, State.RETURNED):
        return "ยังไม่ส่งรายชื่อที่แก้ไข"
    if assignment.state.owes:
        return "ไม่รายงานจนปิดรับ" if _has_lapsed(assignment, made_at) else "ไม่รายงาน"
    return assignment.state.th


def _explained_th(assignment: Assignment, picked: int, here: Sequence[DecidedProducer]) -> str:
    """Why places of a district are empty, from the decisions alone."""
    found, quota = len(assignment.candidates), assignment.quota
    barred = Counter(p.reason_th.removeprefix("ไม่เข้าเกณฑ์: ") for p in here if p.verdict == "ineligible")
    unknown = sum(p.verdict == "unknown" for p in here)
    if assignment.repair:
        fallen = "; ".join(f"{i} {why}" for i, why in assignment.repair.fallen)
        start = f"กลุ่มที่รายงานไว้ไม่เข้าเกณฑ์แล้ว ({fallen})"
    elif not found:
        start = "ไม่มีกลุ่มที่เข้าเกณฑ์ในอำเภอ"
    elif found < quota:
        start = f"มีกลุ่มที่เข้าเกณฑ์ {found} กลุ่ม น้อยกว่าจำนวนจัดสรร {quota} กลุ่ม"
    else:
        start = f"มีกลุ่มที่เข้าเกณฑ์ {found} กลุ่ม เพียงพอกับจำนวนจัดสรร {quota} กลุ่ม แต่อำเภอรายงาน {picked} กลุ่ม"
    counted = f"ไม่เข้าเกณฑ์ {barred.total()} กลุ่ม รอวินิจฉัย {unknown} กลุ่ม"
    reasons = sorted(barred.items(), key=lambda item: (-item[1], item[0]))[:_REASONS_AT_MOST]
    why = "; ".join(f"{reason} {count} กลุ่ม" for reason, count in reasons)
    return f"{start} ({counted}{f' เหตุหลัก: {why}' if why else ''})"


def _shortage(connection: Connection, cycle: Cycle) -> ShortageLine:
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    certificate: Mapping[str, Any] = {}
    if digest := cycle.outputs.get(CERTIFICATE):
        certificate = json.loads(load_blob(connection, digest))
    figures = ("quota", "tier_1", "tier_2", "unknown", "short")
    return ShortageLine(
        scope=_SCOPE_TH[shortage["scope"]],
        is_open=shortage["fallback_open"],
        **shortage["province"],
        districts=tuple((d["district_code"], *(int(d[name]) for name in figures)) for d in shortage["districts"]),
        opened=tuple(certificate.get("opened", ())),
        seal=certificate.get("sha256", ""),
        sha256=digest or "",
    )


def _settled(definition: CycleDefinition) -> tuple[tuple[str, Any, str], ...]:
    return tuple(
        (s.finding, s.on, f"{f'{s.where}: ' if s.where else ''}{s.reason} — {s.by}") for s in definition.settled
    )


def _overrides(
    granted: Mapping[str, Override], producers: Mapping[str, DecidedProducer], chosen: set[str]
) -> tuple[OverrideLine, ...]:
    return tuple(
        OverrideLine(
            producers[o.producer_id].district_code,
            o.producer_id,
            producers[o.producer_id].producer_name,
            o.clauses,
            o.tier,
            o.reason,
            o.by,
            o.approver,
            o.granted_at,
            o.producer_id in chosen,
        )
        for o in granted.values()
        if o.producer_id in producers
    )


def _reallocations(connection: Connection, cycle: Cycle, log: Sequence[Event]) -> tuple[ReallocationLine, ...]:
    approved = {entry.payload["number"]: entry for entry in log if entry.kind == "reallocation-approved"}
    return tuple(
        ReallocationLine(
            r.number,
            r.giver,
            r.taker,
            r.places,
            r.reason,
            r.by,
            r.giver_consent or "",
            r.taker_consent or "",
            approved[r.number].at,
            approved[r.number].by,
        )
        for r in reallocations(connection, cycle.cycle_id)
        if r.state == "approved"
    )


def _answers(
    connection: Connection, cycle: Cycle, asked: Sequence[Assignment], history: History
) -> tuple[AnswerLine, ...]:
    place = {a.district_code: a.place for a in asked}
    found = submissions(connection, cycle.cycle_id)
    return tuple(
        AnswerLine(
            s.district_code,
            s.version,
            s.received_at,
            history.stood(s.district_code, s.version),
            len(s.picks),
            s.via,
            Version(s, (), ()).state_th,
            s.sha256,
        )
        for s in sorted(found, key=lambda s: (place[s.district_code], s.version))
    )


def _reminders(connection: Connection, cycle: Cycle) -> tuple[ReminderLine, ...]:
    return tuple(
        ReminderLine(m.district_code, _REMINDERS_TH[m.kind], m.step, m.channel, m.sent_at)
        for m in messages(connection, cycle.cycle_id, state="sent")
        if m.kind in _REMINDERS_TH and m.sent_at
    )


def _exceptions(
    connection: Connection,
    cycle: Cycle,
    asked: Sequence[Assignment],
    producers: Mapping[str, DecidedProducer],
    chosen: Sequence[Pick],
    granted: Mapping[str, Override],
    history: History,
    circumstances: Circumstances,
    made_at: datetime,
) -> list[ExceptionLine]:
    """What is not one to one and stands all the same: of the cycle, then district by district."""
    told = [
        ExceptionLine(code, "", f"{where}: {words}", circumstances.reason) for code, where, words in circumstances.lists
    ]
    if unknown := sum(p.verdict == "unknown" for p in producers.values()):
        told.append(ExceptionLine("producers-undecided", "", f"ยังวินิจฉัยไม่ได้ {unknown} กลุ่ม ไม่นับว่าผ่านหรือไม่ผ่าน"))
    eligible = eligible_by_district(connection, cycle)
    for a in asked:
        code = a.district_code
        if a.state.owes:
            told.append(
                ExceptionLine(
                    "district-unanswered", code, f"รวมเล่มโดยไม่มีรายชื่อ: {_ended_th(a, made_at)}", circumstances.reason
                )
            )
        elif a.state in (State.SUBMITTED, State.RESUBMITTED):
            told.append(ExceptionLine("answer-unread", code, "รวมเล่มโดยยังไม่ได้ตรวจรับรายชื่อ", circumstances.reason))
        if a.state is State.NIL and a.candidates:
            told.append(
                ExceptionLine(
                    "nil-with-candidates",
                    code,
                    f"รายงานว่าไม่มี ทั้งที่มีกลุ่มที่เข้าเกณฑ์ {len(a.candidates)} กลุ่ม",
                    a.shortfall_reason,
                )
            )
        elif a.state is State.NIL:
            told.append(ExceptionLine("nil-return", code, "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์", a.shortfall_reason))
        elif a.state.answered and (short := a.quota - sum(p.district_code == code for p in chosen)) > 0:
            told.append(ExceptionLine("shortfall", code, f"คัดเลือกไม่ครบ ขาด {short} กลุ่ม", a.shortfall_reason))
        if a.state.answered and history.stood(code, a.version)[0] != "on_time":
            told.append(ExceptionLine("answer-late", code, history.stood(code, a.version)[1]))
        if a.state.answered and (later := [i for i in eligible.get(code, []) if i not in a.candidates]):
            told.append(
                ExceptionLine("eligible-later", code, f"เข้าเกณฑ์หลังอำเภอรายงานแล้ว จึงไม่ได้เสนอให้เลือก: {', '.join(later)}")
            )
        told += [
            ExceptionLine(
                "override-pick",
                code,
                f"{p.producer_id} {producers[p.producer_id].producer_name} ได้รับคัดเลือกโดยข้อยกเว้นข้อ "
                + ", ".join(granted[p.producer_id].clauses),
                granted[p.producer_id].reason,
            )
            for p in chosen
            if p.district_code == code and p.producer_id in granted and p.producer_id in producers
        ]
    return told


def register_rows(connection: Connection, log: Sequence[Event]) -> dict[str, dict[str, str]]:
    """The register as it was frozen at the opening, by producer."""
    content = load_blob(connection, log[0].payload["register"]).decode("utf-8-sig")
    return {row["producer_id"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}
