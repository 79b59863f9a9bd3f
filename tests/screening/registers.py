"""Small registers of one province, as dirty as real ones, and the files that they come in."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from kbo_core.registry.sources import SourceFile
from tests.screening.oracle import Lists

Row = Mapping[str, str]

PRODUCER_COLUMNS = ("producer_id", "producer_name", "producer_type", "province", "district", "subdistrict", "phone")
PRODUCT_COLUMNS = (
    "product_id",
    "producer_id",
    "producer_name",
    "province",
    "district",
    "product_name",
    "rating_year_be",
    "stars",
    "quadrant_year_be",
    "quadrant",
)
LIST_COLUMNS = ("producer_id", "producer_name", "province", "district")


@dataclass(frozen=True, repr=False)
class World:
    """A definition and the rows of its sources."""

    definition: Mapping[str, Any]
    producers: Sequence[Row]
    products: Sequence[Row]
    lists: Sequence[Lists]

    def __repr__(self) -> str:
        """What a failing test prints: the rows that matter, with their row numbers."""
        tables = {"producers": self.producers, "products": self.products}
        tables |= {one.label: one.rows or () for one in self.lists}
        lines = [f"rules {self.definition['rules']} quota {self.definition['quota']}"]
        for name, rows in tables.items():
            ours = [(n, row) for n, row in enumerate(rows, start=2) if not row["producer_name"].startswith(_FAR)]
            lines += [f"{name} {n}: {dict(row)}" for n, row in ours] + [f"{name}: {len(rows)} rows in all"]
        return "\n".join(lines)

    def files(self) -> dict[str, bytes]:
        """The sources and ``cycle.yaml``, by name."""
        files = {
            "producers.csv": as_csv(PRODUCER_COLUMNS, self.producers),
            "products.csv": as_csv(PRODUCT_COLUMNS, self.products),
            "cycle.yaml": json.dumps(self.definition, ensure_ascii=False, indent=1).encode(),
        }
        for listed in self.lists:
            if listed.rows is not None:
                files[listed.label] = as_csv(LIST_COLUMNS, listed.rows)
        return files

    def fetch(self, path: str) -> SourceFile:
        return SourceFile(path, self.files()[path])

    def write(self, folder: Path) -> Path:
        """The files in a folder; the path of the definition."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.files().items():
            (folder / name).write_bytes(content)
        return folder / "cycle.yaml"


def as_csv(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([[row.get(column, "") for column in columns] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def a_definition(
    quota: Mapping[str, int], lists: Sequence[Lists], rules: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A definition of Phayao in which only the rules, the quotas and the lists are left to say."""
    said = {
        "star_year_be": 2567,
        "stars": [1, 3],
        "kbo_exclusion_years_be": [2567],
        "fallback": {"quadrant_year_be": 2567, "exclude_project_year_be": 2568},
        **(rules or {}),
    }
    return {
        "cycle": "kbo-2568-56",
        "programme": "KBO",
        "programme_year_be": 2568,
        "province_code": "56",
        "circular": {"number": "พย 0019.2/ว 15286", "issued_on": "2024-12-06"},
        "deadline": {"on": "2025-06-04", "at": "16:30"},
        "rules": said,
        "quota": dict(quota),
        "sources": {
            "producers": {"path": "producers.csv"},
            "products": {"path": "products.csv"},
            "participants": [
                {"programme": one.programme, "fiscal_year_be": one.fiscal_year_be}
                | ({"empty": "confirmed"} if one.rows is None else {"path": one.label})
                for one in lists
            ],
        },
    }


# --- strategies -----------------------------------------------------------------------------------------------------

_BASES = (
    "กลุ่มทอผ้าไหมบ้านต๊ำพระแล",
    "กลุ่มแปรรูปปลาส้มแม่ใจ",
    "วิสาหกิจชุมชนจักสานผักตบชวา",
    "กลุ่มน้ำพริกแม่บ้านร่องไฮ หมู่ 3",
    "กลุ่มสตรีทอผ้าไทลื้อเชียงม่วน",
    "นางสาวคำปัน ใจดี",
)
_SPELLINGS = (
    lambda name: name,
    lambda name: name,
    lambda name: name,
    lambda name: f"  {name}\n",
    lambda name: name.replace("แ", "เเ"),
    lambda name: name.replace("\u0e33", "\u0e4d\u0e32").replace("3", "๓"),
    lambda name: name.replace("\u0e49", "\u0e49\u0e49").replace("บ", "\u200bบ"),
)
_OTHER_NAMES = (
    lambda name: name[:9] + name[10:],  # a typing error
    lambda name: name.replace("กลุ่ม", "วิสาหกิจชุมชน"),  # another word in front
    lambda name: f"ร้าน{name}",
    lambda name: f"{name} หมู่ 9",  # a number makes another group
    lambda name: "สหกรณ์เลี้ยงผึ้งดอยหลวง",
    lambda name: "",
)
_HOME = ("พะเยา",) * 6 + ("จังหวัดพะเยา", "จ.พะเยา", "56", "Phayao", " พะเยา\u00a0")
_PROVINCE = _HOME * 3 + ("เชียงราย", "น่าน", "", "พเยา")
_DISTRICT = ("เมืองพะเยา", "เมืองพะเยา", "จุน", "จุน", "แม่ใจ", "เมือง", "อ.จุน", "อำเภอจุน", "5607", "Chun")
_ANY_DISTRICT = _DISTRICT * 3 + ("", "เทศบาลเมืองพะเยา", "เชียงของ", "ทต.จุน")
_DISTRICT_OR_NONE = ("",) * 20 + _ANY_DISTRICT
_TYPE = (
    *("กลุ่มผู้ผลิตชุมชน",) * 12,
    *("วิสาหกิจชุมชน", "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว", "รายเดี่ยว", "SMEs", "", "กลุ่ม", " กลุ่มผู้ผลิต ชุมชน"),
    *("ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม", "ประกอบการ"),
)
_STARS = ("1", "2", "3", "๓", "3 ดาว", "ระดับ 3 ดาว", "3.0", "4", "5", "๕ ดาว", "", "", "ดี", "6", "0")
_YEAR = ("2567",) * 10 + ("๒๕๖๗", "ปี 2567", "พ.ศ. 2567", "2567.0", "2566", "2568", "", "67", "2024")
_QUADRANT = ("D", "D", "d", "กลุ่ม D", "Quadrant D", "กลุ่มปรับตัวสู่การพัฒนา", "A", "B", "c", "", "", "E")
_QUADRANT_YEAR = ("2567", "2567", "2567", "2567", "๒๕๖๗", "2566", "", "x")
_SOME_IDS = ("",) * 6 + tuple(f"P{n}" for n in range(1, 13)) + ("๑๓", "13")
_FAR = "กลุ่มทอผ้าเชียงของ"
_ELSEWHERE = {
    "producer_name": _FAR,
    "producer_type": "กลุ่มผู้ผลิตชุมชน",
    "province": "เชียงราย",
    "district": "เชียงของ",
    "product_name": "ผ้าทอ",
    "rating_year_be": "2567",
    "stars": "3",
}


def _name(pick: Random) -> str:
    """A name of the pool, in one of its spellings, or a name beside it."""
    name = pick.choice(_BASES)
    return pick.choice(_SPELLINGS if pick.random() < 0.8 else _OTHER_NAMES)(name)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A definition with its registers: planted near matches, repeats, orphans and rows of other provinces."""
    pick = draw(st.randoms(use_true_random=True))
    ids = _SOME_IDS if pick.random() < 0.5 else ("",)
    producers = [
        {
            "producer_id": pick.choice(ids),
            "producer_name": _name(pick),
            "producer_type": pick.choice(_TYPE),
            "province": pick.choice(_PROVINCE),
            "district": pick.choice(_ANY_DISTRICT),
            "subdistrict": pick.choice(["", "", "แม่ต๊ำ"]),
            "phone": "081 234 5678",
        }
        for _ in range(draw(st.integers(2, 12)))
    ]
    products = [
        {
            "product_id": "",
            "producer_id": pick.choice(ids),
            "producer_name": _name(pick),
            "province": pick.choice(_PROVINCE),
            "district": pick.choice(_DISTRICT_OR_NONE),
            "product_name": pick.choice(["ผ้าทอ", "ปลาส้ม", ""]),
            "rating_year_be": pick.choice(_YEAR),
            "stars": pick.choice(_STARS),
            "quadrant_year_be": pick.choice(_QUADRANT_YEAR),
            "quadrant": pick.choice(_QUADRANT),
        }
        for _ in range(draw(st.integers(0, 25)))
    ]
    scope = pick.choice(["province", "district", "off"])
    clause_4_binds = pick.random() < 0.5
    needed = {("KBO", 2567), ("QD", 2568)}
    if scope == "off" and not clause_4_binds and pick.random() < 0.5:
        needed.remove(("QD", 2568))
    given = {listed for listed in (("QD", 2567), ("KBO", 2566)) if pick.random() < 0.5}
    lists = []
    for programme, year in sorted(needed | given):
        rows: list[Row] | None = None
        if pick.random() < 0.6:
            rows = [
                {
                    "producer_id": pick.choice(ids),
                    "producer_name": _name(pick),
                    "province": pick.choice(_PROVINCE),
                    "district": pick.choice(_DISTRICT_OR_NONE),
                }
                for _ in range(draw(st.integers(1, 4)))
            ]
            rows = _with_others(rows, pick, bool(ids[1:]))
        lists.append(Lists(programme, year, f"{programme.lower()}-{year}.csv", rows))
    quota = {
        code: pick.choice([0, 0, 1, 1, 2, 5]) for code in pick.sample(["5601", "5602", "5607"], pick.choice([2, 3, 3]))
    }
    classified = ("QD", 2567) not in given or pick.random() < 0.5
    years = [2567] + ([2566] if ("KBO", 2566) in given and pick.random() < 0.5 else [])
    rules = {
        "stars": pick.choice([[1, 3], [1, 3], [2, 3], [3, 3]]),
        "star_scope": pick.choice(["any", "all", "best"]),
        "kbo_exclusion_years_be": years,
        "clause_4_binds_tier_1": clause_4_binds,
        "fallback": {
            "scope": scope,
            "source": "classified_d" if classified else "project_participants",
            "quadrant_year_be": 2567,
            "exclude_project_year_be": 2568,
            "clause_2_binds": pick.random() < 0.5,
        },
    }
    return World(
        a_definition(quota, lists, rules),
        _with_others(producers, pick, bool(ids[1:])),
        _with_others(products, pick, bool(ids[1:])),
        lists,
    )


def _with_others(rows: Sequence[Row], pick: Random, has_ids: bool) -> list[Row]:
    """Rows of another province beside: usually so many that what is set aside stays below a fifth."""
    count = pick.choice([60] * 16 + [3, 0])
    return [
        *rows,
        *(
            {
                **_ELSEWHERE,
                "producer_id": f"P{n}" if has_ids else "",
                "producer_name": f"{_ELSEWHERE['producer_name']} {n}",
            }
            for n in range(count)
        ),
    ]
