"""A real Prefect server of the tests' own, and what a worker does with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.e2e.running import free_port, surroundings, wait_until

_ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class PrefectServer:
    """A server on a loopback port, with its own home. It can be killed and started again."""

    folder: Path
    port: int = field(default_factory=free_port)
    more: Mapping[str, str] = field(default_factory=dict)
    has_services: bool = True
    process: subprocess.Popen[bytes] | None = None

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def settings(self) -> dict[str, str]:
        """What a process that uses it has in its environment."""
        return {
            "PREFECT_API_URL": self.api,
            "PREFECT_HOME": str(self.folder / "prefect"),
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
            **self.more,
        }

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.begin()
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until it answers, however it was started."""
        wait_until(self.is_up, self.process)

    def begin(self) -> None:
        """Start it, and do not wait."""
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port)]
        if not self.has_services:
            command.append("--no-services")
        self.process = spawn(self.folder, command, f"server-{self.port}.log", **self.settings)

    def kill(self) -> None:
        """As when the machine stops."""
        if self.process:
            end(self.process, signal.SIGKILL)

    def run(self, deployment: str, **parameters: object) -> str:
        """Ask for a run of a deployment, as an operator in the UI does; its id."""
        found = httpx.get(f"{self.api}/deployments/name/{deployment}").raise_for_status().json()
        asked = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        made: list[httpx.Response] = []

        def is_taken() -> bool:
            """A busy server says 503, and means: again."""
            made.append(httpx.post(f"{self.api}/deployments/{found['id']}/create_flow_run", json=asked, timeout=30))
            return made[-1].status_code != 503

        wait_until(is_taken, None)
        return str(made[-1].raise_for_status().json()["id"])

    def ended(self, run_id: str) -> str:
        """The name of the state that a run ends in."""
        seen: dict[str, Any] = {}

        def has_ended() -> bool:
            seen.update(httpx.get(f"{self.api}/flow_runs/{run_id}").json())
            return seen["state_type"] in _ENDED

        wait_until(has_ended, None)
        return str(seen["state_name"])

    def runs(self, **where: object) -> list[dict[str, Any]]:
        """The flow runs of a filter."""
        answered = httpx.post(f"{self.api}/flow_runs/filter", json={"flow_runs": where}).raise_for_status()
        return list(answered.json())

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of a name, whenever they occurred."""
        long = {"since": "2020-01-01T00:00:00Z", "until": "2050-01-01T00:00:00Z"}
        wanted = {"filter": {"event": {"name": [name]}, "occurred": long}}
        return list(httpx.post(f"{self.api}/events/filter", json=wanted).raise_for_status().json()["events"])

    def is_up(self) -> bool:
        """Does it answer now?"""
        try:
            return httpx.get(f"{self.api}/health", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def spawn(home: Path, command: list[str], log: str, **settings: str) -> subprocess.Popen[bytes]:
    """A process with a session of its own, for a home."""
    with (home / log).open("ab") as output:
        return subprocess.Popen(
            command, env=surroundings(home, **settings), stdout=output, stderr=output, start_new_session=True
        )


def end(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """End a process with all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, how)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
