"""``kbo cycle rehearse``: the whole cycle on a simulated clock, before the office lives through it."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deployments import console
from deployments.rehearsal.acts import Script, read_script
from deployments.rehearsal.chance import draw_script
from deployments.rehearsal.run import OnTo, Rehearsal, rehearse
from deployments.rehearsal.surroundings import remembering
from kbo_core.domain.findings import refused
from kbo_core.domain.thai_dates import bangkok_day, short_date
from kbo_core.office.definitions import read_definition
from kbo_core.office.loads import screen_here
from kbo_core.office.results import json_bytes
from kbo_core.office.screening import write_outputs

BROKEN = 3
_SUMMARY = "rehearsal.json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rehearse")(rehearse_)


def rehearse_(
    definition: Annotated[Path, typer.Argument(metavar="CYCLE.yaml", help="the cycle definition")],
    seed: Annotated[int, typer.Option("--seed", help="another number, another year: who answers when and how")] = 1,
    script: Annotated[
        Path | None, typer.Option("--script", help="play these acts instead of the seed's (docs/rehearsal.md)")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="leave everything here: home, log.jsonl, script.yaml, rehearsal.json")
    ] = None,
) -> None:
    """Simulate the whole cycle on the given registers: nothing is sent, nothing of the office is changed."""
    file = read_definition(definition)
    acts = read_script(script) if script else draw_script(file.definition, seed)
    with _room(out) as folder:
        from expectations.validate import validator  # imported where it is used: it takes seconds

        os.environ.pop("KBO_MAIL_FROM", None)  # whose messages they are is not the machine's to say
        validate = remembering(validator())
        with console.err.status("กำลังตรวจทะเบียนและคัดกรอง …"):
            screening = screen_here(console.home(), file, validate)
        home = folder / "home"
        home.mkdir(parents=True)
        with _progress() as on_to:
            told = rehearse(home, f"sqlite:///{home.resolve() / 'kbo.sqlite3'}", screening, validate, acts, on_to)
        if out:
            write_outputs(_files(told, acts, None if script else seed), out)
    _show(told, None if script else seed, out)


@contextmanager
def _room(out: Path | None) -> Iterator[Path]:
    """The folder to rehearse in. Raises RefusedError when it holds anything but an earlier rehearsal."""
    if out is None:
        with tempfile.TemporaryDirectory(prefix="kbo-rehearsal-") as folder:
            yield Path(folder)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / _SUMMARY).is_file():
            raise refused(
                "rehearsal-folder-used",
                str(out),
                "โฟลเดอร์นี้มีแฟ้มอื่นอยู่แล้ว เลือกโฟลเดอร์ว่างด้วย --out",
                "the folder is not empty and not an earlier rehearsal's: choose another with --out",
            )
        shutil.rmtree(out / "home", ignore_errors=True)
    write_outputs({_SUMMARY: b"{}\n"}, out)
    yield out


@contextmanager
def _progress() -> Iterator[OnTo]:
    with Progress(
        TextColumn("[bold]{task.description:<24}[/]"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console.err,
    ) as progress:
        task = progress.add_task("เปิดรอบ", total=None)

        def on_to(done: int, total: int, at: datetime) -> None:
            progress.update(task, completed=done, total=total, description=short_date(bangkok_day(at)))

        yield on_to


def _files(told: Rehearsal, acts: Script, seed: int | None) -> dict[str, bytes]:
    summary = {"seed": seed, **told.as_dict()}
    return {"log.jsonl": told.log, "script.yaml": acts.as_yaml(), _SUMMARY: json_bytes(summary)}


def _show(told: Rehearsal, seed: int | None, out: Path | None) -> None:
    status = "broken" if told.findings else "ok"
    console.report(
        {"status": status, "seed": seed, "out": str(out) if out else None, **told.as_dict()},
        lambda: _table(told, seed, out),
    )
    if told.findings:
        console.show_findings(told.findings)
        console.err.print(
            "พบข้อผิดพลาดของระบบจากการซ้อม โปรดแจ้งผู้ดูแลพร้อมเลข --seed หรือแฟ้มบท (an invariant broke: a bug of ours)"
        )
        raise typer.Exit(BROKEN)


def _table(told: Rehearsal, seed: int | None, out: Path | None) -> None:
    console.table(
        f"ซ้อมรอบ {told.cycle_id}" + (f" · seed {seed}" if seed is not None else " · ตามบท"),
        ("อำเภอ", "ทำอะไร", "จบอย่างไร", "เลือก/จัดสรร"),
        [(line.district.label, line.did_th, line.ended_th, f"{line.picked}/{line.quota}") for line in told.lines],
    )
    counts = told.counts
    console.out.print(
        f"{counts['acts']} เหตุการณ์ · {counts['turns']} รอบติดตาม · ส่งข้อความ {counts['messages_sent']} ฉบับ · "
        f"รายงาน {counts['reports']} ฉบับ · ตรวจความถูกต้อง {len(told.looked)} ข้อ พบข้อผิดพลาด {len(told.findings)} ข้อ",
        markup=False,
    )
    if out:
        console.out.print(f"ผลทั้งหมดอยู่ที่ {out}", markup=False)
