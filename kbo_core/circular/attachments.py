"""The attachments that a letter names, and where each of them begins."""

import re
from dataclasses import dataclass

from kbo_core.circular.folded import fold, folded
from kbo_core.circular.letter import Letter, Quote
from kbo_core.circular.lines import Page
from kbo_core.domain.thai_text import clean

_LABEL = re.compile(r"(?:สิ่งที่ส่งมาด้วย|สิ่งที่แนบมา(?:ด้วย)?|เอกสารแนบ(?:ท้าย)?)")
_COUNT = re.compile(r"(?:จำนวน\s*)?\d+\s*(?:ฉบับ|ชุด|แผ่น|หน้า|เล่ม|แฟ้ม|ไฟล์)|จำนวน\s*\d+|ฉบับ\s*$|ชุด\s*$")
_COUNTED = re.compile(r"(?:ฉบับ|ชุด|แผ่น|หน้า|เล่ม|แฟ้ม|ไฟล์)$")
_BODY = re.compile(r"ด้วย|ตาม|เนื่อง|เพื่อ|อ้างถึง|เรียน|จังหวัด|ขอ|กรม")
_REFERRED = re.compile(
    r"(?:สิ่งที่ส่งมาด้วย|สิ่งที่แนบมา(?:ด้วย)?|เอกสารแนบ)(?:ลำดับ|หมายเลข|ที่)*((?:\d{1,2}(?:\.(?!\d))?(?:,|และ|-|ถึง)*)+)"
)
_SAME_TITLE = 12
_CLOSING = re.compile(r"ขอแสดงความนับถือ")


@dataclass(frozen=True)
class NamedAttachment:
    """An attachment of the list; ``found`` is the line of the letter at which it begins, None when it is not there."""

    no: int
    title: str
    quote: Quote
    found: Quote | None = None


@dataclass(frozen=True)
class AttachmentList:
    """The list with its place; ``start == end`` when the letter names no attachment."""

    start: int
    end: int
    named: tuple[NamedAttachment, ...]


def read_attachments(page: Page) -> AttachmentList:
    """The attachments named under the subject; not yet looked for."""
    first = next((i for i in range(len(page.plain)) if not page.blank[i] and _LABEL.match(page.opening(i))), None)
    closing = closing_line(page)
    if first is None or (closing is not None and first > closing):
        return AttachmentList(0, 0, ())
    label = _LABEL.match(page.opening(first))
    start = page.openings[first] + (label.end() if label else 0)
    last = _last_line(page, first)
    return AttachmentList(page.openings[first], page.end_of(last), tuple(_items(page, start, page.end_of(last))))


def _last_line(page: Page, first: int) -> int:
    marked = {marker.line for marker in page.markers}
    last, i = first, first + 1
    while i < len(page.plain):
        if page.blank[i]:
            i += 1
            continue
        wrapped = i == last + 1 and not _BODY.match(page.opening(i)) and not _is_counted(page, last)
        if i not in marked and not wrapped:
            break
        last = i
        i += 1
    return last


def _is_counted(page: Page, line: int) -> bool:
    return _COUNTED.search(page.opening(line).rstrip(" |*")) is not None


_ITEM = re.compile(r"(?:(?<=^)|(?<=[\s|]))\(?(\d{1,2})[.)](?!\d)")


def _items(page: Page, start: int, end: int) -> list[NamedAttachment]:
    letter = page.letter
    plain = page.text[start:end]
    marks: list[re.Match[str]] = []
    for match in _ITEM.finditer(plain):
        if int(match[1]) == len(marks) + 1:  # a number out of turn belongs to a title
            marks.append(match)
    if not marks:
        return [item] if (item := _item(letter, 1, start, start, end)) else []
    ends = [mark.start() for mark in marks[1:]] + [len(plain)]
    items = (
        _item(letter, int(mark[1]), start + mark.start(), start + mark.end(), start + until)
        for mark, until in zip(marks, ends, strict=True)
    )
    return [item for item in items if item]


def _item(letter: Letter, no: int, start: int, title_start: int, end: int) -> NamedAttachment | None:
    plain = Page(Letter(letter.source[title_start:end])).text
    count = _COUNT.search(plain)
    title_end = title_start + (count.start() if count else len(plain))
    title = letter.source[title_start:title_end].rstrip(" \t\r\n|*.…").rstrip()
    shown = clean(title.replace("|", " ").replace("*", " ").lstrip(" :"))
    if not shown:
        return None
    return NamedAttachment(no, shown, letter.quote(start, title_start + len(title)))


def closing_line(page: Page) -> int | None:
    """The line of the salutation that ends the letter proper."""
    return next((i for i in range(len(page.plain)) if not page.blank[i] and _CLOSING.match(page.opening(i))), None)


def heading_of(page: Page, attachment: NamedAttachment, after: int) -> Quote | None:
    """The line after an offset that bears the attachment's number or begins as its title does."""
    title = re.sub(r"ฯ|\(.*", "", folded(attachment.title))
    for i in range(len(page.plain)):
        if page.openings[i] < after or not page.begins(i):
            continue
        line = folded(page.opening(i))
        labelled = re.match(rf"{_LABEL.pattern}(?:ลำดับ|หมายเลข|ที่)*{attachment.no}(?!\d)", line)
        if labelled or (len(title) >= 4 and line.startswith(title[:_SAME_TITLE])):
            return page.letter.quote(page.openings[i], page.end_of(i))
    return None


def referred(page: Page, after: int) -> list[tuple[int, Quote]]:
    """Each attachment number that a sentence points to, with its words."""
    text = fold(page.letter, after)
    found = []
    for match in _REFERRED.finditer(text.text):
        numbers = [int(n) for n in re.findall(r"\d+", match[1])]
        if re.search(r"\d(?:-|ถึง)\d", match[1]):
            numbers = list(range(numbers[0], numbers[-1] + 1))
        found += [(no, text.quote_of(match)) for no in numbers]
    return found
