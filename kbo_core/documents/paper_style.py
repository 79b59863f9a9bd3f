"""What an office may choose about its papers."""

from dataclasses import dataclass
from enum import StrEnum

from kbo_core.domain.thai_text import arabic_digits, thai_digits


class Form(StrEnum):
    """The two forms of an official letter: to another office (หนังสือภายนอก), or a memorandum (บันทึกข้อความ)."""

    LETTER = "letter"
    MEMORANDUM = "memorandum"


class Face(StrEnum):
    """The face of a Word document: Sarabun, which goes inside it, or an official one that the office has."""

    SARABUN = "Sarabun"
    TH_SARABUN_PSK = "TH SarabunPSK"
    TH_SARABUN_NEW = "TH Sarabun New"
    TH_SARABUN_IT9 = "TH SarabunIT๙"


@dataclass(frozen=True)
class PaperStyle:
    """Which form a letter has, which digits it is written in, and the face of its Word document."""

    form: Form = Form.LETTER
    has_thai_digits: bool = True
    face: Face = Face.SARABUN

    def digits(self, text: object) -> str:
        """A number or a text in the digits of this style."""
        return thai_digits(text) if self.has_thai_digits else arabic_digits(str(text))


HOUSE_STYLE = PaperStyle()
