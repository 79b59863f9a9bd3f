"""National IDs leave a cell unseen; what only looks like one stays; nobody's name or number is quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.definition import Source
from kbo_core.domain.thai_text import clean, thai_digits
from kbo_core.registry.headings import PRODUCERS
from kbo_core.registry.personal import is_national_id, looks_personal, shown, without_national_ids
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.staging import Lexicon, Staged, stage
from kbo_core.registry.table import read_table
from kbo_core.registry.telephones import suggest
from tests.registry.made.files import as_csv
from tests.screening.test_against_the_oracle import row_by_row

CITIZEN = "1560100123451"
DASHED = "1-5601-00123-45-1"
HEADING = ["producer_name", "producer_type", "province", "district", "subdistrict", "phone"]
GROUP = "กลุ่มผู้ผลิตชุมชน"


def staged(*rows: list[str]) -> Staged:
    file = SourceFile("p.csv", as_csv([HEADING, *rows]))
    return stage(read_table(file, Source(path="p.csv"), PRODUCERS), Lexicon(), Lexicon())


@pytest.mark.parametrize(
    "number",
    [
        CITIZEN,
        DASHED,
        *(DASHED.replace("-", between) for between in (" ", " - ", "--", "\u2013", "\u2011", "\u2212")),
        thai_digits(CITIZEN),
        thai_digits(DASHED),
    ],
)
@pytest.mark.parametrize("cell", ["กลุ่มทอผ้า {}", "กลุ่มทอผ้า{}", "{} กลุ่มทอผ้า", "{}กลุ่มทอผ้า", " กลุ่มทอผ้า  {}\n"])
def test_a_national_id_leaves_the_cell(number: str, cell: str) -> None:
    """However it is written, with what stands around it kept."""
    assert without_national_ids(clean(cell.format(number))) == "กลุ่มทอผ้า"


@pytest.mark.parametrize(
    "cell",
    [
        "0105536000315",  # a juristic person's
        "0-1055-36000-31-5",
        "1560100123452",  # the last digit is wrong
        "15601001234510",  # a digit too many
        "156010012345",
        "9560100123451",  # no citizen's number begins with 9
        "กลุ่มทอผ้า หมู่ 3",
        "",
    ],
)
def test_what_only_looks_like_a_national_id_stays(cell: str) -> None:
    """A register number of a company is a good identifier."""
    assert without_national_ids(cell) == cell


def test_two_national_ids_in_a_cell_both_leave() -> None:
    """With the comma between them left."""
    assert without_national_ids(f"{CITIZEN}, {DASHED}") == ","
    assert without_national_ids(f"กลุ่ม{CITIZEN}{CITIZEN}ก") == "กลุ่มก"
    assert without_national_ids(f"{DASHED} {CITIZEN}-{CITIZEN}") == "-"
    assert without_national_ids(f"{CITIZEN} 1560100123452") == "1560100123452"


@given(st.text("0123456789 -\u2013", min_size=11, max_size=30))
def test_no_valid_national_id_is_left_standing_alone(text: str) -> None:
    """However its digits stand apart: what is left is no ID."""
    left = "".join(filter(str.isdigit, without_national_ids(clean(text))))
    assert not (len(left) == 13 and left[0] in "12345678" and is_national_id(left))


def test_a_row_with_a_national_id_is_told_and_stays() -> None:
    """The finding names the place and never the number."""
    table = staged(
        [f"กลุ่มทอผ้า {CITIZEN}", GROUP, "พะเยา", "จุน", "", ""],
        ["กลุ่มจักสาน", GROUP, "พะเยา", "จุน", DASHED, ""],
        ["กลุ่มปลาส้ม", GROUP, "พะเยา", "จุน", "0105536000315", ""],
    )
    assert table.rows["has_national_id"].tolist() == [True, True, False]
    failed = {failure.check: failure for failure in row_by_row("producers", table.rows.assign(is_repeat=False))}
    assert failed["national-id-dropped"].action == "warn"
    assert failed["national-id-dropped"].rows.tolist() == [0, 1]


def test_thirteen_digits_in_a_telephone_cell_are_no_national_id() -> None:
    """They are numbers run together, and no finding tells of them."""
    table = staged(["กลุ่มทอผ้า", GROUP, "พะเยา", "จุน", "", CITIZEN])
    assert table.rows["has_national_id"].tolist() == [False]


@pytest.mark.parametrize(
    ("column", "text", "is_hidden"),
    [
        ("phone", "1", True),
        ("contact_name", "ก", True),
        ("district", "081-234-5678", True),
        ("district", "๐๘๑๒๓๔๕๖๗๘", True),
        ("province", "นางคำหล้า ดอยลับแล", True),
        ("subdistrict", "น.ส.คำปัน ใจดี", True),
        ("subdistrict", "() นางคำหล้า ดอยลับแล", True),
        ("producer_name", "081-234-5678", True),
        ("district", "เทศบาลเมืองพะเยา", False),
        ("district", "นายายอาม", False),
        ("district", "นางรอง", False),
        ("district", "5601", False),
        ("producer_name", "นางสาวคำปัน ใจดี", False),
        ("producer_id", "560100001", False),
    ],
)
def test_a_value_that_slipped_into_another_column_is_not_quoted(column: str, text: str, *, is_hidden: bool) -> None:
    """A stray comma brings a telephone under the districts; an official name stays readable."""
    assert shown(column, text) == ("" if is_hidden else text)


def test_every_official_name_may_be_quoted() -> None:
    """Some districts begin like a person's title."""
    names = [d.name_th for d in districts().values()] + [p.name_th for p in provinces().values()]
    assert not [name for name in names if looks_personal(name)]


@pytest.mark.parametrize(
    ("cell", "before", "after"),
    [
        ("53123678", "•••••678", "0•••••678"),
        ("812345678", "••••••678", "0••••••678"),
        ("812345678.0", "••••••678", "0••••••678"),
        ("81-234-5678", "••••••678", "0••••••678"),
        ("โทร. 81 234 5678", "••••••678", "0••••••678"),
        ("08123456780898765432", "•" * 17 + "432", "•••••••678, •••••••432"),
        ("812345678 53123456", "•" * 14 + "456", "0••••••678, 0•••••456"),
        ("081-234-5678/892345671", "•••••••678, ••••••671", "•••••••678, 0••••••671"),
    ],
)
def test_a_lost_zero_is_suggested_with_three_digits_shown(cell: str, before: str, after: str) -> None:
    """Numbers run together or several in a cell are taken apart where there is one way to do it."""
    assert suggest(cell) == (before, after)


@pytest.mark.parametrize(
    "cell",
    ["", "-", "0812345678", "081-234-5678", "053123456", "053-123456", "0812345678, 053123456", "12345", "112345678",
     "81234567", "+66812345678", "053-123456-7", "812345678 ต่อ 3", "8123456788123456789", "9" * 61],
)  # fmt: skip
def test_nothing_is_suggested_where_nothing_is_missing_or_nobody_can_tell(cell: str) -> None:
    """A number that is whole, too short, of another country, or that could be read in two ways."""
    assert suggest(cell) is None


@given(st.text("0123456789 ,/-.()+ต", max_size=40))
def test_a_suggestion_never_shows_more_than_three_digits_of_a_number(cell: str) -> None:
    """Neither before nor after."""
    for side in suggest(cell) or ():
        assert all(sum(map(str.isdigit, part.removeprefix("0"))) <= 3 for part in side.split(", "))
