"""What comes back from a district: judged, accepted or refused. Every way in comes through here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from kbo_core.documents.form_files import form_shapes
from kbo_core.documents.form_mapping import read_office_form
from kbo_core.documents.form_reader import read_form
from kbo_core.documents.page_answer import is_page_answer, read_page_answer
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, Finding, KboError, blocked, blocking, refused, warn
from kbo_core.domain.submission_checks import check_submission, resolve_picks
from kbo_core.domain.submissions import Expected, FilledForm, Standing
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.candidates import candidates_of
from kbo_core.office.definitions import definition_of
from kbo_core.office.limits import open_cycle
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_if_reachable
from kbo_core.office.results import sha256
from kbo_core.office.returning import require_unlocked
from kbo_core.store.database import Connection, keep_blob
from kbo_core.store.log import append, events, hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    decided_producers,
    get_assignment,
    get_cycle,
    linked_identities,
    messages,
    picks,
    submissions,
)

# Events by which an answer comes in, taken at once or laid before a person.
ANSWERS = ("submission-accepted", "submission-received")
# Events after which a form that was turned back may be judged otherwise.
_NEW_GROUND = (
    "decided",
    "override-granted",
    "reallocation-approved",
    "deadline-extended",
    "cycle-reopened",
    "submission-returned",
    "submission-withdrawn",
)
_REFUSED = "submission-refused"
_RACE = "submission-conflict"


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
    office: Office,
    cycle_id: str,
    district_code: str,
    content: bytes,
    name: str,
    *,
    at: datetime,
    via: str,
    arrived_at: datetime | None = None,
    amends: int | None = None,
    beside: Sequence[str] = (),
) -> Receipt:
    """Accept a form, or lay it before a person where the cycle wants every answer looked at.

    ``arrived_at`` is when it came in, if that was before now. ``amends`` is the version that the sender knew last
    (0: none): when another has come in since, two forms race, and a person must say which holds. ``beside`` are the
    sha256 of other forms that lay there with it: they race with it, whenever they are looked at.

    Raises RefusedError for a file that is not a readable form or amends a version that was never there, BlockedError
    for one that must be corrected first, that races with another, that comes after the lock or from a district without
    places; then nothing is changed.
    """
    digest = sha256(content)
    arrived_at = arrived_at or at
    with office.database.write() as connection:
        hold(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        # Where another answer is owed the old one counts no longer: sent again, it is judged again.
        if assignment.state.answered and (receipt := _receipt_for(connection, cycle_id, district_code, digest)):
            return _with_newer(receipt, assignment.version)
        cycle = open_cycle(connection, cycle_id)
        _require_asked(assignment)
        require_unlocked(assignment, arrived_at)
        _refuse_race(connection, assignment, amends)
        judgement = _judge(office, connection, cycle_id, district_code, content, name)
        if faults := blocking(judgement.findings):
            raise BlockedError(*faults)
        keep_blob(connection, digest, content)
        answer = {
            "district": district_code,
            "version": assignment.version + 1,
            "amends": assignment.version,
            "sha256": digest,
            "picks": judgement.picks,
            "is_nil": not judgement.picks,
            "is_late": assignment.limits.is_late(arrived_at),
            "shortfall_reason": judgement.form.reason if len(judgement.picks) < assignment.quota else "",
            "via": via,
            "received_at": arrived_at.isoformat(),
            **({"beside": list(beside)} if beside else {}),
        }
        is_automatic = definition_of(connection, cycle).review == "automatic"
        kind = "submission-accepted" if is_automatic else "submission-received"
        append(connection, cycle_id, kind, answer, at=at, by=f"district {district_code}")
        receipt = _receipt(answer, at, is_new=True, findings=judgement.findings)
        plan_if_reachable(
            connection,
            office,
            cycle,
            districts()[district_code],
            "receipt",
            f"{receipt.version:02}",
            office.wording.receipt(
                cycle_id,
                provinces()[cycle.province_code].name_th,
                districts()[district_code],
                receipt.reference,
                receipt.version,
                judgement.names,
                arrived_at,
            ),
            at,
        )
        return receipt


def _require_asked(assignment: Assignment) -> None:
    """Raises BlockedError for a district without places, such as one that gave its last away."""
    if assignment.state is State.NOT_ASKED:
        title = districts()[assignment.district_code].title_th
        raise blocked(
            "district-not-asked",
            assignment.district_code,
            f"{title}ไม่มีจำนวนจัดสรรในรอบนี้ จึงไม่ต้องรายงาน",
            f"{assignment.district_code} has no places in this cycle: nothing is asked of it",
        )


def _refuse_race(connection: Connection, assignment: Assignment, amends: int | None) -> None:
    if amends is None or amends == assignment.version:
        return
    if not 0 <= amends < assignment.version:
        raise refused(
            "amends-unknown",
            "--amends",
            f"ไม่มีรายชื่อฉบับที่ {amends} ของ{districts()[assignment.district_code].title_th} "
            f"ฉบับล่าสุดคือฉบับที่ {assignment.version} (0 คือยังไม่มี)",
            f"{assignment.district_code} has no version {amends}; the newest is {assignment.version} (0: none)",
        )
    newest = submissions(connection, assignment.cycle_id, assignment.district_code)[-1]
    raise blocked(
        _RACE,
        assignment.district_code,
        f"ระหว่างนี้จังหวัดได้รับแบบอีกแฟ้มของอำเภอแล้ว (ฉบับที่ {newest.version} เมื่อ {short_instant(newest.received_at)}) "
        f"แฟ้มนี้จึงยังไม่รับ หากตั้งใจให้แทนฉบับที่ {newest.version} ให้บันทึกแบบใหม่แล้วส่งอีกครั้ง",
        f"another form came in meanwhile (version {newest.version}); to replace it, save this one anew and send it",
    )


def turn_back(
    office: Office, cycle_id: str, district_code: str, content: bytes, name: str, error: KboError, at: datetime
) -> None:
    """Remember that a form could not be accepted and tell the district why; once for the same bytes, and again only
    when something else stands against them."""
    digest = sha256(content)
    with office.database.write() as connection:
        hold(connection, cycle_id)
        if digest in judged_before(connection, cycle_id, district_code):
            return
        cycle = get_cycle(connection, cycle_id)
        district = districts()[district_code]
        codes = sorted({finding.code for finding in error.findings})
        before = _refusals_of(connection, cycle_id, district_code, digest)
        payload = {"district": district_code, "sha256": digest, "codes": codes}
        append(connection, cycle_id, _REFUSED, payload, at=at, by=f"district {district_code}")
        step = f"{digest[:12]}-{cycle.revision}"
        corrections = messages(connection, cycle_id, district_code=district_code, kind="correction")
        told = [m.step for m in corrections if f"{m.step}-".startswith(f"{step}-")]
        if told and before and before[-1] == codes:
            return
        province = provinces()[cycle.province_code].name_th
        words = office.wording.correction(cycle_id, province, district, name, blocking(error.findings))
        plan_if_reachable(
            connection, office, cycle, district, "correction", f"{step}-{len(told) + 1}" if told else step, words, at
        )


def _refusals_of(connection: Connection, cycle_id: str, district_code: str, digest: str) -> list[list[str]]:
    """What stood against a form each time that it was turned back."""
    return [
        entry.payload["codes"]
        for entry in events(connection, cycle_id, (_REFUSED,))
        if (entry.payload["district"], entry.payload["sha256"]) == (district_code, digest)
    ]


def judged_before(connection: Connection, cycle_id: str, district_code: str) -> set[str]:
    """The sha256 of every file of a district that was accepted, or turned back on the decisions and limits in force.

    A form turned back is done with for good once a later one was accepted, or when it raced with one: of itself it
    replaces no answer.
    """
    done: set[str] = set()
    turned_back: set[str] = set()
    once_turned_back: set[str] = set()
    for entry in events(connection, cycle_id, (*ANSWERS, *_NEW_GROUND, _REFUSED)):
        if entry.kind in _NEW_GROUND and _concerns(entry.payload, district_code):
            turned_back.clear()  # what was no candidate then, or came too late, may be accepted now
        if entry.payload.get("district") == district_code:
            if entry.kind in ANSWERS:
                done |= once_turned_back | {entry.payload["sha256"]}
            elif entry.kind == _REFUSED:
                once_turned_back.add(entry.payload["sha256"])
                (done if _RACE in entry.payload["codes"] else turned_back).add(entry.payload["sha256"])
    return done | turned_back


def _concerns(facts: Mapping[str, Any], district_code: str) -> bool:
    named = {facts.get("district"), facts.get("giver"), facts.get("taker"), *facts.get("districts", ())} - {None}
    return not named or district_code in named


def version_known(connection: Connection, cycle_id: str, district_code: str, digest: str, version: int) -> int:
    """The version that the sender of a form knew last: ``version``, the one in force, unless the form lay beside one
    that has been taken since."""
    for entry in events(connection, cycle_id, ANSWERS):
        facts = entry.payload
        if facts["district"] == district_code and digest in facts.get("beside", ()):
            return int(facts["version"]) - 1
    return version


def _expected_of(
    connection: Connection, cycle: Cycle, assignment: Assignment, register: Sequence[DecidedProducer]
) -> tuple[Expected, dict[str, int]]:
    """What a district was asked, and how everybody in the province stands now; and the tier of each candidate."""
    offered, district_code = set(assignment.candidates), assignment.district_code
    candidates = candidates_of(connection, cycle, district_code, register)
    tiers = {p.producer_id: tier for p, tier in candidates}
    expected = Expected(
        cycle=cycle.cycle_id,
        district=districts()[district_code],
        revision=assignment.packet_revision,
        quota=assignment.quota,
        candidates={p.producer_id: p.producer_name for p, _ in candidates if p.producer_id in offered},
        register={p.producer_id: _standing(p) for p in register},
        picked_elsewhere={
            p.producer_id: districts()[p.district_code].title_th
            for p in picks(connection, cycle.cycle_id)
            if p.district_code != district_code
        },
        linked=linked_identities(connection, cycle.cycle_id),
    )
    return expected, tiers


def _standing(producer: DecidedProducer) -> Standing:
    return Standing(producer.producer_name, producer.district_code, producer.verdict, producer.reason_th)


def read_answer(office: Office, content: bytes, name: str) -> FilledForm:
    """What a district filled in: in the form that it was sent, or in a page. Raises RefusedError for anything else."""
    if is_page_answer(content):
        return read_page_answer(content, name).as_form()
    return read_form(content, name, form_shapes(read_office_form(office.home)))


def _judge(
    office: Office, connection: Connection, cycle_id: str, district_code: str, content: bytes, name: str
) -> Judgement:
    cycle = get_cycle(connection, cycle_id)
    assignment = get_assignment(connection, cycle_id, district_code)
    form = read_answer(office, content, name)
    expected, tiers = _expected_of(connection, cycle, assignment, decided_producers(connection, cycle))
    chosen = resolve_picks(form, expected)
    return Judgement(
        form,
        tuple(check_submission(form, expected)),
        tuple((producer_id, tiers[producer_id]) for producer_id in chosen),
        tuple(expected.candidates[producer_id] for producer_id in chosen),
    )


def receipt_of(connection: Connection, cycle_id: str, district_code: str, version: int) -> Receipt | None:
    """The receipt that a version of a district's answer got."""
    for entry in events(connection, cycle_id, ANSWERS):
        if (entry.payload["district"], entry.payload["version"]) == (district_code, version):
            return _receipt(entry.payload, entry.at, is_new=False, findings=())
    return None


def _receipt_for(connection: Connection, cycle_id: str, district_code: str, digest: str) -> Receipt | None:
    for entry in reversed(events(connection, cycle_id, ANSWERS)):
        facts = entry.payload
        if (facts["district"], facts["sha256"]) == (district_code, digest):
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
    received_at = datetime.fromisoformat(facts["received_at"]) if "received_at" in facts else at
    return Receipt(reference, facts["district"], facts["version"], received_at, facts["is_late"], is_new, findings)
