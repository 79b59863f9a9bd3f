"""A small province that every number of can be counted by hand: Phayao with nine districts, three asked."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

GROUP = "กลุ่มผู้ผลิตชุมชน"
SINGLE = "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว"
DISTRICTS = {"5601": "เมืองพะเยา", "5607": "แม่ใจ", "5606": "ปง"}
QUOTA = {"5601": 2, "5607": 1, "5606": 1}

# id, name, type, district, stars of 2567
PRODUCERS = (
    ("A1", "กลุ่มทอผ้าบ้านห้วยแก้ว", GROUP, "เมืองพะเยา", "3"),
    ("A2", "กลุ่มจักสานบ้านแม่ทราย", GROUP, "เมืองพะเยา", "2"),
    ("A3", "กลุ่มน้ำพริกบ้านดอนลาน", GROUP, "เมืองพะเยา", "1"),
    ("A4", "ร้านกาแฟบ้านสันบง", SINGLE, "เมืองพะเยา", "3"),
    ("A5", "กลุ่มสมุนไพรบ้านทุ่งขาม", GROUP, "เมืองพะเยา", "5"),
    ("B1", "กลุ่มขนมไทยบ้านหนองผาง", GROUP, "แม่ใจ", "3"),
    ("B2", "กลุ่มเครื่องเงินบ้านป่าสัก", GROUP, "แม่ใจ", "2"),
    ("C1", "กลุ่มแปรรูปปลาบ้านร่องเหียง", GROUP, "ปง", "4"),
)

DEFINITION = """cycle: {cycle}
programme: KBO
programme_year_be: 2568
province_code: "56"
circular: {{number: "พย 0019.2/ว 12345", issued_on: 2024-12-06}}
deadline: {{on: 2025-06-04, at: "16:30", if_nonworking: keep}}
rules:
  star_year_be: 2567
  stars: [1, 3]
  star_scope: any
  kbo_exclusion_years_be: [2567]
  clause_4_binds_tier_1: false
  fallback:
    scope: province
    source: classified_d
    quadrant_year_be: 2567
    exclude_project_year_be: 2568
    clause_2_binds: true
quota: {quota}
sources:
  producers: {{path: producers.csv}}
  products: {{path: products.csv}}
  participants:
    - {{programme: KBO, fiscal_year_be: 2567, path: kbo-2567.csv}}
    - {{programme: QD, fiscal_year_be: 2568, empty: confirmed}}
settled: []
"""


def write_small_province(folder: Path, cycle: str = "kbo-test") -> Path:
    """Write the registers and the definition; the definition's path."""
    folder.mkdir(parents=True)
    write_csv(
        folder / "producers.csv",
        ("producer_id", "producer_name", "producer_type", "province", "district", "contact_name", "phone"),
        [(i, n, t, "พะเยา", d, "นางสมมติ ไม่มีจริง", "0899999999") for i, n, t, d, _ in PRODUCERS],
    )
    write_csv(
        folder / "products.csv",
        ("producer_id", "producer_name", "province", "product_name", "rating_year_be", "stars"),
        [(i, n, "พะเยา", f"ของ{i}", "2567", stars) for i, n, _, _, stars in PRODUCERS],
    )
    # One letter more than กลุ่มเครื่องเงินบ้านป่าสัก: near, for a person to settle.
    write_csv(
        folder / "kbo-2567.csv",
        ("producer_name", "province", "district"),
        [("กลุ่มเครื่องเงินบ้านป่าสักก", "พะเยา", "แม่ใจ"), ("กลุ่มอื่นที่ไม่อยู่ในทะเบียน", "พะเยา", "จุน")],
    )
    others = dict.fromkeys(("5609", "5605", "5602", "5604", "5603", "5608"), 0)
    quota = "{" + ", ".join(f'"{code}": {places}' for code, places in {**QUOTA, **others}.items()) + "}"
    (folder / "cycle.yaml").write_text(DEFINITION.format(cycle=cycle, quota=quota), encoding="utf-8")
    return folder / "cycle.yaml"


def write_csv(path: Path, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A CSV in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
