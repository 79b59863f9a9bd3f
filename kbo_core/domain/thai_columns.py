"""Many texts at once: the same as ``clean`` and ``name_key`` one by one, at the cost of the few that need mending.

A national register has a million distinct texts, nearly all of them clean. One look over all their letters as numbers
finds the texts that may need a repair; only those are mended.
"""

import unicodedata
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.thai_text import clean, name_key, repair

_SEPARATOR = "\x00"


def clean_all(texts: Sequence[str]) -> list[str]:
    """``clean`` of each text."""
    if "".join(texts).isascii():
        return [" ".join(text.split()) for text in texts]
    mended = [text.strip() for text in texts]
    for n in _suspects(mended):
        mended[n] = clean(mended[n])
    return mended


def name_keys(texts: Sequence[str]) -> list[str]:
    """``name_key`` of each text, given cleaned texts."""
    joined = _SEPARATOR.join(texts)
    if joined.count(_SEPARATOR) != len(texts) - 1:
        return [name_key(text) for text in texts]
    keys = joined.replace(" ", "").casefold().split(_SEPARATOR)
    # Without blanks, letters stand side by side that did not before.
    spaced = [n for n, text in enumerate(texts) if " " in text]
    closed = [texts[n].replace(" ", "") for n in spaced]
    for n in _suspects(closed):
        keys[spaced[n]] = repair(closed[n]).casefold()
    return keys


def letters_of(texts: Sequence[str]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """The letters of all texts in one row, as UTF-16 numbers, and where each text begins in it."""
    letters = np.frombuffer("".join(texts).encode("utf-16-le", "surrogatepass"), dtype=np.uint16)
    lengths = list(map(len, texts))
    if len(letters) != sum(lengths):  # a letter beyond the first plane takes two numbers
        lengths = [len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts]
    return letters, np.array([0, *accumulate(lengths)], dtype=np.int64)


def _kinds() -> NDArray[np.uint8]:
    """What each letter is: bits of the constants below."""
    kinds = np.zeros(0x10000, dtype=np.uint8)
    for n in range(0x10000):
        letter = chr(n)
        if n == 0x20:
            kinds[n] = _BLANK
        elif letter.isspace() or letter in _INVISIBLE or letter in "๐๑๒๓๔๕๖๗๘๙\u0e4d":
            kinds[n] = _ALWAYS
        elif letter in _VOWEL_SIGNS:
            kinds[n] = _SIGN
        elif letter in _TONES:
            kinds[n] = _TONE
        elif letter == "เ":
            kinds[n] = _SARA_E
        elif letter == "\u0e33":
            kinds[n] = _SARA_AM
    return kinds


_ALWAYS, _BLANK, _SIGN, _TONE, _SARA_E, _SARA_AM = 1, 2, 4, 8, 16, 32
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad\x00"
_VOWEL_SIGNS = "\u0e31\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e4d\u0e4e"
_TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
_KIND = _kinds()


def _suspects(texts: Sequence[str]) -> list[int]:
    """The texts that a repair might change, by number; some of them turn out to be clean."""
    if not texts:
        return []
    letters, starts = letters_of(texts)
    kind = _KIND[letters]
    odd = (kind & _ALWAYS).astype(bool)
    before, after = kind[:-1], kind[1:]
    doubled = (letters[:-1] == letters[1:]) & ((after & (_SIGN | _TONE | _SARA_E | _BLANK)) != 0)
    swapped = ((before & _TONE) != 0) & ((after & _SIGN) != 0)
    late_tone = ((before & _SARA_AM) != 0) & ((after & _TONE) != 0)
    odd[1:] |= doubled | swapped | late_tone
    filled = np.flatnonzero(np.diff(starts))  # a text without letters has no ends
    for ends in (starts[filled], starts[filled + 1] - 1):
        odd[ends] |= (kind[ends] & _BLANK) != 0
    found = np.searchsorted(starts, np.flatnonzero(odd), side="right") - 1
    suspects = set(found.tolist())
    if not unicodedata.is_normalized("NFC", "".join(texts)):
        suspects |= {n for n, text in enumerate(texts) if not unicodedata.is_normalized("NFC", text)}
    return sorted(suspects)
