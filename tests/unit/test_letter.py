"""The covering letter."""

import re
import subprocess
import sys
import time
from dataclasses import replace
from hashlib import sha256

import pytest

from kbo_core.documents import typesetting
from kbo_core.documents.letter import covering_letter
from tests.unit.reading import bare, pages_text, pdf_text
from tests.unit.sample_papers import NAMES, QUOTAS, candidate, packet


def test_the_letter_says_who_what_how_many_and_until_when() -> None:
    """Addressee, reference, quota and deadline stand on the first page, in Thai digits."""
    first = pages_text(covering_letter(packet()))[0]
    for said in (
        "ร่าง",
        "ศาลากลางจังหวัดพะเยา",
        "๙ ธันวาคม ๒๕๖๗",
        "เรียน นายอำเภอเมืองพะเยา",
        "ที่ พย ๐๐๑๙.๒/ว ๑๕๒๘๖ ลงวันที่ ๕ ธันวาคม ๒๕๖๗",
        "จำนวน ๖ กลุ่ม",
        "ภายในวันที่ ๒๗ ธันวาคม ๒๕๖๗ เวลา ๑๖.๓๐ น.",
        "ขอแสดงความนับถือ",
    ):
        assert bare(said) in first


def test_the_form_code_in_the_letter_is_the_one_on_the_form() -> None:
    """A code in Thai digits would match nothing when it comes back."""
    assert "KBO-3/phayao-2568/5601/1" in pages_text(covering_letter(packet()))[0].replace("KBO:", "")


def test_the_number_is_left_blank_to_be_filled_by_a_person() -> None:
    """The circular's prefix is kept, its number is not used again."""
    first = pages_text(covering_letter(packet()))[0]
    assert "ที่พย..." in first
    assert first.count("๑๕๒๘๖") == 1


def test_thai_names_come_out_of_the_pdf_as_they_went_in() -> None:
    """Sara am, tone marks and vowels above keep their order in the text layer."""
    names = (*NAMES, "กลุ่มน้ำตาลสดบ้านก๋ำใต้ป่าเป้า", "กลุ่มผู้ปลูกข้าวก่ำ ที่ทุ่งกุลาฯ")
    text = pdf_text(covering_letter(packet(tuple(candidate(n, name) for n, name in enumerate(names, start=1)))))
    for name in names:
        assert bare(name) in text


def test_the_quota_table_keeps_the_circulars_order_and_marks_the_district() -> None:
    """The nine districts stand in the circular's order with their total."""
    page = pages_text(covering_letter(packet(code="5605")))[2]
    expected = "๑เมืองพะเยา๖๒แม่ใจ๒๓ภูกามยาว๑๔ดอกคำใต้๔อำเภอของท่าน๕จุน๑๖ปง๒๗เชียงม่วน๑๘เชียงคำ๑๙ภูซาง๒รวม๒๐"
    assert expected in page


def test_reasons_and_unsettled_groups_are_counted() -> None:
    """The district sees why others are not on its list."""
    text = pdf_text(covering_letter(packet()))
    assert bare("ไม่ใช่กลุ่มผู้ผลิตชุมชน (ข้อ ๑)๑๔") in text
    assert bare("พิจารณาเป็นรายกลุ่ม จำนวน ๒ กลุ่ม") in text


def test_the_list_says_that_it_is_no_ranking() -> None:
    """The circular gives no ranking, so neither does the letter."""
    assert bare("มิใช่การจัดอันดับ อำเภอเป็นผู้คัดเลือก") in pdf_text(covering_letter(packet()))


def test_a_district_without_candidates_is_told_so_and_may_return_nil() -> None:
    """No empty table and no order to choose from nothing."""
    first, *_, last = pages_text(covering_letter(packet(0, code="5603")))
    assert bare("ไม่พบกลุ่มที่เข้าเกณฑ์ในอำเภอเชียงคำ") in first
    assert bare("อำเภออาจรายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์") in first
    assert bare("ไม่มีกลุ่มที่เข้าเกณฑ์") in last
    assert "เหตุที่เข้าเกณฑ์" not in last


def test_fewer_candidates_than_places_asks_for_a_reason() -> None:
    """The letter names both figures."""
    first = pages_text(covering_letter(packet(1, code="5605")))[0]
    assert bare("๑ กลุ่มที่มีอยู่ ซึ่งน้อยกว่าจำนวนจัดสรร ๔ กลุ่ม") in first


def test_a_later_revision_says_that_it_replaces_the_earlier() -> None:
    """Only then; a first letter replaces nothing."""
    assert bare("ชุดที่ ๒ ใช้แทนชุดที่ส่งไปก่อนหน้า") in pdf_text(covering_letter(packet(revision=2)))
    assert "ใช้แทนชุด" not in pdf_text(covering_letter(packet()))


def test_a_long_list_repeats_its_header_on_every_page_and_loses_no_name() -> None:
    """Sixty-five candidates run over several pages."""
    pages = pages_text(covering_letter(packet(65)))
    assert sum("เหตุที่เข้าเกณฑ์" in page for page in pages) >= 3
    assert all(f"P{n:04}" in "".join(pages) for n in range(1, 66))


def test_a_very_long_name_is_wrapped_whole() -> None:
    """Nothing is cut at a cell's edge."""
    name = "วิสาหกิจชุมชนกลุ่มแปรรูปผลิตภัณฑ์การเกษตรบ้านน้ำปุกใหม่พัฒนาสามัคคีธรรม" * 3
    assert name in pdf_text(covering_letter(packet((candidate(1, name),))))


def test_text_is_never_read_as_markup() -> None:
    """Signs that typst would act on are printed as they are."""
    name = '#panic("x") *a* $b$ <c> @d [e] \\ `f`'
    assert bare(name) in pdf_text(covering_letter(packet((candidate(1, name),))))


def test_a_sign_that_the_font_lacks_is_shown_as_lost() -> None:
    """One odd sign in a register must not stop a district's letter."""
    assert bare("กลุ่ม■ทอผ้า") in pdf_text(covering_letter(packet((candidate(1, "กลุ่ม😀ทอ\u200bผ้า"),))))


def test_all_signs_taken_as_printable_can_be_drawn() -> None:
    """The repertoire and the shipped font agree, for a sign that cannot be drawn stops the compiler."""
    drawn = "".join(chr(c) for c in range(0x20, 0x3000) if not typesetting._UNPRINTABLE.match(chr(c)))
    assert covering_letter(packet((candidate(1, f"ก{drawn}"),))).startswith(b"%PDF")


def test_a_missing_font_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper in a substitute face is never made."""
    monkeypatch.setattr(typesetting, "FONT", "TH Sarabun PSK")
    typesetting._fonts.cache_clear()
    with pytest.raises(RuntimeError, match="TH Sarabun PSK is not installed"):
        covering_letter(packet(1))
    monkeypatch.undo()
    typesetting._fonts.cache_clear()


def test_the_letter_is_the_same_bytes_in_another_process_a_second_later() -> None:
    """Same values in, same bytes out; the file's date is the packet's."""
    here = sha256(covering_letter(packet())).hexdigest()
    time.sleep(1.1)
    program = (
        "from hashlib import sha256; from tests.unit.sample_papers import packet; "
        "from kbo_core.documents.letter import covering_letter; "
        "print(sha256(covering_letter(packet())).hexdigest())"
    )
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_a_circular_number_without_letters_leaves_the_whole_number_blank() -> None:
    """No prefix is made up."""
    first = pages_text(covering_letter(replace(packet(1), circular_number="0019.2/ว 9")))[0]
    assert "ที่..." in first


def test_every_district_of_the_circular_gets_a_letter() -> None:
    """Each letter is addressed to its own district."""
    for code in QUOTAS:
        paper = packet(2, code=code)
        assert f"นายอำเภอ{paper.district.name_th}" in pages_text(covering_letter(paper))[0]


def test_a_district_without_places_is_told_that_it_need_not_choose() -> None:
    """A quota of 0 is lawful."""
    first = pages_text(covering_letter(packet(2, code="5603", quotas={"5603": 0, "5601": 2})))[0]
    assert bare("อำเภอไม่ได้รับการจัดสรรกลุ่มเป้าหมาย จึงไม่ต้องคัดเลือก") in first


def test_every_object_of_the_pdf_is_where_its_table_says() -> None:
    """The text layer is mended after typesetting; a reader must not have to repair the file."""
    pdf = covering_letter(packet())
    table = pdf[int(pdf.split(b"startxref\n")[1].split()[0]) :]
    assert table.startswith(b"xref")
    for number, entry in enumerate(re.findall(rb"(\d{10}) \d{5} ([nf])", table)):
        if entry[1] == b"n":
            assert pdf[int(entry[0]) :].startswith(b"%d 0 obj" % number)
