"""Where the guideline, the register and the form begin."""

import re
from dataclasses import dataclass
from enum import StrEnum

from kbo_core.circular.folded import folded
from kbo_core.circular.lines import Page


class Kind(StrEnum):
    """What a heading announces."""

    GUIDELINE = "guideline"
    REGISTER = "register"
    FORM = "form"
    LABEL = "label"


_HEADINGS = {
    Kind.LABEL: re.compile(r"(?:สิ่งที่ส่งมาด้วย|เอกสารแนบ(?:ท้าย)?|เอกสารหมายเลข)(?:ที่|ลำดับ|หมายเลข)*\d{0,2}$"),
    Kind.GUIDELINE: re.compile(r"แนวทาง|หลักเกณฑ์|เกณฑ์การ|คุณสมบัติ|เงื่อนไข"),
    Kind.REGISTER: re.compile(
        r"(?:ทะเบียน|บัญชี|ตาราง|การจัดสรร|จำนวน(?:กลุ่ม)?เป้าหมาย|รายละเอียด(?:การ)?จัดสรร|กรอบ|เป้าหมาย|โควตา|สรุป|รายชื่อ)(?!.*ดังนี้$)"
    ),
    Kind.FORM: re.compile(r"แบบ(?:แจ้ง|รายงาน|ฟอร์ม|เสนอ|ตอบ|สำรวจ|กรอก|สรุป|รายชื่อ|ราย|การ|บันทึก|คำ|\d|$)"),
}


_TITLE_LINES = 2  # a title may run over a second line
_TABLE_HEAD = re.compile(r"^(?:ที่|ลำดับ(?:ที่)?)?(?:อำเภอ|เขต).*(?:จำนวน|จัดสรร|โควตา|เป้าหมาย|กลุ่ม)")


@dataclass(frozen=True)
class Heading:
    """A line that opens a part of the letter or of its attachments. Lines count from 0."""

    kind: Kind
    line: int
    start: int


def read_headings(page: Page, after: int) -> tuple[Heading, ...]:
    """The headings behind an offset, in order."""
    found = []
    for i in range(len(page.plain)):
        if page.openings[i] < after:
            continue
        text = folded(page.opening(i))
        kind = next((kind for kind, pattern in _HEADINGS.items() if pattern.match(text)), None)
        if kind and (page.begins(i) or (kind is Kind.REGISTER and _stands_over_table(page, i))):
            found.append(Heading(kind, i, page.openings[i]))
    return tuple(found)


def _stands_over_table(page: Page, line: int) -> bool:
    """A PDF may tell no paragraphs apart; the line right above the table's own heading is its title all the same."""
    following = [i for i in range(line + 1, len(page.plain)) if not page.blank[i]][:_TITLE_LINES]
    return any(_TABLE_HEAD.search(folded(page.plain[i])) for i in following)
