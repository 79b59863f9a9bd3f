"""The form reader: a filled form back as values, found by its printed code and labels.

Rows may have been inserted or moved; only the sheet's words are looked for, never fixed positions.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import CalamineWorkbook

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form_screening import screen_workbook, unreadable
from kbo_core.domain.findings import RefusedError, refused
from kbo_core.domain.submissions import FORM_CODE, FilledForm, Pick
from kbo_core.domain.thai_text import clean, name_key

Cell = int | float | str | bool | time | date | datetime | timedelta
Grid = list[list[str]]

_FOOT_KEYS = frozenset(name_key(label) for label in layout.FOOT_LABELS)
_DASHES = frozenset("-–—_. ")  # an office writes a dash where there is nothing to say


def read_form(content: bytes, name: str) -> FilledForm:
    """What a district filled in; ``name`` is the file's own, for messages.

    Raises RefusedError when the file is unsafe, unreadable or not our form.
    """
    screen_workbook(content, name)
    sheets = _sheets(content, name)
    form_code = _form_code(sheets, name)
    title, grid = _form_sheet(sheets, name)
    nil_cell, nil = _answer(grid, title, layout.NIL_LABEL)
    reason_cell, reason = _answer(grid, title, layout.REASON_LABEL)
    return FilledForm(
        form_code=form_code,
        picks=tuple(_picks(grid, title)),
        nil_cell=nil_cell if nil else None,
        is_nil=name_key(nil) == name_key(layout.NIL_WORD),
        reason=reason,
        reason_cell=reason_cell,
        reporter=_answer(grid, title, layout.REPORTER_LABEL)[1],
        position=_answer(grid, title, layout.POSITION_LABEL)[1],
    )


def _sheets(content: bytes, name: str) -> dict[str, Grid]:
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            title: [
                [_text(cell) for cell in row] for row in book.get_sheet_by_name(title).to_python(skip_empty_area=False)
            ]
            for title in book.sheet_names
        }
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic inside the parser is not an Exception
        raise unreadable(name) from None


def _text(cell: Cell) -> str:
    """A cell as one line of text; a whole number without a decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = clean(str(cell))
    return "" if set(text) <= _DASHES else text


def _form_code(sheets: dict[str, Grid], name: str) -> str:
    """The code that fills a cell anywhere in the workbook, hidden sheets included."""
    codes = {cell for grid in sheets.values() for row in grid for cell in row if FORM_CODE.fullmatch(cell)}
    if not codes:
        raise _not_our_form(name)
    if len(codes) > 1:
        raise refused(
            "form-codes-differ",
            name,
            f"พบรหัสแบบมากกว่าหนึ่งรหัส ({', '.join(sorted(codes))}) ให้กรอกในแบบที่ได้รับโดยไม่แก้รหัสแบบ",
            f"the workbook carries more than one form code: {', '.join(sorted(codes))}",
        )
    return codes.pop()


def _form_sheet(sheets: dict[str, Grid], name: str) -> tuple[str, Grid]:
    """The one sheet that has both the pick column and the answers' labels."""
    found = [
        (title, grid)
        for title, grid in sheets.items()
        if _place(grid, layout.PICK_HEADER) and _place(grid, layout.NIL_LABEL) and _place(grid, layout.REASON_LABEL)
    ]
    if not found:
        raise _not_our_form(name)
    if len(found) > 1:
        titles = ", ".join(title for title, _ in found)
        raise refused(
            "form-sheet-copied",
            name,
            f"มีแบบรายงานมากกว่าหนึ่งแผ่นงาน ({titles}) ให้เหลือเพียงแผ่นเดียวแล้วส่งใหม่",
            f"more than one sheet holds the form: {titles}",
        )
    return found[0]


def _not_our_form(name: str) -> RefusedError:
    return refused(
        "form-not-ours",
        name,
        "ไม่พบรหัสแบบหรือหัวข้อของแบบรายงาน ให้กรอกในแบบรายงานที่จังหวัดส่งให้ โดยไม่ลบหัวข้อและรหัสแบบ",
        "no printed form code or labels; fill the form that was sent",
    )


def _place(grid: Grid, label: str) -> tuple[int, int] | None:
    """Row and column of the first cell that says the label."""
    key = name_key(label)
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if name_key(cell) == key:
                return row, column
    return None


def _picks(grid: Grid, title: str) -> Iterator[Pick]:
    """The filled cells under the pick header, down to the first label of the foot."""
    place = _place(grid, layout.PICK_HEADER)
    if place is None:
        return
    header_row, column = place
    for row in range(header_row + 1, len(grid)):
        if any(name_key(cell) in _FOOT_KEYS for cell in grid[row]):
            return
        text = grid[row][column]
        if text and name_key(text) != name_key(layout.PICK_HEADER):
            yield Pick(_address(title, row, column), text, text.split(" ", 1)[0])


def _answer(grid: Grid, title: str, label: str) -> tuple[str, str]:
    """The place and text of the answer that stands right of a label."""
    place = _place(grid, label)
    if place is None:
        return "", ""
    row, column = place
    for right in range(column + 1, len(grid[row])):
        if grid[row][right]:
            return _address(title, row, right), grid[row][right]
    return _address(title, row, column + layout.ANSWER_OFFSET), ""


def _address(title: str, row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{title}!{letters}{row + 1}"
