"""Sample packets and reports, as small or as large as a test needs."""

from datetime import UTC, date, datetime

from kbo_core.documents.papers import (
    CandidateLine,
    FollowUp,
    OverdueDistrict,
    Packet,
    ReasonCount,
)
from kbo_core.domain.areas import District, districts, provinces

PHAYAO = provinces()["56"]
QUOTAS = {"5601": 6, "5607": 2, "5609": 1, "5605": 4, "5602": 1, "5606": 2, "5604": 1, "5603": 1, "5608": 2}
NAMES = ("กลุ่มทอผ้าบ้านดอย", "กลุ่มน้ำผึ้งป่าบ้านถ้ำ", "กลุ่มจักสานผักตบชวาสันป่าม่วง", "กลุ่มน้ำพริกลาบคำเมือง")
DUE_AT = datetime(2024, 12, 27, 9, 30, tzinfo=UTC)
GUIDELINE = (
    ("๑", "เป็นกลุ่มผู้ผลิตชุมชนเท่านั้น ที่มีผลิตภัณฑ์ระดับ ๑ – ๓ ดาว ปี ๒๕๖๗"),
    ("๒", "ไม่ซ้ำกับกลุ่มที่เคยเข้าร่วมโครงการในปีงบประมาณ พ.ศ. ๒๕๖๗"),
    ("๓", "กรณีจังหวัดมีกลุ่มเป้าหมายไม่เพียงพอ ให้พิจารณากลุ่มที่มีผลิตภัณฑ์ Quadrant D"),
    ("๔", "กลุ่มตามข้อ ๓ ต้องไม่ซ้ำกับผู้เข้าร่วมโครงการพัฒนาผลิตภัณฑ์ Quadrant D"),
)


def district(code: str) -> District:
    return districts()[code]


def candidate(number: int, name: str | None = None) -> CandidateLine:
    """The candidate P0001, P0002, …; every third one belongs to the fallback tier."""
    tier = 2 if number % 3 == 0 else 1
    return CandidateLine(
        producer_id=f"P{number:04}",
        producer_name=name or f"{NAMES[number % len(NAMES)]} หมู่ {number}",
        tier=tier,
        products=("ผ้าทอมือลายน้ำไหล", "กระเป๋าผ้าย้อมคราม") if number % 2 else ("น้ำผึ้งดอกลำไย",),
        stars="3, 2" if tier == 1 else "",
        reason_th="ผ่านแนวทางข้อ 1 และข้อ 2" if tier == 1 else "ผ่านแนวทางข้อ 3 และข้อ 4",
    )


def packet(
    candidates: int | tuple[CandidateLine, ...] = 8,
    *,
    code: str = "5601",
    revision: int = 1,
    quotas: dict[str, int] | None = None,
) -> Packet:
    """One district's packet."""
    lines = tuple(candidate(n) for n in range(1, candidates + 1)) if isinstance(candidates, int) else candidates
    quotas = quotas or QUOTAS
    return Packet(
        cycle="phayao-2568",
        revision=revision,
        programme_year_be=2568,
        province=PHAYAO,
        district=district(code),
        circular_number="พย 0019.2/ว 15286",
        circular_issued_on=date(2024, 12, 5),
        made_on=date(2024, 12, 9),
        due_at=DUE_AT,
        quota=quotas[code],
        quotas=quotas,
        candidates=lines,
        barred=(
            ReasonCount("ไม่ใช่กลุ่มผู้ผลิตชุมชน (ข้อ 1)", 14),
            ReasonCount("เคยเข้าร่วมโครงการปีงบประมาณ 2567 (ข้อ 2)", 3),
        ),
        unknown_count=2,
        guideline=GUIDELINE,
    )


def follow_up(*codes: str, urgency: str = "ด่วนที่สุด", reminders: int = 4) -> FollowUp:
    """A follow-up letter to these districts, drafted a week after the deadline."""
    return FollowUp(
        cycle="phayao-2568",
        programme_year_be=2568,
        province=PHAYAO,
        circular_number="พย 0019.2/ว 15286",
        circular_issued_on=date(2024, 12, 5),
        made_on=date(2025, 1, 3),
        until=datetime(2025, 1, 10, 9, 30, tzinfo=UTC),
        urgency=urgency,
        overdue=tuple(OverdueDistrict(district(code), QUOTAS.get(code, 1), DUE_AT, 7, reminders) for code in codes),
    )
