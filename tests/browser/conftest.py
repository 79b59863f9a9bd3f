"""A real browser at a real portal: Debian's Chromium, driven from outside."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from portal.app import create_app
from tests.cycle import CYCLE
from tests.portal.browsers import token
from tests.portal.conftest import NOW, office_at, opened_home

__all__ = ["opened_home"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
_HAS_SCRIPTS = "matchMedia('(scripting: enabled)').matches"
PHONE, DESKTOP = (375, 812), (1280, 900)


def chromium_found() -> str:
    """Where this machine's Chromium is."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("The tests of the pages need Chromium, and found none: on Debian, `apt-get install chromium`.")
    return found


@pytest.fixture(scope="module")  # its event loop ends with it: other files of the same worker run their own
def chromium() -> Iterator[Browser]:
    """The browser of this machine. There is no test of pages without one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_found(), args=list(QUIET))
        yield browser
        browser.close()


@dataclass(frozen=True)
class Served:
    """A portal that listens."""

    office: Office
    url: str

    def link(self, code: str) -> str:
        return f"{self.url}/d/{token(self.office, CYCLE, code)}"


@pytest.fixture
def served(opened_home: Path, tmp_path: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A portal over an opened cycle, a week before the deadline."""
    home = tmp_path / "home"
    shutil.copytree(opened_home, home)
    monkeypatch.setenv("KBO_NOW", NOW)
    office = office_at(home)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        monkeypatch.setenv("KBO_PORTAL_URL", url)
        config = uvicorn.Config(create_app(office, validate=validate), log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Served(office, url)
        server.should_exit = True
        thread.join()
    office.database.close()


Opener = Callable[..., AbstractContextManager[Page]]


@pytest.fixture
def open_page(chromium: Browser) -> Opener:
    """Opens a page of a size, with or without JavaScript; what the console or the page complains of fails the test."""

    @contextmanager
    def opened(size: tuple[int, int] = DESKTOP, *, script: bool = True) -> Iterator[Page]:
        width, height = size
        context = chromium.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=script, locale="th-TH", bypass_csp=False
        )
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(15_000)
        yield page
        context.close()
        # The console calls a page that says no by its status an error too.
        assert [told for told in complaints if "the server responded with a status of 4" not in told] == []

    return opened


def axe_finds_nothing(page: Page) -> None:
    """No fault of accessibility, and nothing wider than the screen. A page without scripts is looked at for its width
    alone: axe would wait for ever there, and the page is the same."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    if not page.evaluate(_HAS_SCRIPTS):
        return
    # Said to the page from outside, as a person's own tool would be; the page's policy lets no script in.
    run = "return (await window.axe.run(document, { resultTypes: ['violations'] })).violations;"
    found = page.evaluate(f"async () => {{ {_axe()}; {run} }}")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []


def _axe() -> str:
    return Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text("utf-8")
