"""Does a report add up? Picks, answers, packets, decisions, places and register rows, one to one."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kbo_core.documents.papers import Report
from kbo_core.domain.findings import Finding, block
from kbo_core.office.candidates import exemptions
from kbo_core.office.certifying import NAME as CERTIFICATE
from kbo_core.office.consolidating import register_rows
from kbo_core.office.report_history import history_of
from kbo_core.office.results import sha256
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    Override,
    Pick,
    Submission,
    assignments,
    decided_producers,
    linked_identities,
    picks,
    reallocations,
    submissions,
)


@dataclass(frozen=True)
class _Sides:
    """Everything that must agree."""

    picks: Sequence[Pick]
    decided: dict[str, DecidedProducer]
    granted: dict[str, Override]
    asked: dict[str, Assignment]
    in_force: dict[str, Submission]


def reconcile(connection: Connection, cycle: Cycle, report: Report, validate: Validate) -> list[Finding]:
    """What does not agree; the report may be issued when nothing is found."""
    sides = _Sides(
        picks(connection, cycle.cycle_id),
        {p.producer_id: p for p in decided_producers(connection, cycle)},
        exemptions(connection, cycle),
        {a.district_code: a for a in assignments(connection, cycle.cycle_id)},
        {s.district_code: s for s in submissions(connection, cycle.cycle_id) if s.state == "in_force"},
    )
    return [
        *_of_the_suite(sides, validate),
        *_with_decisions(connection, cycle, sides),
        *_with_answers(connection, sides),
        *_with_packets(connection, cycle, sides),
        *_with_places(connection, cycle, sides),
        *_with_register(connection, cycle, sides),
        *_with_report(sides, report),
    ]


def _of_the_suite(sides: _Sides, validate: Validate) -> list[Finding]:
    """Standing, places and repetition, judged by the suite ``submissions``."""
    standing = {i: "eligible" if i in sides.granted else p.verdict for i, p in sides.decided.items()}
    table = pd.DataFrame(
        [
            {
                "producer_id": p.producer_id,
                "producer_name": p.producer_id,
                "district_code": p.district_code,
                "row": p.place,
                "standing": standing.get(p.producer_id, "unknown"),
                "is_over_quota": p.place > sides.asked[p.district_code].quota,
            }
            for p in sides.picks
        ]
    )
    return [
        block(
            failure.check,
            ", ".join(str(table.at[row, "producer_id"]) for row in failure.rows),
            failure.reason_th,
            failure.reason_en,
        )
        for failure in validate("submissions", table)
    ]


def _with_decisions(connection: Connection, cycle: Cycle, sides: _Sides) -> list[Finding]:
    faults: list[Finding] = []
    opened = set(_opened(connection, cycle))
    for p in sides.picks:
        decided, granted = sides.decided.get(p.producer_id), sides.granted.get(p.producer_id)
        if decided is None:
            faults.append(
                block(
                    "pick-undecided",
                    p.producer_id,
                    f"{p.producer_id} อยู่ในรายชื่อแต่ไม่มีคำตัดสินครั้งที่ {cycle.revision} ให้ตัดสินใหม่ก่อนรวมเล่ม",
                    f"picked, but decision {cycle.revision} does not have it",
                )
            )
            continue
        if decided.district_code != p.district_code:
            faults.append(
                block(
                    "pick-other-district",
                    p.producer_id,
                    f"{p.producer_id} เป็นของอำเภอรหัส {decided.district_code} แต่อำเภอรหัส {p.district_code} เลือกไว้",
                    f"of district {decided.district_code}, picked by {p.district_code}",
                )
            )
        if str(p.tier) != (decided.tier or str(granted.tier if granted else "")):
            faults.append(
                block(
                    "pick-tier-differs",
                    p.producer_id,
                    f"{p.producer_id} บันทึกไว้เป็นลำดับเกณฑ์ {p.tier} แต่คำตัดสินเป็นลำดับอื่น",
                    f"picked under tier {p.tier}, decided otherwise",
                )
            )
        if p.tier == 2 and p.district_code not in opened:
            faults.append(
                block(
                    "fallback-uncertified",
                    p.producer_id,
                    f"{p.producer_id} ใช้แนวทางข้อ ๓ ในอำเภอที่ไม่มีหลักฐานความไม่เพียงพอ",
                    "a fallback pick in a district for which no shortage certificate opened it",
                )
            )
    identities = linked_identities(connection, cycle.cycle_id)
    same = Counter(identities.get(p.producer_id, p.producer_id) for p in sides.picks)
    faults += [
        block(
            "pick-linked-twice",
            identity,
            f"{identity} ถูกเลือกมากกว่าหนึ่งครั้งภายใต้รหัสที่เป็นรายเดียวกัน",
            "picked more than once under ids that are one producer",
        )
        for identity, count in same.items()
        if count > 1
    ]
    return faults


def _opened(connection: Connection, cycle: Cycle) -> list[str]:
    """The districts in which the fallback is open: by the certificate of the decision in force, or by its figures
    where it was decided before certificates were kept."""
    if digest := cycle.outputs.get(CERTIFICATE):
        return list(json.loads(load_blob(connection, digest))["opened"])
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    is_open, by_district = shortage["fallback_open"], shortage["scope"] == "district"
    return [d["district_code"] for d in shortage["districts"] if is_open and (d["short"] or not by_district)]


def _with_answers(connection: Connection, sides: _Sides) -> list[Finding]:
    faults: list[Finding] = []
    for code, a in sides.asked.items():
        chosen = [p.producer_id for p in sides.picks if p.district_code == code]
        answer = sides.in_force.get(code)
        if answer is None:
            if chosen or a.state.answered:
                faults.append(
                    block(
                        "answer-missing",
                        code,
                        f"อำเภอรหัส {code} มีรายชื่อหรือสถานะว่ารายงานแล้ว แต่ไม่มีแบบรายงานที่ใช้อยู่",
                        "picks or an answered state without an answer in force",
                    )
                )
            continue
        if (answer.version, answer.sha256) != (a.version, a.submission_sha256):
            faults.append(
                block(
                    "answer-version-differs",
                    code,
                    f"แบบรายงานที่ใช้อยู่ของอำเภอรหัส {code} คือฉบับที่ {answer.version} แต่งานของอำเภออ้างฉบับที่ {a.version}",
                    f"version {answer.version} is in force, the assignment says {a.version}",
                )
            )
        if not _is_kept(connection, answer.sha256):
            faults.append(
                block(
                    "answer-file-lost",
                    code,
                    f"แฟ้มแบบรายงานของอำเภอรหัส {code} ฉบับที่ {answer.version} หายไปหรือถูกแก้ไข",
                    f"the file of version {answer.version} is lost or changed",
                )
            )
        faults += [
            block(
                "pick-not-answered",
                producer_id,
                f"{producer_id} อยู่ในรายชื่อ แต่ไม่อยู่ในแบบรายงานที่ใช้อยู่ของอำเภอรหัส {code}",
                "picked, but not in the answer in force",
            )
            for producer_id in chosen
            if producer_id not in answer.picks
        ]
        faults += [
            block(
                "answer-not-picked",
                producer_id,
                f"{producer_id} อยู่ในแบบรายงานที่ใช้อยู่ของอำเภอรหัส {code} แต่ไม่อยู่ในรายชื่อ",
                "in the answer in force, but not picked",
            )
            for producer_id in answer.picks
            if producer_id not in chosen
        ]
    return faults


def _is_kept(connection: Connection, digest: str) -> bool:
    try:
        return sha256(load_blob(connection, digest)) == digest
    except KeyError:
        return False


def _with_packets(connection: Connection, cycle: Cycle, sides: _Sides) -> list[Finding]:
    """A group that is picked was offered in the packet that the district had when it answered."""
    offered = history_of(events(connection, cycle.cycle_id)).offered
    return [
        block(
            "pick-not-dispatched",
            p.producer_id,
            f"{p.producer_id} ไม่อยู่ในบัญชีที่ส่งให้อำเภอรหัส {p.district_code} ก่อนอำเภอรายงาน",
            "not among the candidates that the district had been sent",
        )
        for p in sides.picks
        if (answer := sides.in_force.get(p.district_code))
        and p.producer_id not in offered.get((p.district_code, answer.version), frozenset())
    ]


def _with_places(connection: Connection, cycle: Cycle, sides: _Sides) -> list[Finding]:
    """The places in force are those of the opening with the reallocations since; the total stays."""
    opened = Counter({str(code): int(n) for code, n in events(connection, cycle.cycle_id)[0].payload["quota"]})
    due = Counter(opened)
    for moved in reallocations(connection, cycle.cycle_id):
        if moved.state == "approved":
            due[moved.giver] -= moved.places
            due[moved.taker] += moved.places
    faults = [
        block(
            "quota-differs",
            code,
            f"จำนวนจัดสรรของอำเภอรหัส {code} คือ {a.quota} แต่ตามหนังสือและการโอนควรเป็น {due[code]}",
            f"{a.quota} places, but the opening and the reallocations give {due[code]}",
        )
        for code, a in sides.asked.items()
        if a.quota != due[code]
    ]
    if sum(a.quota for a in sides.asked.values()) != opened.total():
        faults.append(
            block(
                "quota-total-differs",
                cycle.cycle_id,
                f"ผลรวมจำนวนจัดสรรไม่เท่ากับ {opened.total()} ตามหนังสือ",
                f"the places do not add up to the circular's {opened.total()}",
            )
        )
    return faults


def _with_register(connection: Connection, cycle: Cycle, sides: _Sides) -> list[Finding]:
    """Every name stands in one row of the frozen register, and no row stands for two names."""
    rows = register_rows(connection, events(connection, cycle.cycle_id))
    faults: list[Finding] = []
    places: Counter[tuple[str, str]] = Counter()
    for p in sides.picks:
        row, decided = rows.get(p.producer_id), sides.decided.get(p.producer_id)
        if decided is None:
            continue
        if row is None or (row["source"], row["row"]) != (decided.source, str(decided.row)):
            faults.append(
                block(
                    "register-row-differs",
                    p.producer_id,
                    f"แถวในทะเบียนของ {p.producer_id} ไม่ตรงกับทะเบียนที่ตรึงไว้",
                    "its register row is not that of the frozen register",
                )
            )
        elif row["producer_name"] != decided.producer_name:
            faults.append(
                block(
                    "register-name-differs",
                    p.producer_id,
                    f"ชื่อของ {p.producer_id} ไม่ตรงกับทะเบียนที่ตรึงไว้",
                    "its name is not that of the frozen register",
                )
            )
        places[decided.source, str(decided.row)] += 1
    faults += [
        block(
            "register-row-twice",
            f"{source}: {row}",
            f"แถวเดียวในทะเบียน ({source}: {row}) เป็นที่มาของรายชื่อมากกว่าหนึ่งกลุ่ม",
            "one register row stands for several names",
        )
        for (source, row), count in places.items()
        if count > 1
    ]
    return faults


def _with_report(sides: _Sides, report: Report) -> list[Finding]:
    reported = Counter((name.district_code, name.producer_id) for name in report.names)
    chosen = Counter((p.district_code, p.producer_id) for p in sides.picks if p.producer_id in sides.decided)
    return [
        block(
            "report-row-differs",
            producer_id,
            f"{producer_id} ในรายงานไม่ตรงหนึ่งต่อหนึ่งกับรายชื่อที่อำเภอเลือก",
            "rows of the report and picks are not one to one",
        )
        for _, producer_id in sorted((reported - chosen) + (chosen - reported))
    ]
