"""Snapshots: a register under the hash of its contents. The same content has the same id, whatever it was read from."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from kbo_core.domain.records import PROVENANCE_COLUMNS, Records, records_of
from kbo_core.domain.register import Register
from kbo_core.office.results import csv_bytes, json_bytes, sha256
from kbo_core.store.database import Connection, keep_blob, load_blob


@dataclass(frozen=True)
class Snapshot:
    """A frozen register.

    ``files`` are its tables as CSV by name. ``index`` names them by their sha256, with the lists that were given, and
    its own sha256 is the snapshot's id. ``provenance`` lies beside it: the file and row of every line.
    """

    records: Records
    files: Mapping[str, bytes]
    index: bytes
    provenance: bytes

    @property
    def id(self) -> str:
        return sha256(self.index)


def snapshot_of(register: Register) -> Snapshot:
    """The snapshot of a province's register."""
    records, provenance = records_of(register)
    files = {
        f"{name}.csv": csv_bytes(table, list(table.columns), for_people=False)
        for name, table in records.tables().items()
    }
    told = {"lists": records.lists, "files": {name: sha256(content) for name, content in files.items()}}
    return Snapshot(records, files, json_bytes(told), csv_bytes(provenance, list(PROVENANCE_COLUMNS), for_people=False))


def keep_snapshot(connection: Connection, snapshot: Snapshot) -> dict[str, str]:
    """Remember a snapshot's bytes; under which names: ``snapshot`` its id, ``provenance`` the file beside it."""
    for content in (*snapshot.files.values(), snapshot.index, snapshot.provenance):
        keep_blob(connection, sha256(content), content)
    return {"snapshot": snapshot.id, "provenance": sha256(snapshot.provenance)}


def load_records(connection: Connection, snapshot_id: str) -> Records:
    """The records of a snapshot. Raises KeyError when it was never kept."""
    told = json.loads(load_blob(connection, snapshot_id))
    tables = {name.removesuffix(".csv"): _table(load_blob(connection, d)) for name, d in told["files"].items()}
    return Records(**tables, lists=tuple(told["lists"]))


def _table(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
