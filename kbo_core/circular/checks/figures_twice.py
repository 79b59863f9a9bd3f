"""A figure that stands in two places is the same in both."""

import re
from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.folded import folded
from kbo_core.circular.quoting import beside
from kbo_core.circular.thai_numerals import number_in_words
from kbo_core.domain.findings import Finding, block

_TOTAL = re.compile(r"(?:รวม(?:ทั้งสิ้น|ทั้งหมด)?|ทั้งสิ้น|ทั้งหมด)(?:จำนวน)?(\d{1,4})(?:กลุ่ม|ราย)")
_DISTRICTS = re.compile(r"(?:ทั้ง|จำนวน|ทั้งหมด|ครบ)(\d{1,2})อำเภอ")


def figures_twice(contents: Contents) -> Iterable[Finding]:
    """Asks about totals, counts, star ranges and numbers in words that contradict one another."""
    yield from _words(contents)
    yield from _total(contents)
    yield from _districts(contents)
    yield from _stars(contents)


def _words(contents: Contents) -> Iterable[Finding]:
    for row in contents.register.rows:
        spelled = number_in_words(row.words or "")
        if spelled is not None and row.count is not None and spelled != row.count:
            yield _differ("quota", f"{row.name}: {row.count}", str(spelled), beside(row.quote))


def _total(contents: Contents) -> Iterable[Finding]:
    total = contents.register.total
    match = _TOTAL.search(contents.body.text)
    if match and total and total.count is not None and int(match[1]) != total.count:
        quote = contents.body.quote_of(match)
        yield _differ("allocation.total", match[1], str(total.count), beside(quote, total.quote))


def _districts(contents: Contents) -> Iterable[Finding]:
    match = _DISTRICTS.search(contents.body.text)
    named = {folded(row.name) for row in contents.register.rows}
    if match and named and int(match[1]) != len(named):
        yield _differ("quota", match[0], f"{len(named)} อำเภอในตาราง", beside(contents.body.quote_of(match)))


def _stars(contents: Contents) -> Iterable[Finding]:
    stars = contents.rules.stars
    other = next((s for s in stars if s.value != stars[0].value), None)
    if other:
        yield _differ("rules.stars", stars[0].quote.shown, other.quote.shown, beside(stars[0].quote, other.quote))


def _differ(where: str, one: str, two: str, seen: str) -> Finding:
    return block(
        "figures-differ",
        where,
        f"ตัวเลขเดียวกันเขียนไว้สองแห่งไม่ตรงกัน ({one} / {two}) จำนวนใดถูกต้อง{seen}",
        f"one figure is written twice and differs ({one} / {two}): which is right?{seen}",
    )
