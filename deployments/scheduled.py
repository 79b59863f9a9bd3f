"""The work of one office: its server provisioned, then a worker that takes what is due or asked for by events."""

import asyncio
import os
import sys

from deployments.provision import POOL, provision

_AT_ONCE = 4  # runs; the others wait


def main() -> None:
    """Serve until told to stop; this process becomes the worker."""
    asyncio.run(provision())
    command = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--limit", str(_AT_ONCE)]
    worker = [sys.executable, "-m", *command]
    os.execv(worker[0], worker)  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
