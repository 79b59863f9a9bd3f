"""Numbers written out in Thai words."""

import re

from kbo_core.circular.folded import folded

_ONES = {"หนึ่ง": 1, "เอ็ด": 1, "สอง": 2, "สาม": 3, "สี่": 4, "ห้า": 5, "หก": 6, "เจ็ด": 7, "แปด": 8, "เก้า": 9}
_TENS = _ONES | {"ยี่": 2}
_HUNDREDS = re.compile(rf"(?P<hundreds>{'|'.join(_ONES)})ร้อย")
_BELOW_HUNDRED = re.compile(rf"(?:(?P<tens>{'|'.join(_TENS)})?(?P<ten>สิบ))?(?P<ones>{'|'.join(_ONES)})?")


def number_in_words(text: str) -> int | None:
    """The number below a thousand that the words say; None when they say something else."""
    words = re.sub(r"(?:กลุ่ม|ราย|แห่ง|ถ้วน)+$", "", folded(text))
    if words == "ศูนย์":
        return 0
    hundreds = _HUNDREDS.match(words)
    rest = _BELOW_HUNDRED.fullmatch(words, hundreds.end() if hundreds else 0)
    if not words or not rest:
        return None
    tens = (_TENS[rest["tens"]] if rest["tens"] else 1) * 10 if rest["ten"] else 0
    return (_ONES[hundreds["hundreds"]] * 100 if hundreds else 0) + tens + (_ONES[rest["ones"]] if rest["ones"] else 0)
