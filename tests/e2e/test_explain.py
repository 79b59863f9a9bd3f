"""``kbo cycle explain`` and ``kbo cycle compare`` as a user runs them."""

import json
import shutil
from pathlib import Path

from expectations.validate import validator
from kbo_core.office.office import open_office
from tests.cycle import CYCLE, OPENED_AT, answer, open_cycle
from tests.e2e.running import document, kbo, kbo_here
from tests.explaining.provinces import rewrite


def test_a_producer_is_explained_from_a_definition(tmp_path: Path, province: Path) -> None:
    """By a name spelt otherwise: the sheet as JSON, and in Thai with file and row."""
    done = kbo_here(tmp_path / "home", "cycle", "explain", str(province), "กลุ่มแปรรูปปลา บ้านร่องเหียง", "--json")
    assert done.returncode == 0, done.stderr
    sheet = document(done)["sheet"]
    assert (sheet["producer_id"], sheet["verdict"], sheet["tier"]) == ("C1", "ineligible", "")
    assert [c["clause"] for c in sheet["clauses"]] == ["1a", "1b", "2", "3", "4"]
    rated = sheet["clauses"][1]
    assert rated["value"] == "fail"
    [row] = rated["evidence"]
    assert (row["source"], row["row"], row["cells"]["stars_text"]) == ("products.csv", 9, "4")
    assert sheet["ways"][0]["clauses"] == ["1b"]

    shown = kbo_here(tmp_path / "home", "cycle", "explain", str(province), "C1")
    assert shown.returncode == 0
    assert "ไม่เข้าเกณฑ์" in shown.stdout
    assert "ของC1 ได้ 4 ดาว" in shown.stdout
    assert "ขาดเพียงข้อ ๑" in shown.stdout


def test_an_unknown_producer_is_refused_with_the_nearest(tmp_path: Path, province: Path) -> None:
    """Exit code 4, one document on stdout, the message on stderr."""
    done = kbo_here(tmp_path / "home", "cycle", "explain", str(province), "กลุ่มแปรรูปปลาบ้านร่องเหีย", "--json")
    assert done.returncode == 4
    assert [f["code"] for f in document(done)["findings"]] == ["producer-unknown"]
    assert "C1" in done.stderr


def test_a_province_is_explained_with_the_same_bytes_every_time(tmp_path: Path, province: Path) -> None:
    """Counts, near misses, who waits for what; the files do not depend on the process."""
    made = []
    for seed in ("1", "2"):
        out = tmp_path / f"out-{seed}"
        done = kbo(
            tmp_path / "home", "cycle", "explain", str(province), "--json", "--out", str(out), PYTHONHASHSEED=seed
        )
        assert done.returncode == 0, done.stderr
        told = document(done)
        made.append({file.name: file.read_bytes() for file in out.iterdir()})
    assert made[0] == made[1]
    assert sorted(made[0]) == ["explanations.json", "near-misses.csv"]
    assert told["verdicts"] == {"eligible": 4, "ineligible": 3, "unknown": 1}
    assert told["first_failing"] == {"1a": 1, "1b": 2}
    assert told["first_unknown"] == {"2": 1}
    assert [row["producer_id"] for row in told["unknown_list"]] == ["B2"]
    assert {d["district_code"]: d["forecast"]["surely_short"] for d in told["districts"]}["5606"] == 1
    assert told["certificate"] is None
    assert len(json.loads(made[0]["explanations.json"])) == 8
    assert "เฉียดเกณฑ์" in kbo_here(tmp_path / "home", "cycle", "explain", str(province)).stdout


def test_last_years_cycle_is_compared_with_this_years_definition(tmp_path: Path, province: Path) -> None:
    """An opened cycle's id on the one side, a definition on the other; what was picked then is judged now."""
    home = tmp_path / "home"
    office = open_office(home)
    open_cycle(office, province, validator())
    answer(office, "5601", "A1", "A2", at=OPENED_AT)
    office.database.close()
    new = Path(shutil.copytree(province.parent, tmp_path / "new")) / "cycle.yaml"
    rewrite(new, ("stars: [1, 3]", "stars: [3, 4]"), ("cycle: kbo-test", "cycle: kbo-next"))

    out = tmp_path / "out"
    done = kbo_here(home, "cycle", "compare", CYCLE, str(new), "--json", "--out", str(out))
    assert done.returncode == 0, done.stderr
    told = document(done)
    assert {row["producer_id"]: row["change"] for row in told["changes"]} == {
        "A2": "leaves",
        "A3": "leaves",
        "C1": "enters",
        "B2": "ruled-out",
    }
    assert told["backtest"]["now"] == {"eligible": 1, "ineligible": 1}
    assert sorted(file.name for file in out.iterdir()) == ["changes.csv", "comparison.json", "districts.csv"]
    shown = kbo_here(home, "cycle", "compare", CYCLE, str(new))
    assert "ทดสอบย้อนหลัง" in shown.stdout
    assert "หลุดออก" in shown.stdout
    assert kbo_here(home, "cycle", "explain", CYCLE, "A1").returncode == 0
    assert kbo_here(home, "cycle", "explain", "kbo-nowhere").returncode == 4
