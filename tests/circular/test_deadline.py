"""The deadline is the one for the report, as printed, whether the calendar has such a day or not."""

from datetime import date

import pytest
from ruamel.yaml import YAML

from kbo_core.circular.draft import draft_yaml
from kbo_core.circular.questions import Answer, apply_answers, open_questions
from kbo_core.circular.reading import Reading
from kbo_core.domain.definition import parse_definition
from kbo_core.domain.findings import RefusedError, Severity
from tests.circular.reading_of import codes, read_text, text_of

PRINTED = "ขอให้อำเภอแจ้งรายชื่อตามสิ่งที่ส่งมาด้วย ๓ ภายในวันที่ ๓๑ มีนาคม ๒๕๖๙"
ASKED = "ให้อำเภอรายงานรายชื่อ ก่อนวันที่ ๑๕ มกราคม ๒๕๖๙ เวลา ๑๕.๐๐ น."
IMPOSSIBLE = "ให้อำเภอรายงานรายชื่อ ภายในวันที่ ๓๑ กุมภาพันธ์ ๒๕๖๙ เวลา ๑๕.๐๐ น."


def reading_with(body: str) -> Reading:
    text = text_of("samut-songkhram.txt")
    assert PRINTED in text
    return read_text(text.replace(PRINTED, body))


@pytest.mark.parametrize(
    "opening",
    [
        "ตามที่กรมฯ ได้แจ้งให้จังหวัดดำเนินโครงการ KBO ปี ๒๕๖๙ ภายในวันที่ ๓๐ กันยายน ๒๕๖๙ นั้น",
        "ด้วยกรมการพัฒนาชุมชน แจ้งจังหวัดให้ดำเนินโครงการ\nให้แล้วเสร็จภายในวันที่ ๓๐ กันยายน ๒๕๖๙ นั้น",
        "ตามหนังสือที่อ้างถึง แจ้งให้ดำเนินโครงการภายใน ๓๐ กันยายน ๒๕๖๙ เท่านั้น ความละเอียดแจ้งแล้วนั้น",
        "ตามที่จังหวัดได้ขอให้อำเภอรายงานรายชื่อ ภายในวันที่ ๓๐ พฤศจิกายน ๒๕๖๘ นั้น",
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n", " "])
def test_a_limit_told_again_in_the_opening_is_not_the_deadline(opening: str, between: str) -> None:
    reading = reading_with(f"{opening}{between}{ASKED}")
    assert reading.definition["deadline"] == {"on": date(2026, 1, 15), "at": "15:00"}
    assert "deadline-twice" not in codes(reading)


def test_a_letter_that_only_tells_a_limit_again_has_no_deadline() -> None:
    reading = reading_with("ตามที่กรมฯ ได้แจ้งให้ดำเนินโครงการ ภายในวันที่ ๓๐ กันยายน ๒๕๖๙ นั้น\n\nให้อำเภอรายงานรายชื่อ")
    assert "deadline" not in reading.definition
    assert "deadline.on" in {f.where for f in reading.findings if f.code == "value-missing"}


@pytest.mark.parametrize(
    "body",
    [
        "ด้วยกรมฯ ดำเนินโครงการ จึงขอให้รายงานภายในวันที่ ๑๕ มกราคม ๒๕๖๙ ตามแบบนั้น",
        "ด้วยกรมฯ ดำเนินโครงการ\n\nให้รายงานภายในวันที่ ๑๕ มกราคม ๒๕๖๙\n\nความแจ้งแล้ว นั้น",
        "ด้วยกรมฯ ดำเนินโครงการ ให้รายงานภายในวันที่ ๑๕ มกราคม ๒๕๖๙ เท่านั้น",
        "แจ้งรายชื่อตามสิ่งที่ส่งมาด้วย ภายในวันที่ ๑๕ มกราคม ๒๕๖๙ แบบนั้น",
    ],
)
def test_a_limit_of_the_letters_own_is_kept(body: str) -> None:
    assert reading_with(body).definition["deadline"]["on"] == date(2026, 1, 15)


def test_two_limits_of_the_letters_own_are_still_asked_about() -> None:
    reading = reading_with(f"{ASKED} และให้ส่งรายงานภายในวันที่ ๒๐ มกราคม ๒๕๖๙")
    assert "deadline-twice" in codes(reading)


def test_an_impossible_day_stands_as_printed_and_blocks() -> None:
    reading = reading_with(IMPOSSIBLE)
    assert reading.definition["deadline"] == {"on": "2026-02-31", "at": "15:00"}
    assert reading.as_document()["definition"]["deadline"]["on"] == "2026-02-31"
    quote = reading.quotes["deadline.on"]
    assert quote.text == "๓๑ กุมภาพันธ์ ๒๕๖๙"
    assert reading.letter.source[quote.start : quote.end] == quote.text
    [finding] = [f for f in reading.findings if f.where == "deadline.on"]
    assert (finding.code, finding.severity) == ("date-impossible", Severity.BLOCK)


def test_the_draft_keeps_an_impossible_day_and_is_refused_for_it() -> None:
    text = draft_yaml(reading_with(IMPOSSIBLE), "letter.txt")
    data = YAML(typ="safe").load(text)
    assert data["deadline"] == {"on": "2026-02-31", "at": "15:00", "if_nonworking": "keep"}
    assert "[date-impossible]" in text
    data["sources"] |= {"producers": {"path": "producers.csv"}, "products": {"path": "products.csv"}}
    with pytest.raises(RefusedError) as caught:
        parse_definition(data, "cycle.yaml")
    assert ["deadline.on" in finding.where for finding in caught.value.findings] == [True]


def test_an_impossible_day_is_asked_for_and_replaced_by_the_answer() -> None:
    reading = reading_with(IMPOSSIBLE)
    [question] = [q for q in open_questions(reading) if q.where == "deadline.on"]
    assert (question.code, question.key) == ("date-impossible", "deadline.on")
    answer = Answer(question.code, question.where, "28 กุมภาพันธ์ 2569", "นายสมมุติ ผู้ตอบ", date(2025, 11, 11), "ถามแล้ว")
    assert apply_answers(reading, [answer])["deadline"]["on"] == date(2026, 2, 28)
    unanswered = apply_answers(reading, [])
    assert unanswered["deadline"]["on"] == "2026-02-31"


def test_two_impossible_days_differ() -> None:
    reading = reading_with(f"{IMPOSSIBLE} ให้ส่งรายงานภายในวันที่ ๓๐ กุมภาพันธ์ ๒๕๖๙")
    assert "deadline-twice" in codes(reading)
