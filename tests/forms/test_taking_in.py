"""Every format through the commands, the inbox and a cycle whose office has its own form."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

from deployments.cli import run
from kbo_core.documents.form_archive import screened_parts
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_xlsx_grids import xlsx_grids
from kbo_core.office.circumstances import Circumstances
from kbo_core.office.consolidating import consolidate
from kbo_core.office.evidence import evidence_bundle
from kbo_core.office.intake import receive
from kbo_core.office.office import Office, open_office
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.reading import get_assignment, get_cycle, picks
from tests.cycle import CYCLE, DUE_AT, form_of, open_cycle, turn
from tests.forms.sheets import Sheet, by_hand_as_csv, by_hand_as_ods
from tests.forms.test_office_form import MAPPING, _home


@pytest.fixture
def opened(tmp_path: Path, province: Path, validate: Validate) -> Office:
    """An office with a cycle, as the command line finds it."""
    office = open_office(tmp_path / "home")
    open_cycle(office, province, validate)
    return office


def sheet_of(content: bytes) -> Sheet:
    """The first sheet of a form as rows of text."""
    grid = xlsx_grids(screened_parts(content, "a.xlsx", Kind.XLSX))[0]
    height, width = (max(place[n] for place in grid.texts) + 1 for n in (0, 1))
    return Sheet([[grid.texts.get((row, column), "") for column in range(width)] for row in range(height)])


def files(office: Office, *ids: str) -> dict[str, bytes]:
    """The filled form of a district in every format that can be written here."""
    content = form_of(office, "5601", *ids)
    sheet = sheet_of(content)
    return {
        "แบบ.xlsx": content,
        "แบบ.ods": by_hand_as_ods(sheet),
        "แบบ.csv": by_hand_as_csv(sheet),
        "แบบ-cp874.csv": by_hand_as_csv(sheet, "cp874", ";"),
        "แบบ.txt": by_hand_as_csv(sheet, "utf-16", "\t"),
    }


def picked(office: Office) -> list[str]:
    with office.database.read() as connection:
        return [p.producer_id for p in picks(connection, CYCLE)]


def test_the_commands_take_every_format(opened: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Checked: the picks; with a fault: exit 3 and the cell in the JSON; received: the receipt."""
    command = ["--home", str(opened.home), "--json", "submission"]
    for name, content in files(opened, "A1", "A2").items():
        (tmp_path / name).write_bytes(content)
        assert run([*command, "check", CYCLE, "5601", str(tmp_path / name)]) == 0
        assert json.loads(capsys.readouterr().out)["picks"] == ["A1", "A2"]
    for name, content in files(opened, "A1", "A1").items():
        (tmp_path / name).write_bytes(content)
        assert run([*command, "check", CYCLE, "5601", str(tmp_path / name)]) == 3
        told = {f["code"]: f["where"] for f in json.loads(capsys.readouterr().out)["findings"]}
        assert told["pick-twice"].rpartition("!")[2] == "B12"
    (tmp_path / "แบบ.ods").write_bytes(files(opened, "A1", "A2")["แบบ.ods"])
    assert run([*command, "receive", CYCLE, "5601", str(tmp_path / "แบบ.ods")]) == 0
    assert json.loads(capsys.readouterr().out)["is_new"] is True
    assert picked(opened) == ["A1", "A2"]


@pytest.mark.parametrize("name", ["แบบ.ods", "แบบ-cp874.csv", "แบบ.txt"])
def test_the_inbox_takes_every_format(opened: Office, name: str) -> None:
    """By the name under which the file lies there; the evidence keeps it under its own ending."""
    inbox = opened.home / "inbox" / CYCLE / "5601"
    inbox.mkdir(parents=True)
    (inbox / name).write_bytes(files(opened, "A1", "A2")[name])
    turn(opened, DUE_AT)
    assert picked(opened) == ["A1", "A2"]
    with opened.database.write() as connection:
        cycle, beside = get_cycle(connection, CYCLE), Circumstances()
        report = consolidate(connection, cycle, 1, DUE_AT, beside)
        bundle = evidence_bundle(connection, cycle, {}, beside, report, {})
    ending = ".ods" if name.endswith(".ods") else ".csv"
    assert f"submissions/5601-01{ending}".encode() in bundle


def test_a_cycle_runs_with_the_offices_own_form(tmp_path: Path, province: Path, validate: Validate) -> None:
    """Sent, filled, read by its mapping; one file in the packet."""
    (tmp_path / "home").mkdir()
    office = open_office(_home(tmp_path / "home", MAPPING))
    open_cycle(office, province, validate)
    with office.database.read() as connection:
        digest = get_assignment(connection, CYCLE, "5601").form_sha256
        assert digest is not None
        book = openpyxl.load_workbook(io.BytesIO(load_blob(connection, digest)))
    page = book["แบบ ๓"]
    page["B8"], page["B9"], page["B23"] = "A1", "A2", "เจ้าหน้าที่สมมติ"
    saved = io.BytesIO()
    book.save(saved)
    receive(office, CYCLE, "5601", saved.getvalue(), "แบบ.xlsx", at=DUE_AT, via="file")
    assert picked(office) == ["A1", "A2"]
