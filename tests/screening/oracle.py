"""The contract read row by row, in plain Python: what a screening must come to.

It shares nothing with the project but the table of official areas and the similarity measure of rapidfuzz, and is
written to be read beside the contract, not to be fast. Where the contract is silent, the reading taken stands in a
comment.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product as every_combination
from typing import Any

from rapidfuzz import fuzz

from kbo_core.domain.areas import Province, provinces

Row = Mapping[str, str]

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
CLAUSES = ("1a", "1b", "2", "3", "4")

# --- text -----------------------------------------------------------------------------------------------------------

_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"
_TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
_VOWEL_SIGNS = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e4d\u0e4e"
_NIKHAHIT, _AA, _AM = "\u0e4d", "\u0e32", "\u0e33"


@cache
def tidy(text: str) -> str:
    """The text as a careful typist would have typed it, on one line."""
    out: list[str] = []
    for sign in unicodedata.normalize("NFC", "".join(c for c in text if c not in _UNSEEN)):
        last = out[-1] if out else ""
        if "๐" <= sign <= "๙":
            out.append(str(ord(sign) - ord("๐")))
        elif sign == "เ" and last == "เ":
            out[-1] = "แ"
        elif sign in _TONES + _VOWEL_SIGNS and sign == last:
            continue
        elif sign in _VOWEL_SIGNS and last and last in _TONES:
            if len(out) < 2 or out[-2] != sign:
                out.insert(len(out) - 1, sign)
        elif sign == _AA and last == _NIKHAHIT:
            out[-1] = _AM
        elif sign == _AA and last and last in _TONES and len(out) > 1 and out[-2] == _NIKHAHIT:
            out[-2:] = [last, _AM]
        elif sign in _TONES and last == _AM:
            out[-1:] = [sign, _AM]
        else:
            out.append(sign)
    return " ".join("".join(out).split())


@cache
def key_of(text: str) -> str:
    """What two spellings of one name share."""
    return "".join(tidy(text).split()).casefold()


# --- values ---------------------------------------------------------------------------------------------------------

BLANK, ILLEGIBLE = "blank", "illegible"

_GROUPS = ("กลุ่มผู้ผลิตชุมชน", "วิสาหกิจชุมชน")
_OTHERS = {
    "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว": "single_owner",
    "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดี่ยว": "single_owner",
    "รายเดียว": "single_owner",
    "รายเดี่ยว": "single_owner",
    "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม": "sme",
    "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม(sme)": "sme",
    "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม(smes)": "sme",
    "sme": "sme",
    "smes": "sme",
}


@cache
def type_of(cell: str) -> str:
    """``group``, ``single_owner``, ``sme``, or "" for what a person must settle."""
    key = key_of(cell)
    return "group" if key in _GROUPS else _OTHERS.get(key, "")


def stars_of(cell: str) -> int | str:
    """1–5, BLANK or ILLEGIBLE."""
    key = key_of(cell)
    if not key:
        return BLANK
    if key.startswith("ระดับ"):
        key = key[len("ระดับ") :]
    if key.endswith("ดาว"):
        key = key[: -len("ดาว")]
    if key.endswith(".0"):
        key = key[:-2]
    return int(key) if key in ("1", "2", "3", "4", "5") else ILLEGIBLE


def year_of(cell: str) -> int | str:
    """A Buddhist year, BLANK or ILLEGIBLE."""
    key = key_of(cell)
    if not key:
        return BLANK
    for before in ("ปี", "พ.ศ.", "พศ"):
        if key.startswith(before):
            key = key[len(before) :]
    if key.endswith(".0"):
        key = key[:-2]
    digits = len(key) == 4 and all(c in "0123456789" for c in key)
    return int(key) if digits and key[:2] in ("25", "26") else ILLEGIBLE


def quadrant_of(cell: str) -> str:
    """A–D, BLANK or ILLEGIBLE."""
    key = key_of(cell)
    if not key:
        return BLANK
    if key in ("กลุ่มปรับตัวสู่การพัฒนา", "กลุ่มปรับตัวเข้าสู่การพัฒนา"):
        return "D"
    for before in ("กลุ่ม", "quadrant"):
        if key.startswith(before):
            key = key[len(before) :]
    return key.upper() if key in ("a", "b", "c", "d") else ILLEGIBLE


@cache
def province_of(cell: str) -> str:
    """The code of the official province that a cell names, or ""."""
    key = key_of(cell)
    for province in provinces().values():
        for name in (province.code, province.name_th, province.name_en):
            if key in (key_of(name), "จังหวัด" + key_of(name), "จ." + key_of(name)):
                return province.code
    return ""


@cache
def district_of(cell: str, province: Province) -> str:
    """The code of the official district of the province that a cell names, or ""."""
    key = key_of(cell)
    for district in province.districts:
        names = [district.code, district.name_th, district.name_en]
        if district.name_th == "เมือง" + province.name_th:
            names.append("เมือง")
        for name in names:
            if key in (key_of(name), "อำเภอ" + key_of(name), "อ." + key_of(name)):
                return district.code
    return ""


# --- names that may be one ------------------------------------------------------------------------------------------

_WORDS_BEFORE = (
    "วิสาหกิจชุมชน", "กลุ่มแม่บ้านเกษตรกร", "กลุ่มแม่บ้าน", "กลุ่มสตรี", "กลุ่มอาชีพ", "กลุ่มผู้ผลิต", "กลุ่มผลิต", "กลุ่ม",
    "ชมรม", "สหกรณ์", "บริษัท", "บจก.", "ห้างหุ้นส่วนจำกัด", "หจก.", "ร้าน", "นางสาว", "น.ส.", "นาง", "นาย",
)  # fmt: skip


@cache
def _proper(key: str) -> str:
    for word in _WORDS_BEFORE:
        if key.startswith(word) and len(key) - len(word) >= 4:
            return _proper(key[len(word) :])
    return key


def _figures(key: str) -> list[str]:
    return "".join(c if c in "0123456789" else " " for c in key).split()


@cache
def may_be_one(key: str, other: str) -> bool:
    """Equal names, or names that a typing error or another word in front sets apart."""
    if _figures(key) != _figures(other):
        return False
    return (
        _proper(key) == _proper(other) or fuzz.ratio(key, other) >= 90 or fuzz.ratio(_proper(key), _proper(other)) >= 90
    )


# --- the screening --------------------------------------------------------------------------------------------------


@dataclass
class Producer:
    """One producer of the province."""

    own_id: str
    name: str
    district: str
    kind: str
    products: list[Row] = field(default_factory=list)
    doubtful_products: list[Row] = field(default_factory=list)
    on: set[tuple[str, int]] = field(default_factory=set)
    doubtful_on: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class Expected:
    """What the contract asks for. ``stopped`` names the first table that cannot be used as a whole; then nothing else
    is filled in. The id of a producer without one is "" here: the contract leaves it to the project."""

    stopped: str = ""
    decisions: list[dict[str, str]] = field(default_factory=list)
    shortage: dict[str, Any] = field(default_factory=dict)
    quarantined: set[tuple[str, int]] = field(default_factory=set)
    could_close: bool = False


@dataclass(frozen=True)
class Lists:
    """One participant list: its rows, or None where it is affirmed to be empty."""

    programme: str
    fiscal_year_be: int
    label: str
    rows: Sequence[Row] | None


def expect(
    definition: Mapping[str, Any],
    producers: Sequence[Row],
    products: Sequence[Row],
    lists: Sequence[Lists],
    *,
    producers_label: str = "producers.csv",
    products_label: str = "products.csv",
    answers: Mapping[str, str] | None = None,
) -> Expected:
    """The decisions, the shortage and the rows set aside; row 1 of a file is its heading."""
    home = provinces()[definition["province_code"]]
    found = Expected()
    answers = answers or {}

    out, group = _producers(producers, home)
    if _too_many(out, producers):
        return Expected(stopped=producers_label)
    found.quarantined |= {(producers_label, n) for n in out}

    out = _link_products(products, group, home, answers)
    if _too_many(out, products):
        return Expected(stopped=products_label)
    found.quarantined |= {(products_label, n) for n in out}

    for listed in lists:
        if listed.rows is None:
            continue
        out = _link_participants(listed, group, home, answers)
        if _too_many(out, listed.rows):
            return Expected(stopped=listed.label)
        found.quarantined |= {(listed.label, n) for n in out}

    _decide(found, definition, group, {(one.programme, one.fiscal_year_be) for one in lists})
    return found


def _too_many(out: set[int], rows: Sequence[Row]) -> bool:
    counted = [row for row in rows if not _is_blank(row)]
    return not counted or 5 * len(out) > len(counted)


def _is_blank(row: Row) -> bool:
    return not any(cell.strip() for cell in row.values())  # an empty line of a sheet is no row of its table


def _unplaced(row: Row, home: Province, *, needs_district: bool) -> bool:
    district = tidy(row.get("district", ""))
    if not tidy(row["producer_name"]) or not province_of(row["province"]):
        return True
    return not district_of(district, home) if district or needs_district else False


def _producers(rows: Sequence[Row], home: Province) -> tuple[set[int], list[Producer]]:
    out: set[int] = set()
    placed: list[tuple[int, Row]] = []
    for n, row in enumerate(rows, start=2):
        if _is_blank(row) or province_of(row["province"]) not in ("", home.code):
            continue
        if _unplaced(row, home, needs_district=True):
            out.add(n)
        else:
            placed.append((n, row))

    # Of rows with one id the fuller stays, then the lesser in text order, so that the order of rows has no say.
    def rank(numbered: tuple[int, Row]) -> tuple[Any, ...]:
        n, row = numbered
        texts = (
            district_of(row["district"], home),
            tidy(row["producer_name"]),
            tidy(row.get("producer_id", "")),
            type_of(row["producer_type"]),
            tidy(row.get("subdistrict", "")),
            tidy(row["producer_type"]),
        )
        return (sum(text == "" for text in texts), *texts, n)

    group: list[Producer] = []
    taken: set[str] = set()
    for n, row in sorted(placed, key=rank):
        own_id = tidy(row.get("producer_id", ""))
        if own_id and own_id in taken:
            out.add(n)
            continue
        taken.add(own_id)
        kinds = {type_of(r["producer_type"]) for _, r in placed if tidy(r.get("producer_id", "")) == own_id} - {""}
        kind = type_of(row["producer_type"])
        if own_id and len(kinds) > 1:  # rows of one producer that disagree: nobody here knows
            kind = ""
        group.append(Producer(own_id, tidy(row["producer_name"]), district_of(row["district"], home), kind))
    return out, group


def _whose(
    row: Row, table: str, group: list[Producer], home: Province, answers: Mapping[str, str]
) -> tuple[Producer | None, list[Producer]]:
    """The producer of a row, or those that it may belong to."""
    own_id, name = tidy(row.get("producer_id", "")), tidy(row["producer_name"])
    key, district = key_of(row["producer_name"]), district_of(row.get("district", ""), home)
    for producer in group:
        if own_id and producer.own_id == own_id:
            return producer, []
    # Two ids that differ are never one producer by name alone: that is a doubt.
    same = [
        p
        for p in group
        if key_of(p.name) == key and not (own_id and p.own_id) and (not district or district == p.district)
    ]
    if len(same) == 1:
        return same[0], []
    doubts = same or [p for p in group if may_be_one(key, key_of(p.name))]
    for producer in doubts:
        if answers.get(f"{table}: {name} ~ {producer.own_id}") == "same":
            return producer, []
    return None, [p for p in doubts if answers.get(f"{table}: {name} ~ {p.own_id}") != "different"]


def _link_products(rows: Sequence[Row], group: list[Producer], home: Province, answers: Mapping[str, str]) -> set[int]:
    out = set()
    for n, row in enumerate(rows, start=2):
        if _is_blank(row) or province_of(row["province"]) not in ("", home.code):
            continue
        if _unplaced(row, home, needs_district=False):
            out.add(n)
            continue
        certain, doubts = _whose(row, "products", group, home, answers)
        if certain:
            certain.products.append(row)
        for producer in doubts:
            producer.doubtful_products.append(row)
        if not certain and not doubts:
            out.add(n)
    return out


def _link_participants(listed: Lists, group: list[Producer], home: Province, answers: Mapping[str, str]) -> set[int]:
    out = set()
    entry = (listed.programme, listed.fiscal_year_be)
    for n, row in enumerate(listed.rows or (), start=2):
        if _is_blank(row) or province_of(row["province"]) not in ("", home.code):
            continue
        if _unplaced(row, home, needs_district=False):
            out.add(n)
            continue
        certain, doubts = _whose(row, f"{entry[0]} {entry[1]}", group, home, answers)
        if certain:
            certain.on.add(entry)
        for producer in doubts:
            producer.doubtful_on.add(entry)
    return out


# --- clauses --------------------------------------------------------------------------------------------------------


def _clause_1a(producer: Producer) -> str:
    return {"group": PASS, "": UNKNOWN}.get(producer.kind, FAIL)


def _rating(row: Row, rules: Mapping[str, Any]) -> str:
    """What one product row says: within, above, below, unclear or nothing."""
    year, stars = year_of(row["rating_year_be"]), stars_of(row["stars"])
    if stars == BLANK:
        return "nothing"
    if year in (BLANK, ILLEGIBLE):
        return "unclear"
    if year != rules["star_year_be"]:
        return "nothing"
    if stars == ILLEGIBLE:
        return "unclear"
    low, high = rules["stars"]
    assert isinstance(stars, int)
    return "below" if stars < low else "above" if stars > high else "within"


def _stars_judged(said: set[str], scope: str) -> str:
    if scope == "any":
        return PASS if "within" in said else UNKNOWN if "unclear" in said else FAIL
    against = {"above", "below"} if scope == "all" else {"above"}
    if said & against:
        return FAIL
    return UNKNOWN if "unclear" in said else PASS if "within" in said else FAIL


def _clause_1b(producer: Producer, rules: Mapping[str, Any]) -> str:
    sure = {_rating(row, rules) for row in producer.products}
    perhaps = sorted({_rating(row, rules) for row in producer.doubtful_products})
    # Any of the doubtful products may be this producer's: the verdict stands only if it is the same in each case.
    cases = set()
    for chosen in every_combination((False, True), repeat=len(perhaps)):
        extra = {said for said, belongs in zip(perhaps, chosen, strict=True) if belongs}
        cases.add(_stars_judged(sure | extra, rules.get("star_scope", "any")))
    return cases.pop() if len(cases) == 1 else UNKNOWN


def _off_the_lists(producer: Producer, wanted: set[tuple[str, int]], given: set[tuple[str, int]]) -> str:
    if producer.on & wanted:
        return FAIL
    return UNKNOWN if producer.doubtful_on & wanted or wanted - given else PASS


def _clause_3(producer: Producer, fallback: Mapping[str, Any], given: set[tuple[str, int]]) -> str:
    wanted = fallback.get("quadrant_year_be")
    if wanted is None:
        return UNKNOWN
    if fallback.get("source", "classified_d") == "project_participants":
        return {PASS: FAIL, FAIL: PASS, UNKNOWN: UNKNOWN}[_off_the_lists(producer, {("QD", wanted)}, given)]

    def said(row: Row) -> str:
        year, quadrant = year_of(row.get("quadrant_year_be", "")), quadrant_of(row.get("quadrant", ""))
        if year == wanted:
            return {"D": PASS, ILLEGIBLE: UNKNOWN}.get(quadrant, FAIL)
        if year == ILLEGIBLE:
            return FAIL if quadrant == BLANK else UNKNOWN
        return UNKNOWN if year == BLANK and quadrant in ("D", ILLEGIBLE) else FAIL

    sure = {said(row) for row in producer.products}
    if PASS in sure:
        return PASS
    return UNKNOWN if UNKNOWN in sure or {said(row) for row in producer.doubtful_products} - {FAIL} else FAIL


def _clause_4(producer: Producer, fallback: Mapping[str, Any], given: set[tuple[str, int]]) -> str:
    year = fallback.get("exclude_project_year_be")
    return UNKNOWN if year is None else _off_the_lists(producer, {("QD", year)}, given)


def _and(values: Sequence[str]) -> str:
    return FAIL if FAIL in values else UNKNOWN if UNKNOWN in values else PASS


# --- verdicts -------------------------------------------------------------------------------------------------------


def _decide(found: Expected, definition: Mapping[str, Any], group: list[Producer], given: set[tuple[str, int]]) -> None:
    rules, quota = definition["rules"], definition["quota"]
    fallback = rules["fallback"]
    scope = fallback.get("scope", "province")
    past = {("KBO", year) for year in rules["kbo_exclusion_years_be"]}
    judged = []
    for producer in group:
        clauses = {
            "1a": _clause_1a(producer),
            "1b": _clause_1b(producer, rules),
            "2": _off_the_lists(producer, past, given),
            "3": _clause_3(producer, fallback, given),
            "4": _clause_4(producer, fallback, given),
        }
        first = ["1a", "1b", "2"] + (["4"] if rules.get("clause_4_binds_tier_1") else [])
        second = ["1a", "3", "4"] + (["2"] if fallback.get("clause_2_binds", True) else [])
        judged.append((producer, clauses, _and([clauses[c] for c in first]), _and([clauses[c] for c in second])))

    def passing(code: str | None) -> int:
        return sum(first == PASS for p, _, first, _ in judged if code is None or p.district == code)

    def pending(code: str | None) -> int:
        return sum(first == UNKNOWN for p, _, first, _ in judged if code is None or p.district == code)

    province_open = scope == "province" and sum(quota.values()) > passing(None)
    open_in = {code for code, places in quota.items() if scope == "district" and places > passing(code)}
    if scope == "province":
        lacking = sum(quota.values()) - passing(None)
        found.could_close = 0 < lacking <= pending(None)
    elif scope == "district":
        found.could_close = any(0 < quota[c] - passing(c) <= pending(c) for c in quota)

    for producer, clauses, tier_1, tier_2 in judged:
        is_open = province_open or producer.district in open_in
        tier, verdict = "", "ineligible"
        if tier_1 == PASS:
            tier, verdict = "1", "eligible"
        elif is_open and tier_2 == PASS:
            tier, verdict = "2", "eligible"
        elif tier_1 == UNKNOWN or (is_open and tier_2 == UNKNOWN):
            verdict = "unknown"
        found.decisions.append(
            {
                "producer_id": producer.own_id,
                "producer_name": producer.name,
                "district_code": producer.district,
                **{f"clause_{code}": clauses[code] for code in CLAUSES},
                "tier": tier,
                "verdict": verdict,
            }
        )

    order = list(quota)
    found.decisions.sort(
        key=lambda d: (
            order.index(d["district_code"]) if d["district_code"] in order else len(order),
            d["district_code"],
            d["producer_name"],
        )
    )
    found.shortage = {
        "scope": scope,
        "fallback_open": province_open or bool(open_in),
        "province": _figures_of(found.decisions, sum(quota.values())),
        "districts": [
            {
                "district_code": code,
                **_figures_of([d for d in found.decisions if d["district_code"] == code], places),
            }
            for code, places in quota.items()
        ],
    }


def _figures_of(decisions: list[dict[str, str]], places: int) -> dict[str, int]:
    tier_1 = sum(d["tier"] == "1" for d in decisions)
    return {
        "quota": places,
        "tier_1": tier_1,
        "tier_2": sum(d["tier"] == "2" for d in decisions),
        "unknown": sum(d["verdict"] == "unknown" for d in decisions),
        "short": max(0, places - tier_1),
    }
