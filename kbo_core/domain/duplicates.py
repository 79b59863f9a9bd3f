"""Producers that stand in the register more than once, perhaps: found, asked about, linked; never merged.

A link changes one thing in the register: who took part before took part under every one of his ids.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from kbo_core.domain.nearness import Spellings, core_of, similarity
from kbo_core.domain.thai_text import name_key

SAME_NAME, SAME_CORE, NEAR_NAME = "name", "core", "near"
_NEARER = 95
_SUBDISTRICT = re.compile("^(?:ตำบล|แขวง|ต\\.)")


def duplicates(producers: pd.DataFrame, keys: Sequence[str], spellings: Spellings) -> pd.DataFrame:
    """The pairs of one district that are probably one producer.

    Shape:
        producers: ``district``, ``key`` (index into ``keys``), ``subdistrict`` (as written, "" not given).
        result: ``first``, ``second`` (rows of producers), ``likeness`` (one of the three above).
    """
    key, district = (producers[column].to_numpy(dtype=np.int64) for column in ("key", "district"))
    subdistrict = producers["subdistrict"].tolist()
    found = []
    for one, two in zip(*(side.tolist() for side in spellings.alike(key, district)), strict=True):
        name, other = keys[key[one]], keys[key[two]]
        likeness = _likeness(name, other)
        if likeness != NEAR_NAME or _is_one_place(subdistrict[one], subdistrict[two], similarity(name, other)):
            found.append((one, two, likeness))
    return pd.DataFrame(found, columns=["first", "second", "likeness"])


def _is_one_place(subdistrict: str, other: str, alike: int) -> bool:
    """May near names be one group's? Not in two subdistricts; where none is told, they must be nearer still."""
    if not (subdistrict and other):
        return alike >= _NEARER
    place, other_place = (_SUBDISTRICT.sub("", name_key(text)) for text in (subdistrict, other))
    return place == other_place


def _likeness(key: str, other: str) -> str:
    if key == other:
        return SAME_NAME
    return SAME_CORE if core_of(key) == core_of(other) else NEAR_NAME


def groups(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """All that are one with each other, directly or through others, in order."""
    group_of: dict[int, list[int]] = {}
    for one, two in pairs:
        joined = sorted({*group_of.get(one, [one]), *group_of.get(two, [two])})
        group_of |= dict.fromkeys(joined, joined)
    return sorted({id(group): group for group in group_of.values()}.values())


def shared(
    participants: pd.DataFrame, doubts: pd.DataFrame, linked: Iterable[Sequence[int]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The participations, and their near matches, of one linked producer as those of each that is linked with it.

    The rows added say the same and stand in the same place of the same list: one participation, seen under each id.
    """
    twins = [(member, twin) for group in linked for member in group for twin in group if twin != member]
    if not twins:
        return participants, doubts
    pairs = pd.DataFrame(twins, columns=["producer", "twin"], dtype="int64")
    told = participants.reset_index(drop=True).merge(pairs, on="producer")
    copies = told.assign(producer=told["twin"].astype(participants["producer"].dtype)).drop(columns="twin")
    near = doubts.merge(pairs, on="producer")
    more = near.assign(producer=near["twin"]).drop(columns="twin")
    return (
        pd.concat([participants, copies], ignore_index=True),
        pd.concat([doubts, more]).drop_duplicates().sort_values(["row", "producer"], ignore_index=True),
    )
