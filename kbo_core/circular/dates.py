"""Dates as Thai letters print them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kbo_core.circular.folded import Folded
from kbo_core.circular.letter import Quote
from kbo_core.domain.thai_dates import BE_OFFSET, MONTHS, MONTHS_SHORT, WEEKDAYS, from_be

_ENGLISH = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SPELLINGS = {name: i for i, name in enumerate(MONTHS, 1)}
_SPELLINGS |= {name: i for i, name in enumerate(MONTHS_SHORT, 1)}
_SPELLINGS |= {name.rstrip("."): i for i, name in enumerate(MONTHS_SHORT, 1)}
_SPELLINGS |= {name.replace(".", ""): i for i, name in enumerate(MONTHS_SHORT, 1)}
_SPELLINGS |= {f"{name.replace('.', '')}.": i for i, name in enumerate(MONTHS_SHORT, 1)}
_SPELLINGS |= {name: i for i, name in enumerate(_ENGLISH, 1)} | {name[:3]: i for i, name in enumerate(_ENGLISH, 1)}
_MONTH = "|".join(re.escape(name) for name in sorted(_SPELLINGS, key=len, reverse=True))
_WEEKDAY = "|".join((*WEEKDAYS, "พฤหัส"))
ERA = r"(?:พ\.?ศ\.?|ค\.?ศ\.?|พุทธศักราช|คริสต์ศักราช)?"

DATE = (
    rf"(?:วัน(?P<weekday>{_WEEKDAY})(?:ที่)?)?(?<!\d)(?P<day>\d{{1,2}})"
    rf"(?:(?:เดือน)? ?(?P<month>{_MONTH}) ?{ERA}|(?P<sep>[/.-])(?P<number>\d{{1,2}})(?P=sep))"
    r"(?P<year>\d{4}|\d{2})(?!\d)"
)
_DATE = re.compile(DATE)
_DAYLESS = re.compile(rf"(?<!\d)(?P<month>{_MONTH}){ERA}(?P<year>\d{{4}})(?!\d)")


@dataclass(frozen=True)
class PrintedDate:
    """A date with the words it was printed in; ``on`` is None where the calendar has no such day.

    ``as_text`` is what was printed in the order of ISO 8601, whether there is such a day or not.
    """

    on: date | None
    as_text: str
    weekday: str | None
    is_short_year: bool
    is_common_era: bool
    quote: Quote


def dates(text: Folded) -> Iterator[PrintedDate]:
    """Every date of a stretch, in order."""
    for match in _DATE.finditer(text.text):
        yield date_of(text, match)


def date_of(text: Folded, match: re.Match[str]) -> PrintedDate:
    """The date in a match of ``DATE``.

    A year of two digits is one of the 2500s, as office shorthand has it; a year below 2400 is of the common era.
    """
    month = int(match["number"]) if match["number"] else _SPELLINGS[match["month"]]
    short = len(match["year"]) == 2
    year = int(match["year"]) + (2500 if short else 0)
    common = year < 2400
    try:
        on = date(year, month, int(match["day"])) if common else from_be(year, month, int(match["day"]))
    except ValueError:
        on = None
    return PrintedDate(
        on=on,
        as_text=f"{year if common else year - BE_OFFSET:04d}-{month:02d}-{int(match['day']):02d}",
        weekday=match["weekday"],
        is_short_year=short,
        is_common_era=common,
        quote=text.quote_of(match, "weekday" if match["weekday"] else "day", "year"),
    )


def dayless(text: Folded) -> Quote | None:
    """A month and year without a day, as an undated draft has them."""
    match = _DAYLESS.search(text.text)
    return text.quote_of(match) if match else None
