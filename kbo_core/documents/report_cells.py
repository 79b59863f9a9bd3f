"""The cells of the report: as programs read them, and as people do. No cell can act as a formula."""

import csv
from datetime import date, datetime
from io import StringIO

from kbo_core.documents.report_tables import Cell, ReportTable
from kbo_core.domain.thai_dates import BANGKOK, short_date, short_instant
from kbo_core.domain.thai_text import thai_digits

# The last four are the wide forms, which a spreadsheet takes for the narrow ones.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table_csv(table: ReportTable, *, has_mark: bool = True) -> bytes:
    """A table with its column names, UTF-8; with the byte order mark that Excel wants unless told otherwise.

    A cell that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig" if has_mark else "utf-8")


def plain(cell: Cell) -> str:
    """A cell for programs: instants with Bangkok's offset, no value as an empty text."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(BANGKOK).isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA_STARTS) else text


def said(cell: Cell) -> str:
    """A cell for people: Buddhist dates, yes or nothing."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ใช่" if cell else ""
    if isinstance(cell, datetime):
        return short_instant(cell)
    if isinstance(cell, date):
        return short_date(cell)
    return str(cell)


def printed(cell: Cell) -> str:
    """A cell on paper: numbers and dates in Thai digits, ids and names as they are, nothing as a dash."""
    text = said(cell)
    if isinstance(cell, datetime):
        text = text.removesuffix(" น.") + "\u00a0น."  # never parted from its clock time
    return (text if isinstance(cell, str) else thai_digits(text)) or "–"
