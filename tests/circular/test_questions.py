"""The open questions, asked one by one, and the definition that the answers make."""

from datetime import date

import pytest

from kbo_core.circular.questions import Answer, Question, apply_answers, open_questions
from kbo_core.circular.reading import Reading
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.definition_checks import definition_findings
from kbo_core.domain.findings import RefusedError, blocking
from tests.circular.reading_of import LETTERS, read_text, text_of


def answered(question: Question, value: str) -> Answer:
    return Answer(question.code, question.where, value, "นายสมมุติ ผู้ตอบ", date(2025, 11, 11), "ตรวจกับเจ้าของเรื่องแล้ว")


def first_hints(reading: Reading) -> list[Answer]:
    return [
        answered(q, q.hints[0].value if q.hints else "list.csv" if q.code == "source-needed" else "")
        for q in open_questions(reading)
    ]


def asked(reading: Reading, code: str) -> Question:
    return next(q for q in open_questions(reading) if q.code == code)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_with_all_its_answers_is_a_definition_that_nothing_blocks(name: str) -> None:
    reading = read_text(text_of(name))
    definition = parse_definition(apply_answers(reading, first_hints(reading)), name)
    assert blocking(definition_findings(definition)) == []


def test_the_same_day_a_year_later_is_offered_and_the_printed_day_kept() -> None:
    reading = read_text(text_of("samut-songkhram.txt").replace("๓๑ มีนาคม ๒๕๖๙", "๓๑ มีนาคม ๒๕๖๘"))
    question = asked(reading, "deadline-before-issue")
    assert [hint.value for hint in question.hints] == ["2026-03-31"]
    definition = apply_answers(reading, [answered(question, "31 มีนาคม 2569")])
    assert definition["deadline"]["on"] == date(2026, 3, 31)
    assert definition["deadline"]["printed"] == date(2025, 3, 31)
    assert definition["settled"][0]["finding"] == "deadline-before-issue"
    assert reading.definition["deadline"] == {"on": date(2025, 3, 31)}


def test_a_leap_day_is_offered_as_the_28th() -> None:
    text = text_of("samut-songkhram.txt").replace("๓๑ มีนาคม ๒๕๖๙", "๒๙ กุมภาพันธ์ ๒๕๖๗")
    assert asked(read_text(text), "deadline-before-issue").hints[0].value == "2026-02-28"


def test_an_unknown_district_gets_its_number_when_a_person_names_it() -> None:
    reading = read_text(text_of("samut-songkhram.txt").replace("อัมพวา", "อัมพะวา"))
    question = asked(reading, "unknown-district")
    assert [hint.label_th for hint in question.hints] == ["อำเภออัมพวา"]
    assert apply_answers(reading, [answered(question, "อัมพวา")])["quota"]["7503"] == 4


@pytest.mark.parametrize(
    ("name", "printed", "instead", "code", "value"),
    [
        ("chai-nat.txt", "ภายในวันพฤหัสบดีที่ ๓๐ เมษายน ๒๕๖๙", "โดยเร็ว", "value-missing", "เร็ว ๆ นี้"),
        ("trat.txt", "", "", "star-quantifier", "some"),
        ("samut-songkhram.txt", "อัมพวา", "อัมพะวา", "unknown-district", "ปาย"),
        ("ranong.txt", "พัฒนาการจังหวัดระนอง", "พัฒนาการจังหวัดชุมพร", "province-mismatch", "ที่ไหนสักแห่ง"),
        ("uthai-thani.md", "| ๘ | ห้วยคต | ๑ |\n", "", "missing-district", "หลาย"),
    ],
)
def test_an_answer_that_cannot_be_read_is_refused(name: str, printed: str, instead: str, code: str, value: str) -> None:
    reading = read_text(text_of(name).replace(printed, instead) if printed else text_of(name))
    with pytest.raises(RefusedError):
        apply_answers(reading, [answered(asked(reading, code), value)])


def test_an_answer_that_nobody_asked_for_is_refused() -> None:
    reading = read_text(text_of("nan.txt"))
    with pytest.raises(RefusedError):
        apply_answers(reading, [Answer("quota-sum", "quota", "", "ก", date(2025, 1, 1), "ข")])


def test_missing_values_are_filled_by_their_answers() -> None:
    reading = read_text(text_of("ranong.txt").replace("ที่ รน ๐๐๑๙/ว ๗๗", "ที่ รน").replace("๓ ดาวขึ้นไป ปี ๒๕๖๗", "คัดสรรแล้ว"))
    given = {
        "circular.number": "รน 0019/ว 77",
        "rules.stars": "3-5",
        "rules.star_year_be": "๒๕๖๗",
    }
    definition = apply_answers(
        reading, [answered(q, given[q.where]) for q in open_questions(reading) if q.where in given]
    )
    assert definition["circular"]["number"] == "รน 0019/ว 77"
    assert definition["rules"]["stars"] == [3, 5]
    assert definition["rules"]["star_year_be"] == 2567
