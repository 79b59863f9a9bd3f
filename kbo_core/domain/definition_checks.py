"""Contradictions and gaps in a definition. Each check is one question; none corrects anything.

The same checks serve a complete definition and the facts of a letter just read, of which some may be missing: a
check that lacks one of its facts says nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import wraps

from kbo_core.domain.areas import Province, districts
from kbo_core.domain.definition import Attachment, CycleDefinition
from kbo_core.domain.findings import Finding, Severity, block, in_order, info, warn
from kbo_core.domain.thai_dates import long_date
from kbo_core.domain.working_days import NATIONAL


@dataclass(frozen=True)
class Facts:
    """What the checks ask about; None is *not known*. ``said`` maps a key to the letter's words, line in front."""

    issued_on: date | None = None
    deadline_on: date | None = None
    printed_deadline: date | None = None
    keeps_days_off: bool = True
    programme_year_be: int | None = None
    allocation_year_be: int | None = None
    allocation_total: int | None = None
    attachments: tuple[Attachment, ...] = ()
    province: Province | None = None
    quota: Mapping[str, int] = field(default_factory=dict)
    quota_sum: int | None = None
    needed_lists: tuple[tuple[str, int], ...] = ()
    given_lists: frozenset[tuple[str, int]] = frozenset()
    has_fallback: bool = False
    fallback_source: str | None = None
    quadrant_year_be: int | None = None
    exclude_project_year_be: int | None = None
    clause_2_binds: bool | None = None
    said: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, d: CycleDefinition) -> "Facts":
        """The facts of a complete definition."""
        fallback = d.rules.fallback
        return cls(
            issued_on=d.circular.issued_on,
            deadline_on=d.deadline.on,
            printed_deadline=d.deadline.printed or d.deadline.on,
            keeps_days_off=d.deadline.if_nonworking == "keep",
            programme_year_be=d.programme_year_be,
            allocation_year_be=d.allocation.year_be,
            allocation_total=d.allocation.total,
            attachments=d.circular.attachments,
            province=d.province,
            quota=d.quota,
            quota_sum=sum(d.quota.values()),
            needed_lists=d.needed_lists(),
            given_lists=frozenset((p.programme, p.fiscal_year_be) for p in d.sources.participants),
            has_fallback=fallback.scope != "off",
            fallback_source=fallback.source,
            quadrant_year_be=fallback.quadrant_year_be,
            exclude_project_year_be=fallback.exclude_project_year_be,
            clause_2_binds=fallback.clause_2_binds,
        )

    def beside(self, *keys: str) -> str:
        """The letter's own words on the keys, side by side; empty where no letter was read."""
        words = [self.said[key] for key in keys if key in self.said]
        return f" [{' | '.join(words)}]" if words else ""


Check = Callable[[CycleDefinition | Facts], Iterable[Finding]]


def _check(ask: Callable[[Facts], Iterable[Finding]]) -> Check:
    """The question, put to a definition as well as to facts."""

    @wraps(ask)
    def check(subject: CycleDefinition | Facts) -> Iterable[Finding]:
        return ask(subject if isinstance(subject, Facts) else Facts.of(subject))

    return check


@_check
def deadline_before_issue(d: Facts) -> Iterable[Finding]:
    printed, issued = d.printed_deadline, d.issued_on
    if printed is not None and issued is not None and printed < issued:
        seen = d.beside("circular.issued_on", "deadline.on")
        days = (issued - printed).days
        yield block(
            "deadline-before-issue",
            "deadline.on",
            f"หนังสือลงวันที่ {long_date(issued)} แต่ให้รายงานภายในวันที่ {long_date(printed)} ซึ่งมาก่อน {days} วัน "
            f"กำหนดส่งที่ถูกต้องคือวันใด{seen}",
            f"dated {issued} but reports are due {printed}, {days} days earlier: which day is meant?{seen}",
        )


@_check
def allocation_year(d: Facts) -> Iterable[Finding]:
    printed, programme = d.allocation_year_be, d.programme_year_be
    if printed is not None and programme is not None and printed != programme:
        seen = d.beside("allocation.year_be", "programme_year_be")
        yield block(
            "allocation-year-mismatch",
            "allocation.year_be",
            f"ทะเบียนจัดสรรระบุปี {printed} แต่แนวทางระบุปี {programme} จำนวนที่จัดสรรเป็นของปีนี้จริงหรือเป็นของปีก่อน{seen}",
            f"the allocation is headed {printed}, the guideline {programme}: whose quotas are these?{seen}",
        )


@_check
def attachments_enclosed(d: Facts) -> Iterable[Finding]:
    for attachment in d.attachments:
        if not attachment.enclosed:
            where = f"circular.attachments.{attachment.no}"
            yield block(
                "attachment-missing",
                where,
                f"หนังสืออ้างสิ่งที่ส่งมาด้วย {attachment.no} ({attachment.title}) แต่ไม่มีแนบมา "
                f"ให้ใช้แบบของระบบแทนหรือรอแบบจากจังหวัด{d.beside(where)}",
                f"attachment {attachment.no} is named but not enclosed: may our own form be used?{d.beside(where)}",
            )


@_check
def quota_sum(d: Facts) -> Iterable[Finding]:
    total, printed = d.quota_sum, d.allocation_total
    if total is not None and printed is not None and printed != total:
        seen = d.beside("allocation.total")
        yield block(
            "quota-sum",
            "quota",
            f"จำนวนรายอำเภอรวมได้ {total} แต่ทะเบียนจัดสรรพิมพ์ผลรวม {printed} จำนวนใดถูกต้อง{seen}",
            f"the quotas add up to {total}, the printed total is {printed}: which is right?{seen}",
        )


@_check
def unknown_district(d: Facts) -> Iterable[Finding]:
    if d.province is None:
        return
    for code in d.quota:
        area = districts().get(code)
        if area is None or area.province_code != d.province.code:
            named = f" ({area.title_th})" if area else ""
            yield block(
                "unknown-district",
                f"quota.{code}",
                f"รหัส {code}{named} ไม่ใช่อำเภอของจังหวัด{d.province.name_th} ตรวจรหัสอำเภอในตารางจัดสรร",
                f"{code} is not a district of {d.province.name_en}",
            )


@_check
def missing_district(d: Facts) -> Iterable[Finding]:
    for district in d.province.districts if d.province else ():
        if district.code not in d.quota:
            yield block(
                "missing-district",
                f"quota.{district.code}",
                f"ตารางจัดสรรไม่มี{district.title_th} ({district.code}) หากไม่ได้รับจัดสรรให้ระบุเป็น 0",
                f"{district.code} {district.name_en} has no quota; write 0 if that is meant",
            )


def _asked_by(d: Facts, programme: str, year: int) -> tuple[str, str]:
    """Which key, and which clause, asks for a participant list."""
    if programme == "KBO":
        return "rules.kbo_exclusion_years_be", "ข้อ ๒"
    if year == d.exclude_project_year_be:
        return "rules.fallback.exclude_project_year_be", "ข้อ ๔"
    return "rules.fallback.quadrant_year_be", "ข้อ ๓"


@_check
def exclusion_lists(d: Facts) -> Iterable[Finding]:
    for programme, year in d.needed_lists:
        if (programme, year) not in d.given_lists:
            key, clause = _asked_by(d, programme, year)
            yield block(
                "exclusion-list-missing",
                f"sources.participants.{programme}-{year}",
                f"แนวทาง{clause} ต้องใช้บัญชีผู้เข้าร่วม {programme} ปี {year} ซึ่งยังไม่ได้ให้มา "
                f"แนบแฟ้ม หรือยืนยันว่าไม่มีผู้เข้าร่วมด้วย empty: confirmed{d.beside(key)}",
                f"the participant list {programme} {year} is neither given nor affirmed to be empty{d.beside(key)}",
            )


@_check
def issued_on_a_holiday(d: Facts) -> Iterable[Finding]:
    if d.issued_on and (reason := NATIONAL.day_off(d.issued_on)):
        seen = d.beside("circular.issued_on")
        yield warn(
            "issue-date-holiday",
            "circular.issued_on",
            f"หนังสือลงวันที่ {long_date(d.issued_on)} ซึ่งเป็นวันหยุด ({reason}) วันที่ถูกต้องหรือไม่{seen}",
            f"the letter is dated on a day off: {d.issued_on}; is the date right?{seen}",
        )


@_check
def due_on_a_holiday(d: Facts) -> Iterable[Finding]:
    if d.keeps_days_off and d.deadline_on and (reason := NATIONAL.day_off(d.deadline_on)):
        seen = d.beside("deadline.on")
        yield warn(
            "deadline-holiday",
            "deadline.on",
            f"กำหนดส่ง {long_date(d.deadline_on)} ตรงกับวันหยุด ({reason}) ระบบคงวันเดิมไว้{seen}",
            f"the deadline {d.deadline_on} is a day off; it is kept{seen}",
        )


@_check
def fallback_source(d: Facts) -> Iterable[Finding]:
    if d.has_fallback:
        chosen = {
            "classified_d": "รอบนี้ใช้: ผลิตภัณฑ์ที่จัดอยู่ในกลุ่ม D",
            "project_participants": "รอบนี้ใช้: ผู้เข้าร่วมโครงการ Quadrant D",
            None: "ให้ใช้ความหมายใด",
        }[d.fallback_source]
        seen = d.beside("rules.fallback.quadrant_year_be", "rules.fallback")
        yield warn(
            "tier2-source",
            "rules.fallback.source",
            f"ข้อ ๓ อ่านได้สองทาง (ผลิตภัณฑ์กลุ่ม D หรือผู้เข้าร่วมโครงการ D ปี {d.quadrant_year_be or '-'}) {chosen}{seen}",
            f"clause 3 can be read two ways; this cycle uses {d.fallback_source or 'neither yet'}{seen}",
        )


@_check
def fallback_and_clause_2(d: Facts) -> Iterable[Finding]:
    if d.has_fallback:
        chosen = {True: "รอบนี้: ใช้บังคับ", False: "รอบนี้: ไม่ใช้บังคับ", None: "ให้ใช้หรือไม่"}[d.clause_2_binds]
        seen = d.beside("rules.kbo_exclusion_years_be", "rules.fallback")
        yield warn(
            "tier2-clause2",
            "rules.fallback.clause_2_binds",
            f"แนวทางไม่ได้บอกชัดว่าข้อ ๒ ใช้กับกลุ่มสำรองตามข้อ ๓ ด้วยหรือไม่ {chosen}{seen}",
            f"the guideline does not say whether clause 2 binds the fallback; here: {d.clause_2_binds}{seen}",
        )


@_check
def current_year_list(d: Facts) -> Iterable[Finding]:
    year, programme = d.exclude_project_year_be, d.programme_year_be
    if d.has_fallback and year is not None and programme is not None and year >= programme:
        seen = d.beside("rules.fallback.exclude_project_year_be")
        yield warn(
            "volatile-exclusion-list",
            f"sources.participants.QD-{year}",
            f"บัญชีตามข้อ ๔ เป็นของปีงบประมาณปัจจุบัน ({year}) อาจมีชื่อเพิ่มภายหลัง ต้องตรวจซ้ำก่อนรวมเล่ม{seen}",
            f"clause 4's list is of the current fiscal year {year} and can grow{seen}",
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
    told = []
    for finding in findings:
        # An answer without a place answers every finding of its code.
        answers = (s for s in definition.settled if s.finding == finding.code and s.where in (None, finding.where))
        answer = next(answers, None)
        if answer is None or finding.severity is not Severity.BLOCK or finding.code in NEVER_SETTLED:
            told.append(finding)
        else:
            told.append(
                replace(
                    info(finding.code, finding.where, finding.message_th, finding.message_en),
                    message_th=f"{finding.message_th} — ตอบแล้วโดย {answer.by} "
                    f"เมื่อ {long_date(answer.on)}: {answer.reason}",
                    message_en=f"{finding.message_en} — settled by {answer.by} on {answer.on}: {answer.reason}",
                )
            )
    return in_order(told)
