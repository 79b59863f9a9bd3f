"""What an office may choose about its papers."""

from dataclasses import dataclass
from enum import StrEnum

from kbo_core.domain.thai_text import arabic_digits, thai_digits


class Form(StrEnum):
    """The two forms of an official letter: to another office (หนังสือภายนอก), or a memorandum (บันทึกข้อความ)."""

    LETTER = "letter"
    MEMORANDUM = "memorandum"


@dataclass(frozen=True)
class PaperStyle:
    """Which form a letter has and which digits it is written in."""

    form: Form = Form.LETTER
    has_thai_digits: bool = True

    def digits(self, text: object) -> str:
        """A number or a text in the digits of this style."""
        return thai_digits(text) if self.has_thai_digits else arabic_digits(str(text))


HOUSE_STYLE = PaperStyle()
