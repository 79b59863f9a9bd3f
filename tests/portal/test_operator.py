"""The province's side, without JavaScript: who may see and do what, and every verb in the account's own name."""

import io
import re
import time
import zipfile

import pytest
from fastapi import FastAPI

from kbo_core.clock import parse_now
from kbo_core.domain.areas import provinces
from kbo_core.office.accounts import remove_account
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from kbo_core.store.log import append
from kbo_core.store.reading import get_assignment, overrides
from portal.app import create_app
from tests.cycle import CYCLE, answer, kinds, log_of, outbox
from tests.portal.browsers import Browser, at_desk
from tests.portal.conftest import PASSWORD
from tests.portal.test_district import answered, chosen

AT = parse_now("2025-05-28T09:00")
BASE = f"/office/c/{CYCLE}"


@pytest.fixture
def staffed(served_office: Office) -> Office:
    """An office with one account of each role, and one of another province."""
    return served_office


@pytest.fixture
def judged_app(staffed: Office, validate: Validate) -> FastAPI:
    """A portal with the suites, which settling and closing need."""
    return create_app(staffed, validate=validate)


def signed_in(app: FastAPI, name: str, password: str = PASSWORD) -> Browser:
    return Browser(app).get("/office/sign-in").send("/office/sign-in", name=name, password=password)


def did(browser: Browser, place: str, **filled: str | list[str]) -> Browser:
    """Do a verb; the page that says what came of it."""
    browser.get(f"{BASE}/{place}")
    return browser.send(f"{BASE}/{place.partition('?')[0]}", filled)


def test_nobody_sees_the_board_without_signing_in(staffed: Office, app: FastAPI) -> None:
    """A wrong password and an unknown account are told alike; the account's province is all that it sees."""
    nobody = Browser(app).get("/office")
    assert nobody.status == 401
    assert 'href="/office/sign-in"' in nobody.page.text
    wrong = signed_in(app, "operator", "something else")
    assert wrong.status == 401
    assert wrong.words.replace("operator", "nobody") == signed_in(app, "nobody").words
    browser = signed_in(app, "operator")
    assert browser.address == "/office"
    assert CYCLE in browser.words
    cookie = next(c for c in browser.client.cookies.jar if c.name == "kbo_account")
    assert cookie.secure
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"
    other = signed_in(app, "elsewhere")
    assert CYCLE not in other.words
    assert other.get(BASE).status == 404
    assert other.get(f"{BASE}/d/5601").status == 404
    assert signed_in(app, "auditor").get(BASE).status == 200


def test_signing_out_ends_the_session_wherever_its_cookie_lies(staffed: Office, app: FastAPI) -> None:
    """A removed account is out at once, too."""
    browser = signed_in(app, "operator")
    stolen = browser.client.cookies["kbo_account"]
    browser.send("/office/sign-out")
    browser.client.cookies.set("kbo_account", stolen, domain="portal.test")
    assert browser.get("/office").status == 401
    gone = signed_in(app, "second")
    remove_account(staffed, "second", at=AT, by="ผู้ทดสอบ", reason="ย้าย")
    assert gone.get("/office").status == 401


def test_guessing_is_slowed_down(staffed: Office, app: FastAPI) -> None:
    """After five tries an account takes no more for a while, not even the right one."""
    for _ in range(5):
        assert signed_in(app, "operator", "wrong").status == 401
    assert signed_in(app, "operator").status == 429


def test_the_auditor_reads_and_changes_nothing(staffed: Office, app: FastAPI) -> None:
    """No verb is offered, and none is done when it is asked for all the same."""
    browser = signed_in(app, "auditor")
    for page in ("", "/d/5601", "/findings", "/reminders", "/timeline", "/waiting", "/names"):
        assert browser.get(f"{BASE}{page}").status == 200, page
        assert "/do/" not in browser.page.text
    before = kinds(staffed)
    csrf = dict(browser.form("/office/sign-out").fields)["csrf"]
    forged = {"csrf": csrf, "reason": "x", "day": "20", "month": "6", "year": "2568"}
    done = browser.client.post(f"{BASE}/d/5601/do/extend", data=forged, headers={"Origin": "https://portal.test"})
    assert done.status_code == 403
    assert kinds(staffed) == before


def test_each_verb_of_a_district_is_done_in_the_accounts_name(staffed: Office, app: FastAPI) -> None:
    """Extend, link, return, withdraw: with the reason, and the district told."""
    browser = signed_in(app, "operator")
    did(browser, "d/5601/do/extend", day="20", month="6", year="2568", reason="")
    assert browser.status == 422
    assert "โปรดกรอกเหตุผล" in browser.words
    did(browser, "d/5601/do/extend", day="20", month="6", year="2568", reason="น้ำท่วม")
    assert "ขยายเวลาถึง 20 มิ.ย. 2568" in browser.words
    extended = next(e for e in log_of(staffed) if e.kind == "deadline-extended")
    assert (extended.by, extended.reason) == ("operator", "น้ำท่วม")
    assert any("5601-extension-01" in name for name in outbox(staffed))
    desk = at_desk(app, staffed, "5601")
    did(browser, "d/5601/do/link", reason="อำเภอทำลิงก์หาย")
    assert desk.get("/desk").status == 410
    assert "ยกเลิกแล้ว" in desk.words
    desk = answered(at_desk(app, staffed, "5601"), "A1", "A2").send("/desk/send")
    did(browser, "d/5601/do/return", reason="ขอให้ตรวจ A2")
    assert "ขอให้ตรวจ A2" in desk.get("/desk").words
    answered(desk, "A1", "A3").send("/desk/send")
    did(browser, "d/5601/do/withdraw", reason="อำเภอขอถอน")
    assert chosen(staffed, "5601") == []
    told = browser.get(f"{BASE}/d/5601").words
    assert "ถอนแล้ว" in told
    assert "อำเภอขอถอน" in told
    did(browser, "d/5601/do/revoke-link", reason="หลุด")
    assert desk.get("/desk").status == 410
    assert examine(staffed)[1] == []


def test_a_request_for_more_time_is_granted_or_declined(staffed: Office, app: FastAPI) -> None:
    """Both stand on one page; the district learns of it."""
    for code in ("5601", "5607"):
        desk = at_desk(app, staffed, code).get("/desk/extension")
        desk.send("/desk/extension", day="20", month="6", year="2568", reason="น้ำท่วม")
    browser = signed_in(app, "operator").get(f"{BASE}/waiting")
    assert browser.words.count("ขอถึง 20 มิ.ย. 2568") == 2
    did(browser, "d/5601/do/extend", day="20", month="6", year="2568", reason="เห็นควร")
    did(browser, "d/5607/do/decline-extension", reason="จังหวัดเลื่อนไม่ได้")
    assert "ขอถึง" not in browser.get(f"{BASE}/waiting").words
    assert "ไม่ขยายเวลา: จังหวัดเลื่อนไม่ได้" in at_desk(app, staffed, "5607").words
    assert "ขยายเวลาให้แล้ว" in at_desk(app, staffed, "5601").words


def test_an_exception_has_two_hands(staffed: Office, app: FastAPI) -> None:
    """One account asks, an approver's grants; the group is then on the district's list."""
    browser = signed_in(app, "operator")
    did(browser, "do/override", producer="A4", clauses=["1a"], reason="จดทะเบียนเป็นกลุ่มแล้ว")
    assert browser.get(f"{BASE}/do/decide-override?producer=A4").status == 403
    approver = signed_in(app, "approver").get(f"{BASE}/waiting")
    assert "เสนอโดย operator" in approver.words
    did(approver, "do/decide-override?producer=A4", decision="yes", reason="ตรวจแล้ว")
    assert "อนุมัติข้อยกเว้นของ A4 แล้ว" in approver.words
    with staffed.database.read() as connection:
        granted = overrides(connection, CYCLE)["A4"]
    assert (granted.by, granted.approver) == ("operator", "approver")
    assert "ร้านกาแฟบ้านสันบง" in at_desk(app, staffed, "5601").get("/desk/pick").page.text
    assert 'id="pick-A4"' in at_desk(app, staffed, "5601").get("/desk/pick").page.text


def test_places_move_when_both_consent_and_an_approver_agrees(staffed: Office, app: FastAPI) -> None:
    """Proposed and written down by the operator, decided by the approver."""
    browser = signed_in(app, "operator")
    did(browser, "do/reallocate", giver="5606", taker="5607", places="1", reason="ปงไม่มีกลุ่ม")
    for code in ("5606", "5607"):
        did(browser, "do/consent?number=1", consenting=code, reason="แจ้งทางโทรศัพท์")
    approver = signed_in(app, "approver")
    did(approver, "do/decide-reallocation?number=1", decision="yes", reason="เห็นชอบ")
    with staffed.database.read() as connection:
        assert [get_assignment(connection, CYCLE, code).quota for code in ("5606", "5607")] == [0, 2]
    did(approver, "do/decide-reallocation?number=1", decision="no", reason="เปลี่ยนใจ")
    assert approver.status == 409


def test_a_name_is_settled_and_the_cycle_closed_while_the_page_shows_progress(
    staffed: Office, judged_app: FastAPI
) -> None:
    """Both screen registers: the work has a page of its own until it is done; then the report is signed."""
    browser = signed_in(judged_app, "operator").get(f"{BASE}/names")
    assert "กลุ่มเครื่องเงินบ้านป่าสักก" in browser.words
    place = re.search(r'href="/office/c/kbo-test/(do/settle\?where=[^"]+)"', browser.page.text)
    assert place
    did(browser, place[1].replace("&amp;", "&"), answer="different", reason="คนละหมู่บ้าน")
    assert "บันทึกคำตอบแล้ว" in _finished(browser)
    for code, groups in (("5601", ("A1", "A2")), ("5607", ("B1",))):
        answer(staffed, code, *groups, at=AT)
    did(browser, "do/close", reason="")
    assert "ยังไม่รายงาน" in _finished(browser)
    did(browser, "do/close", reason="อำเภอปงไม่มีกลุ่ม")
    assert "ออกรายงานรวมฉบับที่ 1 แล้ว" in _finished(browser)
    assert "รายงานรวมรอเจ้าของเรื่องลงนาม ตั้งแต่ 28 พ.ค. 2568" in browser.get("/office").words
    approver = signed_in(judged_app, "approver")
    did(approver, "do/sign?step=owner", step="owner", reason="ตรวจแล้ว")
    assert "ต่อไป" in approver.words
    bundle = zipfile.ZipFile(io.BytesIO(browser.get(f"{BASE}/papers.zip").page.content))
    assert any(name.startswith("รายงานรวม/v1/report-") for name in bundle.namelist())
    assert any(name.startswith("ชุดเอกสาร/5607") and name.endswith(".xlsx") for name in bundle.namelist())
    assert any(name.startswith("รายชื่อที่ส่ง/5607") and name.endswith(".xlsx") for name in bundle.namelist())


def _finished(browser: Browser) -> str:
    for _ in range(300):
        if "กำลังดำเนินการ" not in browser.words:
            return browser.words
        time.sleep(0.1)
        browser.get(browser.address)
    raise AssertionError("never done")


def test_whoever_looks_at_addresses_is_in_the_log(staffed: Office, app: FastAPI) -> None:
    """Every time; the district's own page shows none."""
    (staffed.home / "contacts.csv").write_text(
        "district_code,role,name,email\n5601,,สมมติ ไม่มีจริง,desk@district.example\n", encoding="utf-8"
    )
    browser = signed_in(app, "auditor").get(f"{BASE}/d/5601")
    assert "desk@district.example" not in browser.words
    assert "desk@district.example" in browser.get(f"{BASE}/d/5601/contacts").words
    browser.get(f"{BASE}/d/5601/contacts")
    looked = [entry for entry in log_of(staffed) if entry.kind == "contacts-read"]
    assert [(entry.by, entry.payload["district"]) for entry in looked] == [("auditor", "5601")] * 2
    assert "desk@district.example" not in str([entry.payload for entry in looked])


def test_the_first_page_tells_who_is_stuck_where_since_when(
    staffed: Office, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the deadline: which districts, since the deadline."""
    monkeypatch.setenv("KBO_NOW", "2025-06-10T09:00")
    told = signed_in(app, "operator").get("/office").words
    assert "เลยกำหนด 3 อำเภอ" in told
    assert "ตั้งแต่ 4 มิ.ย. 2568 16:30 น." in told


def test_the_nation_is_on_one_page(staffed: Office, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every province's cycle, the longest stuck first; whoever is of one province sees that one."""
    opened = next(e for e in log_of(staffed) if e.kind == "cycle-opened")
    others = [code for code in provinces() if code not in ("10", "56")]
    with staffed.database.write() as connection:
        for code in others:
            facts = {**opened.payload, "province_code": code, "quota": [[d, 1] for d in _districts_of(code)]}
            append(connection, f"kbo-2568-{code}", "cycle-opened", facts, at=opened.at, by=opened.by)
    monkeypatch.setenv("KBO_NOW", "2025-06-10T09:00")
    told = signed_in(app, "auditor").get("/office")
    assert "76 จังหวัด 76 รอบ · มีเรื่องค้าง 76 รอบ" in told.words
    asked = sum(len(_districts_of(code)) for code in others) + 3
    assert f"0 / {asked} อำเภอรายงานแล้ว" in told.words
    assert all(provinces()[code].name_th in told.words for code in (*others, "56"))
    own = signed_in(app, "operator").get("/office").words
    assert "1 จังหวัด 1 รอบ" in own
    assert provinces()["57"].name_th not in own


def _districts_of(province_code: str) -> list[str]:
    return [district.code for district in provinces()[province_code].districts]
