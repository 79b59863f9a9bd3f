"""The import contracts hold, and each breaks when violated."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("kbo_core", "expectations", "tasks", "flows", "portal", "deployments")

VIOLATIONS = {
    "The folders are the architecture": ("kbo_core/office/overview.py", "import tasks.cycles"),
    "Inside the core": ("kbo_core/domain/quota_of.py", "import kbo_core.registry.values"),
    "The domain is pure": ("kbo_core/domain/areas.py", "import httpx"),
    "One door to Prefect": ("kbo_core/office/closing.py", "import prefect"),
    "One door to Great Expectations": ("tasks/closing.py", "import great_expectations"),
    "One door to SQLAlchemy": ("kbo_core/office/intake.py", "import sqlalchemy"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, to be spoilt."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.ttf"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("contract", "violation"), VIOLATIONS.items(), ids=VIOLATIONS.keys())
def test_a_violated_contract_breaks(contract: str, violation: tuple[str, str], copy: Path) -> None:
    """One import through the wrong door, and the check names the contract."""
    name, statement = violation
    file = copy / name
    before = file.read_text("utf-8") if file.exists() else '"""New."""\n'
    file.write_text(f"{before}\n{statement}\n", encoding="utf-8")
    done = lint(copy)
    assert done.returncode == 1
    broken = done.stdout.split("Broken contracts")[1]
    assert contract in broken


def test_the_contracts_hold(copy: Path) -> None:
    """As the tree stands."""
    assert lint(copy).returncode == 0
