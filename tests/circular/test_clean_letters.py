"""Letters without a fault are read in full and raise no contradiction, whatever their layout."""

from datetime import date
from typing import Any

import pytest

from tests.circular.reading_of import LETTERS, codes, leaves, read_text, text_of

# What any circular may leave open or tell of; none of these contradicts anything.
OPEN_OR_TOLD = {
    "exclusion-list-missing",
    "insufficiency-scope",
    "tier2-source",
    "tier2-clause2",
    "star-quantifier",
    "volatile-exclusion-list",
    "deadline-before-wording",
    "quota-dash",
    "year-style",
}
# name: number, issued, deadline, programme year, stars, KBO years, fallback years, quotas in the letter's order
Expected = tuple[str, date, date, int, list[int], list[int], tuple[int, int] | None, dict[str, int]]
READ: dict[str, Expected] = {
    "nan.txt": (
        "นน 0019.3/ว 4102",
        date(2025, 11, 10),
        date(2026, 3, 31),
        2569,
        [1, 3],
        [2568],
        (2567, 2567),
        dict(
            zip(
                ["01", "05", "07", "06", "09", "08", "04", "10", "02", "03", "11", "12", "13", "14", "15"],
                [5, 3, 3, 2, *[1] * 9, 2, 0],
                strict=True,
            )
        ),
    ),
    "lamphun.md": (
        "ลพ 0019/ว 88",
        date(2025, 1, 15),
        date(2025, 3, 19),
        2568,
        [2, 4],
        [2566, 2567],
        (2567, 2568),
        {"01": 4, "06": 3, "02": 2, "03": 2, "04": 2, "05": 1, "07": 1, "08": 1},
    ),
    "satun.txt": (
        "สต 0019/ว 234",
        date(2026, 1, 20),
        date(2026, 4, 30),
        2569,
        [1, 3],
        [2566, 2567, 2568],
        (2567, 2569),
        {"01": 3, "05": 3, "03": 2, "02": 1, "04": 1, "06": 1, "07": 1},
    ),
    "trat.txt": (
        "ตร 0019.1/ว 550",
        date(2025, 12, 1),
        date(2026, 2, 27),
        2569,
        [1, 3],
        [2568],
        (2567, 2569),
        {"01": 3, "03": 2, "02": 1, "04": 1, "05": 2, "06": 1, "07": 1},
    ),
    "nakhon-pathom.txt": (
        "นฐ 0019/ว 1200",
        date(2024, 11, 18),
        date(2025, 2, 28),
        2568,
        [1, 3],
        [2567],
        (2567, 2568),
        {"01": 4, "05": 3, "02": 3, "06": 3, "03": 2, "07": 1, "04": 2},
    ),
    "ranong.txt": (
        "รน 0019/ว 77",
        date(2025, 1, 15),
        date(2025, 3, 19),
        2568,
        [3, 5],
        [2567],
        None,
        {"01": 2, "04": 1, "03": 1, "02": 1, "05": 1},
    ),
    "phuket.txt": (
        "ภก 0019/ว 331",
        date(2025, 11, 10),
        date(2026, 3, 31),
        2569,
        [1, 5],
        [2567, 2568],
        None,
        {"01": 3, "02": 1, "03": 2},
    ),
    "samut-songkhram.txt": (
        "สส 0019/ว 901",
        date(2025, 11, 10),
        date(2026, 3, 31),
        2569,
        [1, 3],
        [2568],
        (2567, 2569),
        {"03": 4, "02": 3, "01": 3},
    ),
    "sing-buri.txt": (
        "สห 0019.2/ว 45",
        date(2026, 1, 20),
        date(2026, 4, 30),
        2569,
        [1, 3],
        [2568],
        (2567, 2569),
        {"01": 2, "02": 1, "03": 1, "04": 1, "05": 1, "06": 2},
    ),
    "uthai-thani.md": (
        "อน 0019/ว 10",
        date(2025, 10, 20),
        date(2026, 6, 17),
        2569,
        [3, 3],
        [2567, 2568],
        None,
        {"02": 2, "06": 2, "01": 3, "07": 1, "03": 1, "05": 1, "04": 1, "08": 1},
    ),
    "chai-nat.txt": (
        "ชน 0019/ว 617",
        date(2026, 1, 20),
        date(2026, 4, 30),
        2569,
        [1, 3],
        [2568],
        None,
        {"01": 2, "05": 2, "02": 1, "06": 2, "03": 1, "07": 1, "04": 1, "08": 1},
    ),
    "yasothon.txt": (
        "ยส 0019.2/ว 2288",
        date(2024, 11, 18),
        date(2025, 2, 28),
        2568,
        [1, 3],
        [2567],
        (2567, 2568),
        {"01": 3, "03": 2, "08": 2, "04": 2, "06": 1, "02": 1, "05": 1, "07": 1, "09": 0},
    ),
}
PROVINCES = {
    "nan.txt": "55",
    "lamphun.md": "51",
    "satun.txt": "91",
    "trat.txt": "23",
    "nakhon-pathom.txt": "73",
    "ranong.txt": "85",
    "phuket.txt": "83",
    "samut-songkhram.txt": "75",
    "sing-buri.txt": "17",
    "uthai-thani.md": "61",
    "chai-nat.txt": "18",
    "yasothon.txt": "35",
}


def test_every_letter_of_the_corpus_has_its_expected_reading() -> None:
    assert set(LETTERS) == set(READ) == set(PROVINCES)


@pytest.mark.parametrize("name", LETTERS)
def test_a_clean_letter_raises_no_contradiction(name: str) -> None:
    assert codes(read_text(text_of(name))) - OPEN_OR_TOLD == set()


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_read_in_full(name: str) -> None:
    number, issued, due, year, stars, kbo, fallback, quota = READ[name]
    definition: dict[str, Any] = read_text(text_of(name)).definition
    assert definition["province_code"] == PROVINCES[name]
    assert definition["circular"]["number"] == number
    assert definition["circular"]["issued_on"] == issued
    assert definition["deadline"]["on"] == due
    assert definition["programme_year_be"] == year
    assert definition["rules"]["stars"] == stars
    assert definition["rules"]["star_year_be"] == 2567
    assert definition["rules"]["kbo_exclusion_years_be"] == kbo
    years = definition["rules"].get("fallback", {})
    assert (years.get("quadrant_year_be"), years.get("exclude_project_year_be")) == (fallback or (None, None))
    assert list(definition["quota"].items()) == [(PROVINCES[name] + code, n) for code, n in quota.items()]


@pytest.mark.parametrize("name", LETTERS)
def test_every_value_has_a_quotation_and_every_quotation_stands_in_the_source(name: str) -> None:
    reading = read_text(text_of(name))
    assert set(leaves(reading.definition)) <= set(reading.quotes)
    for quote in reading.quotes.values():
        assert quote.text
        assert reading.letter.source[quote.start : quote.end] == quote.text
        assert reading.letter.source.count("\n", 0, quote.start) + 1 == quote.line


def test_a_letter_that_answers_everything_leaves_nothing_to_ask() -> None:
    reading = read_text(text_of("nan.txt"))
    assert reading.findings == ()
    assert reading.definition["deadline"]["at"] == "15:00"
    assert reading.definition["rules"]["star_scope"] == "any"
    assert reading.definition["rules"]["fallback"] == {
        "scope": "district",
        "source": "classified_d",
        "quadrant_year_be": 2567,
        "exclude_project_year_be": 2567,
        "clause_2_binds": True,
    }


def test_a_setting_is_read_only_where_the_letter_says_it() -> None:
    assert "star_scope" not in read_text(text_of("lamphun.md")).definition["rules"]
    assert read_text(text_of("satun.txt")).definition["rules"]["fallback"]["scope"] == "province"
    assert read_text(text_of("nakhon-pathom.txt")).definition["rules"]["fallback"]["source"] == "project_participants"


def test_the_parts_of_the_letter_are_quoted() -> None:
    reading = read_text(text_of("nan.txt"))
    shown = {key: quote.shown for key, quote in reading.quotes.items()}
    assert shown["letter.place"] == "ศาลากลางจังหวัดน่าน ถนนน่าน-พะเยา นน ๕๕๐๐๐"
    assert shown["letter.addressees"] == "นายอำเภอทุกอำเภอ"
    assert shown["letter.reference"].startswith("หนังสือกรมการพัฒนาชุมชน")
    assert shown["letter.signatory"] == "นางสมมุติ ตัวอย่างดี"
    assert shown["letter.position"] == "พัฒนาการจังหวัดน่าน"
    assert shown["letter.phone"] == "๐ ๕๔๗๑ ๐๒๔๖"
    assert [key for key in shown if key.startswith("guideline.")] == [f"guideline.{i}" for i in range(1, 5)]
    assert shown["guideline.2"] == "(๒) ไม่เคยเข้าร่วมโครงการ KBO ในปีงบประมาณ พ.ศ. ๒๕๖๘"
    number = reading.contents.head.number
    assert number and (number.value.unit, number.value.office, number.value.running) == ("นน", "0019.3", 4102)
