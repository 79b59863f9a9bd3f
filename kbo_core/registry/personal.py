"""National IDs are never needed and never kept: a cell that holds one loses it, unseen."""

import re

_CANDIDATE = re.compile(r"(?<![0-9])[1-8](?:[ -]?[0-9]){12}(?![0-9])")
_LENGTH = 13
NATIONAL_ID = "national-id"


def without_national_ids(text: str) -> str:
    """A cleaned text without the national IDs in it."""
    if len(text) < _LENGTH or not _CANDIDATE.search(text):
        return text
    return " ".join(_CANDIDATE.sub(lambda found: "" if is_national_id(found[0]) else found[0], text).split())


def is_national_id(text: str) -> bool:
    """Thirteen digits, the last of which is right for the others.

    A juristic person's number has the same form and begins with 0; it is nobody's own.
    """
    digits = [int(sign) for sign in text if sign.isdigit()]
    if len(digits) != _LENGTH or digits[0] == 0:
        return False
    return (11 - sum(digit * (_LENGTH - n) for n, digit in enumerate(digits[:12])) % 11) % 10 == digits[12]
