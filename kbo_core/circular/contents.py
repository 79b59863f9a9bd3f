"""Everything that a letter says, each value with its quotation; nothing is judged or completed here."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from kbo_core.circular.allocation import Register, read_register
from kbo_core.circular.attachments import (
    AttachmentList,
    NamedAttachment,
    closing_line,
    heading_of,
    read_attachments,
)
from kbo_core.circular.deadline import Limit, read_limits, vague_limit
from kbo_core.circular.folded import Folded, fold
from kbo_core.circular.guideline import Guideline, read_guideline
from kbo_core.circular.head import Head, read_head
from kbo_core.circular.letter import Letter, Printed, Quote
from kbo_core.circular.lines import Page
from kbo_core.circular.place_names import named_provinces
from kbo_core.circular.rules import Rules, read_rules
from kbo_core.circular.sections import Heading, Kind, read_headings
from kbo_core.circular.signature import Signature, read_signature
from kbo_core.circular.table_rows import Row
from kbo_core.circular.years import year_in
from kbo_core.domain.areas import District, Province, districts, find_district, provinces

_PROGRAMME = re.compile(r"KBO")
_KIND_TITLES = {
    Kind.GUIDELINE: re.compile(r"แนวทาง|หลักเกณฑ์|เกณฑ์|คุณสมบัติ|เงื่อนไข"),
    Kind.REGISTER: re.compile(r"จัดสรร|โควตา|เป้าหมายรายอำเภอ|จำนวนเป้าหมาย"),
}


@dataclass(frozen=True)
class Contents:
    """What was read from a letter."""

    page: Page
    head: Head
    attachments: tuple[NamedAttachment, ...]
    body: Folded
    limits: tuple[Limit, ...]
    vague_limit: Quote | None
    headings: tuple[Heading, ...]
    guideline: Guideline
    rules: Rules
    register: Register
    provinces: tuple[Printed[Province], ...]
    programme: Quote | None
    programme_years: tuple[Printed[int], ...]
    signature: Signature

    @property
    def letter(self) -> Letter:
        return self.page.letter

    @property
    def province(self) -> Printed[Province] | None:
        """The province that the letter speaks for: the first one it names, before any district."""
        return self.provinces[0] if self.provinces else None

    @cached_property
    def whole(self) -> Folded:
        return fold(self.letter)

    @cached_property
    def placed(self) -> tuple[tuple[Row, District | None], ...]:
        """The register's rows with the official district of the letter's province that each names."""
        province = self.province
        return tuple((row, find_district(row.name, province.value) if province else None) for row in self.register.rows)


def read_contents(letter: Letter) -> Contents:
    """The letter's contents."""
    page = Page(letter)
    listed = read_attachments(page)
    head = read_head(page)
    after = max(listed.end, head.end)
    closing = closing_line(page)
    headings = read_headings(page, after)
    years = _programme_years(page, head, headings, None)
    register = read_register(page, headings, after, years[0].value if years else None)
    guideline = _guideline(page, listed, headings, register, closing)
    enclosed = tuple(_looked_for(page, a, after, closing, register, guideline) for a in listed.named)
    body = fold(letter, after, register.start if register.start > after else None)
    enclosure = _first_enclosure(headings, closing)
    said = fold(letter, after, page.openings[enclosure] if enclosure is not None else None)
    return Contents(
        page=page,
        head=head,
        attachments=enclosed,
        body=body,
        limits=read_limits(said),
        vague_limit=vague_limit(said),
        headings=headings,
        guideline=guideline,
        rules=read_rules(guideline),
        register=register,
        provinces=_provinces(letter, register),
        programme=_programme(letter),
        programme_years=_programme_years(page, head, headings, guideline.start),
        signature=read_signature(page, closing, enclosure),
    )


def _guideline(
    page: Page, listed: AttachmentList, headings: tuple[Heading, ...], register: Register, closing: int | None
) -> Guideline:
    cuts = [h.start for h in headings] + [listed.end, register.start, register.end]
    if closing is not None:
        cuts.append(page.openings[closing])
    skipped = [(register.start, register.end)] if register.rows else []
    if listed.end:
        skipped.append((0, listed.end))
    return read_guideline(page, cuts, tuple(skipped))


def _looked_for(
    page: Page,
    attachment: NamedAttachment,
    after: int,
    closing: int | None,
    register: Register,
    guideline: Guideline,
) -> NamedAttachment:
    """The attachment with the place at which it begins: under its own heading, or known by what it holds."""
    end = page.openings[closing] if closing is not None else after
    found = heading_of(page, attachment, end)
    if not found and register.rows and _KIND_TITLES[Kind.REGISTER].search(attachment.title):
        found = page.letter.quote(register.start, register.end) if register.start > end else None
    elif not found and guideline.clauses and _KIND_TITLES[Kind.GUIDELINE].search(attachment.title):
        found = guideline.clauses[0].quote if guideline.clauses[0].quote.start > end else None
    return replace(attachment, found=found)


def _provinces(letter: Letter, register: Register) -> tuple[Printed[Province], ...]:
    """The provinces named outside the register; else the one whose seat the register names."""
    named = named_provinces(fold(letter))
    outside = tuple(p for p in named if not register.start <= p.quote.start < register.end)
    if outside or named:
        return outside or named
    seats = {f"เมือง{d.name_th.removeprefix('เมือง')}": d for d in districts().values() if d.name_th.startswith("เมือง")}
    for row in register.rows:
        if seat := seats.get(row.name.removeprefix("อำเภอ").removeprefix("อ.").strip()):
            return (Printed(provinces()[seat.province_code], row.quote),)
    return ()


def _programme(letter: Letter) -> Quote | None:
    text = fold(letter)
    match = _PROGRAMME.search(text.text)
    return text.quote_of(match) if match else None


def _programme_years(
    page: Page, head: Head, headings: tuple[Heading, ...], start: int | None
) -> tuple[Printed[int], ...]:
    """The programme's year wherever it is printed over something: subject, guideline's heading, first paragraph.

    ``start`` is where the guideline's clauses begin.
    """
    found = []
    if head.subject:
        quote = head.subject.quote
        found.append(year_in(fold(page.letter, quote.start, quote.end)))
    if start is not None:
        above = [h for h in headings if h.start <= start]
        if above and above[-1].kind in (Kind.GUIDELINE, Kind.LABEL):
            found.append(year_in(fold(page.letter, above[-1].start, start)))
    if not any(found):
        text = fold(page.letter, head.end, start)
        match = re.search(r"โครงการ", text.text)
        found.append(year_in(text, match.start()) if match else None)
    return tuple(year for year in found if year)


def _first_enclosure(headings: tuple[Heading, ...], closing: int | None) -> int | None:
    """The line at which the enclosures begin."""
    return next((h.line for h in headings if closing is not None and h.line > closing), None)
