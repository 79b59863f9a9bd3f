"""``kbo circular …``: the letter that starts a cycle."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Annotated, Any

import typer
from ruamel.yaml import YAML

from deployments import console, engine
from deployments.commands.options import By
from kbo_core.circular.difference import diff_definitions
from kbo_core.circular.draft import draft_yaml
from kbo_core.circular.files import open_letter
from kbo_core.circular.questions import Answer, Question, apply_answers, open_questions
from kbo_core.circular.reading import Reading, read_letter
from kbo_core.clock import now
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.definition_checks import definition_findings
from kbo_core.domain.findings import KboError, refused
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.office.circulars import issue_circular, laid_circulars
from kbo_core.office.definitions import read_definition
from kbo_core.office.office import open_office
from kbo_core.office.screening import write_outputs
from tasks.announcing import CIRCULAR_ISSUED, announce, cycle_resource

app = typer.Typer(help="The letter: read it, compare it, issue it.", no_args_is_help=True, rich_markup_mode=None)

Letter = Annotated[Path, typer.Argument(metavar="LETTER", help="the circular: .txt, .md, .docx or a digital .pdf")]
_YAML = (".yaml", ".yml")


@app.command()
def read(
    letter: Letter,
    out: Annotated[Path | None, typer.Option("--out", help="write the draft definition here")] = None,
    interactive: Annotated[bool, typer.Option("--interactive", help="ask the open questions one by one")] = False,
) -> None:
    """A letter becomes a draft definition and findings; each value with its line and quotation."""
    reading = read_letter(open_letter(letter))
    if out is not None:
        if out.exists():
            raise refused(
                "file-exists",
                str(out),
                "มีแฟ้มนี้อยู่แล้ว ระบบไม่เขียนทับคำตอบที่กรอกไว้ ใช้ชื่ออื่น",
                "the file exists; what was answered in it is not overwritten: choose another name",
            )
        text = _settled_yaml(reading) if interactive else draft_yaml(reading, letter.name)
        write_outputs({out.name: text.encode()}, out.parent)
    console.report(reading.as_document(), lambda: _show(reading, out))
    console.show_findings(reading.findings)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="last year's letter or definition")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="this year's")],
) -> None:
    """What changed between two years' circulars or definitions, clause by clause; what must be decided again."""
    difference = diff_definitions(_definition(old), _definition(new))
    console.report(
        {"status": "ok", "rows": [row.as_row() for row in difference.rows], "to_decide": len(difference.to_decide)},
        lambda: console.table(
            f"{old.name} → {new.name} · ต้องตัดสินใจใหม่ {len(difference.to_decide)} เรื่อง",
            ("ต้องตัดสินใจใหม่", "เรื่อง", "ความเปลี่ยนแปลง"),
            [("●" if row.decide_again else "", row.key, row.text_th) for row in difference.rows],
        ),
    )


@app.command()
def issue(
    definition: Annotated[Path, typer.Argument(metavar="CYCLE.yaml", help="the definition that was signed")],
    by: By,
) -> None:
    """Declare a definition issued: its cycle is opened at once where kbo serve runs, else by the next turn."""
    office, at = open_office(console.home()), now()
    issued, is_new = issue_circular(office, definition, at=at, by=by)
    engine.connect(console.home())
    reference = {"path": str(issued.path), "sha256": issued.sha256}
    is_told = announce(
        CIRCULAR_ISSUED, cycle_resource(issued.cycle_id), {"cycle_id": issued.cycle_id, "definition": reference}, at
    )
    console.report(
        {"status": "ok", "cycle": issued.cycle_id, "definition": issued.sha256, "is_new": is_new, "is_told": is_told},
        lambda: console.out.print(
            f"{issued.cycle_id}: "
            + ("ออกหนังสือแล้ว " if is_new else "ออกหนังสือไว้ก่อนแล้ว ")
            + ("ระบบกำลังเปิดรอบ" if is_told else "รอบติดตามถัดไปจะเปิดรอบให้ หรือสั่ง kbo cycle open"),
            markup=False,
        ),
    )


@app.command("list")
def list_() -> None:
    """The definitions in the home's circulars/ and where each stands."""
    laid = laid_circulars(open_office(console.home()))
    console.report(
        {
            "status": "ok",
            "circulars": [
                {
                    "file": str(each.path),
                    "cycle": each.cycle_id,
                    "year": each.programme_year_be,
                    "standing": each.standing.value,
                    "findings": [finding.as_row() for finding in each.findings],
                }
                for each in laid
            ],
        },
        lambda: console.table(
            "แฟ้มกำหนดรอบ",
            ("แฟ้ม", "รอบ", "ปี", "สถานะ"),
            [(e.path.name, e.cycle_id or "-", e.programme_year_be or "-", e.standing.th) for e in laid],
        ),
    )
    for each in laid:
        console.show_findings(each.findings)


def _definition(path: Path) -> dict[str, Any]:
    if path.suffix.lower() in _YAML:
        return read_definition(path).definition.model_dump(mode="json", exclude_defaults=True)
    return read_letter(open_letter(path)).with_clauses()


def _show(reading: Reading, out: Path | None) -> None:
    console.table(
        "อ่านได้จากหนังสือ",
        ("รายการ", "บรรทัด", "ข้อความในหนังสือ"),
        [(key, quote.line, " ".join(quote.text.split())[:90]) for key, quote in reading.quotes.items()],
    )
    if out:
        console.out.print(f"ร่างแฟ้มกำหนดรอบ: {out}")


def _settled_yaml(reading: Reading) -> str:
    """The definition with the answers that a person gives at the terminal; nothing is guessed."""
    console.err.print("ตอบทีละข้อ ข้อใดยังไม่ทราบให้เว้นว่างเหตุผลไว้ ข้อนั้นจะค้างอยู่", style="bold")
    by = typer.prompt("ชื่อผู้ตอบ", err=True).strip()
    definition = apply_answers(reading, list(_answers(open_questions(reading), by)))
    text = StringIO()
    YAML().dump(definition, text)
    try:
        console.show_findings(definition_findings(parse_definition(definition, "คำตอบ")))
    except KboError as unfinished:  # the answers so far are kept; what is missing is said
        console.show_findings(unfinished.findings)
    return text.getvalue()


def _answers(questions: list[Question], by: str) -> Iterator[Answer]:
    for number, question in enumerate(questions, start=1):
        console.err.print(f"\n{number}/{len(questions)} [{question.code}] {question.text_th}", markup=False)
        for hint in question.hints:
            console.err.print(f"    เช่น {hint.value}  ({hint.label_th})", markup=False)
        value = typer.prompt("คำตอบ", default="", show_default=False, err=True).strip() if question.key else ""
        reason = typer.prompt("เหตุผล", default="", show_default=False, err=True).strip()
        if reason:
            yield Answer(question.code, question.where, value, by, bangkok_day(now()), reason)
