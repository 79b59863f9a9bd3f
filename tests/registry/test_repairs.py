"""Every change between the file and what is decided on stands in the repairs, and can be undone by them."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.domain.areas import find_district, find_province
from kbo_core.domain.definition import Source
from kbo_core.domain.thai_text import FAULTS
from kbo_core.office.results import csv_bytes
from kbo_core.registry.headings import PRODUCERS
from kbo_core.registry.personal import PERSONAL
from kbo_core.registry.repairs import KINDS_TH, REPAIR_COLUMNS
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.staging import Lexicon, Staged, stage
from kbo_core.registry.table import read_table
from kbo_core.registry.values import OFFICIAL_TYPES, parse_type
from tests.registry.made.files import as_csv, as_xlsx

COLUMNS = PRODUCERS.columns
GROUP = "กลุ่มผู้ผลิตชุมชน"
CITIZEN = "1560100123451"
LETTERS = "กเแ าน\u0e4d\u0e33\u0e48\u0e49\u0e34\u0e38\u200b\u00a0\n๓3-a"
CELLS = {
    "producer_name": st.text(LETTERS, min_size=1, max_size=6).map(lambda text: f"กลุ่ม{text}"),
    "producer_type": st.sampled_from([GROUP, f" {GROUP} ", "วิสาหกิจชุมชน", "กลุ่มผู้ผลิต ชุมชน", "รายเดี่ยว", "SMEs", "", "กลุ่ม"]),
    "province": st.sampled_from(["พะเยา", "จ.พะเยา", " พะเยา\u00a0", "Phayao", "เชียงราย", "๕๖", "", "พเยา"]),
    "district": st.sampled_from(["จุน", "อ.จุน", "อำเภอเเม่ใจ", "5601", "เมือง", "เทศบาล  จุน", "", "จอมทอง"]),
    "producer_id": st.sampled_from(["", "P1", "P๒", " P3"]),
    "subdistrict": st.text(LETTERS, max_size=4),
    "contact_name": st.sampled_from(["นางคำ  ลับแล", "นาย\u200bดี ลับแล"]),
    "phone": st.sampled_from(["812345678", " 081-234-5678", "๐๘๑๒๓๔๕๖๗๘", "", CITIZEN]),
}  # fmt: skip
ROWS = st.lists(st.tuples(*[CELLS[name] for name in COLUMNS]), min_size=1, max_size=12)


def staged(rows: Sequence[Sequence[str]], content: bytes | None = None, name: str = "p.csv") -> Staged:
    file = SourceFile(name, content or as_csv([COLUMNS, *rows]))
    return stage(read_table(file, Source(path=name, sheet="*"), PRODUCERS), Lexicon(), Lexicon())


def repairs(table: Staged) -> pd.DataFrame:
    return table.repairs(np.ones(len(table.rows), dtype=bool))


def repairs_count(repair: Any) -> int:
    return int(repair.count)  # the tuple's own count() is hidden by the column


def numbers(spans: str) -> list[int]:
    """The rows in ``3-7 9 12``."""
    told: list[int] = []
    for span in spans.split():
        first, _, last = span.partition("-")
        told += range(int(first), int(last or first) + 1)
    return told


def decided_on(table: Staged) -> dict[tuple[int, str], str]:
    """The value of every cell that decisions are made of: cleaned, areas and types by their official name."""
    values = {}
    for n, row in enumerate(table.table.rows.tolist()):
        province = find_province(table.text("province", n))
        district = find_district(table.text("district", n), province) if province else None
        kind = parse_type(table.text("producer_type", n))
        for column in COLUMNS:
            text = table.text(column, n)
            official = {
                "province": province and province.name_th,
                "district": district and district.name_th,
                "producer_type": OFFICIAL_TYPES.get(kind),
            }
            values[row, column] = official.get(column) or text
    return values


@given(ROWS)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_repairs_applied_backwards_give_the_files_own_cells(rows: list[tuple[str, ...]]) -> None:
    """Each changed cell stands in exactly one repair, and each repair says what was in the cell."""
    table = staged(rows)
    values = decided_on(table)
    seen = Counter[tuple[int, str]]()
    for repair in repairs(table).itertuples():
        at = [(row, str(repair.column)) for row in numbers(str(repair.rows))]
        assert len(at) == repairs_count(repair)
        if repair.kind == "telephone":
            continue
        seen.update(at)
        for place in at:
            if repair.column not in PERSONAL and "national-id" not in str(repair.kind):
                assert values[place] == repair.after
                values[place] = str(repair.before)
    assert not seen or max(seen.values()) == 1
    typed = {(n, name): cell for n, row in enumerate(rows, 2) for name, cell in zip(COLUMNS, row, strict=True)}
    shown = {place: cell for place, cell in typed.items() if place[1] not in PERSONAL and place in values}
    assert shown == {place: values[place] for place in shown}
    after = decided_on(table)
    assert set(seen) == {place for place, cell in typed.items() if place in after and cell != after[place]}


@given(ROWS)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_repairs_are_named_counted_and_silent_about_people(rows: list[tuple[str, ...]]) -> None:
    """Every kind has its name in Thai; no contact, telephone or national ID is in any of them."""
    table = repairs(staged(rows))
    assert not table[list(REPAIR_COLUMNS)].duplicated().any() or (table["kind"] == "telephone").any()
    for repair in table.itertuples():
        assert set(str(repair.kind).split()) <= KINDS_TH.keys()
        if repair.column in PERSONAL and repair.kind != "telephone":
            assert (repair.before, repair.after) == ("", "")
    text = csv_bytes(table, REPAIR_COLUMNS).decode("utf-8-sig")
    for secret in ("ลับแล", "12345678", CITIZEN):
        assert secret not in text
    by_kind = Counter[str]()
    for kind, count in zip(table["kind"], table["count"].tolist(), strict=True):
        by_kind[kind] += count
    assert by_kind.total() == sum(len(numbers(spans)) for spans in table["rows"])


def test_every_fault_of_a_text_has_a_name_in_thai() -> None:
    """What is told must be readable."""
    assert {*FAULTS, "area", "type", "placeholder", "national-id", "telephone-in-name", "telephone"} == KINDS_TH.keys()


def one(column: str, cell: str) -> list[tuple[str, str, str, int, str]]:
    """The repairs of a column where three rows have the cell and one another."""
    plain = {"producer_name": "กลุ่มทอผ้า", "producer_type": GROUP, "province": "พะเยา", "district": "จุน"}
    rows = [[{**plain, column: told}.get(name, "") for name in COLUMNS] for told in (cell, cell, "ก", cell)]
    table = repairs(staged(rows))
    mine = table[(table["column"] == column) & (table["rows"] != "4")]
    return [(str(r.kind), str(r.before), str(r.after), int(str(r.count)), str(r.rows)) for r in mine.itertuples()]


@pytest.mark.parametrize(
    ("column", "cell", "kind", "after"),
    [
        ("producer_name", " กลุ่มก ", "blanks", "กลุ่มก"),
        ("producer_name", "กลุ่มก\nข", "blanks", "กลุ่มก ข"),
        ("producer_name", "กลุ่ม\u200bก", "invisible", "กลุ่มก"),
        ("producer_name", "กลุ่ม๓", "digits", "กลุ่ม3"),
        ("producer_name", "เเม่", "sara-ae", "แม่"),
        ("producer_name", "น\u0e4d\u0e32", "sara-am", "นำ"),
        ("producer_name", "ก\u0e49\u0e49", "doubled", "ก\u0e49"),
        ("producer_name", "ก\u0e49\u0e34", "mark-order", "ก\u0e34\u0e49"),
        ("producer_name", " เเม่๓", "blanks digits sara-ae", "แม่3"),
        ("district", "อ.จุน", "area", "จุน"),
        ("province", " จ.พะเยา", "blanks area", "พะเยา"),
        ("producer_type", "วิสาหกิจชุมชน", "type", GROUP),
        ("producer_type", " SMEs", "blanks type", "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม"),
        ("producer_type", "รายเดี่ยว", "type", "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว"),
        ("producer_type", f" {GROUP}", "blanks", GROUP),
    ],
)
def test_a_repair_tells_kind_before_after_and_rows(column: str, cell: str, kind: str, after: str) -> None:
    """One line for one way of writing, however many rows have it."""
    assert one(column, cell) == [(kind, cell, after, 3, "2-3 5")]


@pytest.mark.parametrize("cell", [GROUP, "", "กลุ่ม"])
def test_an_official_type_and_one_that_nobody_can_read_are_no_repair(cell: str) -> None:
    """An unknown type is for a person to settle."""
    assert one("producer_type", cell) == []


def test_a_dropped_national_id_is_told_without_it() -> None:
    """The line says that it was there, and what is left."""
    assert one("producer_name", f"กลุ่มจักสาน {CITIZEN}") == [("national-id", "", "กลุ่มจักสาน", 3, "2-3 5")]


def test_a_lost_zero_is_a_suggestion_and_changes_nothing() -> None:
    """The number itself stays as the file has it."""
    assert one("phone", "812345678") == [("telephone", "••••••678", "0••••••678", 3, "2-3 5")]
    table = staged([[*["กลุ่มก", GROUP, "พะเยา", "จุน"], "", "", "", "812345678"]])
    assert table.text("phone", 0) == "812345678"


def test_the_same_change_in_two_sheets_is_told_for_each() -> None:
    """With the rows of each sheet as it numbers them."""
    row = ["กลุ่ม๓", GROUP, "พะเยา", "จุน", "", "", "", ""]
    content = as_xlsx({"ก": [COLUMNS, row], "ข": [["ทะเบียน"], COLUMNS, row, row]})
    told = repairs(staged([], content, "p.xlsx"))
    assert told[["source", "count", "rows"]].to_numpy().tolist() == [["p.xlsx [ก]", 1, "2"], ["p.xlsx [ข]", 2, "3-4"]]


def test_repairs_are_written_as_a_table_that_spreadsheets_open() -> None:
    """Line breaks and quotation marks of the file's cells come back whole."""
    told = repairs(staged([['กลุ่ม "ก"\nข', GROUP, "พะเยา", "จุน", "", "", "", ""]]))
    written = csv_bytes(told, REPAIR_COLUMNS).decode("utf-8-sig")
    assert [*csv.DictReader(io.StringIO(written, newline=""))] == [
        {"source": "p.csv", "column": "producer_name", "kind": "blanks", "before": 'กลุ่ม "ก"\nข',
         "after": 'กลุ่ม "ก" ข', "count": "1", "rows": "2"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("กลุ่มทอผ้าบ้านต๊ำ 081-234-5678", "กลุ่มทอผ้าบ้านต๊ำ"),
        ("กลุ่มทอผ้าบ้านต๊ำ (โทร. 0812345678)", "กลุ่มทอผ้าบ้านต๊ำ"),
        ("กลุ่มทอผ้าบ้านต๊ำ โทร ๐๕๔-๔๓๑-๒๓๔", "กลุ่มทอผ้าบ้านต๊ำ"),
        ("กลุ่มทอผ้าบ้านต๊ำ โทร 812345678", "กลุ่มทอผ้าบ้านต๊ำ"),
        ("กลุ่มทอผ้า หมู่ 3 โทร 0812345678, 0898765432", "กลุ่มทอผ้า หมู่ 3"),
        ("0812345678", ""),
        ("กลุ่มทอผ้า หมู่ 13", "กลุ่มทอผ้า หมู่ 13"),
        ("บริษัท ไหมไทย 0561555000123", "บริษัท ไหมไทย 0561555000123"),
        ("กลุ่มโทรทอง 99", "กลุ่มโทรทอง 99"),
    ],
)
def test_a_telephone_in_a_name_goes_no_further(typed: str, name: str) -> None:
    """Told by its kind and row, never by its digits; a juristic person's number and a village's are no telephones."""
    table = staged([[typed if column == "producer_name" else "" for column in COLUMNS]])
    assert table.text("producer_name", 0) == name
    told = repairs(table)
    kinds = told["kind"].tolist()
    assert any("telephone-in-name" in kind for kind in kinds) == (typed != name)
    if typed != name:
        assert told["before"].tolist() == [""]
        assert told["after"].tolist() == [name]
        assert "234" not in csv_bytes(told, REPAIR_COLUMNS).decode()
