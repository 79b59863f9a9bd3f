"""What a check of a table says, and what follows: a row set aside, a warning, or the whole table stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from kbo_core.domain.findings import Finding, blocked, warn
from kbo_core.registry.headings import PERSONAL

QUARANTINE_COLUMNS = ("source", "row", "column", "check", "value", "reason_th")
_EXAMPLES = 5


class Action(StrEnum):
    """What a failing row leads to."""

    QUARANTINE = "quarantine"
    WARN = "warn"


@dataclass(frozen=True)
class Failure:
    """One check that some rows of a table failed; ``rows`` are index labels of the table."""

    check: str
    column: str
    action: Action
    reason_th: str
    reason_en: str
    rows: tuple[int, ...]


Validate = Callable[[str, pd.DataFrame], Sequence[Failure]]
"""Suite name and table → what failed. Given from outside: see the package ``expectations``."""


@dataclass(frozen=True)
class Sifted:
    """A table's rows that stay, those set aside (QUARANTINE_COLUMNS), and the warnings."""

    kept: pd.DataFrame
    quarantine: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)


def sift(table: pd.DataFrame, failures: Sequence[Failure], place: str) -> Sifted:
    """Part the table by its failures; a row that fails several checks is set aside once, for each to be read."""
    lost = {row for failure in failures if failure.action is Action.QUARANTINE for row in failure.rows}
    rows: list[dict[str, object]] = []
    findings = []
    for failure in failures:
        if failure.action is Action.WARN:
            if staying := [row for row in failure.rows if row not in lost]:
                findings.append(_warning(table.loc[staying], failure, place))
            continue
        for at in failure.rows:
            value = "" if failure.column in PERSONAL else table.at[at, failure.column]
            rows.append(
                {
                    "source": place,
                    "row": table.at[at, "row"],
                    "column": failure.column,
                    "check": failure.check,
                    "value": value,
                    "reason_th": failure.reason_th,
                }
            )
    quarantine = pd.DataFrame(rows, columns=list(QUARANTINE_COLUMNS)).sort_values(["source", "row", "column", "check"])
    return Sifted(table.drop(index=sorted(lost)), quarantine.reset_index(drop=True), findings)


def _warning(rows: pd.DataFrame, failure: Failure, place: str) -> Finding:
    names = sorted({str(name) for name in rows["producer_name"]})
    shown = ", ".join(names[:_EXAMPLES]) + (" …" if len(names) > _EXAMPLES else "")
    return warn(
        failure.check,
        f"{place}: {failure.column}",
        f"{failure.reason_th} ({len(rows)} แถว: {shown})",
        f"{failure.reason_en} ({len(rows)} rows: {shown})",
    )


def refuse_unusable(rows_in: int, quarantine: pd.DataFrame, place: str, name_th: str) -> None:
    """Raises BlockedError when a table has no rows or more than a fifth of them were set aside."""
    lost = quarantine["row"].nunique()
    if rows_in == 0:
        raise blocked("table-empty", place, f"{name_th}มีแต่หัวตาราง ไม่มีข้อมูล", "the table has headings but no rows")
    if lost * 5 > rows_in:
        counts = quarantine.groupby("reason_th")["row"].nunique().sort_values(ascending=False)
        why = "; ".join(f"{reason} ({count} แถว)" for reason, count in counts.items())
        raise blocked(
            "table-unusable",
            place,
            f"{name_th}ใช้ไม่ได้ {lost} จาก {rows_in} แถว (เกินหนึ่งในห้า) แก้แล้วส่งใหม่: {why}",
            f"{lost} of {rows_in} rows cannot be used: more than a fifth",
        )
