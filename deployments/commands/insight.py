"""``kbo cycle explain`` and ``kbo cycle compare``: why it came out so, and what if. Nothing is changed."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from deployments import console
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.comparison import CHANGES_TH
from kbo_core.domain.explanations import Explanations, Sheet, title_of
from kbo_core.domain.findings import blocking
from kbo_core.domain.truth import Truth
from kbo_core.office.certifying import certificate
from kbo_core.office.comparing import Compared, compare_rounds
from kbo_core.office.explaining import (
    explanation_files,
    find_producer,
    outlooks,
    province_document,
)
from kbo_core.office.rounds import Round, round_of
from kbo_core.office.screening import write_outputs

_TRUTH_TH = {Truth.PASS: "ผ่าน", Truth.FAIL: "ไม่ผ่าน", Truth.UNKNOWN: "ไม่แน่"}
_VERDICT_TH = {"eligible": "เข้าเกณฑ์", "ineligible": "ไม่เข้าเกณฑ์", "unknown": "รอชี้ขาด", "": "-", "absent": "ไม่มีในทะเบียน"}
_SHOWN = 20  # rows of a long list; all of them with --json or --out

Out = Annotated[Path | None, typer.Option("--out", help="write the results into this folder too")]
OneOrOther = "CYCLE.yaml (screened afresh) or the id of an opened cycle (its frozen registers)"


def register(app: typer.Typer) -> None:
    """Add the commands that look and change nothing."""
    app.command()(explain)
    app.command("compare")(compare_)


def explain(
    cycle: Annotated[str, typer.Argument(help=OneOrOther)],
    producer: Annotated[str | None, typer.Argument(help="id or name of one producer; else the whole province")] = None,
    out: Out = None,
) -> None:
    """Why a producer is eligible or not, clause by clause with the rows behind it; or how everybody came out."""
    seen = _round(cycle)
    explained = seen.explained
    if out is not None:
        write_outputs(explanation_files(explained), out)
        console.err.print(f"คำอธิบายรายกลุ่มและรายการเฉียดเกณฑ์ → {out}", markup=False)
    if producer is not None:
        sheet = explained.sheet(find_producer(explained, producer))
        console.report(
            {"status": "ok", "cycle": seen.screening.file.definition.cycle, "sheet": sheet.as_dict()},
            lambda: _show_sheet(sheet),
        )
    else:
        document, issued = province_document(explained), certificate(seen.screening)
        console.report(
            {
                "status": "ok",
                "cycle": seen.screening.file.definition.cycle,
                **document,
                "certificate": issued.as_dict() if issued else None,
            },
            lambda: _show_province(seen, explained, document),
        )
    console.show_findings(blocking(seen.screening.findings))


def compare_(
    before: Annotated[str, typer.Argument(metavar="A", help=OneOrOther)],
    after: Annotated[str, typer.Argument(metavar="B", help="the same, compared with the first")],
    out: Out = None,
) -> None:
    """Who enters and who leaves from one round to another, by district and clause; what was chosen then, judged now."""
    compared = compare_rounds(_round(before), _round(after))
    if out is not None:
        write_outputs(compared.files(), out)
        console.err.print(f"ผลเปรียบเทียบ → {out}", markup=False)
    console.report({"status": "ok", **compared.as_dict()}, lambda: _show_comparison(compared))
    console.show_findings(compared.findings)


def _round(name: str) -> Round:
    from expectations.validate import validator  # imported where it is used: it takes seconds

    with console.err.status("กำลังตรวจทะเบียนและคัดกรอง …"):
        return round_of(name, console.home(), validator())


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    # What stands in square brackets, such as a sheet's name, is no markup.
    console.table(escape(title), columns, [[escape(str(cell)) for cell in row] for row in rows])


def _show_sheet(sheet: Sheet) -> None:
    tier = f" ชั้น {sheet.tier}" if sheet.tier else ""
    _table(
        f"{sheet.producer_name} ({sheet.producer_id}) · {sheet.district_th} · ประเภท: {sheet.type_text or '-'} · "
        f"{sheet.source} แถว {sheet.row} → {_VERDICT_TH[sheet.verdict]}{tier}",
        ("ข้อ", "เงื่อนไขของรอบนี้", "ผล", "เพราะ"),
        [(f"{c.cites} ({c.code})", c.asks_th, _TRUTH_TH[c.value], c.says_th) for c in sheet.clauses],
    )
    _table(
        "ข้อมูลที่ใช้",
        ("ข้อ", "แฟ้ม", "แถว", "ค่าที่พิมพ์", "มีผล", "อ่านว่า"),
        [
            (c.cites, e.source, e.row, " | ".join(e.cells.values()), e.weight.th, e.words_th)
            for c in sheet.clauses
            for e in c.evidence
        ]
        + [
            (c.cites, ", ".join(c.searched_th), "-", "-", "-", "ไม่พบแถวของรายนี้")
            for c in sheet.clauses
            if not c.evidence
        ],
    )
    console.out.print(sheet.reason_th, markup=False)
    for way in sheet.ways:
        console.out.print(f"ทางสู่การเข้าเกณฑ์ (ชั้น {way.tier}): {sheet.way_th(way)}", markup=False)


def _show_province(seen: Round, explained: Explanations, document: dict[str, Any]) -> None:
    definition = seen.screening.file.definition
    ahead = outlooks(explained)
    _table(
        f"{definition.cycle} · จังหวัด{definition.province.name_th} · ผู้ผลิต {document['producers']} ราย",
        ("อำเภอ", "จัดสรร", "เข้าเกณฑ์", "ไม่เข้าเกณฑ์", "รอชี้ขาด", "เฉียดเกณฑ์", "เข้าเกณฑ์น้อยสุด–มากสุด", "คาดว่า"),
        [
            (
                d["district_th"],
                ahead[code].quota if code in ahead else "-",
                *d["verdicts"].values(),
                d["near_misses"],
                f"{ahead[code].least}–{ahead[code].most}" if code in ahead else "-",
                ahead[code].state_th if code in ahead else "-",
            )
            for d in document["districts"]
            for code in (d["district_code"],)
        ],
    )
    _table(
        "ติดข้อใดก่อน",
        ("ข้อ", "เงื่อนไขของรอบนี้", "ไม่เข้าเกณฑ์", "รอชี้ขาด"),
        [
            (
                f"{clause.cites} ({code})",
                clause.asks_th(definition.rules),
                document["first_failing"].get(code, 0),
                document["first_unknown"].get(code, 0),
            )
            for code, clause in CLAUSES.items()
        ],
    )
    near, still = document["near_miss_list"], document["unknown_list"]
    _table(
        f"เฉียดเกณฑ์: ไม่ผ่านเพียงเงื่อนไขเดียว ({document['near_misses']} ราย)",
        ("อำเภอ", "กลุ่ม", "ข้อ", "เพราะ"),
        [
            (
                title_of(row["district_code"]),
                f"{row['producer_name']} ({row['producer_id']})",
                row["cites"],
                row["missing_th"],
            )
            for row in near[:_SHOWN]
        ],
    )
    _table(
        f"รอชี้ขาด ({len(still)} ราย)",
        ("อำเภอ", "กลุ่ม", "ข้อ", "ต้องตอบว่า"),
        [
            (row["district_th"], f"{row['producer_name']} ({row['producer_id']})", row["cites"], row["settles_th"])
            for row in still[:_SHOWN]
        ],
    )
    if issued := certificate(seen.screening):
        console.out.print(issued.text_th(), markup=False)
    if max(len(near), len(still)) > _SHOWN:
        console.out.print(f"แสดง {_SHOWN} แถวแรกของแต่ละรายการ ครบถ้วนด้วย --json หรือ --out")


def _show_comparison(compared: Compared) -> None:
    comparison = compared.comparison
    if compared.definition:
        _table("แฟ้มกำหนดรอบเปลี่ยนไป", ("เรื่อง", "ความเปลี่ยนแปลง"), [(row.key, row.text_th) for row in compared.definition])
    _table(
        f"{compared.before.name} → {compared.after.name}",
        ("อำเภอ", "เข้าเกณฑ์เดิม", "เข้าเพิ่ม", "หลุดออก", "เข้าเกณฑ์ใหม่", "เปลี่ยนชั้น", "กลายเป็นรอชี้ขาด", "ขาดเดิม", "ขาดใหม่"),
        [
            (
                title_of(d["district_code"]),
                d["eligible_before"],
                d["enters"],
                d["leaves"],
                d["eligible_after"],
                d["changes_tier"],
                d["becomes_unknown"],
                *(
                    "-" if n is None else n
                    for n in comparison.shortage.get(d["district_code"], {}).get("short", ("-", "-"))
                ),
            )
            for d in comparison.districts.to_dict("records")
        ],
    )
    was, now = (("เปิด" if is_open else "ปิด") for is_open in comparison.fallback)
    console.out.print(
        f"แนวทางข้อ ๓: {was} → {now} · ผู้ผลิตในทั้งสองทะเบียน {comparison.shared} "
        f"เฉพาะเดิม {comparison.only_before} เฉพาะใหม่ {comparison.only_after}"
    )
    rows = comparison.changes.to_dict("records")
    if rows:
        _table(
            f"รายที่เปลี่ยน ({len(rows)})",
            ("อำเภอ", "กลุ่ม", "เปลี่ยน", "เดิม", "ใหม่", "เพราะ"),
            [
                (
                    title_of(row["district_after"] or row["district_before"]),
                    f"{row['producer_name']} ({row['producer_id']})",
                    CHANGES_TH[row["change"]],
                    f"{_VERDICT_TH[row['verdict_before']]} {row['tier_before']}",
                    f"{_VERDICT_TH[row['verdict_after']]} {row['tier_after']}",
                    row["because_th"],
                )
                for row in rows[:_SHOWN]
            ],
        )
    if compared.backtest is not None:
        _table(
            f"ทดสอบย้อนหลัง: กลุ่มที่เลือกไว้ {len(compared.backtest)} · "
            + (" · ".join(f"{_VERDICT_TH[word]} {count}" for word, count in compared.retried.items()) or "-"),
            ("อำเภอ", "กลุ่ม", "ชั้นที่เลือกไว้", "อีกรอบ", "เหตุผล"),
            [
                (
                    title_of(r.district_code),
                    f"{r.producer_name} ({r.producer_id})",
                    r.tier_then,
                    f"{_VERDICT_TH[r.verdict]} {r.tier}",
                    r.reason_th,
                )
                for r in compared.backtest
            ],
        )
