"""The consolidated report on paper: as a PDF to sign, as a Word document to edit, its names as CSV."""

from functools import cache

from kbo_core.documents import report_words as words
from kbo_core.documents.paper_style import HOUSE_STYLE
from kbo_core.documents.papers import Audience, DistrictLine, Report
from kbo_core.documents.report_cells import printed, table_csv
from kbo_core.documents.report_chart import time_line
from kbo_core.documents.report_layout import Shown, sections
from kbo_core.documents.report_tables import report_tables
from kbo_core.documents.report_workbook import report_xlsx
from kbo_core.documents.typesetting import typeset
from kbo_core.documents.word_filling import fill
from kbo_core.documents.word_parts import beside, document, paragraph, rows_of, run, table, tag
from kbo_core.documents.wording import DRAFT
from kbo_core.domain.thai_text import thai_digits

__all__ = ["report_csv", "report_docx", "report_pdf", "report_xlsx"]

_SIGNERS = ("เจ้าของเรื่อง", "ผู้อำนวยการกลุ่มงาน", "พัฒนาการจังหวัด")
_DOTS = "." * 40


def report_csv(report: Report, audience: Audience) -> bytes:
    """One line per name, UTF-8 with BOM; no cell of it can act as a formula."""
    return table_csv(report_tables(report, audience)["names"])


def report_pdf(report: Report, audience: Audience) -> bytes:
    """The report as a draft for the three signers: progress, time-line, then every table."""
    values = {
        **_opening(report, audience),
        "progress": [_progress_row(line) for line in report.lines],
        "time_line": time_line(report),
        "sections": [_printed_section(shown) for shown in sections(report, audience)],
    }
    return typeset("report.typ", values, report.made_at)


def report_docx(report: Report, audience: Audience) -> bytes:
    """The same tables to be edited in Word; the charts are in the PDF."""
    shown = sections(report, audience)
    opening = _opening(report, audience)
    values = {**opening, "form_code": opening["provenance"]}
    values |= {f"rows_{n}": [_by_letter(row) for row in section.rows] for n, section in enumerate(shown)}
    template = _template(
        tuple(
            (section.title_th, section.heads, section.shares, section.aligned, section.starts_page) for section in shown
        ),
        audience,
    )
    return fill(template, "report.docx", values, str(opening["title"]), report.made_at)


def _opening(report: Report, audience: Audience) -> dict[str, object]:
    heading = [thai_digits(line) for line in words.heading(report)]
    kind = "ฉบับเผยแพร่ ไม่มีข้อมูลส่วนบุคคล" if audience is Audience.PUBLIC else "ฉบับภายใน มีข้อมูลผู้ประสานงาน ห้ามเผยแพร่"
    return {
        "title": " ".join([*heading, f"({kind})"]),
        "heading": heading,
        "kind": kind,
        "draft": DRAFT,
        "page_digits": [thai_digits(page) for page in range(1, 200)],
        "basis": [thai_digits(line) for line in words.basis(report)],
        "reopened": [f"เหตุที่ออกฉบับใหม่: {reason}" for reason in report.reopened if audience is Audience.INTERNAL],
        "summary": thai_digits(words.summary(report)),
        "shortage": [thai_digits(line) for line in words.shortage(report)],
        "certificate": words.certificate(report),
        "provenance": words.provenance(report),
        "signers": list(_SIGNERS) if audience is Audience.INTERNAL else [],
    }


def _progress_row(line: DistrictLine) -> dict[str, object]:
    return {
        "name": line.district.name_th,
        "share": min(line.picked / line.quota, 1.0) if line.quota else 1.0,
        "figures": thai_digits(f"{line.picked}/{line.quota}"),
        "submitted": printed(line.submitted_at),
        "timeliness": line.timeliness[1],
        "reminders": thai_digits(line.reminders),
        "state": line.state_th,
    }


def _printed_section(shown: Shown) -> dict[str, object]:
    return {
        "title": shown.title_th,
        "heads": list(shown.heads),
        "shares": list(shown.shares),
        "aligned": list(shown.aligned),
        "rows": shown.rows,
        "starts_page": shown.starts_page,
    }


def _by_letter(row: list[str]) -> dict[str, str]:
    return {f"c{n}": cell for n, cell in enumerate(row)}


@cache
def _template(
    shown: tuple[tuple[str, tuple[str, ...], tuple[int, ...], tuple[str, ...], bool], ...], audience: Audience
) -> bytes:
    """The Word template of these sections; the rows come with the values."""
    body = [
        tag("for line in heading"),
        paragraph(run("{{ line }}", bold=True), align="center"),
        tag("endfor"),
        paragraph(run("{{ kind }}"), align="center"),
        tag("for line in basis"),
        paragraph(run("{{ line }}"), align="center"),
        tag("endfor"),
        tag("for line in reopened"),
        paragraph(run("{{ line }}"), before=60),
        tag("endfor"),
        paragraph(run("สรุปผล"), style="Heading1"),
        paragraph(run("{{ summary }}"), after=60),
        tag("for line in shortage"),
        paragraph(run("{{ line }}"), after=60),
        tag("endfor"),
        tag("if certificate"),
        paragraph(run("{{ certificate }}", style="Fine"), after=60),
        tag("endif"),
    ]
    for n, (title, heads, shares, aligned, starts_page) in enumerate(shown):
        cells = [f"{{{{ line.c{c} }}}}" for c in range(len(heads))]
        body += [
            paragraph(run(title), style="Heading1", starts_page=starts_page),
            tag(f"if rows_{n}"),
            table(shares, heads, rows_of(f"rows_{n}", cells, aligned)),
            tag("else"),
            paragraph(run("ไม่มี")),
            tag("endif"),
        ]
    if audience is Audience.INTERNAL:
        body += [paragraph(run("")), beside((1, 1, 1), *map(_signature, _SIGNERS)), paragraph(run(""))]
    return document(body, HOUSE_STYLE)


def _signature(role: str) -> list[str]:
    lines = (f"ลงชื่อ {_DOTS[:36]}", f"( {_DOTS} )", role, f"วันที่ {_DOTS[:34]}")
    return [paragraph(run(line), align="center", before=200 if n == 1 else 0) for n, line in enumerate(lines)]
