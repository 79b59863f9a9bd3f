"""The shortage certificate of a screening, and whether those that were issued hold."""

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kbo_core.domain.answers import answers_bytes
from kbo_core.domain.certificate import Basis, ShortageCertificate, Standing, certificate_faults, certify
from kbo_core.domain.findings import Finding, block
from kbo_core.office.results import json_bytes, sha256
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import broken_link, events

if TYPE_CHECKING:  # a screening asks for its certificate
    from kbo_core.office.screening import Screening

NAME = "certificate.json"


def certificate(screening: "Screening") -> ShortageCertificate | None:
    """What justifies the fallback of a screening; None where it is shut."""
    decisions = screening.decided.decisions
    named = decisions[decisions["tier"] == "1"]  # those that a certificate names
    columns = (named[name] for name in Standing._fields)
    standings = [Standing(*map(str, row)) for row in zip(*columns, strict=True)]
    return certify(screening.decided.shortage, standings, basis_of(screening), screening.ingested.linked)


def basis_of(screening: "Screening") -> Basis:
    """What the decisions of a screening rest on."""
    definition = screening.file.definition
    inputs = {source.label: source.sha256 for source in screening.ingested.files}
    return Basis(
        definition.cycle, screening.file.sha256, inputs, sha256(answers_bytes(screening.ingested.used_answers))
    )


def certificate_files(screening: "Screening") -> dict[str, bytes]:
    """``certificate.json`` where the fallback is open, else nothing."""
    issued = certificate(screening)
    return {NAME: json_bytes(issued.as_dict())} if issued else {}


def certificates_hold(connection: Connection, cycle_id: str) -> tuple[int, list[Finding]]:
    """3. Every decision that opened the fallback has a certificate that was true of it, and no district picked by the
    fallback while it was shut there. How many decisions were looked at, and what is wrong."""
    if broken_link(connection, cycle_id) is not None:  # told by its own check; what a broken log says is no ground
        return 0, []
    looked, opened, faults = 0, set[str](), list[Finding]()
    for entry in (log := events(connection, cycle_id)):
        facts = entry.payload
        if entry.kind == "decided":
            looked += 1
            opened, found = _judged(connection, cycle_id, log[0].payload, facts)
            faults += found
        elif entry.kind in ("submission-accepted", "submission-received") and facts["district"] not in opened:
            faults += [
                block(
                    "pick-without-certificate",
                    f"{cycle_id}: {producer_id}",
                    "เลือกตามแนวทางข้อ ๓ โดยไม่มีหลักฐานความไม่เพียงพอ",
                    "a fallback pick where no certificate opened the fallback",
                )
                for producer_id, tier in facts["picks"]
                if int(tier) == 2
            ]
    return looked, faults


def _judged(
    connection: Connection, cycle_id: str, opening: Mapping[str, Any], decided: Mapping[str, Any]
) -> tuple[set[str], list[Finding]]:
    """The districts that a decision's certificate opened, and what is wrong with it."""
    outputs = decided["outputs"]
    is_open = json.loads(load_blob(connection, outputs["shortage.json"]))["fallback_open"]
    if NAME not in outputs:
        where = f"{cycle_id}: revision {decided['revision']}"
        missing = block(
            "certificate-missing",
            where,
            "ใช้แนวทางข้อ ๓ โดยไม่มีหลักฐานความไม่เพียงพอ",
            "the fallback is open without a certificate",
        )
        return set(), [missing] if is_open else []
    issued = json.loads(load_blob(connection, outputs[NAME]))
    rows = csv.DictReader(io.StringIO(load_blob(connection, decided["decisions"]).decode("utf-8-sig"), newline=""))
    standings = [Standing(*(row[name] for name in Standing._fields)) for row in rows]
    quota = {str(code): int(places) for code, places in opening["quota"]}
    manifest = json.loads(load_blob(connection, outputs["manifest.json"]))
    basis = Basis(cycle_id, manifest["definition"], manifest["inputs"], manifest["answers"])
    return set(issued.get("opened", ())), certificate_faults(issued, standings, quota, basis, decided.get("linked", ()))
