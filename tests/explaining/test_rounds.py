"""Explanations of an opened cycle: those of its frozen registers, in agreement with the decisions in force."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import kbo_core.office.rounds as rounds
from expectations.validate import validator
from kbo_core.domain.findings import BlockedError, RefusedError
from kbo_core.office.certifying import NAME, certificate, certificate_files, certificates_hold
from kbo_core.office.closing import close
from kbo_core.office.definitions import read_definition
from kbo_core.office.explaining import explanation_files, find_producer, outlooks, province_document
from kbo_core.office.office import Office
from kbo_core.office.rounds import opened_round
from kbo_core.office.screening import Screening, screen
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.database import Connection
from kbo_core.store.reading import Cycle, DecidedProducer, decided_producers, get_cycle
from tests.cycle import CYCLE, DUE_AT, OPENED_AT, answer, open_cycle
from tests.explaining.provinces import add_rows, edit, explained_file, rewrite
from tests.province import GROUP

QUESTION = "KBO 2567: กลุ่มเครื่องเงินบ้านป่าสักก ~ B2"
CLASSED = {"producer_id": "C1", "producer_name": "กลุ่มแปรรูปปลาบ้านร่องเหียง", "province": "พะเยา"}


def in_force(office: Office) -> list[DecidedProducer]:
    with office.database.read() as connection:
        return decided_producers(connection, get_cycle(connection, CYCLE))


def test_the_sheets_of_an_opened_cycle_agree_with_the_decisions_in_force(
    office: Office, province: Path, validate: Validate
) -> None:
    """Though the files beside the definition have changed since; and again after an answer."""
    open_cycle(office, province, validate)
    edit(province.parent / "products.csv", 2, stars="5")
    for _ in range(2):
        sheets = {s.producer_id: s for s in opened_round(office, CYCLE, validate).explained.sheets()}
        told = in_force(office)
        assert len(told) == len(sheets) == 8
        for p in told:
            sheet = sheets[p.producer_id]
            assert (sheet.verdict, sheet.tier, sheet.reason_th) == (p.verdict, p.tier, p.reason_th)
            assert {c.code: c.value.word for c in sheet.clauses} == dict(p.clauses)
            assert (sheet.source, sheet.row) == (p.source, p.row)
        if sheets["B2"].verdict == "unknown":
            [near] = [e for c in sheets["B2"].clauses for e in c.evidence if e.question]
            assert near.question == QUESTION
            assert "กลุ่มเครื่องเงินบ้านป่าสักก" in near.words_th
            settle_match(
                office,
                CYCLE,
                validate,
                where=near.question,
                answer="different",
                at=OPENED_AT,
                by="นาย ก",
                reason="คนละกลุ่ม",
            )
    assert sheets["B2"].verdict == "eligible"


def test_a_decision_that_would_now_come_out_otherwise_is_not_explained(
    office: Office, province: Path, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet must not speak of another verdict than the one that counts."""
    open_cycle(office, province, validate)

    def tampered(connection: Connection, cycle: Cycle) -> list[DecidedProducer]:
        told = decided_producers(connection, cycle)
        return [replace(p, verdict="eligible", tier="1") if p.producer_id == "A5" else p for p in told]

    monkeypatch.setattr(rounds, "decided_producers", tampered)
    with pytest.raises(BlockedError) as caught:
        opened_round(office, CYCLE, validate)
    [finding] = caught.value.findings
    assert finding.code == "decision-differs"
    assert "A5" in finding.message_th


def test_every_register_row_has_an_explanation_and_the_bundle_gives_the_same_bytes(
    tmp_path: Path, office: Office, province: Path, validate: Validate
) -> None:
    """Recomputed from the evidence bundle's definition and inputs alone."""
    open_cycle(office, province, validate)
    opened = opened_round(office, CYCLE, validate)
    files = explanation_files(opened.explained)
    decisions = csv.DictReader(io.StringIO(opened.screening.outputs()["decisions.csv"].decode("utf-8-sig"), newline=""))
    told = json.loads(files["explanations.json"])
    assert [sheet["producer_id"] for sheet in told] == [row["producer_id"] for row in decisions]

    closed = close(office, CYCLE, validator(), at=DUE_AT + timedelta(days=9), by="นาย ก", reason="ไม่รอ")
    [path] = closed.folder.glob("evidence-*.zip")
    with zipfile.ZipFile(path) as bundle:
        labels = json.loads(bundle.read("manifest.json"))["inputs"]
        (tmp_path / "again").mkdir()
        (tmp_path / "again" / "cycle.yaml").write_bytes(bundle.read("definition.yaml"))
        for name, label in labels.items():
            (tmp_path / "again" / label).write_bytes(bundle.read(name))
    assert explanation_files(explained_file(tmp_path / "again" / "cycle.yaml", validate)) == files


def test_no_personal_data_is_in_an_explanation(province: Path, validate: Validate) -> None:
    """The chair's name and telephone stand in the register and nowhere else."""
    explained = explained_file(province, validate)
    document = json.dumps(province_document(explained), ensure_ascii=False, default=str)
    for text in (document, *(content.decode() for content in explanation_files(explained).values())):
        assert "นางสมมติ" not in text
        assert "899999999" not in text


def test_near_misses_are_a_table_for_spreadsheets(province: Path, validate: Validate) -> None:
    """UTF-8 with a BOM, one row a clause whose change is enough."""
    content = explanation_files(explained_file(province, validate))["near-misses.csv"]
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(r["producer_id"], r["clause"], r["tier"]) for r in rows] == [
        ("A5", "1b", "1"),
        ("A4", "1a", "1"),
        ("C1", "1b", "1"),
    ]


def test_a_producer_is_found_by_id_or_by_any_spelling_of_its_name(province: Path, validate: Validate) -> None:
    """Blanks and doubled marks make no other name; a name of two producers asks for an id, a wrong one names others."""
    twin = {"producer_name": "กลุ่มทอผ้าบ้านห้วยแก้ว", "producer_type": GROUP, "province": "พะเยา", "district": "ปง"}
    add_rows(province.parent / "producers.csv", {"producer_id": "C2", **twin})
    explained = explained_file(province, validate)

    def found(wanted: str) -> str:
        return explained.sheet(find_producer(explained, wanted)).producer_id

    assert found("A5") == "A5"
    assert found(" กลุ่มสมุนไพร บ้านทุ่งขาม") == "A5"
    for wanted, code, told in (
        ("กลุ่มทอผ้าบ้านห้วยแก้ว", "producer-ambiguous", ("A1", "C2", "อำเภอปง")),
        ("กลุ่มสมุนไพรบ้านทุ่งขา", "producer-unknown", ("A5",)),
        ("ปลาบ้าน", "producer-unknown", ("C1",)),
        ("ไม่มีเลยสักคน", "producer-unknown", ("-",)),
    ):
        with pytest.raises(RefusedError) as caught:
            found(wanted)
        [finding] = caught.value.findings
        assert finding.code == code
        assert all(word in finding.message_th for word in told)


def short_province(province: Path) -> Path:
    """Tier 1 has too few, and C1 comes in by the fallback."""
    rewrite(province, ('"5601": 2', '"5601": 9'))
    add_rows(province.parent / "products.csv", {**CLASSED, "quadrant_year_be": "2567", "quadrant": "D"})
    answered = "{finding: insufficiency-scope, by: นาย ก, on: 2024-12-07, reason: ทั้งจังหวัด}"
    rewrite(province, ("settled: []", f"settled: [{answered}]"))
    return province


def test_a_forecast_sees_that_answers_can_shut_the_fallback(province: Path, validate: Validate) -> None:
    """Five places, four groups of tier 1: if a fifth passes after all, the district that lives by tier 2 is short."""
    rewrite(province, ('"5601": 2', '"5601": 3'))
    add_rows(province.parent / "products.csv", {**CLASSED, "quadrant_year_be": "2567", "quadrant": "D"})
    ahead = outlooks(explained_file(province, validate))["5606"]
    assert (ahead.tier_2, ahead.if_all_fail, ahead.if_all_pass) == (1, 1, 0)
    assert (ahead.surely_short, ahead.perhaps_short, ahead.state_th) == (0, 1, "อาจขาด 1")


def test_the_certificate_says_in_words_what_it_rests_on(province: Path, validate: Validate) -> None:
    """Scope, figures, districts and hashes; where the fallback is shut there is none."""
    assert certificate_files(screen(read_definition(province), validate)) == {}
    screening = screen(read_definition(short_province(province)), validate)
    issued = certificate(screening)
    assert issued is not None
    assert json.loads(certificate_files(screening)[NAME]) == json.loads(json.dumps(issued.as_dict()))
    told = issued.as_dict()
    assert told["province"] == {"quota": 11, "tier_1": 4, "tier_2": 1, "unknown": 1, "short": 7}
    assert told["tier_1"] == {"5601": ["A1", "A2", "A3"], "5607": ["B1"]}
    assert told["inputs_sha256"]["producers.csv"] in issued.text_th()
    assert "ขาด 7 กลุ่ม" in issued.text_th()
    assert told["sha256"] in issued.text_th()


def with_certificate(screening: Screening, made: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**made, **certificate_files(screening)}


def without_certificate(screening: Screening, made: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in made.items() if name != NAME}


def forged(screening: Screening, made: Mapping[str, bytes]) -> dict[str, bytes]:
    told = json.loads(certificate_files(screening)[NAME])
    return {**made, NAME: json.dumps({**told, "opened": ["5606"]}).encode()}


@pytest.mark.parametrize(
    ("issued", "codes"),
    [
        (with_certificate, set()),
        (without_certificate, {"certificate-missing", "pick-without-certificate"}),
        (forged, {"certificate-seal", "certificate-untrue"}),
    ],
)
def test_a_fallback_pick_stands_on_a_certificate_that_was_true_when_issued(
    issued: object,
    codes: set[str],
    office: Office,
    province: Path,
    validate: Validate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The doctor's question, asked of a cycle in which a district has picked by clause 3."""
    assert callable(issued)
    outputs = Screening.outputs
    monkeypatch.setattr(Screening, "outputs", lambda screening: issued(screening, outputs(screening)))
    short_province(province)
    open_cycle(office, province, validate)
    answer(office, "5606", "C1", at=OPENED_AT)
    with office.database.read() as connection:
        looked, faults = certificates_hold(connection, CYCLE)
    assert looked == 1
    assert {f.code for f in faults} == codes
