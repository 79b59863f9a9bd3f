"""``kbo serve``: what one office runs. Prefect's server and UI, a worker with the schedules, and the portal, each its
own process; whatever dies is started again, the store is backed up, the logs stay small."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from deployments import console, engine
from deployments.supervising import Child, Copies, rotate, stop
from kbo_core.domain.findings import refused

_START_SECONDS = 120
_HOST = "127.0.0.1"


def serve(home: Path, port: int, prefect_port: int) -> None:
    """Run until Ctrl-C; a process that dies is started again.

    Raises RefusedError when a port is taken, or when this home is being served already.
    """
    home.mkdir(parents=True, exist_ok=True)
    if served := engine.serving(home):
        url = served["api_url"]
        raise refused("already-serving", str(home), f"เปิดให้บริการอยู่แล้วที่ {url}", f"already served at {url}")
    for wanted in (port, prefect_port):
        _require_free(wanted)
    engine.connect(home)
    # The server allows its own address only, and the UI asks the API under the name that the browser uses.
    api_url = f"http://{_HOST}:{prefect_port}/api"
    os.environ["PREFECT_API_URL"] = api_url
    # An office whose portal is reached from outside has said how; mail names that address.
    os.environ.setdefault("KBO_PORTAL_URL", f"http://{_HOST}:{port}")
    os.environ.setdefault("KBO_PREFECT_UI", f"http://{_HOST}:{prefect_port}")
    os.environ["KBO_EVENTS_API"] = api_url
    python = sys.executable
    server = [python, "-m", "prefect", "server", "start", "--host", _HOST, "--port", str(prefect_port)]
    others = {
        "schedules": [python, "-m", "deployments.scheduled"],
        "portal": [python, "-m", "portal", str(port)],
    }
    running: list[Child] = []
    copies = Copies(home)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        running.append(Child.begin("server", server, home))
        _wait_for(f"{api_url}/health", running[0].process, home)
        running += [Child.begin(name, command, home) for name, command in others.items()]
        _wait_for(f"http://{_HOST}:{port}/static/portal.css", running[-1].process, home)
        engine.serving_file(home).write_text(json.dumps({"api_url": api_url, "portal": f"http://{_HOST}:{port}"}))
        console.report(
            {"status": "serving", "prefect": f"http://{_HOST}:{prefect_port}", "portal": f"http://{_HOST}:{port}"},
            lambda: console.out.print(
                f"Prefect  http://{_HOST}:{prefect_port}\nหน้าเว็บ  http://{_HOST}:{port}\nหยุดด้วย Ctrl-C"
            ),
        )
        _watch(running, copies)
    except KeyboardInterrupt:
        _hear_no_more()
        console.err.print("หยุดให้บริการแล้ว")
    finally:
        _hear_no_more()
        engine.serving_file(home).unlink(missing_ok=True)
        stop([child.process for child in running] + ([copies.process] if copies.process else []))


def _hear_no_more() -> None:
    """Ctrl-C comes twice where something stands between, as `uv run` does: the second must not keep children alive."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            raise refused(
                "port-taken",
                str(port),
                f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ เลือกพอร์ตอื่นด้วย --port หรือ --prefect-port",
                f"port {port} is taken: choose another with --port or --prefect-port",
            ) from None


def _wait_for(url: str, process: subprocess.Popen[bytes], home: Path) -> None:
    for _ in range(_START_SECONDS * 4):
        if process.poll() is not None:
            break
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    raise refused(
        "serve-failed", str(home), f"เปิดให้บริการไม่สำเร็จ ดูแฟ้ม .log ใน {home}", f"{url} did not answer; see {home}/*.log"
    )


def _watch(running: list[Child], copies: Copies) -> None:
    while True:
        time.sleep(1)
        copies.watch()
        for child in running:
            child.watch()
            rotate(child.home / f"{child.name}.log")
