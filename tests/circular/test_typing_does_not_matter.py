"""How a letter is typed changes nothing in what is read; garbage is never read as something."""

import re
import textwrap

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbo_core.domain.thai_text import arabic_digits, thai_digits
from tests.circular.reading_of import CORPUS, LETTERS, leaves, read_text, text_of

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NUMBERED = {
    "nan.txt": r"(?m)^\((?P<n>[๐-๙])\)",
    "samut-songkhram.txt": r"(?m)^\((?P<n>[๐-๙])\)",
    "lamphun.md": r"(?m)^ข้อ (?P<n>[0-9])(?= )",
    "ranong.txt": r"(?m)^(?P<n>[๐-๙])\)",
    "chai-nat.txt": r"(?m)^ข้อ (?P<n>[๐-๙])(?= )",
}
MARKERS = ["({})", "{}.", "{})", "ข้อ {}", "ข้อ {}.", "ข้อ ({})", "( {} )", "ข้อที่ {}"]
FRAGMENTS = [
    "ที่ ",
    "เรื่อง ",
    "ภายในวันที่ ",
    "๓๑ กุมภาพันธ์ ๒๕๖๘",
    "อำเภอ\tจำนวน\n",
    "ปง\t๒\n",
    "รวม\t",
    "(๑) ",
    "ดาว",
    "๑-๓",
    "Quadrant D ",
    "ต้องไม่ซ้ำ",
    "ปี ๒๕๖๗",
    "สิ่งที่ส่งมาด้วย ",
    "ขอแสดงความนับถือ",
    "จังหวัดพะเยา",
    "KBO",
    "|",
    "\n",
    "\n\n",
    "\t",
    "ํา",
    "\u0e48\u0e48",
    "\u200b",
    "99999999999999999999",
    "พย ๐๐๑๙/ว ๑",
    "แบบแจ้ง",
    "ทะเบียนจัดสรร",
]


@pytest.mark.parametrize("name", LETTERS)
def test_thai_and_arabic_digits_read_the_same(name: str) -> None:
    read = read_text(text_of(name)).definition
    for typed in (arabic_digits(text_of(name)), thai_digits(text_of(name))):
        again = read_text(typed).definition
        titles = [a.pop("title") for d in (read, again) for a in d.get("circular", {}).get("attachments", [])]
        assert all(titles)
        assert again == read
        read = read_text(text_of(name)).definition


def _rewrapped(text: str, width: int) -> str:
    """The paragraphs broken elsewhere at their blanks; tables stay."""
    lines = []
    for line in text.split("\n"):
        is_prose = len(line) > 40 and "\t" not in line and "|" not in line and not re.search(r" {3}", line)
        lines += textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) if is_prose else [line]
    return "\n".join(lines)


@pytest.mark.parametrize("name", LETTERS)
@QUICK
@given(width=st.integers(12, 160))
def test_rewrapping_reads_the_same(name: str, width: int) -> None:
    assert read_text(_rewrapped(text_of(name), width)).definition == read_text(text_of(name)).definition


@pytest.mark.parametrize("name", sorted(NUMBERED))
@pytest.mark.parametrize("marker", MARKERS)
def test_list_markers_read_the_same(name: str, marker: str) -> None:
    text = re.sub(NUMBERED[name], lambda match: marker.format(match["n"]), text_of(name))
    one, other = read_text(text_of(name)), read_text(text)
    assert other.definition == one.definition
    assert {f.code for f in other.findings} == {f.code for f in one.findings}
    assert [c.label for c in other.contents.guideline.clauses] == [c.label for c in one.contents.guideline.clauses]


@QUICK
@given(order=st.permutations(range(15)))
def test_permuted_districts_read_the_same_in_the_new_order(order: list[int]) -> None:
    lines = text_of("nan.txt").split("\n")
    first = lines.index("๑\tเมืองน่าน\t๕\t")
    rows = [line.split("\t") for line in lines[first : first + 15]]
    lines[first : first + 15] = ["\t".join([rows[i][0], *rows[j][1:]]) for i, j in enumerate(order)]
    quota = read_text(text_of("nan.txt")).definition["quota"]
    reading = read_text("\n".join(lines))
    assert list(reading.definition["quota"].items()) == [list(quota.items())[j] for j in order]
    assert reading.findings == ()


@pytest.mark.parametrize("dash", ["-", "–", "—", " - ", " –", "– ", " ถึง ", "ถึง", " ดาว ถึง ", "‑", "~"])
def test_a_range_reads_the_same_with_any_dash(dash: str) -> None:
    text = text_of("samut-songkhram.txt").replace("๑ - ๓ ดาว", f"๑{dash}๓ ดาว")
    assert read_text(text).definition["rules"]["stars"] == [1, 3]


@pytest.mark.parametrize("word", ["ภายในวันที่", "ภายใน วันที่", "ไม่เกินวันที่", "ภายใน", "ก่อนวันที่", "อย่างช้าไม่เกินวันที่"])
@pytest.mark.parametrize(
    "day", ["๓๑ มีนาคม ๒๕๖๙", "31 มี.ค. 2569", "๓๑ มีค ๒๕๖๙", "31 มีนาคม พ.ศ. 2569", "31/3/2569", "๓๑ เดือนมีนาคม ๒๕๖๙"]
)
def test_a_deadline_reads_the_same_in_any_wording(word: str, day: str) -> None:
    text = text_of("samut-songkhram.txt").replace("ภายในวันที่ ๓๑ มีนาคม ๒๕๖๙", f"{word} {day}")
    assert read_text(text).definition["deadline"] == read_text(text_of("samut-songkhram.txt")).definition["deadline"]


@pytest.mark.parametrize("name", LETTERS)
def test_typing_faults_that_do_not_show_read_the_same(name: str) -> None:
    typed = text_of(name).replace("แ", "เเ").replace("ำ", "ํา").replace(" ๒๕", "\u00a0๒๕")
    one, other = read_text(text_of(name)).definition, read_text(typed).definition
    for key in ("province_code", "programme_year_be", "deadline", "rules", "quota", "allocation"):
        assert other.get(key) == one.get(key)


def _is_sound(text: str) -> None:
    reading = read_text(text)
    assert set(leaves(reading.definition)) <= set(reading.quotes)
    for quote in reading.quotes.values():
        assert reading.letter.source[quote.start : quote.end] == quote.text != ""
        assert reading.letter.source.count("\n", 0, quote.start) + 1 == quote.line
    reading.as_document()


@settings(QUICK, max_examples=40)
@given(text=st.text(max_size=300))
def test_garbage_yields_no_value_without_a_quotation(text: str) -> None:
    _is_sound(text)


@settings(QUICK, max_examples=40)
@given(pieces=st.lists(st.sampled_from(FRAGMENTS), max_size=40))
def test_shreds_of_letters_yield_no_value_without_a_quotation(pieces: list[str]) -> None:
    _is_sound("".join(pieces))


@settings(QUICK, max_examples=40)
@given(name=st.sampled_from(LETTERS), cut=st.integers(0, 3000), length=st.integers(0, 400), put=st.text(max_size=20))
def test_damaged_letters_yield_no_value_without_a_quotation(name: str, cut: int, length: int, put: str) -> None:
    text = (CORPUS / name).read_text("utf-8")
    _is_sound(text[:cut] + put + text[cut + length :])
