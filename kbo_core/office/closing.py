"""Closing a cycle: the answers of all districts become one report, which is issued only if everything adds up."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from kbo_core.documents.papers import DistrictLine, Report, ReportedName, ShortageLine
from kbo_core.documents.report import report_csv, report_pdf, report_xlsx
from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.findings import BlockedError, Finding, block, blocked, blocking
from kbo_core.domain.thai_dates import bangkok_day, long_date
from kbo_core.office.candidates import exemptions
from kbo_core.office.definitions import definition_of
from kbo_core.office.evidence import evidence_bundle
from kbo_core.office.office import Office
from kbo_core.office.origins import changed_lists
from kbo_core.office.report_changes import changes_since
from kbo_core.office.results import json_bytes, sha256
from kbo_core.office.screening import write_outputs
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection, keep_blob, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    IssuedReport,
    Override,
    assignments,
    decided_producers,
    get_cycle,
    messages,
    overrides,
    picks,
    reports,
)

_SCOPE_TH = {"province": "ทั้งจังหวัด", "district": "รายอำเภอ", "off": "ไม่ใช้แนวทางเพิ่มเติม"}


@dataclass(frozen=True)
class Closed:
    """A report that was issued, and where its files lie."""

    report: IssuedReport
    folder: Path
    is_new: bool


def close(office: Office, cycle_id: str, validate: Validate, *, at: datetime, by: str, reason: str = "") -> Closed:
    """Consolidate and issue the report. A second time changes nothing and returns the same one.

    A cycle that was reopened gets another version of its report, with what changed since the one before; earlier
    versions stay as they were.

    Raises BlockedError when a district has not answered, an answer was not looked at or an exclusion list has changed
    (unless a reason is given for going on), or when the picks do not agree with decisions, quotas and register.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        issued = reports(connection, cycle_id)
        report = consolidate(connection, cycle, len(issued) + 1, at)
        fingerprint = _fingerprint(report)
        if issued and issued[-1].content_sha256 == fingerprint:
            if cycle.state == "open":  # reopened, and nothing came of it
                confirmed = {"version": issued[-1].version}
                append(connection, cycle_id, "report-confirmed", confirmed, at=at, by=by, reason=reason)
            closed = Closed(issued[-1], _folder(office, cycle_id, issued[-1].version), is_new=False)
        else:
            _refuse_unanswered(connection, cycle_id, at, reason)
            _refuse_changed_lists(office, connection, cycle, reason)
            _refuse_unreconciled(connection, cycle, validate)
            if issued:
                report = replace(report, changes=changes_since(connection, cycle, issued[-1], report))
            files = _render(office, connection, cycle, report)
            for content in files.values():
                keep_blob(connection, sha256(content), content)
            payload = {
                "version": report.version,
                "content_sha256": fingerprint,
                "files": {name: sha256(content) for name, content in files.items()},
            }
            append(connection, cycle_id, "report-issued", payload, at=at, by=by, reason=reason)
            newest = reports(connection, cycle_id)[-1]
            closed = Closed(newest, _folder(office, cycle_id, newest.version), is_new=True)
        kept = {name: load_blob(connection, digest) for name, digest in closed.report.files.items()}
    write_outputs(kept, closed.folder)
    return closed


def consolidate(connection: Connection, cycle: Cycle, version: int, at: datetime) -> Report:
    """The province's answer as it stands, in the circular's order; every name with where it comes from."""
    definition = definition_of(connection, cycle)
    producers = {p.producer_id: p for p in decided_producers(connection, cycle)}
    asked = assignments(connection, cycle.cycle_id)
    by_code = {a.district_code: a for a in asked}
    chosen = picks(connection, cycle.cycle_id)
    reminded = messages(connection, cycle.cycle_id, kind="reminder", state="sent")
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    granted = overrides(connection, cycle.cycle_id)
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
            _reported(producers[p.producer_id], p.tier, by_code[p.district_code], granted.get(p.producer_id))
            for p in sorted(chosen, key=lambda p: (by_code[p.district_code].place, p.place))
        ),
        lines=tuple(
            _line(
                a,
                sum(p.district_code == a.district_code for p in chosen),
                sum(m.district_code == a.district_code for m in reminded),
                at,
            )
            for a in asked
        ),
        shortage=ShortageLine(
            scope=_SCOPE_TH[shortage["scope"]], is_open=shortage["fallback_open"], **shortage["province"]
        ),
        settled=_settled(definition),
        snapshot_sha256=sha256(json_bytes(dict(cycle.inputs))),
        definition_sha256=cycle.definition_sha256,
        log_head=hold(connection, cycle.cycle_id)[1],
    )


def _reported(producer: DecidedProducer, tier: int, assignment: Assignment, override: Override | None) -> ReportedName:
    return ReportedName(
        district_code=assignment.district_code,
        producer_id=producer.producer_id,
        producer_name=producer.producer_name,
        tier=tier,
        products=producer.products,
        stars=producer.stars,
        register_row=f"{producer.source}: {producer.row}",
        submission=f"{assignment.district_code}/{assignment.version} {(assignment.submission_sha256 or '')[:12]}",
        override_th=_override_th(override) if override else "",
    )


def _override_th(override: Override) -> str:
    return (
        f"ข้อ {', '.join(override.clauses)}: {override.reason} — เสนอโดย {override.by} อนุมัติโดย {override.approver} "
        f"{long_date(bangkok_day(override.granted_at))}"
    )


def _line(assignment: Assignment, picked: int, reminders: int, made_at: datetime) -> DistrictLine:
    note = assignment.shortfall_reason
    if assignment.repair:
        note = "กลุ่มที่รายงานไว้ไม่เข้าเกณฑ์แล้ว: " + "; ".join(f"{i} {why}" for i, why in assignment.repair.fallen)
    if assignment.state is State.NIL:
        note = note or "ไม่มีกลุ่มที่เข้าเกณฑ์ตามบัญชีที่จังหวัดส่งให้"
    return DistrictLine(
        district=districts()[assignment.district_code],
        quota=assignment.quota,
        picked=picked,
        candidates=len(assignment.candidates),
        submitted_at=assignment.submitted_at,
        is_late=assignment.is_late,
        reminders=reminders,
        state_th=_ended_th(assignment, made_at),
        note_th=note,
    )


def _ended_th(assignment: Assignment, made_at: datetime) -> str:
    if assignment.state in (State.REPAIR, State.RETURNED):
        return "ยังไม่ส่งรายชื่อที่แก้ไข"
    if assignment.state.owes:
        # The report itself shuts every district: that is no lock that had passed.
        has_lapsed = assignment.limits.is_locked(assignment.locked_at or made_at)
        return "ไม่รายงานจนปิดรับ" if has_lapsed else "ไม่รายงาน"
    return assignment.state.th


def _settled(definition: CycleDefinition) -> tuple[str, ...]:
    return tuple(
        f"{s.finding}{f' ({s.where})' if s.where else ''}: {s.reason} — {s.by}, {long_date(s.on)}"
        for s in definition.settled
    )


def _fingerprint(report: Report) -> str:
    """What the report says, apart from when it was made and at which length of the log."""
    said = replace(report, version=0, made_at=report.due_at, log_head="", changes=())
    return sha256(repr(said).encode())


def _refuse_unanswered(connection: Connection, cycle_id: str, at: datetime, reason: str) -> None:
    """A district whose lock has passed is not waited for any longer."""
    asked = [a for a in assignments(connection, cycle_id) if not (a.state.owes and a.is_locked(at))]
    waiting = [districts()[a.district_code] for a in asked if a.state.owes and not a.repair]
    repairing = [districts()[a.district_code] for a in asked if a.repair]
    unread = [districts()[a.district_code] for a in asked if a.state in (State.SUBMITTED, State.RESUBMITTED)]
    if (waiting or repairing or unread) and not reason:
        raise BlockedError(
            *[
                block(
                    "district-unanswered",
                    district.code,
                    f"{district.title_th}ยังไม่รายงาน ติดตามก่อน หรือรวมเล่มโดยไม่มีอำเภอนี้ด้วย --by และ --reason",
                    f"{district.code} has not answered; wait, or close without it by giving --by and --reason",
                )
                for district in waiting
            ],
            *[
                block(
                    "district-under-repair",
                    district.code,
                    f"{district.title_th}ยังไม่ส่งรายชื่อที่แก้ไข ติดตามก่อน หรือรวมเล่มโดยไม่มีอำเภอนี้ด้วย --by และ --reason",
                    f"{district.code} must answer again; wait, or close without it by giving --by and --reason",
                )
                for district in repairing
            ],
            *[
                block(
                    "answer-unread",
                    district.code,
                    f"ยังไม่ได้ตรวจรับรายชื่อของ{district.title_th} "
                    "ตรวจรับด้วย kbo submission accept หรือส่งคืนด้วย kbo cycle return",
                    f"the answer of {district.code} was not looked at: accept or return it",
                )
                for district in unread
            ],
        )


def _refuse_changed_lists(office: Office, connection: Connection, cycle: Cycle, reason: str) -> None:
    if (changed := blocking(changed_lists(office.home, connection, cycle))) and not reason:
        raise BlockedError(*changed)


def _refuse_unreconciled(connection: Connection, cycle: Cycle, validate: Validate) -> None:
    """Report rows ↔ submissions ↔ decisions ↔ quotas, judged by the suite ``submissions``."""
    exempted = exemptions(connection, cycle)
    standing = {
        p.producer_id: "eligible" if p.producer_id in exempted else p.verdict
        for p in decided_producers(connection, cycle)
    }
    quota = {a.district_code: a.quota for a in assignments(connection, cycle.cycle_id)}
    table = pd.DataFrame(
        [
            {
                "producer_id": p.producer_id,
                "producer_name": p.producer_id,
                "district_code": p.district_code,
                "row": p.place,
                "standing": standing.get(p.producer_id, "unknown"),
                "is_over_quota": p.place > quota[p.district_code],
            }
            for p in picks(connection, cycle.cycle_id)
        ]
    )
    faults: list[Finding] = [
        block(
            failure.check,
            ", ".join(str(table.at[row, "producer_id"]) for row in failure.rows),
            failure.reason_th,
            failure.reason_en,
        )
        for failure in validate("submissions", table)
    ]
    if faults:
        raise BlockedError(*faults)


def _render(office: Office, connection: Connection, cycle: Cycle, report: Report) -> dict[str, bytes]:
    name = f"{report.cycle}-v{report.version}"
    papers = {
        f"report-{name}.xlsx": report_xlsx(report),
        f"report-{name}.pdf": report_pdf(report),
        f"report-{name}.csv": report_csv(report),
    }
    return {**papers, f"evidence-{name}.zip": evidence_bundle(connection, cycle, papers, report.made_at)}


def _folder(office: Office, cycle_id: str, version: int) -> Path:
    return office.home / "reports" / cycle_id / f"v{version}"


def latest_report(office: Office, cycle_id: str) -> IssuedReport:
    """The newest report. Raises BlockedError when none was issued."""
    with office.database.read() as connection:
        get_cycle(connection, cycle_id)
        issued = reports(connection, cycle_id)
    if not issued:
        raise blocked("report-missing", cycle_id, "รอบนี้ยังไม่ได้รวมเล่ม", "no report was issued yet")
    return issued[-1]
