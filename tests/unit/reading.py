"""Reading papers back as a person would see them."""

import re

import pypdfium2


def pages_text(pdf: bytes) -> list[str]:
    """The text of each page without white space: lines break where they must."""
    document = pypdfium2.PdfDocument(pdf)
    return [bare(page.get_textpage().get_text_bounded()) for page in document]


def pdf_text(pdf: bytes) -> str:
    return "".join(pages_text(pdf))


def bare(text: str) -> str:
    # pypdfium2 marks a hyphen at a line's end with U+FFFE or U+0002.
    return re.sub(r"[\s\ufffe\x02]", "", text)
