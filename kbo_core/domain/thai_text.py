"""Thai text as an office types it, brought to one form."""

import re
import unicodedata
from collections.abc import Callable

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
_TO_ARABIC = str.maketrans(THAI_DIGITS, "0123456789")
_TO_THAI = str.maketrans("0123456789", THAI_DIGITS)

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_UPPER_LOWER = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d\u0e4e"
_MARKS = "\u0e48-\u0e4c"
# Written order is vowel sign, then tone mark; keyboards allow the reverse.
_SWAPPED = re.compile(f"([{_MARKS}])([{_UPPER_LOWER}])")
_DOUBLED = re.compile(f"([{_UPPER_LOWER}{_MARKS}])\\1+")
# NIKHAHIT, an optional tone mark and SARA AA are SARA AM typed in two strokes.
_SARA_AM = re.compile(f"\u0e4d([{_MARKS}]?)\u0e32")
_SARA_AM_LATE_TONE = re.compile(f"\u0e33([{_MARKS}])")
_SARA_AE = re.compile("เเ")
FAULTS = ("blanks", "invisible", "digits", "sara-ae", "sara-am", "doubled", "mark-order")


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("mark-order", lambda text: unicodedata.normalize("NFC", text)),
    ("sara-ae", lambda text: _SARA_AE.sub("แ", text)),
    ("mark-order", lambda text: _SWAPPED.sub(r"\2\1", text)),
    ("doubled", lambda text: _DOUBLED.sub(r"\1", text)),
    ("sara-am", lambda text: _SARA_AM.sub("\\1\u0e33", text)),
    ("sara-am", lambda text: _SARA_AM_LATE_TONE.sub("\\1\u0e33", text)),
)


def repair(text: str) -> str:
    """The text in NFC with typing faults mended; line breaks and digits stay as they are.

    NFKC is not used: it takes SARA AM apart. One repair can lay bare the next, so it goes on until nothing is left.
    """
    return _repaired(text, set())


def faults(text: str) -> tuple[str, ...]:
    """What ``clean`` would mend in a text, by name: FAULTS."""
    found: set[str] = set()
    repaired = _repaired(text, found)
    if arabic_digits(repaired) != repaired:
        found.add("digits")
    if _SPACES.sub(" ", repaired).strip() != repaired:
        found.add("blanks")
    return tuple(fault for fault in FAULTS if fault in found)


def _repaired(text: str, found: set[str]) -> str:
    seen = _INVISIBLE.sub("", text)
    if seen != text:
        found.add("invisible")
    while True:
        before = seen
        for fault, step in _STEPS:
            if (mended := step(seen)) != seen:
                found.add(fault)
                seen = mended
        if seen == before:
            return seen


def clean(text: str) -> str:
    """One cell as one line: repaired, every run of white space one blank, ends trimmed, Arabic digits."""
    return _SPACES.sub(" ", arabic_digits(repair(text))).strip()


def name_key(text: str) -> str:
    """What two spellings of one name share: cleaned, without blanks, case folded.

    Thai writes no blanks between words, so a blank inside a name carries nothing.
    """
    return repair(clean(text).replace(" ", "")).casefold()


def arabic_digits(text: str) -> str:
    """The text with ๐–๙ as 0–9."""
    return text.translate(_TO_ARABIC)


def thai_digits(value: object) -> str:
    """The value printed with ๐–๙."""
    return str(value).translate(_TO_THAI)
