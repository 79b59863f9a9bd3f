"""The program as a user runs it: its own process, its own home."""

import io
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from deployments.cli import run
from tests.architecture.pages import ROOT

KBO = [sys.executable, "-m", "deployments.cli"]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """A plain environment with a home; nothing of the caller's settings. Prefect's own block types, which take seconds
    to write into a new home, are left out."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    settings = {"KBO_HOME": str(home), "PYTHONPATH": str(ROOT), "PREFECT_API_BLOCKS_REGISTER_ON_START": "false"}
    return {**kept, **settings, **more}


def kbo(home: Path, *arguments: str, typed: str | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with what a person types."""
    return subprocess.run(
        [*KBO, *arguments],
        env=surroundings(home, **more),
        input=typed,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def kbo_here(home: Path, *arguments: str, typed: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which spares seconds of imports: for commands that need no Prefect."""
    told, complained = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, surroundings(home, **more), clear=True),
        patch.object(sys, "stdin", io.StringIO(typed)),
        redirect_stdout(told),
        redirect_stderr(complained),
    ):
        code = run([*arguments])
    return subprocess.CompletedProcess([*KBO, *arguments], code, told.getvalue(), complained.getvalue())


def document(done: subprocess.CompletedProcess[str]) -> Any:
    """What ``--json`` printed."""
    return json.loads(done.stdout)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(happened: Callable[[], object], process: subprocess.Popen[Any] | None) -> None:
    """Wait two minutes at most."""
    for _ in range(480):
        if happened():
            return
        assert process is None or process.poll() is None, "it stopped by itself"
        time.sleep(0.25)
    raise AssertionError("it did not happen in time")


def processes_of(home: Path) -> list[str]:
    """The processes whose environment names the home."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                wanted = f"KBO_HOME={home.resolve()}".encode()
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(entry.name)
        except OSError:
            continue
    return found
