"""The follow-up letter, in Word and PDF."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import docx
import pytest
from docx.oxml import parse_xml

from kbo_core.documents import follow_up as letters
from kbo_core.documents.follow_up import follow_up_docx, follow_up_pdf
from kbo_core.documents.paper_style import HOUSE_STYLE, Face, PaperStyle
from kbo_core.documents.papers import FollowUp
from kbo_core.documents.word_parts import _OFFICE
from kbo_core.documents.word_templates import follow_up_template
from kbo_core.domain.findings import RefusedError
from tests.unit.reading import bare, docx_text, pages_text, pdf_text
from tests.unit.sample_papers import QUOTAS, follow_up

ONE = (
    "ด่วนที่สุด",
    "ที่ พย ๐๐๑๙.๒/ว .....",
    "ศาลากลางจังหวัดพะเยา",
    "......... มกราคม ๒๕๖๘",
    "เรื่อง เร่งรัดการรายงานรายชื่อกลุ่มเป้าหมาย",
    "เรียน นายอำเภอแม่ใจ",
    "อ้างถึง หนังสือจังหวัดพะเยา ที่ พย ๐๐๑๙.๒/ว ๑๕๒๘๖ ลงวันที่ ๕ ธันวาคม ๒๕๖๗",
    "ยังไม่ได้รับรายงานจากอำเภอแม่ใจ",
    "จำนวน ๒ กลุ่ม กำหนดส่งภายในวันที่ ๒๗ ธันวาคม ๒๕๖๗ เวลา ๑๖.๓๐ น. เกินกำหนดแล้ว ๗ วัน และได้ติดตามแล้ว ๔ ครั้ง",
    "ภายในวันที่ ๑๐ มกราคม ๒๕๖๘ เวลา ๑๖.๓๐ น.",
    "จึงเรียนมาเพื่อพิจารณาดำเนินการโดยด่วน",
    "ขอแสดงความนับถือ",
    "สำนักงานพัฒนาชุมชนจังหวัดพะเยา",
    "โทร.",
)


def said(text: str, facts: FollowUp, style: PaperStyle = HOUSE_STYLE) -> None:
    """Every paragraph and every cell that the letter is made of stands in a text."""
    values = letters._values(facts, style)
    before, after, rows = values["before"], values["after"], values["rows"]
    assert isinstance(before, list) and isinstance(after, list) and isinstance(rows, list)
    for words in (*before, *after, values["subject"], values["addressee"], values["reference"], values["number"]):
        assert bare(words) in text
    for row in rows:
        assert bare("".join(row.values())) in text


def test_the_letter_cites_the_first_and_sets_a_new_day() -> None:
    """Both papers say the same, from the urgency to the telephone, and that they are drafts."""
    facts = follow_up("5607")
    in_word, in_print = docx_text(follow_up_docx(facts)), pdf_text(follow_up_pdf(facts))
    for words in ONE:
        assert bare(words) in in_word
        assert bare(words) in in_print
    said(in_word, facts)
    said(in_print, facts)
    assert "ร่าง" in in_print
    section = docx.Document(io.BytesIO(follow_up_docx(facts))).sections[0]
    for header in (section.header, section.first_page_header):
        assert "ร่าง" in header.paragraphs[0].text


def test_several_districts_stand_in_a_table() -> None:
    """Each with its places, its days and the reminders that it got; the addressee is not a list of nine."""
    facts = replace(follow_up(*QUOTAS), overdue=follow_up(*QUOTAS, reminders=0).overdue)
    for text in (docx_text(follow_up_docx(facts)), pdf_text(follow_up_pdf(facts))):
        assert bare("จำนวน ๙ อำเภอ ดังนี้") in text
        assert bare("๔ ดอกคำใต้ ๔ ๒๗ ธ.ค. ๒๕๖๗ ๗ ๐") in text
        assert "นายอำเภอตามรายชื่ออำเภอในหนังสือฉบับนี้" in text
        said(text, facts)


def test_two_districts_are_addressed_by_name() -> None:
    """As many as a line takes."""
    text = docx_text(follow_up_docx(follow_up("5607", "5605", "5603")))
    assert bare("นายอำเภอแม่ใจ นายอำเภอดอกคำใต้ และนายอำเภอเชียงคำ") in text


def test_a_first_follow_up_has_no_stamp_and_no_haste() -> None:
    """Without an urgency it follows up; with one it presses. No reminder, no count of them."""
    facts = follow_up("5607", urgency="", reminders=0)
    for text in (docx_text(follow_up_docx(facts)), pdf_text(follow_up_pdf(facts))):
        assert bare("เรื่อง ติดตามการรายงาน") in text
        assert "ด่วน" not in text
        assert "ได้ติดตามแล้ว" not in text


def test_a_district_that_is_late_since_today_is_told_so() -> None:
    """Not that it is late by no day."""
    facts = follow_up("5607")
    today = replace(facts, overdue=(replace(facts.overdue[0], days_overdue=0),))
    assert bare("เวลา ๑๖.๓๐ น. พ้นกำหนดแล้วในวันนี้ และได้ติดตามแล้ว ๔ ครั้ง") in docx_text(follow_up_docx(today))


def test_arabic_digits_by_setting() -> None:
    """Not one Thai digit is left."""
    facts, style = follow_up(*QUOTAS), PaperStyle(has_thai_digits=False)
    for text in (docx_text(follow_up_docx(facts, None, style)), pdf_text(follow_up_pdf(facts, style))):
        assert not set(text) & set("๐๑๒๓๔๕๖๗๘๙")
        said(text, facts, style)


def test_sixty_districts_run_over_pages_under_repeated_headers() -> None:
    """And the signature is not parted from its farewell."""
    facts = follow_up(*list(QUOTAS) * 8)
    pages = pages_text(follow_up_pdf(facts))
    assert sum("เกินกำหนด(วัน)" in page for page in pages) == len(pages) > 1
    assert all(word in pages[-1] for word in ("ขอแสดงความนับถือ", "ตำแหน่ง", "โทร."))
    table = docx.Document(io.BytesIO(follow_up_docx(facts))).tables[0]
    assert len(table.rows) == 73
    assert "<w:tblHeader/>" in table.rows[0]._tr.xml
    assert all("<w:cantSplit/>" in row._tr.xml for row in table.rows)


def test_the_signature_is_kept_together_in_word() -> None:
    """Every line from the farewell to the office keeps with the next."""
    paragraphs = docx.Document(io.BytesIO(follow_up_docx(follow_up("5607")))).paragraphs
    texts = [p.text for p in paragraphs]
    start = texts.index("ขอแสดงความนับถือ")
    assert len(paragraphs) - start == 7
    assert all(p.paragraph_format.keep_with_next for p in paragraphs[start:-1])


@pytest.mark.parametrize(("face", "size"), [(Face.SARABUN, 21), (Face.TH_SARABUN_PSK, 32), (Face.TH_SARABUN_IT9, 32)])
def test_thai_has_its_face_and_size_in_word(face: Face, size: int) -> None:
    """The complex script's face and size are given too, else Word takes another."""
    with zipfile.ZipFile(io.BytesIO(follow_up_docx(follow_up("5607"), None, PaperStyle(face=face)))) as archive:
        styles = archive.read("word/styles.xml").decode()
    for given in (f'w:cs="{face}"', f'w:ascii="{face}"', f'<w:szCs w:val="{size}"/>', f'<w:sz w:val="{size}"/>'):
        assert given in styles


def fonts_inside(document: bytes) -> list[str]:
    """The sha256 of each font inside a document, laid bare as the standard says: XOR with the key read backwards."""
    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    found = []
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        relations = "word/_rels/fontTable.xml.rels"
        linked = parse_xml(archive.read(relations)) if relations in archive.namelist() else ()
        targets = {each.attrib["Id"]: each.attrib["Target"] for each in linked}
        for font in parse_xml(archive.read("word/fontTable.xml")).iterfind(f"{word}font/*"):
            hidden = archive.read(f"word/{targets[font.attrib[relation]]}")
            digits = font.attrib[f"{word}fontKey"].strip("{}").replace("-", "")
            key = [int(digits[at : at + 2], 16) for at in range(30, -1, -2)] * 2
            bare_font = bytes(byte ^ key[at] if at < 32 else byte for at, byte in enumerate(hidden))
            found.append(hashlib.sha256(bare_font).hexdigest())
    return found


def test_the_face_goes_inside_the_word_document() -> None:
    """So it looks the same where nobody has Sarabun; a face that the office has is only named."""
    facts = follow_up("5607")
    assert fonts_inside(follow_up_docx(facts)) == [
        "b8150084e25734e6f31696c57ff009f5564efa09d295848b717d9e2328c0311d",
        "5d1fc1ee63ab861fb2022a212b5ff270848582bb9d9cba73b2d2aaabb16d0a18",
    ]
    assert fonts_inside(follow_up_docx(facts, None, PaperStyle(face=Face.TH_SARABUN_NEW))) == []


def test_the_same_facts_give_the_same_bytes() -> None:
    """Dates inside are the letter's own; so are those of the archive."""
    facts = follow_up(*QUOTAS)
    assert follow_up_docx(facts) == follow_up_docx(facts)
    assert follow_up_pdf(facts) == follow_up_pdf(facts)
    with zipfile.ZipFile(io.BytesIO(follow_up_docx(facts))) as archive:
        assert {part.date_time for part in archive.infolist()} == {(2025, 1, 3, 0, 0, 0)}
    about = docx.Document(io.BytesIO(follow_up_docx(facts))).core_properties
    assert about.created == about.modified == datetime(2025, 1, 3, tzinfo=UTC)
    assert bare(about.title).startswith("ร่างหนังสือถึงนายอำเภอ")


def edited(change: str, instead: str, part: str = "word/document.xml") -> bytes:
    """The shipped template with something changed in one of its parts."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(follow_up_template(HOUSE_STYLE))) as source, zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            assert name != part or change.encode() in content
            target.writestr(name, content.replace(change.encode(), instead.encode()) if name == part else content)
    return output.getvalue()


def test_a_link_to_a_page_or_an_address_is_no_danger() -> None:
    """A letterhead with the office's mail address, as Word makes it of itself."""
    link = '<Relationship Id="rId9" TargetMode="External" Target="mailto:cdd@example.go.th" Type="{}/hyperlink"/>'
    template = edited("</Relationships>", link.format(_OFFICE) + "</Relationships>", "word/_rels/document.xml.rels")
    assert follow_up_docx(follow_up("5607"), template)


def test_an_office_words_the_letter_in_its_own_template() -> None:
    """What it wrote is there, and its facts."""
    template = edited("ขอแสดงความนับถือ", "ขอแสดงความนับถืออย่างสูง {{ month }}")
    assert bare("อย่างสูง ......... มกราคม ๒๕๖๘") in docx_text(follow_up_docx(follow_up("5607"), template))


BAD = {
    "no archive": (b"%PDF-1.7", "letter-template-unreadable"),
    "no document": (
        edited("", "", "word/styles.xml").replace(b"word/document", b"word/docament"),
        "letter-template-unreadable",
    ),
    "a spreadsheet's type": (
        edited("wordprocessingml.document.main", "sheet.main", "[Content_Types].xml"),
        "letter-template-unreadable",
    ),
    "a macro": (edited("styles.xml", "vbaProject.bin", "word/_rels/document.xml.rels"), "letter-template-unsafe"),
    "a template from elsewhere": (
        edited(
            'Target="settings.xml"',
            'Target="http://x.invalid/t.dotm" TargetMode="External"',
            "word/_rels/document.xml.rels",
        ),
        "letter-template-unsafe",
    ),
    "a document type": (edited("<w:document", "<!DOCTYPE x [<!ENTITY y 'z'>]><w:document"), "letter-template-unsafe"),
    "a name that is not there": (edited("{{ month }}", "{{ mounth }}"), "letter-template-unknown-name"),
    "the insides of the program": (edited("{{ month }}", "{{ month.__class__.__mro__ }}"), "letter-template-unsafe"),
    "a tag left open": (edited("{%p endif %}", ""), "letter-template-syntax"),
    "too much": (edited("</w:body>", "<!--" + " " * 20_000_001 + "--></w:body>"), "letter-template-too-large"),
}


@pytest.mark.parametrize(("template", "code"), BAD.values(), ids=BAD.keys())
def test_a_template_that_cannot_be_used_is_refused_by_name(template: bytes, code: str) -> None:
    """With the file's name and what to do; never a traceback."""
    with pytest.raises(RefusedError) as refusal:
        follow_up_docx(follow_up("5607"), template)
    (found,) = refusal.value.findings
    assert found.code == code
    assert found.where.startswith("follow-up.docx")


def test_signs_that_word_cannot_hold_are_left_out() -> None:
    """A control character in a number must not make a file that Word will not open."""
    facts = replace(follow_up("5607"), circular_number="พย\x0b 0019.2/ว 15286")
    assert bare("พย ๐๐๑๙.๒/ว ๑๕๒๘๖") in docx_text(follow_up_docx(facts))


def test_text_is_never_read_as_template_or_markup() -> None:
    """Signs that mean something to a template or to XML come out as they are."""
    facts = replace(follow_up("5607"), circular_number="พย {{ draft }} <b>&amp; {% x %}/ว 1")
    assert bare("ที่ พย {{ draft }} <b>&amp; {% x %}/ว ๑") in docx_text(follow_up_docx(facts))
