"""Nine scripted districts: how each fills the form that it was sent, and when."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from kbo_core.clock import parse_now
from kbo_core.documents import form_layout as layout
from kbo_core.domain.submissions import choice_label


@dataclass(frozen=True)
class Desk:
    """What lies on a district's desk: its form, the groups it may pick from (id, name), its quota, another's form."""

    form: bytes
    choices: Sequence[tuple[str, str]]
    quota: int
    neighbours_form: bytes


Filling = Callable[[Desk], bytes]


@dataclass(frozen=True)
class Act:
    """Something that happens on a day: a district sends a form, or the operator settles what is open."""

    at: datetime
    district_code: str
    says_th: str
    fill: Filling | None


def filled(
    form: bytes,
    choices: Sequence[tuple[str, str]],
    *,
    is_nil: bool = False,
    reason: str = "",
    saved_at: datetime | None = None,
) -> bytes:
    """The form with these groups picked, as the district's own spreadsheet program would save it.

    Saved at a given time, the same answer is the same bytes.
    """
    book = load_workbook(io.BytesIO(form))
    sheet = book[layout.SHEET]
    header = _find(sheet, layout.PICK_HEADER)
    foot = _find(sheet, layout.COUNT_LABEL)
    if (lacking := len(choices) - (foot.row - header.row - 1)) > 0:
        sheet.insert_rows(foot.row, lacking)
    for line, (producer_id, name) in enumerate(choices, start=1):
        sheet.cell(header.row + line, header.column, choice_label(producer_id, name))
    answers = {
        layout.NIL_LABEL: layout.NIL_WORD if is_nil else None,
        layout.REASON_LABEL: reason or None,
        layout.REPORTER_LABEL: "เจ้าหน้าที่สมมติ",
        layout.POSITION_LABEL: "นักวิชาการพัฒนาชุมชน",
    }
    for label, text in answers.items():
        place = _find(sheet, label)
        sheet.cell(place.row, place.column + layout.ANSWER_OFFSET, text)
    saved = io.BytesIO()
    book.save(saved)
    return _saved_at(saved.getvalue(), saved_at) if saved_at else saved.getvalue()


def _saved_at(content: bytes, at: datetime) -> bytes:
    """A workbook with another time of saving in the two places where one stands."""
    target = io.BytesIO()
    told = at.astimezone(UTC)
    with zipfile.ZipFile(io.BytesIO(content)) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in book.namelist():
            part = zipfile.ZipInfo(name, told.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            written = book.read(name)
            if name == "docProps/core.xml":
                written = _SAVED.sub(rf"\g<1>{told:%Y-%m-%dT%H:%M:%SZ}\g<2>".encode(), written)
            copy.writestr(part, written)
    return target.getvalue()


_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def _find(sheet: Worksheet, label: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == label)


def _first(desk: Desk) -> bytes:
    return filled(desk.form, desk.choices[: desk.quota])


def _others(desk: Desk) -> bytes:
    return filled(desk.form, desk.choices[-desk.quota :])


def _one_too_many(desk: Desk) -> bytes:
    return filled(desk.form, desk.choices[: desk.quota + 1])


def _neighbours(desk: Desk) -> bytes:
    return filled(desk.neighbours_form, desk.choices[: desk.quota])


def _nil(desk: Desk) -> bytes:
    return filled(desk.form, [], is_nil=True)


def _act(at: str, district_code: str, says_th: str, fill: Filling | None) -> Act:
    return Act(parse_now(at), district_code, says_th, fill)


OPENED_AT = parse_now("2024-12-09T09:00")
CLOSED_AT = parse_now("2025-06-23T10:00")
ASLEEP = (parse_now("2025-05-26T00:00"), parse_now("2025-05-30T00:00"))

SCRIPT = (
    _act("2024-12-10T10:12", "5608", "ส่งเร็ว ตั้งแต่วันรุ่งขึ้น", _first),
    _act("2024-12-16T14:30", "5601", "ส่งตามปกติ ครบหกกลุ่ม", _first),
    _act("2025-01-13T11:05", "5604", "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์", _nil),
    _act("2025-01-20T09:40", "5603", "ส่งแบบผิด เป็นแบบของอำเภออื่น", _neighbours),
    _act("2025-01-22T15:20", "5603", "ส่งแบบที่ถูกต้อง", _first),
    _act("2025-02-10T13:00", "5605", "เลือกเกินหนึ่งกลุ่ม", _one_too_many),
    _act("2025-02-13T10:00", "5605", "ส่งฉบับแก้ไข", _first),
    _act("2025-03-03T10:30", "5607", "ส่งฉบับที่ ๑", _first),
    _act("2025-03-17T16:00", "5607", "ส่งฉบับที่ ๒ เปลี่ยนรายชื่อ", _others),
    _act("2025-04-08T09:30", "5609", "เจ้าหน้าที่จังหวัดชี้ขาดชื่อที่คล้ายกัน", None),
    _act("2025-04-18T14:00", "5609", "ส่งหลังได้บัญชีฉบับใหม่", _first),
    _act("2025-06-04T16:30", "5602", "ส่งตรงเวลาพอดี 16.30 น.", _first),
    _act("2025-06-20T11:00", "5606", "ส่งช้า หลังถูกเตือนและเร่งรัด", _first),
)
