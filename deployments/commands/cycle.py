"""``kbo cycle …``: the round from definition to report."""

from pathlib import Path
from typing import Annotated

import typer

from deployments import console, engine
from deployments.commands import insight
from deployments.commands.cycle_wait import show_signings
from kbo_core.clock import now
from kbo_core.domain.approvals import ApprovalStep, Subject
from kbo_core.domain.definition_checks import definition_findings
from kbo_core.domain.findings import BlockedError, blocking
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.board import board
from kbo_core.office.closing import latest_report
from kbo_core.office.definitions import read_definition
from kbo_core.office.loads import screen_here, since_last
from kbo_core.office.office import open_office
from kbo_core.office.opening import opened_before
from kbo_core.office.overview import known_cycles, overview
from kbo_core.office.remembering import at_home
from kbo_core.office.screening import write_outputs
from kbo_core.office.settling import settle_match

app = typer.Typer(help="The round: check, screen, open, follow, close.", no_args_is_help=True, rich_markup_mode=None)
insight.register(app)

Definition = Annotated[Path, typer.Argument(metavar="CYCLE.yaml", help="the cycle definition")]
By = Annotated[str, typer.Option("--by", help="who decides this")]


@app.command()
def check(definition: Definition) -> None:
    """Is the definition complete and consistent?"""
    file = read_definition(definition)
    findings = definition_findings(file.definition)
    if blocking(findings):
        raise BlockedError(*findings)
    console.report(
        {"status": "ok", "cycle": file.definition.cycle, "findings": [f.as_row() for f in findings]},
        lambda: console.out.print(f"{file.definition.cycle}: พร้อมเปิดรอบ ({len(findings)} ข้อสังเกต)"),
    )
    console.show_findings(findings)


@app.command("screen")
def screen_(definition: Definition, out: Annotated[Path, typer.Option("--out", help="folder for the results")]) -> None:
    """Ingest, validate, decide; nothing is changed (dry run)."""
    from expectations.validate import validator  # imported where it is used: it takes seconds

    file = read_definition(definition)
    with console.err.status("กำลังตรวจทะเบียนและคัดกรอง …"):
        screening = screen_here(console.home(), file, validator())
        with at_home(console.home()) as known:
            since = since_last(known, screening) if known is not None else None
        write_outputs(screening.outputs(), out)
    figures = screening.decided.shortage.province
    console.report(
        {
            "status": "ok",
            "cycle": file.definition.cycle,
            "out": str(out),
            "shortage": screening.decided.shortage.as_dict(),
            "since_last": since.as_dict() if since else None,
            "findings": [f.as_row() for f in screening.findings],
        },
        lambda: console.table(
            f"{file.definition.cycle} · จังหวัด{file.definition.province.name_th} → {out}",
            ("จัดสรร", "เข้าเกณฑ์ (ข้อ ๑ ๒)", "เข้าเกณฑ์เพิ่มเติม (ข้อ ๓ ๔)", "รอชี้ขาด", "ขาด"),
            [(figures.quota, figures.tier_1, figures.tier_2, figures.unknown, figures.short)],
        ),
    )
    if since:
        console.err.print(since.summary_th, markup=False)
    console.show_findings(screening.findings)


@app.command("open")
def open_(definition: Definition, by: By = "เจ้าหน้าที่จังหวัด") -> None:
    """Freeze the registers, decide, make and send the packets, start the waiting."""
    file = read_definition(definition)
    at = now()
    if stops := blocking(definition_findings(file.definition)):
        raise BlockedError(*stops)
    opened_before(open_office(console.home()), file)
    engine.connect(console.home())
    from flows.open_cycle import open_cycle

    tagged = [file.definition.cycle, f"province-{file.definition.province_code}"]
    with console.err.status("กำลังเปิดรอบ: ตรวจทะเบียน คัดกรอง จัดทำและส่งเอกสาร …"):
        cycle_id = engine.run(open_cycle, str(definition.resolve()), at.isoformat(), by, tagged=tagged)
    _show(cycle_id)


@app.command()
def follow(cycle: Annotated[str | None, typer.Argument(help="one cycle; else every open one")] = None) -> None:
    """One turn of the wait: collect, check, remind what is due, publish progress."""
    office = open_office(console.home())
    at = now()
    cycles = [overview(office, cycle, at)] if cycle else known_cycles(office, at)
    engine.connect(console.home())
    from flows.follow_cycle import follow_cycle

    done = {}
    for seen in cycles:
        if cycle or seen.state == "open":
            with console.err.status(f"กำลังติดตาม {seen.cycle_id} …"):
                done[seen.cycle_id] = engine.run(follow_cycle, seen.cycle_id, at.isoformat(), tagged=[seen.cycle_id])
    console.report(
        {"status": "ok", "cycles": done},
        lambda: console.table(
            "ผลของรอบติดตาม",
            ("รอบ", "รับแล้ว", "ตีกลับ", "เตือน", "ปิดรับ", "ส่งออก", "ส่งไม่สำเร็จ"),
            [(name, *turn.values()) for name, turn in done.items()],
        ),
    )


@app.command()
def close(
    cycle: str,
    by: By = "เจ้าหน้าที่จังหวัด",
    reason: Annotated[str, typer.Option(help="why the report goes without districts that have not answered")] = "",
) -> None:
    """Consolidate: the report for the office and for the public, the letter that it goes with, the evidence bundle."""
    office = open_office(console.home())
    at = now()
    seen = overview(office, cycle, at)
    engine.connect(console.home())
    from flows.close_cycle import close_cycle

    with console.err.status("กำลังรวมเล่ม …"):
        version = engine.run(close_cycle, cycle, at.isoformat(), by, reason, tagged=[seen.cycle_id])
    issued = latest_report(office, cycle)
    folder = office.home / "reports" / cycle / f"v{version}"
    console.report(
        {"status": "ok", "cycle": cycle, "version": version, "folder": str(folder), "files": dict(issued.files)},
        lambda: console.table(
            f"รายงานรวม ฉบับที่ {version} → {folder}", ("แฟ้ม", "sha256"), [(n, d[:16]) for n, d in issued.files.items()]
        ),
    )


@app.command()
def status(cycle: Annotated[str | None, typer.Argument(help="one cycle; else a line for each")] = None) -> None:
    """Where a cycle stands, district by district."""
    if cycle:
        _show(cycle)
        return
    seen = known_cycles(open_office(console.home()), now())
    console.report(
        {"status": "ok", "cycles": [vars(s) for s in seen]},
        lambda: console.table(
            "รอบทั้งหมด",
            ("รอบ", "จังหวัด", "สถานะ", "กำหนดส่ง"),
            [
                (
                    s.cycle_id,
                    s.province_th,
                    "เปิดอยู่" if s.state == "open" else "รวมเล่มแล้ว",
                    short_instant(s.due_at),
                )
                for s in seen
            ],
        ),
    )


@app.command()
def settle(
    cycle: str,
    where: Annotated[str, typer.Option(help="which near match, as the finding names it")],
    answer: Annotated[str, typer.Option(help="same | different")],
    by: Annotated[str, typer.Option("--by", help="who decides this")],
    reason: Annotated[str, typer.Option("--reason", help="why")],
) -> None:
    """Answer a near match after the opening; decided anew on the frozen registers."""
    if answer not in ("same", "different"):
        raise typer.BadParameter("--answer is same or different")
    from expectations.validate import validator  # imported where it is used: it takes seconds

    with console.err.status("กำลังตัดสินใหม่จากทะเบียนที่ตรึงไว้ …"):
        changed = settle_match(
            open_office(console.home()), cycle, validator(), where=where, answer=answer, at=now(), by=by, reason=reason
        )
    console.report(
        {"status": "ok", "cycle": cycle, "changed": changed},
        lambda: console.out.print(f"บันทึกแล้ว ผลเปลี่ยน {len(changed)} กลุ่ม: {', '.join(changed) or '-'}"),
    )


def _show(cycle_id: str) -> None:
    office, at = open_office(console.home()), now()
    seen, lines = overview(office, cycle_id, at), board(office, cycle_id, at)
    signed = show_signings(office, cycle_id)
    console.report(
        {
            "status": "ok",
            **{k: v for k, v in vars(seen).items() if k != "finding_counts"},
            "findings": dict(seen.finding_counts),
            "signings": signed,
            "districts": [
                {
                    **vars(line),
                    "district": line.district.code,
                    "state": line.state.value,
                    "spare": line.spare,
                    "lacking": line.lacking,
                }
                for line in lines
            ],
        },
        lambda: console.table(
            f"{cycle_id} · จังหวัด{seen.province_th} · กำหนดส่ง {short_instant(seen.due_at)} · "
            + ("เปิดอยู่" if seen.state == "open" else "รวมเล่มแล้ว"),
            ("อำเภอ", "สถานะ", "เลือก/จัดสรร", "เข้าเกณฑ์", "กำหนดส่ง", "เหลือวัน", "เตือนครั้งถัดไป"),
            [
                (
                    line.district.label,
                    line.state_th,
                    f"{line.picked}/{line.quota}",
                    line.candidates,
                    line.due_th,
                    line.days_left_th,
                    line.next_reminder_th,
                )
                for line in lines
            ],
        ),
    )
    for chain in signed:
        if chain["next"] and not console.wants_json():
            console.out.print(f"{Subject(chain['subject']).th}: รอ{ApprovalStep(chain['next']).th}ลงนาม", markup=False)
    for line in lines:
        if line.notice_th and not console.wants_json():
            console.out.print(f"{line.district.title_th}: {line.notice_th}", markup=False)
