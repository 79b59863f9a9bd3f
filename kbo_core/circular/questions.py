"""The questions that a letter leaves open, and a definition from the answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kbo_core.circular.completion import MEANINGS, completed
from kbo_core.circular.dates import dates
from kbo_core.circular.folded import fold
from kbo_core.circular.letter import Letter
from kbo_core.circular.participant_lists import needed_lists
from kbo_core.circular.reading import Reading
from kbo_core.domain.areas import find_district, find_province
from kbo_core.domain.findings import Finding, Severity, refused
from kbo_core.domain.thai_dates import long_date
from kbo_core.domain.thai_text import clean

NONE_AFFIRMED = "ไม่มี"
"""The answer that affirms an empty participant list."""

_SETTINGS = {
    "insufficiency-scope": ("province", "district", "off"),
    "tier2-source": ("classified_d", "project_participants"),
    "tier2-clause2": ("true", "false"),
    "star-quantifier": ("any", "all", "best"),
}
_DATES = ("deadline.on", "circular.issued_on")
_YEARS = (
    "programme_year_be",
    "rules.star_year_be",
    "rules.fallback.quadrant_year_be",
    "rules.fallback.exclude_project_year_be",
)
_LISTS = ("rules.kbo_exclusion_years_be", "rules.stars")
_TEXTS = ("circular.number", "province_code")
_ASKED_ANEW = (
    "value-missing",
    "date-impossible",
    "deadline-before-issue",
    "deadline-twice",
    "programme-year-mismatch",
    "province-mismatch",
    "star-range",
)


@dataclass(frozen=True)
class Hint:
    """A candidate, offered and never taken by itself."""

    value: str
    label_th: str


@dataclass(frozen=True)
class Question:
    """One question. ``key`` is the place of the definition that the answer fills; None when it only confirms."""

    code: str
    where: str
    text_th: str
    key: str | None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A named person's answer. ``value`` is empty where the printed value is confirmed as it stands."""

    code: str
    where: str
    value: str
    by: str
    on: date
    reason: str


def open_questions(reading: Reading) -> list[Question]:
    """What a person must answer before the cycle can start: contradictions, gaps, settings, files."""
    asked = [f for f in reading.findings if f.severity is Severity.BLOCK or f.code in _SETTINGS]
    questions = [_question(reading, finding) for finding in asked]
    questions += [
        Question("source-needed", f"sources.{name}", f"แฟ้ม{thai}อยู่ที่ใด", f"sources.{name}")
        for name, thai in (("producers", "ทะเบียนผู้ผลิต"), ("products", "ทะเบียนผลิตภัณฑ์"))
    ]
    asked_for = {question.where for question in questions}
    for programme, year in needed_lists(reading.definition):
        if (where := f"sources.participants.{programme}-{year}") not in asked_for:
            text = f"บัญชีผู้เข้าร่วม {programme} ปี {year} ที่แนบมากับหนังสือ อยู่ในแฟ้มใด"
            questions.append(Question("source-needed", where, text, where))
    return questions


def apply_answers(reading: Reading, answers: Iterable[Answer]) -> dict[str, Any]:
    """The definition with the answers in it; the printed deadline stays beside the confirmed one.

    Raises RefusedError for an answer that cannot be read as what was asked for.
    """
    definition = completed(reading)
    definition.setdefault("sources", {}).setdefault("participants", [])
    definition.setdefault("settled", [])
    by_place = {(q.code, q.where): q for q in open_questions(reading)}
    for answer in answers:
        question = by_place.get((answer.code, answer.where))
        if question is None:
            raise refused("answer-unasked", answer.where, "ไม่มีคำถามนี้", f"nobody asked {answer.code}")
        if answer.value.strip():
            _fill(reading, definition, question, answer)
        if question.code not in ("source-needed", "exclusion-list-missing"):
            definition["settled"].append(
                {
                    "finding": answer.code,
                    "where": answer.where,
                    "by": answer.by,
                    "on": answer.on,
                    "reason": answer.reason,
                }
            )
    if "programme_year_be" in definition and "province_code" in definition:
        definition["cycle"] = f"kbo-{definition['programme_year_be']}-{definition['province_code']}"
    if definition["rules"]["fallback"]["scope"] == "off":
        definition["rules"]["fallback"] = {"scope": "off"}
    return definition


def _question(reading: Reading, finding: Finding) -> Question:
    key = finding.where if _is_filled_by(finding) else None
    text = finding.message_th
    if finding.code in _SETTINGS:
        text = f"{text} ({MEANINGS[finding.where]})"
    return Question(finding.code, finding.where, text, key, tuple(_hints(reading, finding)))


def _is_filled_by(finding: Finding) -> bool:
    if finding.code in _ASKED_ANEW:
        return finding.where in (*_DATES, *_YEARS, *_LISTS, *_TEXTS)
    return (
        finding.code in _SETTINGS
        or finding.code == "exclusion-list-missing"
        or (finding.where.startswith("quota.") and finding.code != "quota-sum")
    )


def _hints(reading: Reading, finding: Finding) -> Iterable[Hint]:
    contents = reading.contents
    if finding.code in _SETTINGS:
        yield from (Hint(value, value) for value in _SETTINGS[finding.code])
    elif finding.code == "deadline-before-issue":
        printed, issued = reading.definition["deadline"]["on"], reading.definition["circular"]["issued_on"]
        later = _years_later(printed, issued)
        yield Hint(later.isoformat(), f"วันเดียวกันของปีถัดไป {long_date(later)}")
    elif finding.code == "deadline-twice":
        days = dict.fromkeys(limit.day.on for limit in contents.limits if limit.day.on)
        yield from (Hint(day.isoformat(), long_date(day)) for day in days)
    elif finding.code == "programme-year-mismatch":
        yield from (Hint(str(year), str(year)) for year in dict.fromkeys(y.value for y in contents.programme_years))
    elif finding.code == "missing-district" or finding.code == "quota-not-read":
        yield Hint("0", "ไม่ได้รับจัดสรร")
    elif finding.code == "unknown-district" and contents.province:
        named = {district for _, district in contents.placed}
        yield from (Hint(d.code, d.title_th) for d in contents.province.value.districts if d not in named)
    elif finding.code == "duplicate-district":
        counts = [r.count for r, d in contents.placed if d and finding.where == f"quota.{d.code}"]
        yield from (Hint(str(count), str(count)) for count in counts if count is not None)
    elif finding.code == "exclusion-list-missing":
        yield Hint(NONE_AFFIRMED, "ยืนยันว่าไม่มีผู้เข้าร่วม")


def _years_later(day: date, after: date) -> date:
    """The same day of the first year that puts it after another; 29 February becomes the 28th."""
    year = day.year
    while True:
        year += 1
        try:
            later = day.replace(year=year)
        except ValueError:
            later = day.replace(year=year, day=28)
        if later >= after:
            return later


def _fill(reading: Reading, definition: dict[str, Any], question: Question, answer: Answer) -> None:
    key, value = question.key, clean(answer.value)
    if key is None:
        return
    if key.startswith("sources.participants."):
        programme, year = key.rsplit(".", 1)[1].split("-")
        entry: dict[str, Any] = {"programme": programme, "fiscal_year_be": int(year)}
        entry |= {"empty": "confirmed"} if value == NONE_AFFIRMED else {"path": answer.value.strip()}
        definition["sources"]["participants"].append(entry)
    elif question.code == "source-needed":
        definition["sources"][key.rsplit(".", 1)[1]] = {"path": answer.value.strip()}
    elif question.code == "unknown-district":
        _place_row(reading, definition, question, value)
    else:
        if key == "deadline.on" and isinstance(definition["deadline"].get("on"), date):
            definition["deadline"]["printed"] = definition["deadline"]["on"]
        _put(definition, key, _read(question, value))


def _place_row(reading: Reading, definition: dict[str, Any], question: Question, value: str) -> None:
    """Gives the number of a row with an unknown name to the district that a person named."""
    province = reading.contents.province
    district = find_district(value, province.value) if province else None
    row = next((r for r, d in reading.contents.placed if d is None and question.where == f"quota.{r.name}"), None)
    if district is None or row is None or row.count is None:
        raise _unreadable(question, value)
    definition.setdefault("quota", {})[district.code] = row.count


def _read(question: Question, value: str) -> Any:
    key = question.key or ""
    if question.code in _SETTINGS:
        if value not in _SETTINGS[question.code]:
            raise _unreadable(question, value)
        return value == "true" if question.code == "tier2-clause2" else value
    if key in _DATES:
        return _day(question, value)
    if key == "province_code":
        province = find_province(value)
        if province is None:
            raise _unreadable(question, value)
        return province.code
    if key in _TEXTS:
        return value
    numbers = [
        int(part) for part in value.replace(",", " ").replace("-", " ").replace("–", " ").split() if part.isdigit()
    ]
    if key in _LISTS and numbers:
        return numbers
    if len(numbers) != 1:
        raise _unreadable(question, value)
    return numbers[0]


def _day(question: Question, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        printed = next(dates(fold(Letter(value))), None)
    if printed is None or printed.on is None:
        raise _unreadable(question, value)
    return printed.on


def _unreadable(question: Question, value: str) -> Exception:
    return refused(
        "answer-unreadable",
        question.where,
        f"อ่านคำตอบ “{value}” ไม่ได้ ตรวจรูปแบบตามตัวอย่าง เช่น วันที่ 2025-06-04 หรือ 4 มิถุนายน 2568",
        f"cannot be read as what was asked for: {value}",
    )


def _put(definition: dict[str, Any], key: str, value: Any) -> None:
    *parents, last = key.split(".")
    place = definition
    for parent in parents:
        place = place.setdefault(parent, {})
    place[last] = value
