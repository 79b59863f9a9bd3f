"""One cell, one value: types, stars, years, quadrants, names and areas, as offices type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbo_core.domain.areas import District, districts, find_district, find_province, provinces
from kbo_core.domain.register import ABSENT, UNREADABLE, ProducerType
from kbo_core.domain.thai_text import clean, name_key, repair
from kbo_core.registry.values import parse_quadrant, parse_stars, parse_type, parse_year_be

GROUP, OWNER, SME, UNKNOWN = ProducerType.GROUP, ProducerType.SINGLE_OWNER, ProducerType.SME, ProducerType.UNKNOWN

TYPES = {
    "กลุ่มผู้ผลิตชุมชน": GROUP,
    " กลุ่มผู้ผลิต ชุมชน\u00a0": GROUP,
    "กลุ่่มผู้ผลิตชุมชน": GROUP,
    "กลุ่มผู้ผลิต\nชุมชน": GROUP,
    "วิสาหกิจชุมชน": GROUP,
    "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว": OWNER,
    "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดี่ยว": OWNER,
    "รายเดี่ยว": OWNER,
    "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม": SME,
    "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม (SMEs)": SME,
    "sme": SME,
    "SMEs": SME,
    "": UNKNOWN,
    "-": UNKNOWN,
    "กลุ่ม": UNKNOWN,
    "วิสาหกิจ": UNKNOWN,
    "ผู้ผลิตชุมชน": UNKNOWN,
    "ไม่ใช่กลุ่มผู้ผลิตชุมชน": UNKNOWN,
    "กลุ่มผู้ผลิตชุมชน?": UNKNOWN,
}
STARS = {
    "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "๓": 3, "3 ดาว": 3, "๓ ดาว": 3, "ระดับ 3 ดาว": 3, "ระดับ ๕ ดาว": 5, "3.0": 3,
    " 4 ": 4, "": ABSENT, "  ": ABSENT, "\u200b": ABSENT,
    "0": UNREADABLE, "6": UNREADABLE, "3.5": UNREADABLE, "-3": UNREADABLE, "13": UNREADABLE, "3-4": UNREADABLE,
    "ดี": UNREADABLE, "ดาว": UNREADABLE, "-": UNREADABLE, "***": UNREADABLE, "สาม": UNREADABLE,
}  # fmt: skip
YEARS = {
    "2567": 2567, "๒๕๖๗": 2567, "ปี 2567": 2567, "พ.ศ. 2567": 2567, "พ.ศ.๒๕๖๗": 2567, "2567.0": 2567,
    "ปี พ.ศ. 2567": 2567, "2500": 2500, "2699": 2699, "": ABSENT, " ": ABSENT,
    "2499": UNREADABLE, "2700": UNREADABLE, "2024": UNREADABLE, "67": UNREADABLE, "256": UNREADABLE,
    "25670": UNREADABLE, "2567.5": UNREADABLE, "2566/2567": UNREADABLE, "ไม่ทราบ": UNREADABLE, "2567-01-01": UNREADABLE,
}  # fmt: skip
QUADRANTS = {
    "A": "A", "b": "B", "C": "C", "D": "D", " d ": "D", "กลุ่ม D": "D", "Quadrant D": "D", "กลุ่ม Quadrant A": "A",
    "ปรับตัวสู่การพัฒนา": "D", "กลุ่มปรับตัวสู่การพัฒนา": "D", "กลุ่มปรับตัวเข้าสู่การพัฒนา": "D",
    "กลุ่มปรับตัวสู่การพัฒนา (Quadrant D)": "D", "": "", " ": "",
    "E": "?", "AD": "?", "-": "?", "1": "?", "กลุ่ม": "?", "Quadrant": "?", "ไม่ปรับตัวสู่การพัฒนา": "?",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "kind"), TYPES.items())
def test_a_producer_type_is_one_of_three_or_unknown(cell: str, kind: ProducerType) -> None:
    """A community enterprise is a group; what is not on the list is never a group by its looks."""
    assert parse_type(cell) is kind


@pytest.mark.parametrize(("cell", "stars"), STARS.items())
def test_stars_are_one_to_five_or_absent_or_unreadable(cell: str, stars: int) -> None:
    """A blank is unrated; a wrong figure is not rounded, not guessed, not lost."""
    assert parse_stars(cell) == stars


@pytest.mark.parametrize(("cell", "year"), YEARS.items())
def test_a_year_is_a_buddhist_one_or_absent_or_unreadable(cell: str, year: int) -> None:
    """A Christian year is not converted: whoever typed it must say."""
    assert parse_year_be(cell) == year


@pytest.mark.parametrize(("cell", "quadrant"), QUADRANTS.items())
def test_a_quadrant_is_a_letter_or_the_letters_own_words(cell: str, quadrant: str) -> None:
    """Both spellings of group D that the circular uses are D."""
    assert parse_quadrant(cell) == {"": ABSENT, "?": UNREADABLE, "A": 1, "B": 2, "C": 3, "D": 4}[quadrant]


@given(st.text(alphabet="๑๒๓๔๕12345.- ดาวระับปีพศDdกลุ่ม\u200b\u00a0", max_size=12))
def test_no_cell_makes_a_reader_fail(cell: str) -> None:
    """Any cell gives a value of the closed set."""
    assert parse_stars(cell) in (UNREADABLE, ABSENT, 1, 2, 3, 4, 5)
    assert parse_year_be(cell) in (UNREADABLE, ABSENT) or 2500 <= parse_year_be(cell) <= 2699
    assert parse_quadrant(cell) in (UNREADABLE, ABSENT, 1, 2, 3, 4)
    assert parse_type(cell) in tuple(ProducerType)


# --- text -----------------------------------------------------------------------------------------------------------

SAME_NAME = {
    "decomposed-sara-am": ("น\u0e33", "น\u0e4d\u0e32"),
    "decomposed-sara-am-with-a-tone-between": ("น\u0e49\u0e33", "น\u0e4d\u0e49\u0e32"),
    "decomposed-sara-am-with-the-tone-before": ("น\u0e49\u0e33", "น\u0e49\u0e4d\u0e32"),
    "tone-after-sara-am": ("น\u0e49\u0e33", "น\u0e33\u0e49"),
    "doubled-tone-mark": ("บ้าน", "บ\u0e49\u0e49าน"),
    "doubled-vowel-sign-after-the-tone": ("กลุ่ม", "กล\u0e48\u0e38\u0e38ม"),
    "doubled-upper-vowel-after-the-tone": ("ที่", "ท\u0e48\u0e35\u0e35"),
    "doubled-vowel-sign": ("กลุ่ม", "กล\u0e38\u0e38\u0e48ม"),
    "tone-before-vowel-sign": ("กลุ่ม", "กล\u0e48\u0e38ม"),
    "two-sara-e-for-sara-ae": ("แม่", "เเม่"),
    "no-break-space": ("กลุ่มทอผ้า บ้านต๊ำ", "กลุ่มทอผ้า\u00a0บ้านต๊ำ"),
    "zero-width-space": ("กลุ่มทอผ้า", "กลุ่ม\u200bทอผ้า"),
    "byte-order-mark": ("กลุ่มทอผ้า", "\ufeffกลุ่มทอผ้า"),
    "soft-hyphen": ("กลุ่มทอผ้า", "กลุ่ม\u00adทอผ้า"),
    "thai-digits": ("หมู่ 12", "หมู่ ๑๒"),
    "line-break-in-a-cell": ("กลุ่มทอผ้าบ้านต๊ำ", "กลุ่มทอผ้า\r\nบ้านต๊ำ"),
    "blanks-around": ("กลุ่มทอผ้า", "  กลุ่มทอผ้า\t"),
    "letter-case": ("OTOP Phayao", "otop PHAYAO"),
}


@pytest.mark.parametrize(("good", "typed"), SAME_NAME.values(), ids=SAME_NAME)
def test_two_spellings_of_one_name_share_a_key(good: str, typed: str) -> None:
    """What a reader cannot see on the screen does not make another producer."""
    assert name_key(good) == name_key(typed)


@pytest.mark.parametrize(
    ("one", "other"), [("หมู่ 1", "หมู่ 2"), ("บ้านต๊ำ", "บ้านต้ำ"), ("กลุ่มทอผ้า", "กลุ่มทอผ้าไหม"), ("นํ", "น"), ("เม่", "แม่")]
)
def test_two_names_that_read_differently_keep_different_keys(one: str, other: str) -> None:
    """Cleaning takes nothing away that a reader would see."""
    assert name_key(one) != name_key(other)


def test_a_cleaned_cell_is_one_line_with_arabic_digits_and_sara_am_whole() -> None:
    """What the decisions print is the name as it should have been typed."""
    assert clean(" กลุ่มน\u0e4d\u0e49\u0e32พริก\u00a0 \nหมู่ ๓ ") == "กลุ่มน\u0e49\u0e33พริก หมู่ 3"


THAI = st.text(alphabet="กนมบเแโาำะิีุู็่้๊๋์ํ๎ฺัๆฯ๐๙ \n\t\u00a0\u200b\u200d\ufeff\u00adAa()", max_size=14)


@given(THAI)
def test_repairing_twice_repairs_no_more(text: str) -> None:
    """Idempotent: what was repaired is in its one form."""
    assert repair(repair(text)) == repair(text)


@given(THAI)
def test_cleaning_twice_cleans_no_more(text: str) -> None:
    """Idempotent, and without anything unseen."""
    once = clean(text)
    assert clean(once) == once
    assert once == once.strip()
    assert not set(once) & set("\u00a0\u200b\u200d\ufeff\u00ad\n\t๐๙")


@given(THAI)
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    """Idempotent, and the same for the cleaned cell as for the cell."""
    assert name_key(name_key(text)) == name_key(text)
    assert name_key(clean(text)) == name_key(text)


# --- areas ----------------------------------------------------------------------------------------------------------


def test_there_are_77_provinces_and_928_districts() -> None:
    """The official table, whole."""
    assert len(provinces()) == 77
    assert len(districts()) == 928


@pytest.mark.parametrize("before", ["", "จังหวัด", "จ.", "จ. ", " \u200b"])
def test_every_province_is_found_by_its_name_with_or_without_the_word_before(before: str) -> None:
    """Thai name; English name and code as well."""
    for province in provinces().values():
        assert find_province(before + province.name_th) is province
        if not before.strip("\u200b "):
            assert find_province(province.name_en.upper()) is province
            assert find_province(province.code) is province


@pytest.mark.parametrize("before", ["", "อำเภอ", "อ.", "อ. ", "เขต", "  "])
def test_every_district_is_found_by_its_name_with_or_without_the_word_before(before: str) -> None:
    """All 928, each inside its own province; by code as well."""
    for district in districts().values():
        province = provinces()[district.province_code]
        assert find_district(before + district.name_th, province) is district, district
        assert find_district(district.code, province) is district


def test_an_english_district_name_that_is_unique_in_its_province_is_found() -> None:
    """One that two districts share names neither."""
    shared = []
    for province in provinces().values():
        by_name: dict[str, list[District]] = {}
        for district in province.districts:
            by_name.setdefault(name_key(district.name_en), []).append(district)
        for name, named in by_name.items():
            found = find_district(name, province)
            assert found is (named[0] if len(named) == 1 else None)
            shared += [name] if len(named) > 1 else []
    assert shared


def test_a_district_of_another_province_is_not_found() -> None:
    """Names repeat across provinces, so a name means something only inside one."""
    phayao, chiang_rai = provinces()["56"], provinces()["57"]
    assert find_district("เชียงของ", phayao) is None
    assert find_district("5703", phayao) is None
    assert find_district("จุน", chiang_rai) is None


@pytest.mark.parametrize(
    "cell",
    [
        "เทศบาลเมืองพะเยา",
        "เทศบาลตำบลจุน",
        "ทม.พะเยา",
        "ทต.จุน",
        "อบต.จุน",
        "ตำบลจุน",
        "ต.จุน",
        "อำเภอ",
        "อ.",
        "",
        "จุ",
        "จุน/ปง",
        "พะเยา",
    ],
)
def test_a_municipality_or_a_piece_of_a_name_is_no_district(cell: str) -> None:
    """Nothing is guessed into a district."""
    assert find_district(cell, provinces()["56"]) is None


@pytest.mark.parametrize("cell", ["เมือง", "อ.เมือง", "อำเภอเมือง", "อ.เมืองพะเยา", "เมือง พะเยา"])
def test_the_seat_is_found_under_its_short_name(cell: str) -> None:
    """Inside its own province everybody writes อ.เมือง."""
    found = find_district(cell, provinces()["56"])
    assert found is not None
    assert found.code == "5601"


@pytest.mark.parametrize("cell", ["", "จังหวัด", "พเยา", "ภาคเหนือ", "99", "ประเทศไทย", "จ."])
def test_what_is_no_province_is_not_found(cell: str) -> None:
    """A misspelt province is for a person to correct."""
    assert find_province(cell) is None
