"""Rows that could be taken for others or for nobody's: each counts for whom it names, or somebody is told."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.e2e.test_registers_as_they_are import EMPTY, GROUP, PRODUCTS, Screened, screen, sound
from tests.registry.made.files import as_csv, as_xlsx
from tests.registry.websites import Reply, Website

HEADING = ["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"]
BOTH = [*HEADING, "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"]
ONE, OTHER, THIRD = "กลุ่มทอผ้าบ้านต๊ำ", "กลุ่มปลาส้มแม่ใจ", "กลุ่มจักสานจุน"
SME = "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม"


def group(name: str, district: str, number: str = "", kind: str = GROUP) -> list[str]:
    return [number, name, kind, "พะเยา", district]


def rated(name: str, district: str, number: str = "", kind: str = GROUP, stars: str = "2") -> list[str]:
    return [*group(name, district, number, kind), f"ของ{name}", "2567", stars]


def clause(screened: Screened, code: str) -> dict[str, str]:
    assert screened.code == 0
    return {row["producer_name"]: row[f"clause_{code}"] for row in screened.rows("decisions.csv")}


def test_a_total_in_one_sheet_takes_no_row_of_another(tmp_path: Path) -> None:
    """Producers and products together, a sheet a district: the fourth row is a total here and a group there."""
    sheets: dict[str, Sequence[Sequence[str]]] = {
        "จุน": [
            BOTH,
            rated(ONE, "จุน"),
            rated(OTHER, "จุน"),
            ["", "รวม 2 กลุ่ม"],
            *[rated(f"กลุ่มที่ {n}", "จุน") for n in range(6)],
        ],
        "ปง": [BOTH, rated("กลุ่มก", "ปง"), rated("กลุ่มข", "ปง"), rated(THIRD, "ปง"), rated("กลุ่มค", "ปง")],
    }
    screened = screen(tmp_path, {"producers": {"path": "book.xlsx", "sheet": "*"}}, book__xlsx=as_xlsx(sheets))
    assert set(clause(screened, "1b").values()) == {"pass"}
    assert screened.read("manifest.json")["rows"]["products: book.xlsx"]["kept"] == 12


def test_a_row_set_aside_takes_no_other_where_a_sheet_holds_several_provinces(tmp_path: Path) -> None:
    """Numbers run anew in each province: rows of another with a number that is known here shift no place."""
    elsewhere = [["1", "กลุ่มอื่น", GROUP, "เชียงราย", "พาน", "ของอื่น", "2567", "2"]] * 2
    rows = [BOTH, *elsewhere, rated(ONE, "จุน", "1"), rated(OTHER, "จุน", "2"), ["", "รวม 2 กลุ่ม", "", "พะเยา", "จุน"]]
    rows += [rated(f"กลุ่มที่ {n}", "ปง", str(n)) for n in range(3, 9)]
    screened = screen(tmp_path, {"producers": {"path": "p.csv"}}, p__csv=as_csv(rows))
    assert set(clause(screened, "1b").values()) == {"pass"}
    assert len(clause(screened, "1b")) == 8


@pytest.mark.parametrize("nothing", ["-", "–", "0", "ไม่มี", "#N/A", "N/A", "."])
def test_what_stands_for_no_number_is_none(nothing: str, tmp_path: Path) -> None:
    """Two groups without a number are two; a list's row without one is of the group that it names."""
    producers = [HEADING, group(ONE, "จุน", nothing), group(OTHER, "จุน", nothing), group(THIRD, "ปง", "P3")]
    products = [["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "จังหวัด", "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"]]
    products += [[nothing, name, "พะเยา", "ผ้า", "2567", "2"] for name in (ONE, OTHER, THIRD)]
    listed = [
        ["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "จังหวัด", "อำเภอ"],
        [nothing, OTHER, "พะเยา", nothing],
        [nothing, THIRD, "พะเยา", "ปง"],
    ]
    screened = screen(
        tmp_path,
        {
            "producers": {"path": "p.csv"},
            "products": {"path": "q.csv"},
            "participants": [{"programme": "KBO", "fiscal_year_be": 2567, "path": "l.csv"}, EMPTY[1]],
        },
        p__csv=as_csv(producers),
        q__csv=as_csv(products),
        l__csv=as_csv(listed),
    )
    assert clause(screened, "1b") == {ONE: "pass", OTHER: "pass", THIRD: "pass"}
    assert clause(screened, "2") == {ONE: "pass", OTHER: "fail", THIRD: "fail"}
    assert screened.rows("quarantine.csv") == []
    assert {("producer_id", nothing, ""), ("district", nothing, "")} <= {
        (row["column"], row["before"].lstrip("'"), row["after"])
        for row in screened.rows("repairs.csv")
        if "placeholder" in row["kind"]
    }


def test_a_type_that_another_table_tells_counts_for_each_row_of_the_group(tmp_path: Path) -> None:
    """Beside its products a group stands twice: told otherwise it is unknown, told at all it is known in both rows."""
    rows = [BOTH, rated(ONE, "จุน"), [*rated(ONE, "จุน")[:5], "ของอื่น", "2567", "3"]]
    rows += [rated(OTHER, "ปง", kind=""), [*rated(OTHER, "ปง", kind="")[:5], "ของอื่น", "2567", "3"]]
    types = [["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด"], [ONE, SME, "พะเยา"], [OTHER, GROUP, "พะเยา"]]
    sources: dict[str, Any] = {"producers": {"path": "p.csv"}, "producer_types": {"path": "t.csv"}}
    screened = screen(tmp_path, sources, p__csv=as_csv(rows), t__csv=as_csv(types))
    assert clause(screened, "1a") == {ONE: "unknown", OTHER: "pass"}
    assert "producer-conflict" in screened.codes
    assert "type-unreadable" not in {f["code"] for f in screened.read("findings.json") if OTHER in f["message_th"]}


def test_a_list_in_two_files_is_one_list(tmp_path: Path) -> None:
    """Whoever stands in either has taken part."""
    producers, products = sound()
    files = {f"l{n}__csv": as_csv([["ชื่อผู้ผลิต", "จังหวัด"], [name, "พะเยา"]]) for n, name in enumerate((ONE, OTHER))}
    parts = [{"programme": "KBO", "fiscal_year_be": 2567, "path": f"l{n}.csv"} for n in range(2)]
    sources = {"producers": {"path": "p.csv"}, "products": {"path": "q.csv"}, "participants": [*parts, EMPTY[1]]}
    told = clause(screen(tmp_path, sources, p__csv=producers, q__csv=products, **files), "2")
    assert [name for name, value in told.items() if value == "fail"] == [ONE, OTHER]


def test_rows_of_a_list_that_cannot_be_placed_are_told_of(tmp_path: Path) -> None:
    """Nobody is on the list by them: a person must know, before somebody is chosen again."""
    producers, products = sound()
    names = [ONE, *(f"กลุ่มเก่าที่ {n}" for n in range(9))]
    listed = [["ชื่อผู้ผลิต", "จังหวัด", "อำเภอ"], *[[name, "พะเยา", "จุน"] for name in names], ["รวม 10 กลุ่ม", "พะเยา", ""]]
    listed[1][2] = "เทศบาลเมืองพะเยา"
    sources = {
        "producers": {"path": "p.csv"},
        "products": {"path": "q.csv"},
        "participants": [{"programme": "KBO", "fiscal_year_be": 2567, "path": "l.csv"}, EMPTY[1]],
    }
    screened = screen(tmp_path, sources, p__csv=producers, q__csv=products, l__csv=as_csv(listed))
    assert screened.code == 0
    (told,) = [f for f in screened.read("findings.json") if f["code"] == "list-rows-set-aside"]
    assert "แถวที่ 2)" in told["message_th"]
    assert (told["severity"], told["where"]) == ("warn", "l.csv")


def test_a_workbook_named_for_both_may_have_a_sheet_for_each(tmp_path: Path) -> None:
    """As two files would; with both in one sheet it is still that sheet."""
    products = [["ชื่อผู้ผลิต", "จังหวัด", "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"], [ONE, "พะเยา", "ผ้า", "2567", "2"]]
    books: tuple[dict[str, Sequence[Sequence[str]]], ...] = (
        {"ผู้ผลิต": [HEADING, group(ONE, "จุน")], "ผลิตภัณฑ์": products},
        {"ทั้งหมด": [BOTH, rated(ONE, "จุน")]},
    )
    for n, sheets in enumerate(books):
        folder = tmp_path / str(n)
        folder.mkdir()
        sources = {"producers": {"path": "r.xlsx"}, "products": {"path": "r.xlsx"}}
        assert clause(screen(folder, sources, r__xlsx=as_xlsx(sheets)), "1b") == {ONE: "pass"}


def test_a_quadrant_merged_over_two_groups_is_both_of_theirs(tmp_path: Path) -> None:
    """Whether or not another column has a blank."""
    out = io.BytesIO()
    heading = [*BOTH, "ปีที่จัดกลุ่ม", "Quadrant"]
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("ก")
        for n, row in enumerate([heading, rated(ONE, "จุน"), rated(OTHER, "จุน")]):
            sheet.write_row(n, 0, row)
        sheet.merge_range(1, 8, 2, 8, "2567")
        sheet.merge_range(1, 9, 2, 9, "D")
    screened = screen(tmp_path, {"producers": {"path": "p.xlsx"}}, p__xlsx=out.getvalue())
    assert clause(screened, "3") == {ONE: "pass", OTHER: "pass"}


def test_a_token_in_an_address_is_in_no_result(tmp_path: Path) -> None:
    """Sources, findings and the manifest name the address without it."""
    producers, _ = sound()
    with Website().open() as site:
        address = f"{site.address}/p.csv?token=GEHEIM"
        site.answers["/p.csv?token=GEHEIM"] = site.answers["/p.csv"] = Reply(
            producers + b",,,\r\n", headers={"content-type": "text/csv"}
        )
        screened = screen(tmp_path, {"producers": {"path": address}, "products": {"path": "q.csv"}}, q__csv=PRODUCTS)
    assert screened.code == 0
    assert "token=***" in screened.everything()
    assert "GEHEIM" not in screened.everything()
