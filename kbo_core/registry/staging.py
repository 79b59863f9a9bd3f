"""Columns of text → columns of small whole numbers: cells cleaned, values read, areas named by their official code.

A staged table still holds every row; what is wrong with a row is for the expectations to say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kbo_core.domain.areas import District, Province, find_district, find_province
from kbo_core.domain.register import ABSENT
from kbo_core.domain.thai_columns import clean_all, name_keys
from kbo_core.domain.thai_text import faults
from kbo_core.domain.words import Words
from kbo_core.registry.personal import (
    NAMES,
    NATIONAL_ID,
    TELEPHONE_IN_NAME,
    without_national_ids,
    without_telephones,
)
from kbo_core.registry.repairs import PLACEHOLDER, Change
from kbo_core.registry.table import Table
from kbo_core.registry.telephones import suggest
from kbo_core.registry.values import OFFICIAL_TYPES, parse_quadrant, parse_stars, parse_type, parse_year_be

_UNIT = "ราย|กลุ่ม|แห่ง|รายการ|ผลิตภัณฑ์|คน|อำเภอ|ตำบล|ชิ้น"
# A group may be called รวมใจ or รวมพลัง: behind "total" stand only a number, its unit, and the area that it is of.
_TOTAL = re.compile(
    r"(?:(?:ยอด|ผล)?รวม(?:ทั้งสิ้น|ทั้งหมด|ทั้งจังหวัด|ทั้งอำเภอ)?|ทั้งหมด|ทั้งสิ้น|(?:grand)?total)(?:จำนวน)?"
    rf"(?:(?:ผู้ผลิต|ผู้ประกอบการ|กลุ่ม|ผลิตภัณฑ์)(?=\(?[0-9]))?\(?[0-9.,:]*(?:{_UNIT})?\)?"
    r"|รวม(?:อำเภอ|ตำบล|จังหวัด)[^0-9]+"
    rf"(?:[0-9.,:]+(?:{_UNIT})?)?"
)
_VALUES: Mapping[str, tuple[str, Callable[[str], int], type[np.integer]]] = {
    "producer_type": ("type", parse_type, np.int8),
    "rating_year_be": ("rating_year", parse_year_be, np.int16),
    "stars": ("stars", parse_stars, np.int8),
    "quadrant_year_be": ("quadrant_year", parse_year_be, np.int16),
    "quadrant": ("quadrant", parse_quadrant, np.int8),
}

_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_NAME = 150
_NAMED = ("province", "district")  # read as official areas, together
_OFTEN_ABSENT = ("producer_id", "district")
_NOTHING = frozenset({"ไม่มี", "ไม่มีรหัส", "ไม่ระบุ", "ไม่ทราบ", "ว่าง", "n/a", "na", "nil", "none", "null", "nan"})
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")


class Lexicon:
    """One number for one text, in whichever table it stands; "" is 0."""

    def __init__(self) -> None:
        self._numbers = {"": 0}

    def numbers(self, texts: Sequence[str]) -> NDArray[np.int32]:
        known = self._numbers
        return np.array([known.setdefault(text, len(known)) for text in texts], dtype=np.int32)

    def texts(self) -> list[str]:
        return list(self._numbers)


@dataclass(frozen=True)
class Staged:
    """A table as numbers, with the cleaned texts beside them.

    Shape:
        rows: index 0…n-1 as the table's; ``province``, ``district`` (official codes, 0 none), ``is_district_unknown``,
            ``id``, ``key`` (numbers of the lexicons, 0 none), ``has_national_id``, ``is_name_odd``, ``is_total`` and,
            where the table has the column, ``type``, ``rating_year``, ``stars``, ``quadrant_year``, ``quadrant``.
        texts: column → cleaned words.
        changes: what was mended in reading each column.
        rows_in: how many rows the file has, those included that concern nobody here.
    """

    table: Table
    rows: pd.DataFrame
    texts: Mapping[str, Words]
    changes: Sequence[Change]
    rows_in: int

    def repairs(self, wanted: NDArray[np.bool_]) -> pd.DataFrame:
        """REPAIR_COLUMNS and ``province``: what was mended in the wanted rows."""
        province = self.rows["province"].to_numpy()
        told = [change for change in self.changes if any(change.kinds)] or self.changes[:1]  # one gives the columns
        return pd.concat([change.report(self.table, province, wanted) for change in told], ignore_index=True)

    def text(self, column: str, at: int) -> str:
        return self.texts[column].cell(at)

    @property
    def where(self) -> str:
        """The table as a whole."""
        return self.table.places[0] if len(self.table.places) == 1 else self.table.file.title

    def source(self, at: int) -> str:
        """The file and sheet that a row stands in."""
        return self.table.places[int(self.table.place[at])]


def stage(table: Table, ids: Lexicon, keys: Lexicon, rows_in: int | None = None) -> Staged:
    """The table's rows as numbers, and what was changed in reading them; ``rows_in`` where it is a part of another."""
    texts, changes = {}, []
    has_national_id = np.zeros(len(table.rows), dtype=bool)
    for column, cells in table.columns.items():
        cleaned = clean_all(cells.words)
        # Thirteen digits in a telephone cell are two numbers run together.
        bare = cleaned if column == "phone" else [without_national_ids(word) for word in cleaned]
        after = [without_telephones(word) for word in bare] if column in NAMES else bare
        kept = ["" if _says_nothing(word) else word for word in after] if column in _OFTEN_ABSENT else after
        texts[column] = cells.spelt(kept)
        if column != "phone":
            dropped = np.array([was != now for was, now in zip(cleaned, bare, strict=True)], dtype=bool)
            has_national_id |= dropped[cells.codes]
        if column == "producer_type":
            changes.append(_typed(cells, cleaned, after))
        elif column not in _NAMED:
            kinds = _kinds(cells.words, cleaned, bare, after)
            changes.append(Change(column, cells, kept, _with_placeholders(kinds, after, kept)))
        if column == "phone":
            changes.append(_suggested(cells, cleaned))
    areas = _Areas(table.columns["province"], table.columns["district"], texts["province"], texts["district"])
    changes += areas.read_as()
    values = {}
    for column, (number, parse, kind) in _VALUES.items():
        if column in texts:
            read = np.array([parse(word) for word in texts[column].words], dtype=kind)
            values[number] = read[texts[column].codes] if len(read) else np.full(len(table.rows), ABSENT, dtype=kind)

    names = texts["producer_name"]
    told = name_keys(names.words)
    rows = pd.DataFrame(
        {
            "province": areas.province,
            "district": areas.district,
            "is_district_unknown": (areas.district == 0)
            & (texts["district"].where(bool) | ("district" in table.kind.required)),
            "id": ids.numbers(texts["producer_id"].words)[texts["producer_id"].codes],
            "key": keys.numbers(told)[names.codes],
            "has_national_id": has_national_id,
            "is_name_odd": names.where(
                lambda name: len(name) > _LONGEST_NAME or (bool(name) and not _LETTER.search(name))
            ),
            "is_total": names.spelt(told).where(lambda key: bool(_TOTAL.fullmatch(key))),
            **values,
        }
    )
    return Staged(table, rows, texts, changes, len(table) if rows_in is None else rows_in)


def _says_nothing(word: str) -> bool:
    """Is a cell filled with what stands for nothing: a dash, a zero, an error of the spreadsheet, a word for none?"""
    return bool(word) and (
        not re.search("[^\\W_0]", word) or word.casefold() in _NOTHING or bool(_ERROR.fullmatch(word))
    )


def _with_placeholders(kinds: Sequence[str], before: Sequence[str], after: Sequence[str]) -> list[str]:
    return [
        f"{kind} {PLACEHOLDER}".strip() if was != now else kind
        for kind, was, now in zip(kinds, before, after, strict=True)
    ]


def _kinds(before: Sequence[str], cleaned: Sequence[str], bare: Sequence[str], after: Sequence[str]) -> list[str]:
    """What was done to each word, "" for nothing: cleaned, bare of national IDs, bare of telephones."""
    return [
        ""
        if was == now
        else " ".join(
            [*faults(was), *([NATIONAL_ID] if less != clean else []), *([TELEPHONE_IN_NAME] if now != less else [])]
        )
        for was, clean, less, now in zip(before, cleaned, bare, after, strict=True)
    ]


def _typed(cells: Words, cleaned: Sequence[str], after: Sequence[str]) -> Change:
    """What was mended in the types, and which are another way of writing an official one."""
    official = [OFFICIAL_TYPES.get(parse_type(word), word) for word in after]
    kinds = [
        " ".join(filter(None, [kind, "type" if name != word else ""]))
        for kind, name, word in zip(_kinds(cells.words, cleaned, after, after), official, after, strict=True)
    ]
    return Change("producer_type", cells, official, kinds)


def _suggested(cells: Words, cleaned: Sequence[str]) -> Change:
    """Which telephone numbers may have lost their 0; the cells themselves stay."""
    found = [suggest(word) for word in cleaned]
    before, after = ([pair[n] if pair else "" for pair in found] for n in (0, 1))
    return Change("phone", cells, after, ["telephone" if pair else "" for pair in found], before)


class _Areas:
    """The official areas that each row names; a district's name means something only inside its province."""

    def __init__(self, provinces: Words, districts: Words, clean_provinces: Words, clean_districts: Words) -> None:
        pairs = provinces.codes.astype(np.int64) << 32 | districts.codes
        of_row, distinct = pd.factorize(pairs)
        self._of_row = of_row.astype(np.int32)
        self._provinces = (provinces, clean_provinces, [find_province(word) for word in clean_provinces.words])
        known = self._provinces[2]
        in_pairs = [(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in distinct]
        self._districts = (
            Words([districts.words[d] for _, d in in_pairs], self._of_row),
            Words([clean_districts.words[d] for _, d in in_pairs], self._of_row),
            [_district(known[p], clean_districts.words[d]) for p, d in in_pairs],
        )
        self.province = _codes(known)[provinces.codes]
        self.district = _codes(self._districts[2])[self._of_row]

    def read_as(self) -> list[Change]:
        """What was mended in the cells, and which are another way of writing an official name."""
        return [_read_as("province", *self._provinces), _read_as("district", *self._districts)]


def _read_as(column: str, typed: Words, cleaned: Words, areas: Sequence[Province | District | None]) -> Change:
    after = [area.name_th if area else word for area, word in zip(areas, cleaned.words, strict=True)]
    kinds = [
        "" if was == now else " ".join([*faults(was), *(["area"] if now != clean else [])]) or PLACEHOLDER
        for was, clean, now in zip(typed.words, cleaned.words, after, strict=True)
    ]
    return Change(column, typed, after, kinds)


def _district(province: Province | None, word: str) -> District | None:
    return find_district(word, province) if province and word else None


def _codes(areas: Sequence[Province | District | None]) -> NDArray[np.int16]:
    return np.array([int(area.code) if area else 0 for area in areas], dtype=np.int16)
