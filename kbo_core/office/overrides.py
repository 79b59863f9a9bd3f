"""Lawful exceptions: a group that fails a clause may be picked when one person asks and another approves, by name."""

import json
from collections.abc import Sequence
from datetime import datetime

from kbo_core.domain.areas import districts
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.exemptions import is_fallback_open, obstacles
from kbo_core.domain.findings import blocked, refused
from kbo_core.office.definitions import definition_of
from kbo_core.office.limits import open_cycle
from kbo_core.office.office import Office
from kbo_core.office.returning import require_unlocked
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Cycle, DecidedProducer, decided_producers, get_assignment, overrides, picks


def grant_override(
    office: Office,
    cycle_id: str,
    producer_id: str,
    clauses: Sequence[str],
    *,
    approver: str,
    at: datetime,
    by: str,
    reason: str,
) -> int:
    """Let a district pick a producer in spite of the clauses named; the tier that it then falls under.

    Every clause that keeps it out of a tier must be named: an exception is never wider than what was said.

    Raises RefusedError for an unknown producer or clause, one of a district outside the cycle, clauses that are too few
    or too many, or one person in both roles; BlockedError for a producer that needs none or has one, or whose district
    is locked.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        producer = _producer(connection, cycle, producer_id)
        require_unlocked(get_assignment(connection, cycle_id, producer.district_code), at)
        if approver.strip() == by.strip() or not approver.strip():
            raise refused(
                "override-one-hand",
                "--approver",
                "ผู้อนุมัติข้อยกเว้นต้องเป็นอีกคนหนึ่ง ไม่ใช่ผู้เสนอ",
                "the approver of an exception must be another person than the one who asks",
            )
        require_unlocked(get_assignment(connection, cycle_id, producer.district_code), at)
        if producer.verdict == "eligible":
            raise blocked(
                "override-needless",
                producer_id,
                f"{producer_id} {producer.producer_name} เข้าเกณฑ์อยู่แล้ว ไม่ต้องใช้ข้อยกเว้น",
                f"{producer_id} is eligible already",
            )
        if producer_id in overrides(connection, cycle_id):
            raise blocked(
                "override-exists",
                producer_id,
                f"{producer_id} มีข้อยกเว้นอยู่แล้ว",
                f"{producer_id} has an exception already",
            )
        tier = _tier(connection, cycle, producer, clauses)
        granted = {
            "producer": producer_id,
            "district": producer.district_code,
            "clauses": sorted(set(clauses)),
            "tier": tier,
            "by": by,
            "approver": approver,
            "reason": reason,
        }
        append(connection, cycle_id, "override-granted", granted, at=at, by=by, reason=reason)
        return tier


def revoke_override(office: Office, cycle_id: str, producer_id: str, *, at: datetime, by: str, reason: str) -> None:
    """Take an exception back. Raises BlockedError when there is none, or a district has picked the producer."""
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        if producer_id not in overrides(connection, cycle_id):
            raise blocked(
                "override-missing", producer_id, f"{producer_id} ไม่มีข้อยกเว้นให้ยกเลิก", f"{producer_id} has no exception"
            )
        for pick in picks(connection, cycle_id):
            if pick.producer_id == producer_id:
                title = districts()[pick.district_code].title_th
                raise blocked(
                    "pick-unseated",
                    producer_id,
                    f"{producer_id} ถูก{title}เลือกไว้แล้ว ส่งรายชื่อกลับให้แก้ก่อนด้วย kbo cycle return",
                    f"{producer_id} is picked by {pick.district_code}: return that answer first",
                )
        district_code = _producer(connection, cycle, producer_id).district_code
        revoked = {"producer": producer_id, "district": district_code}
        append(connection, cycle_id, "override-revoked", revoked, at=at, by=by, reason=reason)


def _producer(connection: Connection, cycle: Cycle, producer_id: str) -> DecidedProducer:
    for producer in decided_producers(connection, cycle):
        if producer.producer_id == producer_id:
            return producer
    raise refused(
        "producer-unknown",
        producer_id,
        f"ไม่มีผู้ผลิตรหัส {producer_id} ในทะเบียนของรอบนี้",
        f"no producer {producer_id} in this cycle's register",
    )


def _tier(connection: Connection, cycle: Cycle, producer: DecidedProducer, clauses: Sequence[str]) -> int:
    """The tier whose obstacles are exactly the clauses named."""
    if unknown := sorted(set(clauses) - set(CLAUSES)):
        raise refused(
            "override-clause",
            ", ".join(unknown),
            f"ไม่มีข้อ {', '.join(unknown)} ในแนวทาง ข้อที่มี: {', '.join(CLAUSES)}",
            f"no such clause; there are {', '.join(CLAUSES)}",
        )
    rules = definition_of(connection, cycle).rules
    shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
    tiers = (1, 2) if is_fallback_open(shortage, producer.district_code) else (1,)
    ways = {tier: obstacles(producer.clauses, tier, rules) for tier in tiers}
    for tier, needed in ways.items():
        if set(clauses) == needed:
            return tier
    ways_th = " หรือ ".join(f"{', '.join(sorted(needed))} (กลุ่มที่ {tier})" for tier, needed in ways.items())
    ways_en = " or ".join(f"{', '.join(sorted(needed))} (tier {tier})" for tier, needed in ways.items())
    raise refused(
        "override-clauses-differ",
        producer.producer_id,
        f"ข้อยกเว้นต้องระบุทุกข้อที่ {producer.producer_id} ไม่ผ่าน และเฉพาะข้อนั้น: {ways_th}",
        f"an exception names each clause that {producer.producer_id} does not pass, and no other: {ways_en}",
    )
