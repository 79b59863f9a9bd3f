"""Reading papers back as a person would see them."""

import io
import re

import docx
import pypdfium2
from docx.table import Table


def pages_text(pdf: bytes) -> list[str]:
    """The text of each page without white space: lines break where they must."""
    document = pypdfium2.PdfDocument(pdf)
    return [bare(page.get_textpage().get_text_bounded()) for page in document]


def pdf_text(pdf: bytes) -> str:
    return "".join(pages_text(pdf))


def bare(text: str) -> str:
    # pypdfium2 marks a hyphen at a line's end with U+FFFE or U+0002.
    return re.sub(r"[\s\ufffe\x02]", "", text)


def docx_text(content: bytes) -> str:
    """The text of a Word document's body without white space, its tables where they stand."""
    parts = []
    for part in docx.Document(io.BytesIO(content)).iter_inner_content():
        rows = part.rows if isinstance(part, Table) else ()
        parts += [cell.text for row in rows for cell in row.cells] if rows else [getattr(part, "text", "")]
    return bare("".join(parts))
