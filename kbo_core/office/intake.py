"""What comes back from a district: judged, accepted or refused. Every way in comes through here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kbo_core.documents.form_files import form_shapes
from kbo_core.documents.form_mapping import read_office_form
from kbo_core.documents.form_reader import read_form
from kbo_core.documents.messages import correction_words, receipt_words
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, Finding, KboError, blocked, blocking, warn
from kbo_core.domain.submission_checks import check_submission, resolve_picks
from kbo_core.domain.submissions import Expected, FilledForm, Standing
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection, keep_blob
from kbo_core.store.log import append, events, hold
from kbo_core.store.reading import (
    Cycle,
    DecidedProducer,
    decided_producers,
    get_assignment,
    get_cycle,
    linked_identities,
    picks,
)


@dataclass(frozen=True)
class Judgement:
    """What the checks say of a form; it can be accepted when nothing blocks."""

    form: FilledForm
    findings: tuple[Finding, ...]
    picks: tuple[tuple[str, int], ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Receipt:
    """The proof of an accepted form; the same bytes always get the same one."""

    reference: str
    district_code: str
    version: int
    received_at: datetime
    is_late: bool
    is_new: bool
    findings: tuple[Finding, ...]


def check(office: Office, cycle_id: str, district_code: str, content: bytes, name: str) -> Judgement:
    """Judge a form without changing anything. Raises RefusedError for a file that is not a readable form."""
    with office.database.read() as connection:
        return _judge(office, connection, cycle_id, district_code, content, name)


def receive(
    office: Office, cycle_id: str, district_code: str, content: bytes, name: str, *, at: datetime, via: str
) -> Receipt:
    """Accept a form.

    Raises RefusedError for a file that is not a readable form, BlockedError for one that must be corrected first;
    then nothing is changed.
    """
    digest = sha256(content)
    with office.database.write() as connection:
        hold(connection, cycle_id)
        standing = get_assignment(connection, cycle_id, district_code)
        # Under repair an old answer counts no longer: sent again, it is judged again.
        if standing.state is not State.REPAIR and (
            receipt := _receipt_for(connection, cycle_id, district_code, digest)
        ):
            return _with_newer(receipt, standing.version)
        cycle = get_cycle(connection, cycle_id)
        if cycle.state != "open":
            raise blocked(
                "cycle-closed",
                cycle_id,
                "รอบนี้รวมเล่มแล้ว รับแบบเพิ่มไม่ได้",
                "the cycle is closed; it takes no more submissions",
            )
        judgement = _judge(office, connection, cycle_id, district_code, content, name)
        if faults := blocking(judgement.findings):
            raise BlockedError(*faults)
        assignment = get_assignment(connection, cycle_id, district_code)
        keep_blob(connection, digest, content)
        accepted = {
            "district": district_code,
            "version": assignment.version + 1,
            "sha256": digest,
            "picks": judgement.picks,
            "is_nil": not judgement.picks,
            "is_late": at > assignment.due_at,
            "shortfall_reason": judgement.form.reason if len(judgement.picks) < assignment.quota else "",
            "via": via,
        }
        append(connection, cycle_id, "submission-accepted", accepted, at=at, by=f"district {district_code}")
        receipt = _receipt(accepted, at, is_new=True, findings=judgement.findings)
        plan_message(
            connection,
            office,
            cycle,
            districts()[district_code],
            "receipt",
            f"{receipt.version:02}",
            receipt_words(
                cycle_id,
                provinces()[cycle.province_code].name_th,
                districts()[district_code],
                receipt.reference,
                receipt.version,
                judgement.names,
                at,
            ),
            at,
        )
        return receipt


def turn_back(
    office: Office, cycle_id: str, district_code: str, content: bytes, name: str, error: KboError, at: datetime
) -> None:
    """Remember that a form could not be accepted and tell the district why; once for the same bytes."""
    digest = sha256(content)
    with office.database.write() as connection:
        hold(connection, cycle_id)
        if digest in judged_before(connection, cycle_id, district_code):
            return
        cycle = get_cycle(connection, cycle_id)
        district = districts()[district_code]
        payload = {
            "district": district_code,
            "sha256": digest,
            "codes": sorted({finding.code for finding in error.findings}),
        }
        append(connection, cycle_id, "submission-refused", payload, at=at, by=f"district {district_code}")
        province = provinces()[cycle.province_code].name_th
        words = correction_words(cycle_id, province, district, name, blocking(error.findings))
        plan_message(connection, office, cycle, district, "correction", f"{digest[:12]}-{cycle.revision}", words, at)


def judged_before(connection: Connection, cycle_id: str, district_code: str) -> set[str]:
    """The sha256 of every file of a district that was accepted, or turned back on the decisions in force."""
    accepted: set[str] = set()
    refused: set[str] = set()
    for entry in events(connection, cycle_id):
        if entry.kind == "decided":
            refused.clear()  # what was no candidate then may be one now
        elif entry.payload.get("district") == district_code:
            if entry.kind == "submission-accepted":
                accepted.add(entry.payload["sha256"])
            elif entry.kind == "submission-refused":
                refused.add(entry.payload["sha256"])
    return accepted | refused


def expected_of(connection: Connection, cycle: Cycle, district_code: str) -> Expected:
    """What a district was asked, and how everybody in the province stands now."""
    assignment = get_assignment(connection, cycle.cycle_id, district_code)
    producers = {p.producer_id: p for p in decided_producers(connection, cycle)}
    offered = set(assignment.candidates)
    return Expected(
        cycle=cycle.cycle_id,
        district=districts()[district_code],
        revision=assignment.packet_revision,
        quota=assignment.quota,
        candidates={i: p.producer_name for i, p in producers.items() if i in offered and p.verdict == "eligible"},
        register={i: _standing(p) for i, p in producers.items()},
        picked_elsewhere={
            p.producer_id: districts()[p.district_code].title_th
            for p in picks(connection, cycle.cycle_id)
            if p.district_code != district_code
        },
        linked=linked_identities(connection, cycle.cycle_id),
    )


def _standing(producer: DecidedProducer) -> Standing:
    return Standing(producer.producer_name, producer.district_code, producer.verdict, producer.reason_th)


def _judge(
    office: Office, connection: Connection, cycle_id: str, district_code: str, content: bytes, name: str
) -> Judgement:
    cycle = get_cycle(connection, cycle_id)
    get_assignment(connection, cycle_id, district_code)
    form = read_form(content, name, form_shapes(read_office_form(office.home)))
    expected = expected_of(connection, cycle, district_code)
    chosen = resolve_picks(form, expected)
    tiers = {p.producer_id: p.tier for p in decided_producers(connection, cycle)}
    return Judgement(
        form,
        tuple(check_submission(form, expected)),
        tuple((producer_id, int(tiers[producer_id])) for producer_id in chosen),
        tuple(expected.candidates[producer_id] for producer_id in chosen),
    )


def _receipt_for(connection: Connection, cycle_id: str, district_code: str, digest: str) -> Receipt | None:
    for entry in reversed(events(connection, cycle_id)):
        facts = entry.payload
        if entry.kind == "submission-accepted" and (facts["district"], facts["sha256"]) == (district_code, digest):
            return _receipt(facts, entry.at, is_new=False, findings=())
    return None


def _with_newer(receipt: Receipt, in_force: int) -> Receipt:
    """The receipt, saying so when a later version is the one in force."""
    if receipt.version == in_force:
        return receipt
    told = warn(
        "submission-superseded",
        receipt.reference,
        f"แฟ้มนี้คือฉบับที่ {receipt.version} ที่รับไว้ก่อนแล้ว ฉบับที่ใช้อยู่คือฉบับที่ {in_force} "
        "หากต้องการกลับไปใช้รายชื่อเดิม ให้บันทึกแบบใหม่แล้วส่งอีกครั้ง",
        f"this is version {receipt.version}; version {in_force} is in force",
    )
    return replace(receipt, findings=(told,))


def _receipt(facts: Mapping[str, Any], at: datetime, *, is_new: bool, findings: tuple[Finding, ...]) -> Receipt:
    reference = f"R-{facts['district']}-{facts['version']:02}-{facts['sha256'][:8]}"
    return Receipt(reference, facts["district"], facts["version"], at, facts["is_late"], is_new, findings)
