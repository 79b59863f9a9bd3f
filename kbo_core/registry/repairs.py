"""Every change of a value between the file and what is decided on, each with before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.words import Words
from kbo_core.registry.personal import NATIONAL_ID, TELEPHONE_IN_NAME, shown
from kbo_core.registry.table import Table

REPAIR_COLUMNS = ("source", "column", "kind", "before", "after", "count", "rows")
PLACEHOLDER = "placeholder"
KINDS_TH = {
    "blanks": "ตัดช่องว่างหน้า หลัง ที่ซ้ำ และการขึ้นบรรทัดในเซลล์",
    "invisible": "ตัดอักขระที่มองไม่เห็น",
    "digits": "เปลี่ยนเลขไทยเป็นเลขอารบิก",
    "sara-ae": "เปลี่ยนสระเอสองตัวเป็นสระแอ",
    "sara-am": "รวมสระอำที่พิมพ์แยก",
    "doubled": "ตัดสระหรือวรรณยุกต์ที่ซ้ำ",
    "mark-order": "จัดลำดับสระและวรรณยุกต์",
    "area": "อ่านชื่อพื้นที่เป็นชื่อทางการ",
    "type": "อ่านประเภทผู้ผลิตเป็นชื่อทางการ",
    PLACEHOLDER: "ขีด เลขศูนย์ หรือคำว่าไม่มี อ่านเป็นช่องว่าง",
    "national-id": "ตัดเลขประจำตัวประชาชนออก",
    "telephone-in-name": "ตัดหมายเลขโทรศัพท์ออกจากช่องชื่อ",
    "telephone": "ข้อเสนอเท่านั้น: หมายเลขโทรศัพท์อาจขาดเลข 0 ข้างหน้า",
}


@dataclass(frozen=True)
class Change:
    """What a column's words were read as; ``after`` and ``kinds`` are parallel to them, a kind of "" is no change.

    A suggestion gives ``before`` too: then both are shown as they are, for they are masked, and no cell was changed.
    """

    column: str
    cells: Words
    after: Sequence[str]
    kinds: Sequence[str]
    before: Sequence[str] | None = None

    def report(self, table: Table, province: NDArray[np.int16], wanted: NDArray[np.bool_]) -> pd.DataFrame:
        """REPAIR_COLUMNS and ``province``: a row for each distinct change in a sheet, with the rows it was made in."""
        codes = self.cells.codes
        changed = np.array([bool(kind) for kind in self.kinds], dtype=bool)
        at = np.flatnonzero(changed[codes] & wanted) if len(changed) else np.empty(0, dtype=np.int64)
        at = at[np.lexsort((table.rows[at], codes[at], table.place[at], province[at]))]
        groups = (province[at].astype(np.int64) << 48) | (table.place[at].astype(np.int64) << 32) | codes[at]
        first = np.flatnonzero(np.diff(groups, prepend=-1))
        words, places = codes[at[first]].tolist(), table.place[at[first]].tolist()
        counts = np.diff(first, append=len(at))
        return pd.DataFrame(
            {
                "source": [table.places[place] for place in places],
                "column": self.column,
                "kind": [self.kinds[word] for word in words],
                "before": [self._before(word) for word in words],
                "after": [self._after(word) for word in words],
                "count": counts,
                "rows": _spans(table.rows[at], first),
                "province": province[at[first]],
            }
        )

    def _before(self, word: int) -> str:
        if self.before is not None:
            return self.before[word]
        is_personal = {NATIONAL_ID, TELEPHONE_IN_NAME} & set(self.kinds[word].split())
        return "" if is_personal else shown(self.column, self.cells.words[word])

    def _after(self, word: int) -> str:
        return shown(self.column, self.after[word]) if self.before is None else self.after[word]


def _spans(rows: NDArray[np.int32], first: NDArray[np.int64]) -> list[str]:
    """The row numbers of each group as a person writes them: 3-7 9 12."""
    starts = np.diff(rows, prepend=-1) != 1
    starts[first] = True
    begin = np.flatnonzero(starts)
    end = np.append(begin[1:], len(rows))[: len(begin)] - 1
    spans = [str(a) if a == b else f"{a}-{b}" for a, b in zip(rows[begin].tolist(), rows[end].tolist(), strict=True)]
    bounds = [*np.searchsorted(begin, first).tolist(), len(spans)]
    return [" ".join(spans[a:b]) for a, b in pairwise(bounds)]
