"""The district's desk, without JavaScript: from the link in the mail to the receipt."""

import re
from email import message_from_bytes
from email.policy import SMTP

from fastapi import FastAPI

from kbo_core.clock import parse_now
from kbo_core.domain.assignments import State
from kbo_core.office.doctor import examine
from kbo_core.office.intake import receive
from kbo_core.office.office import Office
from kbo_core.office.results import sha256
from kbo_core.office.returning import return_answer
from kbo_core.store.log import append
from kbo_core.store.reading import get_assignment, picks, submissions
from tests.cycle import CYCLE, form_of, kinds, outbox
from tests.portal.browsers import HERE, Browser, at_desk


def state(office: Office, code: str) -> State:
    with office.database.read() as connection:
        return get_assignment(connection, CYCLE, code).state


def chosen(office: Office, code: str) -> list[str]:
    with office.database.read() as connection:
        return [p.producer_id for p in picks(connection, CYCLE) if p.district_code == code]


def answered(browser: Browser, *groups: str, reason: str = "") -> Browser:
    """Pick, say who reports, check; the page before the last button."""
    browser.get("/desk/pick").send("/desk/pick", press="next", pick=list(groups))
    details = {"reporter": "เจ้าหน้าที่สมมติ", "position": "นักวิชาการพัฒนาชุมชน"} | ({"reason": reason} if reason else {})
    return browser.send("/desk/details", details, press="next")


def test_the_link_in_the_mail_leads_to_the_receipt(served_office: Office, app: FastAPI) -> None:
    """Status and deadline first; picks, reporter, check, send; the receipt on the page and by mail."""
    mail = next(content for name, content in outbox(served_office).items() if "5601-packet" in name)
    body = message_from_bytes(mail, policy=SMTP).get_body(("plain",))
    assert body is not None
    link = re.search(rf"{HERE}/d/\S+", body.get_content())
    assert link
    browser = Browser(app).get(link[0])
    assert browser.address == "/desk"
    assert "เหลือเวลา 7 วัน" in browser.words
    assert "จำนวนจัดสรร 2 กลุ่ม" in browser.words
    assert state(served_office, "5601") is State.OPENED
    answered(browser, "A1", "A2")
    assert browser.address == "/desk/check"
    assert "A1 กลุ่มทอผ้าบ้านห้วยแก้ว" in browser.words
    browser.send("/desk/send")
    assert browser.address == "/desk/receipt/1"
    reference = re.search(r"R-5601-01-[0-9a-f]{8}", browser.words)
    assert reference
    assert any("5601-receipt-01" in name for name in outbox(served_office))
    assert chosen(served_office, "5601") == ["A1", "A2"]
    with served_office.database.read() as connection:
        (answer,) = submissions(connection, CYCLE, "5601")
    assert answer.via == "portal"
    assert "แก้ไขได้" in browser.get("/desk").words
    assert examine(served_office)[1] == []


def test_searching_needs_no_script_and_forgets_no_pick(served_office: Office, app: FastAPI) -> None:
    """What is picked and not shown stays picked; what is searched for stands in no address."""
    browser = at_desk(app, served_office, "5601").get("/desk/pick")
    browser.send("/desk/pick", press="search", pick=["A1"], words="จักสาน")
    assert browser.address == "/desk/pick"
    assert not browser.page.url.query
    assert "กลุ่มจักสานบ้านแม่ทราย" in browser.words
    assert "เลือกไว้แล้วแต่ไม่อยู่ในผลการค้นหา 1 กลุ่ม: A1" in browser.words
    browser.send("/desk/pick", press="next", pick=["A1", "A2"])
    assert browser.address == "/desk/details"
    assert "เหตุผลที่เลือกไม่ครบ" not in browser.words


def test_who_may_not_be_picked_is_shown_with_the_clause_that_bars_it(served_office: Office, app: FastAPI) -> None:
    """And cannot be picked by a forged form either."""
    browser = at_desk(app, served_office, "5601").get("/desk/pick")
    assert "ร้านกาแฟบ้านสันบง" in browser.words
    assert "ข้อ ๑" in browser.words or "ข้อ 1" in browser.words
    browser.send("/desk/pick", press="next", pick=["A4"])
    assert browser.status == 422
    assert "ยังไม่ได้เลือกกลุ่ม" in browser.words


def test_a_draft_is_kept_on_the_server(served_office: Office, app: FastAPI) -> None:
    """Another browser goes on where the first one stopped."""
    at_desk(app, served_office, "5601").get("/desk/pick").send("/desk/pick", press="save", pick=["A3"])
    other = at_desk(app, served_office, "5601")
    assert "มีร่างที่ยังไม่ได้ส่ง" in other.words
    assert 'value="A3" checked' in other.get("/desk/pick").page.text
    other.get("/desk").send("/desk/discard")
    assert "มีร่างที่ยังไม่ได้ส่ง" not in other.words


def test_what_is_missing_is_said_at_the_field(served_office: Office, app: FastAPI) -> None:
    """Too few without a reason, nobody who reports; the summary links to the fields."""
    browser = at_desk(app, served_office, "5601").get("/desk/pick").send("/desk/pick", press="next", pick=["A1"])
    browser.send("/desk/details", press="next", reporter="", reason="")
    assert browser.status == 409
    assert 'href="#reason"' in browser.page.text
    assert 'href="#reporter"' in browser.page.text
    assert 'id="reason-error"' in browser.page.text
    browser.send("/desk/details", press="next", reporter="เจ้าหน้าที่สมมติ", reason="กลุ่มอื่นไม่พร้อม")
    assert browser.send("/desk/send").address == "/desk/receipt/1"


def test_an_answer_is_amended_until_the_lock_and_its_history_tells_what_changed(
    served_office: Office, app: FastAPI
) -> None:
    """Going back to the first list is a third version, not the receipt of the first."""
    browser = at_desk(app, served_office, "5601")
    for groups in (("A1", "A2"), ("A1", "A3"), ("A1", "A2")):
        answered(browser, *groups).send("/desk/send")
    assert browser.address == "/desk/receipt/3"
    told = browser.get("/desk/versions").words
    assert "เพิ่ม A3" in told
    assert "ตัดออก A2" in told
    assert chosen(served_office, "5601") == ["A1", "A2"]


def test_the_button_pressed_twice_is_one_answer(served_office: Office, app: FastAPI) -> None:
    """The second time shows the receipt of the first."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    page = browser.page
    browser.send("/desk/send")
    browser.page = page
    assert browser.send("/desk/send").address == "/desk/receipt/1"
    assert kinds(served_office).count("submission-accepted") == 1


def test_two_people_at_one_desk_do_not_overwrite_each_other(served_office: Office, app: FastAPI) -> None:
    """Whoever began before the other's answer is told of it, and says which shall hold."""
    first = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    checked = first.page
    content = form_of(served_office, "5601", "A2", "A3")
    second = at_desk(app, served_office, "5601")
    receive(served_office, CYCLE, "5601", content, "form.xlsx", at=parse_now("2025-05-28T09:00"), via="file", amends=0)
    assert "มีร่างที่ยังไม่ได้ส่ง" in second.get("/desk").words
    first.page = checked
    first.send("/desk/send")
    assert first.status == 409
    assert "มีรายชื่ออีกฉบับเข้ามาแล้ว" in first.words
    assert chosen(served_office, "5601") == ["A2", "A3"]
    first.send("/desk/rebase").send("/desk/send")
    assert first.address == "/desk/receipt/2"
    assert chosen(served_office, "5601") == ["A1", "A2"]


def test_a_filled_form_is_read_shown_and_sent(served_office: Office, app: FastAPI) -> None:
    """The same bytes by mail and by the page have one receipt."""
    browser = at_desk(app, served_office, "5607").get("/desk/upload")
    content = form_of(served_office, "5607", "B1")
    browser.send("/desk/upload", files={"file": ("แบบ.xlsx", content)})
    assert browser.address == "/desk/check"
    assert "B1 กลุ่มขนมไทยบ้านหนองผาง" in browser.words
    assert browser.send("/desk/send").address == "/desk/receipt/1"
    with served_office.database.read() as connection:
        (answer,) = submissions(connection, CYCLE, "5607")
    assert answer.sha256 == sha256(content)


def test_a_nil_return_explains_itself(served_office: Office, app: FastAPI) -> None:
    """Where nobody may be picked, with the reasons; where somebody may, it is not offered."""
    browser = at_desk(app, served_office, "5606").get("/desk/nil")
    assert "ไม่มีกลุ่มให้เลือก" in browser.words
    browser.send("/desk/nil").send("/desk/details", press="next", reporter="เจ้าหน้าที่สมมติ")
    assert browser.send("/desk/send").address == "/desk/receipt/1"
    assert state(served_office, "5606") is State.NIL
    other = at_desk(app, served_office, "5601").get("/desk/nil")
    assert "รายงานว่าไม่มีไม่ได้" in other.words
    assert 'action="/desk/nil"' not in other.page.text


def test_a_returned_answer_shows_the_comments_and_is_sent_again(served_office: Office, app: FastAPI) -> None:
    """It begins with what was sent last."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2").send("/desk/send")
    at = parse_now("2025-05-28T10:00")
    return_answer(served_office, CYCLE, "5601", "ขอให้ตรวจ A2 อีกครั้ง", at=at, by="ผู้ทดสอบ")
    assert "ขอให้ตรวจ A2 อีกครั้ง" in browser.get("/desk").words
    assert 'value="A2" checked' in browser.get("/desk/pick").page.text
    answered(browser, "A1", "A3").send("/desk/send")
    assert chosen(served_office, "5601") == ["A1", "A3"]


def test_more_time_is_asked_for_and_the_staff_are_told(served_office: Office, app: FastAPI) -> None:
    """One request at a time; a day that is none is said at its field."""
    browser = at_desk(app, served_office, "5601").get("/desk/extension")
    browser.send("/desk/extension", day="31", month="6", year="2568", reason="น้ำท่วม")
    assert browser.status == 422
    assert "โปรดกรอกวันที่ให้ครบ" in browser.words
    browser.send("/desk/extension", day="20", month="6", year="2568", reason="น้ำท่วม")
    assert browser.address == "/desk"
    assert "ขอถึง 20 มิ.ย. 2568 16:30 น. · รอจังหวัดพิจารณา" in browser.words
    assert "extension-requested" in kinds(served_office)
    browser.get("/desk/extension").send("/desk/extension", day="21", month="6", year="2568", reason="น้ำท่วม")
    assert browser.status == 409


def test_after_the_lock_nothing_is_taken(served_office: Office, app: FastAPI) -> None:
    """The page says so and has no button; a form sent all the same changes nothing."""
    browser = answered(at_desk(app, served_office, "5601"), "A1", "A2")
    page = browser.page
    with served_office.database.write() as connection:
        at = parse_now("2025-05-28T10:00")
        append(connection, CYCLE, "assignment-locked", {"district": "5601"}, at=at, by="system")
    assert "ปิดรับ" in browser.get("/desk").words
    assert 'href="/desk/pick"' not in browser.page.text
    browser.page = page
    browser.send("/desk/send")
    assert browser.status == 409
    assert "ปิดรับรายชื่อ" in browser.words
    assert chosen(served_office, "5601") == []
