"""The program as a user runs it: its own process, its own home."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

KBO = [sys.executable, "-m", "deployments.cli"]


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """A plain environment with a home; nothing of the caller's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "KBO_HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2]), **more}


def kbo(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*KBO, *arguments], env=surroundings(home, **more), capture_output=True, text=True, timeout=280, check=False
    )


def document(done: subprocess.CompletedProcess[str]) -> Any:
    """What ``--json`` printed."""
    return json.loads(done.stdout)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
