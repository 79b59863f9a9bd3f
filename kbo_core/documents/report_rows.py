"""The consolidated report as rows: what the spreadsheet, the CSV and the PDF all print."""

from collections.abc import Iterator
from dataclasses import dataclass

from kbo_core.documents.papers import Report, ReportedName

NAME_COLUMNS = (
    "order",
    "district_code",
    "district_th",
    "producer_id",
    "producer_name",
    "tier",
    "products",
    "stars",
    "register_row",
    "submission",
    "override",
)


@dataclass(frozen=True)
class Totals:
    """The province's sums."""

    quota: int
    candidates: int
    picked: int
    reminders: int

    @property
    def short(self) -> int:
        return max(self.quota - self.picked, 0)


def totals(report: Report) -> Totals:
    return Totals(
        quota=sum(line.quota for line in report.lines),
        candidates=sum(line.candidates for line in report.lines),
        picked=sum(line.picked for line in report.lines),
        reminders=sum(line.reminders for line in report.lines),
    )


def names_in_order(report: Report) -> list[ReportedName]:
    """The names by district in the circular's order; within a district as they were reported."""
    place = {line.district.code: number for number, line in enumerate(report.lines)}
    return sorted(report.names, key=lambda name: place.get(name.district_code, len(place)))


def name_rows(report: Report) -> Iterator[tuple[int | str, ...]]:
    """One row per name, in NAME_COLUMNS."""
    titles = {line.district.code: line.district.name_th for line in report.lines}
    for order, name in enumerate(names_in_order(report), start=1):
        yield (
            order,
            name.district_code,
            titles.get(name.district_code, ""),
            name.producer_id,
            name.producer_name,
            name.tier,
            "; ".join(name.products),
            name.stars,
            name.register_row,
            name.submission,
            name.override_th,
        )
