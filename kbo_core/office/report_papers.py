"""The papers of a report by name: for the office, for the public, and the letter that it goes with."""

from kbo_core.documents.papers import Audience, Report
from kbo_core.documents.report import report_csv, report_docx, report_pdf, report_xlsx
from kbo_core.documents.report_letter import report_letter_docx, report_letter_pdf
from kbo_core.documents.report_package import report_package


def report_papers(report: Report, letter_template: bytes | None = None) -> dict[str, bytes]:
    """Every file of a report but the evidence bundle; the same report gives the same bytes.

    ``letter_template`` is the office's own for the letter in Word. Raises RefusedError when it cannot be used.
    """
    name = f"{report.cycle}-v{report.version}"
    papers = {
        f"letter-{name}.docx": report_letter_docx(report, letter_template),
        f"letter-{name}.pdf": report_letter_pdf(report),
    }
    for audience in Audience:
        papers |= {
            f"{audience.prefix}report-{name}.xlsx": report_xlsx(report, audience),
            f"{audience.prefix}report-{name}.pdf": report_pdf(report, audience),
            f"{audience.prefix}report-{name}.docx": report_docx(report, audience),
            f"{audience.prefix}report-{name}.csv": report_csv(report, audience),
            f"{audience.prefix}datapackage-{name}.zip": report_package(report, audience),
        }
    return papers
