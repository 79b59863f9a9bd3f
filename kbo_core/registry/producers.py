"""Producers as one row each: repeats found, identifiers given where the register has none, one stable order."""

import hashlib
from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kbo_core.domain.findings import Finding, warn
from kbo_core.domain.register import ProducerType
from kbo_core.domain.words import Words
from kbo_core.registry.staging import Staged

_MUST_AGREE = {"type": "ประเภทผู้ผลิต", "key": "ชื่อ", "district": "อำเภอ"}


def by_own_id(staged: Staged, is_placed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Which producer each row is of, as a number: the ``producer_id`` within its province, 0 where a row has none."""
    id_, province = (staged.rows[column].to_numpy(dtype=np.int64) for column in ("id", "province"))
    return np.where(is_placed & (id_ > 0), id_ << 16 | province, 0)


def by_id_or_name(staged: Staged, is_placed: NDArray[np.bool_]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The id and the producer of each row in a sheet that repeats its producers beside their products.

    A row without an id belongs to the one producer with an id of the same name and district.
    """
    rows = staged.rows
    named = rows["key"].to_numpy(dtype=np.int64) << 16 | rows["district"].to_numpy(dtype=np.int64)
    own = rows["id"].to_numpy()
    told = pd.Series(own[own > 0]).groupby(named[own > 0]).agg(["min", "nunique"])
    only = told.loc[told["nunique"] == 1, "min"]
    inherited = only.reindex(named).fillna(0).to_numpy(dtype=np.int32)
    ids = np.where(own > 0, own, inherited).astype(np.int32)
    whose = np.where(ids > 0, ids.astype(np.int64) << 16 | rows["province"].to_numpy(dtype=np.int64), -named - 1)
    return ids, np.where(is_placed, whose, 0)


def repeats(staged: Staged, whose: NDArray[np.int64], ids: Words, types: NDArray[np.int8]) -> NDArray[np.bool_]:
    """The further rows of the same producer. Which row stays depends on what the rows say (the fuller, then the lesser
    in text order), never on where they stand."""
    repeated = np.zeros(len(whose), dtype=bool)
    several = np.flatnonzero((whose != 0) & pd.Series(whose).duplicated(keep=False).to_numpy())
    if len(several):
        said = pd.DataFrame(
            {
                "district": staged.rows["district"].to_numpy()[several],
                "producer_name": staged.texts["producer_name"].take(several).cells(),
                "producer_id": ids.take(several).cells(),
                "type": types[several],
                "subdistrict": staged.texts["subdistrict"].take(several).cells(),
                "producer_type": staged.texts["producer_type"].take(several).cells(),
            },
            index=several,
        )
        blanks = (said == "").sum(axis=1) + (said["type"] == ProducerType.UNKNOWN) + (said["district"] == 0)
        ordered = said.assign(blanks=blanks, row=staged.table.rows[several], whose=whose[several]).sort_values(
            ["blanks", *said.columns, "row"]
        )
        repeated[ordered.index[ordered["whose"].duplicated()]] = True
    return repeated


def disagreements(
    staged: Staged, whose: NDArray[np.int64], ids: list[str], types: NDArray[np.int8]
) -> tuple[NDArray[np.int8], list[tuple[int, Finding]]]:
    """The types, unknown where rows of one producer disagree on it; and (province, finding) for each disagreement."""
    several = np.flatnonzero((whose != 0) & pd.Series(whose).duplicated(keep=False).to_numpy())
    if not len(several):
        return types, []
    types = types.copy()
    rows = staged.rows.iloc[several].assign(
        whose=whose[several], type=types[several], producer_name=staged.texts["producer_name"].take(several).cells()
    )
    findings = []
    for column in _MUST_AGREE:
        told = rows[rows[column] != 0]
        torn = told[told["whose"].isin(_with_several(told, column))]
        for _, said in torn.groupby("whose"):
            name, number = said["producer_name"].min(), int(said["id"].max())
            whom = ids[number] if number else name
            findings.append((int(said["province"].iloc[0]), _disagreement(column, whom, name)))
        if column == "type":
            types[several[rows["whose"].isin(torn["whose"])]] = ProducerType.UNKNOWN
    return types, findings


def _with_several(told: pd.DataFrame, column: str) -> pd.Index:
    counts = told.groupby("whose")[column].nunique()
    return counts.index[counts > 1]


def _disagreement(column: str, whom: str, name: str) -> Finding:
    taken = "ถือว่ายังไม่ทราบประเภทจนกว่าจะชี้ขาด" if column == "type" else "ใช้แถวที่ข้อมูลครบกว่า ตรวจว่าเป็นรายเดียวกันหรือไม่"
    key = {"type": "producer_type", "key": "producer_name"}.get(column, column)
    return warn(
        "producer-conflict",
        f"producers.{whom}: {key}",
        f"{name} มีหลายแถวที่ระบุ{_MUST_AGREE[column]}ไม่ตรงกัน {taken}",
        f"rows of {whom} disagree on {key}",
    )


def types_differ(producer_id: str, name: str) -> Finding:
    """What to say when the register and the table of types disagree on a producer."""
    return warn(
        "producer-conflict",
        f"producers.{producer_id}: producer_type",
        f"{name} มีประเภทผู้ผลิตไม่ตรงกันระหว่างทะเบียนและบัญชีประเภทผู้ผลิต ถือว่ายังไม่ทราบประเภทจนกว่าจะชี้ขาด",
        f"the tables disagree on the type of {producer_id}",
    )


def in_content_order(staged: Staged, at: NDArray[np.int64], ids: Words, types: NDArray[np.int8]) -> NDArray[np.int64]:
    """The rows by district, then by what they say; where they stand decides only between rows that say the same."""
    texts = staged.texts
    keys = (
        staged.table.rows[at],
        _rank(texts["producer_type"])[at],
        _rank(texts["subdistrict"])[at],
        types[at],
        _rank(ids)[at],
        _rank(texts["producer_name"])[at],
        staged.rows["district"].to_numpy()[at],
    )
    return at[np.lexsort(keys)]


def _rank(column: Words) -> NDArray[np.int64]:
    """For each row the place of its word in text order; equal words share one."""
    ranks = pc.rank(pa.array(column.words, pa.string()), tiebreaker="dense").to_numpy().astype(np.int64)
    return ranks[column.codes] if len(ranks) else np.empty(0, dtype=np.int64)


def identifiers(own: list[str], districts: NDArray[np.int16], keys: list[str]) -> list[str]:
    """The ``producer_id`` of each producer: the register's own, else one drawn from district and name, so that the
    same group gets the same one every year."""
    taken: Counter[str] = Counter()
    ids = []
    for producer_id, district, key in zip(own, districts.tolist(), keys, strict=True):
        if not producer_id:
            made = f"N{district:04}-{hashlib.sha256(key.encode()).hexdigest()[:8]}"
            taken[made] += 1
            ids.append(made if taken[made] == 1 else f"{made}-{taken[made]}")
        else:
            ids.append(producer_id)
    return ids
