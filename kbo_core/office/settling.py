"""An operator's answer after the opening: recorded, decided anew on the frozen registers, put in force."""

from datetime import datetime

from kbo_core.domain.definition import Settled
from kbo_core.domain.findings import BlockedError, blocked, refused
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.office.definitions import DefinitionFile, definition_of
from kbo_core.office.office import Office
from kbo_core.office.opening import record_decision
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import SourceFile
from kbo_core.store.database import load_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import get_cycle, picks


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
    """Answer one near match (``same`` or ``different``) and decide anew; the producers whose verdict changed.

    Raises RefusedError when no such question is open, BlockedError when the answer would unseat a group that a
    district has already chosen.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        if cycle.state != "open":
            raise blocked("cycle-closed", cycle_id, "รอบนี้รวมเล่มแล้ว", "the cycle is closed")
        before = definition_of(connection, cycle)
        settled = Settled(
            finding="near-match",
            by=by,
            on=bangkok_day(at),
            reason=reason,
            where=where,
            answer=answer,  # type: ignore[arg-type]
        )
        content = load_blob(connection, cycle.definition_sha256)
        inputs = {label: SourceFile(label, load_blob(connection, digest)) for label, digest in cycle.inputs.items()}
        old = screen(DefinitionFile(before, content, office.home), validate, inputs.__getitem__)
        if where not in {f.where for f in old.findings if f.code == "near-match"}:
            open_ones = "; ".join(f.where for f in old.findings if f.code == "near-match") or "-"
            raise refused(
                "near-match-unknown",
                where,
                f"ไม่มีคำถามนี้ค้างอยู่ คำถามที่ค้าง: {open_ones}",
                f"no such near match is open; open: {open_ones}",
            )
        after = before.model_copy(update={"settled": (*before.settled, settled)})
        new = screen(DefinitionFile(after, content, office.home), validate, inputs.__getitem__)
        was = dict(zip(old.decided.decisions["producer_id"], old.decided.decisions["verdict"], strict=True))
        now = dict(zip(new.decided.decisions["producer_id"], new.decided.decisions["verdict"], strict=True))
        unseated = [p for p in picks(connection, cycle_id) if now[p.producer_id] != "eligible"]
        if unseated:
            raise BlockedError(
                *[
                    finding
                    for p in unseated
                    for finding in blocked(
                        "pick-unseated",
                        p.producer_id,
                        f"{p.producer_id} ถูกอำเภอ {p.district_code} เลือกไว้แล้ว คำตอบนี้จะทำให้ไม่เข้าเกณฑ์ "
                        "ให้อำเภอเปลี่ยนรายชื่อก่อน",
                        f"{p.producer_id} is already picked by {p.district_code} and would no longer be eligible",
                    ).findings
                ]
            )
        append(connection, cycle_id, "finding-settled", settled.model_dump(mode="json"), at=at, by=by, reason=reason)
        record_decision(connection, new, revision=cycle.revision + 1, at=at, by=by)
        return sorted(producer_id for producer_id, verdict in now.items() if was[producer_id] != verdict)
