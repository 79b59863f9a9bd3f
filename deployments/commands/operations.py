"""Commands for whoever runs the installation: provision, health, backup, restore."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deployments import console, engine
from kbo_core.clock import now
from kbo_core.domain.findings import BlockedError, Finding, block, refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.doctor import examine
from kbo_core.office.office import database_url, open_office
from kbo_core.store.backup import backup_folder, backups, drop_old_backups, restore_backup, take_backup, taken_at

KEEP = 14
_STALE = timedelta(days=2)
_PORTAL_SECONDS = 60  # its health looks at every invariant


def register(app: typer.Typer) -> None:
    """Add the commands that stand alone."""
    app.command()(provision)
    app.command()(health)
    app.command()(backup)
    app.command()(restore)


def provision() -> None:
    """Bring the Prefect server (PREFECT_API_URL, else this home's) to the plan; again changes nothing."""
    engine.connect(console.home())
    if "PREFECT_API_URL" not in os.environ:
        raise refused(
            "prefect-unreachable",
            str(console.home()),
            "ไม่มีเซิร์ฟเวอร์ Prefect ของสำนักงานนี้ เปิด kbo serve ก่อน หรือกำหนด PREFECT_API_URL",
            "no Prefect server serves this home: start kbo serve, or set PREFECT_API_URL",
        )
    from deployments.provision import provision as bring

    done = asyncio.run(bring())
    console.report(
        {"status": "ok", **vars(done)},
        lambda: console.table(
            "เซิร์ฟเวอร์ Prefect เป็นไปตามแผน",
            ("สิ่งที่ทำ", "รายการ"),
            [
                ("สร้างใหม่", ", ".join(done.created) or "-"),
                ("ปรับ", ", ".join(done.changed) or "-"),
                ("เลิกใช้", ", ".join(done.removed) or "-"),
                ("เหมือนเดิม", ", ".join(done.unchanged) or "-"),
            ],
        ),
    )


def health() -> None:
    """Is everything that serves this home ready: Prefect, a worker, the portal, the store, a fresh backup?"""
    home = console.home()
    served = engine.serving(home)
    faults: list[Finding] = []
    if served is None:
        faults.append(
            block(
                "not-serving",
                str(home),
                "ยังไม่ได้เปิดให้บริการ หรือเซิร์ฟเวอร์ Prefect ไม่ตอบ เปิดด้วย kbo serve",
                "nothing serves this home, or Prefect's server does not answer: start kbo serve",
            )
        )
    else:
        faults += [*_worker_faults(served["api_url"]), *_portal_faults(served["portal"])]
    checked, broken = examine(open_office(home))
    faults += broken
    at = now()
    newest = max(filter(None, map(taken_at, backups(backup_folder(home)))), default=None)
    if newest is None or at - newest > _STALE:
        faults.append(
            block(
                "backup-old",
                str(backup_folder(home)),
                f"แฟ้มสำรองล่าสุด: {short_instant(newest) if newest else 'ไม่มี'} สั่ง kbo backup",
                "no backup of the last two days: run kbo backup",
            )
        )
    if faults:
        raise BlockedError(*faults)
    console.report(
        {
            "status": "ok",
            "checked": checked,
            "backup": newest.isoformat() if newest else None,
            "findings": [],
        },
        lambda: console.out.print("พร้อมให้บริการทุกส่วน"),
    )


def backup(
    out: Annotated[Path | None, typer.Option("--out", help="folder for it; else backups/ in the home")] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", help=f"how many stay in the folder (KBO_BACKUP_KEEP; {KEEP})")
    ] = None,
) -> None:
    """Copy the store while it is in use, and delete the oldest copies."""
    home, at = console.home(), now()
    folder = out or backup_folder(home)
    made = take_backup(database_url(home), folder, at)
    dropped = drop_old_backups(folder, keep if keep is not None else kept_count())
    console.report(
        {"status": "ok", "file": str(made), "bytes": made.stat().st_size, "dropped": [old.name for old in dropped]},
        lambda: console.out.print(f"สำรองแล้ว: {made} ({made.stat().st_size:,} ไบต์) ลบของเก่า {len(dropped)} แฟ้ม"),
    )


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="what kbo backup has made")]) -> None:
    """Put a backup in the store's place; refused while this home is being served."""
    home = console.home()
    if engine.serving(home):
        raise refused(
            "being-served",
            str(home),
            "กำลังเปิดให้บริการอยู่ หยุด kbo serve ก่อนแล้วจึงกู้คืน",
            "this home is being served: stop kbo serve first",
        )
    aside = restore_backup(database_url(home), file, now())
    checked, faults = examine(open_office(home))
    if faults:
        raise BlockedError(*faults)
    console.report(
        {"status": "ok", "restored": str(file), "aside": str(aside) if aside else None, "checked": checked},
        lambda: console.out.print(f"กู้คืนจาก {file} แล้ว ตรวจครบทุกข้อ" + (f" ของเดิมเก็บไว้ที่ {aside}" if aside else "")),
    )


def kept_count() -> int:
    """How many backups stay: ``KBO_BACKUP_KEEP``."""
    told = os.environ.get("KBO_BACKUP_KEEP", "")
    return int(told) if told.isdecimal() and int(told) else KEEP


def _worker_faults(api_url: str) -> list[Finding]:
    try:
        answered = httpx.post(f"{api_url}/work_pools/kbo/workers/filter", json={}, timeout=10)
        workers = answered.raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        workers = []
    if any(worker["status"] == "ONLINE" for worker in workers):
        return []
    return [
        block(
            "worker-missing",
            api_url,
            "ไม่มี worker รับงาน ดูแฟ้ม schedules.log แล้วเปิด kbo serve ใหม่",
            "no worker takes runs: look at schedules.log, start kbo serve again",
        )
    ]


def _portal_faults(portal: str) -> list[Finding]:
    try:
        if httpx.get(f"{portal}/health", timeout=_PORTAL_SECONDS).status_code == 200:
            return []
    except httpx.HTTPError:
        pass
    return [
        block(
            "portal-unhealthy",
            portal,
            "พอร์ทัลไม่ตอบหรือพบสิ่งผิดปกติ ดูแฟ้ม portal.log และสั่ง kbo doctor",
            "the portal does not answer or found faults: look at portal.log, run kbo doctor",
        )
    ]
