"""The sources of a definition → one province's register, every row accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from kbo_core.domain.areas import Province
from kbo_core.domain.definition import CycleDefinition, ParticipantSource, Source, Sources
from kbo_core.domain.findings import Finding, block, blocked, warn
from kbo_core.domain.matching import Join, doubt_place, join
from kbo_core.domain.register import ABSENT, Register
from kbo_core.registry.headings import PARTICIPANTS, PERSONAL, PRODUCERS, PRODUCTS, SINGLE_SHEET, TableKind
from kbo_core.registry.producers import by_id_or_name, by_own_id, conflicts, identify, mark_repeats
from kbo_core.registry.quality import QUARANTINE_COLUMNS, Sifted, Validate, refuse_unusable, sift
from kbo_core.registry.sources import Fetch, SourceFile
from kbo_core.registry.staging import Sheet, read_sheet, stage

_LINK_COLUMNS = ["table", "producer_id", "producer_name", "name_key", "district_code"]
_PRODUCT_ORDER = ["name_key", "district_code", "product_name", "rating_year_be", "stars", "quadrant", "row"]


@dataclass(frozen=True)
class Ingested:
    """A register and how it came to be.

    Shape:
        register: see Register; producers and products also carry ``source``, ``row`` (provenance).
        quarantine: QUARANTINE_COLUMNS, one row a failed check of a row set aside.
        counts: table → rows in, kept, set aside, elsewhere (of other provinces).
    """

    register: Register
    quarantine: pd.DataFrame
    findings: tuple[Finding, ...]
    files: tuple[SourceFile, ...]
    counts: Mapping[str, Mapping[str, int]]


def ingest(definition: CycleDefinition, fetch: Fetch, validate: Validate) -> Ingested:
    """Read every source, let the suites judge each table, and link products and participants to producers.

    Raises RefusedError for a file that cannot be read, BlockedError for a table that cannot be used as a whole.
    """
    return _Intake(definition, fetch, validate).run()


class _Intake:
    """One ingest on its way: what has been read, set aside and found so far."""

    def __init__(self, definition: CycleDefinition, fetch: Fetch, validate: Validate) -> None:
        self._definition = definition
        self._province: Province = definition.province
        self._fetch = fetch
        self._validate = validate
        self._answers = {
            s.where: s.answer for s in definition.settled if s.finding == "near-match" and s.where and s.answer
        }
        self._files: dict[str, SourceFile] = {}
        self._findings: list[Finding] = []
        self._quarantines: list[pd.DataFrame] = []
        self._counts: dict[str, dict[str, int]] = {}

    def run(self) -> Ingested:
        producers, product_cells = self._producers()
        products, product_doubts = self._products(product_cells, producers)
        participants, participant_doubts = self._participants(producers)
        lists = frozenset((p.programme, p.fiscal_year_be) for p in self._definition.sources.participants)
        quarantine = pd.concat([pd.DataFrame(columns=list(QUARANTINE_COLUMNS)), *self._quarantines], ignore_index=True)
        return Ingested(
            register=Register(
                producers.drop(columns=[*PERSONAL]),  # decisions never need them
                products,
                participants,
                product_doubts,
                participant_doubts,
                lists,
            ),
            quarantine=quarantine.drop_duplicates(ignore_index=True),
            findings=tuple(self._findings),
            files=tuple(self._files[label] for label in sorted(self._files)),
            counts=self._counts,
        )

    def _producers(self) -> tuple[pd.DataFrame, Sheet]:
        """The producers, and the sheet that the products are in (the same one, where a single sheet carries both)."""
        sources = self._definition.sources
        source, single = _producer_source(sources)
        sheet = self._sheet(source, SINGLE_SHEET if single else PRODUCERS)
        staged = self._staged(sheet.cells, sheet.place)
        staged = mark_repeats(by_id_or_name(staged) if single else by_own_id(staged))
        judged = staged.assign(is_repeat=False) if single else staged
        sifted = self._sift("producers", judged, sheet, len(sheet.cells))
        if sifted.kept.empty:
            self._findings.append(
                block(
                    "province-absent",
                    sheet.place,
                    f"ทะเบียนนี้ไม่มีผู้ผลิตของจังหวัด{self._province.name_th}เลย ตรวจว่าเป็นแฟ้มของจังหวัดที่ถูกต้อง",
                    f"no producer of {self._province.name_en} is in this register",
                )
            )
        kept, disagreements = conflicts(staged)
        self._findings += disagreements
        kept = kept.loc[sifted.kept.index]
        producers = identify(kept[~mark_repeats(kept)["is_repeat"]] if single else kept)
        if not single:
            assert sources.products is not None  # noqa: S101 - single covers it
            return producers, self._sheet(sources.products, PRODUCTS)
        cells = sheet.cells[~sheet.cells["row"].isin(sifted.quarantine["row"])]
        has_product = (cells[["product_name", "rating_year_be", "stars", "quadrant"]] != "").any(axis=1)
        return producers, replace(sheet, cells=cells[has_product])

    def _products(self, sheet: Sheet, producers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        staged = self._staged(sheet.cells, sheet.place, producers)
        staged = staged.sort_values(_PRODUCT_ORDER).reset_index(drop=True)
        placed = staged["is_placed"]
        joined = self._join(staged[placed].assign(table="products"), producers)
        producer = pd.Series(joined.producer, index=staged.index[placed]).reindex(staged.index, fill_value=-1)
        doubtful = staged.index.isin(joined.doubts["row"])
        judged = staged.assign(
            producer=producer,
            link=np.select([producer >= 0, doubtful, placed], ["found", "near", "none"], "unplaced"),
            is_rated_without_year=(staged["stars"] != ABSENT) & (staged["rating_year_be"] == ABSENT),
        )
        sifted = self._sift("products", judged, sheet, len(sheet.cells))
        doubts = joined.doubts[joined.doubts["row"].isin(sifted.kept.index)].reset_index(drop=True)
        return sifted.kept, doubts

    def _participants(self, producers: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        tables = [self._participant_list(listed, producers) for listed in self._definition.sources.participants]
        empty = pd.DataFrame(columns=["programme", "fiscal_year_be", "row", "source", *_LINK_COLUMNS])
        rows = pd.concat([empty, *tables], ignore_index=True)
        rows = rows.sort_values(["table", "name_key", "district_code", "row"]).reset_index(drop=True)
        joined = self._join(rows, producers)
        return rows.assign(producer=joined.producer), joined.doubts

    def _participant_list(self, listed: ParticipantSource, producers: pd.DataFrame) -> pd.DataFrame:
        if listed.source is None:
            return pd.DataFrame()
        sheet = self._sheet(listed.source, PARTICIPANTS)
        if listed.empty:
            if len(sheet.cells):
                raise blocked(
                    "list-not-empty",
                    sheet.place,
                    f"ยืนยันไว้ว่าบัญชี {listed.label} ไม่มีรายชื่อ แต่แฟ้มมี {len(sheet.cells)} แถว ลบ empty: confirmed หรือแก้แฟ้ม",
                    f"affirmed to be empty, but the file has {len(sheet.cells)} rows",
                )
            return pd.DataFrame()
        staged = self._staged(sheet.cells, sheet.place, producers)
        kept = self._sift("participants", staged, sheet, len(sheet.cells)).kept
        return kept.assign(programme=listed.programme, fiscal_year_be=listed.fiscal_year_be, table=listed.label)

    def _sheet(self, source: Source, kind: TableKind) -> Sheet:
        file = self._files.get(source.path) or self._fetch(source.path)
        self._files[source.path] = file
        sheet = read_sheet(file, source, kind)
        self._findings += sheet.findings
        return sheet

    def _staged(self, cells: pd.DataFrame, place: str, producers: pd.DataFrame | None = None) -> pd.DataFrame:
        """The cells as read; each row with its file, and whether it could be placed in a district of the province.

        A row with both the id and the name of one of the province's producers is the province's, whatever its province
        cell says; an id alone may be another province's own.
        """
        staged = stage(cells).assign(source=place)
        if producers is not None:
            known = producers.loc[producers["has_id"], ["producer_id", "name_key"]]
            own = pd.MultiIndex.from_frame(staged[["producer_id", "name_key"]]).isin(pd.MultiIndex.from_frame(known))
            astray = own & ~staged["province_code"].isin(["", self._province.code])
            self._findings += _astray(staged[astray], place)
            staged.loc[astray, ["province_code", "district_code", "district"]] = [self._province.code, "", ""]
        required = "producer_type" in cells
        unknown = (staged["district_code"] == "") & (required | (staged["district"] != ""))
        ours = (staged["province_code"] == self._province.code) & ~unknown & (staged["name_key"] != "")
        return staged.assign(is_district_unknown=unknown, is_placed=ours)

    def _sift(self, suite: str, staged: pd.DataFrame, sheet: Sheet, rows_in: int) -> Sifted:
        elsewhere = ~staged["province_code"].isin(["", self._province.code])
        ours = staged[~elsewhere]
        sifted = sift(ours, self._validate(suite, ours), sheet.place)
        refuse_unusable(rows_in, sifted.quarantine, sheet.place, sheet.kind.name_th)
        self._findings += sifted.findings
        self._quarantines.append(sifted.quarantine)
        self._counts[f"{suite}: {sheet.place}"] = {
            "in": rows_in,
            "kept": len(sifted.kept),
            "quarantined": len(ours) - len(sifted.kept),
            "elsewhere": int(elsewhere.sum()),
        }
        return sifted

    def _join(self, rows: pd.DataFrame, producers: pd.DataFrame) -> Join:
        joined = join(rows[_LINK_COLUMNS], producers, self._answers)
        self._findings += _near_matches(joined, rows, producers)
        return joined


def _producer_source(sources: Sources) -> tuple[Source, bool]:
    """Where the producers are, and whether the products stand in the same sheet."""
    producers, products = sources.producers, sources.products
    if producers is None or products is None:
        only = producers or products
        assert only is not None  # noqa: S101 - a definition without either is refused by its parser
        return only, True
    if (producers.path, producers.sheet) != (products.path, products.sheet):
        return producers, False
    return producers.model_copy(update={"columns": {**products.columns, **producers.columns}}), True


def _astray(rows: pd.DataFrame, place: str) -> list[Finding]:
    return [
        warn(
            "province-differs",
            f"{place}: {producer_id}",
            f"แถวของ {producer_id} ระบุจังหวัด {province} แต่รหัสและชื่อเป็นของผู้ผลิตในจังหวัดนี้ ถือตามรหัสและชื่อ โปรดตรวจ",
            f"a row of {producer_id} names another province; id and name count",
        )
        for producer_id, province in sorted(set(zip(rows["producer_id"], rows["province"], strict=True)))
    ]


def _near_matches(joined: Join, rows: pd.DataFrame, producers: pd.DataFrame) -> Sequence[Finding]:
    doubted = rows.loc[joined.doubts["row"]]
    near = producers.loc[joined.doubts["producer"]]
    pairs = zip(
        doubted["table"].astype(str),
        doubted["producer_name"].astype(str),
        near["producer_id"].astype(str),
        near["producer_name"].astype(str),
        strict=True,
    )
    return [
        warn(
            "near-match",
            doubt_place(table, name, producer_id),
            f'ชื่อ "{name}" ({table}) คล้ายกับ "{producer_name}" ({producer_id}) ในทะเบียน เป็นรายเดียวกันหรือไม่',
            f"{name!r} in {table} is near {producer_id}: the same producer?",
        )
        for table, name, producer_id, producer_name in sorted(set(pairs))
    ]
