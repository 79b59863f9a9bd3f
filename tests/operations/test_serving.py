"""``kbo serve`` looks after itself: what dies is started again, the store is copied, logs stay small."""

import os
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from deployments.supervising import Child, rotate
from kbo_core.store.backup import backups
from tests.e2e.running import KBO, document, free_port, kbo, processes_of, wait_until
from tests.operations.served import end, spawn


def test_it_restarts_what_dies_makes_a_backup_and_says_that_it_is_ready(tmp_path: Path) -> None:
    """The portal is killed and answers again; ``kbo health`` is clean once a worker is there; two SIGTERM end all."""
    home, port, prefect_port = tmp_path / "home", free_port(), free_port()
    home.mkdir()
    told = kbo(home, "health", "--json")
    assert (told.returncode, {f["code"] for f in document(told)["findings"]}) == (3, {"backup-old", "not-serving"})
    command = [*KBO, "serve", "--port", str(port), "--prefect-port", str(prefect_port)]
    serving = spawn(home, command, "serve.out")
    try:
        wait_until(lambda: (home / "serve.json").exists(), serving)
        (portal,) = [pid for pid in processes_of(home) if _runs(pid, "portal")]
        os.kill(int(portal), signal.SIGKILL)
        wait_until(lambda: [p for p in processes_of(home) if _runs(p, "portal") and p != portal], serving)
        wait_until(lambda: _answers(f"http://127.0.0.1:{port}/health"), serving)
        wait_until(lambda: backups(home / "backups"), serving)
        workers = f"http://127.0.0.1:{prefect_port}/api/work_pools/kbo/workers/filter"
        wait_until(lambda: any(w["status"] == "ONLINE" for w in _workers(workers)), serving)
        ready = kbo(home, "health", "--json")
        assert ready.returncode == 0, ready.stdout
        assert document(ready)["findings"] == []
    finally:
        serving.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        serving.send_signal(signal.SIGTERM)  # as `uv run` hands on what the whole group has got already
        serving.wait(timeout=60)
        end(serving)
    assert not (home / "serve.json").exists()
    wait_until(lambda: not processes_of(home), None)


def test_what_falls_again_and_again_is_started_ever_more_slowly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, then after 1, 2, 4 … seconds; after two quiet minutes it begins from the first."""
    moment = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: moment[0])
    child = Child.begin("falling", [sys.executable, "-c", "raise SystemExit(1)"], tmp_path)
    waits = []
    for _ in range(9):
        child.process.wait()
        child.watch()
        assert child.again_at is not None
        waits.append(child.again_at - moment[0])
        moment[0] = child.again_at
        child.watch()
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    child.process.wait()
    moment[0] += 121
    child.watch()
    assert child.again_at == moment[0]


def test_a_log_begins_anew_when_it_is_large_and_the_last_few_are_kept(tmp_path: Path) -> None:
    """Whoever writes by appending goes on in the new one."""
    log = tmp_path / "server.log"
    with log.open("ab", buffering=0) as writing:
        for number in range(5):
            writing.write(f"{number}".encode() * 20)
            assert rotate(log, limit=10, count=3)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["server.log", *(f"server.log.{n}" for n in (1, 2, 3))]
    assert [log.read_bytes(), (tmp_path / "server.log.1").read_bytes()] == [b"", b"4" * 20]
    assert not rotate(log, limit=10, count=3)


def _runs(pid: str, module: str) -> bool:
    try:
        return module in Path(f"/proc/{pid}/cmdline").read_text("utf-8").split("\0")
    except OSError:
        return False


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _workers(url: str) -> list[dict[str, str]]:
    answered = httpx.post(url, json={})
    return list(answered.json()) if answered.status_code == 200 else []
