"""The guideline's parameters: stars, years, exclusions, the fallback and its conditions."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from kbo_core.circular.folded import Folded
from kbo_core.circular.guideline import EXCLUSION, QUADRANT, Clause, Guideline
from kbo_core.circular.letter import Printed, Quote
from kbo_core.circular.thai_numerals import number_in_words
from kbo_core.circular.years import year_in, year_list, years_in

T = TypeVar("T")

_LEVEL = r"(?:[1-5]|หนึ่ง|สอง|สาม|สี่|ห้า)"
_STAR_RANGES = re.compile(
    rf"(?P<low>{_LEVEL})(?:ดาว)?(?:-|จน|ถึง)+(?:ระดับ)?(?P<high>{_LEVEL})\)?ดาว"
    rf"|(?:ดาวระดับ|ระดับดาว)(?P<low_after>{_LEVEL})(?:-|จน|ถึง)+(?P<high_after>{_LEVEL})"
    rf"|(?P<low_upward>{_LEVEL})ดาวขึ้นไป(?:และ|แต่)*ไม่เกิน(?P<high_upward>{_LEVEL})ดาว"
    rf"|(?P<several>{_LEVEL}(?:(?:ดาว|,|และ|หรือ| )+{_LEVEL})+)ดาว"
    rf"|(?P<upward>{_LEVEL})ดาวขึ้นไป|(?<!เกิน)(?<!กว่า)(?<![\d.])(?P<single>{_LEVEL})ดาว(?!ลงมา)"
)
_PAIRS = (("low", "high"), ("low_after", "high_after"), ("low_upward", "high_upward"))
_SHORTAGE = re.compile(r"ไม่(?:เพียงพอ|พอ|ครบ)|น้อยกว่า")
_WHERE_SHORT = re.compile(r"(?:กรณี|หาก|ถ้า)ที่?(?P<area>จังหวัด|อำเภอ)(?:ใด)?.{0,200}?(?:ไม่(?:เพียงพอ|พอ|ครบ)|น้อยกว่า)")
_WHOLE_PROVINCE = re.compile(r"(?:ภาพรวม|รวม|ทั้ง)(?:ของ)?(?:ทั้ง)?จังหวัด.{0,200}?(?:ไม่(?:เพียงพอ|พอ|ครบ)|น้อยกว่า)")
_CLASSIFIED = re.compile(
    r"(?:จัดอยู่|จัด(?:ไว้|กลุ่ม)?(?:ให้)?(?:เป็น|อยู่|ใน)|จำแนก|ผลการจัดกลุ่ม).{0,40}?(?:quadrant|กลุ่มปรับตัว|กลุ่มD)", re.I
)
_PARTICIPANTS = re.compile(r"เข้าร่วม(?:โครงการ|กิจกรรม).{0,80}?(?:quadrant|กลุ่มปรับตัว)", re.I)
_KBO = re.compile(r"KBO|องค์ความรู้", re.I)
_QUANTIFIERS = (
    ("any", re.compile(r"อย่างน้อย(?:1|หนึ่ง)(?:ผลิตภัณฑ์|รายการ)|ผลิตภัณฑ์ใดผลิตภัณฑ์หนึ่ง")),
    ("all", re.compile(r"ทุกผลิตภัณฑ์|ผลิตภัณฑ์ทั้งหมด")),
    ("best", re.compile(r"(?:ระดับ|ดาว)สูงสุด")),
)
_TYPES = re.compile(r"กลุ่มผู้ผลิตชุมชน|ผู้ผลิตชุมชนที่เป็นเจ้าของราย(?:เดียว|เดี่ยว)|วิสาหกิจขนาดกลาง")
COMMUNITY_GROUP = "กลุ่มผู้ผลิตชุมชน"


@dataclass(frozen=True)
class Rules:
    """The parameters as printed, each None where the guideline does not say."""

    producer_type: Printed[str] | None
    stars: tuple[Printed[tuple[int, int]], ...]
    star_year: Printed[int] | None
    star_scope: Printed[str] | None
    kbo_years: Printed[tuple[int, ...]] | None
    kbo_clause: Clause | None
    fallback: Quote | None
    shortage: Quote | None
    scope: Printed[str] | None
    source: Printed[str] | None
    quadrant_year: Printed[int] | None
    project_year: Printed[int] | None
    project_clause: Clause | None
    kbo_clause_binds: Printed[bool] | None


@dataclass(frozen=True)
class _Exclusion:
    programme: str
    years: Printed[tuple[int, ...]] | None
    clause: Clause


def read_rules(guideline: Guideline) -> Rules:
    """Every parameter that the clauses state."""
    clauses = guideline.clauses
    stars = tuple(found for clause in clauses for found in _stars(clause.text))
    exclusions = [found for clause in clauses for found in _exclusions(clause)]
    kbo = next((e for e in exclusions if e.programme == "KBO"), None)
    project = next((e for e in exclusions if e.programme == "QD"), None)
    fallback = next((c for c in clauses if _fallback_at(c.text) is not None), None)
    years = project.years if project else None
    return Rules(
        producer_type=_first(clauses, _producer_type),
        stars=stars,
        star_year=_first(clauses, _star_year),
        star_scope=_first(clauses, _star_scope),
        kbo_years=kbo.years if kbo else None,
        kbo_clause=kbo.clause if kbo else None,
        fallback=fallback.quote if fallback else None,
        shortage=_first(clauses, _where_short) or _first(clauses, _shortage),
        scope=_first(clauses, _scope),
        source=_source(fallback.text) if fallback else None,
        quadrant_year=_quadrant_year(fallback.text) if fallback else None,
        project_year=Printed(years.value[0], years.quote) if years and len(years.value) == 1 else None,
        project_clause=project.clause if project else None,
        kbo_clause_binds=_binds(clauses, kbo.clause) if kbo else None,
    )


def _first(clauses: tuple[Clause, ...], read: Callable[[Folded], T | None]) -> T | None:
    return next((found for clause in clauses if (found := read(clause.text)) is not None), None)


def _producer_type(text: Folded) -> Printed[str] | None:
    match = _TYPES.search(text.text)
    return Printed(match[0], text.quote_of(match)) if match else None


def _stars(text: Folded) -> Iterator[Printed[tuple[int, int]]]:
    for match in _STAR_RANGES.finditer(text.text):
        if ends := _ends(match):
            yield Printed(ends, text.quote_of(match))


def _ends(match: re.Match[str]) -> tuple[int, int] | None:
    """The range's ends as printed; None for an enumeration with a gap, which is no range."""
    for low, high in _PAIRS:
        if match[low]:
            return _level(match[low]), _level(match[high])
    if match["several"]:
        levels = [_level(word) for word in re.findall(_LEVEL, match["several"])]
        is_range = sorted(levels) == list(range(min(levels), max(levels) + 1))
        return (min(levels), max(levels)) if is_range else None
    if match["upward"]:
        return _level(match["upward"]), 5
    return _level(match["single"]), _level(match["single"])


def _level(text: str) -> int:
    return int(text) if text.isdigit() else number_in_words(text) or 0


def _star_year(text: Folded) -> Printed[int] | None:
    """The rating year: the year after the stars, before the sentence turns to something else; else the one before."""
    match = _STAR_RANGES.search(text.text)
    if not match:
        return None
    turn = min(
        (m.start() for p in (EXCLUSION, QUADRANT) if (m := p.search(text.text, match.end()))), default=len(text.text)
    )
    return year_in(text, match.end(), turn) or next(iter([*years_in(text, 0, match.start())][::-1]), None)


def _star_scope(text: Folded) -> Printed[str] | None:
    for scope, pattern in _QUANTIFIERS:
        if "ดาว" in text.text and (match := pattern.search(text.text)):
            return Printed(scope, text.quote_of(match))
    return None


def _exclusions(clause: Clause) -> Iterator[_Exclusion]:
    text = clause.text
    triggers = list(EXCLUSION.finditer(text.text))
    for i, trigger in enumerate(triggers):
        end = triggers[i + 1].start() if i + 1 < len(triggers) else len(text.text)
        said = text.text[trigger.end() : end]
        named = [(m.start(), name) for name, p in (("QD", QUADRANT), ("KBO", _KBO)) if (m := p.search(said))]
        if named:
            yield _Exclusion(min(named)[1], year_list(text, trigger.end(), end), clause)


def _fallback_at(text: Folded) -> int | None:
    """Where a clause opens the fallback: Quadrant D, not behind an exclusion, and not as the exclusion's subject."""
    quadrant = QUADRANT.search(text.text)
    exclusion = EXCLUSION.search(text.text)
    if not quadrant or (exclusion and exclusion.start() < quadrant.start()):
        return None
    if exclusion and not _SHORTAGE.search(text.text):
        return None
    return quadrant.start()


def _quadrant_year(text: Folded) -> Printed[int] | None:
    at = _fallback_at(text) or 0
    exclusion = EXCLUSION.search(text.text)
    end = exclusion.start() if exclusion else len(text.text)
    if found := year_in(text, at, end):
        return found
    short = [m.end() for m in _SHORTAGE.finditer(text.text, 0, at)]
    return next(iter([*years_in(text, short[-1] if short else 0, at)][::-1]), None)


def _source(text: Folded) -> Printed[str] | None:
    exclusion = EXCLUSION.search(text.text)
    end = exclusion.start() if exclusion else len(text.text)
    for source, pattern in (("project_participants", _PARTICIPANTS), ("classified_d", _CLASSIFIED)):
        if match := pattern.search(text.text, 0, end):
            return Printed(source, text.quote_of(match))
    return None


def _shortage(text: Folded) -> Quote | None:
    match = _SHORTAGE.search(text.text)
    return text.quote_of(match) if match else None


def _where_short(text: Folded) -> Quote | None:
    match = _WHERE_SHORT.search(text.text)
    return text.quote_of(match) if match else None


def _scope(text: Folded) -> Printed[str] | None:
    """Whose shortage opens the fallback, where the words leave no doubt.

    "The province has too few" does leave doubt, for the places are the districts': it is no answer here.
    """
    if match := _WHOLE_PROVINCE.search(text.text):
        return Printed("province", text.quote_of(match))
    match = _WHERE_SHORT.search(text.text)
    return Printed("district", text.quote_of(match)) if match and match["area"] == "อำเภอ" else None


def _binds(clauses: tuple[Clause, ...], kbo: Clause) -> Printed[bool] | None:
    """What a fallback clause says of the clause that excludes former participants."""
    if not kbo.label:
        return None
    said = re.compile(rf"(?P<not>ไม่ต้อง|ยกเว้น|ไม่นำ|ไม่ใช้)?.{{0,40}}?ข้อ(?:ที่)?{re.escape(kbo.label)}(?![\d.])")
    for clause in clauses:
        if clause is not kbo and QUADRANT.search(clause.text.text) and (match := said.search(clause.text.text, 3)):
            return Printed(match["not"] is None, clause.text.quote_of(match))
    return None
