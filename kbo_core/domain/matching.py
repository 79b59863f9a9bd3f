"""Whose product, whose participation: joining rows without a common id to producers.

A near match is a doubt for a person to settle, never silently a match or a miss.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

NEAR = 90  # rapidfuzz ratio of two name keys; below it, names that differ are different names

# Words before the name proper: the same group is written with one or another.
_PREFIXES = (
    "วิสาหกิจชุมชน",
    "กลุ่มแม่บ้านเกษตรกร",
    "กลุ่มแม่บ้าน",
    "กลุ่มสตรี",
    "กลุ่มอาชีพ",
    "กลุ่มผู้ผลิต",
    "กลุ่มผลิต",
    "กลุ่ม",
    "ศูนย์",
    "เครือข่าย",
    "สถาบัน",
    "โรงงาน",
    "คณะ",
    "ชมรม",
    "สหกรณ์",
    "บริษัท",
    "บจก.",
    "ห้างหุ้นส่วนจำกัด",
    "หจก.",
    "ร้าน",
    "นางสาว",
    "น.ส.",
    "นาง",
    "นาย",
)
_SHORTEST_CORE = 4
_NUMBERS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Join:
    """For each row its producer, or -1; and the near matches still open."""

    producer: np.ndarray
    doubts: pd.DataFrame


def core_of(key: str) -> str:
    """A name key without the words that stand before the name proper."""
    for prefix in _PREFIXES:
        if key.startswith(prefix) and len(key) - len(prefix) >= _SHORTEST_CORE:
            return core_of(key.removeprefix(prefix))
    return key


def is_near(key: str, other: str) -> bool:
    """Could two name keys that differ be one name: a typing error, another prefix?"""
    if _NUMBERS.findall(key) != _NUMBERS.findall(other):
        return False
    core, other_core = core_of(key), core_of(other)
    return core == other_core or fuzz.ratio(key, other) >= NEAR or fuzz.ratio(core, other_core) >= NEAR


def doubt_place(table: str, name: str, producer_id: str) -> str:
    """How a doubt is named in findings and in an operator's answer."""
    return f"{table}: {name} ~ {producer_id}"


def join(rows: pd.DataFrame, producers: pd.DataFrame, answers: Mapping[str, str]) -> Join:
    """Link rows to producers: by id where both have one, else by name within the province and the district.

    Shape:
        rows: ``table``, ``producer_id``, ``producer_name``, ``name_key``, ``district_code`` ("" where not given).
        producers: ``producer_id``, ``has_id``, ``name_key``, ``district_code``; index 0…n-1.
        answers: doubt_place → ``same`` or ``different``, what a person has settled.
    """
    by_id = {i: n for n, (i, has) in enumerate(zip(producers["producer_id"], producers["has_id"], strict=True)) if has}
    by_name: dict[str, list[int]] = defaultdict(list)
    for n, key in enumerate(producers["name_key"]):
        by_name[key].append(n)
    has_id = producers["has_id"].to_numpy(dtype=bool)
    district = producers["district_code"].to_numpy(dtype=object)
    ids = producers["producer_id"].to_numpy(dtype=object)

    linked = np.full(len(rows), -1, dtype=np.int64)
    doubts: list[tuple[int, int]] = []
    open_rows: dict[str, list[int]] = defaultdict(list)
    for n, (row_id, key, row_district) in enumerate(
        zip(rows["producer_id"], rows["name_key"], rows["district_code"], strict=True)
    ):
        if row_id and row_id in by_id:
            linked[n] = by_id[row_id]
            continue
        named = by_name.get(key, [])
        same = [p for p in named if not (row_id and has_id[p]) and row_district in ("", district[p])]
        if len(same) == 1:
            linked[n] = same[0]
        elif same:
            doubts += [(n, p) for p in same]
        else:
            open_rows[key].append(n)

    near = _near_producers(list(open_rows), producers)
    doubts += [(n, p) for key, at in open_rows.items() for n in at for p in near[key]]

    kept = []
    tables, names = rows["table"].to_numpy(dtype=object), rows["producer_name"].to_numpy(dtype=object)
    for n, p in doubts:
        answer = answers.get(doubt_place(tables[n], names[n], ids[p]))
        if answer == "same":
            linked[n] = p
        elif answer is None:
            kept.append((rows.index[n], p))
    settled = set(rows.index[linked >= 0])
    return Join(
        linked,
        pd.DataFrame([d for d in sorted(kept) if d[0] not in settled], columns=["row", "producer"], dtype="int64"),
    )


def _near_producers(keys: list[str], producers: pd.DataFrame) -> dict[str, list[int]]:
    """For each name key, the producers whose name is equal (elsewhere, or under another id) or near."""
    if not keys or producers.empty:
        return {key: [] for key in keys}
    all_keys = producers["name_key"].tolist()
    cores = [core_of(key) for key in all_keys]
    own_cores = [core_of(key) for key in keys]
    close = process.cdist(keys, all_keys, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8)
    close |= process.cdist(own_cores, cores, scorer=fuzz.ratio, score_cutoff=NEAR, dtype=np.uint8)
    return {key: [int(p) for p in np.flatnonzero(close[n]) if is_near(key, all_keys[p])] for n, key in enumerate(keys)}
