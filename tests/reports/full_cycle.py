"""A small province's cycle in which everything happens that a report tells of."""

import json
from datetime import timedelta
from pathlib import Path

from kbo_core.domain.approvals import ApprovalStep
from kbo_core.office.approving import approve
from kbo_core.office.closing import close
from kbo_core.office.limits import extend, reopen
from kbo_core.office.lists import NewList, tell_districts, update_list
from kbo_core.office.office import Office
from kbo_core.office.overrides import grant_override
from kbo_core.office.posting import send_planned
from kbo_core.office.reallocating import consent, decide_reallocation, propose
from kbo_core.office.returning import return_answer
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.reading import get_cycle
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, open_cycle, turn
from tests.province import write_small_province

DAY = timedelta(days=1)
# What stands in the register and the contact book, or was written by a person, and is nobody else's business.
CHAIR, TELEPHONE = "นางสมมติ ไม่มีจริง", "0899999999"
CONTACT, MAIL = "นางสาวประสาน งานดี", "prasan.ngandee@phayao.example"
OFFICER, SUPERIOR = "นายเสนอ เรื่องเอง", "นางอนุมัติ ตามนั้น"
WORDS = "ขอผ่อนผันตามที่หารือทางโทรศัพท์ 0812345678"
PERSONAL = (CHAIR, TELEPHONE, CONTACT, MAIL, OFFICER, SUPERIOR, WORDS, "0812345678")


def live_through(office: Office, folder: Path, validate: Validate) -> None:
    """From the opening to the second version of the report."""
    (office.home / "contacts.csv").write_text(
        f"district_code,role,name,email\n5601,,{CONTACT},{MAIL}\n5607,chief,{CONTACT},{MAIL}\n", encoding="utf-8"
    )
    open_cycle(office, write_small_province(folder), validate)
    _settle(office, validate)
    grant_override(office, CYCLE, "A4", ["1a"], approver=SUPERIOR, at=OPENED_AT + DAY, by=OFFICER, reason=WORDS)
    tell_districts(office, CYCLE, OPENED_AT + DAY)
    for day in range(-15, 0):
        turn(office, DUE_AT + day * DAY)
    extend(office, CYCLE, ["5606"], DUE_AT + 3 * DAY, at=DUE_AT - DAY, by=OFFICER, reason=WORDS, letter="พย ๐๐๑๙/๑๒๓")
    answer(office, "5601", "A4", "A1", at=DUE_AT - DAY)
    return_answer(office, CYCLE, "5601", f"ตรวจซ้ำ {WORDS}", at=DUE_AT - DAY, by=OFFICER)
    answer(office, "5601", "A1", "A4", at=DUE_AT)
    answer(office, "5607", "B1", at=DUE_AT + timedelta(minutes=1))
    propose(office, CYCLE, "5606", "5607", 1, at=DUE_AT + DAY, by=OFFICER, reason=WORDS)
    for code in ("5606", "5607"):
        consent(office, CYCLE, 1, code, at=DUE_AT + DAY, by=CONTACT, reason=WORDS)
    decide_reallocation(office, CYCLE, 1, is_approved=True, at=DUE_AT + DAY, by=SUPERIOR, reason=WORDS)
    tell_districts(office, CYCLE, DUE_AT + DAY)
    close(office, CYCLE, validate, at=DUE_AT + 5 * DAY, by=OFFICER, reason=WORDS)
    approve(office, CYCLE, ApprovalStep.OWNER, at=DUE_AT + 6 * DAY, by=OFFICER, reason="ตรวจแล้ว")
    reopen(office, CYCLE, ["5607"], DUE_AT + 20 * DAY, at=DUE_AT + 7 * DAY, by=OFFICER, reason=WORDS)
    update_list(
        office,
        CYCLE,
        NewList("QD 2568", "qd-2568.csv", "producer_name,province,district\nกลุ่มที่ไม่มีในทะเบียน,พะเยา,ปง\n".encode()),
        validate,
        at=DUE_AT + 8 * DAY,
        by=OFFICER,
        reason=WORDS,
    )
    answer(office, "5607", "B1", "B2", at=DUE_AT + 9 * DAY)
    send_planned(office, CYCLE, "5607", DUE_AT + 9 * DAY)
    close(office, CYCLE, validate, at=DUE_AT + 10 * DAY, by=OFFICER, reason=WORDS)


def _settle(office: Office, validate: Validate) -> None:
    """B2's near match is another group."""
    with office.database.read() as connection:
        findings = json.loads(load_blob(connection, get_cycle(connection, CYCLE).outputs["findings.json"]))
    [where] = [finding["where"] for finding in findings if finding["code"] == "near-match"]
    settle_match(office, CYCLE, validate, where=where, answer="different", at=OPENED_AT + DAY, by=OFFICER, reason=WORDS)
