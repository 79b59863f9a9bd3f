"""Producers as one row each: repeats found, identifiers given where the register has none, one stable order."""

import hashlib
from collections import Counter

import pandas as pd

from kbo_core.domain.findings import Finding, warn
from kbo_core.domain.register import ProducerType

_CONTENT = ["district_code", "producer_name", "producer_id", "type_code", "subdistrict", "producer_type"]


def mark_repeats(staged: pd.DataFrame) -> pd.DataFrame:
    """Adds ``is_repeat``: a further row of a ``producer_id``. Which row stays depends on what the rows say (the fuller,
    then the lesser in text order), never on where they stand."""
    blanks = (staged[_CONTENT] == "").sum(axis=1).rename("blanks")
    ordered = staged.assign(blanks=blanks).sort_values(["blanks", *_CONTENT, "row"])
    repeated = ordered[ordered["producer_id"] != ""].duplicated("producer_id")
    return staged.assign(is_repeat=staged.index.isin(repeated[repeated].index))


def conflicting_types(staged: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The table with the type unknown where rows of one ``producer_id`` disagree on it, and a finding for each."""
    known = staged[(staged["producer_id"] != "") & (staged["type_code"] != ProducerType.UNKNOWN)]
    kinds = known.groupby("producer_id")["type_code"].nunique()
    torn = sorted(kinds[kinds > 1].index)
    findings = [
        warn(
            "producer-type-conflict",
            f"producers.{producer_id}",
            f"รหัส {producer_id} มีหลายแถวที่ระบุประเภทผู้ผลิตไม่ตรงกัน ถือว่ายังไม่ทราบประเภทจนกว่าจะชี้ขาด",
            f"rows of {producer_id} disagree on the producer type; it is taken as unknown",
        )
        for producer_id in torn
    ]
    blanked = staged["type_code"].mask(staged["producer_id"].isin(torn), str(ProducerType.UNKNOWN))
    return staged.assign(type_code=blanked), findings


def one_row_each(staged: pd.DataFrame) -> pd.DataFrame:
    """A sheet of products that carries producer columns → one row a producer: the row that the table of repeats keeps.

    A row without an id belongs to the producer of the same name and district.
    """
    named = (
        staged[staged["producer_id"] != ""]
        .groupby(["name_key", "district_code"])["producer_id"]
        .agg(["min", "nunique"])
    )
    only = named[named["nunique"] == 1]["min"]
    pairs = pd.MultiIndex.from_frame(staged[["name_key", "district_code"]])
    inherited = pd.Series(only.reindex(pairs).to_numpy(dtype=object), index=staged.index, dtype=object).fillna("")
    staged = staged.assign(producer_id=staged["producer_id"].where(staged["producer_id"] != "", inherited))
    whose = staged["producer_id"].where(staged["producer_id"] != "", staged["district_code"] + " " + staged["name_key"])
    blanks = (staged[_CONTENT] == "").sum(axis=1)
    ordered = staged.assign(whose=whose, blanks=blanks).sort_values(["blanks", *_CONTENT, "row"])
    return ordered.drop_duplicates("whose").drop(columns=["whose", "blanks"])


def identify(kept: pd.DataFrame) -> pd.DataFrame:
    """The producers in content order, index 0…n-1, each with a ``producer_id``; ``has_id`` tells whose is the register's
    own. A made one is drawn from district and name, so the same group gets the same one every year."""
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
