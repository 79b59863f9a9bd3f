"""The project's own functions, under the names that the benchmarks call them by.

The suites' library is heavy, so it is loaded only where it is measured (``ready``, which is not timed).
"""

from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.coded import GROUP, KBO_2567, QD_2568, UNKNOWN_KIND, YEAR, Answer, Coded, D, Int8, province_of_district
from kbo_core.office.definitions import read_definition
from kbo_core.office.register import Ingested, ingest
from kbo_core.office.screening import screen, write_outputs
from kbo_core.registry.headings import PRODUCERS, PRODUCTS
from kbo_core.registry.quality import Failure, Validate
from kbo_core.registry.sources import fetch_source
from kbo_core.registry.staging import read_sheet

FAIL, UNKNOWN, PASS = np.int8(0), np.int8(1), np.int8(2)
_PROVINCES = 78  # and one more: they count from 1


def ready(function: str) -> None:
    """Load what a function needs before it is timed."""
    if function in ("ingest_checked", "screen_cycle", "screen_nation"):
        import_module("expectations.validate")


def _validator() -> Validate:
    validate: Validate = import_module("expectations.validate").validator()
    return validate


def read(definition: Path) -> int:
    """Read the producers and the products of a definition, headings found and cells cleaned; how many rows."""
    file = read_definition(definition)
    sources = file.definition.sources
    rows = 0
    for source, kind in ((sources.producers, PRODUCERS), (sources.products, PRODUCTS)):
        assert source is not None  # noqa: S101 - our own definitions have both
        rows += len(read_sheet(fetch_source(source.path, file.folder), source, kind).cells)
    return rows


def ingest_checked(definition: Path) -> int:
    """Everything before the decisions; how many producers."""
    file = read_definition(definition)
    return _count(ingest(file.definition, partial(fetch_source, folder=file.folder), _validator()))


def ingest_unchecked(definition: Path) -> int:
    """The same without the suites."""
    file = read_definition(definition)
    return _count(ingest(file.definition, partial(fetch_source, folder=file.folder), _no_checks))


def screen_cycle(definition: Path, out: Path) -> int:
    """``kbo cycle screen``: from the files to the files; how many decisions."""
    screening = screen(read_definition(definition), _validator())
    write_outputs(screening.outputs(), out)
    return len(screening.decided.decisions)


def screen_nation(cycles: Path, out: Path) -> int:
    """Every cycle of a folder; how many decisions."""
    return sum(screen_cycle(definition, out / definition.stem) for definition in sorted(cycles.glob("*.yaml")))


def _no_checks(_suite: str, _table: object) -> list[Failure]:
    return []


def _count(ingested: Ingested) -> int:
    return ingested.register.count


# What a block of rows takes stays in the processor's cache; larger or smaller blocks cost more.
_BLOCK = 1 << 17


def decide_coded(tables: Coded) -> Answer:
    """The decision step on coded tables."""
    count = tables.count
    # One entry more than there are producers: it takes what rows of producer -1 say.
    one_b, three = np.zeros(count + 1, np.int8), np.zeros(count + 1, np.int8)
    maybe_b: list[NDArray[np.integer]] = []
    maybe_3: list[NDArray[np.integer]] = []
    for a in range(0, len(tables.product_producer), _BLOCK):
        rows = slice(a, a + _BLOCK)
        producer = tables.product_producer[rows].astype(np.intp)
        within, unclear = _stars(tables.product_rating_year[rows], tables.product_stars[rows])
        one_b[producer.take(np.flatnonzero(within))] = PASS
        maybe_b.append(producer.take(np.flatnonzero(unclear)))
        is_d, unclear = _quadrant(tables.product_quadrant_year[rows], tables.product_quadrant[rows])
        three[producer.take(np.flatnonzero(is_d))] = PASS
        maybe_3.append(producer.take(np.flatnonzero(unclear)))

    at, whose = tables.product_doubt_row, tables.product_doubt_producer
    within, unclear = _stars(tables.product_rating_year.take(at), tables.product_stars.take(at))
    maybe_b.append(whose[within | unclear])
    is_d, unclear = _quadrant(tables.product_quadrant_year.take(at), tables.product_quadrant.take(at))
    maybe_3.append(whose[is_d | unclear])
    for values, maybe in ((one_b, maybe_b), (three, maybe_3)):
        producers = np.concatenate(maybe)
        values[producers] = np.maximum(values[producers], UNKNOWN)
    one_b, three = one_b[:-1], three[:-1]
    two, four = _off(tables, KBO_2567), _off(tables, QD_2568)
    return _verdicts(tables, one_b, two, three, four)


def _verdicts(tables: Coded, one_b: Int8, two: Int8, three: Int8, four: Int8) -> Answer:
    count = tables.count
    one_a, first, second, tier, verdict = (np.empty(count, np.int8) for _ in range(5))
    blocks = [slice(a, a + _BLOCK) for a in range(0, count, _BLOCK)]
    passes = np.zeros(_PROVINCES, np.int64)
    for rows in blocks:
        kind = tables.producer_kind[rows]
        one_a[rows] = _doubled(kind == GROUP) + (kind == UNKNOWN_KIND).view(np.int8)
        both = np.minimum(one_a[rows], two[rows])
        np.minimum(both, one_b[rows], out=first[rows])
        np.minimum(np.minimum(both, three[rows]), four[rows], out=second[rows])
        passes += _counted(tables.producer_province[rows].take(np.flatnonzero(first[rows] == PASS)))
    is_open = _counted(province_of_district(), tables.quota) > passes
    limit = _doubled(is_open)  # closed: tier 2 is as good as failed
    for rows in blocks:
        by_fallback = np.minimum(second[rows], limit.take(tables.producer_province[rows], mode="clip"))
        np.maximum(first[rows], by_fallback, out=verdict[rows])
        np.subtract(_doubled(verdict[rows] == PASS), (first[rows] == PASS).view(np.int8), out=tier[rows])
    return Answer(one_a, one_b, two, three, four, tier, verdict, is_open[1:])


def _doubled(values: NDArray[np.bool_]) -> Int8:
    ones = values.view(np.int8)
    return ones + ones


def _counted(provinces: Int8, weights: NDArray[np.int32] | None = None) -> NDArray[np.int64]:
    return np.bincount(provinces, weights, minlength=_PROVINCES).astype(np.int64)


def _stars(year: NDArray[np.int16], stars: Int8) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    this_year = year == YEAR
    within = this_year & ((stars - np.int8(1)).view(np.uint8) < 3)
    return within, (this_year & (stars == -1)) | ((year <= 0) & (stars != 0))


def _quadrant(year: NDArray[np.int16], quadrant: Int8) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    this_year, no_year, is_d = year == YEAR, year == 0, quadrant == D
    unclear = ((this_year | no_year) & (quadrant == -1)) | (no_year & is_d) | ((year == -1) & (quadrant != 0))
    return this_year & is_d, unclear


def _off(tables: Coded, listed: int) -> Int8:
    values = np.full(tables.count + 1, PASS)
    on = tables.participant_list == listed
    values[tables.participant_doubt_producer[on[tables.participant_doubt_row]]] = UNKNOWN
    values[tables.participant_producer[on]] = FAIL
    return values[:-1]
