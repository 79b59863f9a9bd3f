"""What an operator does: each verb with who may do it, what it asks, and the use case behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from starlette.datastructures import FormData

from kbo_core.domain.approvals import ApprovalStep
from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import limits, links, overrides, reallocating, requests, returning
from kbo_core.office.accounts import APPROVER, OPERATOR
from kbo_core.office.approving import approve
from kbo_core.office.closing import close
from kbo_core.office.desks import Desk
from kbo_core.office.office import Office
from kbo_core.office.opening import prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import assignments, get_assignment, get_cycle
from portal.fields import day_told, read_day, text, texts


class Signed(TypedDict):
    """Whose deed it is."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Deed:
    """One verb as it was sent: where, by whom, with what."""

    office: Office
    validate: Validate | None
    cycle_id: str
    district_code: str
    by: str
    at: datetime
    form: FormData

    @property
    def reason(self) -> str:
        return text(self.form, "reason").strip()

    @property
    def signed(self) -> Signed:
        """When, by whom and why. Raises RefusedError without a why."""
        if not self.reason:
            raise refused("reason-missing", "reason", "โปรดกรอกเหตุผล", "a reason is needed")
        return Signed(at=self.at, by=self.by, reason=self.reason)

    @property
    def title(self) -> str:
        return districts()[self.district_code].title_th

    def told(self, name: str) -> str:
        return text(self.form, name, 200).strip()

    def number(self, name: str) -> int:
        """A number of a field. Raises RefusedError for anything else."""
        told = self.told(name)
        if not told.isascii() or not told.isdigit() or len(told) > 6:
            raise refused("number-unreadable", name, "โปรดกรอกเป็นตัวเลข", "a number is needed")
        return int(told)

    def until(self) -> datetime:
        with self.office.database.read() as connection:
            due_at = (
                get_assignment(connection, self.cycle_id, self.district_code).due_at
                if self.district_code
                else get_cycle(connection, self.cycle_id).due_at
            )
        return read_day(day_told(self.form), due_at)

    @property
    def codes(self) -> list[str]:
        return [self.district_code] if self.district_code else []

    def judging(self) -> Validate:
        if self.validate is None:
            raise refused("validate-missing", "portal", "หน้าเว็บนี้ไม่ได้เปิดส่วนตรวจทะเบียนไว้", "no suites here")
        return self.validate


@dataclass(frozen=True)
class Verb:
    """``fields`` are asked beside the reason; ``run`` does it and says what came of it; ``renews``: packets may change;
    ``is_long``: it screens a register anew; ``fits``: is it of use to a district that stands so? Only a hint for the
    page: what may be done, ``run`` decides."""

    title_th: str
    explain_th: str
    roles: tuple[str, ...]
    fields: tuple[str, ...]
    run: Callable[[Deed], str]
    of_district: bool = False
    renews: bool = False
    is_long: bool = False
    fits: Callable[[Desk], bool] = lambda desk: True


def _owes(desk: Desk) -> bool:
    return desk.owes and desk.cycle.state == "open"


def _is_shut(desk: Desk) -> bool:
    return desk.is_asked and desk.is_locked


def _has_answer(desk: Desk) -> bool:
    return desk.assignment.state.answered and desk.cycle.state == "open"


def _may_be_withdrawn(desk: Desk) -> bool:
    return _has_answer(desk) and not desk.is_locked


def _waits_for_acceptance(desk: Desk) -> bool:
    return desk.assignment.state in (State.SUBMITTED, State.RESUBMITTED)


def _asks_for_time(desk: Desk) -> bool:
    return any(request.state == requests.OPEN for request in desk.requests)


def _is_asked(desk: Desk) -> bool:
    return desk.is_asked


def carry_out(office: Office, cycle_id: str, at: datetime, *, renews: bool) -> None:
    """What a deed brings with it: new packets where something changed, and whatever waits to be sent."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        codes = [a.district_code for a in assignments(connection, cycle_id)]
    for code in codes:
        if renews:
            prepare_packet(office, cycle_id, code, at)
        send_planned(office, cycle_id, code, at)
    send_planned(office, cycle_id, cycle.province_code, at)


def _extend(deed: Deed) -> str:
    until = deed.until()
    extended = limits.extend(deed.office, deed.cycle_id, deed.codes, until, letter=deed.told("letter"), **deed.signed)
    return f"ขยายเวลาถึง {short_instant(until)} แล้ว {len(extended)} อำเภอ"


def _reopen(deed: Deed) -> str:
    until = deed.until()
    opened = limits.reopen(deed.office, deed.cycle_id, deed.codes, until, letter=deed.told("letter"), **deed.signed)
    return f"เปิดรับใหม่ถึง {short_instant(until)} แล้ว {len(opened)} อำเภอ"


def _decline_extension(deed: Deed) -> str:
    requests.decline_extension(deed.office, deed.cycle_id, deed.district_code, **deed.signed)
    return f"แจ้ง{deed.title}แล้วว่าไม่ขยายเวลา"


def _return(deed: Deed) -> str:
    signed = deed.signed
    until = returning.return_answer(
        deed.office, deed.cycle_id, deed.district_code, signed["reason"], at=signed["at"], by=signed["by"]
    )
    return f"ส่งรายชื่อของ{deed.title}กลับแล้ว ให้ส่งใหม่ภายใน {short_instant(until)}"


def _accept(deed: Deed) -> str:
    version = returning.approve_answer(deed.office, deed.cycle_id, deed.district_code, **deed.signed)
    return f"รับรายชื่อของ{deed.title} ฉบับที่ {version} แล้ว"


def _withdraw(deed: Deed) -> str:
    version = returning.withdraw_answer(deed.office, deed.cycle_id, deed.district_code, **deed.signed)
    return f"ถอนรายชื่อของ{deed.title} ฉบับที่ {version} แล้ว"


def _resend(deed: Deed) -> str:
    links.resend_link(deed.office, deed.cycle_id, deed.district_code, **deed.signed)
    return f"ส่งลิงก์ใหม่ให้{deed.title}แล้ว ลิงก์เดิมยกเลิก"


def _revoke_link(deed: Deed) -> str:
    links.revoke_link(deed.office, deed.cycle_id, deed.district_code, **deed.signed)
    return f"ยกเลิกลิงก์ของ{deed.title}แล้ว"


def _propose(deed: Deed) -> str:
    moved = reallocating.propose(
        deed.office, deed.cycle_id, deed.told("giver"), deed.told("taker"), deed.number("places"), **deed.signed
    )
    return f"บันทึกข้อเสนอโอนจำนวนจัดสรรที่ {moved.number} แล้ว"


def _consent(deed: Deed) -> str:
    number = deed.number("number")
    reallocating.consent(deed.office, deed.cycle_id, number, deed.told("consenting"), **deed.signed)
    return f"บันทึกความยินยอมข้อเสนอที่ {number} แล้ว"


def _decide(deed: Deed) -> str:
    number, is_approved = deed.number("number"), deed.told("decision") == "yes"
    reallocating.decide_reallocation(deed.office, deed.cycle_id, number, is_approved=is_approved, **deed.signed)
    return f"{'อนุมัติ' if is_approved else 'ไม่อนุมัติ'}ข้อเสนอที่ {number} แล้ว"


def _request_override(deed: Deed) -> str:
    clauses = texts(deed.form, "clauses")
    requests.request_override(deed.office, deed.cycle_id, deed.told("producer"), clauses, **deed.signed)
    return f"เสนอข้อยกเว้นให้ {deed.told('producer')} แล้ว รอผู้อนุมัติ"


def _decide_override(deed: Deed) -> str:
    producer, signed = deed.told("producer"), deed.signed
    if deed.told("decision") == "yes":
        requests.grant_requested(deed.office, deed.cycle_id, producer, at=signed["at"], approver=signed["by"])
        return f"อนุมัติข้อยกเว้นของ {producer} แล้ว"
    requests.decline_override(deed.office, deed.cycle_id, producer, **signed)
    return f"ไม่อนุมัติข้อยกเว้นของ {producer}"


def _revoke_override(deed: Deed) -> str:
    overrides.revoke_override(deed.office, deed.cycle_id, deed.told("producer"), **deed.signed)
    return f"ยกเลิกข้อยกเว้นของ {deed.told('producer')} แล้ว"


def _sign(deed: Deed) -> str:
    step = deed.told("step")
    if step not in list(ApprovalStep):
        raise refused("step-unknown", "step", "โปรดเลือกลำดับผู้ลงนาม", "no such place in the order of signing")
    signing = approve(deed.office, deed.cycle_id, ApprovalStep(step), **deed.signed)
    ahead = signing.next_step
    return f"ลงนาม{signing.subject.th}แล้ว {f'ต่อไป: {ahead.th}' if ahead else 'ลงนามครบแล้ว'}"


def _settle(deed: Deed) -> str:
    changed = settle_match(
        deed.office,
        deed.cycle_id,
        deed.judging(),
        where=text(deed.form, "where", 2000),
        answer=deed.told("answer"),
        **deed.signed,
    )
    return f"บันทึกคำตอบแล้ว คำตัดสินเปลี่ยน {len(changed)} ราย{': ' + ', '.join(changed[:10]) if changed else ''}"


def _close(deed: Deed) -> str:
    closed = close(deed.office, deed.cycle_id, deed.judging(), at=deed.at, by=deed.by, reason=deed.reason)
    return f"ออกรายงานรวมฉบับที่ {closed.report.version} แล้ว" if closed.is_new else "รายงานรวมเหมือนฉบับเดิม ไม่ได้ออกใหม่"


_DO, _APPROVE = (OPERATOR,), (APPROVER,)
VERBS: Mapping[str, Verb] = {
    "extend": Verb(
        "ขยายเวลา", "อำเภอที่ยังไม่รายงานได้กำหนดส่งใหม่ ระบบแจ้งอำเภอให้", _DO, ("until", "letter"), _extend, of_district=True,
        fits=_owes,
    ),
    "decline-extension": Verb(
        "ไม่ขยายเวลา", "ตอบคำขอขยายเวลาของอำเภอ กำหนดเดิมยังใช้อยู่", _DO, (), _decline_extension, of_district=True,
        fits=_asks_for_time,
    ),
    "reopen": Verb(
        "เปิดรับใหม่", "รับรายชื่ออีกครั้งหลังปิดรับหรือหลังรวมเล่ม รายงานที่ออกแล้วคงเดิม", _DO, ("until", "letter"), _reopen,
        of_district=True, fits=_is_shut,
    ),
    "return": Verb(
        "ส่งกลับให้แก้ไข", "เหตุผลคือข้อที่อำเภอจะได้อ่าน บรรทัดละข้อ", _DO, (), _return, of_district=True, fits=_has_answer
    ),
    "accept": Verb("รับรายชื่อ", "รายชื่อที่รอจังหวัดตรวจ", _DO, (), _accept, of_district=True, fits=_waits_for_acceptance),
    "withdraw": Verb(
        "ถอนรายชื่อ", "เมื่ออำเภอแจ้งขอถอน อำเภอต้องส่งใหม่", _DO, (), _withdraw, of_district=True, fits=_may_be_withdrawn
    ),
    "link": Verb("ส่งลิงก์ใหม่", "ลิงก์เดิมของอำเภอใช้ไม่ได้อีก", _DO, (), _resend, of_district=True, fits=_is_asked),
    "revoke-link": Verb(
        "ยกเลิกลิงก์", "เมื่อลิงก์หลุดไปถึงผู้อื่น อำเภอจะเข้าหน้าเว็บไม่ได้จนกว่าจะส่งลิงก์ใหม่", _DO, (), _revoke_link, of_district=True,
        fits=_is_asked,
    ),
    "extend-all": Verb("ขยายเวลาทุกอำเภอที่ยังไม่รายงาน", "ระบบแจ้งทุกอำเภอให้", _DO, ("until", "letter"), _extend),
    "reopen-all": Verb(
        "เปิดรอบใหม่", "หลังรวมเล่มแล้ว รายงานที่ออกแล้วคงเดิม รวมเล่มครั้งต่อไปเป็นฉบับใหม่", _DO, ("until", "letter"), _reopen
    ),
    "reallocate": Verb(
        "เสนอโอนจำนวนจัดสรร", "ผลรวมของจังหวัดคงเดิม ทั้งสองอำเภอต้องยินยอม แล้วผู้อนุมัติจึงอนุมัติ", _DO,
        ("giver", "taker", "places"), _propose,
    ),
    "consent": Verb("บันทึกความยินยอม", "อำเภอยินยอมข้อเสนอโอนจำนวนจัดสรร", _DO, ("number", "consenting"), _consent),
    "decide-reallocation": Verb(
        "พิจารณาการโอนจำนวนจัดสรร", "อนุมัติแล้วจำนวนจัดสรรเปลี่ยนทันที", _APPROVE, ("number", "decision"), _decide, renews=True
    ),
    "override": Verb(
        "เสนอข้อยกเว้น", "ระบุทุกข้อที่กลุ่มไม่ผ่าน ผู้อนุมัติต้องเป็นอีกบัญชีหนึ่ง", _DO, ("producer", "clauses"), _request_override
    ),
    "decide-override": Verb(
        "พิจารณาข้อยกเว้น", "อนุมัติแล้วอำเภอเลือกกลุ่มนี้ได้", _APPROVE, ("producer", "decision"), _decide_override, renews=True
    ),
    "revoke-override": Verb(
        "ยกเลิกข้อยกเว้น", "เฉพาะกลุ่มที่ยังไม่มีอำเภอเลือก", _DO, ("producer",), _revoke_override, renews=True
    ),
    "sign": Verb("ลงนาม", "ลงนามเอกสารที่รอลงนาม ตามลำดับ", _APPROVE, ("step",), _sign, renews=True),
    "settle": Verb(
        "ชี้ขาดชื่อ", "ตอบว่าเป็นรายเดียวกันหรือคนละราย แล้วระบบตัดสินใหม่", _DO, ("where", "answer"), _settle, renews=True,
        is_long=True,
    ),
    "close": Verb(
        "รวมเล่ม", "ออกรายงานรวมของจังหวัด หากยังมีอำเภอที่ไม่รายงาน ต้องกรอกเหตุผล", _DO, (), _close, is_long=True
    ),
}  # fmt: skip
