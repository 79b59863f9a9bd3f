"""``kbo cycle update-list`` and ``kbo registry diff`` as an office runs them."""

import json
import os
from pathlib import Path

import pytest

from deployments.cli import run
from kbo_core.office.definitions import read_definition
from kbo_core.office.office import open_office
from kbo_core.office.opening import freeze, prepare_packet
from kbo_core.office.posting import send_planned
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from tests.cycle import CYCLE, OPENED_AT, form_of
from tests.province import GROUP

NOW = "2025-01-08T10:00"
UPDATE = ["cycle", "update-list", CYCLE, "--list", "KBO 2567", "--by", "นาง ข", "--reason", "หนังสือแจ้งแก้บัญชี"]


@pytest.fixture
def home(tmp_path: Path, province: Path, validate: Validate) -> Path:
    """An opened cycle with one group to spare; 5601 was told its candidates."""
    with (province.parent / "producers.csv").open("a", encoding="utf-8") as file:
        file.write(f"A6,กลุ่มดอกไม้ประดิษฐ์บ้านต้นผึ้ง,{GROUP},พะเยา,เมืองพะเยา,,\n")
    with (province.parent / "products.csv").open("a", encoding="utf-8") as file:
        file.write("A6,กลุ่มดอกไม้ประดิษฐ์บ้านต้นผึ้ง,พะเยา,ของA6,2567,2\n")
    office = open_office(tmp_path / "home")
    freeze(office, screen(read_definition(province), validate), OPENED_AT, "ผู้ทดสอบ")
    prepare_packet(office, CYCLE, "5601", OPENED_AT)
    send_planned(office, CYCLE, "5601", OPENED_AT)
    (tmp_path / "form.xlsx").write_bytes(form_of(office, "5601", "A1", "A2"))
    office.database.close()
    old = (province.parent / "kbo-2567.csv").read_text("utf-8")
    (tmp_path / "new.csv").write_text(f"{old}กลุ่มทอผ้าบ้านห้วยแก้ว,พะเยา,เมืองพะเยา\n", encoding="utf-8")
    return tmp_path / "home"


def kbo(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    """Run a command here; the one document on its stdout."""
    assert run(["--home", str(home), "--now", NOW, "--json", *arguments]) == code
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    found: dict[str, object] = json.loads(printed.out)
    return found


def words(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the same command tells a person."""
    os.environ.pop("KBO_JSON", None)
    assert run(["--home", str(home), "--now", NOW, *arguments]) == 0
    return capsys.readouterr().out


def test_a_list_arrives_and_the_district_answers_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Looked at, taken in, told, repaired; taken in again, nothing."""
    new, form = str(home.parent / "new.csv"), str(home.parent / "form.xlsx")
    kbo(home, capsys, "submission", "receive", CYCLE, "5601", form)
    before = kbo(home, capsys, "cycle", "status", CYCLE)

    dry = kbo(home, capsys, *UPDATE, new, "--dry-run")
    assert (dry["dry_run"], dry["repairs"], dry["counts"]) == (True, ["5601"], {"picked": 1})
    assert kbo(home, capsys, "cycle", "status", CYCLE) == before

    done = kbo(home, capsys, *UPDATE, new)
    assert done["flips"] == dry["flips"]
    flip = done["flips"][0]  # type: ignore[index]
    assert (flip["producer_id"], flip["before"], flip["after"]) == ("A1", "eligible", "ineligible")
    assert flip["clauses"] == {"2": ["pass", "fail"]}
    status = kbo(home, capsys, "cycle", "status", CYCLE)
    assert status["snapshot"] != before["snapshot"]
    district = next(d for d in status["districts"] if d["district"] == "5601")  # type: ignore[attr-defined]
    assert (district["state"], district["picked"]) == ("repair", 0)
    assert (home / "outbox" / CYCLE / "5601-packet-02.eml").exists()
    kbo(home, capsys, "doctor")
    assert "pick-ineligible" in str(kbo(home, capsys, "submission", "receive", CYCLE, "5601", form, code=3))

    again = kbo(home, capsys, *UPDATE, new)
    assert (again["changed"], again["sent"]) == (False, 0)


def test_words_for_a_person(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of who flips, and what was done."""
    kbo(home, capsys, "submission", "receive", CYCLE, "5601", str(home.parent / "form.xlsx"))
    said = words(home, capsys, *UPDATE, str(home.parent / "new.csv"))
    for told in ("ต้องแก้รายชื่อ", "อำเภอเลือกไว้แล้ว", "A1", "ข้อ ๒", "8 มกราคม 2568"):
        assert told in said
    assert "รายชื่อที่ไม่เข้าเกณฑ์แล้ว: A1" in words(home, capsys, "cycle", "status", CYCLE)
    assert "ไม่มีสิ่งใดเปลี่ยนแปลง" in words(home, capsys, *UPDATE, str(home.parent / "new.csv"))


@pytest.mark.parametrize(
    ("content", "code", "finding"),
    [
        (b"", 4, "file-empty"),
        (b"\x89PNG\r\n\x1a\n\x00", 4, "encoding-wrong"),
        (b"producer_name,province\n", 3, "table-empty"),
    ],
)
def test_a_list_that_cannot_be_used(
    home: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: int, finding: str
) -> None:
    """The exit code of the contract, the finding, and nothing changed."""
    before = kbo(home, capsys, "cycle", "status", CYCLE)
    (home.parent / "bad.csv").write_bytes(content)
    said = kbo(home, capsys, *UPDATE, str(home.parent / "bad.csv"), code=code)
    assert finding in str(said["findings"])
    assert kbo(home, capsys, "cycle", "status", CYCLE) == before
    assert run(["--home", str(home), *UPDATE, str(home.parent / "new.csv"), "--empty"]) == 2


def test_registers_side_by_side(home: Path, province: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The cycle against the definition that it was opened with, then with one star changed."""
    same = kbo(home, capsys, "registry", "diff", CYCLE, str(province))
    assert same["before"]["snapshot"] == same["after"]["snapshot"]  # type: ignore[index]
    products = province.parent / "products.csv"
    products.write_text(products.read_text("utf-8").replace("ของA2,2567,2", "ของA2,2567,3"), encoding="utf-8")
    out = home.parent / "out"
    found = kbo(home, capsys, "registry", "diff", CYCLE, str(province), "--out", str(out))
    assert found["totals"]["product"] == {"new": 0, "changed": 1, "same": 8, "gone": 0}  # type: ignore[index]
    lines = (out / "differences.csv").read_bytes()
    assert lines.startswith(b"\xef\xbb\xbf")
    assert lines.decode("utf-8-sig").splitlines()[1].endswith("A2,กลุ่มจักสานบ้านแม่ทราย,,ของA2,2567,stars,2,3")
    assert "ผลิตภัณฑ์: ใหม่ 0 เปลี่ยน 1 เหมือนเดิม 8 หายไป 0" in words(home, capsys, "registry", "diff", CYCLE, str(province))
    assert "cycle-unknown" in str(kbo(home, capsys, "registry", "diff", CYCLE, "nobody", code=4))
