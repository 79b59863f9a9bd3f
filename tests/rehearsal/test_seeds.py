"""Seeded rehearsals: whatever a year brings, every invariant holds at its end. ``KBO_REHEARSALS`` asks for more."""

import os
import shutil
from pathlib import Path

import pytest

from deployments.rehearsal.chance import draw_script
from deployments.rehearsal.run import Rehearsal, rehearse
from kbo_core.store.database import Database
from tests.rehearsal.variants import VARIANTS, checks, screened

COUNT = int(os.environ.get("KBO_REHEARSALS", "10"))
EXAMINED_EACH_TURN = 20  # every so many seeds


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store, made once and copied."""
    path = tmp_path_factory.mktemp("store") / "kbo.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.close()
    return path


def rehearsed(seed: int, home: Path, database_url: str, folder: Path, *, each_turn: bool = False) -> Rehearsal:
    """A seed's rehearsal on the variant that falls to it."""
    file, screening = screened(folder, seed % len(VARIANTS))
    home.mkdir()
    script = draw_script(file.definition, seed)
    return rehearse(home, database_url, screening, checks(), script, examine_each_turn=each_turn)


@pytest.mark.parametrize("seed", range(COUNT))
def test_every_invariant_holds_whatever_a_seed_brings(seed: int, tmp_path: Path, empty: Path) -> None:
    """The doctor finds nothing, at the end and in some rehearsals after every turn; nothing goes out twice."""
    shutil.copy(empty, tmp_path / "kbo.sqlite3")
    told = rehearsed(
        seed,
        tmp_path / "home",
        f"sqlite:///{tmp_path / 'kbo.sqlite3'}",
        tmp_path / "province",
        each_turn=seed % EXAMINED_EACH_TURN == 0,
    )
    assert told.findings == ()
    assert told.counts["reports"] >= 1
    shutil.rmtree(tmp_path)


@pytest.mark.parametrize("seed", [3, 11])
def test_the_invariants_hold_on_either_database(seed: int, tmp_path: Path, database_url: str) -> None:
    """One seed gives the same log on SQLite and on PostgreSQL."""
    told = rehearsed(seed, tmp_path / "home", database_url, tmp_path / "province")
    assert told.findings == ()
    again = rehearsed(seed, tmp_path / "other", f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path / "province")
    assert told.log == again.log
