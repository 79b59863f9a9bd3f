"""What a check of a table says, and what follows: a row set aside, a warning, or the whole table stopped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.findings import Finding, Severity, blocked
from kbo_core.registry.personal import shown
from kbo_core.registry.staging import Staged

QUARANTINE_COLUMNS = ("source", "row", "column", "check", "value", "reason_th")
_EXAMPLES = 5


class Action(StrEnum):
    """What a failing row leads to: it is set aside, or it stays and a finding tells of it."""

    QUARANTINE = "quarantine"
    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True)
class Failure:
    """One check that some rows of a table failed; ``rows`` are index labels of the table."""

    check: str
    column: str
    action: Action
    reason_th: str
    reason_en: str
    rows: NDArray[np.int64]


Validate = Callable[[str, pd.DataFrame], Sequence[Failure]]
"""Suite name and table → what failed. Given from outside: see the package ``expectations``."""


class Sifted:
    """A table's rows parted by its failures; a row that fails several checks is set aside once, for each to be read.

    Shape:
        rows: the judged rows; ``at`` is the row of the staged table, ``province`` the official code or 0.
        is_kept: which of them stay.
    """

    def __init__(self, staged: Staged, rows: pd.DataFrame, failures: Sequence[Failure]) -> None:
        self._staged = staged
        self.rows = rows
        self._failures = failures
        self.is_kept = np.ones(len(rows), dtype=bool)
        for failure in failures:
            if failure.action is Action.QUARANTINE:
                self.is_kept[failure.rows] = False
        self._province = rows["province"].to_numpy()
        self._at = rows["at"].to_numpy()
        self._in = np.bincount(self._province[~self.is_kept], minlength=100)
        self._kept = np.bincount(self._province[self.is_kept], minlength=100)

    def counts(self, province: int) -> dict[str, int]:
        """What became of the rows of the whole table, as one province sees it."""
        rows_in = self._staged.rows_in
        kept, lost = int(self._kept[province]), int(self._in[province] + self._in[0])
        return {"in": rows_in, "kept": kept, "quarantined": lost, "elsewhere": rows_in - kept - lost}

    def quarantine(self, province: int) -> pd.DataFrame:
        """QUARANTINE_COLUMNS: the province's rows that were set aside, and those of no province, once a check."""
        table = self._staged.table
        lost: list[tuple[str, int, str, str, str, str]] = []
        for failure in self._failures:
            if failure.action is Action.QUARANTINE:
                mine = failure.rows[np.isin(self._province[failure.rows], (0, province))]
                for at in self._at[mine].tolist():
                    value = shown(failure.column, self._staged.text(failure.column, at))
                    place, row = self._staged.source(at), int(table.rows[at])
                    lost.append((place, row, failure.column, failure.check, value, failure.reason_th))
        return pd.DataFrame(sorted(set(lost)), columns=list(QUARANTINE_COLUMNS))

    def findings(self, province: int) -> Iterable[Finding]:
        """What a person must read of the province's rows that stay."""
        for failure in self._failures:
            if failure.action is not Action.QUARANTINE:
                told = failure.rows[self.is_kept[failure.rows] & (self._province[failure.rows] == province)]
                if len(told):
                    yield self._finding(failure, self._at[told])

    def _finding(self, failure: Failure, at: NDArray[np.int64]) -> Finding:
        names = sorted({shown("producer_name", self._staged.text("producer_name", row)) for row in at.tolist()})
        examples = ", ".join(names[:_EXAMPLES]) + (" …" if len(names) > _EXAMPLES else "")
        return Finding(
            failure.check,
            Severity(failure.action.value),
            f"{self._staged.where}: {failure.column}",
            f"{failure.reason_th} ({len(at)} แถว: {examples})",
            f"{failure.reason_en} ({len(at)} rows: {examples})",
        )


def refuse_unusable(counts: dict[str, int], quarantine: pd.DataFrame, place: str, name_th: str) -> None:
    """Raises BlockedError when a table has no rows or more than a fifth of them were set aside.

    A total is no row of the table: it is set aside, but says nothing of the others.
    """
    totals = len(quarantine.loc[quarantine["check"] == "total-row", ["source", "row"]].drop_duplicates())
    rows_in, lost = counts["in"] - totals, counts["quarantined"] - totals
    if rows_in == 0:
        raise blocked("table-empty", place, f"{name_th}มีแต่หัวตาราง ไม่มีข้อมูล", "the table has headings but no rows")
    if lost * 5 > rows_in:
        reasons = quarantine.drop_duplicates(["source", "row", "reason_th"])["reason_th"].value_counts()
        why = "; ".join(f"{reason} ({count} แถว)" for reason, count in reasons.items())
        raise blocked(
            "table-unusable",
            place,
            f"{name_th}ใช้ไม่ได้ {lost} จาก {rows_in} แถว (เกินหนึ่งในห้า) แก้แล้วส่งใหม่: {why}",
            f"{lost} of {rows_in} rows cannot be used: more than a fifth",
        )
