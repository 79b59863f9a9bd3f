"""``python -m tests.browser.pictures``: the pictures of ``docs/pictures`` that are of screens, taken anew.

A real ``kbo serve``, on a home with the demo's cycle two days after its deadline and on one with all provinces of the
nation; Chromium in Thai. All names are made up.
"""

import argparse
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from deployments import engine
from deployments.demo import run as demo
from deployments.demo.districts import SCRIPT
from deployments.demo.synthetic import write_province
from deployments.rehearsal.surroundings import remembering
from expectations.validate import validator
from kbo_core.clock import parse_now
from kbo_core.domain.areas import District, Province, districts, provinces
from kbo_core.office.accounts import add_account
from kbo_core.office.definitions import read_definition
from kbo_core.office.desks import desk_of
from kbo_core.office.drafts import Draft, send_draft
from kbo_core.office.office import Office, open_office
from tests.browser.conftest import QUIET, chromium_found
from tests.cycle import OPENED_AT, open_cycle
from tests.operations.served import end, spawn
from tests.province import DEFINITION, GROUP, write_csv

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
NINE_AT, NATION_AT = "2025-06-05T08:40", "2025-06-05T08:40"
CYCLE = "kbo-2568-56-demo"
_ACCOUNT, _PASSWORD = "somying", "รหัสผ่านสำหรับถ่ายภาพ"
_PORTAL = "https://kbo.example.go.th"
_DESKTOP, _PHONE = (1280, 900), (375, 812)


@dataclass(frozen=True)
class Served:
    """What ``kbo serve`` serves, and the page that looks at it."""

    portal: str
    prefect: str
    page: Page
    out: Path

    def ask(self, path: str, **filters: object) -> Any:
        return httpx.post(f"{self.prefect}/api/{path}", json=filters, timeout=60).raise_for_status().json()

    def latest(self, key: str) -> str:
        """The page of the newest artifact of a key."""
        found = self.ask("artifacts/filter", artifacts={"key": {"any_": [key]}}, sort="CREATED_DESC", limit=1)
        return f"{self.prefect}/artifacts/artifact/{found[0]['id']}"

    def deployment(self, name: str) -> Any:
        return httpx.get(f"{self.prefect}/api/deployments/name/{name}").raise_for_status().json()

    def run(self, name: str, **parameters: object) -> str:
        """Start a run of a deployment, as an operator does with the button, and wait for its end; its id."""
        asked = f"deployments/{self.deployment(name)['id']}/create_flow_run"
        made = self.ask(asked, parameters=parameters, state={"type": "SCHEDULED"})
        while True:
            told = httpx.get(f"{self.prefect}/api/flow_runs/{made['id']}", timeout=300).json()
            if told["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED"):
                return str(made["id"])
            time.sleep(2)

    def take(self, name: str, address: str, *, size: tuple[int, int] = _DESKTOP, top: int = 0) -> None:
        """A picture of a page, from ``top`` on."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height + top})
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(2500)  # what the UI draws by and by
        clip: Any = {"x": 0, "y": top, "width": width, "height": height}
        _keep(self.page.screenshot(clip=clip), self.out / f"{name}.png")


def _keep(png: bytes, path: Path) -> None:
    """Write a picture in as many colours as fit into 150 KB."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in (256, 128, 64, 32):
        picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= 150_000:
            return


def main() -> None:
    """Take them all, or those of one home."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--only", choices=("nine", "nation"))
    parser.add_argument("--work", type=Path, help="keep the homes here, and take those that are there")
    told = parser.parse_args()
    # Prefect's UI brings no Thai letters of its own; the portal does.
    if not subprocess.run(["fc-list", ":lang=th"], capture_output=True, check=False).stdout:
        raise SystemExit("no font of this machine has Thai letters (Debian: apt-get install fonts-thai-tlwg)")
    told.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = told.work or Path(scratch)
        for name, make, at, take in (
            ("nine", make_nine, NINE_AT, take_nine),
            ("nation", make_nation, NATION_AT, take_nation),
        ):
            if told.only in (None, name):
                home = work / name / "home"
                if not (home / "kbo.sqlite3").exists():
                    make(work / name)
                with serving(home, at, told.out) as served:
                    take(served)


def make_nine(folder: Path) -> None:
    """The demo's province until the day after the deadline, its turns in the home's own Prefect."""
    home = folder / "home"
    write_province(folder / "input", 1)
    file = read_definition(folder / "input" / "cycle.yaml")
    engine.connect(home)
    os.environ["KBO_PORTAL_URL"] = _PORTAL
    validate = validator()
    demo._open(file)
    office = open_office(home)
    until = parse_now("2025-06-05T08:30")
    acts = {act.at for act in SCRIPT}
    for at, done in demo._turns(file):
        if at > until or (at not in acts and at < parse_now("2025-05-01T00:00")):
            continue
        for act in done:
            if act.district_code not in ("5602", "5604"):
                demo._perform(office, file, act, validate)
        demo._follow(CYCLE, at)
    _with_account(office)


def make_nation(folder: Path) -> None:
    """Every province with a cycle, every district asked for one group of three; some two thirds have answered."""
    home = folder / "home"
    home.mkdir(parents=True)
    engine.connect(home)
    office, validate = open_office(home), remembering(validator())
    for number, province in enumerate(_nation()):
        cycle = f"kbo-2568-{province.code}"
        own = [area for area in districts().values() if area.province_code == province.code]
        open_cycle(office, _write(folder / "input" / province.code, cycle, province, own), validate)
        for place, area in enumerate(own):
            if (place * 7 + number * 3) % 10 < 6 + number % 3:
                at = parse_now("2025-05-15T10:00")
                desk = desk_of(office, cycle, area.code, at)
                send_draft(office, desk, Draft(0, (f"{area.code}-1",), False, "", "เจ้าหน้าที่สมมติ", ""), at=at, via="page")
    _with_account(office)


def _nation() -> Iterator[Province]:
    yield from (province for province in provinces().values() if province.code != "10")


def _write(folder: Path, cycle: str, province: Province, own: list[District]) -> Path:
    folder.mkdir(parents=True)
    producers = [(f"{area.code}-{n}", f"กลุ่มสมมติที่ {n} {area.name_th}", area) for area in own for n in (1, 2, 3)]
    write_csv(
        folder / "producers.csv",
        ("producer_id", "producer_name", "producer_type", "province", "district"),
        [(i, name, GROUP, province.name_th, area.name_th) for i, name, area in producers],
    )
    write_csv(
        folder / "products.csv",
        ("producer_id", "producer_name", "province", "product_name", "rating_year_be", "stars"),
        [(i, name, province.name_th, f"ของ {i}", "2567", "3") for i, name, _ in producers],
    )
    quota = "{" + ", ".join(f'"{area.code}": 1' for area in own) + "}"
    told = DEFINITION.format(cycle=cycle, quota=quota).replace(
        'province_code: "56"', f'province_code: "{province.code}"'
    )
    told = told.replace("fiscal_year_be: 2567, path: kbo-2567.csv", "fiscal_year_be: 2567, empty: confirmed")
    (folder / "cycle.yaml").write_text(told, encoding="utf-8")
    return folder / "cycle.yaml"


def _with_account(office: Office) -> None:
    add_account(office, _ACCOUNT, "operator", None, _PASSWORD, at=OPENED_AT, by="ผู้ดูแลระบบ")
    office.database.close()


@contextmanager
def serving(home: Path, at: str, out: Path) -> Iterator[Served]:
    """``kbo serve`` over a home at an instant, and a browser that is signed in at the portal."""
    port, prefect = _port(), _port()
    command = [sys.executable, "-m", "deployments.cli", "serve", "--port", str(port), "--prefect-port", str(prefect)]
    process = spawn(home, command, "serve.out", KBO_NOW=at, KBO_TURN_CRON="0 0 1 1 *")
    try:
        _until_ready(home, process, f"http://127.0.0.1:{prefect}")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_found(), args=list(QUIET))
            context = browser.new_context(locale="th-TH", timezone_id="Asia/Bangkok")
            page = context.new_page()
            page.set_default_timeout(60_000)
            portal = f"http://127.0.0.1:{port}"
            page.goto(f"{portal}/office/sign-in")
            page.get_by_label("ชื่อบัญชี").fill(_ACCOUNT)
            page.get_by_label("รหัสผ่าน").fill(_PASSWORD)
            page.get_by_role("button", name="ลงชื่อเข้าใช้").click()
            page.wait_for_url("**/office")
            yield Served(portal, f"http://127.0.0.1:{prefect}", page, out)
            browser.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)  # until it has ended what it started
        end(process)


def _until_ready(home: Path, process: subprocess.Popen[bytes], prefect: str) -> None:
    """Until a worker of the provisioned server is on line."""
    while process.poll() is None:
        time.sleep(1)
        if (home / "serve.json").exists():
            answered = httpx.post(f"{prefect}/api/work_pools/kbo/workers/filter", json={}, timeout=30)
            if answered.status_code == 200 and any(w["status"] == "ONLINE" for w in answered.json()):
                return
    raise SystemExit((home / "serve.out").read_text("utf-8"))


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def take_nine(served: Served) -> None:
    """One province: board, district, Prefect's runs, a run, artifacts, a runbook."""
    board = f"{served.portal}/office/c/{CYCLE}"
    served.run("daily-turn/office")
    served.take("portal-board-desktop", board, size=(1280, 1000))
    served.take("portal-board-phone", board, size=_PHONE)
    served.take("portal-district-desktop", f"{board}/d/5606", size=(1280, 1000))
    served.take("portal-reminders-desktop", f"{board}/reminders", size=(1280, 700))
    served.take("prefect-runs", f"{served.prefect}/runs", size=(1280, 700), top=600)
    turned = served.ask("flow_runs/filter", sort="START_TIME_DESC", limit=50)
    reminded = next(run for run in turned if run["state_name"] == "Reminded")
    served.take("prefect-run", f"{served.prefect}/runs/flow-run/{reminded['id']}?tab=Details", size=(1280, 1100))
    served.take("prefect-cycle", served.latest(f"cycle-{CYCLE}"), size=(1280, 1000))
    served.take("prefect-districts", served.latest(f"districts-{CYCLE}"), size=(1800, 720))
    served.take("prefect-reminders", served.latest(f"reminders-{CYCLE}"), size=(1500, 720))
    served.take("prefect-timeline", served.latest(f"timeline-{CYCLE}"), size=(1700, 720))
    served.take("prefect-deployments", f"{served.prefect}/deployments", size=(1280, 650))
    runbook = served.deployment("follow-cycle/office")["id"]
    served.take(
        "prefect-runbook", f"{served.prefect}/deployments/deployment/{runbook}?tab=Description", size=(1280, 820)
    )


def take_nation(served: Served) -> None:
    """All provinces: the portal's page, the runs of a turn, the table."""
    served.run("national-cycle/office", batch_size=2)
    served.take("portal-nation-desktop", f"{served.portal}/office", size=(1280, 1000))
    served.take("prefect-nation-runs", f"{served.prefect}/runs", size=(1280, 700), top=600)
    served.take("prefect-nation", served.latest("nation"), size=(1400, 900))


if __name__ == "__main__":
    os.environ.setdefault("DO_NOT_TRACK", "1")
    main()
