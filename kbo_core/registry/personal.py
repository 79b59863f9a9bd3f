"""What is personal: never needed and dropped (national IDs), or kept but never shown (who to call, and where).

A row that has slipped by one column brings a telephone number under a heading that is not personal at all.
"""

import re

from kbo_core.domain.thai_text import clean

_BETWEEN = r"[ \-\u2010-\u2015\u2212]*"  # spaces, hyphens and the dashes that programs make of them
_NUMBER = re.compile(rf"[1-8](?:{_BETWEEN}[0-9]){{12}}")
_CANDIDATE = re.compile(
    rf"(?<![0-9]){_NUMBER.pattern}(?:{_BETWEEN}{_NUMBER.pattern})*(?![0-9])"
)  # or several run together
_LENGTH = 13
NATIONAL_ID = "national-id"
TELEPHONE_IN_NAME = "telephone-in-name"
_TELEPHONE = re.compile(
    r"(?:(?:โทรศัพท์|โทร|tel|phone|มือถือ|เบอร์)[.: ]*)*(?<![0-9])0[2-9][0-9]?(?:[ -]?[0-9]{3,4}){2}(?![0-9])"
    r"|(?:โทรศัพท์|โทร|tel)[.: ]*(?:[689][0-9]{8}|[2-57][0-9]{7})(?![0-9])",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile("[0-9]{3}")  # few names have one
_LEFT_OPEN = re.compile(r"[(\[] *[)\]]")
PERSONAL = frozenset({"contact_name", "phone"})
NAMES = frozenset({"producer_name", "product_name"})
_CODES = frozenset({"producer_id", "product_id"})
_FEWEST_DIGITS = 7  # of what may be somebody's number
_PERSON = re.compile(r"(?<![ก-๙])(?:นางสาว|น\.ส\.|นาง|นาย|คุณ|ว่าที่) ?\S{2,} \S{2,}")  # นายายอาม and นางรอง are districts
_LETTER = re.compile(r"[^\W\d_]")


def shown(column: str, text: str) -> str:
    """A cell as results may quote it: "" in a personal column, and for what looks as if it belonged in one."""
    return "" if column in PERSONAL or _is_astray(column, text) else text


def looks_personal(text: str) -> bool:
    """Is it a number of somebody's, or a person's name with a title?"""
    text = clean(text)
    return bool(_PERSON.search(text)) or sum(map(str.isdigit, text)) >= _FEWEST_DIGITS


def _is_astray(column: str, text: str) -> bool:
    if column in _CODES:
        return False
    if column in NAMES:  # a producer may be a person, and a name may have a long number in it
        return not _LETTER.search(text) and looks_personal(text)
    return looks_personal(text)


def without_national_ids(text: str) -> str:
    """A cleaned text without the national IDs in it."""
    if len(text) < _LENGTH or not _CANDIDATE.search(text):
        return text
    return " ".join(_CANDIDATE.sub(lambda found: _NUMBER.sub(_dropped, found[0]), text).split())


def without_telephones(name: str) -> str:
    """A cleaned name without the telephone numbers typed behind it, and without the words that announce them."""
    if not _LONG_NUMBER.search(name) or not _TELEPHONE.search(name):
        return name
    return " ".join(_LEFT_OPEN.sub(" ", _TELEPHONE.sub(" ", name)).split()).strip(" ,;/-")


def _dropped(found: re.Match[str]) -> str:
    return "" if is_national_id(found[0]) else found[0]


def is_national_id(text: str) -> bool:
    """Thirteen digits, the last of which is right for the others.

    A juristic person's number has the same form and begins with 0; it is nobody's own.
    """
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != _LENGTH or digits[0] == 0:
        return False
    return (11 - sum(digit * (_LENGTH - n) for n, digit in enumerate(digits[:12])) % 11) % 10 == digits[12]
