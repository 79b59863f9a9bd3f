"""What became of the rows of damaged files: each is kept, set aside or another province's, and no secret is told."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from python_calamine import CalamineWorkbook

from kbo_core.domain.areas import Province, find_province
from kbo_core.domain.decisions import COLUMNS as DECISION_COLUMNS
from kbo_core.domain.decisions import decide
from kbo_core.domain.definition import CycleDefinition, Source, parse_definition
from kbo_core.domain.findings import Finding, KboError
from kbo_core.domain.thai_text import clean, name_key
from kbo_core.office.ingesting import ingest_provinces
from kbo_core.office.register import Ingested
from kbo_core.office.results import csv_bytes
from kbo_core.registry.headings import PARTICIPANTS, PRODUCERS, PRODUCTS
from kbo_core.registry.personal import without_national_ids
from kbo_core.registry.quality import QUARANTINE_COLUMNS, Validate, refuse_unusable
from kbo_core.registry.repairs import REPAIR_COLUMNS
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.table import Table, read_table
from tests.registry.corruption import COLUMNS, HEADINGS, NUMBERS, SECRETS, CorruptedFile, pristine

KINDS = {"producers": PRODUCERS, "products": PRODUCTS, "list": PARTICIPANTS}
_LISTS = (("KBO", 2567), ("QD", 2568), ("QD", 2567), ("KBO", 2566), ("KBO", 2565), ("KBO", 2564))
_FEW_ENOUGH = 2_000_000
_ASCII = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_READ = {
    "producers": set(COLUMNS["producers"]) - {"citizen"},
    "products": (set(COLUMNS["products"]) | {"producer_id"}) - {"contact_name", "phone"},
    "list": {"producer_name", "province", "district", "producer_id", "product_name"},
}
_CANONICAL = {name_key(word): name for name, heading in HEADINGS.items() for word in (name, heading)}

Cells = Mapping[int, Sequence[str]]


# --- what somebody else reads in the file ---------------------------------------------------------------------------


def rows_seen(file: CorruptedFile, place: str) -> Cells | None:
    """The rows of a sheet that show something, by number, as a plain reader sees them; None where it sees nothing."""
    sheet = place.removeprefix(file.label).strip()[1:-1]
    try:
        if not sheet:
            rows = _text_rows(file)
        elif file.content.startswith(b"PK") and b"opendocument" not in file.content[:200]:
            rows = _xlsx_rows(file.content, sheet)
        else:
            book = CalamineWorkbook.from_filelike(io.BytesIO(file.content))
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except BaseException as error:  # a parser that panics raises no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        return None
    if rows is None:
        return None
    told = {n: ["" if cell is None else str(cell) for cell in row] for n, row in enumerate(rows, start=1)}
    return {n: row for n, row in told.items() if any(cell.strip() for cell in row)}


def _text_rows(file: CorruptedFile) -> Iterable[Sequence[Any]] | None:
    if not file.separator or "encoding" in file.source:
        return None
    if file.is_harmed and file.encoding.startswith("utf-16"):  # a byte more, and the letters begin elsewhere
        return None
    text = file.content.decode(file.encoding).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=file.separator, strict=True))


def _xlsx_rows(content: bytes, sheet: str) -> Iterable[Sequence[Any]] | None:
    page = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[sheet]
    return list(page.iter_rows(values_only=True)) if page.max_row * page.max_column < _FEW_ENOUGH else None


def body(rows: Cells, kind: str) -> Cells:
    """The rows below the first row that has the most known headings."""
    known = {
        n: len({_CANONICAL.get(name_key(cell)) for cell in row} & _READ[kind]) for n, row in rows.items() if n <= 30
    }
    heading = max(known, key=lambda n: (known[n], -n), default=0)
    return {n: row for n, row in rows.items() if n > heading}


# --- one file -------------------------------------------------------------------------------------------------------


def source_file(file: CorruptedFile) -> SourceFile:
    return SourceFile(file.label, file.content)


@dataclass(frozen=True)
class Reading:
    """A file's table, and for each sheet of it the rows that somebody else sees."""

    file: CorruptedFile
    table: Table
    seen: Mapping[str, Cells | None]

    @property
    def rows(self) -> Iterable[tuple[str, int]]:
        table = self.table
        for place, row in zip(table.place.tolist(), table.rows.tolist(), strict=True):
            yield table.places[place], row


def read(file: CorruptedFile) -> Reading | None:
    """The file as it is read, after a look at whether it has all the rows; None where it is refused with grace."""
    source = Source(path=file.label, **file.source)  # type: ignore[arg-type]
    try:
        table = read_table(source_file(file), source, KINDS[file.kind])
    except KboError as error:
        check_refusal(error, file.label)
        return None
    reading = Reading(file, table, {place: rows_seen(file, place) for place in table.places})
    rows = Counter(reading.rows)
    assert not rows or max(rows.values()) == 1, "a row is read twice"
    check_silence("".join(f"{f.where}{f.message_th}{f.message_en}" for f in table.findings))
    by_position = any(finding.code == "layout-by-position" for finding in table.findings)
    for place, seen in reading.seen.items():
        if seen is not None and not by_position:
            assert [row for sheet, row in rows if sheet == place] == list(body(seen, file.kind)), place
    return reading


def check_refusal(error: KboError, label: str = "") -> None:
    """Whoever reads it knows what is wrong, where, in Thai and in English, and sees no machinery."""
    assert error.findings
    for finding in error.findings:
        assert label in finding.where
        assert any("\u0e01" <= letter <= "\u0e5b" for letter in finding.message_th)
        assert finding.message_en.strip()
        for word in ("Traceback", 'File "', "panicked", "site-packages", ".py:", "object at 0x"):
            assert word not in finding.message_th + finding.message_en
        check_silence(finding.where + finding.message_th + finding.message_en)


def check_silence(text: str, secrets: Sequence[str] = SECRETS) -> None:
    """Nothing personal is told, however it is written."""
    bare = text.translate(_ASCII).replace(" ", "").replace("-", "")
    for secret in secrets:
        assert secret not in bare, f"personal: {secret} in …{bare[max(bare.index(secret) - 60, 0) :][:140]}…"


# --- many files in one register -------------------------------------------------------------------------------------


def _definition(files: Mapping[str, CorruptedFile]) -> CycleDefinition:
    def source(part: str) -> dict[str, Any]:
        file = files.get(part)
        return {"path": file.label, **file.source} if file else {"path": f"{part}.csv"}

    lists = [part for part in files if part.startswith("list")] or ["list0", "list1"]
    while len(lists) < 2:
        lists.append(f"list-good-{len(lists)}")
    return parse_definition(
        {
            "cycle": "kbo-2568-56",
            "programme_year_be": 2568,
            "province_code": "56",
            "circular": {"number": "พย 0019.2/ว 15286", "issued_on": "2024-12-06"},
            "deadline": {"on": "2025-06-04"},
            "rules": {
                "star_year_be": 2567,
                "stars": [1, 3],
                "kbo_exclusion_years_be": [2567],
                "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2568},
            },
            "quota": {"5602": 3, "5601": 3, "5607": 2},
            "sources": {
                "producers": source("producers"),
                "products": source("products"),
                "participants": [
                    {"programme": programme, "fiscal_year_be": year, **source(part)}
                    for part, (programme, year) in zip(lists, _LISTS, strict=False)
                ],
            },
        },
        "cycle.yaml",
    )


def ingest_all(files: Mapping[str, CorruptedFile], validate: Validate) -> tuple[Ingested, CycleDefinition] | None:
    """The register of damaged and good files together; what blocks is checked and left out, good files instead.

    None where a good file blocks, for the damaged producers are no longer those whose products it lists.
    """
    left = dict(files)
    while True:
        definition = _definition(left)
        by_label = {file.label: part for part, file in left.items()}

        def fetch(path: str, left: Mapping[str, CorruptedFile] = left) -> SourceFile:
            for file in left.values():
                if file.label == path:
                    return source_file(file)
            return SourceFile(path, pristine("list" if path.startswith("list") else path.removesuffix(".csv")))

        nation = ingest_provinces([definition], fetch, validate)
        places = {f.where for part in nation.parts for f in _blocks(part)}
        if not places:
            return nation.province(definition.province), definition
        blamed = {part for label, part in by_label.items() if any(place.startswith(label) for place in places)}
        if not blamed:
            assert "producers" in left, places
            return None
        for part in blamed:
            del left[part]


def _blocks(part: Any) -> Sequence[Finding]:
    """Why a table cannot be used as a whole; every such table is asked, where the programme stops at the first."""
    try:
        told = part.sifted.counts(56), part.sifted.quarantine(56)
        refuse_unusable(*told, part.staged.where, part.staged.table.kind.name_th)
    except KboError as error:
        check_refusal(error)
        return error.findings
    return ()


def check_account(ingested: Ingested, readings: Mapping[str, Reading]) -> None:
    """Rows in are rows kept and rows set aside and rows of elsewhere; what is set aside exists, and is not kept too."""
    register = ingested.register
    kept = Counter(
        (source, row)
        for part in (register.producers, register.products, register.participants)
        for source, row in zip(part["source"], part["row"].tolist(), strict=True)
    )
    aside = {
        (source, row)
        for source, row in zip(ingested.quarantine["source"], ingested.quarantine["row"].tolist(), strict=True)
    }
    assert not kept or max(kept.values()) == 1, "a row counts twice"
    assert not aside & kept.keys(), "a row is kept and set aside"
    for where, counts in ingested.counts.items():
        assert counts["in"] == counts["kept"] + counts["quarantined"] + counts["elsewhere"], where
        assert min(counts.values()) >= 0, where
        label = where.split(": ", 1)[1].split(" [", 1)[0]
        assert counts["kept"] == sum(source.split(" [", 1)[0] == label for source, _ in kept), where
        assert counts["quarantined"] == sum(source.split(" [", 1)[0] == label for source, _ in aside), where
        if label in readings:
            rows = set(readings[label].rows)
            assert counts["in"] == len(rows), where
            mine = {at for at in kept.keys() | aside if at[0].split(" [", 1)[0] == label}
            assert mine <= rows, f"{where}: a row that is not in the file: {mine - rows}"
            _check_elsewhere(readings[label], rows - mine)


def _check_elsewhere(reading: Reading, rows: set[tuple[str, int]]) -> None:
    """A row that the province does not see names another province."""
    for place, row in () if reading.file.has_merges else rows:
        if (seen := reading.seen[place]) is not None:
            found = {province.code for cell in seen[row] if (province := _province(cell))}
            assert found - {"56"}, f"{reading.file}: row {row} is lost: {seen[row]}"


def _province(cell: str) -> Province | None:
    return find_province(without_national_ids(clean(cell)))


def outputs(ingested: Ingested, definition: CycleDefinition) -> bytes:
    """Everything that people get of a register, in one; each producer is decided once."""
    decided = decide(ingested.register, definition)
    decisions = decided.decisions
    producers = ingested.register.producers
    assert sorted(decisions["producer_id"]) == sorted(producers["producer_id"])
    assert len(set(decisions["producer_id"])) == len(decisions), "somebody is decided twice"
    assert decisions["verdict"].isin(["eligible", "ineligible", "unknown"]).all()
    [kept] = [counts["kept"] for where, counts in ingested.counts.items() if where.startswith("producers: ")]
    assert Counter(decisions["verdict"]).total() == kept
    findings = [finding.as_row() for finding in sorted({*ingested.findings, *decided.findings})]
    parts = (
        csv_bytes(decisions, DECISION_COLUMNS),
        csv_bytes(ingested.quarantine, QUARANTINE_COLUMNS),
        csv_bytes(ingested.repairs, REPAIR_COLUMNS),
        json.dumps(findings, ensure_ascii=False).encode(),
        json.dumps(decided.shortage.as_dict(), ensure_ascii=False).encode(),
    )
    return b"\n".join(parts)


def check_group(files: Mapping[str, CorruptedFile], validate: Validate, *, again: bool) -> Counter[str]:
    """Every check on some files that make one register; how many were refused, blocked and taken."""
    readings: dict[str, Reading] = {}
    readable: dict[str, CorruptedFile] = {}
    for part, file in files.items():
        try:
            reading = read(file)
        except BaseException as error:
            raise AssertionError(f"{file}: {type(error).__name__}: {error}") from error
        if reading is not None:
            readable[part] = file
            readings[file.label] = reading
    outcome = Counter(refused=len(files) - len(readable))
    if readable:
        try:
            made = ingest_all(readable, validate)
            if made is not None:
                ingested, definition = made
                check_account(ingested, readings)
                result = outputs(ingested, definition)
                used = {file.label for file in ingested.files} & readings.keys()
                if not any(file.may_show_secrets for file in readable.values() if file.label in used):
                    is_harmed = any(file.is_harmed for file in readable.values() if file.label in used)
                    check_silence(result.decode("utf-8"), NUMBERS if is_harmed else SECRETS)
                outcome["taken"] += len(used)
                if again:
                    second = ingest_all(readable, validate)
                    assert second is not None
                    assert outputs(*second) == result, "another run, other bytes"
        except BaseException as error:
            raise AssertionError(f"{list(readable.values())}: {type(error).__name__}: {error}") from error
    outcome["blocked"] = len(files) - outcome.total()
    return outcome
