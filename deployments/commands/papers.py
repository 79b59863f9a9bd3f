"""``kbo cycle letters`` and ``kbo cycle follow-up``: drafts for a person to edit, number and sign."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from deployments import console
from kbo_core.clock import now, parse_now
from kbo_core.domain.reminder_plan import Urgency
from kbo_core.office.drafting import covering_letters, follow_up_letter, overdue
from kbo_core.office.office import open_office
from kbo_core.office.own_papers import paper_style

Districts = Annotated[list[str] | None, typer.Option("--district", help="a district's code; else all that it concerns")]
Out = Annotated[Path, typer.Option("--out", help="folder for the drafts")]
Form = Annotated[str, typer.Option("--form", help="letter | memorandum (KBO_LETTER_FORM)")]
Digits = Annotated[str, typer.Option("--digits", help="thai | arabic (KBO_LETTER_DIGITS)")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("letters")(letters)
    app.command("follow-up")(follow_up)


def letters(
    cycle: str, out: Out = Path("letters"), district: Districts = None, form: Form = "", digits: Digits = ""
) -> None:
    """The covering letter of each district as Word and PDF drafts; nothing is sent."""
    office, style = open_office(console.home()), paper_style(form, digits)
    _write(out, covering_letters(office, cycle, district or [], style))


def follow_up(
    cycle: str,
    until: Annotated[str, typer.Option("--until", help="the new limit, e.g. 2025-06-20T16:30")],
    out: Out = Path("letters"),
    district: Districts = None,
    urgency: Annotated[Urgency, typer.Option("--urgency", help="the grade that is stamped")] = Urgency.ORDINARY,
    digits: Digits = "",
) -> None:
    """A letter to the districts that are overdue, with a new limit, as Word and PDF drafts; nothing is sent."""
    try:
        limit = parse_now(until)
    except ValueError:
        raise typer.BadParameter("--until is a day and a time, e.g. 2025-06-20T16:30") from None
    office = open_office(console.home())
    facts = overdue(office, cycle, district or [], until=limit, urgency=urgency.th, at=now())
    _write(out, follow_up_letter(office, facts, paper_style(digits=digits)))


def _write(out: Path, drafts: Iterable[tuple[str, bytes]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    names = []
    for name, content in drafts:
        (out / name).write_bytes(content)
        names.append(name)
    console.report(
        {"status": "ok", "out": str(out), "files": names},
        lambda: console.table(f"ร่างหนังสือ {len(names)} แฟ้ม → {out}", ("แฟ้ม",), [(name,) for name in names]),
    )
