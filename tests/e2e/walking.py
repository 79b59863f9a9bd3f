"""Following a page literally, one process for all its commands.

What stands in the blocks marked ``walk`` is run in order, in the folder where this is started; the first command that
ends otherwise than the block says ends the walk.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from deployments.cli import run
from tests.architecture.pages import blocks


def walk(page: Path) -> int:
    """Follow the page; the number of commands that ended as it says, or the exit of the process."""
    count = 0
    for block in filter(lambda block: block.is_walked, blocks(page)):
        for command in block.commands:
            sys.stdout.write(f"$ {command}\n")
            code = _done(shlex.split(command, comments=True))
            if code != block.exit_code:
                raise SystemExit(f"ended with {code}, not {block.exit_code}: {command}")
            count += 1
    return count


def _done(words: list[str]) -> int:
    if words[0] == "export":
        name, _, value = words[1].partition("=")
        os.environ[name] = os.path.expandvars(value)
        return 0
    return run(words[1:]) if words[0] == "kbo" else subprocess.run(words, check=False).returncode
