"""``kbo submission …``: a filled form from a file."""

from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from kbo_core.clock import now
from kbo_core.domain.findings import BlockedError, blocking, refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office import intake
from kbo_core.office.office import open_office
from kbo_core.office.posting import send_planned

app = typer.Typer(help="A filled form: check or receive it.", no_args_is_help=True, rich_markup_mode=None)

District = Annotated[str, typer.Argument(help="district code, e.g. 5601")]
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
def receive(cycle: str, district: District, file: Form) -> None:
    """Accept a filled form and give its receipt; the same bytes get the same one."""
    office, at = open_office(console.home()), now()
    receipt = intake.receive(office, cycle, district, _content(file), file.name, at=at, via="file")
    send_planned(office, cycle, district, at)
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


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise refused("file-missing", str(file), f"ไม่พบแฟ้ม {file} ตรวจชื่อและที่อยู่", f"no such file: {file}") from None
