"""Files as they really arrive: each fault stops with what, where and the remedy in Thai; each good shape is read."""

import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from ruamel.yaml import YAML

from expectations.validate import validator
from kbo_core.domain.findings import BlockedError, KboError, RefusedError
from kbo_core.office.definitions import read_definition
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate

GROUP = "กลุ่มผู้ผลิตชุมชน"
NAMES = ["กลุ่มทอผ้าไหมบ้านต๊ำ", "กลุ่มแปรรูปปลาส้ม", "วิสาหกิจชุมชนจักสานผักตบ", "กลุ่มน้ำพริกร่องไฮ", "ชมรมเห็ดนางฟ้าภูซาง"]
PRODUCERS = [["producer_name", "producer_type", "province", "district"]] + [[n, GROUP, "พะเยา", "จุน"] for n in NAMES]
PRODUCTS = [["producer_name", "province", "product_name", "rating_year_be", "stars"]] + [
    [n, "พะเยา", "ผ้า", "2567", "3"] for n in NAMES
]
THAI_PRODUCERS = [["ชื่อกลุ่มผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ/เขต"], *PRODUCERS[1:]]
THAI_PRODUCTS = [["ชื่อผู้ผลิต", "จังหวัด", "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"], *PRODUCTS[1:]]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"

Table = Sequence[Sequence[Any]]


def csv_text(table: Table) -> str:
    return "".join(",".join(str(cell) for cell in row) + "\r\n" for row in table)


def as_csv(table: Table, encoding: str = "utf-8-sig") -> bytes:
    return csv_text(table).encode(encoding)


def by_openpyxl(sheets: Mapping[str, Table]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        for row in table:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(sheets: Mapping[str, Table]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, table in sheets.items():
        sheet = book.add_worksheet(name)
        for n, row in enumerate(table):
            sheet.write_row(n, 0, row)
    book.close()
    return out.getvalue()


def a_definition() -> dict[str, Any]:
    return {
        "cycle": "kbo-2568-56",
        "programme_year_be": 2568,
        "province_code": "56",
        "circular": {"number": "พย 0019.2/ว 15286", "issued_on": "2024-12-06"},
        "deadline": {"on": "2025-06-04"},
        "rules": {
            "star_year_be": 2567,
            "stars": [1, 3],
            "kbo_exclusion_years_be": [2567],
            "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2568},
        },
        "quota": {"5602": 2},
        "sources": {
            "producers": {"path": "producers.csv"},
            "products": {"path": "products.csv"},
            "participants": [
                {"programme": "KBO", "fiscal_year_be": 2567, "empty": "confirmed"},
                {"programme": "QD", "fiscal_year_be": 2568, "empty": "confirmed"},
            ],
        },
    }


@pytest.fixture(scope="module")
def validate() -> Validate:
    return validator()


Screen = Callable[..., Screening]


@pytest.fixture
def screened(tmp_path: Path, validate: Validate) -> Screen:
    """Screens files on disk: ``producers`` and ``products`` are sources, the rest are the definition's keys."""

    def run(
        files: Mapping[str, bytes] | None = None,
        *,
        producers: Mapping[str, Any] | None = None,
        products: Mapping[str, Any] | None = None,
        definition: Mapping[str, Any] | None = None,
    ) -> Screening:
        given = {"producers.csv": as_csv(PRODUCERS), "products.csv": as_csv(PRODUCTS), **(files or {})}
        for name, content in given.items():
            (tmp_path / name).write_bytes(content)
        data = {**a_definition(), **(definition or {})}
        sources = dict(data["sources"])
        sources |= {"producers": dict(producers)} if producers else {}
        sources |= {"products": dict(products)} if products else {}
        data["sources"] = sources
        with (tmp_path / "cycle.yaml").open("w", encoding="utf-8") as out:
            YAML(typ="safe", pure=True).dump(data, out)
        return screen(read_definition(tmp_path / "cycle.yaml"), validate)

    return run


def says(error: KboError, code: str, where: str, *words: str) -> None:
    """The finding of that code names the place and, in Thai, what to do."""
    found = [finding for finding in error.findings if finding.code == code]
    assert found, [finding.code for finding in error.findings]
    assert where in found[0].where
    assert any("\u0e01" <= letter <= "\u0e5b" for letter in found[0].message_th)
    assert found[0].message_en
    for word in words:
        assert word in found[0].message_th


def with_producers(content: bytes, name: str = "producers.csv", **source: Any) -> dict[str, Any]:
    return {"files": {name: content}, "producers": {"path": name, **source}}


ROWS = PRODUCERS[1:]
_RANDOM = random.Random(7).randbytes(4000)  # noqa: S311 - noise, not a secret
_BOOK = by_openpyxl({"ก": PRODUCERS})


def _a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "not a workbook")
    return out.getvalue()


REFUSED: dict[str, tuple[dict[str, Any], str, str, tuple[str, ...]]] = {
    "a path that leads nowhere": (
        {"producers": {"path": "ไม่มี.csv"}}, "file-missing", "ไม่มี.csv", ("ไม่พบแฟ้ม", "ตรวจชื่อ"),
    ),
    "a path through a file": ({"producers": {"path": "products.csv/x.csv"}}, "file-missing", "products.csv/x.csv", ()),
    "a folder": ({"producers": {"path": "."}}, "file-unreadable", ".", ("เปิดแฟ้มไม่ได้",)),
    "an empty file": (with_producers(b""), "file-empty", "producers.csv", ("ว่างเปล่า", "ขอแฟ้มใหม่")),
    "random bytes as a workbook": (
        with_producers(_RANDOM, "p.xlsx"), "file-not-a-spreadsheet", "p.xlsx", ("บันทึกใหม่เป็น .xlsx",),
    ),
    "half a workbook": (with_producers(_BOOK[: len(_BOOK) // 2], "p.xlsx"), "file-not-a-spreadsheet", "p.xlsx", ()),
    "a zip that is no workbook": (with_producers(_a_zip(), "p.xlsx"), "file-not-a-spreadsheet", "p.xlsx", ()),
    "a CSV named as a workbook": (with_producers(as_csv(PRODUCERS), "p.xlsx"), "file-not-a-spreadsheet", "p.xlsx", ()),
    "random bytes as an old workbook": (with_producers(_RANDOM, "p.xls"), "file-not-a-spreadsheet", "p.xls", ()),
    "random bytes as an ODS": (with_producers(_RANDOM, "p.ods"), "file-not-a-spreadsheet", "p.ods", ()),
    "a workbook named as a CSV": (with_producers(_BOOK), "file-wrong-kind", "producers.csv", ("เปลี่ยนนามสกุล",)),
    "a picture named as a CSV": (with_producers(PNG), "encoding-wrong", "producers.csv", ("บันทึกใหม่",)),
    "zeros as a CSV": (with_producers(bytes(64)), "file-not-a-spreadsheet", "producers.csv", ("บันทึกใหม่",)),
    "text in no Thai encoding": (
        with_producers("ชื่อ,จังหวัด\r\n".encode() + b"\xff\xfe"), "encoding-wrong", "producers.csv",
        ("encoding: cp874", "UTF-8"),
    ),
    "an encoding that nobody knows": (
        with_producers(as_csv(PRODUCERS), encoding="cp-thai"), "encoding-unknown", "producers.csv", ("cp-thai",),
    ),
    "an encoding that is not one of text": (
        with_producers(as_csv(PRODUCERS), encoding="hex"), "encoding-unknown", "producers.csv", ("hex",),
    ),
    "an encoding that Python will not use": (
        with_producers(as_csv(PRODUCERS), encoding="undefined"), "encoding", "producers.csv", (),
    ),
    "quotation marks that do not close": (
        with_producers(as_csv(PRODUCERS) + b'"\xe0\xb8\x81,1\r\n'), "csv-malformed", "producers.csv", ("ผิดรูป",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_by_name_with_the_remedy(case: str, screened: Screen) -> None:
    """Never a traceback: what, where, and what to do about it."""
    given, code, where, words = REFUSED[case]
    with pytest.raises(RefusedError) as refusal:
        screened(**given)
    if code == "encoding":  # which of the two codes does not matter
        code = refusal.value.findings[0].code
        assert code in ("encoding-unknown", "encoding-wrong")
    says(refusal.value, code, where, *words)


def _without(table: Table, column: str) -> Table:
    at = list(table[0]).index(column)
    return [[cell for n, cell in enumerate(row) if n != at] for row in table]


def _bad_rows(bad: int, good: int) -> Table:
    return [
        PRODUCERS[0],
        *[[f"กลุ่มเลี้ยงไก่ที่ {n}", GROUP, "พะเยา", "เทศบาลตำบลจุน"] for n in range(bad)],
        *[[f"กลุ่มเลี้ยงวัวที่ {n}", GROUP, "พะเยา", "จุน"] for n in range(good - len(NAMES))],
        *ROWS,
    ]


_SECOND_NAME = [[*PRODUCERS[0], "ชื่อกลุ่ม"], *[[*row, row[0]] for row in ROWS]]
_LISTS = a_definition()["sources"]["participants"]

BLOCKED: dict[str, tuple[dict[str, Any], str, str, tuple[str, ...]]] = {
    **{
        f"no column {column}": (
            with_producers(as_csv(_without(PRODUCERS, column))),
            "column-missing", f"producers.csv: {column}", (column, "หัวตารางที่พบ", f"columns: {{{column}:"),
        )
        for column in PRODUCERS[0]
    },
    "no star column": (
        {"files": {"products.csv": as_csv(_without(PRODUCTS, "stars"))}}, "column-missing",
        "products.csv: stars", ("stars",),
    ),
    "two columns that could be the name": (
        with_producers(as_csv(_SECOND_NAME)), "column-twice",
        "producers.csv: producer_name", ("columns: {producer_name:",),
    ),
    "columns: with a name that is no column": (
        {"producers": {"path": "producers.csv", "columns": {"stars": "ดาว"}}}, "column-unknown",
        "columns.stars", ("stars",),
    ),
    "columns: with a heading that is not there": (
        {"producers": {"path": "producers.csv", "columns": {"producer_name": "ชื่อ"}}},
        "column-missing", "producers.csv: producer_name", ("producer_name",),
    ),
    "a sheet that is not there": (
        with_producers(by_openpyxl({"ก": PRODUCERS, "ข": PRODUCTS}), "p.xlsx", sheet="ค"), "sheet-missing",
        "p.xlsx", ("ค", "ก, ข"),
    ),
    "several sheets and none named": (
        with_producers(by_openpyxl({"ก": PRODUCERS, "ข": PRODUCERS}), "p.xlsx"), "sheet-unclear",
        "p.xlsx", ("sheet:", "ก, ข"),
    ),
    "headings and no rows": (with_producers(as_csv(PRODUCERS[:1])), "table-empty", "producers.csv", ("ไม่มีข้อมูล",)),
    "products with headings and no rows": (
        {"files": {"products.csv": as_csv(PRODUCTS[:1])}}, "table-empty", "products.csv", ("ไม่มีข้อมูล",),
    ),
    "nothing but blanks": (with_producers(b" , ,\r\n,,\r\n"), "table-empty", "producers.csv", ("ไม่มีข้อมูล",)),
    "a workbook without a cell": (
        with_producers(by_openpyxl({"ก": []}), "p.xlsx"), "table-empty", "p.xlsx", ("ไม่มีข้อมูล",),
    ),
    "more than a fifth set aside": (
        with_producers(as_csv(_bad_rows(3, 11))), "table-unusable", "producers.csv", ("3 จาก 14", "หนึ่งในห้า", "อำเภอ"),
    ),
    "a quota for a district of another province": (
        {"definition": {"quota": {"5602": 1, "5703": 1}}}, "unknown-district",
        "quota.5703", ("5703", "พะเยา", "ตรวจรหัส"),
    ),
    "a quota for no district at all": (
        {"definition": {"quota": {"5602": 1, "5699": 1}}}, "unknown-district", "quota.5699", ("5699",),
    ),
    "the KBO list missing": (
        {"definition": {"sources": {**a_definition()["sources"], "participants": _LISTS[1:]}}},
        "exclusion-list-missing", "KBO-2567", ("KBO ปี 2567", "empty: confirmed"),
    ),
    "the project's list missing": (
        {"definition": {"sources": {**a_definition()["sources"], "participants": _LISTS[:1]}}},
        "exclusion-list-missing", "QD-2568", ("QD ปี 2568", "แนบแฟ้ม"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKED)
def test_a_table_that_cannot_be_used_as_a_whole_blocks_with_the_remedy(case: str, screened: Screen) -> None:
    """A person must settle it; the finding names the column, the sheet, the rows or the key."""
    given, code, where, words = BLOCKED[case]
    with pytest.raises(BlockedError) as blocking:
        screened(**given)
    says(blocking.value, code, where, *words)


def test_exactly_a_fifth_set_aside_does_not_block(screened: Screen) -> None:
    """Three of fifteen rows; one more would."""
    screening = screened(**with_producers(as_csv(_bad_rows(3, 12))))
    assert screening.ingested.counts["producers: producers.csv"]["quarantined"] == 3
    assert len(screening.decided.decisions) == 12


def _yaml(tmp_path: Path, change: Callable[[str], str]) -> Path:
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.dump(a_definition(), out)
    path = tmp_path / "cycle.yaml"
    path.write_text(change(out.getvalue()), "utf-8")
    return path


YAML_FAULTS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "an unknown key": (lambda text: text + "qouta: {'5602': 1}\n", "definition-unknown-key", "qouta"),
    "an unknown key within": (
        lambda text: text.replace("circular:\n", "circular:\n  issued: 2024-12-06\n"), "definition-unknown-key",
        "circular.issued",
    ),
    "a key given twice": (lambda text: text + "cycle: another\n", "definition-unreadable", "บรรทัด"),
    "a district given twice": (
        lambda text: text.replace("quota:\n", "quota:\n  '5602': 1\n"), "definition-unreadable", "บรรทัด",
    ),
    "a missing key": (lambda text: text.replace("cycle: kbo-2568-56\n", ""), "definition-missing-key", "cycle"),
    "a bracket that does not close": (lambda text: text + "settled: [{\n", "definition-unreadable", "บรรทัด"),
    "a tabulator": (lambda text: text + "allocation:\n\tyear_be: 2568\n", "definition-unreadable", "บรรทัด"),
    "a list": (lambda _: "- 1\n- 2\n", "definition-unreadable", "cycle.yaml"),
    "nothing": (lambda _: "", "definition-unreadable", "cycle.yaml"),
    "a tag that would run something": (
        lambda text: text + "settled: !!python/object/apply:os.system ['true']\n",
        "definition-unreadable", "cycle.yaml",
    ),
    "a negative quota": (
        lambda text: text.replace("quota:\n", "quota:\n  '5601': -1\n"), "definition-bad-value", "quota.5601",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", YAML_FAULTS)
def test_a_definition_that_is_not_one_is_refused_by_key_or_line(case: str, tmp_path: Path) -> None:
    """The finding names the key or the line."""
    change, code, where = YAML_FAULTS[case]
    with pytest.raises(RefusedError) as refusal:
        read_definition(_yaml(tmp_path, change))
    says(refusal.value, code, where)


def test_a_definition_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(RefusedError) as refusal:
        read_definition(tmp_path / "none.yaml")
    says(refusal.value, "definition-missing", "none.yaml", "ตรวจ")
    (tmp_path / "cycle.yaml").write_bytes("วงรอบ: 1".encode("cp874"))
    with pytest.raises(RefusedError) as refusal:
        read_definition(tmp_path / "cycle.yaml")
    says(refusal.value, "definition-unreadable", "cycle.yaml", "UTF-8")


# --- the good shapes ------------------------------------------------------------------------------------------------

_TITLES: list[list[str]] = [["ทะเบียนผู้ผลิต OTOP จังหวัดพะเยา"], ["ข้อมูล ณ วันที่ 1 ธันวาคม 2567"], []]
_NUMBERS: list[list[Any]] = [*PRODUCTS[:1], *[[n, p, d, 2567, 3.0] for n, p, d, _, _ in PRODUCTS[1:]]]
_SINGLE: list[list[Any]] = [
    [*THAI_PRODUCERS[0], "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"],
    *[[*row, "ผ้า", 2567, 3] for row in ROWS],
    *[[*row, "ผ้าผืนที่สอง", 2567, 5] for row in ROWS],
]
_OWN_WORDS = [["ผู้ทำ", "ชนิด", "จว.", "อำเภอ"], *ROWS]
_OWN = {"producer_name": "ผู้ทำ", "producer_type": "ชนิด", "province": "จว."}
_BOTH = by_xlsxwriter({"ผู้ผลิต": THAI_PRODUCERS, "ผลิตภัณฑ์": THAI_PRODUCTS})

GOOD: dict[str, dict[str, Any]] = {
    "UTF-8 with a BOM": {},
    "UTF-8 without": with_producers(as_csv(PRODUCERS, "utf-8")),
    "cp874 without its encoding": with_producers(as_csv(PRODUCERS, "cp874")),
    "UTF-16 without its encoding": with_producers(as_csv(PRODUCERS, "utf-16")),
    "another table's sheet beside": with_producers(by_openpyxl({"ก": PRODUCERS, "ข": PRODUCTS}), "p.xlsx"),
    "cp874 with its encoding": with_producers(as_csv(PRODUCERS, "cp874"), encoding="cp874"),
    "UTF-16 with its encoding": with_producers(as_csv(PRODUCERS, "utf-16"), encoding="utf-16"),
    "semicolons": with_producers(csv_text(PRODUCERS).replace(",", ";").encode()),
    "tabulators": with_producers(csv_text(PRODUCERS).replace(",", "\t").encode(), "p.tsv"),
    "short rows and blank rows": with_producers(
        as_csv([*PRODUCERS[:3], [], ["", ""], *PRODUCERS[3:], ["", "", "", ""]])
    ),
    "a workbook of one program": with_producers(by_openpyxl({"ทะเบียน": PRODUCERS}), "p.xlsx"),
    "a workbook of another": with_producers(by_xlsxwriter({"ทะเบียน": PRODUCERS}), "P.XLSX"),
    "numbers as numbers": {"files": {"r.xlsx": by_xlsxwriter({"ก": _NUMBERS})}, "products": {"path": "r.xlsx"}},
    "Thai headings": with_producers(as_csv(THAI_PRODUCERS)) | {"products": {"path": "products.csv"}},
    "headings below title rows": with_producers(by_xlsxwriter({"ก": [*_TITLES, *THAI_PRODUCERS]}), "p.xlsx"),
    "headings below title rows of a CSV": with_producers(as_csv([*_TITLES, *THAI_PRODUCERS])),
    "the office's own headings": with_producers(as_csv(_OWN_WORDS), columns=_OWN),
    "columns: chooses between two": with_producers(as_csv(_SECOND_NAME), columns={"producer_name": "ชื่อกลุ่ม"}),
    "two sheets of one workbook": {
        "files": {"both.xlsx": _BOTH},
        "producers": {"path": "both.xlsx", "sheet": "ผู้ผลิต"},
        "products": {"path": "both.xlsx", "sheet": " ผลิตภัณฑ์"},
    },
    "one sheet for both": {
        "files": {"one.xlsx": by_openpyxl({"ก": _SINGLE})},
        "producers": {"path": "one.xlsx"},
        "products": {"path": "one.xlsx"},
    },
    "one sheet given once": {
        "files": {"one.xlsx": by_xlsxwriter({"ก": _SINGLE})},
        "definition": {"sources": {"products": {"path": "one.xlsx"}, "participants": _LISTS}},
    },
}


@pytest.mark.parametrize("case", GOOD)
def test_every_shape_that_an_office_sends_gives_the_same_decisions(case: str, screened: Screen) -> None:
    """Five groups, each with a product of three stars, whatever the file looks like."""
    screening = screened(**GOOD[case])
    decisions = screening.decided.decisions
    assert sorted(decisions["producer_name"]) == sorted(NAMES)
    assert set(decisions["verdict"]) == {"eligible"}
    assert set(decisions["district_code"]) == {"5602"}
    assert screening.ingested.quarantine.empty


def test_a_quarantined_row_below_title_rows_carries_the_spreadsheets_row_number(screened: Screen) -> None:
    """Whoever corrects the file must find the row where the finding says it is."""
    table = [*_TITLES, *THAI_PRODUCERS, [], ["กลุ่มใหม่", GROUP, "พะเยา", "เทศบาล"]]
    screening = screened(**with_producers(by_openpyxl({"ก": table}), "p.xlsx"))
    assert screening.ingested.quarantine[["source", "row"]].to_numpy().tolist() == [["p.xlsx [ก]", len(table)]]
