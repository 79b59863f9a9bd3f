"""``python -m benchmarks.crowd``: many districts at their desks at once, against a real portal; how long a page takes.

Each session goes from its link to its receipt, from an address of its own and without a pause: people are slower. Some
desks have two sessions, which race. Every receipt that was shown is in the store, and nothing else.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pandas as pd

from kbo_core.office.links import token_of
from kbo_core.office.office import Office, open_office
from kbo_core.registry.quality import Failure
from kbo_core.store.desks import links
from kbo_core.store.reading import assignments, submissions
from tests.cycle import open_cycle
from tests.e2e.running import free_port, wait_until
from tests.province import write_small_province

_DESKS = ("5601", "5606", "5607")
_PICKS = {"5601": ("A1", "A2"), "5606": (), "5607": ("B1",)}
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
_CHECKED = re.compile(r'name="checked" value="([0-9a-f]+)"')


def main() -> None:
    """Open as many cycles as are needed, serve them, let everybody in at once."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    asked.add_argument("--sessions", type=int, default=200)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measure(Path(place), told.sessions), indent=2))  # noqa: T201 - what it is for


def measure(place: Path, sessions: int) -> dict[str, float | int]:
    """The figures of one crowd. Raises AssertionError when a receipt is not in the store, or is there twice."""
    port = free_port()
    os.environ |= {"KBO_NOW": "2025-05-28T09:00", "KBO_PORTAL_URL": f"http://127.0.0.1:{port}"}
    office, desks = _opened(place, sessions)
    environment = {**os.environ, "KBO_HOME": str(office.home)}
    command = [sys.executable, "-m", "portal", str(port)]
    served = subprocess.Popen(command, env=environment)  # noqa: S603 - our own module
    try:
        wait_until(lambda: _answers(port), served)
        began = time.perf_counter()
        with ThreadPoolExecutor(sessions) as pool:
            done = list(pool.map(lambda each: _session(port, each[0], *each[1]), enumerate(desks)))
        took = time.perf_counter() - began
    finally:
        before = _cpu_seconds()
        served.terminate()
        served.wait()
        cpu = _cpu_seconds() - before
    times = sorted(seconds for _, each in done for seconds in each)
    receipts = {receipt for receipt, _ in done if receipt}
    with office.database.read() as connection:
        kept = [a for cycle in {d[0] for d in desks} for a in submissions(connection, cycle)]
    shown = {f"{a.cycle_id}/{a.district_code}/{a.version}" for a in kept}
    if receipts != shown or len({(a.cycle_id, a.district_code, a.sha256) for a in kept}) != len(kept):
        raise AssertionError("what was shown and what is kept differ")
    if {(a.cycle_id, a.district_code) for a in kept} != {desk[:2] for desk in desks}:
        raise AssertionError("a desk was left without an answer")
    return {
        "sessions": sessions,
        "requests": len(times),
        "receipts": len(receipts),
        "seconds": round(took, 2),
        "requests_per_second": round(len(times) / took, 1),
        "cpu_of_the_portal_per_request_ms": round(1000 * cpu / len(times), 1),
        "p50_seconds": round(statistics.median(times), 3),
        "p95_seconds": round(times[int(len(times) * 0.95)], 3),
        "slowest_seconds": round(times[-1], 3),
    }


def _cpu_seconds() -> float:
    """What the processes that have ended took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _nothing_wrong(_suite: str, _table: pd.DataFrame) -> Sequence[Failure]:
    """The province is clean: the suites, seconds a cycle, would find nothing, and are not what is measured."""
    return ()


def _opened(place: Path, sessions: int) -> tuple[Office, list[tuple[str, str, str]]]:
    """An office with enough cycles, and (cycle, district, token) of each session; every tenth desk has two."""
    office = open_office(place / "home")
    desks: list[tuple[str, str, str]] = []
    number = 0
    while len(desks) < sessions:
        number += 1
        name = f"kbo-{number:03}"
        definition = write_small_province(place / name, name)
        open_cycle(office, definition, _nothing_wrong)
        with office.database.read() as connection:
            for assignment in assignments(connection, name):
                if (code := assignment.district_code) in _DESKS:
                    token = token_of(office, links(connection, name, code)[-1].link_id)
                    desks += [(name, code, token)] * (2 if number % 10 == 0 else 1)
    return office, desks[:sessions]


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/privacy").status_code == 200
    except httpx.HTTPError:
        return False


def _session(port: int, number: int, cycle: str, code: str, token: str) -> tuple[str, list[float]]:
    """One district from its link on: (its receipt, "" when another was faster; the seconds of each page)."""
    took: list[float] = []
    here = f"http://127.0.0.1:{port}"
    headers = {"Origin": here, "X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"}
    with httpx.Client(base_url=here, headers=headers, timeout=120) as client:

        def ask(method: str, path: str, **data: str | list[str]) -> httpx.Response:
            began = time.perf_counter()
            answer = client.request(method, path, data=data or None)
            took.append(time.perf_counter() - began)
            if answer.status_code not in (200, 303, 409):  # 409: another session at the same desk was faster
                raise AssertionError(f"{method} {path}: {answer.status_code}")
            for cookie in answer.cookies.jar:  # a browser sends these to this machine without encryption, too
                client.headers["Cookie"] = f"{cookie.name}={cookie.value}"
            return answer

        ask("GET", f"/d/{token}")
        csrf = _CSRF.findall(ask("GET", "/desk").text)[0]
        if _PICKS[code]:
            ask("GET", "/desk/pick")
            ask("POST", "/desk/pick", csrf=csrf, pick=list(_PICKS[code]), do="next")
        else:
            ask("GET", "/desk/nil")
            ask("POST", "/desk/nil", csrf=csrf)
        ask("POST", "/desk/details", csrf=csrf, reporter="เจ้าหน้าที่สมมติ", do="next")
        checked = _CHECKED.findall(ask("GET", "/desk/check").text)
        if not checked:
            return "", took
        sent = ask("POST", "/desk/send", csrf=csrf, checked=checked[0])
        receipt = re.fullmatch(r"/desk/receipt/([0-9]+)", sent.headers.get("location", ""))
        return (f"{cycle}/{code}/{receipt[1]}" if receipt else ""), took


if __name__ == "__main__":
    main()
