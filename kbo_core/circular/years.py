"""Buddhist years as letters print them."""

import re
from collections.abc import Iterator

from kbo_core.circular.folded import Folded
from kbo_core.circular.letter import Printed

_ERA = r"(?:พ\.?ศ\.?)?"
_YEAR = r"2[4-7]\d{2}(?!\d)"
_LABEL = rf"(?:ปี(?:งบประมาณ|การผลิต)?{_ERA}|พ\.?ศ\.?)"
_ONE = re.compile(rf"(?:ประจำ)?{_LABEL}({_YEAR})")
_MANY = re.compile(rf"{_LABEL}({_YEAR}(?:(?:,|และ|หรือ|-|ถึง)+{_LABEL}?{_YEAR})*)")


def years_in(text: Folded, start: int = 0, end: int | None = None) -> Iterator[Printed[int]]:
    """Each labelled year of a stretch, with its label."""
    for match in _ONE.finditer(text.text, start, len(text.text) if end is None else end):
        yield Printed(int(match[1]), text.quote_of(match))


def year_in(text: Folded, start: int = 0, end: int | None = None) -> Printed[int] | None:
    """The first labelled year of a stretch."""
    return next(years_in(text, start, end), None)


def year_list(text: Folded, start: int = 0, end: int | None = None) -> Printed[tuple[int, ...]] | None:
    """The first enumeration or range of labelled years, a range written out."""
    match = _MANY.search(text.text, start, len(text.text) if end is None else end)
    if not match:
        return None
    years = [int(y) for y in re.findall(_YEAR, match[1])]
    if len(years) == 2 and re.search(r"-|ถึง", match[1]) and years[0] < years[1]:
        years = list(range(years[0], years[1] + 1))
    return Printed(tuple(dict.fromkeys(years)), text.quote_of(match))
