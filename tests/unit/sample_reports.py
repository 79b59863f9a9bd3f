"""Sample reports, as small or as large as a test needs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from kbo_core.documents.papers import (
    AnswerLine,
    ContactLine,
    DistrictLine,
    ExceptionLine,
    ExtensionLine,
    OverrideLine,
    ReallocationLine,
    RegisterPlace,
    ReminderLine,
    Report,
    ReportedName,
    ShortageLine,
    SignatureLine,
    Span,
)
from kbo_core.domain.areas import provinces
from tests.unit.sample_papers import DUE_AT, PHAYAO, QUOTAS, candidate, district

ON_TIME, LATE = ("on_time", "ทันกำหนด"), ("late", "ส่งหลังกำหนด")
UNANSWERED = ("unanswered", "ยังไม่รายงาน")
OPENED_AT = datetime(2024, 12, 9, 2, 0, tzinfo=UTC)
# What stands in a report's free words and contacts, and must not be in the public one.
PERSONAL = ("นางสมศรี ใจดี", "081-234-5678", "somsri@example.go.th", "นายวีระ ผู้เสนอ", "นางอนงค์ ผู้อนุมัติ", "พย ๐๐๑๙/๑๒๓")


def reported(number: int, code: str, name: str | None = None, override_th: str = "") -> ReportedName:
    """The group P0001, P0002, … as a district reported it."""
    line = candidate(number, name)
    return ReportedName(
        district_code=code,
        producer_id=line.producer_id,
        producer_name=line.producer_name,
        tier=line.tier,
        products=line.products,
        stars=line.stars,
        place=RegisterPlace("ทะเบียนผู้ผลิต.xlsx", "ทะเบียน", number + 1),
        decision=2,
        answer=1,
        answer_sha256=f"{number:064x}",
        override_th=override_th,
    )


def report(*, short: bool = True, first_name: str | None = None) -> Report:
    """The province's report; when ``short``, one district is one name short and one sent a nil return."""
    picked = dict(QUOTAS, **({"5605": 3, "5603": 0} if short else {}))
    notes = {"5605": f"ติดต่อ {PERSONAL[0]} โทร {PERSONAL[1]} มีกลุ่มที่สมัครใจเพียง 3 กลุ่ม"} if short else {}
    names, number = [], 0
    for code, count in picked.items():
        for _ in range(count):
            number += 1
            override = "นายทะเบียนยืนยันประเภทผู้ผลิต" if number == 2 else ""
            names.append(reported(number, code, first_name if number == 1 else None, override))
    lines = tuple(
        DistrictLine(
            district=district(code),
            quota_opened=quota,
            quota=quota,
            picked=picked[code],
            candidates=quota * 2 if picked[code] else 0,
            due_at=DUE_AT,
            submitted_at=datetime(2024, 12, 20 + place, 3, 5, tzinfo=UTC),
            timeliness=LATE if place == 8 else ON_TIME,
            reminders=place % 3,
            state_th="รับแล้ว" if picked[code] else "รายงานว่าไม่มี",
            note_th=notes.get(code, ""),
            explained_th="มีกลุ่มที่เข้าเกณฑ์ 8 กลุ่ม"
            if code == "5605"
            else "ไม่มีกลุ่มที่เข้าเกณฑ์ (ไม่เข้าเกณฑ์ 4 กลุ่ม)"
            if not picked[code]
            else "",
        )
        for place, (code, quota) in enumerate(QUOTAS.items())
    )
    return Report(
        cycle="phayao-2568",
        version=1,
        programme_year_be=2568,
        province=PHAYAO,
        circular_number="พย 0019.2/ว 15286",
        circular_issued_on=date(2024, 12, 5),
        due_at=DUE_AT,
        made_at=datetime(2025, 1, 3, 2, 0, tzinfo=UTC),
        names=tuple(names),
        lines=lines,
        shortage=ShortageLine(
            "ทั้งจังหวัด",
            True,
            20,
            15,
            9,
            4,
            5,
            tuple((code, quota, quota - 1, 1, 0, 1) for code, quota in QUOTAS.items()),
            tuple(QUOTAS),
            "d" * 64,
            "e" * 64,
        ),
        settled=(("deadline-before-issue", date(2024, 12, 6), f"ยืนยันวันที่ 27 ธันวาคม 2567 — {PERSONAL[3]}"),),
        snapshot_sha256="a" * 64,
        definition_sha256="b" * 64,
        log_head="c" * 64,
        span=Span(OPENED_AT, DUE_AT, None, None),
        answers=tuple(
            AnswerLine(line.district.code, 1, line.submitted_at, line.timeliness, line.picked, "file", "ใช้อยู่", "f" * 64)
            for line in lines
            if line.submitted_at
        ),
    )


def full_report(*, first_name: str | None = None) -> Report:
    """A report with something in every table; PERSONAL stands in it."""
    made = report(first_name=first_name)
    moved = {"5605": -1, "5601": 1}
    return replace(
        made,
        version=2,
        lines=tuple(replace(line, quota=line.quota + moved.get(line.district.code, 0)) for line in made.lines),
        changes=("เพิ่ม อำเภอปง: P0016 กลุ่มทอผ้า", "ตัดออก อำเภอปง: P0099 กลุ่มจักสาน"),
        reopened=(f"ตามบันทึกของ {PERSONAL[3]}",),
        overrides=(
            OverrideLine(
                "5601",
                "P0002",
                "กลุ่มจักสานผักตบชวาสันป่าม่วง หมู่ 2",
                ("1a",),
                1,
                f"โทรยืนยันกับ {PERSONAL[0]} {PERSONAL[1]}",
                PERSONAL[3],
                PERSONAL[4],
                DUE_AT - timedelta(days=9),
                is_picked=True,
            ),
        ),
        reallocations=(
            ReallocationLine(
                1, "5605", "5601", 1, "กลุ่มไม่พอ", PERSONAL[3], PERSONAL[0], PERSONAL[4], DUE_AT, PERSONAL[4]
            ),
        ),
        extensions=(
            ExtensionLine(
                DUE_AT - timedelta(days=1),
                ("5605", "5603"),
                DUE_AT + timedelta(days=3),
                is_reopening=False,
                reason="น้ำท่วม",
                by=PERSONAL[3],
                letter=PERSONAL[5],
            ),
        ),
        reminders=tuple(
            ReminderLine(code, "หนังสือเตือน", "before-07", "folder", DUE_AT - timedelta(days=7)) for code in QUOTAS
        ),
        signatures=(SignatureLine("หนังสือถึงอำเภอ", 1, "เจ้าของเรื่อง", PERSONAL[3], OPENED_AT),),
        exceptions=(ExceptionLine("nil-return", "5603", "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์", f"แจ้งโดย {PERSONAL[0]}"),),
        contacts=(ContactLine("5601", "เจ้าหน้าที่อำเภอ", PERSONAL[0], PERSONAL[2]),),
    )


def large_report(names: int = 64) -> Report:
    """A province with thirty-two districts (นครราชสีมา), one with nobody, and long names."""
    province = provinces()["30"]
    codes = [d.code for d in province.districts]
    made = report()
    long = "กลุ่มแปรรูปผลิตภัณฑ์สมุนไพรและน้ำผึ้งป่าบ้านหนองน้ำใสพัฒนาก้าวหน้าร่วมใจสู่เศรษฐกิจชุมชนเข้มแข็งอย่างยั่งยืน"
    picked = tuple(
        reported(n + 1, codes[n % (len(codes) - 1)], f"{long} หมู่ที่ {n}" if n % 7 == 0 else None) for n in range(names)
    )
    counts = {code: sum(name.district_code == code for name in picked) for code in codes}
    line = made.lines[0]
    lines = tuple(
        replace(
            line,
            district=d,
            quota_opened=counts[d.code] or 1,
            quota=counts[d.code] or 1,
            picked=counts[d.code],
            submitted_at=line.submitted_at if counts[d.code] else None,
            timeliness=ON_TIME if counts[d.code] else UNANSWERED,
            state_th="รับแล้ว" if counts[d.code] else "ไม่รายงานจนปิดรับ",
        )
        for d in province.districts
    )
    answers = tuple(replace(made.answers[0], district_code=code) for code in codes if counts[code])
    return replace(made, province=province, names=picked, lines=lines, answers=answers)
