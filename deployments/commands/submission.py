"""``kbo submission …``: a filled form from a file."""

from pathlib import Path
from typing import Annotated

import typer

from deployments import console, engine
from deployments.commands.options import By, District, Reason
from kbo_core.clock import now
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import BlockedError, blocking, refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import intake, returning
from kbo_core.office.office import open_office
from kbo_core.office.posting import send_planned
from kbo_core.store.reading import get_assignment
from tasks.announcing import SUBMISSION_RECEIVED, announce, cycle_resource

app = typer.Typer(help="A filled form: check or receive it.", no_args_is_help=True, rich_markup_mode=None)

Form = Annotated[Path, typer.Argument(metavar="FILE", help="the filled form (.xlsx, .xls, .ods or .csv)")]


@app.command()
def check(cycle: str, district: District, file: Form) -> None:
    """Judge a filled form; nothing is changed."""
    judgement = intake.check(open_office(console.home()), cycle, district, _content(file), file.name)
    if blocking(judgement.findings):
        raise BlockedError(*judgement.findings)
    console.report(
        {
            "status": "ok",
            "picks": [producer_id for producer_id, _ in judgement.picks],
            "findings": [f.as_row() for f in judgement.findings],
        },
        lambda: console.out.print(f"แบบนี้รับได้ มี {len(judgement.picks)} กลุ่ม: {', '.join(judgement.names) or '-'}"),
    )
    console.show_findings(judgement.findings)


@app.command()
def receive(
    cycle: str,
    district: District,
    file: Form,
    amends: Annotated[
        int | None, typer.Option("--amends", help="the version that this form replaces; 0: there is none yet")
    ] = None,
) -> None:
    """Accept a filled form and give its receipt; the same bytes get the same one."""
    office, at = open_office(console.home()), now()
    with office.database.read() as connection:
        # What comes in between this look and the taking is a race, not an amendment.
        known = get_assignment(connection, cycle, district).version
    receipt = intake.receive(
        office,
        cycle,
        district,
        _content(file),
        file.name,
        at=at,
        via="file",
        amends=known if amends is None else amends,
    )
    send_planned(office, cycle, district, at)
    if receipt.is_new:
        engine.connect(console.home())
        announce(SUBMISSION_RECEIVED, cycle_resource(cycle), {"cycle_id": cycle, "district_code": district}, at)
    console.report(
        {
            "status": "ok",
            "receipt": receipt.reference,
            "version": receipt.version,
            "received_at": receipt.received_at.isoformat(),
            "is_late": receipt.is_late,
            "is_new": receipt.is_new,
            "findings": [f.as_row() for f in receipt.findings],
        },
        lambda: console.out.print(
            f"เลขที่รับ {receipt.reference} ฉบับที่ {receipt.version} เมื่อ {short_instant(receipt.received_at)}"
            + (" (ส่งหลังกำหนด)" if receipt.is_late else "")
            + ("" if receipt.is_new else " — แฟ้มนี้รับไว้ก่อนแล้ว")
        ),
    )
    console.show_findings(receipt.findings)


@app.command()
def accept(cycle: str, district: District, by: By, reason: Reason) -> None:
    """Accept an answer that waits for a person, where the cycle says ``review: by_hand``."""
    office, at = open_office(console.home()), now()
    version = returning.approve_answer(office, cycle, district, at=at, by=by, reason=reason)
    send_planned(office, cycle, district, at)
    _done(cycle, district, version, "ตรวจรับแล้ว")


@app.command()
def withdraw(cycle: str, district: District, by: By, reason: Reason) -> None:
    """Take an answer back on the district's own word; the district owes another."""
    office, at = open_office(console.home()), now()
    version = returning.withdraw_answer(office, cycle, district, at=at, by=by, reason=reason)
    send_planned(office, cycle, district, at)
    _done(cycle, district, version, "ถอนแล้ว")


@app.command()
def history(cycle: str, district: District) -> None:
    """Every version of a district's answer, and what each changed."""
    told = returning.versions(open_office(console.home()), cycle, district)
    console.report(
        {"status": "ok", "cycle": cycle, "district": district, "versions": [version.as_dict() for version in told]},
        lambda: console.table(
            f"รายชื่อของ{districts()[district].title_th} ทุกฉบับ",
            ("ฉบับที่", "เมื่อ", "สถานะ", "เลือก", "เพิ่ม", "ตัดออก", "ทาง"),
            [
                (
                    v.answer.version,
                    short_instant(v.answer.received_at),
                    v.state_th,
                    "ไม่มี" if v.answer.is_nil else len(v.answer.picks),
                    ", ".join(v.added) or "-",
                    ", ".join(v.dropped) or "-",
                    v.answer.via,
                )
                for v in told
            ],
        ),
    )


def _done(cycle: str, district: str, version: int, words: str) -> None:
    console.report(
        {"status": "ok", "cycle": cycle, "district": district, "version": version},
        lambda: console.out.print(f"รายชื่อของ{districts()[district].title_th} ฉบับที่ {version} {words}"),
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise refused("file-missing", str(file), f"ไม่พบแฟ้ม {file} ตรวจชื่อและที่อยู่", f"no such file: {file}") from None
