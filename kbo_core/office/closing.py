"""Closing a cycle: the answers of all districts become one report, which is issued only if everything adds up."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kbo_core.documents.papers import Report
from kbo_core.documents.report_letter import NAME as DEPARTMENT_LETTER
from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, block, blocked, blocking
from kbo_core.office.circumstances import circumstances_of
from kbo_core.office.consolidating import consolidate
from kbo_core.office.evidence import OWN_LETTER, evidence_bundle, own_form_files
from kbo_core.office.office import Office
from kbo_core.office.own_papers import own_template
from kbo_core.office.reconciling import reconcile
from kbo_core.office.report_changes import changed_since
from kbo_core.office.report_papers import report_papers
from kbo_core.office.results import sha256
from kbo_core.office.screening import write_outputs
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection, keep_blob, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import IssuedReport, assignments, get_cycle, reports


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
    (unless a reason is given for going on), or when picks, answers, packets, decisions, places and register do not
    agree.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        issued = reports(connection, cycle_id)
        if issued and cycle.state == "closed":
            closed = Closed(issued[-1], _folder(office, cycle_id, issued[-1].version), is_new=False)
        else:
            beside, of_the_lists = circumstances_of(office, connection, cycle, at, reason)
            report = consolidate(connection, cycle, len(issued) + 1, at, beside)
            fingerprint = _fingerprint(report)
            if issued and issued[-1].content_sha256 == fingerprint:  # reopened, and nothing came of it
                confirmed = {"version": issued[-1].version}
                append(connection, cycle_id, "report-confirmed", confirmed, at=at, by=by, reason=reason)
                closed = Closed(issued[-1], _folder(office, cycle_id, issued[-1].version), is_new=False)
            else:
                _refuse_unanswered(connection, cycle_id, at, reason)
                if (changed := blocking(of_the_lists)) and not reason:
                    raise BlockedError(*changed)
                if faults := reconcile(connection, cycle, report, validate):
                    raise BlockedError(*faults)
                report = changed_since(connection, cycle, issued, report)
                letter_template = own_template(office.home, DEPARTMENT_LETTER)
                papers = report_papers(report, letter_template)
                bundle = f"evidence-{report.cycle}-v{report.version}.zip"
                own = own_form_files(office.home)
                if letter_template:
                    own[OWN_LETTER] = letter_template
                files = {**papers, bundle: evidence_bundle(connection, cycle, papers, beside, report, own)}
                for content in (beside.content(), *files.values()):
                    keep_blob(connection, sha256(content), content)
                payload = {
                    "version": report.version,
                    "content_sha256": fingerprint,
                    "circumstances": sha256(beside.content()),
                    "files": {name: sha256(content) for name, content in files.items()},
                }
                append(connection, cycle_id, "report-issued", payload, at=at, by=by, reason=reason)
                newest = reports(connection, cycle_id)[-1]
                closed = Closed(newest, _folder(office, cycle_id, newest.version), is_new=True)
        kept = {name: load_blob(connection, digest) for name, digest in closed.report.files.items()}
    write_outputs(kept, closed.folder)
    return closed


def _fingerprint(report: Report) -> str:
    """What the report says of the answer itself; not how it came about, when it was made and who was reminded of it."""
    said = {
        "names": [vars(name) | {"place": str(name.place)} for name in report.names],
        "lines": [
            (
                line.district.code,
                line.quota,
                line.picked,
                line.candidates,
                line.submitted_at,
                line.timeliness[0],
                line.note_th,
            )
            for line in report.lines
        ],
        "shortage": vars(report.shortage),
        "overrides": [vars(override) for override in report.overrides],
        "reallocations": [vars(moved) for moved in report.reallocations],
        "settled": report.settled,
        "snapshot": report.snapshot_sha256,
        "definition": report.definition_sha256,
    }
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True, default=str).encode())


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
