"""The same content is the same snapshot; one changed cell is another, and exactly that record changed."""

import csv
import io
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from kbo_core.domain.record_difference import Difference, compare
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.ingesting import ingest
from kbo_core.office.office import Office
from kbo_core.office.screening import screen
from kbo_core.office.snapshots import Snapshot, keep_snapshot, load_records, snapshot_of
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import fetch_source
from tests.cycle import CYCLE, log_of, open_cycle
from tests.province import GROUP

FILES = ("producers", "products", "kbo-2567")


def taken(definition: Path, validate: Validate) -> Snapshot:
    return snapshot_of(screen(read_definition(definition), validate).ingested.register)


def rows_of(definition: Path, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO((definition.parent / f"{name}.csv").read_text("utf-8"))))


def write_rows(definition: Path, name: str, rows: Sequence[Sequence[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    (definition.parent / f"{name}.csv").write_text(text.getvalue(), encoding="utf-8")


def set_cell(definition: Path, name: str, column: str, producer_id: str, value: str) -> None:
    rows = rows_of(definition, name)
    for row in rows[1:]:
        if row[0] == producer_id:
            row[rows[0].index(column)] = value
    write_rows(definition, name, rows)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(province: Path, validate: Validate, seed: int) -> None:
    """Every table shuffled: the same bytes, so the same id; where the rows stood is told beside it."""
    before = taken(province, validate)
    draw = random.Random(seed)  # noqa: S311 - shuffling, not secrets
    for name in FILES:
        heading, *rows = rows_of(province, name)
        draw.shuffle(rows)
        write_rows(province, name, [heading, *rows])
    after = taken(province, validate)
    assert after.id == before.id
    assert after.files == before.files
    assert compare(before.records, after.records).is_empty


def test_the_kind_of_file_and_its_name_do_not_matter(province: Path, validate: Validate) -> None:
    """The same cells in workbooks of other names, with Thai digits and blanks around."""
    before = taken(province, validate)
    text = province.read_text("utf-8")
    for name in FILES:
        book = xlsxwriter.Workbook(str(province.parent / f"{name}-ฉบับใหม่.xlsx"))
        sheet = book.add_worksheet("ข้อมูล")
        for n, row in enumerate(rows_of(province, name)):
            sheet.write_row(n, 0, [f" {cell} " if n else cell for cell in row])
        book.close()
        text = text.replace(f"{name}.csv", f"{name}-ฉบับใหม่.xlsx")
    province.write_text(text, encoding="utf-8")
    after = taken(province, validate)
    assert after.id == before.id
    assert after.provenance != before.provenance


def test_no_file_name_no_row_and_nothing_personal_is_in_it(province: Path, validate: Validate) -> None:
    """Contact and telephone of the register are not among the records."""
    snapshot = taken(province, validate)
    whole = b"".join(snapshot.files.values()).decode("utf-8")
    assert "ไม่มีจริง" not in whole and "0899999999" not in whole
    assert ".csv" not in whole
    assert set(snapshot.files) == {"producers.csv", "products.csv", "participants.csv"}


CHANGES: Mapping[str, tuple[tuple[str, str, str, str], tuple[str, str, str, str]]] = {
    "stars": (("products", "stars", "A2", "3"), ("product", "stars", "2", "3")),
    "an unreadable star": (("products", "stars", "A2", "ห้า"), ("product", "stars", "2", "?ห้า")),
    "a name": (("producers", "producer_name", "A2", "กลุ่มจักสานแม่ทราย"),
               ("producer", "producer_name", "กลุ่มจักสานบ้านแม่ทราย", "กลุ่มจักสานแม่ทราย")),
    "a type": (("producers", "producer_type", "A4", GROUP), ("producer", "producer_type", "single_owner", "group")),
    "a district": (("producers", "district", "C1", "จุน"), ("producer", "district_code", "5606", "5602")),
}  # fmt: skip


@pytest.mark.parametrize(("cell", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_cell_is_another_snapshot_and_exactly_that_record_changed(
    province: Path, validate: Validate, cell: tuple[str, str, str, str], told: tuple[str, str, str, str]
) -> None:
    """One line: the record, the column, before, after."""
    before = taken(province, validate)
    set_cell(province, cell[0], cell[1], cell[2], cell[3])
    after = taken(province, validate)
    assert after.id != before.id
    difference = compare(before.records, after.records)
    rows = difference.rows[["record", "change", "producer_id", "column", "before", "after"]].to_numpy().tolist()
    assert rows == [[told[0], "changed", cell[2], *told[1:]]]
    changed = {record: counts["changed"] for record, counts in difference.totals.items()}
    assert changed == {"producer": 0, "product": 0, "participant": 0, told[0]: 1}
    assert all(not counts["new"] and not counts["gone"] for counts in difference.totals.values())


def drop(name: str, producer_id: str) -> Callable[[Path], None]:
    return lambda path: write_rows(path, name, [row for row in rows_of(path, name) if row[0] != producer_id])


def difference_of(province: Path, validate: Validate, change: Callable[[Path], None]) -> Difference:
    before = taken(province, validate)
    change(province)
    return compare(before.records, taken(province, validate).records)


def without_ids(path: Path, *kept: str) -> None:
    """The register without ids, but for some producers."""
    for name in ("producers", "products"):
        heading, *rows = rows_of(path, name)
        write_rows(path, name, [heading, *([row[0] if row[0] in kept else "", *row[1:]] for row in rows)])


def test_a_row_that_is_dropped_is_gone_and_one_that_is_added_is_new(province: Path, validate: Validate) -> None:
    """Of producers and of their products, by district."""

    def change(path: Path) -> None:
        drop("producers", "B1")(path)
        drop("products", "B1")(path)
        rows = rows_of(path, "producers")
        write_rows(path, "producers", [*rows, ["D9", "กลุ่มใหม่บ้านใหม่", GROUP, "พะเยา", "จุน", "", ""]])

    found = difference_of(province, validate, change)
    told = found.rows[["record", "change", "district_code", "producer_id"]].to_numpy().tolist()
    assert told == [
        ["producer", "gone", "5607", "B1"],
        ["producer", "new", "5602", "D9"],
        ["product", "gone", "5607", "B1"],
    ]
    assert found.totals["producer"] == {"new": 1, "changed": 0, "same": 7, "gone": 1}


def test_a_producer_that_gains_its_own_id_is_the_same_one(province: Path, validate: Validate) -> None:
    """The programme's made id becomes the register's: changed, and its products are the same."""
    without_ids(province)
    before = taken(province, validate)
    for name in ("producers", "products"):
        rows = rows_of(province, name)
        for row in rows[1:]:
            if row[1] == "กลุ่มทอผ้าบ้านห้วยแก้ว":
                row[0] = "A1"
        write_rows(province, name, rows)
    found = compare(before.records, taken(province, validate).records)
    assert found.rows[["record", "change", "column", "after"]].to_numpy().tolist() == [
        ["producer", "changed", "producer_id", "A1"]
    ]
    assert found.totals["product"]["same"] == 8


def test_a_producer_without_an_id_that_moved_is_known_by_its_name(province: Path, validate: Validate) -> None:
    """Its made id names the district, so both changed; it is neither gone nor new."""
    without_ids(province)

    def move(path: Path) -> None:
        rows = rows_of(path, "producers")
        write_rows(path, "producers", [[*r[:4], "จุน", *r[5:]] if r[1].startswith("กลุ่มแปรรูปปลา") else r for r in rows])

    found = difference_of(province, validate, move)
    assert found.rows["change"].unique().tolist() == ["changed"]
    assert sorted(found.rows["column"]) == ["district_code", "producer_id"]


def test_two_of_one_name_are_not_guessed(province: Path, validate: Validate) -> None:
    """Where a name is borne twice, one that moved is gone and new."""
    without_ids(province)
    rows = rows_of(province, "producers")
    twin = ["", "กลุ่มแปรรูปปลาบ้านร่องเหียง", GROUP, "พะเยา", "เชียงคำ", "", ""]
    write_rows(province, "producers", [*rows, twin])

    def move(path: Path) -> None:
        rows = rows_of(path, "producers")
        write_rows(path, "producers", [[*r[:4], "จุน", *r[5:]] if r[4] == "ปง" else r for r in rows])

    found = difference_of(province, validate, move)
    producers = found.rows[found.rows["record"] == "producer"]
    assert sorted(producers["change"]) == ["gone", "new"]


def test_two_ids_of_the_registers_own_are_two_producers(province: Path, validate: Validate) -> None:
    """Whatever they are called."""

    def change(path: Path) -> None:
        for name in ("producers", "products"):
            rows = rows_of(path, name)
            write_rows(path, name, [["Z1" if row[0] == "A1" else row[0], *row[1:]] for row in rows])

    found = difference_of(province, validate, change)
    producers = found.rows[found.rows["record"] == "producer"]
    assert producers[["change", "producer_id"]].to_numpy().tolist() == [["gone", "A1"], ["new", "Z1"]]


def test_of_two_products_of_one_name_only_the_changed_one_is_told(province: Path, validate: Validate) -> None:
    """Those that say the same are paired first."""
    rows = rows_of(province, "products")
    own = next(row for row in rows if row[0] == "A1")
    write_rows(province, "products", [*rows, [*own[:-1], "1"], [*own[:-1], "5"]])

    def change(path: Path) -> None:
        rows = rows_of(path, "products")
        write_rows(path, "products", [[*r[:-1], "4"] if r[0] == "A1" and r[-1] == "1" else r for r in rows])

    found = difference_of(province, validate, change)
    assert found.rows[["column", "before", "after"]].to_numpy().tolist() == [["stars", "1", "4"]]


def test_what_is_kept_is_read_back_as_it_was(office: Office, province: Path, validate: Validate) -> None:
    """From either database."""
    rows = rows_of(province, "products")
    write_rows(province, "products", [*rows, ["A1", rows[1][1], "พะเยา", 'ผ้า "ลาย", พิเศษ', "2567", "NA"]])
    snapshot = taken(province, validate)
    with office.database.write() as connection:
        keep_snapshot(connection, snapshot)
        kept = load_records(connection, snapshot.id)
    for name, table in snapshot.records.tables().items():
        assert kept.tables()[name].to_numpy().tolist() == table.to_numpy().tolist()
    assert kept.lists == snapshot.records.lists


def test_the_opening_names_the_snapshot(office: Office, province: Path, validate: Validate) -> None:
    """In the log, and it is that of the definition's own files."""
    open_cycle(office, province, validate)
    opened = log_of(office)[0]
    assert opened.payload["snapshot"] == taken(province, validate).id
    with office.database.read() as connection:
        assert len(load_records(connection, opened.payload["snapshot"]).producers) == 8
    assert log_of(office)[1].payload["snapshot"] == opened.payload["snapshot"]
    assert opened.cycle_id == CYCLE


def test_an_affirmed_empty_list_is_part_of_it(province: Path, validate: Validate) -> None:
    """A cycle that was given no list at all rests on something else than one whose list is empty."""
    file = read_definition(province)
    sources = file.definition.sources
    fewer = sources.model_copy(update={"participants": sources.participants[:1]})
    other = DefinitionFile(file.definition.model_copy(update={"sources": fewer}), file.content, file.folder)
    register = ingest(other.definition, lambda path: fetch_source(path, file.folder), validate).register
    assert snapshot_of(register).id != taken(province, validate).id
