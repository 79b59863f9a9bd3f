"""The whole journey of each role in a real browser: desktop and telephone, with and without JavaScript, by keyboard."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kbo_core.clock import parse_now
from tests.browser.conftest import DESKTOP, PHONE, Opener, Served, axe_finds_nothing
from tests.cycle import CYCLE, answer
from tests.portal.conftest import PASSWORD
from tests.portal.test_district import chosen

_SIZES = {"desktop": DESKTOP, "phone": PHONE}
# Where pictures for the docs are put, when somebody asks for them.
_PICTURES = os.environ.get("PORTAL_PICTURES")


def seen(page: Page, name: str, size: str) -> None:
    """What axe says of the page, and its picture if pictures are wanted."""
    axe_finds_nothing(page)
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"portal-{name}-{size}.png")


def picture_alone(page: Page, name: str, size: str) -> None:
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"portal-{name}-{size}.png")


@pytest.mark.parametrize("size", _SIZES)
def test_a_district_goes_from_the_link_to_the_receipt(served: Served, open_page: Opener, size: str) -> None:
    """With JavaScript: the list narrows as one types, the count is told; axe finds nothing on any page."""
    with open_page(_SIZES[size]) as page:
        page.goto(served.link("5601"))
        expect(page).to_have_url(f"{served.url}/desk")
        seen(page, "desk", size)
        page.get_by_role("link", name="เลือกกลุ่มและส่งรายชื่อ").click()
        page.get_by_label("ค้นหา").fill("ทอผ้า")
        expect(page.get_by_label("กลุ่มจักสานบ้านแม่ทราย")).to_be_hidden()
        page.get_by_label("กลุ่มทอผ้าบ้านห้วยแก้ว").check()
        page.get_by_label("ค้นหา").fill("")
        page.get_by_label("กลุ่มจักสานบ้านแม่ทราย").check()
        expect(page.get_by_text("เลือกแล้ว 2 จาก 2 กลุ่ม")).to_be_visible()
        page.get_by_text("กลุ่มที่เลือกไม่ได้ และเหตุผล").click()
        seen(page, "pick", size)
        page.get_by_role("button", name="ต่อไป").click()
        page.get_by_role("button", name="ตรวจคำตอบ").click()
        expect(page.locator(".summary")).to_be_focused()
        seen(page, "error", size)
        page.get_by_label("ชื่อผู้รายงาน").fill("เจ้าหน้าที่สมมติ")
        page.get_by_role("button", name="ตรวจคำตอบ").click()
        seen(page, "check", size)
        page.get_by_role("button", name="ส่งรายชื่อให้จังหวัด").click()
        expect(page.get_by_text("R-5601-01-")).to_be_visible()
        seen(page, "receipt", size)
        for address in ("/desk", "/desk/versions", "/desk/upload", "/desk/nil", "/privacy"):
            page.goto(served.url + address)
            axe_finds_nothing(page)
    assert sorted(chosen(served.office, "5601")) == ["A1", "A2"]


def test_a_district_needs_no_javascript(served: Served, open_page: Opener) -> None:
    """On a telephone: search, pick, check, send; ask for more time before that."""
    with open_page(PHONE, script=False) as page:
        page.goto(served.link("5601"))
        page.get_by_role("link", name="ขอขยายเวลา").click()
        page.get_by_label("วันที่", exact=True).fill("20")
        page.get_by_label("เดือน").select_option("มิถุนายน")
        page.get_by_label("เหตุผล").fill("น้ำท่วม")
        page.get_by_role("button", name="ส่งคำขอ").click()
        expect(page.get_by_text("รอจังหวัดพิจารณา")).to_be_visible()
        page.get_by_role("link", name="เลือกกลุ่มและส่งรายชื่อ").click()
        page.get_by_label("ค้นหา").fill("ทอผ้า")
        page.get_by_role("button", name="ค้นหา").click()
        expect(page.get_by_label("กลุ่มจักสานบ้านแม่ทราย")).to_have_count(0)
        page.get_by_label("กลุ่มทอผ้าบ้านห้วยแก้ว").check()
        page.get_by_role("button", name="แสดงทั้งหมด").click()
        expect(page.get_by_label("กลุ่มทอผ้าบ้านห้วยแก้ว")).to_be_checked()
        page.get_by_label("กลุ่มจักสานบ้านแม่ทราย").check()
        page.get_by_role("button", name="ต่อไป").click()
        page.get_by_label("ชื่อผู้รายงาน").fill("เจ้าหน้าที่สมมติ")
        page.get_by_role("button", name="ตรวจคำตอบ").click()
        page.get_by_role("button", name="ส่งรายชื่อให้จังหวัด").click()
        expect(page.get_by_text("R-5601-01-")).to_be_visible()
    assert sorted(chosen(served.office, "5601")) == ["A1", "A2"]


def tab_to(page: Page, words: str) -> None:
    """Go on with the Tab key until what has the focus says so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const e = document.activeElement; "
            "return [e.innerText, e.value, e.id, e.labels?.[0]?.innerText].join(' '); }"
        )
        if words in " ".join(told.split()):
            return
    raise AssertionError(f"the keyboard does not reach {words}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_district_needs_no_mouse(served: Served, open_page: Opener, script: bool) -> None:
    """Tab, Space and Enter alone, to the receipt."""
    with open_page(script=script) as page:
        page.goto(served.link("5607"))
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="ข้ามไปยังเนื้อหา")).to_be_focused()
        tab_to(page, "เลือกกลุ่มและส่งรายชื่อ")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/pick")
        tab_to(page, "กลุ่มขนมไทยบ้านหนองผาง")
        page.keyboard.press("Space")
        tab_to(page, "ต่อไป")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/details")
        tab_to(page, "ชื่อผู้รายงาน")
        page.keyboard.type("somebody")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/check")
        tab_to(page, "ส่งรายชื่อให้จังหวัด")
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk/receipt/1")
    assert chosen(served.office, "5607") == ["B1"]


def press(page: Page, words: str, where: str) -> None:
    """Go to a link or a button with the Tab key, press Enter, and wait for the page that it leads to."""
    tab_to(page, words)
    page.keyboard.press("Enter")
    page.wait_for_url(where)


def sign_in_by_keyboard(page: Page, served: Served, name: str) -> None:
    page.goto(f"{served.url}/office/sign-in")
    tab_to(page, "ชื่อบัญชี")
    page.keyboard.type(name)
    tab_to(page, "รหัสผ่าน")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office")


def sign_in(page: Page, served: Served, name: str) -> None:
    page.goto(f"{served.url}/office/sign-in")
    page.get_by_label("ชื่อบัญชี").fill(name)
    page.get_by_label("รหัสผ่าน").fill(PASSWORD)
    page.get_by_role("button", name="ลงชื่อเข้าใช้").click()
    expect(page).to_have_url(f"{served.url}/office")


@pytest.mark.parametrize("size", _SIZES)
def test_an_operator_sees_every_district_and_extends_one(served: Served, open_page: Opener, size: str) -> None:
    """Board, district, verb; axe finds nothing on any page of the province's side."""
    with open_page(_SIZES[size]) as page:
        page.goto(f"{served.url}/office/sign-in")
        seen(page, "sign-in", size)
        sign_in(page, served, "operator")
        seen(page, "nation", size)
        page.get_by_role("link", name=CYCLE).first.click()
        seen(page, "board", size)
        page.get_by_role("link", name="เมืองพะเยา").click()
        seen(page, "district", size)
        page.get_by_role("link", name="ขยายเวลา", exact=True).click()
        page.get_by_label("วันที่", exact=True).fill("20")
        page.get_by_label("เดือน").select_option("มิถุนายน")
        page.get_by_label("เหตุผล").fill("น้ำท่วม")
        seen(page, "extend", size)
        page.get_by_role("button", name="ขยายเวลา").click()
        expect(page.get_by_role("status")).to_contain_text("ขยายเวลาถึง 20 มิ.ย. 2568")
        base = f"{served.url}/office/c/{CYCLE}"
        for place in ("/waiting", "/names", "/findings", "/reminders", "/timeline", "/do/override", "/do/reallocate"):
            page.goto(base + place)
            axe_finds_nothing(page)
        page.goto(base + "/names")
        picture_alone(page, "names", size)
        page.get_by_role("link", name="ชี้ขาด กลุ่มเครื่องเงินบ้านป่าสักก").click()
        page.get_by_label("คนละราย").check()
        page.get_by_label("เหตุผล").fill("คนละหมู่บ้าน")
        page.get_by_role("button", name="ชี้ขาดชื่อ").click()
        expect(page.get_by_role("status")).to_contain_text("บันทึกคำตอบแล้ว", timeout=60_000)
        page.get_by_role("button", name="ออกจากระบบ").click()
        expect(page).to_have_url(f"{served.url}/office/sign-in")


@pytest.mark.parametrize(("size", "script"), [("desktop", True), ("phone", False)])
def test_each_role_of_the_province_needs_no_mouse(served: Served, open_page: Opener, size: str, script: bool) -> None:
    """By keyboard alone, with JavaScript and without: an exception asked for by one, granted by the other, read by the
    third, who is offered nothing to do."""
    base = f"{served.url}/office/c/{CYCLE}"
    with open_page(_SIZES[size], script=script) as page:
        sign_in_by_keyboard(page, served, "operator")
        press(page, CYCLE, f"**/c/{CYCLE}")
        press(page, "เสนอข้อยกเว้น", "**/do/override")
        axe_finds_nothing(page)
        tab_to(page, "รหัสกลุ่ม")
        page.keyboard.type("A4")
        tab_to(page, "(1a)")
        page.keyboard.press("Space")
        tab_to(page, "เหตุผล")
        page.keyboard.type("จดทะเบียนเป็นกลุ่มแล้ว")
        press(page, "เสนอข้อยกเว้น", "**/jobs/*")
        expect(page.get_by_role("status")).to_contain_text("รอผู้อนุมัติ")
        axe_finds_nothing(page)
    with open_page(_SIZES[size], script=script) as page:
        sign_in_by_keyboard(page, served, "approver")
        press(page, CYCLE, f"**/c/{CYCLE}")
        press(page, "รอพิจารณา", "**/waiting")
        axe_finds_nothing(page)
        press(page, "พิจารณา A4", "**/do/decide-override*")
        axe_finds_nothing(page)
        tab_to(page, "อนุมัติ")
        page.keyboard.press("Space")
        tab_to(page, "เหตุผล")
        page.keyboard.type("ตรวจแล้ว")
        press(page, "พิจารณาข้อยกเว้น", "**/jobs/*")
        expect(page.get_by_role("status")).to_contain_text("อนุมัติข้อยกเว้นของ A4 แล้ว")
    with open_page(_SIZES[size], script=script) as page:
        sign_in_by_keyboard(page, served, "auditor")
        press(page, "ภาพรวมระบบ", "**/system")
        seen(page, "system", size)
        press(page, "ทุกรอบ", "**/office")
        press(page, CYCLE, f"**/c/{CYCLE}")
        press(page, "รอพิจารณา", "**/waiting")
        expect(page.get_by_text("เสนอโดย operator อนุมัติโดย approver")).to_be_visible()
        axe_finds_nothing(page)
        press(page, "เหตุการณ์", "**/timeline")
        axe_finds_nothing(page)
        assert "/do/" not in page.content()
        assert page.url == f"{base}/timeline"
        press(page, "ออกจากระบบ", "**/sign-in")


def test_the_board_refreshes_itself(served: Served, open_page: Opener) -> None:
    """With JavaScript a part of it, without the whole page by the browser's own means."""
    with open_page(script=False) as page:
        sign_in(page, served, "auditor")
        page.goto(f"{served.url}/office/c/{CYCLE}")
        assert '<meta http-equiv="refresh"' in page.content()
    with open_page() as page:
        sign_in(page, served, "auditor")
        page.clock.install()
        page.goto(f"{served.url}/office/c/{CYCLE}")
        expect(page.get_by_text("0 / 3 อำเภอรายงานแล้ว")).to_be_visible()
        answer(served.office, "5607", "B1", at=parse_now("2025-05-28T09:00"))
        page.clock.fast_forward(25_000)
        expect(page.get_by_text("1 / 3 อำเภอรายงานแล้ว")).to_be_visible()
