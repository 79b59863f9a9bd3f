"""How this process reaches Prefect: the server that ``kbo serve`` runs for the same home, else one of its own."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import httpx

_QUIET = {
    # Nothing is reported to anybody.
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # Kept in memory, what a dead run holds would outlive the server as a slot that nobody gives back.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    # A run's log is for the UI; at the terminal the command itself says what is wrong.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def connect(home: Path) -> None:
    """Set the environment that Prefect reads when it is imported; what the operator has set stays."""
    home.mkdir(parents=True, exist_ok=True)
    os.environ["KBO_HOME"] = str(home.resolve())
    for name, value in {**_QUIET, "PREFECT_HOME": str(home.resolve() / "prefect")}.items():
        os.environ.setdefault(name, value)
    if "PREFECT_API_URL" not in os.environ and (served := serving(home)):
        os.environ["PREFECT_API_URL"] = served["api_url"]
        os.environ.setdefault("KBO_PORTAL_URL", served["portal"])


def serving_file(home: Path) -> Path:
    """Where ``kbo serve`` writes down its addresses."""
    return home / "serve.json"


def serving(home: Path) -> dict[str, str] | None:
    """The addresses of what serves this home now, ``api_url`` and ``portal``; None when nothing answers."""
    try:
        served = json.loads(serving_file(home).read_text("utf-8"))
        answers = httpx.get(f"{served['api_url']}/health", timeout=2).status_code == 200
        return {"api_url": str(served["api_url"]), "portal": str(served["portal"])} if answers else None
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None


def run(flow: Any, *arguments: Any, tagged: list[str], **options: Any) -> Any:
    """Run a flow here and return its data; an error that the flow ended in is raised as itself.

    A server too busy to answer is told the end of a run twice, and gives back that it knows, not what the run came to.
    Then the flow runs again: every flow of ours may.
    """
    from prefect import tags  # after connect(): Prefect reads its settings when it is imported
    from prefect.exceptions import MissingResult

    async def one_run() -> Any:
        with tags(*tagged):
            state = await flow(*arguments, **options, return_state=True)
        return await state.aresult(raise_on_failure=True)

    try:
        return asyncio.run(one_run())
    except MissingResult:
        return asyncio.run(one_run())
