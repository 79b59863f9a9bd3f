"""Places that one district gives another: proposed, agreed to by both, approved by the province. The total stays."""

from datetime import datetime

from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.findings import blocked, refused
from kbo_core.office.limits import open_cycle
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_message
from kbo_core.office.returning import require_unlocked
from kbo_core.store.database import Connection
from kbo_core.store.log import append, hold
from kbo_core.store.reading import Assignment, Cycle, Reallocation, get_assignment, picks, reallocations


def propose(
    office: Office, cycle_id: str, giver: str, taker: str, places: int, *, at: datetime, by: str, reason: str
) -> Reallocation:
    """Propose that one district gives places to another.

    Raises RefusedError for a district outside the cycle, one district in both roles or no places, BlockedError when the
    giver has not so many to give.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        open_cycle(connection, cycle_id)
        source, target = (get_assignment(connection, cycle_id, code) for code in (giver, taker))
        if giver == taker or places < 1:
            raise refused(
                "reallocation-unclear",
                f"{giver} → {taker}",
                "การโอนจำนวนจัดสรรต้องเป็นสองอำเภอที่ต่างกัน และอย่างน้อย 1 กลุ่ม",
                "a reallocation needs two districts and at least one place",
            )
        _refuse_too_many(connection, source, places)
        number = len(reallocations(connection, cycle_id)) + 1
        proposal = {
            "number": number,
            "giver": source.district_code,
            "taker": target.district_code,
            "places": places,
            "by": by,
            "reason": reason,
        }
        append(connection, cycle_id, "reallocation-proposed", proposal, at=at, by=by, reason=reason)
        return reallocations(connection, cycle_id)[-1]


def consent(
    office: Office, cycle_id: str, number: int, district_code: str, *, at: datetime, by: str, reason: str
) -> Reallocation:
    """Write down that a district agrees. Raises RefusedError for a proposal that is not its own, BlockedError for one
    that was decided."""
    with office.database.write() as connection:
        hold(connection, cycle_id)
        open_cycle(connection, cycle_id)
        proposal = _proposed(connection, cycle_id, number)
        sides = {proposal.giver: "giver", proposal.taker: "taker"}
        if district_code not in sides:
            raise refused(
                "reallocation-other-district",
                district_code,
                f"ข้อเสนอที่ {number} เป็นของ{_title(proposal.giver)}และ{_title(proposal.taker)} ไม่ใช่ของ{district_code}",
                f"proposal {number} concerns {proposal.giver} and {proposal.taker}, not {district_code}",
            )
        agreed = {"number": number, "side": sides[district_code], "district": district_code, "by": by}
        append(connection, cycle_id, "reallocation-consented", agreed, at=at, by=by, reason=reason)
        return reallocations(connection, cycle_id)[number - 1]


def decide_reallocation(
    office: Office, cycle_id: str, number: int, *, is_approved: bool, at: datetime, by: str, reason: str
) -> Reallocation:
    """Approve a proposal, which moves the places at once, or reject it.

    Raises BlockedError for one that was decided, lacks a district's consent, concerns a locked district, or asks for
    places that the giver has filled meanwhile.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = open_cycle(connection, cycle_id)
        proposal = _proposed(connection, cycle_id, number)
        if is_approved:
            agreed = ((proposal.giver, proposal.giver_consent), (proposal.taker, proposal.taker_consent))
            if missing := [code for code, by_whom in agreed if by_whom is None]:
                raise blocked(
                    "consent-missing",
                    f"reallocation {number}",
                    f"ยังไม่มีความยินยอมของ{' และ'.join(map(_title, missing))} บันทึกด้วย kbo cycle consent ก่อน",
                    f"the consent of {', '.join(missing)} is missing",
                )
            source, target = (get_assignment(connection, cycle_id, code) for code in (proposal.giver, proposal.taker))
            for side in (source, target):
                require_unlocked(side, at)
            _refuse_too_many(connection, source, proposal.places)
        decided = {"number": number, "giver": proposal.giver, "taker": proposal.taker, "places": proposal.places}
        kind = "reallocation-approved" if is_approved else "reallocation-rejected"
        append(connection, cycle_id, kind, decided, at=at, by=by, reason=reason)
        if is_approved:
            for district_code in (proposal.giver, proposal.taker):
                _tell(connection, office, cycle, district_code, proposal, at)
        return reallocations(connection, cycle_id)[number - 1]


def _tell(
    connection: Connection, office: Office, cycle: Cycle, district_code: str, moved: Reallocation, at: datetime
) -> None:
    """What its places are now, and whether its answer still holds: it does, for nobody gives places that are filled."""
    now = get_assignment(connection, cycle.cycle_id, district_code)
    change = moved.places if district_code == moved.taker else -moved.places
    words = office.wording.quota_changed(
        cycle.cycle_id,
        provinces()[cycle.province_code].name_th,
        districts()[district_code],
        now.quota - change,
        now.quota,
        moved.reason,
        now.due_at,
        at,
        version=now.version if now.state.answered else 0,
        is_valid=now.state.answered,
    )
    plan_message(connection, office, cycle, districts()[district_code], "quota", f"{moved.number:02}", words, at)


def _proposed(connection: Connection, cycle_id: str, number: int) -> Reallocation:
    known = reallocations(connection, cycle_id)
    if not 1 <= number <= len(known):
        raise refused(
            "reallocation-unknown",
            str(number),
            f"ไม่มีข้อเสนอโอนจำนวนจัดสรรที่ {number} ในรอบนี้ (มี {len(known)} ข้อ)",
            f"no proposal {number}; there are {len(known)}",
        )
    proposal = known[number - 1]
    if proposal.state != "proposed":
        raise blocked(
            "reallocation-decided",
            f"reallocation {number}",
            f"ข้อเสนอที่ {number} ตัดสินไปแล้ว ({'อนุมัติ' if proposal.state == 'approved' else 'ไม่อนุมัติ'})",
            f"proposal {number} was {proposal.state} already",
        )
    return proposal


def _refuse_too_many(connection: Connection, giver: Assignment, places: int) -> None:
    filled = sum(p.district_code == giver.district_code for p in picks(connection, giver.cycle_id))
    if giver.quota - filled < places:
        raise blocked(
            "reallocation-too-many",
            giver.district_code,
            f"{_title(giver.district_code)}มี {giver.quota} ที่ เลือกไปแล้ว {filled} จึงให้ได้ไม่เกิน {giver.quota - filled}",
            f"{giver.district_code} has {giver.quota} places, {filled} filled: it can give {giver.quota - filled}",
        )


def _title(code: str) -> str:
    return districts()[code].title_th
