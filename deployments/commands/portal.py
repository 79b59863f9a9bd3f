"""What belongs to the portal: links, accounts, and forgetting what is past its time."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from deployments.commands.options import By, Cycle, Reason
from kbo_core.clock import now
from kbo_core.domain.findings import refused
from kbo_core.office import accounts, links
from kbo_core.office.following import districts_asked
from kbo_core.office.office import open_office
from kbo_core.office.posting import send_planned
from kbo_core.office.purging import purge

Name = Annotated[str, typer.Argument(help="the account's name")]


def register(app: typer.Typer, cycle: typer.Typer, office: typer.Typer) -> None:
    """Add the commands, each where it belongs."""
    app.command("purge")(purge_)
    cycle.command("link")(link)
    office.command("add-account")(add_account)
    office.command("remove-account")(remove_account)
    office.command("accounts")(list_accounts)


def link(
    cycle: Cycle,
    by: By,
    reason: Reason,
    district: Annotated[list[str] | None, typer.Option("--district", help="district code; again for more")] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="end the link instead of sending a new one")] = False,
) -> None:
    """Send districts a new link to their desk, which ends the earlier one; without --district, all of them."""
    office, at = open_office(console.home()), now()
    codes = district or districts_asked(office, cycle)
    for code in codes:
        if revoke:
            links.revoke_link(office, cycle, code, at=at, by=by, reason=reason)
        else:
            links.resend_link(office, cycle, code, at=at, by=by, reason=reason)
            send_planned(office, cycle, code, at)
    done = "ยกเลิกลิงก์แล้ว" if revoke else "ส่งลิงก์ใหม่แล้ว"
    console.report(
        {"status": "ok", "cycle": cycle, "districts": codes},
        lambda: console.out.print(f"{done}: {', '.join(codes)}", markup=False),
    )


def add_account(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="operator, approver or auditor (reads only)")],
    province: Annotated[
        str | None, typer.Option("--province", help="province code; without it, every province")
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", help="file with the password, - for stdin; else it is asked for"),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="who adds it")] = "ผู้ดูแลระบบ",
) -> None:
    """Let somebody sign in at the portal, or give an account another password or role."""
    accounts.add_account(open_office(console.home()), name, role, province, _password(password_file), at=now(), by=by)
    console.report(
        {"status": "ok", "account": name, "role": role, "province": province},
        lambda: console.out.print(f"บัญชี {name} ลงชื่อเข้าใช้ได้แล้ว ({accounts.ROLES[role]})", markup=False),
    )


def remove_account(name: Name, by: By, reason: Reason) -> None:
    """Remove an account; whoever is signed in under it is out at once."""
    accounts.remove_account(open_office(console.home()), name, at=now(), by=by, reason=reason)
    console.report({"status": "ok", "account": name}, lambda: console.out.print(f"ลบบัญชี {name} แล้ว", markup=False))


def list_accounts() -> None:
    """Who may sign in at the portal."""
    known = accounts.known_accounts(open_office(console.home()))
    console.report(
        {"accounts": [{"name": a.name, "role": a.role, "province": a.province_code} for a in known]},
        lambda: console.table(
            "บัญชีของหน้าเว็บ",
            ("ชื่อ", "บทบาท", "จังหวัด"),
            [(a.name, accounts.ROLES[a.role], a.province_code or "ทุกจังหวัด") for a in known],
        ),
    )


def purge_(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only tell what is past its time")] = False,
    by: Annotated[str, typer.Option("--by", help="who lets it be forgotten")] = "system",
) -> None:
    """Forget persons' addresses two years after the report, and drafts that nobody touches; the chain holds."""
    done = purge(open_office(console.home()), at=now(), by=by, is_rehearsal=dry_run)
    words = "จะลบ" if dry_run else "ลบแล้ว"
    console.report(
        {"status": "ok", "dry_run": dry_run, "blobs": done.blobs, "drafts": done.drafts},
        lambda: console.out.print(
            f"{words}: ข้อมูลติดต่อและข้อความ {sum(done.blobs.values())} รายการ จาก {len(done.blobs)} รอบ "
            f"และร่างที่ไม่ได้ส่ง {done.drafts} ฉบับ"
        ),
    )


def _password(file: Path | None) -> str:
    """The password, asked for twice or read; never an argument, which others on the machine can see."""
    if file is None:
        return str(typer.prompt("รหัสผ่าน", hide_input=True, confirmation_prompt="รหัสผ่านอีกครั้ง", err=True))
    if str(file) == "-":
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise refused("file-missing", str(file), f"อ่านแฟ้ม {file} ไม่ได้", f"cannot read {file}") from None
