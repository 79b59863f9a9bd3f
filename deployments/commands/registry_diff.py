"""``kbo registry diff``: what became of each record from one register to another."""

from pathlib import Path
from typing import Annotated, Any

import typer

from deployments import console
from kbo_core.domain.areas import districts
from kbo_core.domain.record_difference import CHANGES, Difference
from kbo_core.office.loads import CHANGES_TH, RECORDS_TH, Load, compare_loads, difference_files
from kbo_core.office.office import open_office
from kbo_core.office.screening import write_outputs

Named = Annotated[str, typer.Argument(help="a definition file, or a cycle that was opened")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    a: Named,
    b: Named,
    out: Annotated[Path | None, typer.Option("--out", help="folder for differences.csv")] = None,
) -> None:
    """Two registers of one province: which records are new, changed, the same, gone."""
    from expectations.validate import validator  # imported where it is used: it takes seconds

    with console.err.status("กำลังเทียบทะเบียน …"):
        before, after, difference = compare_loads(open_office(console.home()), a, b, validator())
        if out:
            write_outputs(difference_files(difference), out)
    console.report(_document(before, after, difference, out), lambda: _show(before, after, difference, out))


def _document(before: Load, after: Load, difference: Difference, out: Path | None) -> dict[str, Any]:
    return {
        "status": "ok",
        "before": {"name": before.name, "snapshot": before.snapshot_id},
        "after": {"name": after.name, "snapshot": after.snapshot_id},
        "totals": difference.totals,
        "counts": difference.counts.to_dict("records"),
        "differences": difference.rows.to_dict("records"),
        "out": str(out) if out else None,
    }


def _show(before: Load, after: Load, difference: Difference, out: Path | None) -> None:
    if before.snapshot_id == after.snapshot_id:
        console.out.print(f"ทะเบียนเหมือนกันทุกรายการ ({after.snapshot_id[:16]})")
        return
    known = districts()
    console.table(
        f"จังหวัด{after.province.name_th}: {before.name} → {after.name}",
        ("ข้อมูล", "อำเภอ", *(CHANGES_TH[change] for change in CHANGES)),
        [
            (
                RECORDS_TH[row["record"]],
                known[code].label if (code := row["district_code"]) in known else code or "ไม่ทราบ",
                *(row[change] for change in CHANGES),
            )
            for row in difference.counts.to_dict("records")
        ],
    )
    for record, counts in difference.totals.items():
        told = " ".join(f"{CHANGES_TH[change]} {counts[change]}" for change in CHANGES)
        console.out.print(f"{RECORDS_TH[record]}: {told}")
    if out:
        console.out.print(f"รายการทั้งหมด: {out / 'differences.csv'}")
