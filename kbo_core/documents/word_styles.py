"""The styles of a Word document: its face, and every size that its papers use, each in one place.

Thai is complex script to Word: face, size and weight are given for it too (``w:cs``, ``w:szCs``, ``w:bCs``), else it
falls to a substitute. A face that comes with the programme goes inside the document, so that it looks the same where
nobody has it; Word and LibreOffice both read it from there (ECMA-376 Part 4, 11.1, Font Embedding).
"""

import uuid
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kbo_core.documents.paper_style import Face

OBFUSCATED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_PLAIN = 32
# Half points in an official face, by the style's name; the regulation asks for 32 points at least of a loud word.
_SIZES = {"Loud": 64, "Title": 58, "Small": 28, "Note": 24, "Fine": 20}
# Sarabun at 10.5 points has the size of the official faces at 16.
_SCALE = {Face.SARABUN: 21 / 32}
_CARRIED = {Face.SARABUN: {"embedRegular": "Sarabun_400Regular.ttf", "embedBold": "Sarabun_700Bold.ttf"}}


@dataclass(frozen=True)
class EmbeddedFont:
    """A font inside a document: its role, the key it is obfuscated with, its bytes."""

    role: str
    key: str
    content: bytes


def styles(face: Face) -> str:
    """What stands inside ``w:styles``."""
    language = '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="th-TH"/>'
    names = f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}" w:cs="{face}"/>'
    sized = "".join(
        f'<w:style w:type="character" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name} text"/>'
        f"<w:rPr>{_size(size, face)}</w:rPr></w:style>"
        for name, size in _SIZES.items()
    )
    return (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{names}{_size(_PLAIN, face)}{language}</w:rPr></w:rPrDefault>"
        '<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
        "</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
        '<w:next w:val="Normal"/><w:pPr><w:keepNext/><w:keepLines/><w:spacing w:before="200" w:after="80"/>'
        f'<w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:bCs/></w:rPr></w:style>{sized}'
    )


def _size(half_points: int, face: Face) -> str:
    scaled = round(half_points * _SCALE.get(face, 1))
    return f'<w:sz w:val="{scaled}"/><w:szCs w:val="{scaled}"/>'


@cache
def embedded_fonts(face: Face) -> tuple[EmbeddedFont, ...]:
    """The fonts that go inside a document of this face; none where the office's machines have it."""
    folder = files("kbo_core.documents") / "fonts"
    return tuple(_embedded(role, (folder / name).read_bytes()) for role, name in _CARRIED.get(face, {}).items())


def _embedded(role: str, font: bytes) -> EmbeddedFont:
    """The standard's obfuscation: the first 32 bytes are XORed with the key read backwards, twice over."""
    key = uuid.uuid5(uuid.NAMESPACE_OID, role)
    mask = key.bytes[::-1] * 2
    hidden = bytes(a ^ b for a, b in zip(font, mask, strict=False))
    return EmbeddedFont(role, f"{{{key}}}".upper(), hidden + font[len(mask) :])
