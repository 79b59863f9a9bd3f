"""``kbo verify``: an evidence bundle, with nothing but the zip and the programme."""

from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from kbo_core.domain.findings import BlockedError, refused
from kbo_core.office.verifying import verify as verify_bundle

_LOOKED_TH = {
    "files": "แฟ้มในชุด",
    "events": "เหตุการณ์ในบันทึก",
    "decisions": "คำตัดสินที่ทำซ้ำ",
    "answers": "แบบที่ตรวจซ้ำ",
    "report rows": "แถวในรายงาน",
    "papers": "เอกสารที่จัดทำซ้ำ",
}


def register(app: typer.Typer) -> None:
    """Add the command, which stands alone."""
    app.command()(verify)


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE.zip", help="the evidence bundle of a report")],
) -> None:
    """Is an evidence bundle as it was issued, and does its report follow from it? No home, no database, no network."""
    try:
        content = bundle.read_bytes()
    except OSError:
        raise refused(
            "file-missing", str(bundle), f"ไม่พบแฟ้ม {bundle} ตรวจชื่อและที่อยู่", f"no such file: {bundle}"
        ) from None
    from expectations.validate import validator  # imported where it is used: it takes seconds

    with console.err.status("กำลังตรวจชุดหลักฐาน: แฟ้ม บันทึก คำตัดสิน แบบรายงาน เอกสาร …"):
        done = verify_bundle(content, validator())
    if done.faults:
        raise BlockedError(*done.findings)
    about = {name: done.about[name] for name in ("cycle", "version", "made_at", "log_head", "made_with")}
    console.report(
        {"status": "ok", **about, "checked": dict(done.looked), "findings": [f.as_row() for f in done.findings]},
        lambda: console.table(
            f"ชุดหลักฐาน {about['cycle']} ฉบับที่ {about['version']}: ไม่ถูกแก้ไข และรายงานเป็นไปตามหลักฐาน",
            ("ตรวจ", "จำนวน"),
            [(_LOOKED_TH.get(name, name), count) for name, count in done.looked.items()],
        ),
    )
    console.show_findings(done.findings)
