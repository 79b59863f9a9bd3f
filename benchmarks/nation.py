"""A made-up nation of any size as the files that offices hold, with the faults that real ones have.

The shares of the faults are those of the demo's province (``deployments/demo/synthetic.py``). The same seed gives the
same files. ``python -m benchmarks.nation FOLDER PRODUCTS`` writes one by itself.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter
from numpy.typing import NDArray

from benchmarks.vocabulary import CRAFTS, FIRST_NAMES, VILLAGES
from kbo_core.domain.areas import BANGKOK_CODE, District, Province, provinces
from kbo_core.domain.thai_text import thai_digits
from kbo_core.registry.headings import ALIASES

PRODUCERS_PER_PRODUCT = 98 / 221  # the national figures
SHEET_ROWS = 1_048_575  # what a sheet holds under its heading
STAR_YEAR = "2567"

_KINDS = ("กลุ่มผู้ผลิตชุมชน", "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว", "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม")
_TITLES = ("กลุ่ม", "ร้าน", "บริษัท ")
_CRAFT_NAMES = tuple(CRAFTS)
_CHUNK = 50_000
_PRODUCER_COLUMNS = ("producer_id", "producer_name", "producer_type", "province", "district", "contact_name", "phone")
_PRODUCT_COLUMNS = (
    "producer_id", "producer_name", "province", "district", "product_name", "rating_year_be", "stars",
    "quadrant_year_be", "quadrant",
)  # fmt: skip
_LIST_COLUMNS = ("producer_id", "producer_name", "province", "district")

Ints = NDArray[np.int64]
Row = Sequence[object]
Draw = np.random.Generator


@dataclass(frozen=True)
class _Producers:
    """Shape: one entry a producer; ``kind`` and ``craft`` are places in _KINDS and _CRAFT_NAMES."""

    ids: list[str]
    names: list[str]
    kind: Ints
    craft: Ints
    district: Ints
    areas: tuple[District, ...]

    def area(self, n: int) -> District:
        return self.areas[int(self.district[n])]


def write_nation(folder: Path, products: int, seed: int = 1, province_codes: Iterable[str] = ()) -> None:
    """``producers`` and ``products`` as CSV and, where a sheet can hold them, as XLSX; the two participant lists; and
    a definition a province, reading the CSV (``cycles``) or the XLSX (``cycles-xlsx``).

    With province codes everything is in those provinces: a register of that size in one hand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(seed)
    chosen = [provinces()[code] for code in province_codes] or list(provinces().values())
    producers = _draw_producers(draw, round(products * PRODUCERS_PER_PRODUCT), chosen)
    kinds = {".csv"} if products > SHEET_ROWS else {".csv", ".xlsx"}
    _write(folder / "producers", kinds, _PRODUCER_COLUMNS, _producer_rows(draw, producers))
    _write(folder / "products", kinds, _PRODUCT_COLUMNS, _product_rows(draw, producers, products))
    for name, share in (("kbo-2567", 0.06), ("qd-2568", 0.03)):
        _write(folder / name, {".csv"}, _LIST_COLUMNS, _list_rows(draw, producers, share))
    for kind in sorted(kinds):
        cycles = folder / ("cycles" if kind == ".csv" else "cycles-xlsx")
        cycles.mkdir(exist_ok=True)
        for province in chosen:
            if province.code != BANGKOK_CODE:
                text = _definition(np.random.default_rng([seed, int(province.code)]), province, kind)
                (cycles / f"{province.code}.yaml").write_text(text, encoding="utf-8")


def _draw_producers(draw: Draw, count: int, chosen: Sequence[Province]) -> _Producers:
    areas = tuple(district for province in chosen for district in province.districts)
    starts = np.cumsum([0, *(len(province.districts) for province in chosen)])
    province = draw.integers(0, len(chosen), count)
    district = starts[province] + (draw.random(count) * np.diff(starts)[province]).astype(np.int64)
    kind = draw.choice(3, count, p=[0.70, 0.25, 0.05])
    craft = draw.integers(0, len(_CRAFT_NAMES), count)
    village = draw.integers(0, len(VILLAGES), count)
    moo = np.where(draw.random(count) < 0.6, draw.integers(1, 17, count), 0)
    ids = [f"{areas[d].province_code}-{n:07}" for n, d in enumerate(district.tolist(), start=1)]
    names = [
        f"{_TITLES[k]}{_CRAFT_NAMES[c]}บ้าน{VILLAGES[v]}{f' หมู่ {m}' if m else ''}"
        for k, c, v, m in zip(kind.tolist(), craft.tolist(), village.tolist(), moo.tolist(), strict=True)
    ]
    return _Producers(ids, names, kind, craft, district, areas)


def _producer_rows(draw: Draw, producers: _Producers) -> Iterator[Row]:
    count = len(producers.ids)
    again = draw.integers(0, count, max(2, count // 300))  # registered twice
    order = draw.permutation(np.concatenate([np.arange(count), again]))
    for chunk in _chunks(order):
        names = _soiled(draw, [producers.names[n] for n in chunk])
        blank, town = (draw.random(len(chunk)) < share for share in (0.01, 0.003))
        long_province, long_district = (draw.random(len(chunk)) < 1 / 3 for _ in range(2))
        people = draw.integers(0, len(FIRST_NAMES), len(chunk))
        numbers, faults = draw.integers(0, 10**8, (2, len(chunk))), draw.random(len(chunk))
        for at, n in enumerate(chunk.tolist()):
            area = producers.area(n)
            province = provinces()[area.province_code].name_th
            yield (
                producers.ids[n],
                names[at],
                "" if blank[at] else _KINDS[producers.kind[n]],
                f"จ.{province}" if long_province[at] else province,
                f"เทศบาลเมือง{area.name_th}" if town[at] else f"อ.{area.name_th}" if long_district[at] else area.name_th,
                f"{FIRST_NAMES[people[at]]} (นามสมมติ)",
                _telephone(int(numbers[0, at]), int(numbers[1, at]), float(faults[at])),
            )


def _telephone(number: int, second: int, fault: float) -> object:
    if fault < 0.36:
        return 800_000_000 + number  # the leading zero is gone
    if fault < 0.41:
        return f"08{number:08}\n09{second:08}"
    text = f"08{number:08}"
    return f"{text[:3]}-{text[3:]}" if fault < 0.8 else text


def _product_rows(draw: Draw, producers: _Producers, count: int) -> Iterator[Row]:
    quadrants, unrated_quadrants = np.array(list("ABCD")), np.array(list("DDDCB"))
    for whose in _chunks(draw.integers(0, len(producers.ids), count)):
        size = len(whose)
        chance = draw.random(size)
        # 1 % misspelt, 0.3 % of nobody in the register, 60 % with the producer's id, the others by name and district
        is_misspelt, is_lost = chance < 0.01, (chance >= 0.01) & (chance < 0.013)
        by_id = (chance >= 0.013) & (chance < 0.613)
        names = [producers.names[n] for n in whose]
        soiled = _soiled(draw, names)
        which = draw.random(size)
        crafts = [CRAFTS[_CRAFT_NAMES[craft]] for craft in producers.craft[whose].tolist()]
        products = _soiled(draw, [_of(made, w) for made, w in zip(crafts, which.tolist(), strict=True)])
        rated = draw.random(size) >= 0.25
        years = np.where(rated, draw.choice([STAR_YEAR, "2565", "2562"], size, p=[0.6, 0.3, 0.1]), "")
        stars = np.where(rated, draw.choice(list("12345"), size, p=[0.05, 0.1, 0.3, 0.35, 0.2]), "")
        quadrant = np.where(rated, draw.choice(quadrants, size), draw.choice(unrated_quadrants, size))
        in_thai, in_words, spoilt = draw.random(size) < 0.05, draw.random(size) < 0.1, draw.random(size)
        yield from (
            (
                producers.ids[n] if own else "",
                _misspelt(name, w) if wrong else _nobody(name, n) if lost else name if own else dirty,
                provinces()[(area := producers.area(n)).province_code].name_th,
                "" if lost else area.name_th,
                product,
                _spoilt_year(thai_digits(year) if thai else year, fault) if year else "",
                _spoilt_stars(f"{star} ดาว" if words else star, fault) if star else "",
                STAR_YEAR,
                letter,
            )
            for n, own, wrong, lost, name, dirty, w, product, year, thai, star, words, fault, letter in zip(
                whose.tolist(), by_id.tolist(), is_misspelt.tolist(), is_lost.tolist(), names, soiled, which.tolist(),
                products, years.tolist(), in_thai.tolist(), stars.tolist(), in_words.tolist(), spoilt.tolist(),
                quadrant.tolist(), strict=True,
            )
        )  # fmt: skip


def _of(words: Sequence[str], chance: float) -> str:
    return words[int(chance * len(words))]


def _misspelt(name: str, chance: float) -> str:
    """A letter too many in the name proper: near the right one, but not the same."""
    at = name.index("บ้าน") + 4 + int(chance * 3)
    return f"{name[:at]}น{name[at:]}"


def _nobody(name: str, n: int) -> str:
    return f"ร้าน{_of(FIRST_NAMES, (n % 97) / 97)}ของฝากจาก{name[-8:]} สาขา {n}"


def _spoilt_stars(stars: str, fault: float) -> str:
    return ("สามดาว?", "ผ่าน", "N/A")[int(fault * 1500)] if fault < 0.002 else stars


def _spoilt_year(year: str, fault: float) -> str:
    return ("" if fault < 0.004 else "ปีก่อน") if 0.002 <= fault < 0.0045 else year


def _list_rows(draw: Draw, producers: _Producers, share: float) -> Iterator[Row]:
    listed = np.flatnonzero((producers.kind == 0) & (draw.random(len(producers.ids)) < share))
    wrong, chance = draw.random(len(listed)) < 0.01, draw.random(len(listed))
    for at, n in enumerate(listed.tolist()):
        area = producers.area(n)
        name = _misspelt(producers.names[n], float(chance[at])) if wrong[at] else producers.names[n]
        yield "" if wrong[at] else producers.ids[n], name, provinces()[area.province_code].name_th, area.name_th


_FAULTS: tuple[tuple[float, Callable[[str], str]], ...] = (
    (0.06, lambda text: f" {text}"),
    (0.12, lambda text: f"{text} "),
    (0.17, lambda text: f"{text}\u00a0"),
    (0.18, lambda text: text.replace("แ", "เเ", 1)),
    (0.19, lambda text: text.replace("ำ", "ํา", 1)),
    (0.20, lambda text: text.replace("้", "้้", 1)),
    (0.205, thai_digits),
)


def _soiled(draw: Draw, texts: list[str]) -> list[str]:
    """The texts as somebody typed them; what they say stays the same."""
    texts, chance = list(texts), draw.random(len(texts))
    which = np.searchsorted([upper for upper, _ in _FAULTS], chance, side="right")
    for at in np.flatnonzero(which < len(_FAULTS)).tolist():
        texts[at] = _FAULTS[which[at]][1](texts[at])
    return texts


def _chunks(rows: Ints) -> Iterator[Ints]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _write(path: Path, kinds: Iterable[str], columns: Iterable[str], rows: Iterable[Row]) -> None:
    """The same rows as each kind of file; nothing is held but the row at hand."""
    heading = [ALIASES[column][0] for column in columns]
    book = None
    with path.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        if ".xlsx" not in kinds:
            writer.writerows(rows)
            return
        options: dict[str, Any] = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(path.with_suffix(".xlsx"), options)
        sheet = book.add_worksheet("ทะเบียน")
        sheet.write_row(0, 0, heading)
        for n, row in enumerate(rows, start=1):
            writer.writerow(row)
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(n, column, cell)
                elif cell != "":
                    sheet.write_string(n, column, cell)
        book.close()


def _definition(draw: Draw, province: Province, kind: str) -> str:
    count = len(province.districts)
    places = 1 + np.bincount(draw.integers(0, count, 9), minlength=count)  # every district is asked
    quota = ", ".join(f'"{d.code}": {n}' for d, n in zip(province.districts, places.tolist(), strict=True))
    return f"""# ข้อมูลสังเคราะห์ทั้งหมด
cycle: kbo-2568-{province.code}
programme: KBO
programme_year_be: 2568
province_code: "{province.code}"
circular: {{number: "มท 0019.2/ว 00000 (ทดสอบ)", issued_on: 2024-12-06}}
allocation: {{year_be: 2568, total: {places.sum()}}}
deadline: {{on: 2025-06-04, at: "16:30", if_nonworking: keep}}
rules:
  star_year_be: {STAR_YEAR}
  stars: [1, 3]
  star_scope: any
  kbo_exclusion_years_be: [2567]
  clause_4_binds_tier_1: false
  fallback:
    scope: province
    source: classified_d
    quadrant_year_be: 2567
    exclude_project_year_be: 2568
    clause_2_binds: true
settled:
  - {{finding: insufficiency-scope, by: ผู้วัด, on: 2024-12-07, reason: ดูทั้งจังหวัด}}
quota: {{{quota}}}
sources:
  producers: {{path: ../producers{kind}}}
  products: {{path: ../products{kind}}}
  participants:
    - {{programme: KBO, fiscal_year_be: 2567, path: ../kbo-2567.csv}}
    - {{programme: QD, fiscal_year_be: 2568, path: ../qd-2568.csv}}
"""


if __name__ == "__main__":
    write_nation(Path(sys.argv[1]), int(sys.argv[2]), province_codes=sys.argv[3:])
