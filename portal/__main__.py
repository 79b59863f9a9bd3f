"""The portal as a process of its own: ``python -m portal PORT``, for the home in ``KBO_HOME``."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import uvicorn

from kbo_core.office.office import open_office
from kbo_core.registry.quality import Failure, Validate
from portal.app import create_app
from portal.telling import EventSender, nobody


def main(port: int) -> None:
    """Serve on a loopback port until told to stop. No access log: addresses of links are keys.

    ``KBO_EVENTS_API`` is the address of Prefect's API, to be told of changes.
    """
    office = open_office(Path(os.environ.get("KBO_HOME") or ".kbo"))
    told = os.environ.get("KBO_EVENTS_API")
    app = create_app(office, validate=_Suites(), on_change=EventSender(told) if told else nobody)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


class _Suites:
    """The suites, which take seconds to load, from the first time on that somebody needs them."""

    def __init__(self) -> None:
        self._validate: Validate | None = None

    def __call__(self, suite: str, table: pd.DataFrame) -> Sequence[Failure]:
        if self._validate is None:
            from expectations.validate import validator

            self._validate = validator()
        return self._validate(suite, table)


if __name__ == "__main__":
    main(int(sys.argv[1]))
