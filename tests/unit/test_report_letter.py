"""The letter that the report goes to the department with."""

from dataclasses import replace

from kbo_core.documents.report_letter import report_letter_docx, report_letter_pdf
from tests.unit.reading import bare, docx_text, pages_text, pdf_text
from tests.unit.sample_reports import PERSONAL, full_report, report


def test_it_is_a_draft_to_the_department_with_every_part_of_an_official_letter() -> None:
    """Number, place, subject, addressee, reference, enclosures, body, farewell, signature block, contact."""
    parts = (
        "ที่ พย ๐๐๑๙.๒ /",
        "ศาลากลางจังหวัดพะเยา",
        "เรื่อง รายงานรายชื่อกลุ่มเป้าหมาย",
        "เรียน อธิบดีกรมการพัฒนาชุมชน",
        "อ้างถึง หนังสือกรมการพัฒนาชุมชน ที่",
        "สิ่งที่ส่งมาด้วย ๑. รายงานผลการคัดเลือกกลุ่มเป้าหมาย จำนวน ๑ ชุด",
        "ได้กลุ่มเป้าหมาย จำนวน ๑๘ กลุ่ม จากจำนวนจัดสรร ๒๐ กลุ่ม ยังขาด ๒ กลุ่ม",
        "จึงเรียนมาเพื่อโปรดทราบและพิจารณา",
        "ขอแสดงความนับถือ",
        "รองผู้ว่าราชการจังหวัดพะเยา ปฏิบัติราชการแทน",
        "สำนักงานพัฒนาชุมชนจังหวัดพะเยา",
    )
    on_paper, in_word = pdf_text(report_letter_pdf(report())), docx_text(report_letter_docx(report()))
    for part in parts:
        assert bare(part) in on_paper, part
        assert bare(part) in in_word, part
    assert bare("ร่าง – ยังไม่ได้ลงนาม") in on_paper


def test_the_chain_of_signatures_has_its_places() -> None:
    """Owner, group head, provincial developer, deputy governor: a person signs each."""
    roles = ("รองผู้ว่าราชการจังหวัด", "พัฒนาการจังหวัด", "ผู้อำนวยการกลุ่มงาน", "เจ้าของเรื่อง", "พิมพ์/ทาน")
    on_paper = pdf_text(report_letter_pdf(report()))
    assert all(bare(f"{role} ....") in on_paper for role in roles)
    # In Word the dots up to the margin are the leader of a tab stop.
    assert docx_text(report_letter_docx(report())).endswith("".join(roles))


def test_the_signature_block_is_never_parted() -> None:
    """Farewell and initials stand on one page, however long the letter is."""
    lines = tuple(replace(line, picked=0) for line in report().lines * 12)
    pages = pages_text(report_letter_pdf(replace(report(), lines=lines)))
    assert len(pages) > 1
    [signed] = [page for page in pages if bare("ขอแสดงความนับถือ") in page]
    assert bare("พิมพ์/ทาน") in signed


def test_what_is_out_of_the_ordinary_is_said_and_nothing_else() -> None:
    """Fallback, exceptions, shortfalls, a later version; a plain report has no such paragraph."""
    text = pdf_text(report_letter_pdf(full_report()))
    assert bare("ทั้งนี้ มีกลุ่มตามแนวทางข้อ ๓ และข้อ ๔ จำนวน ๖ กลุ่ม") in text
    assert bare("และรายงานนี้เป็นฉบับที่ ๒ ใช้แทนฉบับที่รายงานไปก่อนหน้า") in text
    plain = report(short=False)
    plain = replace(plain, names=tuple(replace(name, tier=1, override_th="") for name in plain.names))
    assert bare("ทั้งนี้") not in pdf_text(report_letter_pdf(plain))


def test_the_letter_has_no_personal_data() -> None:
    """It goes with either kind of report."""
    for text in (pdf_text(report_letter_pdf(full_report())), docx_text(report_letter_docx(full_report()))):
        assert [value for value in PERSONAL if bare(value) in text] == []


def test_the_same_values_give_the_same_letter() -> None:
    """Byte for byte."""
    assert report_letter_pdf(full_report()) == report_letter_pdf(full_report())
    assert report_letter_docx(full_report()) == report_letter_docx(full_report())
