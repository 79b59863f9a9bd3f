"""A register with several number columns is read by the one that is headed as the allocation, or not at all."""

import pytest

from kbo_core.circular.draft import draft_yaml
from kbo_core.circular.questions import open_questions
from kbo_core.circular.reading import Reading
from kbo_core.domain.findings import Severity
from tests.circular.reading_of import codes, read_text, text_of

PRINTED = "ที่\tอำเภอ\tจำนวนกลุ่ม\n๑\tอัมพวา\t๔\n๒\tบางคนที\t๓\n๓\tเมืองสมุทรสงคราม\t๓\n\tรวม\t๑๐\n"
QUOTA = {"7503": 4, "7502": 3, "7501": 3}


def reading_with(table: str) -> Reading:
    text = text_of("samut-songkhram.txt")
    assert PRINTED in text
    return read_text(text.replace(PRINTED, table))


def table(first: str, second: str, sign: str = " | ", total: str = "รวม") -> str:
    rows = [
        ["ลำดับ", "อำเภอ", first, second],
        ["1", "อัมพวา", "9", "4"],
        ["2", "บางคนที", "9", "3"],
        ["3", "เมืองสมุทรสงคราม", "9", "3"],
    ]
    return "\n".join(sign.join(row) for row in rows) + f"\n{total}{sign}27{sign}10\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ปี 2568 (กลุ่ม)", "ปี 2569 (กลุ่ม)"),
        ("ปี 2568", "ปี 2569"),
        ("จำนวน ปี ๒๕๖๘", "จำนวน ปี ๒๕๖๙"),
        ("จัดสรร ปี 2568", "จัดสรร ปี 2569"),
        ("จำนวนกลุ่มทั้งหมดในอำเภอ", "จำนวนกลุ่มเป้าหมาย"),
        ("จำนวนกลุ่มที่ขึ้นทะเบียน", "โควตา (กลุ่ม)"),
    ],
)
@pytest.mark.parametrize("sign", [" | ", "\t"])
@pytest.mark.parametrize("total", ["รวม", " | รวม"])
def test_the_column_of_the_allocation_is_read(first: str, second: str, sign: str, total: str) -> None:
    reading = reading_with(table(first, second, sign, total.replace(" | ", sign)))
    assert reading.definition["quota"] == QUOTA
    assert reading.definition["allocation"]["total"] == 10
    assert codes(reading) == codes(read_text(text_of("samut-songkhram.txt")))


def test_the_order_of_the_columns_does_not_matter() -> None:
    reading = reading_with(table("กลุ่ม ปี 2569", "กลุ่ม ปี 2568"))
    assert set(reading.definition["quota"].values()) == {9}
    assert reading.definition["allocation"]["total"] == 27


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("จำนวนกลุ่มเดิม", "จำนวนกลุ่มใหม่"),
        ("จำนวนกลุ่มเป้าหมาย", "จำนวนที่จัดสรร"),
        ("ปี 2567 (กลุ่ม)", "ปี 2568 (กลุ่ม)"),
    ],
)
def test_unclear_columns_are_not_read_and_asked_about(first: str, second: str) -> None:
    reading = reading_with(table(first, second))
    assert "quota" not in reading.definition
    assert "total" not in reading.definition["allocation"]
    [finding] = [f for f in reading.findings if f.code == "quota-columns-unclear"]
    assert finding.severity is Severity.BLOCK
    assert finding.where == "quota"
    assert first in finding.message_th and second in finding.message_en
    assert codes(reading) - codes(read_text(text_of("samut-songkhram.txt"))) == {"quota-columns-unclear"}
    assert "quota-columns-unclear" in draft_yaml(reading, "letter.txt")
    assert any(question.code == "quota-columns-unclear" for question in open_questions(reading))


def test_a_heading_parted_on_a_second_line_is_asked_about() -> None:
    text = table("จำนวนกลุ่ม", "หมายเหตุ").replace("หมายเหตุ\n", "\n |  | ปี 2568 | ปี 2569\n")
    assert "quota-columns-unclear" in codes(reading_with(text))


def test_a_header_whose_cells_are_not_parted_is_asked_about() -> None:
    reading = reading_with(table("ปี 2568 (กลุ่ม)", "จำนวนกลุ่ม ปี 2569", " "))
    assert "quota" not in reading.definition
    assert "quota-columns-unclear" in codes(reading)


def test_a_header_wrapped_between_its_names_is_asked_about() -> None:
    text = table("จำนวนกลุ่มปี 2568", "จำนวนกลุ่มปี 2569", " ").replace("อำเภอ จำนวน", "อำเภอ\nจำนวน")
    reading = reading_with(text)
    assert "quota" not in reading.definition
    assert "quota-columns-unclear" in codes(reading)


def test_a_total_is_of_the_same_column() -> None:
    text = "อำเภอ | ตำบล | จำนวนกลุ่ม\nอัมพวา | 12 | 4\nบางคนที | 13 | 3\nเมืองสมุทรสงคราม | 11 | 3\nรวม | 36 | 10\n"
    reading = reading_with(text)
    assert reading.definition["quota"] == QUOTA
    assert reading.definition["allocation"]["total"] == 10
