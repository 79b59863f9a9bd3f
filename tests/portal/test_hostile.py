"""What must not work: each with the right status, in Thai, and nothing changed."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from kbo_core.office.links import token_of
from kbo_core.office.office import Office
from portal import district, metrics, operator
from portal.app import create_app
from portal.throttle import Rate, Rates
from tests.cycle import form_of, kinds
from tests.portal.browsers import Browser, at_desk, token
from tests.portal.conftest import PASSWORD
from tests.portal.test_district import answered, chosen

_THAI = re.compile("[ก-๛]{4,}")


def refused(browser: Browser, status: int) -> None:
    """The status, a page in Thai, and no inside of ours."""
    assert browser.status == status
    assert _THAI.search(browser.words)
    assert "Traceback" not in browser.page.text


@pytest.mark.parametrize(
    ("forge", "status"),
    [
        # Not the last letter: of that, base64 has bits to spare, which mean nothing.
        (lambda good: good.replace(sign := good.split(".")[1], ("A" if sign[0] != "A" else "B") + sign[1:]), 404),
        (lambda good: good.split(".")[0], 404),
        (lambda _: "x" * 3000, 404),
        (lambda good: f"{'0' * 32}.{good.split('.')[1]}", 404),
        (lambda _: "%00", 404),
        (lambda _: "ลิงก์", 404),
    ],
)
def test_a_bad_link_opens_nothing(
    served_office: Office, app: FastAPI, forge: Callable[[str], str], status: int
) -> None:
    """Cut short, changed, made up."""
    before = kinds(served_office)
    browser = Browser(app).get(f"/d/{forge(token(served_office, 'kbo-test', '5601'))}")
    refused(browser, status)
    refused(browser.get("/desk"), 401)
    assert kinds(served_office) == before


def test_a_signed_id_that_was_never_issued_opens_nothing(served_office: Office, app: FastAPI) -> None:
    """The signature alone is not enough."""
    refused(Browser(app).get(f"/d/{token_of(served_office, 'f' * 32)}"), 404)


def test_an_expired_link_says_so(served_office: Office, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ninety days after the deadline; whoever sits at the desk then is out, too."""
    browser = at_desk(app, served_office, "5601")
    monkeypatch.setenv("KBO_NOW", "2025-09-10T09:00")
    link = f"/d/{token(served_office, 'kbo-test', '5601')}"
    refused(Browser(app).get(link), 410)
    refused(browser.get("/desk"), 401)


def test_previews_may_fetch_the_link_and_open_nothing(served_office: Office, app: FastAPI) -> None:
    """A mail program's preview has no cookies; the packet is not opened by it."""
    browser = Browser(app)
    page = browser.client.get(f"/d/{token(served_office, 'kbo-test', '5601')}", follow_redirects=False)
    assert page.status_code == 303
    assert page.headers["referrer-policy"] == "same-origin"
    assert "packet-opened" not in kinds(served_office)


def test_a_forged_form_is_not_taken(served_office: Office, app: FastAPI) -> None:
    """From another site, from nowhere, without the session's mark, with another district's mark."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    page, before = browser.page, kinds(served_office)
    other = dict(answered(at_desk(app, served_office, "5607"), "B1").form("/desk/send").fields)["csrf"]
    before = kinds(served_office)
    for origin in ("https://evil.example", "null", "https://portal.test.evil.example", None):
        browser.page = page
        refused(browser.send("/desk/send", origin=origin), 403)
    browser.page = page
    refused(browser.send("/desk/send", leave_out=("csrf",)), 403)
    browser.page = page
    refused(browser.send("/desk/send", csrf=other), 403)
    assert kinds(served_office) == before
    browser.page = page
    assert browser.send("/desk/send").address == "/desk/receipt/1"


def test_a_form_sent_again_later_changes_nothing(served_office: Office, app: FastAPI) -> None:
    """What a browser's history holds: the same answer has the same receipt; an older one is not sent over a newer."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    first = browser.page
    browser.send("/desk/send")
    answered(browser, "A1", "A3").send("/desk/send")
    before = kinds(served_office)
    browser.page = first
    browser.send("/desk/send")
    assert browser.address == "/desk/receipt/1"
    assert "มีฉบับใหม่แทน" in browser.words
    assert kinds(served_office) == before
    assert chosen(served_office, "5601") == ["A1", "A3"]
    stranger = Browser(app)
    stranger.page = first
    refused(stranger.send("/desk/send"), 401)
    again = at_desk(app, served_office, "5601")
    again.page = first
    refused(again.send("/desk/send"), 403)
    assert kinds(served_office) == before


def test_a_district_sees_and_answers_for_itself_alone(served_office: Office, app: FastAPI) -> None:
    """Another district's form, group or receipt is not its own."""
    other = answered(at_desk(app, served_office, "5607"), "B1").send("/desk/send")
    assert other.address == "/desk/receipt/1"
    browser = at_desk(app, served_office, "5601")
    refused(browser.get("/desk/receipt/1"), 404)
    refused(browser.get("/office"), 401)
    browser.get("/desk/upload")
    before = kinds(served_office)
    content = form_of(served_office, "5607", "B1")
    refused(browser.send("/desk/upload", files={"file": ("แบบ.xlsx", content)}), 409)
    assert kinds(served_office) == before
    assert chosen(served_office, "5601") == []


def _bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("[Content_Types].xml", b"<Types/>")
        bundle.writestr("xl/workbook.xml", b" " * 60_000_000)
    return target.getvalue()


def _with_macro() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as bundle:
        for name in ("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"):
            bundle.writestr(name, b"<x/>")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"not a workbook", 422),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, 422),
        (b"PK\x05\x06" + b"\0" * 18, 422),
        (_with_macro(), 422),
        (_bomb(), 422),
        (b"PK" + b"\0" * 5_100_000, 413),
        (b"PK" + b"\0" * 6_500_000, 413),
    ],
    ids=["empty", "text", "old-or-encrypted", "empty-zip", "macro", "bomb", "over-5-MB", "over-the-body"],
)
def test_a_hostile_file_is_turned_away(served_office: Office, app: FastAPI, content: bytes, status: int) -> None:
    """By its own check; no draft comes of it."""
    browser = at_desk(app, served_office, "5601").get("/desk/upload")
    before = kinds(served_office)
    refused(browser.send("/desk/upload", files={"file": ("แบบ <script>.xlsx", content)}), status)
    assert "<script>." not in browser.page.text
    assert kinds(served_office) == before
    assert "มีร่างที่ยังไม่ได้ส่ง" not in browser.get("/desk").words


def test_what_is_typed_is_never_markup(served_office: Office, app: FastAPI) -> None:
    """Not in the desk's pages, not in the operator's."""
    evil = "<img src=x onerror=alert(1)>\"'"
    browser = at_desk(app, served_office, "5601").get("/desk/pick")
    browser.send("/desk/pick", press="search", pick=["A1"], words=evil)
    assert "<img" not in browser.page.text
    browser.send("/desk/pick", press="next", pick=["A1"])
    browser.send("/desk/details", press="next", reporter=evil, reason=evil)
    assert "<img" not in browser.page.text
    browser.send("/desk/send")
    office = Browser(app).get("/office/sign-in").send("/office/sign-in", name="auditor", password=PASSWORD)
    assert "<img" not in office.get("/office/c/kbo-test/d/5601").page.text


def test_every_answer_carries_the_headers(served_office: Office, app: FastAPI) -> None:
    """Also a refusal, a picture of nothing, a file."""
    browser = at_desk(app, served_office, "5601")
    for address in ("/desk", "/d/wrong", "/nowhere", "/static/portal.css", "/desk/papers/0", "/api/v1/status"):
        headers = browser.get(address).page.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["x-frame-options"] == "DENY"
        assert "max-age" in headers["strict-transport-security"]
    assert "script>" not in re.sub(
        r'<script src="/static/portal.js" defer></script>', "", browser.get("/desk").page.text
    )
    assert "style=" not in browser.page.text


_VALUES = {"cycle_id": "kbo-test", "code": "5601", "name": "extend", "token": "wrong", "number": "0", "version": "1"}


def test_every_route_answers_with_the_headers(served_office: Office, app: FastAPI) -> None:
    """Whoever asks: nobody, a district, the province; by GET and by a forged POST."""
    api = next(route for route in app.routes if isinstance(route, Mount) and route.path == "/api/v1")
    routes = [*district.router.routes, *operator.router.routes, *metrics.router.routes, *app.routes]
    paths = {route.path.format(**_VALUES) for route in routes if isinstance(route, APIRoute)}
    paths |= {f"/api/v1{route.path}" for route in api.routes if isinstance(route, Route)}
    assert len(paths) > 40
    office = Browser(app).get("/office/sign-in").send("/office/sign-in", name="auditor", password=PASSWORD)
    for browser in (Browser(app), at_desk(app, served_office, "5601"), office):
        for path in sorted(paths - {"/health"}):
            for answer in (browser.client.get(path, follow_redirects=False), browser.client.post(path)):
                assert answer.status_code != 500, path
                assert "default-src 'none'" in answer.headers["content-security-policy"], path
                assert "unsafe" not in answer.headers["content-security-policy"], path
                assert answer.headers["x-content-type-options"] == "nosniff", path
                assert answer.headers["referrer-policy"] == "same-origin", path
                assert answer.headers["cache-control"] == "no-store", path
    assert "submission-accepted" not in kinds(served_office)


def test_a_fault_of_ours_is_told_without_its_inside(served_office: Office, app: FastAPI) -> None:
    """500, in Thai, with the headers, and counted; a program gets a document."""

    def broken() -> None:
        raise ZeroDivisionError("the name of somebody")

    app.add_api_route("/broken", broken)
    app.add_api_route("/api/broken", broken)
    browser = Browser(app).get("/broken")
    refused(browser, 500)
    assert "(500)" in browser.words
    assert "somebody" not in browser.page.text
    assert "default-src 'none'" in browser.page.headers["content-security-policy"]
    assert browser.get("/api/broken").page.json()["findings"][0]["code"] == "internal-error"
    assert app.state.portal.meter.counts() == (2, 2)


def test_too_many_requests_are_slowed_down(served_office: Office) -> None:
    """By link, by address, and sooner for links that are none."""
    app = create_app(served_office, rates=Rates(link=Rate(5, 3600), bad_link=Rate(3, 3600)))
    browser = at_desk(app, served_office, "5601")
    for _ in range(4):
        assert browser.get("/desk").status == 200
    refused(browser.get("/desk"), 429)
    assert at_desk(app, served_office, "5607").status == 200
    for _ in range(3):
        refused(Browser(app).get("/d/wrong"), 404)
    refused(Browser(app).get(f"/d/{token(served_office, 'kbo-test', '5607')}"), 429)
    crowded = create_app(served_office, rates=Rates(address=Rate(3, 3600)))
    statuses = [Browser(crowded).get("/privacy").status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_no_address_and_no_name_is_in_an_address_of_a_page(served_office: Office, app: FastAPI) -> None:
    """Forms go by POST; what is searched for and who reports stand in no query."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    for address in ("/desk", "/desk/pick", "/desk/details", "/desk/check"):
        text = browser.get(address).page.text
        assert 'method="get"' not in text
        assert not re.search(r'(href|action)="[^"]*(เจ้าหน้าที่|สมมติ|%E0)', text)
