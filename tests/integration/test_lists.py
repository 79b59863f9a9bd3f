"""A participant list that changes, whenever it comes: who falls out, who is told, who answers again."""

import email
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from kbo_core.clock import parse_now
from kbo_core.domain.assignments import State
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.office.board import BoardLine, board
from kbo_core.office.closing import close
from kbo_core.office.doctor import examine
from kbo_core.office.intake import receive
from kbo_core.office.lists import NewList, Reach, Update, tell_districts, update_list
from kbo_core.office.office import Office
from kbo_core.office.settling import Given
from kbo_core.registry.quality import Validate
from kbo_core.store import fold
from kbo_core.store.database import Connection, Database
from kbo_core.store.log import events
from kbo_core.store.reading import decided_producers, get_assignment, get_cycle, picks
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, form_of, kinds, log_of, open_cycle, outbox, turn
from tests.province import GROUP

MORE = (
    ("A6", "กลุ่มดอกไม้ประดิษฐ์บ้านต้นผึ้ง", "เมืองพะเยา", "2"),
    ("B3", "กลุ่มข้าวแต๋นบ้านทุ่งกล้วย", "แม่ใจ", "1"),
    ("C2", "กลุ่มกระเป๋าผักตบบ้านท่าเรือ", "ปง", "3"),
)
NAMES = {
    "A1": ("กลุ่มทอผ้าบ้านห้วยแก้ว", "เมืองพะเยา"),
    "A2": ("กลุ่มจักสานบ้านแม่ทราย", "เมืองพะเยา"),
    "B1": ("กลุ่มขนมไทยบ้านหนองผาง", "แม่ใจ"),
    "C2": ("กลุ่มกระเป๋าผักตบบ้านท่าเรือ", "ปง"),
}
LATER = OPENED_AT + timedelta(days=30)
LIST = "KBO 2567"


@pytest.fixture
def province(province: Path) -> Path:
    """The small province with groups to spare, so that a name more on a list makes no shortage."""
    for producer_id, name, district, stars in MORE:
        with (province.parent / "producers.csv").open("a", encoding="utf-8") as file:
            file.write(f"{producer_id},{name},{GROUP},พะเยา,{district},,\n")
        with (province.parent / "products.csv").open("a", encoding="utf-8") as file:
            file.write(f"{producer_id},{name},พะเยา,ของ{producer_id},2567,{stars}\n")
    (province.parent / "kbo-2567.csv").write_bytes(the_list().content)
    province.write_text(province.read_text("utf-8") + "# with groups to spare\n", encoding="utf-8")
    return province


@pytest.fixture
def opened(office: Office, province: Path, validate: Validate) -> Office:
    open_cycle(office, province, validate)
    return office


def the_list(*producer_ids: str, more: Sequence[str] = ()) -> NewList:
    """The province's own list of last year, with these groups on it."""
    rows = ["กลุ่มเครื่องเงินบ้านป่าสักก,พะเยา,แม่ใจ", "กลุ่มอื่นที่ไม่อยู่ในทะเบียน,พะเยา,จุน", *more]
    rows += [f"{NAMES[i][0]},พะเยา,{NAMES[i][1]}" for i in producer_ids]
    return NewList(LIST, "kbo-2567.csv", "\n".join(["producer_name,province,district", *rows, ""]).encode())


def arrives(office: Office, new: NewList, validate: Validate, at: datetime = LATER, **more: Any) -> Update:
    return update_list(office, CYCLE, new, validate, at=at, by="นาง ข", reason="หนังสือแจ้งแก้บัญชี", **more)


def told(office: Office, new: NewList, validate: Validate, at: datetime = LATER, **more: Any) -> Update:
    """The list arrives and what follows is sent."""
    update = arrives(office, new, validate, at, **more)
    tell_districts(office, CYCLE, at)
    return update


def states(office: Office) -> dict[str, State]:
    return {line.district.code: line.state for line in board(office, CYCLE, LATER) if line.quota}


def line_of(office: Office, code: str) -> BoardLine:
    return next(line for line in board(office, CYCLE, LATER) if line.district.code == code)


def picked(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [p.producer_id for p in picks(connection, CYCLE)]


def eligible(office: Office) -> set[str]:
    with office.database.read() as connection:
        cycle = get_cycle(connection, CYCLE)
        return {p.producer_id for p in decided_producers(connection, cycle) if p.verdict == "eligible"}


def sound(office: Office) -> None:
    """Every invariant holds, and the log gives the state."""
    assert examine(office)[1] == []
    with office.database.scratch() as connection:
        assert fold.differences(connection, CYCLE, events(connection, CYCLE)) == []


def body(office: Office, name: str) -> str:
    message = email.message_from_bytes(outbox(office)[name], policy=default)
    part = message.get_body()
    assert part is not None
    return f"{message['Subject']}\n{part.get_content()}".replace("\r\n", "\n")


def test_before_the_opening_it_is_only_another_file(office: Office, province: Path, validate: Validate) -> None:
    """Whoever stands on the list when the cycle opens is never offered."""
    (province.parent / "kbo-2567.csv").write_bytes(the_list("A1").content)
    province.write_text(province.read_text("utf-8") + "# another list\n", encoding="utf-8")
    open_cycle(office, province, validate)
    assert "A1" not in eligible(office)
    with office.database.read() as connection:
        assert "A1" not in get_assignment(connection, CYCLE, "5601").candidates
    sound(office)


def test_after_the_dispatch_the_district_gets_another_list(opened: Office, validate: Validate) -> None:
    """Nobody has answered: a second packet for the district concerned alone, saying who fell out and why."""
    update = told(opened, the_list("A1"), validate)
    assert [(one.flip.producer_id, one.reach) for one in update.affected] == [("A1", Reach.OFFERED)]
    assert (update.repairs, update.packets, update.revision) == ((), ("5601",), 2)
    assert set(states(opened).values()) == {State.DISPATCHED}
    packets = [name for name in outbox(opened) if "packet-02" in name]
    assert packets == ["5601-packet-02.eml"]
    said = body(opened, packets[0])
    for words in ("A1", "ข้อ ๒", LIST, "8 มกราคม 2568", "ใช้แทนฉบับเดิม"):
        assert words in said
    sound(opened)


def test_between_the_answers_only_the_answer_that_holds_it_is_opened(opened: Office, validate: Validate) -> None:
    """5601 has picked A1 and must choose again; 5607 has answered and is left alone; 5606 owes as before."""
    answer(opened, "5601", "A1", "A2", at=LATER)
    answer(opened, "5607", "B1", at=LATER)
    update = told(opened, the_list("A1"), validate)
    assert update.repairs == ("5601",)
    assert states(opened) == {"5601": State.REPAIR, "5607": State.ACCEPTED, "5606": State.DISPATCHED}
    assert picked(opened) == ["B1"]
    assert line_of(opened, "5601").state_th == "ต้องแก้รายชื่อ"
    said = body(opened, "5601-packet-02.eml")
    for words in ("ขอให้แก้ไขรายชื่อ", "A1 กลุ่มทอผ้าบ้านห้วยแก้ว", "ข้อ ๒", LIST, "ฉบับที่ 1", "ส่งแบบรายงานฉบับแก้ไข"):
        assert words in said
    assert "5607-packet-02.eml" not in outbox(opened)
    sound(opened)

    answer(opened, "5601", "A2", "A3", at=LATER + timedelta(days=2))
    assert states(opened)["5601"] is State.ACCEPTED
    assert picked(opened) == ["A2", "A3", "B1"]
    assert kinds(opened).count("submission-accepted") == 3
    sound(opened)


def test_after_all_have_answered_the_report_waits_for_the_repair(opened: Office, validate: Validate) -> None:
    """The cycle cannot be closed over an open repair without a reason; answered, it can."""
    for code, ids in {"5601": ("A1", "A2"), "5607": ("B1",), "5606": ("C2",)}.items():
        answer(opened, code, *ids, at=LATER)
    told(opened, the_list("A1", "C2"), validate)
    assert states(opened) == {"5601": State.REPAIR, "5607": State.ACCEPTED, "5606": State.REPAIR}
    with pytest.raises(BlockedError) as caught:
        close(opened, CYCLE, validate, at=DUE_AT, by="ผู้ทดสอบ")
    assert [(f.code, f.where) for f in caught.value.findings] == [
        ("district-under-repair", "5601"),
        ("district-under-repair", "5606"),
    ]
    answer(opened, "5601", "A2", "A6", at=LATER)
    answer(opened, "5606", at=LATER, is_nil=True)
    close(opened, CYCLE, validate, at=DUE_AT, by="ผู้ทดสอบ")
    assert picked(opened) == ["A2", "A6", "B1"]
    sound(opened)


def test_after_the_report_it_says_who_is_affected_and_changes_nothing(opened: Office, validate: Validate) -> None:
    """The report stays; the cycle must be reopened first. The same file as before is still no change."""
    answer(opened, "5601", "A1", "A2", at=LATER)
    close(opened, CYCLE, validate, at=DUE_AT, by="ผู้ทดสอบ", reason="ส่งก่อน")
    log = log_of(opened)
    with pytest.raises(BlockedError) as caught:
        arrives(opened, the_list("A1", "B1"), validate, DUE_AT)
    assert [(f.code, f.where) for f in caught.value.findings] == [
        ("list-after-report", CYCLE),
        ("reported-name-affected", "A1"),
    ]
    assert not arrives(opened, the_list(), validate, DUE_AT).is_new
    assert log_of(opened) == log
    sound(opened)


def test_the_same_file_again_changes_nothing(opened: Office, validate: Validate) -> None:
    """Neither the file that the cycle opened with nor the new version a second time."""
    log = log_of(opened)
    assert not told(opened, the_list(), validate).is_new
    assert log_of(opened) == log
    told(opened, the_list("A1"), validate)
    log = log_of(opened)
    assert not told(opened, the_list("A1"), validate).is_new
    assert log_of(opened) == log


def test_a_dry_run_says_the_same_and_changes_nothing(opened: Office, validate: Validate) -> None:
    """What it says is what then happens."""
    answer(opened, "5601", "A1", "A2", at=LATER)
    log = log_of(opened)
    dry = arrives(opened, the_list("A1"), validate, is_dry_run=True)
    assert log_of(opened) == log
    assert dry == arrives(opened, the_list("A1"), validate)


@pytest.mark.parametrize(
    ("content", "error", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00", RefusedError, "encoding-wrong"),
        (b"producer_name,province\n", BlockedError, "table-empty"),
        ("ของ,อื่น\nก,ข\n".encode(), BlockedError, "column-missing"),
        ("producer_name,province,district\n,,\n,พะเยา,แม่ใจ\n".encode(), BlockedError, "table-unusable"),
    ],
)
def test_a_list_that_cannot_be_used_changes_nothing(
    opened: Office, validate: Validate, content: bytes, error: type[Exception], code: str
) -> None:
    """It is refused or blocked as at the opening."""
    log = log_of(opened)
    with pytest.raises(error) as caught:
        arrives(opened, NewList(LIST, "list.csv", content), validate)
    assert code in {f.code for f in caught.value.findings}  # type: ignore[attr-defined]
    assert log_of(opened) == log


def test_a_list_that_the_cycle_does_not_use_is_refused(opened: Office, validate: Validate) -> None:
    """It says which lists there are."""
    with pytest.raises(RefusedError) as caught:
        arrives(opened, NewList("KBO 2560", "list.csv", b"x"), validate)
    assert caught.value.findings[0].code == "list-unknown"
    assert "KBO 2567, QD 2568" in caught.value.findings[0].message_th


def test_a_name_that_leaves_the_list_may_be_picked_again(opened: Office, validate: Validate) -> None:
    """Who owes is sent another list; who has answered is told on the board and nothing is asked of it."""
    answer(opened, "5607", "B1", at=LATER)
    told(opened, the_list("A1", "B1"), validate)
    answer(opened, "5607", "B3", at=LATER)
    back = told(opened, the_list(), validate, LATER + timedelta(days=3))
    assert {one.flip.producer_id for one in back.affected} == {"A1", "B1"}
    assert (back.repairs, back.packets) == ((), ("5601",))
    assert "กลุ่มที่เพิ่มเข้าบัญชี\n  ๑) A1" in body(opened, "5601-packet-03.eml")
    assert states(opened)["5607"] is State.ACCEPTED
    assert line_of(opened, "5607").notice_th == "เข้าเกณฑ์เพิ่มหลังอำเภอรายงานแล้ว: B1"
    assert "5607-packet-03.eml" not in outbox(opened)
    sound(opened)


def test_corrected_before_the_district_was_told_the_repair_is_still_asked_for(
    opened: Office, validate: Validate
) -> None:
    """The second version puts the name back before the first was sent: the packet says so, and the same form counts."""
    form = form_of(opened, "5601", "A1", "A2")
    receive(opened, CYCLE, "5601", form, "form.xlsx", at=LATER, via="file")
    arrives(opened, the_list("A1"), validate)
    with pytest.raises(BlockedError) as caught:
        receive(opened, CYCLE, "5601", form, "form.xlsx", at=LATER, via="file")
    assert "pick-ineligible" in {f.code for f in caught.value.findings}
    told(opened, the_list(), validate, LATER + timedelta(days=1))
    assert "กลับมาเข้าเกณฑ์อีกครั้ง" in body(opened, "5601-packet-02.eml")
    again = receive(opened, CYCLE, "5601", form, "form.xlsx", at=LATER + timedelta(days=2), via="file")
    assert (again.is_new, again.version) == (True, 2)
    assert picked(opened) == ["A1", "A2"]
    assert receive(opened, CYCLE, "5601", form, "form.xlsx", at=LATER + timedelta(days=3), via="file").version == 2
    sound(opened)


def test_a_district_under_repair_is_reminded_from_its_new_packet_on(opened: Office, validate: Validate) -> None:
    """Steps of the time when it had answered are not made up for; the next one asks for the corrected list."""
    answer(opened, "5607", "B1", at=LATER)
    arrives(opened, the_list("B1"), validate, parse_now("2025-05-29T09:00"))
    turn(opened, parse_now("2025-05-29T10:00"))  # the turn that sends the packet does not remind of it too
    assert "5607-packet-02.eml" in outbox(opened)
    mine = [name for name in outbox(opened) if name.startswith("5607-reminder")]
    assert mine == []
    turn(opened, parse_now("2025-05-30T08:35"))  # the working day before the deadline's eve, a holiday
    assert "รายชื่อกลุ่มเป้าหมายฉบับแก้ไข" in body(opened, "5607-reminder-before-001.eml")
    turn(opened, parse_now("2025-06-05T08:35"))
    assert "5607-reminder-after-001.eml" in outbox(opened)
    sound(opened)


def test_after_the_deadline_the_steps_after_it_apply(opened: Office, validate: Validate) -> None:
    """The packet asks for an answer as soon as may be; the next step is the next after the deadline."""
    answer(opened, "5607", "B1", at=LATER)
    told(opened, the_list("B1"), validate, parse_now("2025-06-06T09:00"))
    assert "โดยเร็วที่สุด" in body(opened, "5607-packet-02.eml")
    turn(opened, parse_now("2025-06-06T12:00"))
    assert not [name for name in outbox(opened) if name.startswith("5607-reminder")]
    turn(opened, parse_now("2025-06-09T08:35"))
    assert "5607-reminder-after-003.eml" in outbox(opened)


def test_a_name_near_a_picked_group_is_asked_about_first(opened: Office, validate: Validate) -> None:
    """One letter more than B1: neither a repair nor a silent miss, but a question, answered together with the list."""
    answer(opened, "5607", "B1", at=LATER)
    near = the_list(more=["กลุ่มขนมไทยบ้านหนองผางง,พะเยา,แม่ใจ"])
    log = log_of(opened)
    with pytest.raises(BlockedError) as caught:
        arrives(opened, near, validate)
    (question,) = caught.value.findings
    assert question.code == "list-near-pick"
    assert log_of(opened) == log

    different = arrives(opened, near, validate, answers=[Given(question.where, "different", "คนละกลุ่ม")])
    assert different.repairs == ()
    assert picked(opened) == ["B1"]
    sound(opened)


def test_a_name_near_a_picked_group_that_is_the_same_opens_a_repair(opened: Office, validate: Validate) -> None:
    """Answered as the same, it bars the group."""
    answer(opened, "5607", "B1", at=LATER)
    near = the_list(more=["กลุ่มขนมไทยบ้านหนองผางง,พะเยา,แม่ใจ"])
    place = "KBO 2567: กลุ่มขนมไทยบ้านหนองผางง ~ B1"
    assert arrives(opened, near, validate, answers=[Given(place, "same", "พิมพ์ผิด")]).repairs == ("5607",)
    sound(opened)


def test_a_shortage_that_the_list_makes_is_a_question_of_its_own(opened: Office, validate: Validate) -> None:
    """Four names more and the province is short: the scope must be settled by name, with the list."""
    everybody = the_list("A1", "A2", "B1", "C2")
    with pytest.raises(BlockedError) as caught:
        arrives(opened, everybody, validate)
    assert [f.code for f in caught.value.findings] == ["insufficiency-scope"]
    update = told(opened, everybody, validate, settle=["insufficiency-scope"])
    assert len(update.affected) == 4
    sound(opened)


def test_an_affirmed_empty_list_gets_its_first_names_from_a_workbook(
    opened: Office, validate: Validate, tmp_path: Path
) -> None:
    """QD 2568 was affirmed to be empty; it arrives as XLSX. It binds the fallback alone, so nobody flips."""
    book = xlsxwriter.Workbook(str(tmp_path / "qd.xlsx"))
    sheet = book.add_worksheet()
    for n, row in enumerate([("ชื่อผู้ผลิต", "จังหวัด", "อำเภอ"), (NAMES["A1"][0], "พะเยา", "เมืองพะเยา")]):
        sheet.write_row(n, 0, row)
    book.close()
    update = arrives(opened, NewList("qd-2568", "qd.xlsx", (tmp_path / "qd.xlsx").read_bytes()), validate)
    assert (update.listed, update.before, update.affected) == ("QD 2568", None, ())
    with opened.database.read() as connection:
        cycle = get_cycle(connection, CYCLE)
        assert cycle.inputs["qd.xlsx"] == update.sha256
        clause = {p.producer_id: p.clauses["4"] for p in decided_producers(connection, cycle)}
    assert (clause["A1"], clause["A2"]) == ("fail", "pass")
    told(opened, the_list("A2"), validate)  # decided on the other list's new version too
    with opened.database.read() as connection:
        clause = {p.producer_id: p.clauses["4"] for p in decided_producers(connection, get_cycle(connection, CYCLE))}
    assert clause["A1"] == "fail"
    sound(opened)


class Crash(BaseException):
    """The process dies here."""


class DyingDatabase(Database):
    """A database during whose n-th write the process dies, before or after the commit."""

    def __init__(self, url: str, at: int, *, committed: bool) -> None:
        super().__init__(url)
        self.left, self._committed = at, committed

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.left -= 1
        with super().write() as connection:
            yield connection
            if self.left == 0 and not self._committed:
                raise Crash
        if self.left == 0 and self._committed:
            raise Crash


@pytest.mark.parametrize("committed", [False, True])
@pytest.mark.parametrize("step", [1, 2, 3, 4, 5])
def test_killed_at_any_write_and_run_again_it_ends_in_the_same_state(
    opened: Office, validate: Validate, step: int, committed: bool
) -> None:
    """The list is decided on once, and every district concerned gets its packet once."""
    answer(opened, "5601", "A1", "A2", at=LATER)
    turn(opened, LATER)
    database = DyingDatabase(opened.database.url, step, committed=committed)
    with pytest.raises(Crash):
        told(replace(opened, database=database), the_list("A1", "C2"), validate)
    database.close()
    sound(opened)
    told(opened, the_list("A1", "C2"), validate)
    assert kinds(opened).count("list-updated") == kinds(opened).count("repair-opened") == 1
    assert [name for name in outbox(opened) if "packet-02" in name] == ["5601-packet-02.eml", "5606-packet-02.eml"]
    assert states(opened)["5601"] is State.REPAIR
    with opened.database.read() as connection:
        assert get_assignment(connection, CYCLE, "5601").dispatched_at == LATER
    sound(opened)
