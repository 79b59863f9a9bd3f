"""Bytes → grids: every cell as its reader sees it, at the row and column where the spreadsheet has it."""

import csv
import io
import zipfile
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.registry.grids import Grid
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.table import read_grids
from kbo_core.registry.well_formed import well_formed_columns
from tests.registry.made.books import odd_cells
from tests.registry.made.files import as_csv, as_xlsx

MADE = Path(__file__).parent / "made"
ROWS = [["ชื่อผู้ผลิต", "จังหวัด"], ["กลุ่มทอผ้า", "พะเยา"], ["กลุ่มปลาส้ม", "เชียงราย"]]
ODD = {
    "odd.xlsx": odd_cells,
    "odd.xls": (MADE / "odd-cells.xls").read_bytes,
    "odd.ods": (MADE / "odd-cells.ods").read_bytes,
}


def grids(name: str, content: bytes, sheet: str | None = None, encoding: str | None = None) -> list[Grid]:
    return read_grids(SourceFile(name, content), Source(path=name, sheet=sheet, encoding=encoding))


def cells(grid: Grid) -> list[list[str]]:
    return [grid.row(n) for n in range(grid.height)]


def text(content: bytes, encoding: str | None = None) -> list[list[str]]:
    [grid] = grids("p.csv", content, encoding=encoding)
    return cells(grid)


def filled(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))


def cell_text(cell: object) -> str:
    """A cell as its reader sees it: a whole number without a decimal point, a date in ISO form."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time | timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def codes(grid: Grid) -> list[str]:
    return [finding.code for finding in grid.findings]


def refusal(content: bytes, name: str = "p.csv", encoding: str | None = None) -> str:
    with pytest.raises(RefusedError) as refused:
        grids(name, content, encoding=encoding)
    [finding] = refused.value.findings
    assert name in finding.where
    return finding.code


# --- workbooks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD)
def test_both_readers_of_workbooks_agree_cell_for_cell(name: str) -> None:
    """The slow reader types each cell; the fast one gives the same text at the same row and column."""
    content = ODD[name]()
    [grid] = grids(name, content, "แปลก")
    slow = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("แปลก")
    assert cells(grid) == [[cell_text(cell) for cell in row] for row in slow.to_python(skip_empty_area=False)]


@pytest.mark.parametrize("name", ODD)
def test_a_cell_reads_as_its_reader_sees_it(name: str) -> None:
    """Whole numbers without a point, days without midnight, hours without a day, text as typed."""
    [grid] = grids(name, ODD[name](), "แปลก")
    shown = [grid.row(n)[2] for n in range(3, 32)]
    for word in ("2567", "1", "0.5", "-3", "2024-12-05", "2024-12-05 08:30:00", "12:00:00", " มีวรรค ", "๒๕๖๗"):
        assert word in shown
    assert "กข" in shown or name == "odd.xls"  # LibreOffice writes 0 for the text of a formula into an XLS
    assert grid.height == 41
    assert grid.row(40) == ["", "", "", "", "", "มุม"]
    assert grid.column(5).cells().tolist() == [row[5] for row in cells(grid)]


@pytest.mark.parametrize("name", ODD)
def test_hidden_sheets_are_read_only_when_named(name: str) -> None:
    """They are told, so that nobody misses them."""
    seen = grids(name, ODD[name]())
    assert [grid.name for grid in seen] == ["แปลก", "ว่าง"]
    assert codes(seen[0]) == ["sheet-hidden"]
    assert "ซ่อนลึก" in seen[0].findings[0].message_th
    [named] = grids(name, ODD[name](), " ซ่อน")
    assert cells(named) == [["ลับ"]]


def test_a_sheet_without_a_cell_is_empty() -> None:
    """And one with a blank cell only as well."""
    [nothing, blank, one] = grids("p.xlsx", as_xlsx({"ก": [], "ข": [[" \n"]], "ค": [["", "x"]]}))
    assert (nothing.is_empty, blank.is_empty, one.is_empty) == (True, True, False)


def test_a_sheet_that_is_not_there_blocks_with_those_that_are() -> None:
    """So that the officer can copy a name."""
    with pytest.raises(BlockedError) as blocked:
        grids("p.xlsx", as_xlsx({"ก": ROWS, "ข": ROWS}), "ค")
    [finding] = blocked.value.findings
    assert (finding.code, "ก, ข" in finding.message_th) == ("sheet-missing", True)


def test_a_stray_cell_in_the_last_corner_is_refused_before_it_takes_all_memory() -> None:
    """With the place to look at; a cell that is only coloured is none, and a wide or a long table is read."""

    def book(row: int, column: int, value: str) -> bytes:
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
            sheet = made.add_worksheet("ก")
            sheet.write_row(0, 0, ROWS[0])
            sheet.write(row, column, value, made.add_format({"bg_color": "yellow"}))
        return out.getvalue()

    assert refusal(book(1_048_575, 16_383, "x"), "p.xlsx") == "sheet-too-large"
    for row, column, value in ((1_048_575, 16_383, ""), (1, 2_000, "x"), (200_000, 1, "x")):
        assert grids("p.xlsx", book(row, column, value))[0].row(0)[:2] == ROWS[0]


@pytest.mark.parametrize(("cell", "is_refused"), [(7, True), (1, False)])
def test_a_stray_cell_in_a_binary_workbook_is_refused_too(cell: int, *, is_refused: bool) -> None:
    """A text in XFD1048576; the same cell merely coloured (kind 1) is none. Sizes may take two bytes."""
    u32 = partial(int.to_bytes, length=4, byteorder="little")
    first = ((148, bytes(200)), (0, u32(0) + bytes(13)), (7, u32(0) + bytes(8)))
    records = (*first, (0, u32(1_048_575) + bytes(13)), (cell, u32(16_383) + bytes(8)))
    sheet = b"".join(
        (bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7]))
        + (bytes([len(content)]) if len(content) < 128 else bytes([len(content) & 127 | 128, len(content) >> 7]))
        + content
        for kind, content in records
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
    # Else the parser's word: this is no whole workbook.
    assert refusal(out.getvalue(), "p.xlsb") == ("sheet-too-large" if is_refused else "file-not-a-spreadsheet")


def test_a_cell_beyond_all_measure_in_a_short_row_is_refused_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """And bytes that are no text in such a row: nothing is printed past the finding."""
    long = ",".join(["ก" * 140_000, "x"]).encode()
    rows = [*ROWS[1:] * 20, ["ก", "ข", "ค"]]
    assert refusal(as_csv(rows) + long + b",,,,\r\n") == "csv-malformed"
    assert refusal(as_csv(rows) + b"\xff\xfe,x,y,z\r\n") == "encoding-wrong"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["p.xlsx", "p.xls", "p.ods", "p.xlsb"])
def test_what_is_no_workbook_is_refused(name: str) -> None:
    """Half a workbook, noise and a text file under its name."""
    for content in (as_xlsx({"ก": ROWS})[:900], b"\x00\x01\x02" * 500, as_csv(ROWS)):
        assert refusal(content, name) == "file-not-a-spreadsheet"


def test_a_workbook_under_a_text_files_name_is_refused() -> None:
    """The remedy is its right name."""
    assert refusal(as_xlsx({"ก": ROWS})) == "file-wrong-kind"


# --- text files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_of_a_thai_text_file_is_found(encoding: str) -> None:
    """By its mark, its zero bytes, or as what it must be."""
    assert text(as_csv(ROWS, encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "tis-620", "utf-16", "utf-16-le"])
def test_a_stated_encoding_is_used(encoding: str) -> None:
    """And nothing is told of it."""
    [grid] = grids("p.csv", as_csv(ROWS, encoding), encoding=encoding)
    assert (cells(grid), grid.findings) == (ROWS, ())


def test_a_mark_before_a_quoted_cell_is_no_part_of_it() -> None:
    """Whether the encoding is stated or not."""
    content = b'\xef\xbb\xbf"a","b"\r\n"1","2"\r\n'
    assert text(content) == text(content, "utf-8") == [["a", "b"], ["1", "2"]]


def test_old_thai_is_told_with_the_key_that_states_it() -> None:
    """The reading is right almost always; a person may confirm it."""
    [grid] = grids("p.csv", as_csv(ROWS, "cp874"))
    [finding] = grid.findings
    assert finding.code == "encoding-detected"
    assert "encoding: cp874" in finding.message_th


@pytest.mark.parametrize(
    "content",
    [
        "nom,ville\r\ncafé,Orléans\r\nnaïf,Besançon\r\n".encode("latin-1"),
        "名称,省\r\n织布组,清迈\r\n竹编组,南奔府\r\n".encode("gbk"),
        "ชื่อ,จังหวัด\r\n".encode() + b"\xff\xfe\xfd",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xff",
    ],
)
def test_other_bytes_are_not_taken_for_old_thai(content: bytes) -> None:
    """French, Chinese, a damaged file and a picture are refused, not read as something."""
    assert refusal(content) == "encoding-wrong"


def test_bytes_that_contradict_the_stated_encoding_are_refused() -> None:
    """The stated encoding wins over what the bytes look like."""
    assert refusal(as_csv(ROWS, "cp874"), encoding="utf-8") == "encoding-wrong"
    assert refusal(as_csv(ROWS, "utf-8"), encoding="cp874") == "encoding-wrong"
    assert refusal(as_csv(ROWS, "utf-16")[:-1], encoding="utf-16") == "encoding-wrong"


@pytest.mark.parametrize("encoding", ["cp-thai", "hex", "utf\0", "rot13"])
def test_a_name_that_is_no_encoding_is_refused(encoding: str) -> None:
    """Codecs that do not make text are none."""
    assert refusal(as_csv(ROWS), encoding=encoding) == "encoding-unknown"


def test_binary_data_is_refused() -> None:
    """Zero characters stand in no table, in narrow and wide encodings."""
    assert refusal(bytes(64)) == "file-not-a-spreadsheet"
    assert refusal(as_csv(ROWS) + b"\0\r\n") == "file-not-a-spreadsheet"
    assert refusal(as_csv([*ROWS, ["\0"]], "utf-16")) == "file-not-a-spreadsheet"


@pytest.mark.parametrize("separator", list(",;\t|"))
def test_the_separator_is_found(separator: str) -> None:
    """Below title rows that have none, around cells that hold the others, quoted or not."""
    others = "".join(sorted(set(",;\t|") - {separator}))
    rows = [["ทะเบียนผู้ผลิต, ปี 2567"], ["ก", "ข", "ค"], [f"x{others}y", "1", "2"], ["a,b;c|d", separator * 5, ""]]
    assert text(as_csv(rows, separator=separator)) == [[*row, "", ""][:3] for row in rows]
    assert text("\n".join(separator.join(row) for row in ROWS).encode()) == ROWS


def test_a_table_of_one_column_needs_no_separator() -> None:
    """Each line is a cell."""
    assert text("ผู้ผลิต\nกลุ่มหนึ่ง\n".encode()) == [["ผู้ผลิต"], ["กลุ่มหนึ่ง"]]


def test_the_separator_that_excel_was_told_is_used() -> None:
    """Its line is no row of the table."""
    assert text("sep=;\r\nก;ข,ค\r\n1;2,3\r\n".encode()) == [["ก", "ข,ค"], ["1", "2,3"]]


def test_short_rows_are_filled_and_long_ones_kept() -> None:
    """The grid is as wide as its widest row."""
    assert text(b"a,b\n1\n1,2,3\n\n4,5\n") == [
        ["a", "b", ""],
        ["1", "", ""],
        ["1", "2", "3"],
        ["", "", ""],
        ["4", "5", ""],
    ]


def test_a_cell_may_hold_line_breaks_and_quotation_marks() -> None:
    """The record counts as one row, as a spreadsheet numbers it."""
    rows = [["ก", "ข"], ["สอง\r\nบรรทัด", 'กลุ่ม "ดี"'], ["ค", "ง"]]
    assert text(as_csv(rows)) == rows


@pytest.mark.parametrize(
    ("content", "line"), [(b'a,b\n1,2\n"3,4\n5,6\n', 3), (b'a,b\n"1\n2",3\n"4"x,5\n', 4), (b'sep=,\na,b\n"1"x,2\n', 3)]
)
def test_broken_quotation_marks_are_refused_with_the_line(content: bytes, line: int) -> None:
    """The line where the record begins, for the fault is noticed only at the end."""
    with pytest.raises(RefusedError) as refused:
        grids("p.csv", content)
    [finding] = refused.value.findings
    assert finding.code == "csv-malformed"
    assert finding.where == f"p.csv: บรรทัดที่ {line}"


_TEXTS = st.text(st.sampled_from("ก1 ,;\n\r\x0b\u2028'\""), max_size=60)
_QUOTED = st.lists(
    st.sampled_from(['"', '""', '"ก"', '"1,\n2"', '"a""b"', "ก", ",", "\r\n", "\n", ";"]), max_size=30
).map("".join)


@settings(max_examples=600)
@given(_TEXTS | _QUOTED, st.sampled_from(",;"))
def test_text_is_divided_at_once_as_the_slow_reader_does(content: str, separator: str) -> None:
    """Line ends of every kind, blank lines, short rows and long ones, quotation marks that pair."""
    columns = well_formed_columns(content.encode(), separator)
    if columns is not None:
        rows = [*csv.reader(io.StringIO(content, newline=""), delimiter=separator, strict=True)]
        width = max(len(columns), *map(len, rows))
        divided = [[column[n].as_py() or "" for column in columns] for n in range(len(columns[0]))]
        assert [filled(row, width) for row in divided] == [filled(row, width) for row in rows]


def test_most_texts_are_divided_at_once() -> None:
    """With and without quotation marks; a mark that does not pair is left to the slow reader."""
    for content in (b"a,b\n1,2\n", b'a,b\r\n"1,\r\n""x""",2\r\n"3"\r\n', b'a,b\n1 "x",2\n', b'"a","b"\n'):
        assert well_formed_columns(content, ",") is not None
    for content in (b'a,b\n"1,2\n', b'a,b\n"1"x,2\n', b"a\nb\n", b"a,\xff\n"):
        assert well_formed_columns(content, ",") is None


def test_odd_rows_far_down_stand_where_they_are() -> None:
    """However many blocks the text is read in."""
    rows = [["กลุ่มผู้ผลิตชุมชนบ้านหนึ่ง", str(n), "x,\n" * 12][: 1 + (n % 1_000 != 7) + (n % 999 != 5)] for n in range(90_000)]
    content = as_csv(rows)
    assert len(content) > 2 * (1 << 22)
    [grid] = grids("p.csv", content)
    assert grid.column(1).cells().tolist() == [row[1] if len(row) > 1 else "" for row in rows]


def test_rows_beyond_one_reading_are_joined() -> None:
    """A late row may be wider; the ones before it are filled."""
    rows = [[f"ก{n % 7}", str(n)] for n in range(9_000)] + [["ข", "1", "เพิ่ม"]]
    [grid] = grids("p.csv", "\r\n".join(["sep=§", *("§".join(row) for row in rows)]).encode())
    assert cells(grid) == [[*row, ""][:3] for row in rows]
    assert len(grid.column(0).words) <= 9
