"""A newcomer follows the first page and the operator's guide literally."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.pages import ROOT, blocks
from tests.e2e.office_year import GUIDE, commands
from tests.e2e.running import surroundings


def test_the_guide_can_be_followed(tmp_path: Path) -> None:
    """Every command of its walk, in order, ends as the page shows; so does every other that it shows, in a year."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    walked = [command for block in blocks(GUIDE) if block.is_walked for command in block.commands]
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.office_year"],
        cwd=tmp_path,
        env=surroundings(tmp_path / "unused"),
        capture_output=True,
        text=True,
        timeout=480,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"walked {len(walked)}\n" in done.stdout
    assert f"lived through {len(commands())}\n" in done.stdout
    assert len(walked) >= 15
    assert len(commands()) >= 50
    assert not (tmp_path / "unused").exists()
    assert list((tmp_path / "ฝึก" / "home" / "reports").rglob("public-report-*.pdf"))
    assert list((tmp_path / "reports").rglob("public-report-*.pdf"))


def test_the_first_pages_commands_are_what_make_knows() -> None:
    """``make demo`` and ``make test``, first on the first screen; what they run is what the other tests run."""
    for page in ("README.md", "README.th.md"):
        first = next(block for block in blocks(ROOT / page) if block.is_walked)
        named = [command.partition("#")[0].split() for command in first.commands]
        assert named == [["make", "demo"], ["make", "test"]]
        assert (ROOT / page).read_text("utf-8").index("make demo") < 1500
    would = {
        target: subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for target in ("demo", "test", "serve")
    }
    assert re.search(r"kbo demo --out demo$", would["demo"], re.MULTILINE)
    assert re.search(r"pytest$", would["test"], re.MULTILINE)
    assert re.search(r"kbo .*serve$", would["serve"], re.MULTILINE)
