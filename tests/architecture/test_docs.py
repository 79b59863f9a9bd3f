"""The generated pages are those of the code."""

import subprocess
import sys
from pathlib import Path


def test_the_generated_pages_are_up_to_date() -> None:
    """``make docs`` would change nothing."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "deployments.docs", "--check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
