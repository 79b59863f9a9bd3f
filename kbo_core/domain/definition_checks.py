"""Contradictions and gaps in a definition. Each check is one question; none corrects anything."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from kbo_core.domain.areas import districts
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.findings import Finding, Severity, block, in_order, info, warn
from kbo_core.domain.thai_dates import long_date
from kbo_core.domain.working_days import day_off

Check = Callable[[CycleDefinition], Iterable[Finding]]


def deadline_before_issue(d: CycleDefinition) -> Iterable[Finding]:
    printed = d.deadline.printed or d.deadline.on
    issued = d.circular.issued_on
    if printed < issued:
        days = (issued - printed).days
        yield block(
            "deadline-before-issue",
            "deadline.on",
            f"หนังสือลงวันที่ {long_date(issued)} แต่ให้รายงานภายในวันที่ {long_date(printed)} ซึ่งมาก่อน {days} วัน "
            "กำหนดส่งที่ถูกต้องคือวันใด",
            f"dated {issued} but reports are due {printed}, {days} days earlier: which day is meant?",
        )


def allocation_year(d: CycleDefinition) -> Iterable[Finding]:
    printed = d.allocation.year_be
    if printed is not None and printed != d.programme_year_be:
        yield block(
            "allocation-year-mismatch",
            "allocation.year_be",
            f"ทะเบียนจัดสรรระบุปี {printed} แต่แนวทางระบุปี {d.programme_year_be} จำนวนที่จัดสรรเป็นของปีนี้จริงหรือเป็นของปีก่อน",
            f"the allocation is headed {printed}, the guideline {d.programme_year_be}: whose quotas are these?",
        )


def attachments_enclosed(d: CycleDefinition) -> Iterable[Finding]:
    for attachment in d.circular.attachments:
        if not attachment.enclosed:
            yield block(
                "attachment-missing",
                f"circular.attachments.{attachment.no}",
                f"หนังสืออ้างสิ่งที่ส่งมาด้วย {attachment.no} ({attachment.title}) แต่ไม่มีแนบมา ให้ใช้แบบของระบบแทนหรือรอแบบจากจังหวัด",
                f"attachment {attachment.no} is named but not enclosed: may our own form be used?",
            )


def quota_sum(d: CycleDefinition) -> Iterable[Finding]:
    total = sum(d.quota.values())
    if d.allocation.total is not None and d.allocation.total != total:
        yield block(
            "quota-sum",
            "quota",
            f"จำนวนรายอำเภอรวมได้ {total} แต่ทะเบียนจัดสรรพิมพ์ผลรวม {d.allocation.total} จำนวนใดถูกต้อง",
            f"the quotas add up to {total}, the printed total is {d.allocation.total}",
        )


def unknown_district(d: CycleDefinition) -> Iterable[Finding]:
    for code in d.quota:
        area = districts().get(code)
        if area is None or area.province_code != d.province_code:
            named = f" ({area.title_th})" if area else ""
            yield block(
                "unknown-district",
                f"quota.{code}",
                f"รหัส {code}{named} ไม่ใช่อำเภอของจังหวัด{d.province.name_th} ตรวจรหัสอำเภอในตารางจัดสรร",
                f"{code} is not a district of {d.province.name_en}",
            )


def missing_district(d: CycleDefinition) -> Iterable[Finding]:
    for district in d.province.districts:
        if district.code not in d.quota:
            yield block(
                "missing-district",
                f"quota.{district.code}",
                f"ตารางจัดสรรไม่มี{district.title_th} ({district.code}) หากไม่ได้รับจัดสรรให้ระบุเป็น 0",
                f"{district.code} {district.name_en} has no quota; write 0 if that is meant",
            )


def exclusion_lists(d: CycleDefinition) -> Iterable[Finding]:
    given = {(p.programme, p.fiscal_year_be) for p in d.sources.participants}
    for programme, year in d.needed_lists():
        if (programme, year) not in given:
            clause = "ข้อ ๒" if programme == "KBO" else "ข้อ ๔"
            yield block(
                "exclusion-list-missing",
                f"sources.participants.{programme}-{year}",
                f"แนวทาง{clause} ต้องใช้บัญชีผู้เข้าร่วม {programme} ปี {year} ซึ่งยังไม่ได้ให้มา "
                "แนบแฟ้ม หรือยืนยันว่าไม่มีผู้เข้าร่วมด้วย empty: confirmed",
                f"the participant list {programme} {year} is neither given nor affirmed to be empty",
            )


def issued_on_a_holiday(d: CycleDefinition) -> Iterable[Finding]:
    if reason := day_off(d.circular.issued_on):
        yield warn(
            "issue-date-holiday",
            "circular.issued_on",
            f"หนังสือลงวันที่ {long_date(d.circular.issued_on)} ซึ่งเป็นวันหยุด ({reason})",
            f"the letter is dated on a day off: {d.circular.issued_on}",
        )


def due_on_a_holiday(d: CycleDefinition) -> Iterable[Finding]:
    if d.deadline.if_nonworking == "keep" and (reason := day_off(d.deadline.on)):
        yield warn(
            "deadline-holiday",
            "deadline.on",
            f"กำหนดส่ง {long_date(d.deadline.on)} ตรงกับวันหยุด ({reason}) ระบบคงวันเดิมไว้",
            f"the deadline {d.deadline.on} is a day off; it is kept",
        )


def fallback_source(d: CycleDefinition) -> Iterable[Finding]:
    if d.rules.fallback.scope != "off":
        chosen = {
            "classified_d": "ผลิตภัณฑ์ที่จัดอยู่ในกลุ่ม D",
            "project_participants": "ผู้เข้าร่วมโครงการ Quadrant D",
        }[d.rules.fallback.source]
        yield warn(
            "tier2-source",
            "rules.fallback.source",
            f"ข้อ ๓ อ่านได้สองทาง (ผลิตภัณฑ์กลุ่ม D หรือผู้เข้าร่วมโครงการ D ปี {d.rules.fallback.quadrant_year_be}) "
            f"รอบนี้ใช้: {chosen}",
            f"clause 3 can be read two ways; this cycle uses {d.rules.fallback.source}",
        )


def fallback_and_clause_2(d: CycleDefinition) -> Iterable[Finding]:
    if d.rules.fallback.scope != "off":
        chosen = "ใช้บังคับ" if d.rules.fallback.clause_2_binds else "ไม่ใช้บังคับ"
        yield warn(
            "tier2-clause2",
            "rules.fallback.clause_2_binds",
            f"แนวทางไม่ได้บอกชัดว่าข้อ ๒ ใช้กับกลุ่มสำรองตามข้อ ๓ ด้วยหรือไม่ รอบนี้: {chosen}",
            f"the guideline does not say whether clause 2 binds the fallback; here: {d.rules.fallback.clause_2_binds}",
        )


def current_year_list(d: CycleDefinition) -> Iterable[Finding]:
    year = d.rules.fallback.exclude_project_year_be
    if d.rules.fallback.scope != "off" and year is not None and year >= d.programme_year_be:
        yield warn(
            "volatile-exclusion-list",
            f"sources.participants.QD-{year}",
            f"บัญชีตามข้อ ๔ เป็นของปีงบประมาณปัจจุบัน ({year}) อาจมีชื่อเพิ่มภายหลัง ระบบจะตรวจซ้ำเมื่อรับรายชื่อและเมื่อรวมเล่ม",
            f"clause 4's list is of the current fiscal year {year} and can grow",
        )


CHECKS: tuple[Check, ...] = (
    deadline_before_issue,
    allocation_year,
    attachments_enclosed,
    quota_sum,
    unknown_district,
    missing_district,
    exclusion_lists,
    issued_on_a_holiday,
    due_on_a_holiday,
    fallback_source,
    fallback_and_clause_2,
    current_year_list,
)
# Without these, nothing can be computed; no answer settles them but a change of the definition.
NEVER_SETTLED = frozenset({"unknown-district", "exclusion-list-missing"})


def definition_findings(definition: CycleDefinition) -> list[Finding]:
    """Every finding of the definition; one that a named person has settled informs instead of blocking."""
    return settle(definition, [finding for check in CHECKS for finding in check(definition)])


def settle(definition: CycleDefinition, findings: Iterable[Finding]) -> list[Finding]:
    """The findings with those that the definition answers turned into information, the answer beside them."""
    answers = {s.finding: s for s in definition.settled}
    told = []
    for finding in findings:
        answer = answers.get(finding.code)
        if answer is None or finding.severity is not Severity.BLOCK or finding.code in NEVER_SETTLED:
            told.append(finding)
        else:
            told.append(
                replace(
                    info(finding.code, finding.where, finding.message_th, finding.message_en),
                    message_th=f"{finding.message_th} — ตอบแล้วโดย {answer.by} เมื่อ {long_date(answer.on)}: {answer.reason}",
                    message_en=f"{finding.message_en} — settled by {answer.by} on {answer.on}: {answer.reason}",
                )
            )
    return in_order(told)
