"""Processes that are kept alive, logs that stay small, backups that are not forgotten."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from deployments import console
from kbo_core.clock import now
from kbo_core.store.backup import backup_folder, backups, taken_at

_LONGEST_WAIT_SECONDS = 60
_STEADY_SECONDS = 120  # alive for so long, the next fall counts as the first
_LOG_BYTES, _LOG_COUNT = 5_000_000, 5
_BACKUP_HOURS = 24.0
_PAUSE_SECONDS = 3600  # after a backup that failed


@dataclass
class Child:
    """One supervised process: what it runs, when it was started and how often it has fallen in a row."""

    name: str
    command: list[str]
    home: Path
    process: subprocess.Popen[bytes]
    started: float
    falls: int = 0
    again_at: float | None = None

    @classmethod
    def begin(cls, name: str, command: list[str], home: Path) -> "Child":
        return cls(name, command, home, start(name, command, home), time.monotonic())

    def watch(self) -> None:
        """Start it again after it has ended by itself: at once, then after 1, 2, 4 … seconds, a minute at most."""
        moment = time.monotonic()
        if self.again_at is not None:
            if moment >= self.again_at:
                self.process, self.started, self.again_at = start(self.name, self.command, self.home), moment, None
        elif self.process.poll() is not None:
            self.falls = 1 if moment - self.started > _STEADY_SECONDS else self.falls + 1
            wait = 0 if self.falls == 1 else min(2 ** (self.falls - 2), _LONGEST_WAIT_SECONDS)
            self.again_at = moment + wait
            ended = f"{self.name} หยุดเอง (รหัส {self.process.returncode})"
            console.err.print(f"{ended} จะเปิดใหม่ใน {wait} วินาที ดู {self.home}/{self.name}.log")


@dataclass
class Copies:
    """The backups of a home: one is made when the last is older than ``KBO_BACKUP_HOURS`` (24)."""

    home: Path
    process: subprocess.Popen[bytes] | None = None
    not_before: float = 0

    def watch(self) -> None:
        """Start what is due, in a process of its own; one that fails is tried again after an hour."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            if self.process.returncode:
                console.err.print(f"สำรองข้อมูลไม่สำเร็จ จะลองใหม่ในหนึ่งชั่วโมง ดู {self.home}/backup.log")
                self.not_before = time.monotonic() + _PAUSE_SECONDS
            self.process = None
        if time.monotonic() >= self.not_before and self._is_due():
            self.process = start("backup", [sys.executable, "-m", "deployments.cli", "backup"], self.home)

    def _is_due(self) -> bool:
        told = os.environ.get("KBO_BACKUP_HOURS", "")
        hours = float(told) if told.replace(".", "", 1).isdecimal() else _BACKUP_HOURS
        newest = max(filter(None, map(taken_at, backups(backup_folder(self.home)))), default=None)
        return newest is None or now() - newest >= timedelta(hours=hours)


def rotate(log: Path, limit: int = _LOG_BYTES, count: int = _LOG_COUNT) -> bool:
    """Begin a log anew once it is larger than a limit, and keep the last ``count``. Whoever writes need not know."""
    if not log.is_file() or log.stat().st_size <= limit:
        return False
    for number in range(count - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.is_file():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)  # it is written to by appending
    return True


def start(name: str, command: list[str], home: Path) -> subprocess.Popen[bytes]:
    """A process in a session of its own, its words in ``NAME.log`` in the home."""
    with (home / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603 - our own modules


def stop(running: list[subprocess.Popen[bytes]]) -> None:
    """End processes with all that they have started: asked first, after ten seconds made to."""
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
    for process in running:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
