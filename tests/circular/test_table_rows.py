"""Rows that were broken, left open or closed by a total."""

import pytest

from kbo_core.circular.reading import Reading
from tests.circular.reading_of import codes, read_text, text_of

PRINTED = "ที่\tอำเภอ\tจำนวนกลุ่ม\n๑\tอัมพวา\t๔\n๒\tบางคนที\t๓\n๓\tเมืองสมุทรสงคราม\t๓\n\tรวม\t๑๐\n"
QUOTA = {"7503": 4, "7502": 3, "7501": 3}


def reading_with(table: str) -> Reading:
    text = text_of("samut-songkhram.txt")
    assert PRINTED in text
    return read_text(text.replace(PRINTED, table))


@pytest.mark.parametrize("total", ["รวมทั้งสิ้น | 7", " | รวมทั้งสิ้น | 7", "รวม | | 7"])
@pytest.mark.parametrize("dash", ["-", "–"])
@pytest.mark.parametrize("edge", ["", "| "])
def test_a_dash_in_the_last_row_is_read_and_the_total_stands_alone(total: str, dash: str, edge: str) -> None:
    rows = ["ที่ | อำเภอ | จำนวนกลุ่ม", "1 | อัมพวา | 4", "2 | บางคนที | 3", f"3 | อ.เมืองสมุทรสงคราม | {dash}", total]
    reading = reading_with("".join(f"{edge}{row}{edge[::-1]}\n" for row in rows))
    assert reading.definition["quota"] == {"7503": 4, "7502": 3, "7501": 0}
    assert reading.definition["allocation"]["total"] == 7
    new = codes(reading) - codes(read_text(text_of("samut-songkhram.txt")))
    assert new == {"quota-dash"}


@pytest.mark.parametrize("empty", ["", "   ", "ไม่มี"])
def test_a_total_never_continues_a_row_without_a_number(empty: str) -> None:
    table = f"ที่ | อำเภอ | จำนวนกลุ่ม\n1 | อัมพวา | 4\n2 | บางคนที | 3\n3 | อ.เมืองสมุทรสงคราม | {empty}\nรวมทั้งสิ้น | 7\n"
    reading = reading_with(table)
    assert reading.definition["quota"] == {"7503": 4, "7502": 3}
    assert reading.definition["allocation"]["total"] == 7
    assert [f.where for f in reading.findings if f.code == "quota-not-read"] == ["quota.7501"]
    assert "unknown-district" not in codes(reading)


@pytest.mark.parametrize(
    "table",
    [
        "ที่ | อำเภอ | จำนวนกลุ่ม\n1 | อัมพวา | 4\n2 | บางคนที | 3\n3 | อ.เมืองสมุทร\nสงคราม | 3\nรวม | 10\n",
        "ที่ | อำเภอ | จำนวนกลุ่ม\n1 | อัม\nพวา | 4\n2 | บางคนที | 3\n3 | เมืองสมุทรสงคราม | 3\n | รวม | 10\n",
        "| ที่ | อำเภอ | จำนวน |\n| 1 | อัมพวา | 4 |\n| 2 | บาง\nคนที | 3 |\n| 3 | เมืองสมุทรสงคราม | 3 |\n| รวม | | 10 |\n",
        "ที่ | อำเภอ | จำนวนกลุ่ม | หมายเหตุ\n1 | อัมพวา | 4 |\n2 | บาง\nคนที | 3 |\n3 | เมืองสมุทรสงคราม | 3 |\nรวม | | 10 |\n",
    ],
)
def test_a_name_wrapped_inside_a_row_is_read(table: str) -> None:
    reading = reading_with(table)
    assert reading.definition["quota"] == QUOTA
    assert reading.definition["allocation"]["total"] == 10
    assert codes(reading) == codes(read_text(text_of("samut-songkhram.txt")))
    for key in QUOTA:
        quote = reading.quotes[f"quota.{key}"]
        assert reading.letter.source[quote.start : quote.end] == quote.text
