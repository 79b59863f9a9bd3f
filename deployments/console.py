"""What a command prints: a document for machines on stdout, words for people, messages on stderr."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kbo_core.domain.findings import Finding, Severity

_MARKS = {
    Severity.BLOCK: "[bold red]ต้องตอบก่อน[/]",
    Severity.WARN: "[yellow]เตือน[/]",
    Severity.INFO: "[cyan]เพื่อทราบ[/]",
}

_SHOWN_ALIKE = 5
_PAGE = None if sys.stdout.isatty() else 140  # a pipe has no width of its own

out = Console(highlight=False, soft_wrap=True, width=_PAGE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def wants_json() -> bool:
    """Was ``--json`` given?"""
    return os.environ.get("KBO_JSON") == "1"


def home() -> Path:
    """The office's home folder: ``--home``, ``KBO_HOME`` or ``./.kbo``."""
    return Path(os.environ.get("KBO_HOME") or ".kbo")


def downloads() -> Path | None:
    """Where copies of downloads are kept; nowhere before the office has a home, for a look must not make one."""
    return home() / "downloads" if home().is_dir() else None


def report(document: Any, show: Callable[[], None]) -> None:
    """Print the document for a machine, or let ``show`` print it for a person."""
    if wants_json():
        print(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    else:
        show()


def show_findings(findings: Iterable[Finding]) -> None:
    """Each finding for a person, on stderr: how severe, where, what, and in English below; of many alike, the first."""
    alike: Counter[str] = Counter()
    for finding in findings:
        alike[finding.code] += 1
        if alike[finding.code] > _SHOWN_ALIKE:
            continue
        err.print(f"{_MARKS[finding.severity]} [bold]{finding.code}[/] ", end="")
        err.print(finding.where, style="dim", markup=False)
        err.print(f"   {finding.message_th}", markup=False)
        err.print(f"   {finding.message_en}", style="dim", markup=False)
    for code, count in alike.items():
        if count > _SHOWN_ALIKE:
            err.print(f"   … {code}: อีก {count - _SHOWN_ALIKE} รายการ (ครบถ้วนด้วย --json)", markup=False)


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table for a person."""
    grid = Table(*columns, title=title, title_justify="left")
    for row in rows:
        grid.add_row(*[Text(str(cell)) for cell in row])  # never markup: subjects begin with a bracket
    out.print(grid)
