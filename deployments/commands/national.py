"""``kbo national …``: all provinces at once."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from deployments import console, engine
from kbo_core.clock import now
from kbo_core.domain.answers import About
from kbo_core.domain.drift import Profile
from kbo_core.domain.findings import BlockedError
from kbo_core.office.loads import last_profile
from kbo_core.office.nation import SUMMARY_COLUMNS, read_definitions, screen_nation
from kbo_core.office.nationwide import nationwide
from kbo_core.office.office import open_office
from kbo_core.office.remembering import at_home, remembered_answers
from kbo_core.office.results import csv_bytes
from kbo_core.office.screening import write_outputs

app = typer.Typer(help="All provinces at once.", no_args_is_help=True, rich_markup_mode=None)
_STATES = {"ready": "พร้อมเปิด", "unsettled": "มีเรื่องต้องตอบก่อน", "blocked": "คัดกรองไม่ได้", "refused": "อ่านแฟ้มไม่ได้"}


@app.callback()
def _group() -> None:
    """All provinces at once."""


@app.command()
def screen(
    cycles: Annotated[Path, typer.Argument(metavar="DIR_OF_CYCLES", help="folder with a definition for each province")],
    out: Annotated[Path, typer.Option("--out", help="folder for the results, one folder in it for each cycle")],
) -> None:
    """Read and judge the registers once, decide every province; nothing is changed (dry run)."""
    from expectations.validate import validator  # imported where it is used: it takes seconds

    files = read_definitions(cycles)
    rows, faults = [], []
    with console.err.status("กำลังตรวจทะเบียนและคัดกรองทุกจังหวัด …") as status:
        answers: dict[About, str] = {}
        lasts: dict[str, Profile] = {}
        with at_home(console.home()) as known:
            for definition in (file.definition for file in files):
                if known is not None:
                    answers |= remembered_answers(known, definition.province_code)
                    if last := last_profile(known, definition):
                        lasts[definition.province_code] = last
        told = screen_nation(files, validator(), console.downloads(), answers, lasts)
        for n, outcome in enumerate(told, start=1):
            rows.append(outcome.as_row())
            status.update(f"คัดกรองแล้ว {n} จาก {len(files)} จังหวัด …")
            if outcome.screening:
                write_outputs(outcome.screening.outputs(), out / outcome.file.definition.cycle)
            if outcome.error:
                faults += outcome.error.findings
    rows.sort(key=lambda row: str(row["province_code"]))
    write_outputs({"summary.csv": csv_bytes(pd.DataFrame(rows), SUMMARY_COLUMNS)}, out)
    if len(faults) and not any(row["state"] in ("ready", "unsettled") for row in rows):
        raise BlockedError(*faults)
    console.report(
        {"status": "ok" if not faults else "partly", "out": str(out), "cycles": rows},
        lambda: console.table(
            f"{len(rows)} จังหวัด → {out}",
            ("จังหวัด", "สถานะ", "จัดสรร", "ชั้นแรก", "เพิ่มเติม", "รอชี้ขาด", "ขาด"),
            [
                (
                    row["province_th"],
                    _STATES[str(row["state"])],
                    *(row[name] for name in ("quota", "tier_1", "tier_2", "unknown", "short")),
                )
                for row in rows
            ],
        ),
    )
    if faults:
        console.show_findings(faults)
        raise typer.Exit(3)


@app.command()
def follow() -> None:
    """One turn of every open cycle, a run a province: collect, remind, send; one table for the nation."""
    open_office(console.home()).database.close()
    engine.connect(console.home())
    from flows.national_cycle import national_cycle

    with console.err.status("กำลังติดตามทุกจังหวัด …"):
        done = engine.run(national_cycle, now().isoformat(), tagged=["nation"])
    console.report(
        {"status": "ok", **done},
        lambda: console.out.print(
            f"ติดตามแล้ว {done['cycles']} จังหวัด: รับ {done.get('accepted', 0)} เตือน {done.get('reminded', 0)} "
            f"ส่งออก {done.get('sent', 0)} ส่งไม่สำเร็จ {done.get('failed', 0)}"
        ),
    )


@app.command()
def status() -> None:
    """Where every province stands, a line each."""
    lines = nationwide(open_office(console.home()), now())
    rows = [line.as_row() for line in lines]
    console.report(
        {"status": "ok", "cycles": [line.as_dict() for line in lines]},
        lambda: console.table(
            f"{len(lines)} รอบ", list(rows[0]) if rows else ("รอบ",), [tuple(row.values()) for row in rows]
        ),
    )
