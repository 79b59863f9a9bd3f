"""Every type holds, under mypy's strictest setting."""

import subprocess
import sys

from tests.architecture.pages import ROOT


def test_mypy_finds_nothing() -> None:
    """In the packages, the tests and the benchmarks alike; among the tests, so that it runs beside them."""
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
