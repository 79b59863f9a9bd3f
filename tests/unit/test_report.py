"""The consolidated report."""

import csv
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pypdfium2
import pytest
from docx import Document

from kbo_core.documents.papers import Audience, RegisterPlace, Report
from kbo_core.documents.report import report_csv, report_docx, report_pdf, report_xlsx
from kbo_core.documents.report_cells import table_csv
from kbo_core.documents.report_chart import time_line
from kbo_core.documents.report_layout import sections
from kbo_core.documents.report_tables import report_tables
from tests.unit.reading import bare, pages_text, pdf_text
from tests.unit.sample_papers import PHAYAO, QUOTAS
from tests.unit.sample_reports import UNANSWERED, full_report, large_report, report, reported

INTERNAL, PUBLIC = Audience.INTERNAL, Audience.PUBLIC

DANGEROUS = ("=1+1", "+66", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", '=HYPERLINK("http://x")')


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(content: bytes, title: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in openpyxl.load_workbook(BytesIO(content))[title].iter_rows(values_only=True)]


def test_the_csv_has_a_bom_and_the_agreed_columns() -> None:
    """Excel reads the Thai text only with the mark at the start."""
    content = report_csv(report(), INTERNAL)
    assert content.startswith(b"\xef\xbb\xbforder,district_code,district_th,producer_id,producer_name,tier,products,")
    assert csv_rows(content)[0]["district_th"] == "เมืองพะเยา"


def test_names_stand_in_the_circulars_order_whatever_order_they_came_in() -> None:
    """Code order would put จุน first."""
    turned = replace(report(), names=tuple(reversed(report().names)))
    codes = [row["district_code"] for row in csv_rows(report_csv(turned, INTERNAL))]
    assert codes == sorted(codes, key=list(QUOTAS).index)
    assert [row["order"] for row in csv_rows(report_csv(turned, INTERNAL))] == [str(n) for n in range(1, 19)]


def test_a_name_of_a_district_outside_the_summary_is_not_lost() -> None:
    """It stands last, so that somebody asks."""
    stray = replace(report(), names=(reported(99, "5701"), *report().names))
    assert csv_rows(report_csv(stray, INTERNAL))[-1]["producer_id"] == "P0099"


def test_no_csv_cell_begins_as_a_formula() -> None:
    """An apostrophe stands before each sign that starts one."""
    for text in DANGEROUS:
        first = csv_rows(report_csv(report(first_name=text), INTERNAL))[0]
        assert first["producer_name"] == f"'{text}"


def test_no_workbook_cell_is_a_formula_or_a_link() -> None:
    """Everything but numbers is a string."""
    for text in ("=1+1", "@SUM(A1)", '=HYPERLINK("http://x")', "http://x"):
        book = openpyxl.load_workbook(BytesIO(report_xlsx(report(first_name=text), INTERNAL)))
        cell = book["รายชื่อ"]["E2"]
        assert (cell.value, cell.hyperlink) == (text, None)
        parts = report_parts(report_xlsx(report(first_name=text), INTERNAL))
        assert b"<f>" not in parts
        assert b"hyperlink" not in parts


def report_parts(content: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return b"".join(archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/"))


def test_the_summary_sheet_adds_up() -> None:
    """The total row is the sum of the districts."""
    header, *lines, total = sheet_rows(report_xlsx(report(), INTERNAL), "สรุป")
    assert header[1] == "อำเภอ"
    assert [line[1] for line in lines][:3] == ["เมืองพะเยา", "แม่ใจ", "ภูกามยาว"]
    for column in (2, 3, 4, 7):
        assert total[column] == sum(line[column] for line in lines)
    assert (total[2], total[4]) == (20, 18)
    assert lines[8][6] == "ส่งหลังกำหนด"


def test_the_provenance_sheet_names_every_input_whole() -> None:
    """Hashes are not shortened where they can be copied."""
    values = {row[1] for row in sheet_rows(report_xlsx(report(), INTERNAL), "ที่มา")}
    assert {"a" * 64, "b" * 64, "c" * 64} <= values


def test_the_pdf_sums_up_in_one_sentence_computed_from_the_values() -> None:
    """Districts, picks, quota and what is missing."""
    text = pdf_text(report_pdf(report(), INTERNAL))
    assert bare("รายงานแล้ว ๙ จาก ๙ อำเภอ") in text
    assert bare("คัดเลือกกลุ่มเป้าหมายแล้ว ๑๘ กลุ่ม จากจำนวนจัดสรร ๒๐ กลุ่ม ยังขาด ๒ กลุ่ม") in text
    assert bare("กลุ่ม ครบตามจำนวนจัดสรร") in pdf_text(report_pdf(report(short=False), INTERNAL))


def test_the_pdf_explains_shortfalls_overrides_and_settled_answers() -> None:
    """What is out of the ordinary is said, with its reason."""
    text = pdf_text(report_pdf(full_report(), INTERNAL))
    for said in (
        "ร่าง",
        "ไม่มีกลุ่มที่เข้าเกณฑ์ (ไม่เข้าเกณฑ์ 4 กลุ่ม)",
        "โทรยืนยันกับ",
        "ยืนยันวันที่ 27 ธันวาคม 2567",
        "จึงใช้แนวทางเพิ่มเติมตามข้อ ๓ และข้อ ๔",
        "เหตุที่ออกฉบับใหม่: ตามบันทึกของ",
        "น้ำท่วม",
        "พัฒนาการจังหวัด",
        "a" * 12,
        "d" * 64,
    ):
        assert bare(said) in text


def every_cell(made: Report, audience: Audience) -> set[str]:
    return {bare(cell) for shown in sections(made, audience) for row in shown.rows for cell in row}


@pytest.mark.parametrize("audience", list(Audience))
@pytest.mark.parametrize("made", [full_report(), large_report(), report()], ids=["full", "large", "plain"])
def test_the_text_of_the_pdf_and_of_the_word_document_is_what_was_put_in(made: Report, audience: Audience) -> None:
    """Every cell of every table: long names, thirty-two districts, one with nobody."""
    on_paper, in_word = pdf_text(report_pdf(made, audience)), bare(docx_text(report_docx(made, audience)))
    lost = [cell for cell in every_cell(made, audience) if cell not in on_paper or cell not in in_word]
    assert lost == []
    for shown in sections(made, audience):
        assert bare(shown.title_th) in on_paper
        assert bare(shown.title_th) in in_word


def docx_text(content: bytes) -> str:
    paper = Document(BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def test_a_table_that_runs_over_pages_repeats_its_header() -> None:
    """Sixty-four names; in Word by the row's own mark."""
    pages = pages_text(report_pdf(large_report(), INTERNAL))
    with_names = [page for page in pages if "P0001" in page or "P0064" in page or "ชื่อกลุ่มผู้ผลิตผลิตภัณฑ์" in page]
    assert len([page for page in with_names if "ชื่อกลุ่มผู้ผลิตผลิตภัณฑ์" in page]) >= 3
    for name in large_report().names:
        assert bare(name.producer_name) in "".join(pages)
    with zipfile.ZipFile(BytesIO(report_docx(large_report(), INTERNAL))) as parts:
        body = parts.read("word/document.xml")
    assert body.count(b"<w:tblHeader/>") == body.count(b"<w:tblBorders>")  # the signatures stand in one without rules


def test_a_long_address_or_hash_is_broken_without_anything_put_into_its_text() -> None:
    """It fits its cell on paper and can still be copied whole."""
    address = "https://data.example.go.th/dataset/0123456789abcdef0123456789abcdef/register.csv"
    made = full_report()
    first = replace(made.names[0], place=RegisterPlace(address, "", 5))
    contact = replace(made.contacts[0], email="somebody.with.a.long.name@communitydevelopment.example.go.th")
    pdf = report_pdf(replace(made, names=(first, *made.names[1:]), contacts=(contact,)), INTERNAL)
    text = pdf_text(pdf)
    assert f"{address}:5" in text
    assert contact.email in text
    assert "d" * 64 in text
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        written = page.get_textpage()
        right = max(written.get_charbox(n)[2] for n in range(written.count_chars()))
        assert right <= page.get_width() - 50  # inside the margin


def test_every_name_is_traced_to_register_row_decision_and_answer() -> None:
    """File, sheet and row, the decision's revision, the answer's version and whole hash."""
    for row, name in zip(csv_rows(report_csv(report(), PUBLIC)), report().names, strict=True):
        told = (row["register_file"], row["register_sheet"], row["register_line"])
        assert told == (name.place.file, name.place.sheet, str(name.place.row))
        assert (row["decision_revision"], row["submission_version"]) == ("2", "1")
        assert row["submission_sha256"] == name.answer_sha256


def test_the_time_line_is_told_in_words_too() -> None:
    """The figure's text alternative names each district with its answer, new deadline and reminders."""
    told = str(time_line(full_report())["told"])
    assert "เปิดรอบวันที่ ๙ ธันวาคม ๒๕๖๗ กำหนดส่งวันที่ ๒๗ ธันวาคม ๒๕๖๗" in told
    assert "อำเภอดอกคำใต้ ส่งแบบวันที่ ๒๓ ธ.ค. ๒๕๖๗ กำหนดใหม่ ๓๐ ธ.ค. ๒๕๖๗ ติดตาม ๐ ครั้ง" in told


def test_instants_on_the_time_line_stand_between_the_opening_and_the_report() -> None:
    """Whatever was before or after is drawn at the edge."""
    made = full_report()
    early = replace(made, reminders=(replace(made.reminders[0], sent_at=made.span.opened_at - timedelta(days=90)),))
    chart = time_line(early)
    lanes = chart["lanes"]
    assert isinstance(lanes, list)
    shares = [at for lane in lanes for at in (*lane["reminders"], *lane["extensions"])]
    shares += [answer["at"] for lane in lanes for answer in lane["answers"]]
    assert shares
    assert all(0 <= at <= 1 for at in shares)


def test_a_report_without_names_is_still_a_report() -> None:
    """A province where nobody answered yet."""
    nobody = tuple(
        replace(line, picked=0, submitted_at=None, timeliness=UNANSWERED, state_th="ไม่รายงาน")
        for line in report().lines
    )
    silent = replace(report(), names=(), settled=(), answers=(), lines=nobody)
    text = pdf_text(report_pdf(silent, INTERNAL))
    assert bare("รายงานแล้ว ๐ จาก ๙ อำเภอ") in text
    assert bare("รายชื่อกลุ่มเป้าหมาย ไม่มี") in text
    assert sheet_rows(report_xlsx(silent, INTERNAL), "สรุป")[1][6] == "ยังไม่รายงาน"
    assert csv_rows(report_csv(silent, INTERNAL)) == []


@pytest.mark.parametrize("audience", list(Audience))
def test_the_same_values_give_the_same_bytes(audience: Audience) -> None:
    """Nothing in any of them depends on the moment."""
    for write in (report_pdf, report_xlsx, report_csv, report_docx):
        assert write(full_report(), audience) == write(full_report(), audience), write.__name__


def test_no_table_has_a_cell_that_begins_as_a_formula() -> None:
    """In whichever column the text stands; numbers are never below zero."""
    for text in DANGEROUS:
        made = full_report(first_name=text)
        bad = replace(
            made,
            changes=(text,),
            contacts=(replace(made.contacts[0], name=text, email=text),),
            overrides=(replace(made.overrides[0], reason=text, by=text),),
        )
        for table in report_tables(bad, INTERNAL).values():
            for row in csv_rows(table_csv(table)):
                assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert b"<f>" not in report_parts(report_xlsx(bad, INTERNAL))


def test_the_papers_carry_the_province() -> None:
    """The title names whose report it is."""
    assert f"จังหวัด{PHAYAO.name_th}" in pdf_text(report_pdf(report(), INTERNAL))
