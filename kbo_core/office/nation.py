"""Many cycles screened together: each source read and judged once, every province decided in one pass.

Each province gets, byte for byte, what it would have got alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType

from kbo_core.domain.answers import NO_ANSWERS, Answers
from kbo_core.domain.decisions import Verdicts
from kbo_core.domain.drift import Profile
from kbo_core.domain.findings import KboError, RefusedError, block, refused
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.ingesting import ingest_provinces
from kbo_core.office.register import Ingested, Nation
from kbo_core.office.screening import Screening, require_computable, screening_of
from kbo_core.office.soundness import Whole, judge_wholes
from kbo_core.registry.quality import Validate
from kbo_core.registry.sources import fetch_source

SUMMARY_COLUMNS = (
    "cycle",
    "province_code",
    "province_th",
    "state",
    "quota",
    "tier_1",
    "tier_2",
    "unknown",
    "short",
    "fallback_open",
    "producers",
    "blocking",
    "warnings",
    "why_th",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one cycle: its screening, or why there is none."""

    file: DefinitionFile
    screening: Screening | None
    error: KboError | None

    def as_row(self) -> dict[str, object]:
        """SUMMARY_COLUMNS."""
        definition = self.file.definition
        row: dict[str, object] = dict.fromkeys(SUMMARY_COLUMNS, "")
        row |= {
            "cycle": definition.cycle,
            "province_code": definition.province_code,
            "province_th": definition.province.name_th,
            "quota": sum(definition.quota.values()),
        }
        if self.error:
            told = "; ".join(f"{finding.code}: {finding.message_th}" for finding in self.error.findings)
            return row | {"state": "refused" if isinstance(self.error, RefusedError) else "blocked", "why_th": told}
        assert self.screening is not None  # noqa: S101 - an outcome is one or the other
        shortage, findings = self.screening.decided.shortage, self.screening.findings
        codes = [finding.code for finding in findings if finding.severity == "block"]
        return row | {
            "state": "unsettled" if codes else "ready",
            **shortage.province.as_dict(),
            "fallback_open": str(shortage.fallback_open).lower(),
            "producers": len(self.screening.decided.decisions),
            "blocking": len(codes),
            "warnings": sum(finding.severity == "warn" for finding in findings),
            "why_th": ", ".join(codes),
        }


def read_definitions(folder: Path) -> list[DefinitionFile]:
    """The definitions in a folder, in the order of their provinces.

    Raises RefusedError when there are none, when one cannot be read, or when two are of one cycle or one province.
    """
    places = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]) if folder.is_dir() else []
    if not places:
        raise refused(
            "definitions-missing",
            str(folder),
            "ไม่พบแฟ้มกำหนดรอบ (.yaml) ในโฟลเดอร์นี้ วางแฟ้มของทุกจังหวัดไว้ด้วยกันแล้วระบุโฟลเดอร์นั้น",
            "no cycle definitions (.yaml) in this folder",
        )
    faults, files = [], []
    taken: dict[str, Path] = {}
    for place in places:
        try:
            files.append(file := read_definition(place))
        except RefusedError as error:
            faults += error.findings
            continue
        for name in (file.definition.cycle, file.definition.province_code):
            if name in taken:
                faults.append(
                    block(
                        "cycle-twice",
                        str(place),
                        f"ซ้ำกับ {taken[name].name}: {name} แต่ละจังหวัดมีได้รอบเดียว ลบหรือย้ายแฟ้มหนึ่งออก",
                        f"{name} is also in {taken[name].name}",
                    )
                )
            taken[name] = place
    if faults:
        raise RefusedError(*faults)
    return sorted(files, key=lambda file: file.definition.province_code)


def screen_nation(
    files: Sequence[DefinitionFile],
    validate: Validate,
    downloads: Path | None = None,
    answers: Answers = NO_ANSWERS,
    lasts: Mapping[str, Profile] = MappingProxyType({}),
) -> Iterator[Outcome]:
    """The outcome of every definition, group by group of those that read the same sources.

    ``downloads`` is where copies of downloaded sources are kept, ``answers`` what any province remembers about names,
    ``lasts`` the figures of each province's last register, by province code.
    """
    for group in _by_sources(files):
        computable = []
        for file in group:
            try:
                require_computable(file.definition)
                computable.append(file)
            except KboError as error:
                yield Outcome(file, None, error)
        if computable:
            fetch = partial(fetch_source, folder=computable[0].folder, cache=downloads)
            try:
                nation = ingest_provinces([file.definition for file in computable], fetch, validate, answers)
            except KboError as error:
                yield from (Outcome(file, None, error) for file in computable)
                continue
            yield from _decided(computable, nation, validate, lasts)


def _decided(
    files: Sequence[DefinitionFile], nation: Nation, validate: Validate, lasts: Mapping[str, Profile]
) -> Iterator[Outcome]:
    verdicts: dict[str, Verdicts] = {}
    for same in _grouped(files, lambda file: file.definition.rules.model_dump_json()):
        quota = {code: places for file in same for code, places in file.definition.quota.items()}
        of_all = nation.judge(same[0].definition.rules, quota)
        for file in same:
            province = file.definition.province
            verdicts[file.definition.cycle] = of_all.part(*nation.span(province), int(province.code))
    read: list[tuple[DefinitionFile, Ingested]] = []
    for file in files:
        try:
            read.append((file, nation.province(file.definition.province)))
        except KboError as error:
            yield Outcome(file, None, error)
    wholes = [
        Whole.of(file.definition, ingested.register, lasts.get(file.definition.province_code))
        for file, ingested in read
    ]
    told = judge_wholes(wholes, validate) if wholes else []
    for (file, ingested), whole, findings in zip(read, wholes, told, strict=True):
        found = verdicts[file.definition.cycle]
        yield Outcome(file, screening_of(file, ingested, whole.profile, findings, found), None)


def _by_sources(files: Sequence[DefinitionFile]) -> list[list[DefinitionFile]]:
    def sources(file: DefinitionFile) -> str:
        return f"{file.folder.resolve()} {file.definition.sources.model_dump_json()}"

    return _grouped(files, sources)


def _grouped(files: Sequence[DefinitionFile], key: Callable[[DefinitionFile], str]) -> list[list[DefinitionFile]]:
    groups: dict[str, list[DefinitionFile]] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return list(groups.values())
