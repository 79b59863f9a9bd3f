"""The work of one office: its server provisioned, then a worker that takes what is due or asked for by events."""

import asyncio
import os
import sys

from deployments.provision import POOL, provision


def main() -> None:
    """Serve until told to stop; this process becomes the worker."""
    asyncio.run(provision())
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    os.execv(worker[0], worker)  # noqa: S606 - our own interpreter


if __name__ == "__main__":
    main()
