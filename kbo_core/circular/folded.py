"""Text in one spelling, so that one pattern finds a term however it was typed or wrapped.

Thai writes no blanks between words, and a line may break anywhere: a blank inside a term, a line end, a table's
rule or a second tone mark carries nothing. Each character still knows where in the source it came from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kbo_core.circular.letter import Letter, Quote
from kbo_core.domain.thai_text import arabic_digits, repair

# Old Thai fonts draw shifted vowels and tone marks with characters of their own, and a PDF keeps them.
_FONT_FORMS = {
    0xF700 + i: ord(c)
    for i, c in enumerate(
        "ฐ\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4cญ\u0e31\u0e4d\u0e47"
        "\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a"
    )
}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣-~～"), "-")
_SLASHES = dict.fromkeys(map(ord, "⁄∕／"), "/")
_STARS = dict.fromkeys(map(ord, "★☆⭐"), "ดาว")
_TABLE = _FONT_FORMS | _DASHES | _SLASHES | _STARS

_BLANK = r"\s|[|*#`]|<br\s*/?>|</?t(?:able|head|body|r|d|h)\b[^<>]*>|&nbsp;|[-=_–—]{3,}"
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad"
_ABOVE = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0300-\u036f\uf701-\uf70e\uf710-\uf71a"
_PIECE = re.compile(
    rf"(?P<blank>(?:{_BLANK})+)|(?:เ[{_UNSEEN}]*เ|[^{_ABOVE}{_UNSEEN}])[{_ABOVE}{_UNSEEN}]*(?:(?<=\u0e4d)\u0e32|"
    rf"(?<=\u0e4d[\u0e48-\u0e4c])\u0e32|\u0e33[\u0e48-\u0e4c]*)?|.",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile("[0-9A-Za-z]")


@dataclass(frozen=True)
class Folded:
    """Part of a letter in one spelling. Blanks are left only between two Latin letters or digits."""

    letter: Letter
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def quote(self, start: int, end: int) -> Quote:
        """The source behind a stretch of the folded text."""
        return self.letter.quote(self.starts[start], self.ends[end - 1])

    def quote_of(self, match: re.Match[str], first: int | str = 0, last: int | str | None = None) -> Quote:
        """The source behind a match, or from the beginning of one group to the end of another."""
        return self.quote(match.start(first), match.end(first if last is None else last))

    def after(self, offset: int) -> int:
        """The folded position of a source offset."""
        return next((i for i, start in enumerate(self.starts) if start >= offset), len(self.text))


def fold(letter: Letter, start: int = 0, end: int | None = None) -> Folded:
    """A stretch of the letter in one spelling."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, at, until in _pieces(letter.source, start, len(letter.source) if end is None else end):
        text.append(piece)
        starts.append(at)
        ends.append(until)
    keep = [i for i, char in enumerate(text) if char != " " or _parts_words(text, i)]
    return Folded(letter, "".join(text[i] for i in keep), tuple(starts[i] for i in keep), tuple(ends[i] for i in keep))


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A loose piece of text in the same spelling."""
    return fold(Letter(text)).text


def _pieces(source: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for match in _PIECE.finditer(source, start, end):
        if match["blank"]:
            yield " ", match.start(), match.end()
            continue
        mended = _mended(match[0])
        if len(mended) == len(match[0]):
            for i, char in enumerate(mended):
                yield char, match.start() + i, match.start() + i + 1
        else:
            for char in mended:
                yield char, match.start(), match.end()


@lru_cache(maxsize=8192)  # a letter has a few hundred different pieces, each many times
def _mended(piece: str) -> str:
    return arabic_digits(repair(piece.translate(_TABLE)))


def _parts_words(text: list[str], i: int) -> bool:
    return 0 < i < len(text) - 1 and _WORD.match(text[i - 1]) is not None and _WORD.match(text[i + 1]) is not None
