"""One measurement, in a process of its own: so memory is that step's alone, and nothing is warm from another."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

_SHORT = 0.5  # seconds; below, a step is repeated
_ROUNDS, _ROUND = 5, 0.4
_OURSELVES, _CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


@dataclass(frozen=True)
class Measured:
    """What a step took. CPU is user and system time of the process, its threads and its children; peak is the resident
    memory of the process, tables and imports and all."""

    cpu: float
    wall: float
    peak_mib: float
    result: str


def measure(step: str, arguments: dict[str, object], timeout: float, threads: int | None = None) -> Measured | str:
    """Run a step of ``benchmarks.steps`` in a new process; a sentence instead, when it does not come to an end."""
    environment = {**os.environ}
    if threads:
        environment["POLARS_MAX_THREADS"] = str(threads)  # read once, on import
    command = [sys.executable, "-m", "benchmarks.steps", step, json.dumps(arguments)]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=timeout)  # noqa: S603
    except subprocess.TimeoutExpired:
        return f"not done in {timeout:.0f} s"
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}"
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def report(work: Callable[[], object]) -> str:
    """Time the work here and now; what ``measure`` reads. A short one is warmed and the best of some rounds told."""
    cpu, wall, result = _timed(work, 1)
    if cpu < _SHORT and wall < _SHORT:
        times = max(1, round(_ROUND / max(cpu, wall, 1e-4)))
        rounds = [_timed(work, times)[:2] for _ in range(_ROUNDS)]
        cpu, wall = (min(column) for column in zip(*rounds, strict=True))
    peak = max(resource.getrusage(who).ru_maxrss for who in (_OURSELVES, _CHILDREN)) / 1024
    return json.dumps(asdict(Measured(cpu, wall, peak, str(getattr(result, "digest", result)))))


def _timed(work: Callable[[], object], times: int) -> tuple[float, float, object]:
    result: object = None
    cpu, wall = _cpu(), time.perf_counter()
    for _ in range(times):
        result = work()
    return (_cpu() - cpu) / times, (time.perf_counter() - wall) / times, result


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (_OURSELVES, _CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
