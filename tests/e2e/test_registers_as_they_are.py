"""Registers as offices and departments send them, screened by the command: every format, several sheets, addresses."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deployments.cli import run
from tests.registry.corruption import SECRETS, original
from tests.registry.made.files import as_csv, as_xlsx
from tests.registry.websites import Portal, Reply, Website

MADE = Path(__file__).parents[1] / "registry" / "made"
GROUP = "กลุ่มผู้ผลิตชุมชน"
EMPTY = [{"programme": p, "fiscal_year_be": y, "empty": "confirmed"} for p, y in (("KBO", 2567), ("QD", 2568))]
NAMES = ["กลุ่มทอผ้าบ้านต๊ำ", "กลุ่มปลาส้มแม่ใจ", "กลุ่มจักสานจุน", "กลุ่มน้ำพริกปง", "กลุ่มเห็ดภูซาง"]
PLACES = ["เมืองพะเยา", "แม่ใจ", "จุน", "ปง", "ภูซาง"]
OPEN_PRODUCERS = [["พะเยา", place, "เวียง", name] for name, place in zip(NAMES, PLACES, strict=True)]
OPEN_STARS = [["ผ้าทอ", name, "พะเยา", "ผ้า", f"{n} ดาว"] for n, name in enumerate(NAMES, start=1)]


class Screened:
    """What the command left behind."""

    def __init__(self, folder: Path, code: int) -> None:
        self.code = code
        self._folder = folder

    def rows(self, name: str) -> list[dict[str, str]]:
        text = (self._folder / name).read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def read(self, name: str) -> Any:
        return json.loads((self._folder / name).read_text("utf-8"))

    @property
    def verdicts(self) -> dict[str, str]:
        return {row["producer_name"]: row["verdict"] for row in self.rows("decisions.csv")}

    @property
    def codes(self) -> set[str]:
        return {finding["code"] for finding in self.read("findings.json")}

    def everything(self) -> str:
        return "\n".join(path.read_text("utf-8") for path in sorted(self._folder.iterdir()))


def screen(folder: Path, sources: Mapping[str, Any], **files: bytes) -> Screened:
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content)
    definition = {
        "cycle": "kbo-2568-56",
        "programme_year_be": 2568,
        "province_code": "56",
        "circular": {"number": "พย 0019.2/ว 15286", "issued_on": "2024-12-06"},
        "deadline": {"on": "2025-06-04"},
        "rules": {
            "star_year_be": 2567,
            "stars": [1, 3],
            "kbo_exclusion_years_be": [2567],
            "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2568},
        },
        "quota": {"5601": 1, "5602": 1},
        "sources": {"participants": EMPTY, **sources},
    }
    (folder / "cycle.yaml").write_text(json.dumps(definition, ensure_ascii=False), "utf-8")
    out = folder / "out"
    code = run(["--home", str(folder / "home"), "cycle", "screen", str(folder / "cycle.yaml"), "--out", str(out)])
    return Screened(out, code)


def lists(ending: str) -> list[dict[str, Any]]:
    return [{"programme": "KBO", "fiscal_year_be": 2567, "path": f"list.{ending}"}, EMPTY[1]]


@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx"])
def test_a_register_in_any_format_gives_the_same_decisions(ending: str, tmp_path: Path) -> None:
    """The XLS and ODS were saved by LibreOffice; the rows are those of the CSV, and none is lost."""
    told = {}
    for form in ("csv", ending):
        folder = tmp_path / f"as-{form}"
        folder.mkdir()
        for kind in ("producers", "products", "list"):
            content = {
                "csv": lambda kind=kind: as_csv(original(kind, 1)),
                "xlsx": lambda kind=kind: as_xlsx({"ก": original(kind, 1)}),
            }.get(form, lambda kind=kind, form=form: (MADE / f"damaged-{kind}.{form}").read_bytes())()
            (folder / f"{kind}.{form}").write_bytes(content)
        sources = {kind: {"path": f"{kind}.{form}"} for kind in ("producers", "products")}
        screened = screen(folder, {**sources, "participants": lists(form)})
        assert screened.code == 0
        counts = screened.read("manifest.json")["rows"]
        assert [sum(part.values()) == 2 * part["in"] for part in counts.values()] == [True] * 3
        told[form] = (
            [tuple(row.values()) for row in screened.rows("decisions.csv")],
            sorted(map(str, counts.values())),
        )
        bare = screened.everything().replace("-", "").replace(" ", "")
        assert not [secret for secret in SECRETS if secret in bare]
    assert told["csv"] == told[ending]
    assert told["csv"][0]


TITLE = [["ทะเบียนผู้ผลิต OTOP จังหวัดพะเยา"], ["ข้อมูล ณ วันที่ 1 ธันวาคม 2567"], []]
HEADING = ["ที่", "ชื่อผู้ผลิต/\nผู้ประกอบการ", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"]
PRODUCTS = as_csv(
    [["ชื่อผู้ผลิต", "จังหวัด", "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"]]
    + [[name, "พะเยา", "ผ้า", "๒๕๖๗", f"{n} ดาว"] for n, name in enumerate(NAMES, start=1)]
)


def test_a_provinces_own_workbook_is_read_sheet_after_sheet_without_its_totals(tmp_path: Path) -> None:
    """A sheet for each district, titles above, a total below: five producers, two totals told, nothing else lost."""
    rows = [
        [str(n), name, "วิสาหกิจชุมชน", "พะเยา", "อ." + place]
        for n, (name, place) in enumerate(zip(NAMES, PLACES, strict=True))
    ]
    sheets: dict[str, Sequence[Sequence[str]]] = {
        "คำชี้แจง": [["แบบรายงาน"]],
        "อำเภอหนึ่ง": [*TITLE, HEADING, *rows[:2], ["", "รวมทั้งสิ้น 2 ราย"]],
        "อำเภอสอง": [
            *TITLE,
            HEADING,
            *rows[2:],
            *[[str(n), f"กลุ่มรวมใจที่ {n}", GROUP, "พะเยา", "จุน"] for n in range(9)],
            ["", "รวม"],
        ],
    }
    screened = screen(
        tmp_path,
        {"producers": {"path": "book.xlsx", "sheet": "*"}, "products": {"path": "products.csv"}},
        book__xlsx=as_xlsx(sheets),
        products__csv=PRODUCTS,
    )
    assert screened.code == 0
    assert {name: screened.verdicts[name] for name in NAMES} == dict(
        zip(NAMES, ["eligible"] * 3 + ["ineligible"] * 2, strict=True)
    )
    assert len(screened.verdicts) == 14
    aside = {(row["source"], row["row"], row["check"]) for row in screened.rows("quarantine.csv")}
    assert {("book.xlsx [อำเภอหนึ่ง]", "7", "total-row"), ("book.xlsx [อำเภอสอง]", "17", "total-row")} <= aside
    assert len({place[:2] for place in aside}) == 2
    assert screened.read("manifest.json")["rows"]["producers: book.xlsx"] == {
        "in": 16, "kept": 14, "quarantined": 2, "elsewhere": 0,
    }  # fmt: skip
    repairs = {(row["kind"], row["before"], row["after"]) for row in screened.rows("repairs.csv")}
    assert {("type", "วิสาหกิจชุมชน", GROUP), ("area", "อ.จุน", "จุน"), ("digits", "๒๕๖๗", "2567")} <= repairs


@pytest.mark.parametrize("name", ["province-book.ods", "province-book.xls"])
def test_a_small_book_is_stopped_by_its_total_and_its_note_alone(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its merged areas and names count for each row: of seven rows only the total and the note cannot be used."""
    screened = screen(
        tmp_path,
        {"producers": {"path": name}, "producer_types": {"path": "types.csv"}},
        types__csv=as_csv([["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด"], ["กลุ่มทอผ้า", GROUP, "พะเยา"]]),
        **{name.replace(".", "__"): (MADE / name).read_bytes()},
    )
    assert screened.code == 3
    assert "2 of 7 rows" in capfd.readouterr().err


def test_the_departments_two_open_files_are_read_by_position(tmp_path: Path) -> None:
    """Their headings say too little; the year is told by the definition, the types by the province's own list."""
    types = [["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด"], *[[name, GROUP, "พะเยา"] for name in NAMES]]
    screened = screen(
        tmp_path,
        {
            "producers": {"path": "register.csv"},
            "products": {"path": "stars.csv", "values": {"rating_year_be": 2567}},
            "producer_types": {"path": "types.csv"},
        },
        register__csv=as_csv([["a", "b", "c", "d"], *OPEN_PRODUCERS]),
        stars__csv=as_csv([["a", "b", "c", "d", "e"], *OPEN_STARS]),
        types__csv=as_csv(types),
    )
    assert screened.code == 0
    assert screened.verdicts == dict(zip(NAMES, ["eligible"] * 3 + ["ineligible"] * 2, strict=True))
    assert "layout-by-position" in screened.codes


def sound() -> tuple[bytes, bytes]:
    rows = [[name, GROUP, "พะเยา", place] for name, place in zip(NAMES, PLACES, strict=True)]
    return as_csv([["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"], *rows]), PRODUCTS


def test_a_register_behind_an_address_is_read_and_a_refusing_one_refused(tmp_path: Path) -> None:
    """An open-data portal that answers 403 stops the screening with what to do, and nothing is written."""
    producers, products = sound()
    with Website().open() as site:
        site.answers["/p.csv"] = Reply(producers, headers={"content-type": "text/csv"})
        sources = {"producers": {"path": f"{site.address}/p.csv"}, "products": {"path": "products.csv"}}
        screened = screen(tmp_path, sources, products__csv=products)
        assert screened.code == 0
        assert list(screened.verdicts.values()).count("eligible") == 3
        site.answers["/p.csv"] = Reply(b"<html>forbidden</html>", 403, {"content-type": "text/html"})
        refusing = tmp_path / "again"
        refusing.mkdir()
        assert screen(refusing, sources, products__csv=products).code == 4
        assert not (refusing / "out").exists()


def test_a_register_on_a_ckan_portal_is_read_page_after_page(tmp_path: Path) -> None:
    """Rows come a hundred at a time unless told otherwise; all of them are screened."""
    heading = ["ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ"]
    names = NAMES + [f"กลุ่มเลี้ยงไก่บ้านที่ {n}" for n in range(240)]
    with Portal().open() as portal:
        portal.cap = 50
        portal.tables["r-1"] = (
            heading,
            [
                dict(zip(["_id", *heading], [n, name, GROUP, "พะเยา", "จุน"], strict=True))
                for n, name in enumerate(names, 1)
            ],
        )
        address = portal.call("datastore_search", resource_id="r-1")
        screened = screen(
            tmp_path, {"producers": {"path": address}, "products": {"path": "products.csv"}}, products__csv=PRODUCTS
        )
    assert screened.code == 0
    assert len(screened.verdicts) == 245
    assert portal.pages >= 5
