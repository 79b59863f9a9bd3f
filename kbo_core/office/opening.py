"""Opening a cycle: freeze what was screened, then prepare each district's packet. Every step can be run again."""

import json
from collections import Counter
from datetime import datetime

import pandas as pd

from kbo_core.channels.mail import PDF, Attachment
from kbo_core.documents.form_files import MEDIA_TYPES, form_files
from kbo_core.documents.form_mapping import read_office_form
from kbo_core.documents.letter import covering_letter
from kbo_core.documents.papers import CandidateLine, IneligibleLine, Packet, ReasonCount
from kbo_core.domain.answers import answers_bytes
from kbo_core.domain.areas import District, districts
from kbo_core.domain.clauses import guideline
from kbo_core.domain.decisions import COLUMNS
from kbo_core.domain.definition import CycleDefinition
from kbo_core.domain.findings import BlockedError, blocked, blocking
from kbo_core.domain.register import ABSENT
from kbo_core.domain.thai_dates import bangkok_day
from kbo_core.office.calendar import office_calendar
from kbo_core.office.candidates import candidates_of
from kbo_core.office.changed_lists import changes_of, needs_packet
from kbo_core.office.definitions import DefinitionFile, definition_of
from kbo_core.office.links import issue_link
from kbo_core.office.office import Office
from kbo_core.office.own_papers import paper_style
from kbo_core.office.posting import plan_message
from kbo_core.office.results import csv_bytes, sha256
from kbo_core.office.screening import Screening
from kbo_core.office.snapshots import keep_snapshot
from kbo_core.store.database import Connection, keep_blob
from kbo_core.store.log import append, hold
from kbo_core.store.reading import (
    Assignment,
    Cycle,
    DecidedProducer,
    assignments,
    decided_producers,
    find_cycle,
    get_assignment,
    get_cycle,
    messages,
)

REGISTER_COLUMNS = ("producer_id", "producer_name", "district_code", "products", "stars", "source", "row")


def opened_before(office: Office, file: DefinitionFile) -> Cycle | None:
    """The cycle that this very definition has opened already; None when none has its name.

    Raises BlockedError when a cycle of that name was opened with another definition.
    """
    with office.database.read() as connection:
        return _opened_with(connection, file)


def require_reachable(office: Office, definition: CycleDefinition, at: datetime) -> None:
    """Raises RefusedError when mail could not reach a district with places, before anything is opened."""
    office.require_contacts([d for d in definition.districts if definition.quota[d.code]], at)


def freeze(office: Office, screening: Screening, at: datetime, by: str) -> Cycle:
    """Open the cycle on exactly these registers and decisions, in one transaction.

    Raises BlockedError for findings that a person must settle first; then nothing is changed.
    """
    if unsettled := blocking(screening.findings):
        raise BlockedError(*unsettled)
    file, definition = screening.file, screening.file.definition
    register = csv_bytes(_register_rows(screening), REGISTER_COLUMNS, for_people=False)
    with office.database.write() as connection:
        hold(connection, definition.cycle)
        if found := _opened_with(connection, file):
            return found
        answers = answers_bytes(screening.ingested.answers)
        for content in (file.content, register, answers, *(source.content for source in screening.ingested.files)):
            keep_blob(connection, sha256(content), content)
        opening = {
            "province_code": definition.province_code,
            "definition": file.sha256,
            "inputs": {source.label: source.sha256 for source in screening.ingested.files},
            "register": sha256(register),
            **keep_snapshot(connection, screening.snapshot),
            "profile": screening.profile.as_dict(),
            "compared_with": screening.last.as_dict() if screening.last else None,
            "answers": sha256(answers),
            **definition.limits(office_calendar(office.home)).as_payload(),
            "quota": [[code, places] for code, places in definition.quota.items()],
        }
        append(connection, definition.cycle, "cycle-opened", opening, at=at, by=by)
        record_decision(connection, screening, revision=1, at=at, by=by)
        return get_cycle(connection, definition.cycle)


def record_decision(connection: Connection, screening: Screening, *, revision: int, at: datetime, by: str) -> None:
    """Put a screening's decisions in force, its files kept."""
    outputs = screening.outputs()
    decisions = csv_bytes(screening.decided.decisions, COLUMNS, for_people=False)
    for content in (decisions, *outputs.values()):
        keep_blob(connection, sha256(content), content)
    payload = {
        "revision": revision,
        "decisions": sha256(decisions),
        "outputs": {name: sha256(content) for name, content in outputs.items()},
        **keep_snapshot(connection, screening.snapshot),
        "linked": screening.ingested.linked,
    }
    append(connection, screening.file.definition.cycle, "decided", payload, at=at, by=by)


def prepare_packet(office: Office, cycle_id: str, district_code: str, at: datetime) -> bool:
    """Make a district's packet and plan its message, once for each list of candidates and each repair. True when one
    was made.

    A district that owes nothing (no places, or it has answered) gets none.
    """
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        assignment = get_assignment(connection, cycle_id, district_code)
        here = [p for p in decided_producers(connection, cycle) if p.district_code == district_code]
        allowed = candidates_of(connection, cycle, district_code)
        candidates = tuple(p.producer_id for p, _ in allowed)
        if cycle.state != "open" or not needs_packet(assignment, candidates, at):
            return False
        definition = definition_of(connection, cycle)
        quotas = {a.district_code: a.quota for a in assignments(connection, cycle_id)}
        packet = packet_of(cycle, definition, assignment, here, allowed, quotas, assignment.packet_revision + 1)
        letter, forms = covering_letter(packet, paper_style()), form_files(packet, read_office_form(office.home))
        form = forms[".xlsx"]
        for content in (letter, form):
            keep_blob(connection, sha256(content), content)
        prepared = {
            "district": district_code,
            "revision": packet.revision,
            "quota": assignment.quota,
            "candidates": candidates,
            "letter": sha256(letter),
            "form": sha256(form),
        }
        append(connection, cycle_id, "packet-prepared", prepared, at=at, by="system")
        link = issue_link(connection, office, assignment, at, "system")
        name = f"{cycle_id}-{district_code}-{packet.revision:02}"
        plan_message(
            connection,
            office,
            cycle,
            packet.district,
            "packet",
            f"{packet.revision:02}",
            office.wording.changed_packet(packet, changes_of(connection, assignment, here, candidates), at, link)
            if _has_reached(connection, assignment)
            else office.wording.packet(packet, link),
            at,
            attachments=[
                Attachment(f"หนังสือนำส่ง-{name}.pdf", letter, PDF),
                *[Attachment(f"แบบรายงาน-{name}{ending}", made, MEDIA_TYPES[ending]) for ending, made in forms.items()],
            ],
        )
        return True


def _has_reached(connection: Connection, assignment: Assignment) -> bool:
    """Did an earlier packet go out? Where none did, the district knows nothing that could have changed."""
    packets = messages(connection, assignment.cycle_id, district_code=assignment.district_code, kind="packet")
    return any(packet.sent_at for packet in packets)


def packet_of(
    cycle: Cycle,
    definition: CycleDefinition,
    assignment: Assignment,
    here: list[DecidedProducer],
    allowed: list[tuple[DecidedProducer, int]],
    quotas: dict[str, int],
    revision: int,
) -> Packet:
    """What a district is told, from the decisions and the exceptions in force."""
    told = {p.producer_id for p, _ in allowed}
    barred = [p for p in here if p.verdict == "ineligible" and p.producer_id not in told]
    reasons = Counter(p.reason_th for p in barred)
    return Packet(
        cycle=cycle.cycle_id,
        revision=revision,
        programme_year_be=definition.programme_year_be,
        province=definition.province,
        district=_district(assignment.district_code),
        circular_number=definition.circular.number,
        circular_issued_on=definition.circular.issued_on,
        made_on=bangkok_day(cycle.decided_at),
        due_at=assignment.due_at,
        quota=assignment.quota,
        quotas=quotas,
        candidates=tuple(
            CandidateLine(p.producer_id, p.producer_name, tier, p.products, p.stars, p.reason_th) for p, tier in allowed
        ),
        barred=tuple(ReasonCount(reason, count) for reason, count in sorted(reasons.items())),
        unknown_count=sum(p.verdict == "unknown" and p.producer_id not in told for p in here),
        guideline=guideline(definition.rules),
        ineligible=tuple(IneligibleLine(p.producer_id, p.producer_name, p.reason_th) for p in barred),
    )


def _opened_with(connection: Connection, file: DefinitionFile) -> Cycle | None:
    found = find_cycle(connection, file.definition.cycle)
    if found and found.definition_sha256 != file.sha256:
        raise blocked(
            "cycle-exists",
            found.cycle_id,
            f"รอบ {found.cycle_id} เปิดไปแล้วด้วยแฟ้มกำหนดรอบอีกฉบับ หากเป็นรอบใหม่ให้ตั้งชื่อ cycle ใหม่",
            f"cycle {found.cycle_id} was opened with another definition",
        )
    return found


def _district(code: str) -> District:
    return districts()[code]


def _register_rows(screening: Screening) -> pd.DataFrame:
    """One row a producer, with what people are shown of its products and where it stands in the register."""
    register, year = screening.ingested.register, screening.file.definition.rules.star_year_be
    own = register.products[register.products["producer"] >= 0]
    rated = own[(own["rating_year"] == year) & (own["stars"] > ABSENT)]
    names = own[own["product_name"] != ""].groupby("producer")["product_name"].agg(lambda n: sorted(set(n)))
    stars = rated.groupby("producer")["stars"].agg(lambda s: ", ".join(str(star) for star in sorted(set(s))))
    rows = register.producers
    return rows.assign(
        district_code=[f"{code:04}" for code in rows["district"]],
        products=[json.dumps(names.get(n, []), ensure_ascii=False) for n in rows.index],
        stars=[stars.get(n, "") for n in rows.index],
    )
