"""What a screening leaves behind: its files to the letter, and the same bytes whoever runs it."""

import csv
import hashlib
import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from expectations.validate import validator
from kbo_core.office.definitions import read_definition
from kbo_core.office.screening import screen
from kbo_core.registry.quality import Validate
from tests.screening.oracle import Lists
from tests.screening.registers import LIST_COLUMNS, PRODUCER_COLUMNS, PRODUCT_COLUMNS, World, a_definition, as_csv

CITIZEN = "1560100123456"
PHONE = "081-999-8877"
CHAIR = "นางคำหล้า ประธานกลุ่ม"
GROUP = "กลุ่มผู้ผลิตชุมชน"
CONTRACT = ["decisions.csv", "findings.json", "manifest.json", "quarantine.csv", "shortage.json"]
PLACES = ["เมืองพะเยา", "แม่ใจ", "จุน", "ปง"]
QUOTA = {"5601": 2, "5607": 2, "5602": 0}
_NAMES = ["กลุ่มทอผ้าไหม", "กลุ่มแปรรูปปลาส้ม", "วิสาหกิจชุมชนจักสาน", "กลุ่มน้ำพริก", "ชมรมเห็ดนางฟ้า", "กลุ่มผ้าปักไทลื้อ", "กลุ่มลำไยอบแห้ง"]
_PLACES_WITHIN = ["บ้านต๊ำพระแล", "กว๊านเหนือ", "ดอยหลวงใต้", "สันปูเลย"]


def _producer(n: int, **cells: str) -> dict[str, str]:
    name = f"{_NAMES[n % 7]}{_PLACES_WITHIN[n // 7]}"
    return {
        "producer_id": f"P{n:02}" if n % 3 else "",
        "producer_name": name,
        "producer_type": GROUP,
        "province": "พะเยา",
        "district": PLACES[n % 4],
        "subdistrict": "",
        "contact_name": CHAIR,
        "phone": PHONE,
        "เลขประจำตัวประชาชน": CITIZEN,
        **cells,
    }


def _product(producer: dict[str, str], stars: str, year: str = "2567", **cells: str) -> dict[str, str]:
    return {
        "producer_name": producer["producer_name"],
        "province": "พะเยา",
        "product_name": "ผ้าทอ",
        "rating_year_be": year,
        "stars": stars,
        **cells,
    }


def _world() -> World:
    kept = [_producer(n) for n in range(24)]
    kept[5]["producer_type"] = ""
    dirty = [
        _producer(1, subdistrict="แม่ต๊ำ"),  # the same id again
        _producer(24, district="เทศบาลเมืองพะเยา"),
        _producer(25, producer_name=""),
        {**_producer(26), "province": "เชียงราย", "district": "เชียงของ"},
    ]
    products = [
        *(_product(p, "3") for p in kept[:3]),
        _product(kept[3], "ดี"),
        _product(kept[4], "5"),
        _product(kept[4], "2"),
        _product(kept[5], "2"),
        *(_product(p, "", quadrant_year_be="2567", quadrant="D") for p in kept[6:9]),
        _product({"producer_name": kept[9]["producer_name"].replace("ก", "ถ", 1)}, "3"),  # a typing error
        _product({"producer_name": "สหกรณ์ที่ไม่มีใครรู้จัก"}, "3"),
    ]
    lists = (
        Lists("KBO", 2567, "kbo.csv", [{"producer_name": kept[0]["producer_name"], "province": "พะเยา"}]),
        Lists("QD", 2568, "qd.csv", None),
    )
    return World(a_definition(QUOTA, lists), [*kept, *dirty], products, lists)


PERSONAL_COLUMNS = (*PRODUCER_COLUMNS[:-1], "contact_name", "phone", "เลขประจำตัวประชาชน")


def write(world: World, folder: Path, seed: int | None = None) -> Path:
    """The files of a world, personal columns included; with a seed, the rows of each in another order."""
    path = world.write(folder)
    tables = {
        "producers.csv": (PERSONAL_COLUMNS, world.producers),
        "products.csv": (PRODUCT_COLUMNS, world.products),
        **{one.label: (LIST_COLUMNS, one.rows) for one in world.lists if one.rows is not None},
    }
    for name, (columns, rows) in tables.items():
        shuffled = list(rows)
        if seed is not None:
            random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
        (folder / name).write_bytes(as_csv(columns, shuffled))
    return path


@pytest.fixture(scope="module")
def validate() -> Validate:
    return validator()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cycle")
    write(_world(), folder)
    return folder


@pytest.fixture(scope="module")
def files(folder: Path, validate: Validate) -> dict[str, bytes]:
    return screen(read_definition(folder / "cycle.yaml"), validate).outputs()


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_screening_writes_the_five_files_of_the_contract_the_repairs_and_where_due_the_certificate(
    files: dict[str, bytes],
) -> None:
    """The certificate stands exactly where the fallback is open."""
    is_open = json.loads(files["shortage.json"])["fallback_open"]
    assert sorted(files) == sorted([*CONTRACT, "repairs.csv", *(["certificate.json"] if is_open else [])])


def test_decisions_have_exactly_the_contracts_columns_under_a_bom(files: dict[str, bytes]) -> None:
    """A spreadsheet needs the BOM to read Thai; other programs need the order."""
    assert files["decisions.csv"].startswith(b"\xef\xbb\xbf")
    heading = (
        "producer_id,producer_name,district_code,clause_1a,clause_1b,clause_2,clause_3,clause_4,tier,verdict,reason_th"
    )
    assert ",".join(rows_of(files["decisions.csv"])[0]) == heading


def test_decisions_stand_in_the_order_of_the_quota_table_then_by_name(files: dict[str, bytes]) -> None:
    """The circular's order is not code order; a district that it does not name comes last."""
    found = [(row[2], row[1]) for row in rows_of(files["decisions.csv"])[1:]]
    order = [*QUOTA, "5606"]
    assert len(found) == 24
    assert {code for code, _ in found} == set(order)
    assert found == sorted(found, key=lambda pair: (order.index(pair[0]), pair[1]))


def test_decisions_use_only_the_contracts_words(files: dict[str, bytes]) -> None:
    """Clauses, tier and verdict are closed sets; each row has its reason, and its tier agrees with its verdict."""
    for row in rows_of(files["decisions.csv"])[1:]:
        assert set(row[3:8]) <= {"pass", "fail", "unknown"}
        assert (row[8], row[9]) in {("1", "eligible"), ("2", "eligible"), ("", "ineligible"), ("", "unknown")}
        assert row[10]


def test_the_shortage_has_exactly_the_contracts_keys(files: dict[str, bytes]) -> None:
    """The certificate's districts stand in the quota table's order."""
    shortage: dict[str, Any] = json.loads(files["shortage.json"])
    figures = {"quota", "tier_1", "tier_2", "unknown", "short"}
    assert set(shortage) == {"scope", "fallback_open", "province", "districts"}
    assert set(shortage["province"]) == figures
    assert [set(district) for district in shortage["districts"]] == [{"district_code", *figures}] * 3
    assert [district["district_code"] for district in shortage["districts"]] == list(QUOTA)


def test_each_finding_has_exactly_the_contracts_keys(files: dict[str, bytes]) -> None:
    """And says something in both languages, under one of three severities."""
    findings = json.loads(files["findings.json"])
    assert findings
    for finding in findings:
        assert set(finding) == {"code", "severity", "where", "message_th", "message_en"}
        assert finding["severity"] in {"block", "warn", "info"}
        assert all(finding.values())


def test_the_quarantine_names_source_row_column_check_value_and_reason(files: dict[str, bytes]) -> None:
    """The row is the spreadsheet's; the column is one that the file has."""
    heading, *rows = rows_of(files["quarantine.csv"])
    assert heading == ["source", "row", "column", "check", "value", "reason_th"]
    found = {(row[0], int(row[1]), row[2], row[4]) for row in rows}
    assert found == {
        ("producers.csv", 3, "producer_id", "P01"),  # row 26 has the same id and says more
        ("producers.csv", 27, "district", "เทศบาลเมืองพะเยา"),
        ("producers.csv", 28, "producer_name", ""),
        ("products.csv", 13, "producer_name", "สหกรณ์ที่ไม่มีใครรู้จัก"),
    }


def test_the_manifest_carries_the_hash_of_every_file(files: dict[str, bytes], folder: Path) -> None:
    """Of the definition, of each input and of each other output, over the very bytes."""
    manifest = json.loads(files["manifest.json"])
    assert manifest["definition"] == hashlib.sha256((folder / "cycle.yaml").read_bytes()).hexdigest()
    assert manifest["inputs"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("kbo.csv", "producers.csv", "products.csv")
    }
    assert manifest["outputs"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"
    }


def test_every_row_that_came_in_is_kept_set_aside_or_elsewhere(files: dict[str, bytes]) -> None:
    """The manifest's counts add up to the rows of each file."""
    counts = json.loads(files["manifest.json"])["rows"]
    assert {name.split(": ")[1]: figures["in"] for name, figures in counts.items()} == {
        "producers.csv": 28,
        "products.csv": 12,
        "kbo.csv": 1,
    }
    for figures in counts.values():
        assert figures["in"] == figures["kept"] + figures["quarantined"] + figures["elsewhere"]
    assert counts["producers: producers.csv"]["elsewhere"] == 1


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(
    seed: int, files: dict[str, bytes], tmp_path: Path, validate: Validate
) -> None:
    """Decisions, shortage and findings are the same bytes for every permutation of every input."""
    shuffled = screen(read_definition(write(_world(), tmp_path, seed)), validate).outputs()
    for name in ("decisions.csv", "shortage.json", "findings.json"):
        assert shuffled[name] == files[name], name


def test_running_twice_gives_the_same_bytes(files: dict[str, bytes], folder: Path, validate: Validate) -> None:
    """All five files, with a validator already used and with a new one."""
    for judge in (validate, validator()):
        assert screen(read_definition(folder / "cycle.yaml"), judge).outputs() == files


_ELSEWHERE = """
import hashlib, json, sys
from pathlib import Path
from expectations.validate import validator
from kbo_core.office.definitions import read_definition
from kbo_core.office.screening import screen
files = screen(read_definition(Path(sys.argv[1])), validator()).outputs()
print(json.dumps({name: hashlib.sha256(content).hexdigest() for name, content in files.items()}))
"""


def test_another_locale_and_time_zone_give_the_same_bytes(files: dict[str, bytes], folder: Path) -> None:
    """In a process of its own, with another hash seed and another place to stand."""
    settings = {"LC_ALL": "th_TH.UTF-8", "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "7", "PYTHONUTF8": "0"}
    environment = {**os.environ, **settings}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(folder / "cycle.yaml")],
        env=environment, cwd=folder, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items()
    }


def test_personal_columns_never_carry_a_value_in_any_output(files: dict[str, bytes]) -> None:
    """Neither the chair's name nor the telephone leaves the register."""
    for name, content in files.items():
        assert PHONE not in content.decode("utf-8-sig"), name
        assert CHAIR not in content.decode("utf-8-sig"), name


def test_a_national_id_column_is_dropped_with_a_finding(files: dict[str, bytes]) -> None:
    """Its number stands in no output, and a finding says that the column was left unread."""
    assert all(CITIZEN not in content.decode("utf-8-sig") for content in files.values())
    assert "national-id-dropped" in {finding["code"] for finding in json.loads(files["findings.json"])}


@pytest.mark.parametrize("heading", ["เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "citizen_id", "National ID"])
def test_a_national_id_column_cannot_be_read_under_another_name(
    heading: str, tmp_path: Path, validate: Validate
) -> None:
    """Even where ``columns:`` asks for it as the producer's id, the number gets into no output."""
    world = _world()
    definition = json.loads(json.dumps(world.definition))
    definition["sources"]["producers"]["columns"] = {"producer_id": heading}
    path = write(World(definition, world.producers, world.products, world.lists), tmp_path)
    table = (tmp_path / "producers.csv").read_bytes().decode("utf-8-sig")
    table = table.replace("เลขประจำตัวประชาชน", heading, 1)
    numbers = iter(range(1_560_100_000_000, 1_560_100_000_100))
    lines = [table.splitlines()[0], *(line.replace(CITIZEN, str(next(numbers))) for line in table.splitlines()[1:])]
    (tmp_path / "producers.csv").write_text("\n".join(lines), "utf-8")
    try:
        outputs = screen(read_definition(path), validate).outputs()
    except Exception as refusal:
        assert "1560100" not in str(refusal)
    else:
        assert all("1560100" not in content.decode("utf-8-sig") for content in outputs.values())


def test_a_cell_that_a_spreadsheet_would_run_is_made_inert(tmp_path: Path, validate: Validate) -> None:
    """A name that begins with a formula's sign opens as text."""
    world = _world()
    producers = [*world.producers, _producer(27, producer_id="", producer_name="=HYPERLINK(1)")]
    outputs = screen(
        read_definition(write(World(world.definition, producers, world.products, world.lists), tmp_path)), validate
    ).outputs()
    names = [row[1] for row in rows_of(outputs["decisions.csv"])]
    assert "=HYPERLINK(1)" not in names
    assert "'=HYPERLINK(1)" in names
