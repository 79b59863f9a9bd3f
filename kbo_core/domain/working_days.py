"""Which days an office works: weekends and Thai public holidays, under the office's own list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays

from kbo_core.domain.thai_dates import WEEKDAYS

# The library counts these, but civil servants work on them.
_CATEGORIES = (holidays.PUBLIC, holidays.GOVERNMENT)  # the Royal Ploughing Ceremony closes offices, not shops
_NOT_CIVIL_SERVICE = ("Labour Day", "Labor Day", "Children's Day")


@cache
def _thai_holidays(year: int) -> dict[date, str]:
    thai, english = (
        holidays.country_holidays("TH", years=year, language=language, categories=_CATEGORIES)
        for language in ("th", "en_US")
    )
    return {day: name for day, name in thai.items() if not any(n in english.get(day, "") for n in _NOT_CIVIL_SERVICE)}


@dataclass(frozen=True)
class Calendar:
    """An office's working days. ``office`` overrides: a name makes the day a holiday, None makes it a working day."""

    office: Mapping[date, str | None] = field(default_factory=dict)

    def day_off(self, day: date) -> str | None:
        """Why the office is closed on a day, in Thai; None on a working day."""
        if day in self.office:
            return self.office[day]
        if name := _thai_holidays(day.year).get(day):
            return name
        return f"วัน{WEEKDAYS[day.weekday()]}" if day.weekday() >= 5 else None

    def moved(self, day: date, policy: str) -> date:
        """The day itself (``keep``), or the nearest working day before (``previous``) or after it (``next``)."""
        if policy == "keep":
            return day
        step = timedelta(days=1 if policy == "next" else -1)
        while self.day_off(day):
            day += step
        return day

    def after(self, day: date, count: int) -> date:
        """The day that many working days after a day."""
        for _ in range(count):
            day = self.moved(day + timedelta(days=1), "next")
        return day


NATIONAL = Calendar()
