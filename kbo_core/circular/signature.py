"""What ends a letter: the signatory, the contact, the initials of those it passed."""

import re
from dataclasses import dataclass

from kbo_core.circular.folded import folded
from kbo_core.circular.letter import Printed, Quote
from kbo_core.circular.lines import Page

_NAME = re.compile(r"\(([^()\r\n]{2,80})\)")
_DOTS = re.compile(r"[.…·_]{3,}")
_PHONE = re.compile(r"(?:โทรศัพท์|โทรสาร|โทร|มือถือ)\s*[.:]?\s*(?P<number>[0-9xX.…][0-9xX .…\-–ต่อ]*)?")
_ROLE = re.compile(
    r"รองผู้ว่า|พัฒนาการจังหวัด|ผู้อำนวยการ|ผอ\.|หัวหน้า|เจ้าของเรื่อง|เจ้าหน้าที่|นักวิชาการ"
    r"|ผู้ร่าง|ผู้พิมพ์|ผู้ตรวจ|ผู้ทาน|ร่าง|พิมพ์|ทาน|ตรวจ"
)
_INITIALS = re.compile(r"^(?P<role>.*?)\s*[.…·_]{3,}\s*(?P<sign>.*)$")
_SIGNATURE_LINES = 12


@dataclass(frozen=True)
class Signature:
    """The end of the letter proper, as far as found. ``initials`` are lines still blank, ``signed`` filled ones."""

    signatory: Quote | None
    position: Quote | None
    phone: Printed[str] | None
    blank_name: Quote | None
    initials: tuple[Quote, ...]
    signed: tuple[Quote, ...]


def read_signature(page: Page, closing: int | None, enclosures: int | None) -> Signature:
    """Signatory, contact and initials, between the closing line and the first enclosure's."""
    first = closing + 1 if closing is not None else 0
    until = enclosures if enclosures is not None else len(page.plain)
    signatory, blank, line = _signatory(page, first) if closing is not None else (None, None, None)
    initials, signed = _initials(page, first, until)
    return Signature(signatory, _position(page, line), _phone(page), blank, initials, signed)


def _signatory(page: Page, first: int) -> tuple[Quote | None, Quote | None, int | None]:
    for i in range(first, min(first + _SIGNATURE_LINES, len(page.plain))):
        if match := _NAME.search(page.plain[i]):
            start = page.letter.line_starts[i]
            quote = page.letter.quote(start + match.start(1), start + match.end(1))
            if _DOTS.sub("", match[1]).strip(" .…_"):
                return quote, None, i
            return None, page.letter.quote(start + match.start(), start + match.end()), None
    return None, None, None


def _position(page: Page, line: int | None) -> Quote | None:
    """The lines under the name: a person who signs for another has two."""
    if line is None:
        return None
    lines = [i for i in range(line + 1, min(line + 6, len(page.plain))) if not page.blank[i]]
    last = None
    for i in lines:
        opening = page.opening(i)
        if _PHONE.match(opening) or re.match(r"สำนักงาน|กลุ่มงาน|ฝ่าย", opening) or _INITIALS.match(opening):
            break
        last = i
    return page.letter.quote(page.openings[lines[0]], page.end_of(last)) if last is not None else None


def _phone(page: Page) -> Printed[str] | None:
    for i, line in enumerate(page.plain):
        if (match := _PHONE.search(line)) and (match["number"] or _PHONE.match(page.opening(i))):
            start = page.letter.line_starts[i]
            group = "number" if match["number"] else 0
            quote = page.letter.quote(start + match.start(group), start + match.end(group))
            return Printed(re.sub(r"[^0-9xX]", "", (match["number"] or "").split("ต่อ")[0]), quote)
    return None


def _initials(page: Page, first: int, until: int) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    blank: list[Quote] = []
    signed: list[Quote] = []
    for i in range(first, until):
        match = _INITIALS.match(page.opening(i).rstrip(" |*"))
        if match and _ROLE.match(match["role"]) and len(folded(match["role"])) <= 40:
            quote = page.letter.quote(page.openings[i], page.end_of(i))
            (signed if match["sign"].strip(" .…_") else blank).append(quote)
    return tuple(blank), tuple(signed)
