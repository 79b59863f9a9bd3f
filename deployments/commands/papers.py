"""``kbo cycle covering-letters``: drafts for a person to edit, number and sign."""

from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from deployments.commands.options import Cycle
from kbo_core.office.drafting import covering_letters
from kbo_core.office.office import open_office
from kbo_core.office.own_papers import paper_style
from kbo_core.office.screening import write_outputs


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("covering-letters")(covering_letters_)


def covering_letters_(
    cycle: Cycle,
    out: Annotated[Path, typer.Option("--out", help="folder for the drafts")],
    district: Annotated[list[str] | None, typer.Option("--district", help="a district's code; else all")] = None,
    form: Annotated[str, typer.Option("--form", help="letter | memorandum (KBO_LETTER_FORM)")] = "",
    digits: Annotated[str, typer.Option("--digits", help="thai | arabic (KBO_LETTER_DIGITS)")] = "",
    face: Annotated[
        str, typer.Option("--face", help="Sarabun, or an official face that the office has (KBO_LETTER_FACE)")
    ] = "",
) -> None:
    """The covering letter of each district that has a packet, as drafts in DOCX and PDF for a person to sign."""
    office, style = open_office(console.home()), paper_style(form, digits, face)
    drafts = dict(covering_letters(office, cycle, district or [], style))
    write_outputs(drafts, out)
    console.report(
        {"status": "ok", "cycle": cycle, "files": [str(out / name) for name in drafts]},
        lambda: console.out.print(f"ร่างหนังสือ {len(drafts)} แฟ้มอยู่ที่ {out}: {', '.join(drafts)}", markup=False),
    )
