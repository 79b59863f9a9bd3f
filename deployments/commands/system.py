"""``kbo doctor`` and what else concerns the whole installation."""

from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from deployments import console
from deployments.serve import serve
from kbo_core.domain.findings import BlockedError
from kbo_core.office.doctor import examine
from kbo_core.office.office import open_office


def register(app: typer.Typer) -> None:
    """Add the commands that stand alone."""
    app.command()(demo)
    app.command("serve")(serve_)
    app.command()(doctor)
    app.command()(version)


def version() -> None:
    """Which release this is."""
    console.report({"version": metadata.version("kbo-cycle")}, lambda: console.out.print(metadata.version("kbo-cycle")))


def demo(
    out: Annotated[Path, typer.Option("--out", help="folder for everything that the cycle leaves")] = Path("kbo-demo"),
    seed: Annotated[int, typer.Option("--seed", help="another seed, another synthetic province")] = 2568,
) -> None:
    """A whole synthetic Phayao cycle, six months in about a minute, through the real flows."""
    from deployments.demo.run import run_demo

    done = run_demo(out, seed)
    console.report(done, lambda: _show_demo(done))


def _show_demo(done: dict[str, Any]) -> None:
    console.table(
        f"รอบสาธิต {done['cycle']} เสร็จแล้ว · {done['turns']} รอบติดตาม · ข้อมูลสังเคราะห์ทั้งหมด",
        ("อยู่ที่", "โฟลเดอร์"),
        done["folders"].items(),
    )
    console.out.print(f"ดูประวัติในหน้าจอ Prefect: {done['next']} (หรือ make serve เมื่อสั่งด้วย make demo)")


def serve_(
    port: Annotated[int, typer.Option("--port", help="the portal's port")] = 8400,
    prefect_port: Annotated[int, typer.Option("--prefect-port", help="the port of Prefect's server and UI")] = 4200,
) -> None:
    """Prefect server and UI, schedules and the portal: what one office runs."""
    serve(console.home(), port, prefect_port)


def doctor() -> None:
    """Every invariant, on the live database."""
    checked, faults = examine(open_office(console.home()))
    if faults:
        raise BlockedError(*faults)
    console.report(
        {"status": "ok", "checked": checked},
        lambda: console.table("ตรวจข้อมูลจริง: ไม่พบสิ่งผิดปกติ", ("ข้อ", "ตรวจแล้ว (รายการ)"), checked.items()),
    )
