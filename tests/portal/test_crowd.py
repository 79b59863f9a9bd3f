"""Many districts at once, and a portal that does not need Prefect."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.store.reading import submissions
from portal.app import create_app
from portal.telling import EventSender
from tests.cycle import CYCLE, kinds
from tests.portal.browsers import at_desk
from tests.portal.test_district import answered
from tests.portal.test_machine import UNHURRIED


def test_twenty_sessions_at_once_lose_nothing_and_take_nothing_twice(served_office: Office) -> None:
    """Several people at each desk: who was first has a receipt, the others are told; the store has exactly that."""
    app = create_app(served_office, rates=UNHURRIED)
    codes = ["5601", "5607"] * 10
    picked = {"5601": ("A1", "A2"), "5607": ("B1",)}

    def session(code: str) -> tuple[str, int, str]:
        browser = at_desk(app, served_office, code)
        assert browser.status == 200
        answered(browser, *picked[code])
        if 'action="/desk/send"' not in browser.page.text:  # another was faster, and the page says so
            return code, browser.status, browser.address
        browser.send("/desk/send")
        return code, browser.status, browser.address

    with ThreadPoolExecutor(len(codes)) as pool:
        outcomes = list(pool.map(session, codes))
    assert {status for _, status, _ in outcomes} <= {200, 409}
    receipts = {(code, address) for code, status, address in outcomes if "receipt" in address}
    with served_office.database.read() as connection:
        kept = submissions(connection, CYCLE)
    assert receipts == {(answer.district_code, f"/desk/receipt/{answer.version}") for answer in kept}
    assert len({answer.sha256 for answer in kept}) == len(kept)
    assert examine(served_office)[1] == []


def test_districts_send_while_prefect_is_down(served_office: Office) -> None:
    """Nobody at the address of its API: the answer is taken as quickly as ever."""
    app = create_app(served_office, on_change=EventSender("http://127.0.0.1:9/api"))
    began = time.monotonic()
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2").send("/desk/send")
    assert browser.address == "/desk/receipt/1"
    assert time.monotonic() - began < 10
    assert "submission-accepted" in kinds(served_office)


def test_prefect_is_told_when_it_is_there(served_office: Office) -> None:
    """An event in the shape that its API takes, without a name or an address."""
    told: list[dict[str, Any]] = []
    came = threading.Event()

    class Api(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            if any(e["event"] == "kbo.submission.received" for e in told):
                came.set()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        app = create_app(served_office, on_change=EventSender(f"http://127.0.0.1:{server.server_address[1]}/api"))
        answered(at_desk(app, served_office, "5601"), "A1", "A2").send("/desk/send")
        assert came.wait(10)
        server.shutdown()
    event = next(e for e in told if e["event"] == "kbo.submission.received")
    assert event["resource"] == {"prefect.resource.id": "kbo.cycle.kbo-test"}
    assert event["payload"] == {"cycle_id": "kbo-test", "district_code": "5601"}
