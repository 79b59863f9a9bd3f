"""The guideline's clauses, one by one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from kbo_core.circular.folded import Folded, fold
from kbo_core.circular.letter import Quote
from kbo_core.circular.lines import Marker, Page

STARS = re.compile(r"ดาว")
QUADRANT = re.compile(r"quadrant|ควอดแรน|กลุ่มปรับตัว|กลุ่ม\"?D\b", re.IGNORECASE)
EXCLUSION = re.compile(r"(?:ไม่|มิ)(?:ให้)?(?:ซ้ำ|เคย|ได้(?:เป็น|เข้าร่วม)|เป็น(?:ผู้|กลุ่ม)\S{0,20}?เข้าร่วม)|ยกเว้น\S{0,20}?เข้าร่วม")
_APART = re.compile(r"ในกรณี|ทั้งนี้|หมายเหตุ|อนึ่ง")
_REFERENCE = re.compile(
    r"ข้อ(?:ที่)?(\d{1,2}(?:\.\d{1,2})*(?:(?:,|และ|หรือ|-|ถึง)(?:ข้อ(?:ที่)?)?\d{1,2}(?:\.\d{1,2})*)*)(?!\d)"
)


@dataclass(frozen=True)
class Clause:
    """A clause as printed: ``label`` is its number, empty where the list has only bullets."""

    label: str
    quote: Quote
    text: Folded


@dataclass(frozen=True)
class Guideline:
    """The clauses in order, and every number that heads one of them or a part of one."""

    clauses: tuple[Clause, ...] = ()
    labels: frozenset[str] = frozenset()

    @property
    def start(self) -> int | None:
        return self.clauses[0].quote.start if self.clauses else None


def read_guideline(page: Page, cuts: Iterable[int], skipped: tuple[tuple[int, int], ...]) -> Guideline:
    """The clauses of the first part of the letter that speaks of stars or of who is excluded.

    ``cuts`` are the offsets at which parts begin; ``skipped`` are stretches that hold no clause.
    """
    bounds = sorted({0, len(page.letter.source), *cuts})
    best = Guideline()
    for start, end in pairwise(bounds):
        if any(a <= start and end <= b for a, b in skipped):
            continue
        found = _numbered(page, start, end, skipped) or _plain(page, start, end, skipped)
        if found and _weight(found) > _weight(best):
            best = found
    return best


def references(clause: Clause) -> list[tuple[str, Quote]]:
    """Each clause number that a clause points to, with its words."""
    found = []
    for match in _REFERENCE.finditer(clause.text.text, 3):
        found += [(label, clause.text.quote_of(match)) for label in re.findall(r"\d+(?:\.\d+)*", match[1])]
    return found


def _weight(guideline: Guideline) -> int:
    """How many of the three things that a guideline speaks of are there."""
    return sum(any(p.search(c.text.text) for c in guideline.clauses) for p in (STARS, QUADRANT, EXCLUSION))


def _numbered(page: Page, start: int, end: int, skipped: tuple[tuple[int, int], ...]) -> Guideline | None:
    inside = [m for m in page.markers if start <= m.start < end and not any(a <= m.start < b for a, b in skipped)]
    groups: list[list[Marker]] = []
    for marker in inside:
        if not groups or (
            int(marker.label.split(".")[0]) <= int(groups[-1][-1].label.split(".")[0]) and "." not in marker.label
        ):
            groups.append([])
        groups[-1].append(marker)
    zones = _zones([m.start for m in inside], end)
    told = [group for group in groups if any(_is_told(page, m.start, zones[m.start]) for m in group)]
    if not told:
        return None
    clauses: list[Clause] = []
    for group in told:
        tops = [m for m in group if "." not in m.label] or group
        for marker in tops:
            until = next((m.start for m in tops if m.start > marker.start), zones[group[-1].start])
            clauses.append(_clause(page, marker.label, marker.start, until))
    return Guideline(tuple(clauses), frozenset(m.label for group in told for m in group))


def _plain(page: Page, start: int, end: int, skipped: tuple[tuple[int, int], ...]) -> Guideline | None:
    """Clauses without numbers: each paragraph or bullet that says one of the three things."""
    starts = [
        page.openings[i]
        for i in range(len(page.plain))
        if start <= page.openings[i] < end
        and (page.begins(i) or _is_bullet(page, i))
        and not any(a <= page.openings[i] < b for a, b in skipped)
    ]
    told = [(a, b) for a, b in _zones(starts, end).items() if _is_told(page, a, b)]
    return Guideline(tuple(_clause(page, "", a, b) for a, b in told)) if told else None


def _zones(starts: list[int], end: int) -> dict[int, int]:
    """Each start with the next one, the last with the end."""
    return dict(zip(starts, [*starts, end][1:], strict=True))


def _is_bullet(page: Page, i: int) -> bool:
    lead = page.letter.source[page.letter.line_starts[i] : page.openings[i]]
    is_range = page.opening(i)[:1].isdigit()  # "๑ / - ๓ ดาว", broken before its dash
    return not is_range and any(sign in lead for sign in "-•●▪◦○")


def _is_told(page: Page, start: int, end: int) -> bool:
    text = fold(page.letter, start, end).text
    return any(pattern.search(text) for pattern in (STARS, QUADRANT, EXCLUSION))


def _clause(page: Page, label: str, start: int, end: int) -> Clause:
    return Clause(label, page.letter.quote(start, _quote_end(page, start, end)), fold(page.letter, start, end))


def _quote_end(page: Page, start: int, end: int) -> int:
    """Where the clause's own sentence ends: a paragraph that follows it introduces the next."""
    first = page.letter.line_of(start) - 1
    for i in range(first + 1, len(page.plain)):
        if page.letter.line_starts[i] >= end:
            break
        if page.blank[i] or (_APART.match(page.opening(i)) and not page.has_paragraphs):
            return page.letter.line_starts[i]
    return end
