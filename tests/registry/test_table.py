"""A file → the table of a kind: which sheet, which heading, which rows, and what is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.domain.areas import provinces
from kbo_core.domain.definition import Source
from kbo_core.domain.findings import BlockedError
from kbo_core.registry.headings import PARTICIPANTS, PRODUCERS, PRODUCTS, TableKind
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.table import Table, read_table
from tests.registry.made.books import GROUP, error_cells, province_book
from tests.registry.made.files import Cells, as_csv, as_ods, as_xlsx

MADE = Path(__file__).parent / "made"
HEAD = ["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"]
ROWS = [["กลุ่มทอผ้า", GROUP, "พะเยา", "จุน"], ["กลุ่มปลาส้ม", GROUP, "พะเยา", "ปง"]]
LIST_HEAD, LIST = ["ผู้ผลิต", "จังหวัด"], [["กลุ่มทอผ้า", "พะเยา"], ["กลุ่มปลาส้ม", "น่าน"]]


def table(
    name: str,
    content: bytes,
    kind: TableKind = PRODUCERS,
    *,
    sheet: str | None = None,
    columns: dict[str, str] | None = None,
    supplied: frozenset[str] = frozenset(),
) -> Table:
    return read_table(SourceFile(name, content), Source(path=name, sheet=sheet, columns=columns or {}), kind, supplied)


def csv_table(rows: Cells, kind: TableKind = PRODUCERS, **source: object) -> Table:
    return table("p.csv", as_csv(rows), kind, **source)  # type: ignore[arg-type]


def rows_of(read: Table, *columns: str) -> list[tuple[str, ...]]:
    return [tuple(read.columns[column].cell(n) for column in columns) for n in range(len(read))]


def told(read: Table, code: str) -> str:
    [finding] = [finding for finding in read.findings if finding.code == code]
    assert finding.message_en
    return finding.message_th


def blocked(run: Callable[[], object]) -> dict[str, str]:
    """The message of each place of the one code that blocks, under ``code`` the code."""
    with pytest.raises(BlockedError) as caught:
        run()
    [code] = {finding.code for finding in caught.value.findings}
    return {"code": code} | {finding.where: finding.message_th for finding in caught.value.findings}


# --- rows -----------------------------------------------------------------------------------------------------------


def test_a_table_carries_every_column_of_its_kind_as_typed_and_no_other() -> None:
    """A column that the file lacks is blank; a column that nobody asked for is not there."""
    read = csv_table([[*HEAD, "เลขบัญชี"], [" กลุ่ม  ทอผ้า", GROUP, "จ.พะเยา", "จุน", "123-4"]])
    assert tuple(read.columns) == PRODUCERS.columns
    assert rows_of(read, "producer_name", "province", "phone") == [(" กลุ่ม  ทอผ้า", "จ.พะเยา", "")]
    assert all("123-4" not in column.words for column in read.columns.values())
    assert "เลขบัญชี" in told(read, "columns-unread")


def test_rows_keep_their_numbers_and_only_blank_ones_are_left_out() -> None:
    """Totals, footnotes, a second heading and a row with a cell in an unread column only are rows."""
    body = [
        ROWS[0],
        [" ", "\t"],
        [],
        ["รวม 2 ราย"],
        HEAD,
        ["", "", "", "", "หมายเหตุ"],
        ["", "", "", "", "\u00a0"],
        ROWS[1],
    ]
    read = csv_table([["ทะเบียน"], [], HEAD, *body])
    assert read.rows.tolist() == [4, 7, 8, 9, 11]
    assert [name for (name,) in rows_of(read, "producer_name")] == [
        "กลุ่มทอผ้า", "รวม 2 ราย", "ชื่อผู้ผลิต", "", "กลุ่มปลาส้ม",
    ]  # fmt: skip
    assert (read.places, read.place.tolist()) == (("p.csv",), [0] * 5)


def test_a_heading_alone_is_a_table_without_rows() -> None:
    """An empty list may be affirmed by its file."""
    for name, content in (("p.csv", as_csv([HEAD])), ("p.xlsx", as_xlsx({"ก": [HEAD]}))):
        assert len(table(name, content)) == 0


def test_nothing_at_all_is_no_table() -> None:
    """Neither a workbook without cells nor lines of commas."""
    for name, content in (
        ("p.csv", b",,\n , \n"),
        ("p.xlsx", as_xlsx({"ก": []})),
        ("p.ods", as_ods({"ก": [], "ข": []})),
    ):
        assert blocked(lambda name=name, content=content: table(name, content))["code"] == "table-empty"  # type: ignore[misc]


def test_error_cells_are_seen() -> None:
    """A district that a lookup did not find is not a blank one."""
    files = {f"e{ending}": (MADE / f"error-cells{ending}").read_bytes() for ending in (".xls", ".ods")}
    for name, content in {"e.xlsx": error_cells(), **files}.items():
        read = table(name, content)
        assert rows_of(read, "producer_type", "district") == [(GROUP, "#N/A"), ("#DIV/0!", "จุน")]


# --- a province's own workbook --------------------------------------------------------------------------------------

BOOKS = {
    "b.xlsx": province_book,
    "b.xls": (MADE / "province-book.xls").read_bytes,
    "b.ods": (MADE / "province-book.ods").read_bytes,
    "saved-again.xlsx": (MADE / "saved-again.xlsx").read_bytes,
}


@pytest.mark.parametrize("name", BOOKS)
def test_a_provinces_own_workbook_is_read_as_it_is(name: str) -> None:
    """Titles, a heading in two rows, areas merged over blocks, a blank row, a total, a note, and a sheet of notes."""
    read = table(name, BOOKS[name](), PRODUCTS)
    columns = ("producer_name", "province", "district", "product_name", "rating_year_be", "stars")
    assert read.rows.tolist() == [7, 8, 9, 10, 12, 14, 16]
    assert rows_of(read, *columns)[:5] == [
        ("กลุ่มทอผ้า", "พะเยา", "จุน", "ผ้าพันคอ", "2567", "3"),
        ("กลุ่มทอผ้า", "พะเยา", "จุน", "ผ้าซิ่น", "2567", "4"),
        ("กลุ่มปลาส้ม", "พะเยา", "จุน", "ปลาส้ม", "2567", "2"),
        ("กลุ่มจักสาน", "พะเยา", "ปง", "ตะกร้า", "2567", "1"),
        ("กลุ่มน้ำพริก", "พะเยา", "ปง", "น้ำพริกตาแดง", "2567", "5"),
    ]
    assert rows_of(read, *columns)[5] == ("", "", "", "5 รายการ", "", "")
    assert read.places == (f"{name} [ทะเบียน ปี 2567]",)
    assert "คำชี้แจง" in told(read, "sheet-chosen")


# --- sheets ---------------------------------------------------------------------------------------------------------

TWO: dict[str, Cells] = {"จุน": [HEAD, ROWS[0]], "สรุป": [["รวม", "2"]], "ปง": [["ทะเบียน"], HEAD, [], ROWS[1]]}


@pytest.mark.parametrize("write", [as_xlsx, as_ods])
def test_several_sheets_with_the_heading_are_asked_about(write: Callable[[dict[str, Cells]], bytes]) -> None:
    """The message has both ways out, ready to copy."""
    message = blocked(lambda: table("p.ods", write(TWO)))
    assert message["code"] == "sheet-unclear"
    assert all(word in message["p.ods"] for word in ("จุน, ปง", 'sheet: "จุน"', 'sheet: "*"'))


def test_every_sheet_with_the_heading_is_read_when_asked() -> None:
    """One after the other, each row with its place; what was left out is told."""
    read = table("p.xlsx", as_xlsx(TWO), sheet="*")
    assert rows_of(read, "producer_name", "district") == [("กลุ่มทอผ้า", "จุน"), ("กลุ่มปลาส้ม", "ปง")]
    assert read.places == ("p.xlsx [จุน]", "p.xlsx [ปง]")
    assert (read.place.tolist(), read.rows.tolist()) == ([0, 1], [2, 4])
    assert all(word in told(read, "sheet-chosen") for word in ("จุน (1 แถว)", "ปง (1 แถว)", "สรุป"))


def test_a_named_sheet_is_read_alone() -> None:
    """Blanks in its name do not matter."""
    read = table("p.xlsx", as_xlsx(TWO), sheet=" ป ง")
    assert (read.places, read.findings) == (("p.xlsx [ปง]",), ())


def test_no_sheet_with_the_heading_blocks_by_the_likeliest() -> None:
    """What the best sheet lacks is what the officer must mend."""
    sheets: dict[str, Cells] = {"ก": [["x"]], "ข": [HEAD[:3], ROWS[0][:3]], "ค": [["จังหวัด"], ["พะเยา"]]}
    message = blocked(lambda: table("p.xlsx", as_xlsx(sheets)))
    assert message.keys() == {"code", "p.xlsx: district"}


# --- headings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        (["ชื่อผู้ผลิต", "จังหวัด", "ผลิตภัณฑ์", "ผลการคัดสรร", ""], ["", "", "", "ปี", "ระดับดาว"]),
        (["ชื่อผู้ผลิต", "จังหวัด", "ผลิตภัณฑ์", "การคัดสรร", ""], ["", "", "", "ปี พ.ศ.", "ระดับ"]),
        (["ผู้ผลิต", "", "ผลิตภัณฑ์ OTOP", "", ""], ["ชื่อกลุ่ม", "จังหวัด", "ชื่อผลิตภัณฑ์", "ปี ที่คัดสรร", "ดาว"]),
        (["", "", "", "", ""], ["ชื่อ\nผู้ผลิต *", " จังหวัด:", "ชื่อ ผลิตภัณฑ์", "ปี พ.ศ.\nที่คัดสรรฯ", "ผลการคัดสรรฯ\n(ดาว)"]),
    ],
)
def test_a_heading_in_two_rows_or_with_breaks_is_found(upper: list[str], lower: list[str]) -> None:
    """The word below stands under its group."""
    read = csv_table([["ทะเบียน"], upper, lower, ["กลุ่มหนึ่ง", "พะเยา", "ผ้า", "2567", "3"]], PRODUCTS)
    assert rows_of(read, *PRODUCTS.required) == [("กลุ่มหนึ่ง", "พะเยา", "ผ้า", "2567", "3")]
    assert read.rows.tolist() == [4]


def test_a_row_of_data_is_never_part_of_a_heading() -> None:
    """Even where the heading leaves a cell blank."""
    head = ["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", ""]
    message = blocked(lambda: csv_table([head, ROWS[0], HEAD[3:] * 2]))
    assert message.keys() == {"code", "p.csv: district"}


def test_a_word_that_could_mean_two_things_is_not_guessed() -> None:
    """A bare year, a bare kind."""
    message = blocked(
        lambda: csv_table([["ผู้ผลิต", "จังหวัด", "ผลิตภัณฑ์", "ปี", "ดาว"], ["ก", "พะเยา", "ผ้า", "2567", "3"]], PRODUCTS)
    )
    assert message.keys() == {"code", "p.csv: rating_year_be"}
    message = blocked(lambda: csv_table([["ผู้ผลิต", "จังหวัด", "อำเภอ", "ประเภท"], ["ก", "พะเยา", "จุน", GROUP]]))
    assert message.keys() == {"code", "p.csv: producer_type"}


def test_a_year_in_the_heading_of_the_stars_is_the_year_of_every_row() -> None:
    """Told, and only where one heading names one year and no column has another."""
    head, row = ["ผู้ผลิต", "จังหวัด", "ผลิตภัณฑ์"], ["ก", "พะเยา", "ผ้า"]
    read = csv_table([[*head, "ผลการคัดสรรฯ ปี ๒๕๖๗ (ดาว)"], [*row, "3"], [], [*row, ""]], PRODUCTS)
    assert rows_of(read, "rating_year_be", "stars") == [("2567", "3"), ("2567", "")]
    assert "2567" in told(read, "year-from-heading")
    for more in (["ระดับดาว ปี 2565", "ระดับดาว ปี 2567"], ["ปีที่คัดสรร", "ระดับดาว ปี 2567"]):
        with pytest.raises(BlockedError):
            csv_table([[*head, *more], [*row, "2565", "3"]], PRODUCTS)


def test_a_missing_column_tells_the_ways_out() -> None:
    """Another heading, a position, a value for the whole file, another file."""
    products = blocked(lambda: csv_table([["ผู้ผลิต", "จังหวัด", "ผลิตภัณฑ์", "ดาว"], ["ก", "พะเยา", "ผ้า", "3"]], PRODUCTS))
    assert "values: {rating_year_be: 2567}" in products["p.csv: rating_year_be"]
    assert '"#1"' in products["p.csv: rating_year_be"]
    producers = blocked(lambda: csv_table([["ผู้ผลิต", "จังหวัด", "อำเภอ"], ["ก", "พะเยา", "จุน"]]))
    assert "sources.producer_types" in producers["p.csv: producer_type"]


def test_a_row_of_data_in_place_of_a_heading_shows_no_personal_number() -> None:
    """The finding quotes the first row, which may hold telephones and worse."""
    message = blocked(lambda: csv_table([["กลุ่มทอผ้า", "พะเยา", "081-234-5678", "1-2345-67890-12-3"]]))
    assert "กลุ่มทอผ้า, พะเยา" in message["p.csv: district"]
    assert "5678" not in message["p.csv: district"]
    assert "67890" not in message["p.csv: district"]


def test_what_the_office_supplies_need_not_be_in_the_file() -> None:
    """The column stays blank, for another to fill."""
    read = csv_table([["ผู้ผลิต", "จังหวัด", "อำเภอ"], ["ก", "พะเยา", "จุน"]], supplied=frozenset({"producer_type"}))
    assert rows_of(read, "producer_name", "producer_type") == [("ก", "")]


def test_a_national_id_is_dropped_unread() -> None:
    """Under any heading, in two rows, and where a position asks for it."""
    rows = [[*HEAD, "เลขประจำตัว\nประชาชน"], [*ROWS[0], "1-2345-67890-12-3"]]
    read = csv_table(rows)
    assert "คอลัมน์ที่ 5" in next(f.where for f in read.findings if f.code == "national-id-dropped")
    assert all("1-2345-67890-12-3" not in column.words for column in read.columns.values())
    assert blocked(lambda: csv_table(rows, columns={"producer_id": "#5"}))["code"] == "national-id-column"
    assert blocked(lambda: csv_table(rows, columns={"producer_id": "เลขบัตรประชาชน"}))["code"] == "national-id-column"


# --- positions ------------------------------------------------------------------------------------------------------

PLACES = {"producer_name": "#1", "province": "#2"}


@pytest.mark.parametrize("head", [[], [["ชื่อ", "จว."]], [[]]])
def test_columns_by_position_need_no_heading(head: list[list[str]]) -> None:
    """A first row whose province is none is the heading; else it is a row."""
    read = csv_table([*head, *LIST], PARTICIPANTS, columns=PLACES)
    assert rows_of(read, *PARTICIPANTS.required) == [tuple(row) for row in LIST]
    assert read.rows[0] == len(head) + 1


def test_columns_by_position_go_with_columns_by_heading() -> None:
    """The position wins over what a heading says."""
    read = csv_table(
        [["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "อำเภอ", "จว."], ["ก", GROUP, "จุน", "พะเยา"]], columns={"province": "#๔"}
    )
    assert rows_of(read, "producer_name", "province", "district") == [("ก", "พะเยา", "จุน")]
    read = csv_table([LIST_HEAD[::-1], ["พะเยา", "ก"]], PARTICIPANTS, columns={"producer_name": "#2", "province": "#1"})
    assert (rows_of(read, *PARTICIPANTS.required), read.rows.tolist()) == ([("ก", "พะเยา")], [2])


@pytest.mark.parametrize("place", ["#0", "#9"])
def test_a_position_outside_the_table_blocks(place: str) -> None:
    """With the positions that there are."""
    message = blocked(lambda: csv_table(LIST, PARTICIPANTS, columns=PLACES | {"province": place}))
    assert "#1 ถึง #2" in message["p.csv: columns.province"]


# --- the department's open files ------------------------------------------------------------------------------------

_SOME = [(p.name_th, d.name_th) for p in list(provinces().values())[1:6] for d in p.districts]
REGISTER = [[p, d, f"ตำบล{n}", f"กลุ่มที่ {n}"] for n, (p, d) in enumerate(_SOME)]
STARS = [[f"ผ้า {n}", f"กลุ่มที่ {n}", p, "ผ้า เครื่องแต่งกาย", str(n % 5 + 1)] for n, (p, _) in enumerate(_SOME)]
NO_TYPE, NO_YEAR = frozenset({"producer_type"}), frozenset({"rating_year_be"})


@pytest.mark.parametrize("head", [[], [["a", "b", "c", "d"]], [["PROVINCE_NAME", "AMPHUR", "TAMBON", "OWNER"]]])
def test_the_departments_register_is_known_by_its_content(head: list[list[str]]) -> None:
    """Whatever its headings; short rows stay, and what was read as what is told."""
    read = csv_table([*head, *REGISTER, ["พะเยา"]], supplied=NO_TYPE)
    wanted = [(p, d, t, n) for p, d, t, n in REGISTER]
    assert rows_of(read, "province", "district", "subdistrict", "producer_name") == [*wanted, ("พะเยา", "", "", "")]
    assert "คอลัมน์ที่ 4 = ชื่อผู้ผลิต" in told(read, "layout-by-position")


def test_the_departments_stars_are_known_by_their_content() -> None:
    """The year of the file is the office's to give."""
    read = csv_table([["ก", "ข", "ค", "ง", "ฉ"], *STARS], PRODUCTS, supplied=NO_YEAR)
    assert rows_of(read, "product_name", "producer_name", "province", "category", "stars") == [tuple(r) for r in STARS]
    assert "แถวที่ 1 ถือเป็นหัวตาราง" in told(read, "layout-by-position")


def test_a_file_known_by_content_still_tells_what_it_lacks() -> None:
    """Only that, for the rest was found."""
    assert blocked(lambda: csv_table(REGISTER)).keys() == {"code", "p.csv: producer_type"}
    assert blocked(lambda: csv_table(STARS, PRODUCTS)).keys() == {"code", "p.csv: rating_year_be"}


def _spoilt(rows: Cells, column: int, text: str) -> Cells:
    return [[text if m == column and n % 5 == 0 else cell for m, cell in enumerate(row)] for n, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (PRODUCERS, _spoilt(REGISTER, 0, "ไม่ทราบ")),
        (PRODUCERS, _spoilt(REGISTER, 1, "เทศบาล")),
        (PRODUCERS, [[*row, "x"] for row in REGISTER]),
        (PRODUCERS, [row[::-1] for row in REGISTER]),
        (PRODUCERS, [["อำเภอ", "จังหวัด", "ก", "ข"], *REGISTER]),
        (PRODUCTS, _spoilt(STARS, 4, "ดีมาก")),
        (PRODUCTS, [[*row[:4], ""] for row in STARS]),
        (PARTICIPANTS, REGISTER),
    ],
)
def test_a_file_that_only_looks_like_the_departments_is_not_read_by_position(kind: TableKind, rows: Cells) -> None:
    """One cell in five is wrong, a column more, another order, a heading that says otherwise, another kind."""
    message = blocked(lambda: csv_table(rows, kind, supplied=NO_TYPE | NO_YEAR))
    assert message["code"] == "column-missing"


# --- every format ---------------------------------------------------------------------------------------------------

_WORDS = ["กลุ่ม", "ผ้าทอ", "นำ้", "เเม่", " ", ",", ";", "|", '"', "12", "๓", "-", ".", "\n"]
_CELLS = st.lists(st.sampled_from(_WORDS), max_size=4).map("".join).map(lambda cell: cell if cell.strip() else "")
_BODIES = st.lists(st.lists(_CELLS, min_size=4, max_size=5), max_size=8)


def _as_text(encoding: str, separator: str) -> Callable[[Cells], bytes]:
    return lambda rows: as_csv(rows, encoding, separator)


WRITERS: dict[str, Callable[[Cells], bytes]] = {
    "comma.csv": _as_text("utf-8", ","),
    "semicolon.csv": _as_text("cp874", ";"),
    "tabulator.tsv": _as_text("utf-16", "\t"),
    "bar.txt": _as_text("utf-8-sig", "|"),
    "comma-old.csv": _as_text("cp874", ","),
    "bar-wide.csv": _as_text("utf-16-be", "|"),
    "p.xlsx": lambda rows: as_xlsx({"ก": rows}),
    "p.ods": lambda rows: as_ods({"ก": rows}),
}


@settings(max_examples=60, deadline=None)
@given(body=_BODIES)
def test_one_grid_gives_one_table_in_every_format(body: list[list[str]]) -> None:
    """Encoding, separator and program make no difference to the columns, the words or the numbers of the rows."""
    rows = [["ทะเบียนผู้ผลิต"], [*HEAD, "หมายเหตุ"], *body]
    read = []
    for name, write in WRITERS.items():
        found = table(name, write(rows))
        columns = {column: words.cells().tolist() for column, words in found.columns.items()}
        read.append((columns, found.rows.tolist()))
    assert all(one == read[0] for one in read)
