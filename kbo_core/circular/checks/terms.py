"""One term, one spelling."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.folded import Folded
from kbo_core.circular.letter import Quote
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, info

# Spellings that mean the same; the first one is the official one.
_TERMS = (
    ("กลุ่มปรับตัวสู่การพัฒนา", "กลุ่มปรับตัวเข้าสู่การพัฒนา", "กลุ่มปรับตัวเพื่อการพัฒนา"),
    ("รายเดียว", "รายเดี่ยว"),
    ("วิสาหกิจขนาดกลางและขนาดย่อม", "วิสาหกิจขนาดกลางและขนาดเล็ก"),
)
_UNOFFICIAL = frozenset({"รายเดี่ยว", "วิสาหกิจขนาดกลางและขนาดเล็ก"})


def term_variants(contents: Contents) -> Iterable[Finding]:
    """Tells of terms spelled in two ways, and of spellings that are not the official ones."""
    for spellings in _TERMS:
        found = [(s, quote) for s in spellings if (quote := _first(contents.whole, s))]
        if len(found) > 1 or any(spelling in _UNOFFICIAL for spelling, _ in found):
            seen = beside(*(quote for _, quote in found))
            yield info(
                "term-variants",
                f"line.{found[-1][1].line}",
                f"คำเดียวกันเขียนต่างกัน หรือต่างจากคำทางการ “{spellings[0]}” หมายถึงสิ่งเดียวกันหรือไม่{seen}",
                f"one term in more than one spelling (official: {spellings[0]}): is the same thing meant?{seen}",
            )


def _first(text: Folded, term: str) -> Quote | None:
    at = text.text.find(term)
    return text.quote(at, at + len(term)) if at >= 0 else None
