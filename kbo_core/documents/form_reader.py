"""The form reader: a filled form back as values, found by its printed code and labels.

Rows and columns may have been inserted or moved; only the sheet's words are looked for, never fixed positions. What
could mean two things becomes a finding that names the cell.
"""

import re
import struct
from collections.abc import Sequence
from xml.parsers.expat import ExpatError

from kbo_core.documents.form_delimited import delimited_grid
from kbo_core.documents.form_grids import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Grid, TooFarError
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_layout import NIL_WORD, OWN, Place, Shape
from kbo_core.documents.form_ods_grids import ods_grids
from kbo_core.documents.form_screening import Screened, screen
from kbo_core.documents.form_sheet import FormSheet, cell_text
from kbo_core.documents.form_xls_grids import UnreadableError, xls_grids
from kbo_core.documents.form_xlsx_grids import xlsx_grids
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.submission_words import refusal
from kbo_core.domain.submissions import FORM_CODE, FilledForm
from kbo_core.domain.thai_text import name_key

_CODE = re.compile(rf"(?<![A-Za-z0-9/-]){FORM_CODE.pattern}(?![A-Za-z0-9/])", re.IGNORECASE)
_DASHES = str.maketrans("–—−‐‑", "-----")
_TITLE_YEAR = re.compile(r"ประจำปี(?:งบประมาณ)?(?: พ\.ศ\.)? ?(2[5-6][0-9]{2})")


def read_form(content: bytes, name: str, shapes: Sequence[Shape] = (OWN,)) -> FilledForm:
    """What a district filled in; ``name`` is the file's own, for its ending and for messages.

    ``shapes`` are the kinds of form that may come back, the likeliest first. Raises RefusedError when the file is
    unsafe, unreadable or not our form.
    """
    grids = _grids(screen(content, name), shapes)
    codes = _codes(grids)
    sheet = _form_sheet(grids, shapes, name, has_code=bool(codes))
    if len(codes) > 1:
        raise refusal("form-codes-differ", name, codes=", ".join(sorted(codes)))
    printed = sheet.answer(Place.FORM_CODE)
    if not codes and not printed.text:
        raise refusal("form-code-missing", name)
    code, code_cell = codes.popitem() if codes else (printed.text, printed.cell)
    nil, reason, reporter = (sheet.asked(place) for place in (Place.NIL, Place.REASON, Place.REPORTER))
    district = sheet.answer(Place.DISTRICT)
    return FilledForm(
        form_code=code,
        picks=sheet.picks(),
        nil_cell=nil.cell if nil.text else None,
        is_nil=name_key(nil.text) == name_key(NIL_WORD),
        reason=reason.text,
        reason_cell=reason.cell,
        reporter=reporter.text,
        position=sheet.answer(Place.POSITION).text,
        code_cell=code_cell,
        district=district.text,
        district_cell=district.cell,
        year_be=_year(sheet.grid),
        strays=sheet.strays(),
        findings=sheet.findings,
    )


def _grids(file: Screened, shapes: Sequence[Shape]) -> list[Grid]:
    """Every sheet of a screened file."""
    try:
        if file.kind is Kind.TEXT:
            return [delimited_grid(file.content, file.name, lambda g: max(FormSheet(g, s).known for s in shapes))]
        if file.kind is Kind.XLS:
            return xls_grids(file.content, file.stream)
        return ods_grids(file.parts) if file.kind is Kind.ODS else xlsx_grids(file.parts)
    except TooFarError:
        raise _too_wide(file.name) from None
    except (ExpatError, UnreadableError, KeyError, IndexError, ValueError, struct.error):
        raise refusal("form-unreadable", file.name) from None


def _too_wide(name: str) -> RefusedError:
    return refusal("form-too-wide", name, rows=MAX_ROWS, columns=MAX_COLUMNS, cells=MAX_CELLS)


def _codes(grids: Sequence[Grid]) -> dict[str, str]:
    """The form codes anywhere in the workbook, hidden sheets included, each with the first cell that has it."""
    codes: dict[str, str] = {}
    for grid in grids:
        for place in sorted(grid.texts):
            text = cell_text(grid.texts[place]).translate(_DASHES).replace(" /", "/").replace("/ ", "/")
            for found in _CODE.finditer(text):
                code = f"KBO-3/{found['cycle'].lower()}/{found['district']}/{found['revision']}"
                codes.setdefault(code, grid.address(*place))
    return codes


def _form_sheet(grids: Sequence[Grid], shapes: Sequence[Shape], name: str, *, has_code: bool) -> FormSheet:
    """The one sheet that has both the table and the questions of a kind of form."""
    found, nearly = [], []
    for grid in grids:
        sheets = [FormSheet(grid, shape) for shape in shapes]
        whole = [sheet for sheet in sheets if not sheet.missing]
        found += whole[:1]
        nearly += [sheet for sheet in sheets if sheet.known > 1]
    if len(found) > 1:
        raise refusal("form-sheet-copied", name, sheets=", ".join(sheet.grid.title for sheet in found))
    if not found:
        if nearly and (has_code or nearly[0].is_headed):
            best = max(nearly, key=lambda sheet: sheet.known)
            raise refusal("form-labels-missing", name, labels=", ".join(f"“{label}”" for label in best.missing))
        raise refusal("form-not-ours", name)
    (sheet,) = found
    if len(sheet.headed) > 1:
        cells = ", ".join(sheet.grid.address(*place) for place in sheet.headed)
        raise refusal("form-header-twice", name, cells=cells)
    return sheet


def _year(grid: Grid) -> int | None:
    """The year that the form's title names."""
    years = {int(year) for text in grid.texts.values() for year in _TITLE_YEAR.findall(cell_text(text))}
    return years.pop() if len(years) == 1 else None
