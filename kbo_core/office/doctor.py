"""The invariants, checked on live data. Each returns how much it looked at and what is wrong."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from kbo_core.domain.approvals import Subject
from kbo_core.domain.assignments import State
from kbo_core.domain.definition import Approvals
from kbo_core.domain.delivery import Outcome
from kbo_core.domain.findings import Finding, block
from kbo_core.office.candidates import exemptions
from kbo_core.office.certifying import certificates_hold
from kbo_core.office.definitions import definition_of
from kbo_core.office.office import Office
from kbo_core.office.snapshots import load_records
from kbo_core.store.database import Connection, changed_blobs, load_blob
from kbo_core.store.fold import differences
from kbo_core.store.log import broken_link, events, hold
from kbo_core.store.reading import (
    Message,
    assignments,
    cycle_ids,
    decided_producers,
    get_cycle,
    linked_identities,
    log_ids,
    messages,
    picks,
    reallocations,
    submissions,
)

Check = Callable[[Connection, str], tuple[int, Iterable[Finding]]]


def examine(office: Office) -> tuple[dict[str, int], list[Finding]]:
    """Every check on every cycle: (check → things looked at, faults)."""
    looked: Counter[str] = Counter()
    faults: list[Finding] = []
    for name, check in CHECKS.items():
        with office.database.scratch() as connection:
            for cycle_id in log_ids(connection) if check is log_holds else cycle_ids(connection):
                hold(connection, cycle_id)  # else what is written meanwhile would look like a fault
                count, found = check(connection, cycle_id)
                looked[name] += count
                faults += found
    with office.database.read() as connection:
        looked["files are unchanged"], changed = changed_blobs(connection)
    faults += [
        block("file-changed", digest, "แฟ้มที่เก็บไว้ถูกแก้ไข", "kept bytes no longer have their own hash")
        for digest in changed
    ]
    return dict(looked), faults


def _fault(code: str, cycle_id: str, where: str, thai: str, english: str) -> Finding:
    return block(code, f"{cycle_id}: {where}", thai, english)


def within_quota(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """1. Selected per district ≤ the quota in force; they are those of the opening with the reallocations since,
    and sum to the province's total."""
    chosen = Counter(p.district_code for p in picks(connection, cycle_id))
    asked = assignments(connection, cycle_id)
    opened = next(iter(events(connection, cycle_id, ("cycle-opened",))))
    faults = [
        _fault("over-quota", cycle_id, a.district_code, "เลือกเกินจำนวนจัดสรร", f"{chosen[a.district_code]} > {a.quota}")
        for a in asked
        if chosen[a.district_code] > a.quota
    ]
    quota = Counter(dict(opened.payload["quota"]))
    for moved in reallocations(connection, cycle_id):
        if moved.state == "approved":
            quota[moved.giver] -= moved.places
            quota[moved.taker] += moved.places
    faults += [
        _fault(
            "quota-moved", cycle_id, a.district_code, "จำนวนจัดสรรไม่ตรงกับที่โอน", f"{a.quota} != {quota[a.district_code]}"
        )
        for a in asked
        if a.quota != quota[a.district_code]
    ]
    if sum(a.quota for a in asked) != sum(places for _, places in opened.payload["quota"]):
        faults.append(_fault("quota-sum", cycle_id, "quota", "ผลรวมจำนวนจัดสรรเปลี่ยนไป", "the quotas no longer add up"))
    return len(asked), faults


def picks_are_eligible(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """2 and 3. Nobody selected fails a clause that no exception names; no fallback pick without an open fallback."""
    cycle = get_cycle(connection, cycle_id)
    decided = {p.producer_id: p for p in decided_producers(connection, cycle)}
    is_open = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))["fallback_open"]
    chosen, exempted = picks(connection, cycle_id), exemptions(connection, cycle)
    faults = [
        _fault("pick-not-eligible", cycle_id, p.producer_id, "เลือกกลุ่มที่ไม่เข้าเกณฑ์", "a pick that is not eligible")
        for p in chosen
        if (decided[p.producer_id].verdict != "eligible" and p.producer_id not in exempted)
        or decided[p.producer_id].district_code != p.district_code
    ]
    faults += [
        _fault("fallback-shut", cycle_id, p.producer_id, "ใช้ข้อ ๓ โดยไม่มีหลักฐานความไม่เพียงพอ", "no shortage certificate")
        for p in chosen
        if p.tier == 2 and not is_open
    ]
    return len(chosen), faults


def nobody_is_picked_twice(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """4. No producer is picked twice, under any identity that is linked with its own."""
    identities = linked_identities(connection, cycle_id)
    chosen = [identities.get(p.producer_id, p.producer_id) for p in picks(connection, cycle_id)]
    return len(chosen), [
        _fault("picked-twice", cycle_id, identity, "เลือกผู้ผลิตรายเดียวกันมากกว่าหนึ่งครั้ง", "one producer picked twice")
        for identity, count in Counter(chosen).items()
        if count > 1
    ]


def every_producer_is_decided(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """10. Every register row has a decision in force; rows in are kept, set aside or of other provinces."""
    cycle = get_cycle(connection, cycle_id)
    opened = next(iter(events(connection, cycle_id, ("cycle-opened",))))
    registered = max(0, load_blob(connection, opened.payload["register"]).count(b"\r\n") - 1)
    decided = len(decided_producers(connection, cycle))
    faults = []
    if decided != registered:
        faults.append(
            _fault("undecided", cycle_id, "decision", "ผู้ผลิตบางรายไม่มีคำตัดสิน", f"{registered} rows, {decided} decisions")
        )
    manifest = json.loads(load_blob(connection, cycle.outputs["manifest.json"]))
    faults += [
        _fault("rows-lost", cycle_id, place, "จำนวนแถวเข้ากับออกไม่เท่ากัน", str(rows))
        for place, rows in manifest["rows"].items()
        if rows["in"] != rows["kept"] + rows["quarantined"] + rows["elsewhere"]
    ]
    return decided, faults


def messages_are_sent_or_explained(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """5. What was sent has a time and reached somebody, what was not has a reason, what waits has somebody to reach."""
    ledger = messages(connection, cycle_id)
    return len(ledger), [
        _fault(
            "message-unclear",
            cycle_id,
            f"{m.district_code} {m.kind} {m.step} {m.channel}",
            "ข้อความไม่มีผลการส่ง",
            f"{m.state}, but the outcome says otherwise",
        )
        for m in ledger
        if not _is_clear(m)
    ]


def _is_clear(message: Message) -> bool:
    """Does the state of a message agree with where its recipients stand?"""
    reached = any(r.outcome is Outcome.ACCEPTED for r in message.recipients)
    is_open = any(r.outcome.is_open for r in message.recipients)
    if message.state == "planned":
        return is_open and not reached
    if message.state == "sent":
        return reached and message.sent_at is not None and is_open == (message.retry_at is not None)
    return bool(message.explanation) and not reached and not is_open and message.retry_at is None


def answers_have_their_file(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """7. Every answer has its file, and the picks are those of the one version in force."""
    asked = {a.district_code: a for a in assignments(connection, cycle_id)}
    answered = [a for a in asked.values() if a.state.answered]
    faults = [
        _fault("answer-without-file", cycle_id, a.district_code, "คำตอบไม่มีแฟ้ม", "an answer without its file")
        for a in answered
        if a.submission_sha256 is None
    ]
    faults += [
        _fault("pick-without-answer", cycle_id, p.producer_id, "มีรายชื่อแต่ไม่มีคำตอบ", "a pick without an answer")
        for p in picks(connection, cycle_id)
        if not asked[p.district_code].state.answered
    ]
    in_force = {a.district_code: a for a in submissions(connection, cycle_id) if a.state == "in_force"}
    chosen: dict[str, list[str]] = {code: [] for code in in_force}
    for p in picks(connection, cycle_id):
        chosen.setdefault(p.district_code, []).append(p.producer_id)
    faults += [
        _fault("version-unclear", cycle_id, code, "ฉบับที่ใช้อยู่ไม่ตรงกับรายชื่อ", "the version in force is not the answer")
        for code, a in asked.items()
        if a.state.answered != (code in in_force)
        or (code in in_force and (in_force[code].version, list(in_force[code].picks)) != (a.version, chosen[code]))
    ]
    return len(answered), faults


def limits_are_kept(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """6. After a district's lock nothing of it changes without an extension or a reopening, after the report nothing of
    the cycle."""
    faults: list[Finding] = []
    locked: set[str] = set()
    is_closed = False
    log = events(connection, cycle_id)
    for entry in log:
        facts = entry.payload
        if entry.kind == "assignment-locked":
            locked.add(facts["district"])
        elif entry.kind in ("deadline-extended", "cycle-reopened"):
            locked -= set(facts["districts"])
            is_closed = is_closed and entry.kind != "cycle-reopened"
        elif entry.kind in ("submission-returned", "repair-opened") and "due_at" in facts:
            locked.discard(facts["district"])
        elif entry.kind in ("report-issued", "report-confirmed"):
            is_closed = True
            locked |= {a.district_code for a in assignments(connection, cycle_id) if a.state is not State.NOT_ASKED}
        elif entry.kind in _CHANGES and (is_closed or facts.get("district") in locked):
            faults.append(
                _fault(
                    "changed-after-lock",
                    cycle_id,
                    f"event {entry.seq}",
                    "มีการเปลี่ยนแปลงหลังปิดรับหรือหลังออกรายงาน",
                    entry.kind,
                )
            )
    return len(log), faults


# What must not happen behind a lock or a report. An exception that nobody picked may be taken back: it changes nothing.
_CHANGES = frozenset(
    {
        "submission-accepted",
        "submission-received",
        "submission-withdrawn",
        "decided",
        "override-granted",
        "reallocation-approved",
        "repair-opened",
    }
)


def signatures_are_in_order(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """6. What is signed is signed in the letter's order, and no packet went out before its signatures."""
    chains = definition_of(connection, get_cycle(connection, cycle_id)).approvals
    given: dict[tuple[str, int], list[str]] = {}
    faults: list[Finding] = []
    for entry in events(connection, cycle_id, ("approval-given", "message-sent")):
        facts = entry.payload
        if entry.kind == "approval-given":
            signed = given.setdefault((facts["subject"], facts["number"]), [])
            signed.append(facts["step"])
            chain = [step.value for step in getattr(chains, facts["subject"])]
            if signed != chain[: len(signed)]:
                faults.append(
                    _fault("signature-order", cycle_id, f"event {entry.seq}", "ลงนามผิดลำดับ", "signed out of order")
                )
        elif facts["kind"] == "packet" and not _is_signed(given, chains):
            faults.append(
                _fault("sent-unsigned", cycle_id, facts["district"], "ส่งเอกสารก่อนลงนามครบ", "sent before it was signed")
            )
    return sum(map(len, given.values())), faults


def _is_signed(given: Mapping[tuple[str, int], list[str]], chains: Approvals) -> bool:
    return len(given.get((Subject.DISPATCH, 1), [])) >= len(chains.dispatch)


def repairs_are_asked_for(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """2. An answer that counts no longer says what fell out of it, and only a district under repair has one."""
    asked = assignments(connection, cycle_id)
    return sum(a.state is State.REPAIR for a in asked), [
        _fault("repair-unclear", cycle_id, a.district_code, "ต้องแก้รายชื่อแต่ไม่มีเหตุ หรือมีเหตุแต่ไม่ได้ให้แก้", a.state.value)
        for a in asked
        if (a.state is State.REPAIR) != bool(a.repair and a.repair.fallen)
    ]


def snapshot_is_whole(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """9. The register that the decision in force rests on is kept, line by line, and has its producers."""
    cycle = get_cycle(connection, cycle_id)
    if cycle.snapshot is None:  # opened before snapshots were kept
        return 0, []
    try:
        records = load_records(connection, cycle.snapshot)
    except KeyError as lost:
        return 0, [_fault("snapshot-lost", cycle_id, cycle.snapshot, "ทะเบียนที่ตรึงไว้หายไป", f"not kept: {lost}")]
    decided = {p.producer_id for p in decided_producers(connection, cycle)}
    differing = sorted(decided ^ set(records.producers["producer_id"]))
    return sum(map(len, records.tables().values())), [
        _fault(
            "snapshot-differs", cycle_id, producer_id, "ผู้ผลิตในทะเบียนที่ตรึงไว้ไม่ตรงกับคำตัดสิน", "decided, or frozen, alone"
        )
        for producer_id in differing
    ]


def log_holds(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """8. The hash chain holds, and replaying the log gives the state."""
    count = len(events(connection, cycle_id))
    if (seq := broken_link(connection, cycle_id)) is not None:
        return count, [_fault("chain-broken", cycle_id, f"event {seq}", "สายบันทึกถูกแก้ไข", "the hash chain is broken")]
    return count, [
        _fault(
            "state-differs", cycle_id, table, "ข้อมูลในตารางไม่ตรงกับบันทึกเหตุการณ์", "the state is not the fold of the log"
        )
        for table in differences(connection, cycle_id, events(connection, cycle_id))
    ]


CHECKS: dict[str, Check] = {
    "within quota": within_quota,
    "picks are eligible": picks_are_eligible,
    "nobody is picked twice": nobody_is_picked_twice,
    "every producer is decided": every_producer_is_decided,
    "messages are sent or explained": messages_are_sent_or_explained,
    "answers have their file": answers_have_their_file,
    "limits are kept": limits_are_kept,
    "signatures are in order": signatures_are_in_order,
    "repairs are asked for": repairs_are_asked_for,
    "snapshots are whole": snapshot_is_whole,
    "shortage certificates hold": certificates_hold,
    "log holds": log_holds,
}
