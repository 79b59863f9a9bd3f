"""The dry run: ingest, validate, decide, and write down what would be. No state is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from kbo_core.domain.answers import NO_ANSWERS, Answers, answers_bytes
from kbo_core.domain.decisions import COLUMNS, Decided, Verdicts, decide, judge
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.definition_checks import NEVER_SETTLED, definition_findings, settle
from kbo_core.domain.drift import Profile
from kbo_core.domain.findings import BlockedError, Finding, in_order, refused
from kbo_core.domain.forecast import forecast, forecast_findings
from kbo_core.office.certifying import certificate_files
from kbo_core.office.definitions import DefinitionFile
from kbo_core.office.ingesting import ingest
from kbo_core.office.register import Ingested
from kbo_core.office.results import csv_bytes, json_bytes, json_lines_bytes, sha256
from kbo_core.office.snapshots import Snapshot, snapshot_of
from kbo_core.office.soundness import Whole, judge_wholes
from kbo_core.registry.quality import QUARANTINE_COLUMNS, Validate
from kbo_core.registry.repairs import REPAIR_COLUMNS
from kbo_core.registry.sources import Fetch, fetch_source


@dataclass(frozen=True)
class Screening:
    """What one definition makes of one set of registers; ``last`` are the figures that it was compared with."""

    file: DefinitionFile
    ingested: Ingested
    profile: Profile
    decided: Decided
    findings: tuple[Finding, ...]
    last: Profile | None = None

    @cached_property
    def snapshot(self) -> Snapshot:
        """The register that was decided on, as records under the hash of their contents."""
        return snapshot_of(self.ingested.register)

    def outputs(self) -> dict[str, bytes]:
        """The files of a screening by name; the same inputs give the same bytes."""
        return dict(self._files)

    @cached_property
    def _files(self) -> Mapping[str, bytes]:
        files = {
            "decisions.csv": csv_bytes(self.decided.decisions, COLUMNS),
            "shortage.json": json_bytes(self.decided.shortage.as_dict()),
            "findings.json": json_lines_bytes(finding.as_row() for finding in self.findings),
            "quarantine.csv": csv_bytes(self.ingested.quarantine, QUARANTINE_COLUMNS),
            "repairs.csv": csv_bytes(self.ingested.repairs, REPAIR_COLUMNS),
            **certificate_files(self),
        }
        return {**files, "manifest.json": json_bytes(self._manifest(files))}

    def _manifest(self, files: Mapping[str, bytes]) -> dict[str, object]:
        return {
            "definition": self.file.sha256,
            "inputs": {source.title: source.sha256 for source in self.ingested.files},
            "snapshot": self.snapshot.id,
            "rows": self.ingested.counts,
            "answers": sha256(answers_bytes(self.ingested.used_answers)),
            "outputs": {name: sha256(content) for name, content in files.items()},
        }


def screen(
    file: DefinitionFile,
    validate: Validate,
    fetch: Fetch | None = None,
    answers: Answers = NO_ANSWERS,
    last: Profile | None = None,
) -> Screening:
    """Screen a definition, on the files beside it or on those that ``fetch`` hands over, with what is remembered about
    names and, to compare with, the figures of the province's last register.

    Raises RefusedError or BlockedError when the registers, or the definition itself, cannot be computed with. What
    would only stop the opening stands among the findings, as blocking.
    """
    require_computable(file.definition)
    ingested = ingest(file.definition, fetch or partial(fetch_source, folder=file.folder), validate, answers)
    whole = Whole.of(file.definition, ingested.register, last)
    return replace(screening_of(file, ingested, whole.profile, judge_wholes([whole], validate)[0]), last=last)


def require_computable(definition: CycleDefinition) -> None:
    """Raises BlockedError when the definition itself cannot be computed with."""
    if uncomputable := [f for f in definition_findings(definition) if f.code in NEVER_SETTLED]:
        raise BlockedError(*uncomputable)


def screening_of(
    file: DefinitionFile,
    ingested: Ingested,
    profile: Profile,
    of_the_whole: Sequence[Finding],
    verdicts: Verdicts | None = None,
) -> Screening:
    """The screening of a register that is read and judged as a whole; ``verdicts`` where they are drawn already."""
    definition = file.definition
    found = verdicts or judge(ingested.register, definition.rules, definition.quota)
    decided = decide(ingested.register, definition, found)
    register = ingested.register
    ahead = forecast(found, register.districts, definition.rules, definition.quota, register.linked)
    findings = [
        *definition_findings(definition),
        *ingested.findings,
        *forecast_findings(ahead),
        *settle(definition, [*of_the_whole, *decided.findings]),
    ]
    return Screening(file, ingested, profile, decided, tuple(in_order(findings)))


def write_outputs(files: Mapping[str, bytes], folder: Path) -> None:
    """The files in a folder, made if need be. Raises RefusedError when they cannot be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise refused(
            "folder-unusable",
            str(folder),
            f"เขียนแฟ้มลงโฟลเดอร์นี้ไม่ได้ ({error.strerror}) เลือกโฟลเดอร์อื่น",
            f"cannot be written to: {error.strerror}",
        ) from None
