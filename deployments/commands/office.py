"""``kbo office …``: what an office sets up as its own."""

from typing import Annotated

import typer

from deployments import console
from kbo_core.documents.message_samples import SAMPLES
from kbo_core.documents.message_templates import write_shipped
from kbo_core.office.office import messages_folder, open_office
from kbo_core.office.own_papers import check_own_letters, letters_folder, paper_style, write_letters

app = typer.Typer(help="What an office sets up as its own.", no_args_is_help=True, rich_markup_mode=None)


@app.command("write-wording")
def write_wording() -> None:
    """Write the words of the messages out as files to be edited; files that are there stay as they are."""
    folder = messages_folder(console.home())
    written = write_shipped(folder)
    console.report(
        {"status": "ok", "folder": str(folder), "written": written},
        lambda: console.out.print(
            f"เขียนแม่แบบข้อความ {len(written)} แฟ้มไว้ที่ {folder} แฟ้มที่ไม่แก้ให้ลบออก "
            "เพื่อใช้ข้อความของระบบต่อไป แก้แล้วสั่ง kbo office check-wording",
            markup=False,
        ),
    )


@app.command("check-wording")
def check_wording(
    show: Annotated[bool, typer.Option("--show", help="print every message as it would read")] = False,
) -> None:
    """Try the office's own words on sample facts of every message; nothing is sent."""
    wording = open_office(console.home()).wording
    wording.check()
    said = {name: say(wording) for name, say in SAMPLES.items()}
    console.report(
        {"status": "ok", "messages": [{"sample": n, "subject": s, "body": b} for n, (s, b) in said.items()]},
        lambda: console.out.print(f"ข้อความใช้ได้ทุกแบบ ({len(said)} ตัวอย่าง)"),
    )
    if show and not console.wants_json():
        for name, (subject, body) in said.items():
            console.out.print(f"\n── {name}\n{subject}\n\n{body}", markup=False)


@app.command("write-letters")
def write_letters_() -> None:
    """Write the Word templates of the letters out to be edited; files that are there stay as they are."""
    home = console.home()
    written = write_letters(home, paper_style())
    console.report(
        {"status": "ok", "folder": str(letters_folder(home)), "written": written},
        lambda: console.out.print(
            f"เขียนแม่แบบหนังสือ {len(written)} แฟ้มไว้ที่ {letters_folder(home)} แฟ้มที่ไม่แก้ให้ลบออก "
            "เพื่อใช้แม่แบบของระบบต่อไป แก้แล้วสั่ง kbo office check-letters",
            markup=False,
        ),
    )


@app.command("check-letters")
def check_letters() -> None:
    """Try the office's own Word templates on sample facts; nothing is drafted."""
    own = check_own_letters(console.home())
    console.report(
        {"status": "ok", "own": own},
        lambda: console.out.print(f"แม่แบบหนังสือใช้ได้ แม่แบบของสำนักงาน: {', '.join(own) or 'ไม่มี'}", markup=False),
    )
