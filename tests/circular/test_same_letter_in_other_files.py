"""One letter as text, DOCX and PDF reads the same; a DOCX's own list numbers and tables are seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typst
from docx import Document

import kbo_core.documents
from kbo_core.circular.files import letter_from
from kbo_core.circular.reading import Reading, read_letter
from tests.circular.reading_of import codes, read_file, read_text, text_of

FONTS = Path(kbo_core.documents.__file__).parent / "fonts"
NAMES = ["nan.txt", "samut-songkhram.txt", "yasothon.txt", "chai-nat.txt"]


def _blocks(text: str) -> Iterator[list[list[str]] | str]:
    """Tables as rows of cells, every other line as it is."""
    rows: list[list[str]] = []
    for line in [*text.split("\n"), ""]:
        if "\t" in line:
            rows.append(line.split("\t"))
            continue
        if rows:
            width = max(map(len, rows))
            yield [row + [""] * (width - len(row)) for row in rows]
            rows = []
        yield line


def as_docx(text: str, path: Path) -> bytes:
    document = Document()
    for block in _blocks(text):
        if isinstance(block, str):
            if block.strip():
                document.add_paragraph(block.strip())
            continue
        table = document.add_table(0, len(block[0]))
        for row in block:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = value
    document.save(str(path))
    return path.read_bytes()


def _escaped(text: str) -> str:
    return "".join("\\" + char if char in "#*_`$<>@\\[]=-+/~\"'" else char for char in text)


def as_pdf(text: str) -> bytes:
    parts = ['#set text(font: "Sarabun", size: 10.5pt, lang: "th")', "#set page(margin: 2.5cm)"]
    for block in _blocks(text):
        if isinstance(block, str):
            parts.append(_escaped(block.strip()) + (" \\" if block.strip() else ""))
        else:
            cells = ", ".join(f"[{_escaped(cell)}]" for row in block for cell in row)
            parts.append(f"#table(columns: {len(block[0])}, {cells})")
    source: bytes = "\n".join(parts).encode()
    compiled = typst.Compiler(font_paths=[str(FONTS)], ignore_system_fonts=True).compile(source, format="pdf")
    assert isinstance(compiled, bytes)
    return compiled


def _same(one: Reading, other: Reading) -> None:
    assert other.definition == one.definition
    assert codes(other) == codes(one)
    assert [c.label for c in other.contents.guideline.clauses] == [c.label for c in one.contents.guideline.clauses]
    for quote in other.quotes.values():
        assert other.letter.source[quote.start : quote.end] == quote.text


@pytest.mark.parametrize("name", NAMES)
def test_a_docx_reads_as_the_text_does(name: str, tmp_path: Path) -> None:
    text = text_of(name)
    _same(read_text(text), read_letter(letter_from("letter.docx", as_docx(text, tmp_path / "letter.docx"))))


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_reads_as_the_text_does(name: str) -> None:
    text = text_of(name)
    _same(read_text(text), read_letter(letter_from("letter.pdf", as_pdf(text))))


def test_numbers_that_the_word_processor_counts_are_seen(tmp_path: Path) -> None:
    text = text_of("samut-songkhram.txt")
    document = Document()
    for block in _blocks(text):
        if isinstance(block, str):
            numbered = block.startswith("(")
            if block.strip():
                document.add_paragraph(block[3:].strip() if numbered and block[2] == ")" else block.strip()).style = (
                    "List Number" if numbered and block[2] == ")" else "Normal"
                )
        else:
            table = document.add_table(0, len(block[0]))
            for row in block:
                for cell, value in zip(table.add_row().cells, row, strict=True):
                    cell.text = value
    document.save(str(tmp_path / "letter.docx"))
    reading = read_letter(letter_from("letter.docx", (tmp_path / "letter.docx").read_bytes()))
    assert [clause.label for clause in reading.contents.guideline.clauses] == ["1", "2", "3", "4"]
    assert reading.definition == read_text(text).definition


def test_a_nested_table_and_a_merged_cell_keep_their_words(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(2, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "อำเภอ"
    table.cell(0, 2).text = "จำนวน"
    inner = table.cell(1, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "เมือง", "พะเยา"
    table.cell(1, 2).text = "๖"
    document.save(str(tmp_path / "table.docx"))
    source = letter_from("table.docx", (tmp_path / "table.docx").read_bytes()).source
    assert source.split("\n")[:2] == ["อำเภอ\t\tจำนวน", "เมือง พะเยา\t\t๖"]


MADE = Path(__file__).parent / "made"


@pytest.mark.parametrize("path", sorted(MADE.iterdir()), ids=lambda path: path.name)
def test_what_a_word_processor_made_of_the_letter_reads_as_the_text_does(path: Path) -> None:
    """The files were laid out and saved by LibreOffice 7.4, which draws raised marks last and leaves no gaps between
    paragraphs."""
    _same(read_text(text_of(f"{path.stem}.txt")), read_file(path))
