"""Files that are odd but lawful, and faults that must be told, not thrown."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from deployments.cli import run
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.register import QUADRANT_D, ProducerType
from kbo_core.office.definitions import read_definition
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from kbo_core.registry.values import parse_quadrant, parse_type


def rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def screened(province: Path, validate: Validate) -> Screening:
    return screen(read_definition(province), validate)


def verdicts(screening: Screening) -> dict[str, str]:
    table = screening.decided.decisions
    return dict(zip(table["producer_id"], table["verdict"], strict=True))


def test_a_bom_and_a_named_encoding_go_together(province: Path, validate: Validate) -> None:
    """Every cell quoted, a BOM before them: the first column keeps its name, and the producers their ids."""
    before = verdicts(screened(province, validate))
    file = province.parent / "producers.csv"
    lines = [",".join(f'"{cell}"' for cell in line.split(",")) for line in file.read_text("utf-8").splitlines()]
    file.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    rewrite(province, "producers: {path: producers.csv}", "producers: {path: producers.csv, encoding: utf-8}")
    assert verdicts(screened(province, validate)) == before


def test_a_row_with_an_own_id_is_never_lost_to_another_province(province: Path, validate: Validate) -> None:
    """P1 on last year's list, under a wrong province: it counts, and a person is told."""
    listed = province.parent / "kbo-2567.csv"
    listed.write_text("producer_id,producer_name,province\nA1,กลุ่มทอผ้าบ้านห้วยแก้ว,เชียงใหม่\n", encoding="utf-8")
    screening = screened(province, validate)
    assert verdicts(screening)["A1"] == "ineligible"
    assert "province-differs" in {f.code for f in screening.findings}


def test_one_sheet_named_twice_with_other_columns_is_one_sheet(province: Path, validate: Validate) -> None:
    """Producers and products from the same file, each with its own column words."""
    (province.parent / "all.csv").write_text(
        "producer_id,producer_name,producer_type,province,district,ของ,rating_year_be,stars\n"
        "A1,กลุ่มหนึ่ง,กลุ่มผู้ผลิตชุมชน,พะเยา,ปง,ผ้า,2567,3\n"
        "A1,กลุ่มหนึ่ง,กลุ่มผู้ผลิตชุมชน,พะเยา,ปง,หมวก,2567,2\n",
        encoding="utf-8",
    )
    rewrite(province, "producers: {path: producers.csv}", "producers: {path: all.csv}")
    rewrite(province, "products: {path: products.csv}", "products: {path: all.csv, columns: {product_name: ของ}}")
    assert verdicts(screened(province, validate)) == {"A1": "eligible"}


def test_a_list_affirmed_to_be_empty_may_show_its_empty_file(province: Path, validate: Validate) -> None:
    """Headings alone agree with the word; a row does not."""
    empty = province.parent / "qd.csv"
    empty.write_text("producer_name,province\n", encoding="utf-8")
    rewrite(province, "fiscal_year_be: 2568, empty: confirmed", "fiscal_year_be: 2568, path: qd.csv, empty: confirmed")
    assert verdicts(screened(province, validate))["A1"] == "eligible"
    empty.write_text("producer_name,province\nกลุ่มใหม่,พะเยา\n", encoding="utf-8")
    assert run(["cycle", "screen", str(province), "--out", str(province.parent / "out")]) == 3


def test_a_workbook_that_makes_the_parser_panic_is_refused(province: Path, validate: Validate) -> None:
    """A cell reference beyond all columns."""
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as made:
        made.add_worksheet().write_row(0, 0, ["producer_name", "x"])
    broken = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b'r="A1"', b'r="ZZZZZZZZ99999999999"')
            new.writestr(name, content)
    (province.parent / "producers.xlsx").write_bytes(broken.getvalue())
    rewrite(province, "producers: {path: producers.csv}", "producers: {path: producers.xlsx}")
    with pytest.raises(RefusedError):
        screened(province, validate)


@pytest.mark.parametrize("address", ["http://localhost:abc/x.csv", "http://127.0.0.1:1/x.csv"])
def test_an_address_that_leads_nowhere_is_refused(address: str, province: Path, validate: Validate) -> None:
    """With the way out: download it by hand."""
    rewrite(province, "producers: {path: producers.csv}", f'producers: {{path: "{address}"}}')
    with pytest.raises(RefusedError) as caught:
        screened(province, validate)
    assert caught.value.findings[0].code == "download-failed"


def test_results_cannot_be_written_into_a_file(province: Path, tmp_path: Path) -> None:
    """--out names a file: refused, and the file stays."""
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert run(["cycle", "screen", str(province), "--out", str(tmp_path / "taken")]) == 4
    assert (tmp_path / "taken").read_text("utf-8") == "mine"


def test_a_buddhist_year_in_a_date_is_refused_with_the_day_it_means(province: Path) -> None:
    """An officer will type 2567-12-06; the message says 2024-12-06."""
    rewrite(province, "issued_on: 2024-12-06", "issued_on: 2567-12-06")
    with pytest.raises(RefusedError) as caught:
        read_definition(province)
    assert "2024-12-06" in caught.value.findings[0].message_th


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("1. กลุ่มผู้ผลิตชุมชน", ProducerType.GROUP),
        ("(1) กลุ่มผู้ผลิตชุมชน", ProducerType.GROUP),
        ("วิสาหกิจชุมชน (กลุ่มผู้ผลิตชุมชน)", ProducerType.GROUP),
        ("SME (วิสาหกิจขนาดกลางและขนาดย่อม)", ProducerType.SME),
        ("กลุ่มผู้ผลิตชุมชน (SME)", ProducerType.UNKNOWN),
        ("กลุ่มผู้ผลิตชุมชน (ยังไม่ยืนยัน)", ProducerType.UNKNOWN),
    ],
)
def test_a_number_before_a_type_and_a_gloss_that_agrees_are_passed_over(cell: str, kind: ProducerType) -> None:
    """A gloss that says something else leaves the type unknown."""
    assert parse_type(cell) is kind


@pytest.mark.parametrize(
    "cell", ["D (ปรับตัวสู่การพัฒนา)", "กลุ่ม D ปรับตัวสู่การพัฒนา", "Quadrant: D", "กลุ่มปรับตัวเข้าสู่การพัฒนา (Quadrant D)"]
)
def test_quadrant_d_is_known_by_letter_and_name(cell: str) -> None:
    """However the two are put together."""
    assert parse_quadrant(cell) == QUADRANT_D
