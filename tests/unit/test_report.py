"""The consolidated report."""

import csv
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO
from typing import Any

import openpyxl

from kbo_core.documents.report import report_csv, report_pdf, report_xlsx
from tests.unit.reading import bare, pages_text, pdf_text
from tests.unit.sample_papers import PHAYAO, QUOTAS, report, reported

DANGEROUS = ("=1+1", "+66", "-2", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")')


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(content: bytes, title: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in openpyxl.load_workbook(BytesIO(content))[title].iter_rows(values_only=True)]


def test_the_csv_has_a_bom_and_the_agreed_columns() -> None:
    """Excel reads the Thai text only with the mark at the start."""
    content = report_csv(report())
    assert content.startswith(b"\xef\xbb\xbforder,district_code,district_th,producer_id,producer_name,tier,products,")
    assert csv_rows(content)[0]["district_th"] == "เมืองพะเยา"


def test_names_stand_in_the_circulars_order_whatever_order_they_came_in() -> None:
    """Code order would put จุน first."""
    turned = replace(report(), names=tuple(reversed(report().names)))
    codes = [row["district_code"] for row in csv_rows(report_csv(turned))]
    assert codes == sorted(codes, key=list(QUOTAS).index)
    assert [row["order"] for row in csv_rows(report_csv(turned))] == [str(n) for n in range(1, 19)]


def test_a_name_of_a_district_outside_the_summary_is_not_lost() -> None:
    """It stands last, so that somebody asks."""
    stray = replace(report(), names=(reported(99, "5701"), *report().names))
    assert csv_rows(report_csv(stray))[-1]["producer_id"] == "P0099"


def test_no_csv_cell_begins_as_a_formula() -> None:
    """An apostrophe stands before each sign that starts one."""
    for text in DANGEROUS:
        first = csv_rows(report_csv(report(first_name=text)))[0]
        assert first["producer_name"] == f"'{text}"


def test_no_workbook_cell_is_a_formula_or_a_link() -> None:
    """Everything but numbers is a string."""
    for text in ("=1+1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x"):
        book = openpyxl.load_workbook(BytesIO(report_xlsx(report(first_name=text))))
        cell = book["รายชื่อ"]["E2"]
        assert (cell.value, cell.hyperlink) == (text, None)
        parts = report_parts(report_xlsx(report(first_name=text)))
        assert b"<f>" not in parts
        assert b"hyperlink" not in parts


def report_parts(content: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/"))


def test_the_summary_sheet_adds_up() -> None:
    """The total row is the sum of the districts."""
    header, *lines, total = sheet_rows(report_xlsx(report()), "สรุป")
    assert header[1] == "อำเภอ"
    assert [line[1] for line in lines][:3] == ["เมืองพะเยา", "แม่ใจ", "ภูกามยาว"]
    for column in (2, 3, 4, 7):
        assert total[column] == sum(line[column] for line in lines)
    assert (total[2], total[4]) == (20, 18)
    assert lines[8][6] == "เกินกำหนด"


def test_the_provenance_sheet_names_every_input_whole() -> None:
    """Hashes are not shortened where they can be copied."""
    values = {row[1] for row in sheet_rows(report_xlsx(report()), "ที่มา")}
    assert {"a" * 64, "b" * 64, "c" * 64} <= values


def test_the_pdf_sums_up_in_one_sentence_computed_from_the_values() -> None:
    """Districts, picks, quota and what is missing."""
    text = pdf_text(report_pdf(report()))
    assert bare("รายงานแล้ว ๙ จาก ๙ อำเภอ") in text
    assert bare("คัดเลือกกลุ่มเป้าหมายแล้ว ๑๘ กลุ่ม จากจำนวนจัดสรร ๒๐ กลุ่ม ยังขาด ๒ กลุ่ม") in text
    assert bare("กลุ่ม ครบตามจำนวนจัดสรร") in pdf_text(report_pdf(report(short=False)))


def test_the_pdf_explains_shortfalls_overrides_and_settled_answers() -> None:
    """What is out of the ordinary is said, with its reason."""
    text = pdf_text(report_pdf(report()))
    for said in (
        "ร่าง",
        "มีกลุ่มที่สมัครใจเพียง 3 กลุ่ม",
        "นายทะเบียนยืนยันประเภทผู้ผลิต",
        "ยืนยันวันที่ 27 ธันวาคม 2567",
        "จึงใช้แนวทางเพิ่มเติมตามข้อ ๓ และข้อ ๔",
        "พัฒนาการจังหวัด",
        "a" * 12,
    ):
        assert bare(said) in text


def test_the_pdf_has_every_name_and_repeats_the_header() -> None:
    """The table runs over a page."""
    pages = pages_text(report_pdf(report()))
    for name in report().names:
        assert bare(name.producer_name) in "".join(pages)
    assert sum("ชื่อกลุ่มผลิตภัณฑ์" in page for page in pages) == 2


def test_a_report_without_names_is_still_a_report() -> None:
    """A province where nobody answered yet."""
    silent = replace(
        report(),
        names=(),
        settled=(),
        lines=tuple(replace(line, picked=0, submitted_at=None, is_late=False) for line in report().lines),
    )
    text = pdf_text(report_pdf(silent))
    assert bare("รายงานแล้ว ๐ จาก ๙ อำเภอ") in text
    assert bare("ยังไม่มีรายชื่อ") in text
    assert sheet_rows(report_xlsx(silent), "สรุป")[1][6] == "ยังไม่รายงาน"


def test_all_three_are_the_same_bytes_for_the_same_values() -> None:
    """Nothing in them depends on the moment."""
    assert report_pdf(report()) == report_pdf(report())
    assert report_xlsx(report()) == report_xlsx(report())
    assert report_csv(report()) == report_csv(report())


def test_the_papers_carry_the_province() -> None:
    """The title names whose report it is."""
    assert f"จังหวัด{PHAYAO.name_th}" in pdf_text(report_pdf(report()))
