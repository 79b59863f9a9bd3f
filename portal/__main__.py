"""The portal as a process of its own: ``python -m portal PORT``, for the home in ``KBO_HOME``."""

import os
import sys
from pathlib import Path

import uvicorn

from kbo_core.office.office import open_office
from portal.app import create_app


def main(port: int) -> None:
    """Serve on a loopback port until told to stop."""
    office = open_office(Path(os.environ.get("KBO_HOME") or ".kbo"))
    uvicorn.run(create_app(office), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]))
