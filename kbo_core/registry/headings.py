"""Which column is which: canonical names, the Thai headings that offices use, and what each table needs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from kbo_core.domain.areas import find_province
from kbo_core.domain.definition import Source
from kbo_core.domain.findings import BlockedError, Finding, block, info, warn
from kbo_core.domain.thai_text import arabic_digits, name_key
from kbo_core.registry.addresses import shown
from kbo_core.registry.personal import looks_personal

# Matched without blanks, line breaks, letter case and the ฯ of a shortened name; a word that could mean two columns
# ("ปี", "ประเภท") is left out. In a heading of two rows the group goes before the word below ("ผลการคัดสรร" + "ปี").
ALIASES: Mapping[str, tuple[str, ...]] = {
    "producer_id": (
        "รหัสผู้ผลิต",
        "รหัสผู้ประกอบการ",
        "รหัสกลุ่ม",
        "เลขทะเบียน",
        "เลขทะเบียนผู้ผลิต",
        "รหัสทะเบียน",
        "รหัสผู้ผลิต/ผู้ประกอบการ",
        "เลขทะเบียนผู้ประกอบการ",
        "เลขทะเบียนผู้ผลิต/ผู้ประกอบการ",
    ),
    "producer_name": (
        "ชื่อผู้ผลิต",
        "ผู้ผลิต",
        "ชื่อกลุ่ม",
        "ชื่อกลุ่มผู้ผลิต",
        "ชื่อผู้ผลิตผู้ประกอบการ",
        "ชื่อผู้ประกอบการ",
        "ผู้ผลิตผู้ประกอบการ",
        "ผู้ผลิต/ผู้ประกอบการ",
        "ชื่อผู้ผลิต/ผู้ประกอบการ",
        "ชื่อกลุ่ม/ผู้ผลิต",
        "ชื่อกลุ่ม/ผู้ประกอบการ",
        "ชื่อกลุ่มผู้ผลิต/ผู้ประกอบการ",
        "ชื่อกลุ่มผู้ผลิตชุมชน",
        "ชื่อกลุ่ม/ผู้ผลิต/ผู้ประกอบการ",
        "ชื่อผู้ผลิตOTOP",
        "ชื่อผู้ประกอบการOTOP",
        "ผู้ผลิต/ผู้ประกอบการOTOP",
        "ชื่อผู้ผลิต/ผู้ประกอบการOTOP",
        "ชื่อผู้ผลิตผู้ประกอบการOTOP",
        "รายชื่อผู้ผลิต",
        "รายชื่อผู้ผลิต/ผู้ประกอบการ",
    ),
    "producer_type": (
        "ประเภทผู้ผลิต",
        "ประเภทผู้ประกอบการ",
        "ประเภทกลุ่ม",
        "ประเภทผู้ผลิตผู้ประกอบการ",
        "สถานะผู้ผลิต",
        "ประเภทผู้ผลิต/ผู้ประกอบการ",
        "ประเภทของผู้ผลิต",
        "ประเภทของผู้ประกอบการ",
        "ประเภทผู้ผลิตOTOP",
        "ประเภทผู้ประกอบการOTOP",
    ),
    "province": ("จังหวัด", "ชื่อจังหวัด", "จ."),
    "district": ("อำเภอ", "ชื่ออำเภอ", "อำเภอ/เขต", "เขต/อำเภอ", "ชื่ออำเภอ/เขต", "อ."),
    "subdistrict": ("ตำบล", "ชื่อตำบล", "ตำบล/แขวง", "แขวง/ตำบล", "ชื่อตำบล/แขวง", "ต."),
    "contact_name": (
        "ชื่อประธาน",
        "ประธานกลุ่ม",
        "ผู้ติดต่อ",
        "ชื่อผู้ติดต่อ",
        "ชื่อประธานกลุ่ม",
        "ชื่อประธาน/ผู้ติดต่อ",
        "ชื่อ-สกุลประธาน",
        "ชื่อ-สกุลผู้ติดต่อ",
    ),
    "phone": (
        "โทรศัพท์",
        "เบอร์โทร",
        "เบอร์โทรศัพท์",
        "หมายเลขโทรศัพท์",
        "โทร",
        "เบอร์ติดต่อ",
        "เบอร์โทรติดต่อ",
        "เบอร์โทรศัพท์ติดต่อ",
        "โทรศัพท์มือถือ",
        "เบอร์มือถือ",
    ),
    "product_id": ("รหัสผลิตภัณฑ์", "รหัสสินค้า", "เลขทะเบียนผลิตภัณฑ์"),
    "product_name": (
        "ชื่อผลิตภัณฑ์",
        "ผลิตภัณฑ์",
        "ชื่อสินค้า",
        "ชื่อผลิตภัณฑ์OTOP",
        "ผลิตภัณฑ์OTOP",
        "ชื่อผลิตภัณฑ์/สินค้า",
        "ชื่อสินค้า/ผลิตภัณฑ์",
        "รายชื่อผลิตภัณฑ์",
    ),
    "category": ("ประเภทผลิตภัณฑ์", "หมวด", "ประเภทสินค้า", "หมวดผลิตภัณฑ์", "หมวดสินค้า", "ประเภทผลิตภัณฑ์OTOP"),
    "rating_year_be": (
        "ปีที่คัดสรร",
        "ปีคัดสรร",
        "ปีที่ได้รับการคัดสรร",
        "ปีดาว",
        "ปีการคัดสรร",
        "ปีที่คัดสรร(พ.ศ.)",
        "ปีพ.ศ.ที่คัดสรร",
        "พ.ศ.ที่คัดสรร",
        "ปีพ.ศ.ที่ได้รับการคัดสรร",
        "ปีที่ได้รับการคัดสรร(พ.ศ.)",
        "ปีที่คัดสรรสุดยอดผลิตภัณฑ์",
        "ปีที่ได้รับดาว",
        "ปีผลการคัดสรร",
        "การคัดสรรปี",
        "การคัดสรรปีพ.ศ.",
        "ผลการคัดสรรปี",
        "ผลการคัดสรรปีพ.ศ.",
        "ผลการคัดสรรพ.ศ.",
    ),
    "stars": (
        "ดาว",
        "ระดับดาว",
        "ผลการคัดสรร",
        "จำนวนดาว",
        "ระดับ",
        "ระดับดาวที่ได้รับ",
        "จำนวนดาวที่ได้รับ",
        "ดาวที่ได้รับ",
        "ระดับ(ดาว)",
        "ผลการคัดสรร(ดาว)",
        "ผลการคัดสรร(ระดับดาว)",
        "ระดับผลการคัดสรร",
        "ผลการคัดสรรสุดยอดผลิตภัณฑ์",
        "การคัดสรรระดับ",
        "ผลการคัดสรรระดับ",
    ),
    "quadrant_year_be": (
        "ปีquadrant",
        "ปีที่จัดกลุ่ม",
        "ปีที่จัดกลุ่มผลิตภัณฑ์",
        "ปีการจัดกลุ่ม",
        "ปีพ.ศ.ที่จัดกลุ่ม",
        "ปีที่จัดกลุ่ม(พ.ศ.)",
        "การจัดกลุ่มปี",
        "ผลการจัดกลุ่มปี",
        "การจัดกลุ่มผลิตภัณฑ์ปี",
        "quadrantปี",
    ),
    "quadrant": (
        "กลุ่มผลิตภัณฑ์",
        "กลุ่มquadrant",
        "ควอดแรนท์",
        "กลุ่มผลิตภัณฑ์(quadrant)",
        "ผลการจัดกลุ่ม",
        "ผลการจัดกลุ่มผลิตภัณฑ์",
        "การจัดกลุ่มกลุ่ม",
        "การจัดกลุ่มผลิตภัณฑ์กลุ่ม",
        "ผลการจัดกลุ่มกลุ่ม",
    ),
}
_NATIONAL_ID = ("ประจำตัวประชาชน", "บัตรประชาชน", "citizenid", "nationalid", "idcard", "เลขบัตร")


@dataclass(frozen=True)
class TableKind:
    """What a table carries; ``required`` columns must be there, cells may still be blank."""

    name: str
    name_th: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return self.required + self.optional


PRODUCERS = TableKind(
    "producers",
    "ทะเบียนผู้ผลิต",
    ("producer_name", "producer_type", "province", "district"),
    ("producer_id", "subdistrict", "contact_name", "phone"),
)
PRODUCTS = TableKind(
    "products",
    "ทะเบียนผลิตภัณฑ์",
    ("producer_name", "province", "product_name", "rating_year_be", "stars"),
    ("producer_id", "district", "product_id", "category", "quadrant_year_be", "quadrant"),
)
PARTICIPANTS = TableKind(
    "participants",
    "บัญชีผู้เข้าร่วมโครงการ",
    ("producer_name", "province"),
    ("producer_id", "district", "product_name"),
)
TYPES = TableKind(
    "producer types",
    "บัญชีประเภทผู้ผลิต",
    ("producer_name", "producer_type", "province"),
    ("producer_id", "district"),
)
SINGLE_SHEET = TableKind(
    "register",
    "ทะเบียนผู้ผลิตและผลิตภัณฑ์",
    tuple(dict.fromkeys(PRODUCERS.required + PRODUCTS.required)),
    ("producer_id", "subdistrict", "contact_name", "phone", "product_id", "category", "quadrant_year_be", "quadrant"),
)

SEARCHED_ROWS = 30
_STARS_OF_YEAR = re.compile(
    r"(?:ผล(?:การ)?คัดสรร(?:สุดยอดผลิตภัณฑ์)?|(?:ระดับ|จำนวน)?ดาว)(?:ปี)?(?:พ\.?ศ\.?)?(25[0-9]{2})(?:\(?(?:ระดับ)?ดาว\)?)?"
)
_POSITION = re.compile(r"#([0-9]+)")

Rows = Sequence[Sequence[str]]
Found = dict[str, list[int]]


@dataclass(frozen=True)
class Heading:
    """Where the heading's last row is (0-based, -1 where there is none) and which column (0-based) is which."""

    row: int
    columns: Mapping[str, int]
    findings: tuple[Finding, ...]
    said: Mapping[str, str] = field(default_factory=dict)  # what the heading itself says of every row


@dataclass(frozen=True)
class Sighting:
    """The likeliest heading of a sheet: ``found`` gives the columns of each canonical name.

    Shape:
        texts: what the heading says over each column; of a heading in two rows, both.
        faults: why the table cannot be read by it, in the order of the columns; none for a good heading.
    """

    row: int
    texts: tuple[str, ...]
    found: Mapping[str, Sequence[int]]
    faults: tuple[Finding, ...]
    said: Mapping[str, str] = field(default_factory=dict)

    def heading(self, source: Source) -> Heading:
        """The heading, with what is left unread told."""
        columns = {name: at[0] for name, at in self.found.items()}
        findings = [*_national_ids(self.texts, source), *_unread(self.texts, self.found, source)]
        findings += [_told_year(year, source) for year in self.said.values()]
        return Heading(self.row, columns, tuple(findings), self.said)


def look_for_heading(rows: Rows, kind: TableKind, source: Source, supplied: frozenset[str] = frozenset()) -> Sighting:
    """The likeliest heading and what is wrong with it; ``supplied`` columns need not be there.

    Raises BlockedError for words under ``columns:`` that mean nothing.
    """
    _refuse_strange(kind, source)
    rows = rows[:SEARCHED_ROWS]
    wanted = _wanted(kind, source)
    positions = _positions(source, max(map(len, rows), default=0))
    required = [name for name in kind.required if name not in supplied and name not in positions]
    row, texts, found = _best(rows, wanted, required)
    if positions:
        if not required and len(found) < 2:
            row, texts, found = _without_heading(rows, positions)
        if hidden := [name for name, at in positions.items() if at < len(texts) and _is_national_id(texts[at])]:
            raise _national_id_wanted(hidden, source)
        found = {name: at for name, at in found.items() if name not in positions}
        found |= {name: [at] for name, at in positions.items()}
    said = _year_of_stars(texts, found, kind, supplied)
    faults = _faults(rows, texts, found, kind, source, supplied | said.keys())
    return Sighting(row, tuple(texts), found, tuple(faults), said)


def _year_of_stars(texts: Sequence[str], found: Found, kind: TableKind, supplied: frozenset[str]) -> dict[str, str]:
    """The year that the only heading of the stars names; nothing where another column or the office gives the year."""
    if "rating_year_be" not in kind.required or {"rating_year_be", "stars"} & (found.keys() | supplied):
        return {}
    named = [(n, year[1]) for n, text in enumerate(texts) if (year := _STARS_OF_YEAR.fullmatch(_heading_key(text)))]
    if len(named) != 1:
        return {}
    found["stars"] = [named[0][0]]
    return {"rating_year_be": named[0][1]}


def _told_year(year: str, source: Source) -> Finding:
    return info(
        "year-from-heading",
        shown(source.path),
        f"หัวตารางของดาวระบุปี {year} จึงถือว่าดาวทุกแถวเป็นของปี {year} หากไม่ใช่ ให้ระบุ columns: ของ rating_year_be",
        f"the heading of the stars names {year}, taken as the rating year of every row",
    )


def _refuse_strange(kind: TableKind, source: Source) -> None:
    if strange := [name for name in source.columns if name not in kind.columns]:
        raise BlockedError(
            *[
                block(
                    "column-unknown",
                    f"{shown(source.path)}: columns.{name}",
                    f"ไม่มีคอลัมน์มาตรฐานชื่อ {name} ใน{kind.name_th} ใช้ได้: {', '.join(kind.columns)}",
                    f"columns: {name} is not a canonical column of {kind.name}",
                )
                for name in strange
            ]
        )
    if hidden := [name for name, heading in source.columns.items() if _is_national_id(heading)]:
        raise _national_id_wanted(hidden, source)


def _national_id_wanted(names: Sequence[str], source: Source) -> BlockedError:
    return BlockedError(
        *[
            block(
                "national-id-column",
                f"{shown(source.path)}: columns.{name}",
                "ระบบไม่อ่านเลขประจำตัวประชาชนไม่ว่าในชื่อใด ใช้คอลัมน์อื่นหรือลบบรรทัดนี้",
                "a national ID column is never read, under whatever name",
            )
            for name in names
        ]
    )


@lru_cache(maxsize=8_192)  # the same first rows are looked through for every separator, sheet and pair of rows
def _heading_key(cell: str) -> str:
    return name_key(cell).replace("_", "").replace("ฯ", "").strip(":*.")


_KEYS = {name: tuple(_heading_key(word) for word in (name, *words)) for name, words in ALIASES.items()}
_KNOWN = frozenset(key for keys in _KEYS.values() for key in keys)


def count_headings(row: Sequence[str]) -> int:
    """How many cells of a row are headings of some kind of table."""
    return sum(_heading_key(cell) in _KNOWN for cell in row)


def _wanted(kind: TableKind, source: Source) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for canonical in kind.columns:
        wanted |= dict.fromkeys(_KEYS[canonical], canonical)
    for canonical, heading in source.columns.items():  # the office's own word replaces the built-in ones
        wanted = {key: name for key, name in wanted.items() if name != canonical}
        if not _position(heading):
            wanted[_heading_key(heading)] = canonical
    return wanted


def _position(heading: str) -> int | None:
    """The number in ``#3``."""
    found = _POSITION.fullmatch(arabic_digits(heading).strip())
    return int(found[1]) if found else None


def _positions(source: Source, width: int) -> dict[str, int]:
    """The columns (0-based) that ``columns:`` gives by their place."""
    given = {name: at for name, heading in source.columns.items() if (at := _position(heading)) is not None}
    if outside := [name for name, at in given.items() if width and not 1 <= at <= width]:
        raise BlockedError(
            *[
                block(
                    "column-position",
                    f"{shown(source.path)}: columns.{name}",
                    f"ตารางนี้มี {width} คอลัมน์ ไม่มีคอลัมน์ที่ {given[name]} ใช้ได้ #1 ถึง #{width} นับจากซ้าย",
                    f"there is no column #{given[name]}: the table has {width}",
                )
                for name in outside
            ]
        )
    return {name: at - 1 for name, at in given.items()}


def _best(rows: Rows, wanted: Mapping[str, str], required: Sequence[str]) -> tuple[int, Sequence[str], Found]:
    """The row that names the most columns; two rows together where no single one names all that are required."""
    best_row, texts, best = 0, rows[0] if rows else (), Found()
    for n, row in enumerate(rows):
        found = _named_in(row, wanted)
        if len(found) > len(best):
            best_row, texts, best = n, row, found
    if all(name in best for name in required):
        return best_row, texts, best
    for n, (upper, lower) in enumerate(pairwise(rows), start=1):
        together = _together(upper, lower, wanted)
        found = _named_in(together, wanted)
        if all(name in found for name in required) and len(found) > len(best):
            best_row, texts, best = n, together, found
    return best_row, texts, best


def _named_in(row: Sequence[str], wanted: Mapping[str, str]) -> Found:
    found = Found()
    for column, cell in enumerate(row):
        if canonical := wanted.get(_heading_key(cell)):
            found.setdefault(canonical, []).append(column)
    return found


def _together(upper: Sequence[str], lower: Sequence[str], wanted: Mapping[str, str]) -> list[str]:
    """A heading in two rows as one: a word below stands under the group above it, or under the last one to its left."""
    texts, group = [], ""
    for n in range(max(len(upper), len(lower))):
        above = upper[n].strip() if n < len(upper) else ""
        below = lower[n].strip() if n < len(lower) else ""
        group = above or group
        both = f"{group} {below}".strip()
        texts.append(below if _heading_key(both) not in wanted and _heading_key(below) in wanted else both)
        group = group if below else ""
    return texts


def _without_heading(rows: Rows, positions: Mapping[str, int]) -> tuple[int, Sequence[str], Found]:
    """No heading, or a first row that is evidently one: in its province cell stands no province."""
    first = next((n for n, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
    at = positions.get("province")
    if rows and at is not None and at < len(rows[first]) and find_province(rows[first][at]) is None:
        return first, rows[first], {}
    return first - 1, (), {}


def _faults(
    rows: Rows, texts: Sequence[str], found: Found, kind: TableKind, source: Source, supplied: frozenset[str]
) -> list[Finding]:
    if not any(any(cell.strip() for cell in row) for row in rows):
        return [block("table-empty", shown(source.path), f"{kind.name_th}ไม่มีข้อมูลเลย", "the table has no rows")]
    seen = shown_headings(texts)
    missing = [name for name in kind.required if name not in found and name not in supplied]
    return [_missing(name, seen, kind, source) for name in missing] + [
        block(
            "column-twice",
            f"{shown(source.path)}: {name}",
            f'มีหลายคอลัมน์ที่เป็น {ALIASES[name][0]} ได้ ให้ระบุ columns: {{{name}: "ชื่อหัวตาราง"}} '
            f'หรือตำแหน่ง columns: {{{name}: "#{columns[0] + 1}"}}',
            f"{len(columns)} headings could be {name}: choose one with columns:",
        )
        for name, columns in found.items()
        if len(columns) > 1 and name in kind.required
    ]


_OTHER_WAYS = {
    "rating_year_be": (
        "หากทั้งแฟ้มเป็นของปีเดียว ให้ระบุปีที่แหล่งข้อมูลนี้ values: {rating_year_be: 2567}",
        "or give the year of the whole file, values: {rating_year_be: ...}",
    ),
    "producer_type": (
        "หากประเภทผู้ผลิตอยู่ในแฟ้มอื่น ให้ระบุแฟ้มนั้นที่ sources.producer_types",
        "or name the file that has the types under sources.producer_types",
    ),
}


def _missing(name: str, seen: str, kind: TableKind, source: Source) -> Finding:
    other_th, other_en = _OTHER_WAYS.get(name, ("", ""))
    return block(
        "column-missing",
        f"{shown(source.path)}: {name}",
        f"{kind.name_th}ไม่มีคอลัมน์ {ALIASES[name][0]} ({name}) หัวตารางที่พบ: {seen} "
        f'หากใช้ชื่ออื่น ให้ระบุ columns: {{{name}: "ชื่อหัวตาราง"}} หรือตำแหน่ง columns: {{{name}: "#1"}} {other_th}'.rstrip(),
        f"no column for {name}; headings found: {seen}; give it with columns: {other_en}".rstrip(),
    )


def shown_headings(texts: Sequence[str]) -> str:
    """Headings as a finding quotes them: without one they may be a row of data, so no name or number of a person."""
    words = (" ".join(cell.split()) for cell in texts)
    return ", ".join(word for word in words if word and not looks_personal(word))[:200]


def missing_columns(names: Sequence[str], seen: str, kind: TableKind, source: Source) -> list[Finding]:
    """What is told of required columns that a file does not have."""
    return [_missing(name, seen, kind, source) for name in names]


def _national_ids(row: Sequence[str], source: Source) -> list[Finding]:
    return [
        warn(
            "national-id-dropped",
            f"{shown(source.path)}: คอลัมน์ที่ {n + 1}",
            "พบคอลัมน์เลขประจำตัวประชาชน ระบบไม่อ่านและไม่เก็บคอลัมน์นี้",
            "a national ID column was left unread",
        )
        for n, cell in enumerate(row)
        if _is_national_id(cell)
    ]


def _unread(row: Sequence[str], read: Mapping[str, Sequence[int]], source: Source) -> list[Finding]:
    """The headings that nothing is read from; of two columns for one optional name, the first is read."""
    used = {at[0] for at in read.values()}
    names = shown_headings(["" if n in used else cell for n, cell in enumerate(row)])
    if not names:
        return []
    return [
        info(
            "columns-unread",
            shown(source.path),
            f"คอลัมน์ที่ไม่ได้ใช้: {names} หากมีคอลัมน์ที่ต้องใช้ ให้ระบุด้วย columns:",
            f"columns that nothing is read from: {names}",
        )
    ]


def _is_national_id(heading: str) -> bool:
    key = name_key(heading).replace("_", "").replace("-", "")
    return any(word in key for word in _NATIONAL_ID)
