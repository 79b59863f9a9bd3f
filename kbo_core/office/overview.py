"""A cycle on one page: what was frozen, how it was decided, what a person must read."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kbo_core.domain.areas import provinces
from kbo_core.office.office import Office
from kbo_core.store.database import load_blob
from kbo_core.store.reading import cycle_ids, decided_producers, get_cycle


@dataclass(frozen=True)
class Overview:
    """Figures of a cycle; ``finding_counts`` is by code, in order of severity."""

    cycle_id: str
    province_th: str
    state: str
    due_at: datetime
    is_overdue: bool
    register_count: int
    eligible: int
    ineligible: int
    unknown: int
    fallback_open: bool
    inputs: int
    snapshot: str | None
    finding_counts: Mapping[str, int]
    data_docs: str


def overview(office: Office, cycle_id: str, at: datetime) -> Overview:
    """The cycle as it stands at an instant. Raises RefusedError for an unknown one."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        verdicts = Counter(p.verdict for p in decided_producers(connection, cycle))
        shortage = json.loads(load_blob(connection, cycle.outputs["shortage.json"]))
        findings = json.loads(load_blob(connection, cycle.outputs["findings.json"]))
    return Overview(
        cycle_id=cycle_id,
        province_th=provinces()[cycle.province_code].name_th,
        state=cycle.state,
        due_at=cycle.due_at,
        is_overdue=at > cycle.due_at,
        register_count=verdicts.total(),
        eligible=verdicts["eligible"],
        ineligible=verdicts["ineligible"],
        unknown=verdicts["unknown"],
        fallback_open=shortage["fallback_open"],
        inputs=len(cycle.inputs),
        snapshot=cycle.snapshot,
        finding_counts=Counter(f["code"] for f in findings),
        data_docs=f"data-docs/{cycle_id}/index.html",
    )


def known_cycles(office: Office, at: datetime) -> list[Overview]:
    """Every cycle, by name."""
    with office.database.read() as connection:
        names = cycle_ids(connection)
    return [overview(office, name, at) for name in names]


def findings_of(office: Office, cycle_id: str) -> list[dict[str, str]]:
    """What a person must read of a cycle, as decided last: code, severity, where, in Thai and English."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        findings: list[dict[str, str]] = json.loads(load_blob(connection, cycle.outputs["findings.json"]))
    return findings
