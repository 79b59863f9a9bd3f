"""The official areas: 77 provinces and their 928 districts, by code.

Source: the Department of Provincial Administration's area codes (``areas.csv`` beside this file).
District names repeat across provinces, so a name means something only inside a province.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kbo_core.domain.thai_text import name_key

BANGKOK_CODE = "10"


@dataclass(frozen=True)
class District:
    """An amphoe, or a khet of Bangkok."""

    code: str
    name_th: str
    name_en: str
    province_code: str

    @property
    def title_th(self) -> str:
        return ("เขต" if self.province_code == BANGKOK_CODE else "อำเภอ") + self.name_th

    @property
    def chief_th(self) -> str:
        """Whom a letter to the district is addressed to."""
        return ("ผู้อำนวยการเขต" if self.province_code == BANGKOK_CODE else "นายอำเภอ") + self.name_th

    @property
    def label(self) -> str:
        """What an operator reads in a run list; it begins with letters that every screen shows."""
        return f"{self.code} {self.name_en} · {self.name_th}"


@dataclass(frozen=True)
class Province:
    """A province with its districts in code order."""

    code: str
    name_th: str
    name_en: str
    districts: tuple[District, ...]


@cache
def provinces() -> dict[str, Province]:
    """Every province by code."""
    named: dict[str, tuple[str, str]] = {}
    inside: dict[str, list[District]] = {}
    text = files("kbo_core.domain").joinpath("areas.csv").read_text("utf-8-sig")
    for row in csv.DictReader(text.splitlines()):
        code = row["province_code"]
        named[code] = (row["province_th"], row["province_en"])
        inside.setdefault(code, []).append(District(row["district_code"], row["district_th"], row["district_en"], code))
    return {
        code: Province(code, *named[code], tuple(sorted(inside[code], key=lambda d: d.code))) for code in sorted(named)
    }


@cache
def districts() -> dict[str, District]:
    """Every district by code."""
    return {d.code: d for p in provinces().values() for d in p.districts}


def find_province(text: str) -> Province | None:
    """The province that a cell names, by Thai or English name or code; None when none does."""
    return _province_names().get(_bare(text, ("จังหวัด", "จ.")))


def find_district(text: str, province: Province) -> District | None:
    """The district of a province that a cell names; None when it names no official one.

    A municipality (เทศบาล) is no district and is not guessed into one.
    """
    return _district_names(province.code).get(_bare(text, ("กิ่งอำเภอ", "อำเภอ", "อ.", "เขต")))


def _bare(text: str, prefixes: tuple[str, ...]) -> str:
    key = name_key(text)
    for prefix in prefixes:
        if key.startswith(prefix) and len(key) > len(prefix):
            return key.removeprefix(prefix)
    return key


@cache
def _province_names() -> dict[str, Province]:
    names = {}
    for province in provinces().values():
        for name in (province.code, province.name_th, province.name_en):
            names[name_key(name)] = province
    for name in ("กรุงเทพ", "กรุงเทพฯ", "กทม", "กทม."):
        names[name_key(name)] = provinces()[BANGKOK_CODE]
    return names


@cache
def _district_names(province_code: str) -> dict[str, District]:
    province = provinces()[province_code]
    english = Counter(name_key(d.name_en) for d in province.districts)
    names = {}
    for district in province.districts:
        for name in (district.code, district.name_th):
            names[name_key(name)] = district
        if english[name_key(district.name_en)] == 1:  # บางไทร and บางซ้าย are both "Bang Sai"
            names[name_key(district.name_en)] = district
        if district.name_th == f"เมือง{province.name_th}":
            names["เมือง"] = district  # the seat is called so inside its own province
    return names
