"""What is measured at which size."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measuring import Measured, measure

SHEET_ROWS = 1_048_575
ONE_PROVINCE = "50"
_CYCLE = "56"
_ONE_PROVINCE_LARGEST = 250_000


@dataclass(frozen=True)
class Way:
    """One way of doing a thing: how the page calls it, the step behind it, and the largest size it is run at."""

    title: str
    step: str
    arguments: dict[str, object]
    largest: int = 10**9
    threads: int | None = None


@dataclass(frozen=True)
class Figure:
    """One way at one size; a sentence where there is no measurement."""

    products: int
    table: str
    title: str
    measured: Measured | str


XLSX_READERS = (
    ("raw unzip (the floor)", "unzip"),
    ("fastexcel", "with_fastexcel"),
    ("python-calamine", "with_calamine"),
    ("openpyxl", "with_openpyxl"),
)

# (title, engine, function, largest size, threads)
ENGINES: tuple[tuple[str, str, str, int, int | None], ...] = (
    ("ours (numpy)", "ours", "decide", 10**9, None),
    ("DuckDB, all threads", "duckdb_sql", "decide", 10**9, 0),
    ("DuckDB, 1 thread", "duckdb_sql", "decide", 10**9, 1),
    ("Polars by expressions, all threads", "polars_frames", "decide", 10**9, None),
    ("Polars by expressions, 1 thread", "polars_frames", "decide", 10**9, 1),
    ("Polars by Series.scatter, all threads", "polars_frames", "decide_by_scatter", 10**9, None),
    ("Polars by Series.scatter, 1 thread", "polars_frames", "decide_by_scatter", 10**9, 1),
    ("openfisca-core", "openfisca_rules", "decide", 10**9, None),
    ("row by row (plain Python)", "row_by_row", "decide", 10**9, None),
    ("rule-engine", "rule_engine_rules", "decide", 20_000, None),
)


TABLES = ("decisions", "register", "xlsx", "csv", "validation", "screen", "papers")


def run(
    place: Path, products: int, tables: Collection[str], timeout: float, told: Callable[[str], None]
) -> Iterator[Figure]:
    """Make the data of one size, then measure these tables of the page on it."""
    nation, one, coded = (place / f"{name}-{products}" for name in ("nation", "one-province", "coded"))
    makes: list[tuple[str, str, dict[str, object]]] = []
    if {"decisions", "register"} & set(tables):
        makes.append(("coded tables", "make_coded", {"folder": str(coded), "products": products}))
    if set(tables) - {"decisions", "register"}:
        everywhere: dict[str, object] = {"folder": str(nation), "products": products, "provinces": []}
        makes.append(("a nation's files", "make_nation", everywhere))
    if {"validation", "screen"} & set(tables) and products <= _ONE_PROVINCE_LARGEST:
        alone: dict[str, object] = {"folder": str(one), "products": products, "provinces": [ONE_PROVINCE]}
        makes.append(("the same in one province", "make_nation", alone))
    for what, step, arguments in makes:
        told(f"{products:,}: making {what}")
        if isinstance(made := measure(step, arguments, timeout), str):
            raise RuntimeError(f"{what}: {made}")
    for table, ways in (
        ("decisions", _deciding(coded)),
        ("register", [Way("noted beforehand", "register", {"folder": str(coded)})]),
        ("xlsx", _reading_xlsx(nation, products)),
        ("csv", _reading_csv(nation)),
        ("validation", _validating(nation, one, products)),
        ("screen", _screening(nation, one, products)),
        ("papers", _papers(nation)),
    ):
        for way in ways if table in tables else ():
            if products > way.largest:
                yield Figure(products, table, way.title, f"not run above {way.largest:,}")
                continue
            told(f"{products:,}: {table}: {way.title}")
            yield Figure(products, table, way.title, measure(way.step, way.arguments, timeout, way.threads))


def _deciding(coded: Path) -> Iterator[Way]:
    for title, engine, function, largest, threads in ENGINES:
        inside = threads if engine == "duckdb_sql" else None
        arguments: dict[str, object] = {
            "engine": engine, "function": function, "folder": str(coded), "threads": inside,
        }  # fmt: skip
        yield Way(title, "decide", arguments, largest, threads)


def _reading_xlsx(nation: Path, products: int) -> Iterator[Way]:
    if products <= SHEET_ROWS:
        for title, reader in XLSX_READERS:
            yield Way(title, "read", {"folder": str(nation), "reader": reader, "ending": ".xlsx"})
        yield _ours("ours, cells cleaned", "read", nation / "cycles-xlsx" / f"{_CYCLE}.yaml")


def _reading_csv(nation: Path) -> Iterator[Way]:
    yield Way("csv.reader", "read", {"folder": str(nation), "reader": "with_csv_reader", "ending": ".csv"})
    yield _ours("ours, cells cleaned", "read", nation / "cycles" / f"{_CYCLE}.yaml")


def _validating(nation: Path, one: Path, products: int) -> Iterator[Way]:
    places = [("one cycle of the nation's files", nation / "cycles" / f"{_CYCLE}.yaml")]
    if products <= _ONE_PROVINCE_LARGEST:
        places.append(("one province of this size", one / "cycles" / f"{ONE_PROVINCE}.yaml"))
    for name, definition in places:
        yield _ours(f"{name}: without the suites", "ingest_unchecked", definition)
        yield _ours(f"{name}: with the suites", "ingest_checked", definition)


def _screening(nation: Path, one: Path, products: int) -> Iterator[Way]:
    kinds = (("CSV", "cycles"), *((("XLSX", "cycles-xlsx"),) if products <= SHEET_ROWS else ()))
    for kind, folder in kinds:
        yield _ours(
            f"{kind}: one cycle of the nation's files",
            "screen_cycle",
            nation / folder / f"{_CYCLE}.yaml",
            nation / "out",
        )
        if products <= _ONE_PROVINCE_LARGEST:
            definition = one / folder / f"{ONE_PROVINCE}.yaml"
            yield _ours(f"{kind}: one province of this size", "screen_cycle", definition, one / "out")
    if products <= _ONE_PROVINCE_LARGEST:
        fastest: dict[str, object] = {"folder": str(one), "reader": "with_fastexcel", "ending": ".xlsx"}
        yield Way("XLSX: fastexcel reading that province", "read", fastest)
    for kind, folder in kinds:
        yield _ours(f"{kind}: all 76 cycles", "screen_all", nation / folder, nation / "out")


def _papers(nation: Path) -> Iterator[Way]:
    home = nation / "home"
    for way in (
        _ours("76 cycles opened", "open_all", nation / "cycles", home),
        _ours("878 packets made: letter, form in two formats, mail", "make_packets", home),
    ):
        yield replace(way, largest=_ONE_PROVINCE_LARGEST)


def _ours(title: str, function: str, *arguments: Path) -> Way:
    told: dict[str, object] = {"function": function, "arguments": [str(path) for path in arguments]}
    return Way(title, "ours", told)
