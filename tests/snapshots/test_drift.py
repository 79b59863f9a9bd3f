"""A register in figures, and how far two of them are apart."""

from dataclasses import replace
from pathlib import Path

import pytest

from kbo_core.domain.drift import DRIFT_COLUMNS, Profile, distance, drift, profile_of
from kbo_core.office.definitions import read_definition
from kbo_core.office.loads import compare_loads, since_last
from kbo_core.office.office import Office
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from tests.cycle import open_cycle
from tests.province import write_small_province


def profile(province: Path, validate: Validate) -> Profile:
    screening = screen(read_definition(province), validate)
    return profile_of(screening.ingested.register, screening.file.definition.rules)


def test_the_figures_of_the_small_province(province: Path, validate: Validate) -> None:
    """Counted by hand."""
    found = profile(province, validate)
    assert (found.producers, found.groups, found.products, found.rated, found.classified) == (8, 7, 8, 8, 0)
    assert found.districts == {"5601": 5, "5606": 1, "5607": 2}
    assert found.stars == {"1": 1, "2": 2, "3": 3, "4": 1, "5": 1}
    assert found.as_row()["stars_3_share"] == 3 / 8


def test_a_register_has_not_drifted_from_itself(province: Path, validate: Validate) -> None:
    """Ratios of one, distances of nought."""
    found = profile(province, validate)
    row = drift(found, found).iloc[0]
    assert tuple(row.index) == DRIFT_COLUMNS
    assert all(value == (1.0 if str(name).endswith("_ratio") else 0.0) for name, value in row.items())


def test_what_moved_is_told_where_it_moved(province: Path, validate: Validate) -> None:
    """Half the producers, one district emptied, all stars alike."""
    last = profile(province, validate)
    this = replace(last, producers=4, types={"group": 2, "": 2}, districts={"5601": 4}, stars={"5": 8})
    row = drift(this, last).iloc[0]
    assert row["producers_ratio"] == 0.5
    assert row["groups_ratio"] == 2 / 7
    assert row["districts_emptied"] == 2
    assert row["stars_distance"] == pytest.approx(7 / 8)
    assert row["unknown_types_change"] == 0.5


@pytest.mark.parametrize(
    ("this", "last", "apart"),
    [
        ({}, {}, 0),
        ({"a": 1}, {}, 1),
        ({}, {"a": 1}, 1),
        ({"a": 5}, {"a": 50}, 0),
        ({"a": 1, "b": 1}, {"a": 2}, 0.5),
        ({"a": 3}, {"b": 1}, 1),
    ],
)
def test_the_distance_of_two_shares_out(this: dict[str, int], last: dict[str, int], apart: float) -> None:
    """From nought to one, either way round."""
    assert distance(this, last) == distance(last, this) == apart


def test_a_screening_is_compared_with_the_provinces_latest_cycle(
    office: Office, tmp_path: Path, province: Path, validate: Validate
) -> None:
    """With none before, nothing; with itself, nothing; next year, what changed since."""
    screening = screen(read_definition(province), validate)
    with office.database.read() as connection:
        assert since_last(connection, screening) is None
    open_cycle(office, province, validate)
    with office.database.read() as connection:
        assert since_last(connection, screening) is None

    following = write_small_province(tmp_path / "next", cycle="kbo-next")
    producers = following.parent / "producers.csv"
    lines = producers.read_text("utf-8").splitlines(keepends=True)
    producers.write_text("".join(lines[:-1]), encoding="utf-8")
    with office.database.read() as connection:
        found = since_last(connection, screen(read_definition(following), validate))
    assert found is not None
    assert found.cycle_id == "kbo-test"
    assert found.difference.totals["producer"] == {"new": 0, "changed": 0, "same": 7, "gone": 1}
    assert "ผู้ผลิต ใหม่ 0 เปลี่ยน 0 เหมือนเดิม 7 หายไป 1" in found.summary_th


def test_cycles_and_definitions_compare_with_each_other(
    office: Office, tmp_path: Path, province: Path, validate: Validate
) -> None:
    """An opened cycle against the very files that it was opened from, and against others."""
    open_cycle(office, province, validate)
    before, after, difference = compare_loads(office, "kbo-test", str(province), validate)
    assert before.snapshot_id == after.snapshot_id
    assert difference.is_empty
    other = write_small_province(tmp_path / "next", cycle="kbo-next")
    (other.parent / "kbo-2567.csv").write_text("producer_name,province,district\nกลุ่มอื่น,พะเยา,จุน\n", "utf-8")
    _, _, difference = compare_loads(office, "kbo-test", str(other), validate)
    assert difference.totals["participant"] == {"new": 1, "changed": 0, "same": 0, "gone": 2}
