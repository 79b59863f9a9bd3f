"""Telephone numbers that lost their first 0 in a spreadsheet: what they probably were. Nothing is changed by it."""

import re

_SHOWN = 3  # of a number only so many digits are ever told
_WELL = re.compile(r"0(?:[689][0-9]|[2-57])(?:[ -]?[0-9]{3,4}){2}")
_BETWEEN = re.compile(r"[,;/|]|และ|หรือ")
_LABEL = re.compile(r"^[^0-9+]*")
_INSIDE = re.compile(r"[ .()-]+")
_DECIMAL = re.compile(r"\.0+$")
# A mobile number has nine digits behind its 0, one of a house eight.
_NUMBER = re.compile(r"0?(?:[689][0-9]{8}|[2-57][0-9]{7})")
_ALONE = re.compile(r"[689][0-9]{8}|[2-57][0-9]{7}")
_LONGEST = 60


def suggest(cell: str) -> tuple[str, str] | None:
    """A cleaned cell and what it probably was, both masked; None where nothing is missing or nobody can tell.

    Several numbers in a cell, and numbers run together, are taken apart where there is one way only to do it.
    """
    if _WELL.fullmatch(cell):
        return None
    if _ALONE.fullmatch(cell):
        return _masked(cell), _with_zero(cell)
    pieces = [piece for piece in _BETWEEN.split(cell) if piece.strip()]
    before, after = [], []
    for piece in pieces:
        digits = _INSIDE.sub("", _DECIMAL.sub("", _LABEL.sub("", piece)))
        ways = _ways(digits) if digits.isdecimal() and digits.isascii() and len(digits) <= _LONGEST else []
        if len(ways) != 1:
            return None
        before.append(_masked(digits))
        after += [_with_zero(number) for number in ways[0]]
    return None if before == after or not pieces else (", ".join(before), ", ".join(after))


def _ways(digits: str) -> list[list[str]]:
    """The ways to divide digits into numbers, at most two of them."""
    whole: list[list[list[str]]] = [[] for _ in range(len(digits))] + [[[]]]
    for start in reversed(range(len(digits))):
        for length in (8, 9, 10):
            number = digits[start : start + length]
            if len(number) == length and _NUMBER.fullmatch(number):
                whole[start] += [[number, *rest] for rest in whole[start + length]]
        whole[start] = whole[start][:2]
    return whole[0]


def _masked(number: str) -> str:
    return "•" * (len(number) - _SHOWN) + number[-_SHOWN:]


def _with_zero(number: str) -> str:
    return _masked(number) if number.startswith("0") else f"0{_masked(number)}"
