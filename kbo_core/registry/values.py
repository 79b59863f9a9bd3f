"""One cell → one value, or the plain admission that it cannot be read."""

import re

from kbo_core.domain.register import ABSENT, QUADRANT_D, QUADRANTS, UNREADABLE, ProducerType
from kbo_core.domain.thai_text import name_key

_TYPES = {
    ProducerType.GROUP: ("กลุ่มผู้ผลิตชุมชน", "วิสาหกิจชุมชน", "กลุ่มผู้ผลิตชุมชน/วิสาหกิจชุมชน"),
    ProducerType.SINGLE_OWNER: (
        "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว",
        "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดี่ยว",
        "ผู้ผลิตชุมชนเจ้าของรายเดียว",
        "ผู้ผลิตรายเดียว",
        "ผู้ผลิตรายเดี่ยว",
        "เจ้าของรายเดียว",
        "เจ้าของรายเดี่ยว",
        "รายเดียว",
        "รายเดี่ยว",
    ),
    ProducerType.SME: (
        "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม",
        "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม(SME)",
        "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม(SMEs)",
        "ผู้ผลิตที่เป็นSME",
        "ผู้ผลิตที่เป็นSMEs",
        "วิสาหกิจขนาดกลางและขนาดย่อม",
        "วิสาหกิจขนาดกลางและขนาดย่อม(SME)",
        "วิสาหกิจขนาดกลางและขนาดย่อม(SMEs)",
        "SME",
        "SMEs",
    ),
}
OFFICIAL_TYPES = {kind: texts[0] for kind, texts in _TYPES.items()}
_TYPE_OF = {name_key(text): kind for kind, texts in _TYPES.items() for text in texts}
_NUMBER = re.compile(r"^\(?[0-9][.)]")
_GLOSS = re.compile(r"(.+)\((.+)\)")
_STARS = re.compile(r"(?:ระดับ)?([1-5])(?:\.0+)?(?:ดาว)?")
_YEAR = re.compile(r"(?:ปี)?(?:พ\.?ศ\.?)?(2[56][0-9]{2})(?:\.0+)?")
_QUADRANT = re.compile(r"(?:กลุ่ม)?(?:quadrant)?:?([abcd])")
# The letter itself spells the group both ways.
_QUADRANT_D = re.compile(
    r"(?:ผลิตภัณฑ์)?(?:กลุ่ม)?(?:d?\(?(?:กลุ่ม)?ปรับตัว(?:เข้า)?สู่การพัฒนา\)?|ปรับตัว(?:เข้า)?สู่การพัฒนา\(?(?:quadrant)?d\)?)"
)


def parse_type(cell: str) -> ProducerType:
    """The producer type; blank or unmapped is unknown. A list number before it and a gloss that says the same are
    passed over."""
    key = _NUMBER.sub("", name_key(cell)).removeprefix("ประเภท")
    if known := _TYPE_OF.get(key):
        return known
    glossed = _GLOSS.fullmatch(key)
    said = {_TYPE_OF.get(part, ProducerType.UNKNOWN) for part in glossed.groups()} if glossed else set()
    return said.pop() if len(said) == 1 else ProducerType.UNKNOWN


def parse_stars(cell: str) -> int:
    """1–5; ABSENT for a blank cell (unrated); UNREADABLE for anything else."""
    key = name_key(cell)
    if not key:
        return ABSENT
    found = _STARS.fullmatch(key)
    return int(found[1]) if found else UNREADABLE


def parse_year_be(cell: str) -> int:
    """A Buddhist year 2500–2699; ABSENT for a blank cell; UNREADABLE for anything else, a CE year among them."""
    key = name_key(cell)
    if not key:
        return ABSENT
    found = _YEAR.fullmatch(key)
    return int(found[1]) if found else UNREADABLE


def parse_quadrant(cell: str) -> int:
    """1–4 for A–D; ABSENT for a blank cell; UNREADABLE for anything else."""
    key = name_key(cell)
    if not key:
        return ABSENT
    if _QUADRANT_D.fullmatch(key):
        return QUADRANT_D
    found = _QUADRANT.fullmatch(key)
    return QUADRANTS.index(found[1].upper()) + 1 if found else UNREADABLE
