"""What is opened as a letter, in which encodings, and what is refused with which way out."""

import zipfile
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from kbo_core.circular.files import LARGEST_FILE, letter_from, open_letter
from kbo_core.circular.reading import read_letter
from kbo_core.domain.findings import RefusedError
from tests.circular.reading_of import LETTERS, read_text, text_of

TEXT = text_of("ranong.txt")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
def test_text_reads_the_same_in_every_encoding(encoding: str) -> None:
    assert letter_from("letter.txt", TEXT.encode(encoding)).source == TEXT


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874"])
@pytest.mark.parametrize("name", LETTERS)
def test_line_ends_stay_as_they_are_and_read_the_same(name: str, encoding: str, end: str) -> None:
    text = text_of(name).replace("\n", end)
    letter = letter_from("letter.txt", text.encode(encoding))
    assert letter.source == text
    assert letter.lines == tuple(text.split(end))
    reading, as_ever = read_letter(letter), read_text(text_of(name))
    assert reading.definition == as_ever.definition
    assert [f.as_row() for f in reading.findings] == [f.as_row() for f in as_ever.findings]
    assert list(reading.quotes) == list(as_ever.quotes)
    for key, quote in reading.quotes.items():
        assert text[quote.start : quote.end] == quote.text == as_ever.quotes[key].text.replace("\n", end)
        assert text.count(end, 0, quote.start) + 1 == quote.line == as_ever.quotes[key].line


def test_a_carriage_return_inside_a_line_is_a_blank() -> None:
    text = TEXT.replace(" ", " \r")
    reading = read_text(text)
    assert reading.definition["quota"] == read_text(TEXT).definition["quota"]
    for quote in reading.quotes.values():
        assert text[quote.start : quote.end] == quote.text
        assert text.count("\n", 0, quote.start) + 1 == quote.line


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        letter_from(name, data)
    [finding] = caught.value.findings
    assert any("\u0e00" <= char <= "\u0e5b" for char in finding.message_th)
    return finding.code


def _zip(name: str, data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def _scan() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 300)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("letter.xlsx", b"nothing known", "letter-kind"),
        ("letter", b"\x00\x01", "letter-kind"),
        ("letter.txt", b"", "letter-empty"),
        ("letter.txt", b" \n\t ", "letter-empty"),
        ("letter.txt", b"\x00\x01\x02\x03", "letter-encoding"),
        ("letter.txt", b"\xff\xd8\xff\xe0 not text", "letter-encoding"),
        ("letter.txt", "ก".encode() * 100_001, "letter-too-large"),
        ("letter.txt", b"a" * (LARGEST_FILE + 1), "letter-too-large"),
        ("letter.docx", b"PK\x03\x04 broken", "letter-broken"),
        ("letter.docx", b"no zip at all", "letter-broken"),
        ("letter.docx", _zip("word/document.xml", b"<nothing/>"), "letter-broken"),
        ("letter.docx", _zip("word/document.xml", b"0" * 70_000_000), "letter-too-large"),
        ("letter.pdf", b"%PDF-1.7 broken", "letter-broken"),
        ("letter.pdf", _scan(), "letter-is-scan"),
    ],
)
def test_a_hostile_or_unfit_file_is_refused(name: str, data: bytes, code: str) -> None:
    assert refusal(name, data) == code


def test_a_scan_is_refused_with_the_way_out() -> None:
    with pytest.raises(RefusedError) as caught:
        letter_from("letter.pdf", _scan())
    assert "พิมพ์ข้อความ" in caught.value.findings[0].message_th


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as caught:
        open_letter(tmp_path / "none.txt")
    assert caught.value.findings[0].code == "letter-not-found"


def test_a_file_is_opened_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "letter.md"
    path.write_text(TEXT, "utf-8")
    letter = open_letter(path)
    assert (letter.source, letter.name) == (TEXT, "letter.md")
    assert read_text(letter.source).definition == read_text(TEXT).definition
