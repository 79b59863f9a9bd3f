"""``kbo doctor`` and what else concerns the whole installation."""

from importlib import metadata

import typer

from deployments import console
from kbo_core.domain.findings import BlockedError
from kbo_core.office.doctor import examine
from kbo_core.office.office import open_office


def register(app: typer.Typer) -> None:
    """Add the commands that stand alone."""
    app.command()(doctor)
    app.command()(version)


def version() -> None:
    """Which release this is."""
    console.report({"version": metadata.version("kbo-cycle")}, lambda: console.out.print(metadata.version("kbo-cycle")))


def doctor() -> None:
    """Every invariant, on the live database."""
    checked, faults = examine(open_office(console.home()))
    if faults:
        raise BlockedError(*faults)
    console.report(
        {"status": "ok", "checked": checked},
        lambda: console.table("ตรวจข้อมูลจริง: ไม่พบสิ่งผิดปกติ", ("ข้อ", "ตรวจแล้ว (รายการ)"), checked.items()),
    )
