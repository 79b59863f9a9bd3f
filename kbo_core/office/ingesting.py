"""The sources of a definition on their way to a register: read, judged, joined, once for all the provinces asked for.

Every row is kept, set aside with its reason, or another province's.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.answers import (
    DIFFERENT,
    NAME_FINDINGS,
    NEAR_MATCH,
    NO_ANSWERS,
    SAME,
    About,
    Answers,
    NameQuestion,
)
from kbo_core.domain.areas import find_province
from kbo_core.domain.definition import CycleDefinition, ParticipantSource, Source
from kbo_core.domain.duplicates import NEAR_NAME, shared
from kbo_core.domain.findings import BlockedError, Finding, blocked, warn
from kbo_core.domain.matching import Join, doubt_place, join
from kbo_core.domain.nearness import Spellings
from kbo_core.domain.register import ProducerType
from kbo_core.domain.thai_columns import clean_all
from kbo_core.domain.words import Words
from kbo_core.office.register import Ingested, Nation, Part
from kbo_core.office.twins import twin_finding, twins
from kbo_core.registry.headings import PARTICIPANTS, PRODUCERS, PRODUCTS, SINGLE_SHEET, TYPES, TableKind
from kbo_core.registry.producers import (
    by_id_or_name,
    by_own_id,
    disagreements,
    identifiers,
    in_content_order,
    repeats,
    types_differ,
)
from kbo_core.registry.quality import Sifted, Validate
from kbo_core.registry.questions import is_listed_again, link_of, of_products
from kbo_core.registry.sources import Fetch, SourceFile
from kbo_core.registry.staging import Lexicon, Staged, stage
from kbo_core.registry.table import Table, read_table
from kbo_core.registry.told import with_values
from kbo_core.registry.workbooks import ALL_SHEETS


def ingest(definition: CycleDefinition, fetch: Fetch, validate: Validate, answers: Answers = NO_ANSWERS) -> Ingested:
    """The register of the definition's province; ``answers`` are those remembered, the definition's own come first.

    Raises RefusedError for a file that cannot be read, BlockedError for a table that cannot be used as a whole.
    """
    return ingest_provinces([definition], fetch, validate, answers).province(definition.province)


def ingest_provinces(
    definitions: Sequence[CycleDefinition], fetch: Fetch, validate: Validate, answers: Answers = NO_ANSWERS
) -> Nation:
    """The registers of several provinces whose definitions name the same sources, in one pass.

    Raises RefusedError for a file that cannot be read, BlockedError for a table without a needed column.
    """
    return _Intake(definitions, fetch, validate, answers).run()


class _Intake:
    """One ingest on its way: what has been read, set aside and found so far."""

    def __init__(
        self, definitions: Sequence[CycleDefinition], fetch: Fetch, validate: Validate, answers: Answers
    ) -> None:
        self._sources = definitions[0].sources
        # A row of no province is everybody's to see.
        self._wanted = np.array([0, *(int(definition.province_code) for definition in definitions)])
        self._programme_years = np.zeros(100, dtype=np.int16)
        for definition in definitions:
            self._programme_years[int(definition.province_code)] = definition.programme_year_be
        self._answers = {
            (int(definition.province_code), s.where): s.answer
            for definition in definitions
            for s in definition.settled
            if s.finding in NAME_FINDINGS and s.where and s.answer
        }
        self._remembered = answers
        self._used_answers: dict[About, str] = {}
        self._open_questions: dict[tuple[str, str], NameQuestion] = {}
        self._fetch = fetch
        self._validate = validate
        self._ids, self._keys, self._spellings = Lexicon(), Lexicon(), Spellings()
        self._files: dict[str, SourceFile] = {}
        self._findings: list[tuple[int, Finding]] = []
        self._parts: list[Part] = []

    def run(self) -> Nation:
        producers, product_table, left_out = self._producers()
        products, product_doubts = self._products(product_table, left_out, producers)
        linked = self._twins(producers)
        participants, participant_doubts = self._participants(producers, linked)
        return Nation(
            producers=producers.drop(columns=["id", "key", "has_id", "at", "subdistrict"]),
            products=products,
            participants=participants,
            product_doubts=product_doubts,
            participant_doubts=participant_doubts,
            lists=tuple((p.programme, p.fiscal_year_be) for p in self._sources.participants),
            files=tuple(self._files[label] for label in sorted(self._files)),
            parts=self._parts,
            findings=self._findings,
            questions=list(self._open_questions.values()),
            linked=linked,
            answers=self._remembered,
            used_answers=self._used_answers,
        )

    def _twins(self, producers: pd.DataFrame) -> list[list[int]]:
        """The producers that are answered to be one; who may be one is asked."""
        keys = self._known_keys()
        linked, still_open = twins(producers, keys, self._spellings, lambda *question: self._answer(*question)[0])
        self._open_questions |= {(q.about.province_code, q.place): q for q in still_open}
        self._findings += [(int(question.about.province_code), twin_finding(question)) for question in still_open]
        return linked

    def _known_keys(self) -> list[str]:
        """Every name key so far, by number; their spellings are ready to be compared."""
        keys = self._keys.texts()
        self._spellings.know(keys)
        return keys

    def _answer(self, province: int, place: str, about: About) -> tuple[str | None, bool]:
        """The answer, and whether it is the cycle's own; else what is remembered counts."""
        if own := self._answers.get((province, place)):
            return own, True
        if told := self._remembered.get(about):
            self._used_answers[about] = told
        return told, False

    def _producers(self) -> tuple[pd.DataFrame, Table, NDArray[np.int64]]:
        """The producers, as people read them and as numbers; the table that the products are in (the same one, where a
        single sheet carries both) and the spots of its rows that are already set aside."""
        table, single = self._producer_table()
        staged = self._staged(table)
        placed = self._placed(staged.rows)
        ids = staged.rows["id"].to_numpy()
        if single:
            ids, whose = by_id_or_name(staged, placed)
        else:
            whose = by_own_id(staged, placed)
        id_words = Words(self._ids.texts(), ids)
        types = staged.rows["type"].to_numpy()
        repeated = repeats(staged, whose, id_words, types)
        if self._sources.producer_types:
            at = np.flatnonzero(placed & ~repeated)
            people = self._people(staged, at, id_words, types)
            types = self._told_types(self._sources.producer_types, people, types, whose)
        rows = self._rows(staged)
        sifted = self._sift(
            "producers", staged, rows.assign(type=types[rows["at"]], is_repeat=repeated[rows["at"]] & (not single))
        )
        types, disagreeing = disagreements(staged, whose, list(id_words.words), types)
        self._findings += disagreeing
        at = sifted.rows["at"].to_numpy()[sifted.is_kept]
        if single:
            at = at[~repeats(staged, np.where(np.isin(np.arange(len(whose)), at), whose, 0), id_words, types)[at]]
        producers = self._people(staged, at, id_words, types)
        if single:
            return producers, table, staged.table.spots(sifted.rows["at"].to_numpy()[~sifted.is_kept])
        assert self._sources.products is not None  # noqa: S101 - single covers it
        return producers, self._table(self._sources.products, PRODUCTS), np.empty(0, dtype=np.int64)

    def _producer_table(self) -> tuple[Table, bool]:
        """The table that the producers are in, and whether the products stand in the same sheet."""
        producers, products = self._sources.producers, self._sources.products
        together = _in_one_sheet(producers, products)
        if together is None:
            assert producers is not None  # noqa: S101 - a definition without either is refused by its parser
            return self._table(producers, PRODUCERS), False
        try:
            return self._table(together, SINGLE_SHEET), True
        except BlockedError:
            # A workbook that is named for both may have a sheet for each.
            if producers is None or products is None or producers.sheet == ALL_SHEETS:
                raise
            return self._table(producers, PRODUCERS), False

    def _people(self, staged: Staged, at: NDArray[np.int64], ids: Words, types: NDArray[np.int8]) -> pd.DataFrame:
        """The producers in these rows, in content order, as people read them and as numbers; ``at`` is the row."""
        at = in_content_order(staged, at, ids, types)
        numbers, keys, table = staged.rows.iloc[at], self._keys.texts(), staged.table
        own = ids.codes[at]
        told_ids = [ids.words[n] for n in own]
        told_keys = [keys[n] for n in numbers["key"]]
        return pd.DataFrame(
            {
                "producer_id": identifiers(told_ids, numbers["district"].to_numpy(), told_keys),
                "producer_name": staged.texts["producer_name"].take(at).cells(),
                "type": types[at],
                "type_text": staged.texts["producer_type"].take(at).cells(),
                "district": numbers["district"].to_numpy(),
                "province": numbers["province"].to_numpy(),
                "source": Words(table.places, table.place.astype(np.int32)).take(at).cells(),
                "row": table.rows[at],
                "id": own,
                "key": numbers["key"].to_numpy(),
                "subdistrict": staged.texts["subdistrict"].take(at).cells(),
                "has_id": own > 0,
                "at": at,
            }
        )

    def _told_types(
        self, source: Source, producers: pd.DataFrame, types: NDArray[np.int8], whose: NDArray[np.int64]
    ) -> NDArray[np.int8]:
        """The types with those filled in that another table tells, in every row of the producer; where two tellings
        differ, unknown."""
        staged = self._staged(self._table(source, TYPES), producers)
        rows = self._rows(staged, producers)
        placed = self._placed(rows)
        joined = self._join(staged, rows, placed, producers, "producer types")
        link = link_of(joined.producer, joined.doubts["row"].to_numpy(), placed)
        self._sift("types", staged, rows.assign(link=link))
        linked = joined.producer >= 0
        told = pd.DataFrame({"at": producers["at"].to_numpy()[joined.producer[linked]], "type": rows["type"][linked]})
        own = pd.DataFrame({"at": producers["at"], "type": types[producers["at"]]})
        said = pd.concat([own, told])
        said = said[said["type"] != ProducerType.UNKNOWN].groupby("at")["type"].agg(["min", "max"])
        if said.empty:
            return types
        is_torn = (said["min"] != said["max"]).to_numpy()
        # A row of no producer that is known by a number stands for itself.
        who = np.where(whose != 0, whose, np.iinfo(np.int64).min + np.arange(len(whose)))
        found = pd.Index(who[said.index]).get_indexer(pd.Index(who))
        told_type = said["min"].to_numpy()[found]
        filled = np.where((found >= 0) & (types == ProducerType.UNKNOWN), told_type, types).astype(np.int8)
        filled[(found >= 0) & is_torn[found]] = ProducerType.UNKNOWN
        torn = producers[producers["at"].isin(said.index[is_torn])]
        self._findings += [
            (province, types_differ(producer_id, name))
            for province, producer_id, name in zip(
                torn["province"].tolist(), torn["producer_id"], torn["producer_name"], strict=True
            )
        ]
        return filled

    def _products(
        self, table: Table, left_out: NDArray[np.int64], producers: pd.DataFrame
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        staged = self._staged(table, producers)
        rows = self._rows(staged, producers)
        if "producer_type" in table.columns:
            said = np.any([staged.texts[column].where(bool) for column in _SAID_OF_PRODUCTS], axis=0)
            is_left_out = np.isin(staged.table.spots(rows["at"].to_numpy()), left_out)
            rows = rows[said[rows["at"]] & ~is_left_out].reset_index(drop=True)
        placed = self._placed(rows)
        joined = self._join(staged, rows, placed, producers, "products")
        asked = of_products(staged, rows, joined.producer, producers, self._programme_years)
        link = link_of(joined.producer, joined.doubts["row"].to_numpy(), placed)
        return _linked(staged, self._sift("products", staged, rows.assign(link=link, **asked)), joined)

    def _participants(
        self, producers: pd.DataFrame, linked: Sequence[Sequence[int]]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        nobody = pd.DataFrame(columns=["row", "producer"], dtype="int64")
        tables: list[pd.DataFrame] = [_NO_PARTICIPANTS]
        doubts = [nobody]
        for n, listed in enumerate(self._sources.participants):
            if staged := self._participant_list(listed, producers):
                rows = self._rows(staged, producers)
                placed = self._placed(rows)
                joined = self._join(staged, rows, placed, producers, listed.label)
                link = link_of(joined.producer, joined.doubts["row"].to_numpy(), placed)
                again = is_listed_again(rows, joined.producer)
                sifted = self._sift("participants", staged, rows.assign(link=link, is_repeated=again))
                kept, near = _linked(staged, sifted, joined)
                doubts.append(near.assign(row=near["row"] + sum(map(len, tables))))
                tables.append(kept.assign(listed=np.int8(n)))
        rows, near = shared(pd.concat(tables, ignore_index=True), pd.concat(doubts, ignore_index=True), linked)
        # Every list is in the order of provinces; together they must be too.
        order = np.argsort(rows["province"], kind="stable")
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        near = near.assign(row=place[near["row"]]).sort_values(["row", "producer"], ignore_index=True)
        return rows.iloc[order].reset_index(drop=True), near

    def _participant_list(self, listed: ParticipantSource, producers: pd.DataFrame) -> Staged | None:
        if listed.source is None:
            return None
        table = self._table(listed.source, PARTICIPANTS)
        if listed.empty:
            if len(table.rows):
                raise blocked(
                    "list-not-empty",
                    table.file.title,
                    f"ยืนยันไว้ว่าบัญชี {listed.label} ไม่มีรายชื่อ แต่แฟ้มมี {len(table.rows)} แถว ลบ empty: confirmed หรือแก้แฟ้ม",
                    f"affirmed to be empty, but the file has {len(table.rows)} rows",
                )
            return None
        return self._staged(table, producers)

    def _table(self, source: Source, kind: TableKind) -> Table:
        file = self._files.get(source.path) or self._fetch(source.path)
        self._files[source.path] = file
        elsewhere = {"producer_type"} if self._sources.producer_types and kind in (PRODUCERS, SINGLE_SHEET) else set()
        table = read_table(file, source, kind, frozenset(source.values) | elsewhere)
        self._findings += [(0, finding) for finding in table.findings]
        return with_values(table, source.values)

    def _staged(self, table: Table, producers: pd.DataFrame | None = None) -> Staged:
        """The rows that may be the wanted provinces', as numbers: theirs, those of no province, and those that carry
        the id of one of their producers."""
        provinces = [find_province(word) for word in table.columns["province"].words]
        codes = np.array([int(province.code) if province else 0 for province in provinces], dtype=np.int16)
        concerned = np.isin(codes, self._wanted)[table.columns["province"].codes]
        if producers is not None:
            known = set(producers.loc[producers["has_id"], "producer_id"])
            ids = table.columns["producer_id"]
            concerned |= ids.spelt(clean_all(ids.words)).where(known.__contains__)
        return stage(table.only(concerned), self._ids, self._keys, len(table))

    def _rows(self, staged: Staged, producers: pd.DataFrame | None = None) -> pd.DataFrame:
        """The rows of the wanted provinces, and those of no province; ``at`` is the row of the staged table.

        A row with both the id and the name of a province's producer is that province's, whatever its province cell
        says; an id alone may be another province's own.
        """
        rows = staged.rows.assign(at=np.arange(len(staged.rows)))
        if producers is not None and len(astray := _astray(rows, producers)):
            self._findings += _told_astray(staged, astray)
            rows = pd.concat([rows, astray], ignore_index=True)
        return rows[np.isin(rows["province"], self._wanted)].reset_index(drop=True)

    @staticmethod
    def _placed(rows: pd.DataFrame) -> NDArray[np.bool_]:
        named = (rows["key"] > 0) & ~rows["is_total"]
        return (named & (rows["province"] > 0) & ~rows["is_district_unknown"]).to_numpy()

    def _sift(self, suite: str, staged: Staged, rows: pd.DataFrame) -> Sifted:
        sifted = Sifted(staged, rows, self._validate(suite, rows))
        read = np.zeros(len(staged.rows), dtype=bool)
        read[rows["at"]] = True
        repairs = {int(str(province)): told for province, told in staged.repairs(read).groupby("province")}
        self._parts.append(Part(suite, staged, sifted, repairs))
        return sifted

    def _join(
        self, staged: Staged, rows: pd.DataFrame, placed: NDArray[np.bool_], producers: pd.DataFrame, table: str
    ) -> Join:
        """The rows that are placed, linked; the others are nobody's. An answered near match is none."""
        at = np.flatnonzero(placed)
        self._known_keys()
        joined = join(rows.iloc[at], producers, self._spellings)
        producer = np.full(len(rows), -1, dtype=np.int32)
        producer[at] = joined.producer
        doubts = joined.doubts.assign(row=at[joined.doubts["row"]])
        questions = self._questions(staged, rows, doubts, producers, table)
        # What the cycle itself says counts; remembered answers that give a row to several are asked again.
        same = [q for q in questions if q.answer == SAME]
        is_own = {q.row for q in same if q.is_own}
        told = Counter(q.row for q in same if not q.is_own)
        for question in same:
            if question.is_own or (question.row not in is_own and told[question.row] == 1):
                producer[question.row] = question.producer
        still_open = [q for q in questions if q.answer != DIFFERENT and producer[q.row] < 0]
        self._findings += dict.fromkeys((q.province, q.finding(table)) for q in still_open)
        for question in still_open:
            asked = question.asked(table, staged)
            known = self._open_questions.get((about := asked.about.province_code, asked.place), asked)
            # Of several rows that ask the same, the first is shown.
            self._open_questions[about, asked.place] = min(asked, known, key=lambda q: (q.source, q.row))
        pairs = pd.DataFrame([(q.row, q.producer) for q in still_open], columns=["row", "producer"], dtype="int64")
        return Join(producer, pairs)

    def _questions(
        self, staged: Staged, rows: pd.DataFrame, doubts: pd.DataFrame, producers: pd.DataFrame, table: str
    ) -> list["_Question"]:
        near = producers.iloc[doubts["producer"].to_numpy()]
        doubted = rows.iloc[doubts["row"].to_numpy()]
        keys = self._keys.texts()
        questions = []
        for row, at, district, kind, key, producer, province, producer_id, producer_name in zip(
            doubts["row"].tolist(),
            doubted["at"].tolist(),
            doubted["district"].tolist(),
            doubted["type"].tolist() if "type" in doubted else repeat(0, len(doubted)),
            doubted["key"].tolist(),
            doubts["producer"].tolist(),
            near["province"].tolist(),
            near["producer_id"],
            near["producer_name"],
            strict=True,
        ):
            name = staged.text("producer_name", at)
            about = About(f"{province:02}", NEAR_MATCH, keys[key], producer_id)
            answer, is_own = self._answer(province, doubt_place(table, name, producer_id), about)
            questions.append(
                _Question(
                    row, at, district, kind, producer, province, name, producer_id, producer_name, answer, is_own, about
                )
            )
        return questions


@dataclass(frozen=True)
class _Question:
    """Is the row's producer the one whose name is near? ``at`` is its place in the table as read, ``district`` and
    ``kind`` are what it says itself. ``answer``: same, different, or None; ``is_own``: it is the cycle's."""

    row: int
    at: int
    district: int
    kind: int
    producer: int
    province: int
    name: str
    producer_id: str
    producer_name: str
    answer: str | None
    is_own: bool
    about: About

    def asked(self, table: str, staged: Staged) -> NameQuestion:
        """The question as a person is shown it."""
        return NameQuestion(
            about=self.about,
            place=doubt_place(table, self.name, self.producer_id),
            table=table,
            name=self.name,
            district=self.district,
            source=staged.source(self.at),
            row=int(staged.table.rows[self.at]),
            type=self.kind,
            producer_name=self.producer_name,
            likeness=NEAR_NAME,
        )

    def finding(self, table: str) -> Finding:
        return warn(
            "near-match",
            doubt_place(table, self.name, self.producer_id),
            f'ชื่อ "{self.name}" ({table}) คล้ายกับ "{self.producer_name}" ({self.producer_id}) ในทะเบียน เป็นรายเดียวกันหรือไม่',
            f"{self.name!r} in {table} is near {self.producer_id}: the same producer?",
        )


_SAID_OF_PRODUCTS = ("product_name", "rating_year_be", "stars", "quadrant")
_CODES = ("rating_year", "stars", "quadrant_year", "quadrant")
_TEXTS = {
    "product_name": "product_name",
    "rating_year_be": "rating_year_text",
    "stars": "stars_text",
    "quadrant_year_be": "quadrant_year_text",
    "quadrant": "quadrant_text",
}
_NO_PARTICIPANTS = pd.DataFrame(
    {
        column: pd.Series(dtype=kind)
        for column, kind in (
            ("province", "int16"),
            ("producer", "int32"),
            ("producer_name", "str"),
            ("source", "str"),
            ("row", "int32"),
            ("listed", "int8"),
        )
    }
)


def _linked(staged: Staged, sifted: Sifted, joined: Join) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that stay, by province and producer, with what people read of them; and their near matches."""
    kept = np.flatnonzero(sifted.is_kept)
    kept = kept[np.lexsort((joined.producer[kept], sifted.rows["province"].to_numpy()[kept]))]
    rows, at = sifted.rows.iloc[kept], sifted.rows["at"].to_numpy()[kept]
    table = staged.table
    linked = {
        "province": rows["province"].to_numpy(),
        "producer": joined.producer[kept],
        "producer_name": staged.texts["producer_name"].take(at).cells(),
        "source": Words(table.places, table.place.astype(np.int32)).take(at).cells(),
        "row": table.rows[at],
        **{code: rows[code].to_numpy() for code in _CODES if code in rows},
    }
    for column, name in _TEXTS.items():
        if column in staged.texts:
            linked[name] = staged.texts[column].take(at).cells()
    place = np.full(len(sifted.rows), -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    doubts = joined.doubts.assign(row=place[joined.doubts["row"]])
    doubts = doubts[doubts["row"] >= 0].sort_values(["row", "producer"], ignore_index=True)
    return pd.DataFrame(linked, index=pd.RangeIndex(len(kept))), doubts


def _astray(rows: pd.DataFrame, producers: pd.DataFrame) -> pd.DataFrame:
    """Rows that name another province than the producer whose id and name they carry, as that province's."""
    ours = producers.loc[producers["has_id"], ["id", "key", "province"]]
    if rows.empty or ours.empty:
        return rows.iloc[:0]
    known = np.zeros(int(max(rows["id"].max(), ours["id"].max())) + 1, dtype=np.int16)
    known[ours["id"]] = ours["province"]
    shared = ours["id"][known[ours["id"]] != ours["province"]]
    known[shared] = -1  # an id of several provinces: looked at closely
    told = known[rows["id"]]
    asked = rows[(rows["province"] > 0) & (told != 0) & (told != rows["province"])]
    pairs = asked[["id", "key", "province"]].reset_index().merge(ours, on=["id", "key"], suffixes=("", "_own"))
    pairs = pairs[pairs["province"] != pairs["province_own"]]
    own = pairs["province_own"].to_numpy()
    found: pd.DataFrame = rows.loc[pairs["index"].to_numpy()]
    return found.assign(province=own, district=np.int16(0), is_district_unknown=False)


def _told_astray(staged: Staged, astray: pd.DataFrame) -> list[tuple[int, Finding]]:
    told = sorted(
        {
            (int(province), staged.text("producer_id", at), staged.text("province", at))
            for province, at in zip(astray["province"], astray["at"], strict=True)
        }
    )
    return [
        (
            province,
            warn(
                "province-differs",
                f"{staged.where}: {producer_id}",
                f"แถวของ {producer_id} ระบุจังหวัด {name} แต่รหัสและชื่อเป็นของผู้ผลิตในจังหวัดนี้ ถือตามรหัสและชื่อ โปรดตรวจ",
                f"a row of {producer_id} names another province; id and name count",
            ),
        )
        for province, producer_id, name in told
    ]


def _in_one_sheet(producers: Source | None, products: Source | None) -> Source | None:
    """The sheet that both may stand in; None when each has its own."""
    if producers is None or products is None:
        return producers or products
    if (producers.path, producers.sheet) != (products.path, products.sheet):
        return None
    together = {
        "columns": {**products.columns, **producers.columns},
        "values": {**products.values, **producers.values},
    }
    return producers.model_copy(update=together)
