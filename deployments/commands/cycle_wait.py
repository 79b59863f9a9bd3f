"""``kbo cycle …`` while answers are awaited: what was, what will be sent, and the operator's verbs."""

from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer

from deployments import console
from deployments.commands.options import By, Cycle, District, Reason
from kbo_core.clock import now
from kbo_core.domain.approvals import ApprovalStep
from kbo_core.domain.areas import districts
from kbo_core.domain.reminder_plan import Urgency
from kbo_core.domain.thai_dates import BANGKOK, short_instant
from kbo_core.office import limits, overrides, reallocating, returning
from kbo_core.office.approving import approve, signings
from kbo_core.office.office import Office, open_office
from kbo_core.office.opening import prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.office.pressing import follow_up_letter
from kbo_core.office.reminding import preview, remind
from kbo_core.office.resending import resend_packet
from kbo_core.office.screening import write_outputs
from kbo_core.office.timeline import timeline
from kbo_core.store.reading import Reallocation, assignments, get_cycle, reallocations

Until = Annotated[str, typer.Option("--until", help="new deadline: 2025-06-20, or 2025-06-20T12:00 in Bangkok")]
Districts = Annotated[
    list[str] | None, typer.Option("--district", help="district code; again for more. None: every one that it concerns")
]
Clauses = Annotated[list[str] | None, typer.Option("--clause", help="a clause that it may fail; again for more")]
Letter = Annotated[str, typer.Option("--letter", help="the letter that it rests on, by number and date")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("timeline")(timeline_)
    app.command("remind")(remind_)
    app.command("letter")(letter)
    app.command()(extend)
    app.command()(reopen)
    app.command("return")(return_)
    app.command()(resend)
    app.command()(override)
    app.command()(reallocate)
    app.command("approve")(approve_)


def timeline_(cycle: Cycle, district: Annotated[str | None, typer.Option(help="of one district alone")] = None) -> None:
    """What happened, in order: when, what, by whom, why."""
    entries = timeline(open_office(console.home()), cycle, district)
    console.report(
        {"status": "ok", "cycle": cycle, "entries": [entry.as_dict() for entry in entries]},
        lambda: console.table(
            f"ลำดับเหตุการณ์ของรอบ {cycle}",
            ("ที่", "เมื่อ", "อำเภอ", "เหตุการณ์", "โดย", "เหตุผล"),
            [(e.seq, short_instant(e.at), _name(e.district_code), e.what_th, e.by, e.reason or "-") for e in entries],
        ),
    )


def remind_(
    cycle: Cycle,
    preview_: Annotated[
        bool, typer.Option("--preview", help="only show what would be sent now, to whom and why")
    ] = False,
) -> None:
    """Send the reminders that are due now, or only show them; outside quiet hours and on working days."""
    office, at = open_office(console.home()), now()
    told = preview(office, cycle, at)
    sent = failed = 0
    if not preview_:
        for line in told:
            remind(office, cycle, line.district.code, at)
            went, stuck = send_planned(office, cycle, line.district.code, at)
            sent, failed = sent + went, failed + stuck
    rows = [
        {
            "district": line.district.code,
            "why_th": line.why_th,
            "messages": [
                {
                    "kind": m.kind,
                    "step": m.step,
                    "channel": m.channel,
                    "recipients": len(m.recipients),
                    "subject": m.subject,
                }
                for m in line.messages
            ],
        }
        for line in told
    ]
    console.report(
        {"status": "ok", "cycle": cycle, "at": at.isoformat(), "districts": rows, "sent": sent, "failed": failed},
        lambda: console.table(
            f"{'จะส่งหาก' if preview_ else 'ส่ง'}ติดตามเมื่อ {short_instant(at)}",
            ("อำเภอ", "ข้อความ", "เหตุ"),
            [
                (
                    line.district.label,
                    "\n".join(f"{m.subject} [{m.channel}]" for m in line.messages) or "-",
                    line.why_th,
                )
                for line in told
            ],
        ),
    )


def letter(
    cycle: Cycle,
    until: Until,
    out: Annotated[Path, typer.Option("--out", help="folder for the draft")],
    urgency: Annotated[Urgency, typer.Option(help="how urgent the letter is")] = Urgency.VERY_URGENT,
) -> None:
    """The follow-up letter to whoever is overdue, as a draft in DOCX and PDF for a person to sign."""
    office, at = open_office(console.home()), now()
    papers = follow_up_letter(office, cycle, _until(office, cycle, until), urgency, at)
    write_outputs(papers, out)
    console.report(
        {"status": "ok", "cycle": cycle, "files": [str(out / name) for name in papers]},
        lambda: console.out.print(f"ร่างหนังสือติดตามอยู่ที่ {out}: {', '.join(papers)}", markup=False),
    )


def extend(cycle: Cycle, until: Until, by: By, reason: Reason, district: Districts = None, letter: Letter = "") -> None:
    """Give districts that have not answered a later deadline; without --district, all of them."""
    office, at = open_office(console.home()), now()
    extended = limits.extend(
        office, cycle, district or [], _until(office, cycle, until), at=at, by=by, reason=reason, letter=letter
    )
    _tell(office, cycle, extended, at)
    _done(cycle, f"ขยายเวลาแล้ว: {_names(extended)}", districts=extended)


def reopen(cycle: Cycle, until: Until, by: By, reason: Reason, district: Districts = None, letter: Letter = "") -> None:
    """Take answers again after the lock or after the report; the report that was issued stays as it is."""
    office, at = open_office(console.home()), now()
    opened = limits.reopen(
        office, cycle, district or [], _until(office, cycle, until), at=at, by=by, reason=reason, letter=letter
    )
    _tell(office, cycle, opened, at)
    _done(cycle, f"เปิดรับใหม่แล้ว: {_names(opened)}", districts=opened)


def return_(cycle: Cycle, district: District, by: By, reason: Reason) -> None:
    """Send an answer back for correction; --reason is what the district reads."""
    office, at = open_office(console.home()), now()
    until = returning.return_answer(office, cycle, district, reason, at=at, by=by)
    _tell(office, cycle, [district], at)
    _done(
        cycle,
        f"ส่งรายชื่อของ{districts()[district].title_th}กลับแล้ว ให้ส่งใหม่ภายใน {short_instant(until)}",
        district=district,
        until=until.isoformat(),
    )


def resend(cycle: Cycle, district: District, by: By, reason: Reason) -> None:
    """Send a district's newest packet once more, to whom the contact book names now."""
    office, at = open_office(console.home()), now()
    step = resend_packet(office, cycle, district, at=at, by=by, reason=reason)
    sent, failed = send_planned(office, cycle, district, at)
    _done(
        cycle,
        f"ส่งเอกสารให้{districts()[district].title_th}อีกครั้งแล้ว" if sent else "บันทึกแล้ว ระบบจะส่งในการติดตามครั้งต่อไป",
        district=district,
        step=step,
        sent=sent,
        failed=failed,
    )


def override(
    cycle: Cycle,
    producer: Annotated[str, typer.Argument(help="the producer's id")],
    by: By,
    reason: Reason,
    clause: Clauses = None,
    approver: Annotated[str, typer.Option("--approver", help="who approves it: another person than --by")] = "",
    revoke: Annotated[bool, typer.Option("--revoke", help="take the exception back")] = False,
) -> None:
    """A lawful exception: let a district pick a group that a clause keeps out, named and approved by another person."""
    office, at = open_office(console.home()), now()
    if revoke:
        overrides.revoke_override(office, cycle, producer, at=at, by=by, reason=reason)
        _renew(office, cycle, at)
        _done(cycle, f"ยกเลิกข้อยกเว้นของ {producer} แล้ว", producer=producer)
        return
    tier = overrides.grant_override(
        office, cycle, producer, clause or [], approver=approver, at=at, by=by, reason=reason
    )
    _renew(office, cycle, at)
    _done(cycle, f"{producer} เลือกได้แล้วโดยข้อยกเว้นข้อ {', '.join(clause or [])}", producer=producer, tier=tier)


def reallocate(
    cycle: Cycle,
    giver: Annotated[str | None, typer.Option("--from", help="the district that gives places")] = None,
    taker: Annotated[str | None, typer.Option("--to", help="the district that takes them")] = None,
    places: Annotated[int, typer.Option(help="how many")] = 1,
    consent: Annotated[int | None, typer.Option("--consent", help="proposal to which --district agrees")] = None,
    district: Annotated[str | None, typer.Option("--district", help="the district that agrees")] = None,
    approve: Annotated[int | None, typer.Option("--approve", help="proposal to approve; the places move")] = None,
    reject: Annotated[int | None, typer.Option("--reject", help="proposal to reject")] = None,
    by: Annotated[str, typer.Option("--by", help="who decides this")] = "",
    reason: Annotated[str, typer.Option("--reason", help="why")] = "",
) -> None:
    """Move places between districts: propose (--from --to), each consents, the province approves. Alone: the list."""
    office, at = open_office(console.home()), now()
    asked = [giver is not None or taker is not None, consent is not None, approve is not None, reject is not None]
    if sum(asked) > 1:
        raise typer.BadParameter("one of: --from with --to, --consent, --approve, --reject")
    if any(asked) and not (by.strip() and reason.strip()):
        raise typer.BadParameter("--by and --reason are needed")
    if any(asked):
        signed = _Signed(at=at, by=by, reason=reason)
        if giver is not None or taker is not None:
            if giver is None or taker is None:
                raise typer.BadParameter("--from and --to belong together")
            reallocating.propose(office, cycle, giver, taker, places, **signed)
        elif consent is not None:
            if district is None:
                raise typer.BadParameter("--consent needs --district")
            reallocating.consent(office, cycle, consent, district, **signed)
        elif approve is not None:
            reallocating.decide_reallocation(office, cycle, approve, is_approved=True, **signed)
            _renew(office, cycle, at)
        elif reject is not None:
            reallocating.decide_reallocation(office, cycle, reject, is_approved=False, **signed)
    with office.database.read() as connection:
        get_cycle(connection, cycle)
        known = reallocations(connection, cycle)
    console.report(
        {"status": "ok", "cycle": cycle, "reallocations": [vars(r) for r in known]},
        lambda: console.table(
            f"การโอนจำนวนจัดสรรของรอบ {cycle}",
            ("ที่", "จาก", "ให้", "จำนวน", "ยินยอม", "ผล", "เหตุผล"),
            [_reallocation_row(r) for r in known],
        ),
    )


def approve_(
    cycle: Cycle,
    step: Annotated[ApprovalStep, typer.Option("--step", help="in which place of the letter's initials")],
    by: By,
    reason: Reason,
) -> None:
    """Sign what waits for a signature: the dispatch before anything goes out, else the newest report."""
    office, at = open_office(console.home()), now()
    signing = approve(office, cycle, step, at=at, by=by, reason=reason)
    _renew(office, cycle, at)
    ahead = signing.next_step
    waits = f"ต่อไป: {ahead.th}" if ahead else "ลงนามครบแล้ว"
    _done(
        cycle,
        f"{step.th}ลงนาม{signing.subject.th}แล้ว {waits}",
        subject=signing.subject,
        number=signing.number,
        next=ahead,
    )


class _Signed(TypedDict):
    at: datetime
    by: str
    reason: str


def show_signings(office: Office, cycle: str) -> list[dict[str, Any]]:
    """Every chain of signatures, with who has signed when and whose is next."""
    with office.database.read() as connection:
        found = signings(connection, get_cycle(connection, cycle))
    return [
        {
            "subject": s.subject,
            "number": s.number,
            "signed": [{"step": a.step, "by": a.by, "at": a.signed_at.isoformat()} for a in s.given],
            "next": s.next_step,
        }
        for s in found
    ]


def _until(office: Office, cycle: str, text: str) -> datetime:
    with office.database.read() as connection:
        due: datetime = get_cycle(connection, cycle).due_at
    clock: time = due.astimezone(BANGKOK).time()
    return limits.parse_until(text, clock)


def _tell(office: Office, cycle: str, codes: Iterable[str], at: datetime) -> None:
    for code in codes:
        send_planned(office, cycle, code, at)


def _renew(office: Office, cycle: str, at: datetime) -> None:
    """New packets where something changed, and whatever waits to be sent."""
    with office.database.read() as connection:
        codes = [a.district_code for a in assignments(connection, cycle)]
    for code in codes:
        prepare_packet(office, cycle, code, at)
        send_planned(office, cycle, code, at)


def _reallocation_row(r: Reallocation) -> tuple[object, ...]:
    agreed = [code for code, by in ((r.giver, r.giver_consent), (r.taker, r.taker_consent)) if by]
    outcome = {"proposed": "รออนุมัติ", "approved": "อนุมัติ", "rejected": "ไม่อนุมัติ"}[r.state]
    return (r.number, _name(r.giver), _name(r.taker), r.places, _names(agreed) or "-", outcome, r.reason)


def _name(code: str) -> str:
    area = districts().get(code)
    return area.label if area else code or "-"


def _names(codes: Iterable[str]) -> str:
    return ", ".join(districts()[code].title_th for code in codes)


def _done(cycle: str, words: str, **facts: object) -> None:
    console.report({"status": "ok", "cycle": cycle, **facts}, lambda: console.out.print(words, markup=False))
