"""Registers side by side, record by record: this load and the last, this year's and last year's."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from kbo_core.domain.areas import Province
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.drift import Profile
from kbo_core.domain.findings import refused
from kbo_core.domain.record_difference import CHANGES, DIFFERENCE_COLUMNS, Difference, compare
from kbo_core.domain.records import Records
from kbo_core.office.definitions import DefinitionFile, definition_of, read_definition
from kbo_core.office.ingesting import ingest
from kbo_core.office.office import Office
from kbo_core.office.register import Ingested
from kbo_core.office.remembering import at_home, remembered_answers
from kbo_core.office.results import csv_bytes
from kbo_core.office.screening import Screening, screen
from kbo_core.office.snapshots import load_records, snapshot_of
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import SourceFile, fetch_source
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import Cycle, cycle_ids, get_cycle

RECORDS_TH = {"producer": "ผู้ผลิต", "product": "ผลิตภัณฑ์", "participant": "รายชื่อผู้เข้าร่วม"}
CHANGES_TH = {"new": "ใหม่", "changed": "เปลี่ยน", "same": "เหมือนเดิม", "gone": "หายไป"}


@dataclass(frozen=True)
class Load:
    """One register that is compared: its name, its snapshot's id, its records."""

    name: str
    province: Province
    snapshot_id: str
    records: Records


@dataclass(frozen=True)
class SinceLast:
    """What changed since the latest earlier cycle of the province."""

    cycle_id: str
    opened_at: datetime
    snapshot_id: str
    difference: Difference

    @property
    def summary_th(self) -> str:
        return f"เทียบกับทะเบียนของรอบ {self.cycle_id}: {summary_th(self.difference)}"

    def as_dict(self) -> dict[str, object]:
        return {
            "cycle": self.cycle_id,
            "snapshot": self.snapshot_id,
            "totals": self.difference.totals,
        }


def since_last(connection: Connection, screening: Screening) -> SinceLast | None:
    """How the register just screened differs from the one that the province's latest other cycle rests on."""
    last = last_cycle(connection, screening.file.definition)
    if last is None or last.snapshot is None:
        return None
    before = load_records(connection, last.snapshot)
    after = screening.snapshot.records
    return SinceLast(last.cycle_id, last.opened_at, last.snapshot, compare(before, after))


def last_cycle(connection: Connection, definition: CycleDefinition) -> Cycle | None:
    """The latest other cycle of the definition's province whose register was kept."""
    known = [get_cycle(connection, cycle_id) for cycle_id in cycle_ids(connection)]
    earlier = [
        cycle
        for cycle in known
        if cycle.province_code == definition.province_code and cycle.cycle_id != definition.cycle and cycle.snapshot
    ]
    return max(earlier, key=lambda cycle: (cycle.opened_at, cycle.cycle_id), default=None)


def last_profile(connection: Connection, definition: CycleDefinition) -> Profile | None:
    """The figures of the register that the province's latest other cycle was opened on."""
    last = last_cycle(connection, definition)
    if last is None:
        return None
    told = next(entry.payload for entry in events(connection, last.cycle_id, ("cycle-opened",)))
    return Profile(**told["profile"]) if "profile" in told else None


def screen_here(home: Path, file: DefinitionFile, validate: Validate) -> Screening:
    """Screen a definition with what a home knows: answers about names, the last register, copies of downloads. A home
    that is not there yet is not made."""
    downloads = home / "downloads" if home.is_dir() else None
    fetch = partial(fetch_source, folder=file.folder, cache=downloads)
    with at_home(home) as known:
        if known is None:
            return screen(file, validate, fetch)
        answers = remembered_answers(known, file.definition.province_code)
        return screen(file, validate, fetch, answers, last_profile(known, file.definition))


def compare_loads(office: Office, was: str, now: str, validate: Validate) -> tuple[Load, Load, Difference]:
    """Two registers, each named by a definition file or by a cycle that was opened, and what became of each record.

    Raises RefusedError for a name that is neither, and for registers of two provinces.
    """
    before, after = (_load(office, name, validate) for name in (was, now))
    if before.province != after.province:
        raise refused(
            "provinces-differ",
            f"{was}, {now}",
            f"เทียบไม่ได้ เพราะเป็นทะเบียนคนละจังหวัด: {before.province.name_th} กับ {after.province.name_th}",
            f"registers of two provinces: {before.province.name_en} and {after.province.name_en}",
        )
    return before, after, compare(before.records, after.records)


def difference_files(difference: Difference) -> dict[str, bytes]:
    """``differences.csv``: one line a record that is new or gone and a changed cell of one that changed."""
    return {"differences.csv": csv_bytes(difference.rows, DIFFERENCE_COLUMNS)}


def summary_th(difference: Difference) -> str:
    """The counts by kind of record, in one line."""
    return " · ".join(
        f"{RECORDS_TH[record]} " + " ".join(f"{CHANGES_TH[change]} {counts[change]}" for change in CHANGES)
        for record, counts in difference.totals.items()
    )


def _load(office: Office, name: str, validate: Validate) -> Load:
    path = Path(name)
    if path.suffix.lower() in (".yaml", ".yml") or path.is_file():
        screening = screen_here(office.home, read_definition(path), validate)
        return _taken(name, screening.file.definition, screening.ingested)
    with office.database.read() as connection:
        cycle = get_cycle(connection, name)
        definition = definition_of(connection, cycle)
        if cycle.snapshot:
            return Load(name, definition.province, cycle.snapshot, load_records(connection, cycle.snapshot))
        # Opened before snapshots were kept: made from the frozen files.
        return _taken(name, definition, ingest(definition, kept_inputs(connection, cycle).__getitem__, validate))


def _taken(name: str, definition: CycleDefinition, ingested: Ingested) -> Load:
    snapshot = snapshot_of(ingested.register)
    return Load(name, definition.province, snapshot.id, snapshot.records)


def kept_inputs(connection: Connection, cycle: Cycle) -> dict[str, SourceFile]:
    """The files that a cycle rests on, by label."""
    return {label: SourceFile(label, load_blob(connection, digest)) for label, digest in cycle.inputs.items()}
