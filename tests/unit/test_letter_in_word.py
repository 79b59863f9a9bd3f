"""The covering letter in Word, and in both of its forms."""

import io
from dataclasses import replace

import docx
import pytest

from kbo_core.documents import letter
from kbo_core.documents.letter import covering_letter, covering_letter_docx
from kbo_core.documents.paper_style import HOUSE_STYLE, Form, PaperStyle
from kbo_core.documents.papers import IneligibleLine, Packet
from tests.unit.reading import bare, docx_text, pages_text, pdf_text
from tests.unit.sample_papers import NAMES, candidate, packet

LONG = "วิสาหกิจชุมชนกลุ่มแปรรูปผลิตภัณฑ์การเกษตรบ้านน้ำปุกใหม่พัฒนาสามัคคีธรรม" * 3
WHY = "ไม่เข้าเกณฑ์: ไม่มีผลิตภัณฑ์ระดับ 1–3 ดาว ปี 2567 (ข้อ ๑); เคยเข้าร่วม KBO ปีงบประมาณ 2567 แล้ว (ข้อ ๒)"
STYLES = [PaperStyle(form, has_thai_digits) for form in Form for has_thai_digits in (True, False)]
PACKETS = {
    "a few": replace(packet(8, code="5605"), ineligible=(IneligibleLine("Q0001", NAMES[1], WHY),)),
    "sixty": replace(
        packet(60), ineligible=tuple(IneligibleLine(f"Q{n:04}", f"{NAMES[0]} หมู่ {n}", WHY) for n in range(1, 61))
    ),
    "one, with a long name": packet((candidate(1, LONG),), code="5605"),
    "none": packet(0, code="5603"),
    "no places": packet(2, code="5603", quotas={"5603": 0, "5601": 2}),
    "replacing another": packet(3, revision=4),
}


@pytest.mark.parametrize("style", STYLES, ids=str)
@pytest.mark.parametrize("facts", PACKETS.values(), ids=PACKETS.keys())
def test_what_was_put_in_comes_out_of_word_and_pdf(facts: Packet, style: PaperStyle) -> None:
    """Every paragraph, clause and row, in the order and digits of the style."""
    values = letter._values(facts, style)
    in_word, in_print = docx_text(covering_letter_docx(facts, None, style)), pdf_text(covering_letter(facts, style))
    for name in ("subject", "addressee", "made_on", "quota_title", "candidate_note", "unknown_note"):
        assert bare(str(values[name])) in in_word
        assert bare(str(values[name])) in in_print
    for name in ("before", "steps", "after"):
        for words in values[name]:  # type: ignore[attr-defined]
            assert bare(words) in in_word
            assert bare(words) in in_print
    for name in ("quotas", "candidates", "barred", "ineligible", "guideline"):
        for line in values[name]:  # type: ignore[attr-defined]
            for cell in (cell for cell in line.values() if isinstance(cell, str)):
                assert bare(cell) in in_word
                assert bare(cell) in in_print
    assert (
        values["form_code"]
        in docx.Document(io.BytesIO(covering_letter_docx(facts, None, style))).sections[0].footer.paragraphs[0].text
    )


def test_each_ineligible_group_has_its_reason_and_clause() -> None:
    """The verdict is said once, above the table."""
    for text in (docx_text(covering_letter_docx(PACKETS["a few"])), pdf_text(covering_letter(PACKETS["a few"]))):
        assert bare(f"๑Q0001{NAMES[1]}ไม่มีผลิตภัณฑ์ระดับ ๑–๓ ดาว ปี ๒๕๖๗ (ข้อ ๑); เคยเข้าร่วม") in text


def test_the_districts_own_row_is_marked_in_word() -> None:
    """In bold, with the words of the PDF."""
    table = docx.Document(io.BytesIO(covering_letter_docx(packet(code="5605")))).tables[0]
    bold = [row.cells[1].text for row in table.rows[1:-1] if row.cells[1].paragraphs[0].runs[0].bold]
    assert bold == ["ดอกคำใต้"]
    assert [cell.text for cell in table.rows[4].cells] == ["๔", "ดอกคำใต้", "๔", "อำเภอของท่าน"]


def test_long_tables_repeat_their_heads_and_one_row_is_a_table_too() -> None:
    """Every head row is marked to be repeated; every row stays whole."""
    for name, rows in (("sixty", 61), ("one, with a long name", 2)):
        tables = docx.Document(io.BytesIO(covering_letter_docx(PACKETS[name]))).tables
        assert len(tables[1].rows) == rows
        for table in tables:
            assert "<w:tblHeader/>" in table.rows[0]._tr.xml
            assert all("<w:cantSplit/>" in row._tr.xml for row in table.rows)
    pages = pages_text(covering_letter(PACKETS["sixty"]))
    assert sum("เหตุที่ไม่เข้าเกณฑ์" in page for page in pages) >= 3


def test_a_district_without_candidates_gets_no_empty_table() -> None:
    """Quotas and reasons only."""
    document = docx.Document(io.BytesIO(covering_letter_docx(PACKETS["none"])))
    assert [table.rows[0].cells[0].text for table in document.tables] == ["ที่", "เหตุ"]
    assert bare("ไม่พบกลุ่มที่เข้าเกณฑ์ในอำเภอเชียงคำ") in docx_text(covering_letter_docx(PACKETS["none"]))


def test_a_memorandum_has_the_parts_of_its_form() -> None:
    """No sender's place, no reference line, no enclosures, no farewell: its text says them."""
    memorandum = PaperStyle(Form.MEMORANDUM)
    for text in (
        docx_text(covering_letter_docx(packet(), None, memorandum)),
        pages_text(covering_letter(packet(), memorandum))[0],
    ):
        for words in ("บันทึกข้อความ", "ส่วนราชการ สำนักงานพัฒนาชุมชนจังหวัดพะเยา", "วันที่ ๙ ธันวาคม ๒๕๖๗", "เอกสารแนบ ๒"):
            assert bare(words) in text
        assert bare("ตามหนังสือจังหวัดพะเยา ที่ พย ๐๐๑๙.๒/ว ๑๕๒๘๖ ลงวันที่ ๕ ธันวาคม ๒๕๖๗ จังหวัดพะเยาได้ขอให้") in text
        for words in ("ศาลากลาง", "อ้างถึง", "สิ่งที่ส่งมาด้วย", "ขอแสดงความนับถือ"):
            assert words not in text


def test_arabic_digits_leave_no_thai_one() -> None:
    """Also where the guideline or a reason was written in Thai digits."""
    style = PaperStyle(has_thai_digits=False)
    for text in (
        docx_text(covering_letter_docx(PACKETS["a few"], None, style)),
        pdf_text(covering_letter(PACKETS["a few"], style)),
    ):
        assert not set(text) & set("๐๑๒๓๔๕๖๗๘๙")


def test_every_form_is_the_same_bytes_twice() -> None:
    """Same packet, same style, same file."""
    for style in STYLES:
        assert covering_letter_docx(packet(), None, style) == covering_letter_docx(packet(), None, style)
    assert covering_letter_docx(packet()) != covering_letter_docx(packet(), None, STYLES[-1])


def test_the_papers_say_which_standards_they_meet() -> None:
    """Typst checks both as it makes the file."""
    pdf = covering_letter(packet(), HOUSE_STYLE)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in pdf
