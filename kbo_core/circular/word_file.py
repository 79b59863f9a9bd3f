"""A DOCX as text: paragraphs and tables in document order, list numbers as the reader sees them.

Paragraphs are parted by a blank line, table rows are lines of cells parted by tabs.
"""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from kbo_core.circular.word_numbering import Numbering

_UNPACKED_LIMIT = 60_000_000
_DEEPEST_TABLE = 5


class UnsafeArchiveError(Exception):
    """The file unpacks to more than any letter holds."""


def word_text(data: bytes) -> str:
    """The text of a DOCX.

    Raises UnsafeArchiveError for a zip bomb; anything that is no DOCX raises what zip, XML and python-docx raise.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if sum(member.file_size for member in archive.infolist()) > _UNPACKED_LIMIT:
            raise UnsafeArchiveError
    document = Document(BytesIO(data))
    numbering = Numbering(document)
    return "\n".join(_blocks(document.element.body, numbering)).strip("\n") + "\n"


def _blocks(parent: Any, numbering: Numbering) -> Iterator[str]:
    for child in parent:
        if child.tag == qn("w:p"):
            yield (numbering.label(child) + _text(child)).rstrip()
            yield ""
        elif child.tag == qn("w:tbl"):
            for row in _rows(child, numbering):
                yield "\t".join(row)
            yield ""
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins")):
            yield from _blocks(child, numbering)


def _rows(table: Any, numbering: Numbering, depth: int = 1) -> Iterator[list[str]]:
    for row in table.iter(qn("w:tr")):
        if next(row.iterancestors(qn("w:tbl"))) is not table:
            continue
        cells = []
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is row:
                cells.append(" ".join(_cell(cell, numbering, depth)))
                cells += [""] * (_span(cell) - 1)  # a merged cell keeps its columns
        yield cells


def _cell(cell: Any, numbering: Numbering, depth: int) -> Iterator[str]:
    for child in cell:
        if child.tag == qn("w:p"):
            text = " ".join((numbering.label(child) + _text(child)).split())
            if text:
                yield text
        elif child.tag == qn("w:tbl") and depth < _DEEPEST_TABLE:
            for row in _rows(child, numbering, depth + 1):
                yield " ".join(filter(None, row))


def _span(cell: Any) -> int:
    found = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = found.get(qn("w:val"), "1") if found is not None else "1"
    return min(int(value), 60) if value.isdigit() else 1


def _text(paragraph: Any) -> str:
    """The words of a paragraph, inserted and linked ones too; deleted ones and a drawing's second copy not."""
    parts = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:noBreakHyphen")):
        if any(a.tag.endswith("}Fallback") or a.tag == qn("w:pPr") for a in node.iterancestors()):
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        else:
            parts.append({qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}.get(node.tag, "\n"))
    return "".join(parts)
