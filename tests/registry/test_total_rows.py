"""The line under a table that adds it up is nobody: set aside, and no group with such a word in its name with it."""

import pytest

from kbo_core.domain.definition import Source
from kbo_core.registry.headings import PRODUCERS
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.staging import Lexicon, Staged, stage
from kbo_core.registry.table import read_table
from tests.registry.made.files import as_csv
from tests.screening.test_against_the_oracle import row_by_row

GROUP = "กลุ่มผู้ผลิตชุมชน"
HEADING = ["ที่", "producer_name", "producer_type", "province", "district"]


def staged(*rows: list[str]) -> Staged:
    file = SourceFile("p.csv", as_csv([HEADING, ["1", "กลุ่มทอผ้า", GROUP, "พะเยา", "จุน"], *rows]))
    return stage(read_table(file, Source(path="p.csv"), PRODUCERS), Lexicon(), Lexicon())


def set_aside(table: Staged) -> set[str]:
    """The checks that set aside the second row."""
    failures = row_by_row("producers", table.rows.assign(is_repeat=False))
    return {failure.check for failure in failures if failure.action == "quarantine" and 1 in failure.rows}


@pytest.mark.parametrize(
    "cell",
    [
        "รวมทั้งสิ้น 275 ราย",
        "รวมทั้งสิ้น ๒๗๕ ราย",
        "รวม",
        "รวม :",
        "ยอดรวม 1,275",
        "รวมทั้งหมด 28 กลุ่ม",
        "รวมจำนวน 5 แห่ง",
        "ทั้งหมด 9 ราย",
        "รวมทั้งสิ้น (275 ราย)",
        "รวม 9 อำเภอ",
        "รวมจำนวนผู้ผลิต 275 ราย",
        "รวมอำเภอจุน",
        "รวมอำเภอจุน 12 กลุ่ม",
        "ผลรวม",
        "Total",
        "Grand total 275",
    ],
)
def test_a_total_in_the_name_column_is_set_aside_as_one(cell: str) -> None:
    """Even where the rest of the line looks like a producer's."""
    assert set_aside(staged(["", cell, GROUP, "พะเยา", "จุน"])) == {"total-row"}


def test_a_total_in_another_column_is_set_aside_for_want_of_a_name() -> None:
    """It is a row of the file, and counted as one."""
    assert "name-missing" in set_aside(staged(["รวมทั้งสิ้น 275 ราย", "", "", "", ""]))


@pytest.mark.parametrize(
    "name",
    ["รวมใจทอผ้า", "กลุ่มรวมพลัง", "กลุ่มรวมใจ 3", "รวมใจ 9", "รวมพลังสตรี", "กลุ่มสตรีรวมทั้งหมู่บ้าน", "ร้านรวมของฝาก", "Total Craft"],
)
def test_a_group_with_the_word_in_its_name_stays(name: str) -> None:
    """Many groups are called together."""
    assert set_aside(staged(["2", name, GROUP, "พะเยา", "จุน"])) == set()
