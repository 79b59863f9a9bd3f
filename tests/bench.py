"""``make bench``: ratios measured in one run on this machine. Nothing here passes or fails.

Growth is how much longer four times the register takes (4 means in proportion); a share is a part of one screening.
"""

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deployments.demo.synthetic import write_province
from expectations.validate import validator
from kbo_core.domain.decisions import decide
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.register import ingest
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Failure
from kbo_core.registry.sources import fetch_source

SMALL, LARGE = 275, 1100  # producers; the synthetic names last for 1,200


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of some runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def province(folder: Path, producers: int) -> DefinitionFile:
    write_province(folder, 1, producers, producers * 5 // 2)
    return read_definition(folder / "cycle.yaml")


def no_checks(_suite: str, _table: object) -> list[Failure]:
    """What is left of an ingest without the suites."""
    return []


def main() -> None:
    """Print the ratios."""
    validate = validator()
    with tempfile.TemporaryDirectory() as place:
        small, large = (province(Path(place) / str(n), n) for n in (SMALL, LARGE))
        for file in (small, large):
            screen(file, validate)  # warm
        of_small, whole = (seconds(partial(screen, file, validate)) for file in (small, large))
        fetch = partial(fetch_source, folder=large.folder)
        bare = seconds(lambda: ingest(large.definition, fetch, no_checks))
        register = ingest(large.definition, fetch, validate).register
        deciding = seconds(lambda: decide(register, large.definition))
    print(f"screening, growth {SMALL} → {LARGE} producers: {whole / of_small:.1f} ({LARGE // SMALL} in proportion)")
    print(f"share of the suites in a screening of {LARGE}: {1 - (bare + deciding) / whole:.0%}")
    print(f"share of reading and matching: {bare / whole:.0%}")
    print(f"share of deciding: {deciding / whole:.0%}")


if __name__ == "__main__":
    main()
