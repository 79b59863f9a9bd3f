"""The project's own functions, under the names that the benchmarks call them by."""

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.coded import Answer, Coded
from kbo_core.clock import parse_now
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.decisions import judge
from kbo_core.domain.definition import Fallback, Rules
from kbo_core.domain.register import Register
from kbo_core.office.definitions import read_definition
from kbo_core.office.ingesting import ingest
from kbo_core.office.nation import read_definitions, screen_nation
from kbo_core.office.office import open_office
from kbo_core.office.opening import freeze, prepare_packet
from kbo_core.office.screening import screen, write_outputs
from kbo_core.registry.headings import PRODUCERS, PRODUCTS
from kbo_core.registry.quality import Failure, Validate
from kbo_core.registry.sources import fetch_source
from kbo_core.registry.staging import Lexicon, stage
from kbo_core.registry.table import read_table
from kbo_core.store.reading import assignments, cycle_ids

RULES = Rules(
    star_year_be=2567,
    stars=(1, 3),
    kbo_exclusion_years_be=(2567,),
    fallback=Fallback(quadrant_year_be=2567, exclude_project_year_be=2568),
)
_LISTS = (("KBO", 2567), ("QD", 2568))


@cache
def validator() -> Validate:
    """The suites; whoever does not ask for them does not wait for their import."""
    from expectations.validate import validator as make

    return make()


def ready(function: str) -> None:
    """What a function needs once, before its time is taken."""
    if function not in ("read", "ingest_unchecked", "make_packets"):
        validator()


def read(definition: Path) -> int:
    """Read the producers and the products of a definition, headings found and cells cleaned; how many rows."""
    file = read_definition(definition)
    sources, ids, keys, rows = file.definition.sources, Lexicon(), Lexicon(), 0
    for source, kind in ((sources.producers, PRODUCERS), (sources.products, PRODUCTS)):
        assert source is not None  # noqa: S101 - our own definitions have both
        rows += len(stage(read_table(fetch_source(source.path, file.folder), source, kind), ids, keys).rows)
    return rows


def ingest_checked(definition: Path) -> int:
    """Everything before the decisions; how many producers."""
    file = read_definition(definition)
    return ingest(file.definition, partial(fetch_source, folder=file.folder), validator()).register.count


def ingest_unchecked(definition: Path) -> int:
    """The same without the suites."""
    file = read_definition(definition)
    return ingest(file.definition, partial(fetch_source, folder=file.folder), _no_checks).register.count


def screen_cycle(definition: Path, out: Path) -> int:
    """``kbo cycle screen``: from the files to the files; how many decisions."""
    screening = screen(read_definition(definition), validator())
    write_outputs(screening.outputs(), out)
    return len(screening.decided.decisions)


def screen_all(cycles: Path, out: Path) -> int:
    """``kbo national screen``: every cycle of a folder; how many decisions."""
    count = 0
    for outcome in screen_nation(read_definitions(cycles), validator()):
        assert outcome.screening is not None, outcome.error  # noqa: S101 - the made-up nation has no faults that stop
        write_outputs(outcome.screening.outputs(), out / outcome.file.definition.cycle)
        count += len(outcome.screening.decided.decisions)
    return count


_OPENED_AT = parse_now("2025-01-10T09:00")


def open_all(cycles: Path, home: Path) -> int:
    """Every cycle of a folder opened in an office's store, before anything is made or sent; how many."""
    office, count = open_office(home), 0
    for outcome in screen_nation(read_definitions(cycles), validator()):
        assert outcome.screening is not None, outcome.error  # noqa: S101 - the made-up nation has no faults that stop
        freeze(office, outcome.screening, _OPENED_AT, "benchmark")
        count += 1
    office.database.close()
    return count


def make_packets(home: Path) -> int:
    """Letter, form and mail of every district of the opened cycles, planned in the ledger; how many."""
    office, count = open_office(home), 0
    with office.database.read() as connection:
        asked = [a for cycle_id in cycle_ids(connection) for a in assignments(connection, cycle_id)]
    for assignment in asked:
        count += prepare_packet(office, assignment.cycle_id, assignment.district_code, _OPENED_AT)
    office.database.close()
    return count


def _no_checks(_suite: str, _table: object) -> list[Failure]:
    return []


@dataclass(frozen=True)
class Prepared:
    """The coded tables as an ingest leaves them."""

    register: Register
    quota: dict[str, int]


def prepare(tables: Coded) -> Prepared:
    """The tables as a Register; not timed, as no engine's loading is."""
    codes = np.array([0, *(int(code) for code in sorted(districts()))], dtype=np.int16)
    producers = pd.DataFrame({"type": tables.producer_kind, "district": codes[tables.producer_district]})
    products = pd.DataFrame(
        {
            "producer": tables.product_producer,
            "rating_year": tables.product_rating_year,
            "stars": tables.product_stars,
            "quadrant_year": tables.product_quadrant_year,
            "quadrant": tables.product_quadrant,
        }
    )
    participants = pd.DataFrame({"producer": tables.participant_producer, "listed": tables.participant_list})
    register = Register(
        producers,
        products,
        participants,
        _doubts(tables.product_doubt_row, tables.product_doubt_producer),
        _doubts(tables.participant_doubt_row, tables.participant_doubt_producer),
        _LISTS,
    )
    return Prepared(register, {f"{codes[n]:04}": int(tables.quota[n]) for n in range(1, len(codes))})


def _doubts(rows: np.ndarray, producers: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"row": rows.astype(np.int64), "producer": producers.astype(np.int64)})


def decide(prepared: Prepared) -> Answer:
    """The decision step of every province at once."""
    found = judge(prepared.register, RULES, prepared.quota)
    first = [int(code) * 100 + 1 for code in sorted(provinces())]
    clauses = found.clauses
    return Answer(
        clause_1a=clauses["1a"],
        clause_1b=clauses["1b"],
        clause_2=clauses["2"],
        clause_3=clauses["3"],
        clause_4=clauses["4"],
        tier=found.tier,
        verdict=found.verdict,
        is_open=found.opened[first],
    )
