"""``kbo cycle update-list``: a participant list that changed after the opening."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from kbo_core.clock import now
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import refused
from kbo_core.domain.flips import VERDICTS_TH
from kbo_core.office.lists import Affected, NewList, Update, tell_districts, update_list
from kbo_core.office.office import open_office
from kbo_core.office.settling import Given

_TIERS_TH = {"1": "ข้อ ๑ ๒", "2": "ข้อ ๓ ๔"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("update-list")(update_list_)


def update_list_(
    cycle: str,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="the list's new version, in any format of registers")],
    listed: Annotated[str, typer.Option("--list", help='which list, e.g. "QD 2568"')],
    by: Annotated[str, typer.Option("--by", help="who decides this")],
    reason: Annotated[str, typer.Option("--reason", help="why, e.g. the letter that it came with")],
    same: Annotated[list[str] | None, typer.Option("--same", help="a near match, as named: the same producer")] = None,
    different: Annotated[list[str] | None, typer.Option("--different", help="a near match: another producer")] = None,
    settle: Annotated[list[str] | None, typer.Option("--settle", help="another question that the list raises")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say who would flip; change nothing")] = False,
) -> None:
    """A new version of a participant list: decided anew, who flips, who must be told, who must choose again."""
    from expectations.validate import validator  # imported where it is used: it takes seconds

    office, at = open_office(console.home()), now()
    given = [Given(where, "same", reason) for where in same or []]
    given += [Given(where, "different", reason) for where in different or []]
    with console.err.status("กำลังตัดสินใหม่ตามบัญชีที่ได้รับ …"):
        update = update_list(
            office,
            cycle,
            NewList(listed, file.name, _content(file)),
            validator(),
            at=at,
            by=by,
            reason=reason,
            answers=given,
            settle=settle or [],
            is_dry_run=dry_run,
        )
        # Also when nothing is new: a run that was stopped left packets unsent.
        sent, failed = (0, 0) if dry_run else tell_districts(office, cycle, at)
    told = {"dry_run": dry_run, "sent": sent, "failed": failed}
    console.report({"status": "ok", "cycle": cycle, **told, **_document(update)}, lambda: _show(update, dry_run, sent))
    if failed:
        console.err.print(f"ส่งไม่สำเร็จ {failed} ฉบับ รอบติดตามครั้งถัดไปจะส่งซ้ำ")
    console.show_findings(update.findings)


def _content(file: Path) -> bytes:
    try:
        content = file.read_bytes()
    except OSError:
        raise refused("file-missing", str(file), f"ไม่พบแฟ้ม {file} ตรวจชื่อและที่อยู่", f"no such file: {file}") from None
    if not content:
        raise refused("file-empty", str(file), "แฟ้มนี้ว่างเปล่า (0 ไบต์) ขอแฟ้มใหม่จากผู้ส่ง", "the file is empty")
    return content


def _document(update: Update) -> dict[str, object]:
    return {
        "list": update.listed,
        "sha256": update.sha256,
        "before": update.before,
        "changed": update.is_new,
        "revision": update.revision,
        "flips": [one.as_dict() for one in update.affected],
        "counts": dict(Counter(one.reach.value for one in update.affected)),
        "repairs": list(update.repairs),
        "packets": list(update.packets),
        "findings": [f.as_row() for f in update.findings],
    }


def _show(update: Update, dry_run: bool, sent: int) -> None:
    if not update.is_new:
        console.out.print(f"บัญชี {update.listed} เป็นแฟ้มเดียวกับที่ใช้อยู่ ไม่มีสิ่งใดเปลี่ยนแปลง")
        return
    would = "จะ" if dry_run else ""
    console.table(
        f"บัญชี {update.listed} ฉบับใหม่ · ตัดสินครั้งที่ {update.revision} · ผล{would}เปลี่ยน {len(update.affected)} กลุ่ม",
        ("อำเภอ", "กลุ่ม", "เดิม", "ใหม่", "ถึงขั้น", "เพราะ"),
        [_row(one) for one in update.affected],
    )
    for label, codes in (("ต้องแก้รายชื่อ", update.repairs), ("ได้รับบัญชีฉบับใหม่", update.packets)):
        if codes:
            console.out.print(f"อำเภอที่{would}{label}: " + ", ".join(districts()[code].label for code in codes))
    console.out.print("ลองดูเท่านั้น ไม่มีสิ่งใดเปลี่ยนแปลง" if dry_run else f"บันทึกแล้ว ส่งถึงอำเภอ {sent} ฉบับ")


def _row(one: Affected) -> tuple[str, ...]:
    flip = one.flip
    return (
        districts()[flip.district_code].label if flip.district_code in districts() else flip.district_code,
        f"{flip.producer_id} {flip.producer_name}",
        _standing(flip.before, flip.tier_before),
        _standing(flip.after, flip.tier_after),
        one.reach.th,
        one.why_th,
    )


def _standing(verdict: str, tier: str) -> str:
    return f"{VERDICTS_TH[verdict]} ({_TIERS_TH[tier]})" if tier and verdict == "eligible" else VERDICTS_TH[verdict]
