"""Producers as one row each: repeats found, identifiers given where the register has none, one stable order."""

import hashlib
from collections import Counter

import pandas as pd

from kbo_core.domain.findings import Finding, warn
from kbo_core.domain.register import ProducerType

_CONTENT = ["district_code", "producer_name", "producer_id", "type_code", "subdistrict", "producer_type"]


def by_own_id(staged: pd.DataFrame) -> pd.DataFrame:
    """Adds ``whose``: the ``producer_id``, "" where a row has none and so stands for itself."""
    return staged.assign(whose=staged["producer_id"].where(staged["is_placed"], ""))


def by_id_or_name(staged: pd.DataFrame) -> pd.DataFrame:
    """Adds ``whose`` to a sheet that repeats its producers beside their products: the id, else name and district.

    A row without an id belongs to the one producer with an id of the same name and district.
    """
    place = ["district_code", "name_key"]
    named = staged[staged["producer_id"] != ""].groupby(place)["producer_id"].agg(["min", "nunique"])
    only = named[named["nunique"] == 1]["min"]
    own_id = only.reindex(pd.MultiIndex.from_frame(staged[place])).to_numpy(dtype=object)
    inherited = pd.Series(own_id, index=staged.index, dtype=object).fillna("")
    ids = staged["producer_id"].where(staged["producer_id"] != "", inherited)
    whose = ids.where(ids != "", staged["district_code"] + staged["name_key"])
    return staged.assign(producer_id=ids, whose=whose.where(staged["is_placed"], ""))


def mark_repeats(staged: pd.DataFrame) -> pd.DataFrame:
    """Adds ``is_repeat``: a further row of the same ``whose``. Which row stays depends on what the rows say (the
    fuller, then the lesser in text order), never on where they stand."""
    blanks = (staged[_CONTENT] == "").sum(axis=1)
    ordered = staged.assign(blanks=blanks).sort_values(["blanks", *_CONTENT, "row"])
    repeated = ordered[ordered["whose"] != ""].duplicated("whose")
    return staged.assign(is_repeat=staged.index.isin(repeated[repeated].index))


_MUST_AGREE = {"type_code": "ประเภทผู้ผลิต", "name_key": "ชื่อ", "district_code": "อำเภอ"}


def conflicts(staged: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The table with the type unknown where rows of one producer disagree on it; a finding for each disagreement."""
    findings = []
    torn = {}
    for column in _MUST_AGREE:
        told = staged[(staged["whose"] != "") & (staged[column] != "")]
        counts = told.groupby("whose")[column].nunique()
        torn[column] = counts[counts > 1].index
        names = told[told["whose"].isin(torn[column])].groupby("whose")["producer_name"].min()
        findings += [_conflict(column, str(whose), str(name)) for whose, name in names.items()]
    blanked = staged["type_code"].mask(staged["whose"].isin(torn["type_code"]), str(ProducerType.UNKNOWN))
    return staged.assign(type_code=blanked), findings


def _conflict(column: str, whose: str, name: str) -> Finding:
    taken = "ถือว่ายังไม่ทราบประเภทจนกว่าจะชี้ขาด" if column == "type_code" else "ใช้แถวที่ข้อมูลครบกว่า ตรวจว่าเป็นรายเดียวกันหรือไม่"
    return warn(
        "producer-conflict",
        f"producers.{whose}: {column}",
        f"{name} มีหลายแถวที่ระบุ{_MUST_AGREE[column]}ไม่ตรงกัน {taken}",
        f"rows of {whose} disagree on {column}",
    )


def identify(kept: pd.DataFrame) -> pd.DataFrame:
    """The producers in content order, index 0…n-1, each with a ``producer_id``.

    ``has_id`` tells which is the register's own; a made one is drawn from district and name, so the same group gets
    the same one every year.
    """
    ordered = kept.sort_values([*_CONTENT, "row"]).reset_index(drop=True)
    own = ordered["producer_id"] != ""
    taken: Counter[str] = Counter()
    ids = []
    for producer_id, district, key in zip(
        ordered["producer_id"], ordered["district_code"], ordered["name_key"], strict=True
    ):
        if not producer_id:
            made = f"N{district}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
            taken[made] += 1
            producer_id = made if taken[made] == 1 else f"{made}-{taken[made]}"
        ids.append(producer_id)
    return ordered.assign(producer_id=ids, has_id=own)
