"""What can be measured, by name. A step makes everything ready and returns the work that is timed.

``python -m benchmarks.steps NAME '{"argument": …}'`` prints one measurement.
"""

import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.coded import draw, load, save
from benchmarks.measuring import report

Work = Callable[[], object]


def make_coded(folder: str, products: int) -> Work:
    return lambda: save(draw(products), Path(folder))


def make_nation(folder: str, products: int, provinces: list[str]) -> Work:
    from benchmarks.nation import write_nation

    return lambda: write_nation(Path(folder), products, province_codes=provinces)


def read(folder: str, reader: str, ending: str) -> Work:
    """Producers and products of a nation, with one reader."""
    readers = import_module("benchmarks.readers")
    files = [Path(folder) / f"{name}{ending}" for name in ("producers", "products")]
    work = getattr(readers, reader)
    return lambda: sum(work(file) for file in files)


def ours(function: str, arguments: list[str]) -> Work:
    """A function of ours over paths."""
    module = import_module("benchmarks.ours")
    module.ready(function)
    return lambda: getattr(module, function)(*map(Path, arguments))


def decide(engine: str, function: str, folder: str, threads: int | None) -> Work:
    """Decisions on coded tables that the engine already holds as its own."""
    tables = load(Path(folder))
    module = import_module("benchmarks.ours" if engine == "ours" else f"benchmarks.engines.{engine}")
    prepared: Any = module.prepare(tables) if threads is None else module.prepare(tables, threads)
    work = getattr(module, function)
    return lambda: work(prepared)


def register(folder: str) -> Work:
    """What ours notes of coded tables before anything is decided."""
    tables = load(Path(folder))
    prepare = import_module("benchmarks.ours").prepare
    return lambda: prepare(tables).register.count


_STEPS: dict[str, Callable[..., Work]] = {
    step.__name__: step for step in (make_coded, make_nation, read, ours, decide, register)
}


if __name__ == "__main__":
    sys.stdout.write(report(_STEPS[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")
