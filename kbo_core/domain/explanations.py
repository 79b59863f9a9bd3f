"""The decision sheet of a producer: every clause with its words, its value and the rows that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.areas import districts
from kbo_core.domain.clause_rows import RowsRead, Weight, letter_of, lists_of, rows_read
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.decisions import Decided, Verdicts, judge
from kbo_core.domain.definition import CycleDefinition, ParticipantSource
from kbo_core.domain.matching import doubt_place
from kbo_core.domain.paths import Paths, Way, first_of, near_misses, paths
from kbo_core.domain.register import Register
from kbo_core.domain.thai_text import thai_digits
from kbo_core.domain.truth import Truth

# Which rows tell why a clause has its value: those of the first weight that there are.
_TELLING = {
    Truth.PASS: (Weight.FOR,),
    Truth.UNKNOWN: (Weight.UNCLEAR,),
    Truth.FAIL: (Weight.AGAINST, Weight.NOTHING),
}


@dataclass(frozen=True)
class Evidence:
    """One row that a clause looked at. ``question`` names the near match by which it may be the producer's."""

    source: str
    row: int
    cells: Mapping[str, str]
    weight: Weight
    words_th: str
    question: str

    @property
    def place_th(self) -> str:
        return f"{self.source} แถว {self.row}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "row": self.row,
            "cells": dict(self.cells),
            "counts": self.weight.value,
            "words_th": self.words_th,
            "near_match": self.question,
        }


@dataclass(frozen=True)
class ClauseSheet:
    """One clause for one producer. ``searched_th`` says which files it was looked for in."""

    code: str
    cites: str
    asks_th: str
    value: Truth
    says_th: str
    searched_th: tuple[str, ...]
    evidence: tuple[Evidence, ...]

    @property
    def because_th(self) -> str:
        """What the data say, with their places: what would have to be otherwise for another value."""
        for weight in _TELLING[self.value]:
            if told := [f"{e.words_th} ({e.place_th})" for e in self.evidence if self._weighs(e) is weight]:
                return f"{self.says_th}: {'; '.join(told)}"
        return f"{self.says_th} (ดูจาก {', '.join(self.searched_th)})"

    def _weighs(self, evidence: Evidence) -> Weight:
        # A near match that leaves its clause open is not clear, whatever its row says.
        return Weight.UNCLEAR if evidence.question and self.value is Truth.UNKNOWN else evidence.weight

    def as_dict(self) -> dict[str, Any]:
        return {
            "clause": self.code,
            "cites": self.cites,
            "asks_th": self.asks_th,
            "value": self.value.word,
            "says_th": self.says_th,
            "because_th": self.because_th,
            "searched_th": list(self.searched_th),
            "evidence": [e.as_dict() for e in self.evidence],
        }


@dataclass(frozen=True)
class Sheet:
    """Everything that is known about one producer's decision; no personal data."""

    producer_id: str
    producer_name: str
    type_text: str
    district_code: str
    source: str
    row: int
    clauses: tuple[ClauseSheet, ...]
    tier: str
    verdict: str
    reason_th: str
    ways: tuple[Way, ...]

    @property
    def district_th(self) -> str:
        return title_of(self.district_code)

    def way_th(self, way: Way) -> str:
        """A way in words: which clauses lack, and which data stand against them."""
        lacking = [clause for clause in self.clauses if clause.code in way.clauses]
        if not lacking:
            return f"เข้าเกณฑ์แล้ว (ชั้น {thai_digits(way.tier)})"
        head = f"ขาดเพียง{cited(way.clauses)}" if len(lacking) == 1 else f"ขาด {len(lacking)} เงื่อนไข"
        return f"{head} → " + " · ".join(f"[{c.cites}] {c.because_th}" for c in lacking)

    def as_dict(self) -> dict[str, Any]:
        return {
            "producer_id": self.producer_id,
            "producer_name": self.producer_name,
            "producer_type": self.type_text,
            "district_code": self.district_code,
            "district_th": self.district_th,
            "source": self.source,
            "row": self.row,
            "clauses": [clause.as_dict() for clause in self.clauses],
            "tier": self.tier,
            "verdict": self.verdict,
            "reason_th": self.reason_th,
            "ways": [{"tier": w.tier, "clauses": list(w.clauses), "words_th": self.way_th(w)} for w in self.ways],
        }


def title_of(district_code: str) -> str:
    """A district's name with its kind; a code of nowhere as it is."""
    area = districts().get(district_code)
    return area.title_th if area else district_code


def cited(codes: Sequence[str]) -> str:
    """Clauses as the letter numbers them, each once."""
    return " ".join(dict.fromkeys(CLAUSES[code].cites for code in codes))


class Explanations:
    """A province's decisions, explained: sheets one by one, figures in columns.

    Shape: a producer is its index in the register, as everywhere in the domain.
    """

    def __init__(self, register: Register, definition: CycleDefinition, decided: Decided) -> None:
        self.register, self.definition = register, definition
        self._rules = definition.rules
        self.found: Verdicts = judge(register, definition.rules, definition.quota)
        self.reach: Paths = paths(self.found, definition.rules)
        decisions = decided.decisions
        index = {producer_id: n for n, producer_id in enumerate(register.producers["producer_id"].tolist())}
        self.order = [index[producer_id] for producer_id in decisions["producer_id"].tolist()]
        at = np.empty(register.count, dtype=np.int64)
        at[self.order] = np.arange(register.count)
        self._said = {
            column: decisions[column].to_numpy(dtype=object)[at]
            for column in ("district_code", "tier", "verdict", "reason_th")
        }

    @cached_property
    def district_codes(self) -> NDArray[np.object_]:
        return self._said["district_code"]

    @cached_property
    def near_misses(self) -> NDArray[np.bool_]:
        return near_misses(self.found, self.reach)

    def first(self, truth: Truth) -> NDArray[np.int8]:
        """Of each producer the first clause of a value, in the order that the tiers ask."""
        return first_of(truth, self.found, self._rules)

    def sheet(self, n: int) -> Sheet:
        """The sheet of producer ``n``."""
        producer = self._producers.cells(n)
        return Sheet(
            producer_id=producer["producer_id"],
            producer_name=producer["producer_name"],
            type_text=producer["type_text"],
            district_code=self._said["district_code"][n],
            source=producer["source"],
            row=producer["row"],
            clauses=tuple(self._clause(code, n) for code in CLAUSES),
            tier=self._said["tier"][n],
            verdict=self._said["verdict"][n],
            reason_th=self._said["reason_th"][n],
            ways=self.reach.ways(n),
        )

    def sheets(self) -> Iterator[Sheet]:
        """Every producer's sheet, in the order of the decisions."""
        return map(self.sheet, self.order)

    def _clause(self, code: str, n: int) -> ClauseSheet:
        clause, value = CLAUSES[code], Truth(int(self.found.clauses[code][n]))
        return ClauseSheet(
            code=code,
            cites=clause.cites,
            asks_th=clause.asks_th(self._rules),
            value=value,
            says_th=clause.says(value, self._rules),
            searched_th=self._searched[code],
            evidence=tuple(self._evidence(self._read[code], n)),
        )

    def _evidence(self, read: RowsRead, n: int) -> Iterator[Evidence]:
        table = self._tables[read.table]
        for at, is_near in table.rows_of(n):
            if (role := int(read.role[at])) < 0:
                continue
            kind, cells = read.roles[role], table.cells(at)
            question = self._question(read.table, cells, n) if is_near else ""
            yield Evidence(
                source=cells["source"],
                row=cells["row"],
                cells={name: cells[name] for name in read.cells if name in cells},
                weight=kind.weight,
                words_th=("ชื่อคล้ายกัน ยังไม่ชี้ขาดว่าเป็นรายเดียวกัน: " if is_near else "") + kind.words_th.format_map(cells),
                question=question,
            )

    def _question(self, table: str, cells: Mapping[str, Any], n: int) -> str:
        if table == "participants":
            programme, year = self.register.lists[cells["listed"]]
            table = f"{programme} {year}"
        return doubt_place(table, cells["producer_name"], self._producers.cells(n)["producer_id"])

    @cached_property
    def _read(self) -> dict[str, RowsRead]:
        return rows_read(self.register, self._rules)

    @cached_property
    def _producers(self) -> "_Rows":
        return self._tables["producers"]

    @cached_property
    def _tables(self) -> dict[str, "_Rows"]:
        register, nobody = self.register, pd.DataFrame({"row": [], "producer": []}, dtype="int64")
        own = register.producers.assign(producer=np.arange(register.count))
        return {
            "producers": _Rows(own, nobody, register.count),
            "products": _Rows(register.products, register.product_doubts, register.count),
            "participants": _Rows(register.participants, register.participant_doubts, register.count),
        }

    @cached_property
    def _searched(self) -> dict[str, tuple[str, ...]]:
        """Which files each clause looked into, whatever it found there."""
        sources = self.definition.sources
        producers, products = (
            (source.path,) if source else () for source in (sources.producers, sources.products or sources.producers)
        )
        lists: dict[tuple[str, int], ParticipantSource] = {
            (p.programme, p.fiscal_year_be): p for p in sources.participants
        }
        searched: dict[str, tuple[str, ...]] = {"1a": producers or products, "1b": products, "3": products}
        for code in CLAUSES:
            if told := lists_of(code, self._rules):
                searched[code] = tuple(
                    f"บัญชี {programme} {year}: "
                    + ((listed.path or "ยืนยันว่าไม่มีรายชื่อ") if (listed := lists.get((programme, year))) else "ไม่มีบัญชีนี้")
                    for programme, year in told
                )
        return {code: searched.get(code, ("-",)) for code in CLAUSES}


class _Rows:
    """A table by producer: its own rows, and those that are perhaps its own."""

    def __init__(self, table: pd.DataFrame, doubts: pd.DataFrame, count: int) -> None:
        self._columns = {str(name): table[name].tolist() for name in table.columns}
        self._own = _Grouped(table["producer"].to_numpy(), np.arange(len(table)), count)
        self._near = _Grouped(doubts["producer"].to_numpy(), doubts["row"].to_numpy(), count)

    def rows_of(self, n: int) -> list[tuple[int, bool]]:
        """The rows of producer ``n`` in the order of source and row, and whether each is a near match."""
        found = [(at, False) for at in self._own.of(n)] + [(at, True) for at in self._near.of(n)]
        return sorted(found, key=lambda item: (self._columns["source"][item[0]], self._columns["row"][item[0]]))

    def cells(self, at: int) -> dict[str, Any]:
        cells = {name: cells[at] for name, cells in self._columns.items()}
        if "quadrant" in cells:
            cells["quadrant_letter"] = letter_of(cells["quadrant"])
        for name in _PERHAPS_ABSENT:
            cells.setdefault(name, "")
        return cells


_PERHAPS_ABSENT = ("product_name", "rating_year_text", "stars_text", "quadrant_year_text", "quadrant_text")


class _Grouped:
    def __init__(self, producer: NDArray[Any], row: NDArray[Any], count: int) -> None:
        order = np.lexsort((row, producer))
        self._rows = row[order]
        self._first = np.searchsorted(producer[order], np.arange(count + 1))

    def of(self, n: int) -> list[int]:
        found: list[int] = self._rows[self._first[n] : self._first[n + 1]].tolist()
        return found
