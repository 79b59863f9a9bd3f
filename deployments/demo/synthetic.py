"""A synthetic Phayao: registers with the faults that real ones have. No real person or group.

The kinds of dirt and their shares follow a count of one public file of 6,387 OTOP records: telephones that lost their
leading zero, several numbers in a cell, line breaks inside cells, untrimmed text, two SARA E for SARA AE, doubled tone
marks, SARA AM in two strokes, Thai digits, municipalities in the district column.
"""

import csv
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from kbo_core.domain.areas import District, provinces
from kbo_core.domain.thai_text import thai_digits

PROVINCE = provinces()["56"]
# The circular's allocation, in its order.
QUOTA = {"5601": 6, "5607": 2, "5609": 1, "5605": 4, "5602": 1, "5606": 2, "5604": 1, "5603": 1, "5608": 2}
NIL_DISTRICT = "5604"  # no group here meets the guideline
DOUBTFUL_DISTRICT = "5609"  # its one candidate is a near match on last year's list
STAR_YEAR = "2567"

_GROUP = "กลุ่มผู้ผลิตชุมชน"
_SINGLE = "ผู้ผลิตชุมชนที่เป็นเจ้าของรายเดียว"
_SME = "ผู้ผลิตที่เป็นวิสาหกิจขนาดกลางและขนาดย่อม"

_CRAFTS = {
    "ทอผ้า": ("ผ้าทอมือลายน้ำไหล", "ผ้าซิ่นตีนจก", "ผ้าพันคอฝ้าย", "ย่ามปักมือ"),
    "จักสาน": ("ตะกร้าหวาย", "กระติ๊บข้าวไม้ไผ่", "กระเป๋าผักตบชวา", "โคมไฟไม้ไผ่"),
    "แปรรูปปลา": ("ปลาส้ม", "น้ำพริกปลานิล", "ปลาแดดเดียว"),
    "น้ำพริก": ("น้ำพริกตาแดง", "น้ำพริกหนุ่ม", "น้ำพริกเผา"),
    "สมุนไพร": ("สบู่สมุนไพร", "ลูกประคบ", "ยาหม่องไพล", "น้ำมันนวด"),
    "ข้าวกล้อง": ("ข้าวหอมมะลิ", "ข้าวกล้องงอก", "ข้าวไรซ์เบอร์รี"),
    "ขนมไทย": ("ขนมปาด", "ข้าวแต๋นน้ำแตงโม", "กล้วยฉาบ", "ขนมเทียน"),
    "เครื่องเงิน": ("สร้อยข้อมือเงิน", "ต่างหูเงิน", "เข็มกลัดเงิน"),
    "เครื่องปั้นดินเผา": ("แจกันดินเผา", "ถ้วยกาแฟดินเผา"),
    "กาแฟ": ("กาแฟคั่วบด", "กาแฟดริปซอง"),
}
_VILLAGES = tuple(
    first + second
    for first in ("ห้วย", "แม่", "ดอน", "สัน", "ทุ่ง", "หนอง", "ป่า", "ร่อง", "ศรี", "ต้น")
    for second in ("แก้ว", "ทราย", "ลาน", "เคียน", "บง", "ผาง", "ม่วง", "สัก", "ขาม", "เหียง", "ใหม่", "หลวง")
)
_FIRST_NAMES = ("สมศรี", "บุญมี", "จันทร์เพ็ญ", "ประเสริฐ", "วิไล", "สุพรรณ", "อำพร", "เกษม", "ลำดวน", "ธนา")


@dataclass
class Producer:
    """A made-up producer; ``products`` are (name, rating year, stars, quadrant)."""

    producer_id: str
    name: str
    kind: str
    district: District
    products: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def is_scripted(self) -> bool:
        """Does the script rest on how this producer is decided?"""
        return self.district.code in (NIL_DISTRICT, DOUBTFUL_DISTRICT) and self.kind == _GROUP


def write_province(folder: Path, seed: int, producer_count: int = 600, product_count: int = 1500) -> None:
    """Producers as XLSX, products as CSV, two participant lists, and the definition ``cycle.yaml``.

    The same seed gives the same registers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(seed)  # noqa: S311 - made-up data, not secrets
    producers = _producers(draw, producer_count)
    doubtful = next(p for p in producers if p.district.code == DOUBTFUL_DISTRICT and p.kind == _GROUP)
    _rate(draw, producers, product_count, doubtful)
    past = [p for p in producers if not p.is_scripted and draw.random() < 0.06]
    _write_producers(folder / "producers.xlsx", draw, producers)
    _write_products(folder / "products.csv", draw, producers)
    _write_list(folder / "kbo-2567.csv", past, misspelt=doubtful)
    _write_list(folder / "qd-2568.csv", [p for p in producers if draw.random() < 0.03])
    (folder / "cycle.yaml").write_text(_DEFINITION, encoding="utf-8")


def _producers(draw: random.Random, count: int) -> list[Producer]:
    names = [(craft, village) for craft in _CRAFTS for village in _VILLAGES]
    draw.shuffle(names)
    shares = sum(QUOTA.values()) + 3 * len(QUOTA)
    made: list[Producer] = []
    for district in PROVINCE.districts:
        for _ in range(round(count * (QUOTA[district.code] + 3) / shares)):
            craft, village = names[len(made)]
            kind = draw.choices((_GROUP, _SINGLE, _SME), (70, 25, 5))[0]
            title = {_GROUP: "กลุ่ม", _SINGLE: "ร้าน", _SME: "บริษัท "}[kind]
            made.append(Producer(f"56-{len(made) + 1:04}", f"{title}{craft}บ้าน{village}", kind, district))
    return made


def _rate(draw: random.Random, producers: list[Producer], count: int, doubtful: Producer) -> None:
    for n in range(count):
        producer = producers[n] if n < len(producers) else draw.choice(producers)
        craft = next(craft for craft in _CRAFTS if craft in producer.name)
        if draw.random() < 0.25:
            rating = ("", "", draw.choice("DDDCB"))
        else:
            year = draw.choices((STAR_YEAR, "2565", "2562"), (60, 30, 10))[0]
            stars = draw.choices("12345", (5, 10, 30, 35, 20))[0]
            rating = (year, "5" if producer.is_scripted else stars, draw.choice("ABCD"))
        producer.products.append((draw.choice(_CRAFTS[craft]), *rating))
    doubtful.products[0] = (doubtful.products[0][0], STAR_YEAR, "3", "C")


def _dirty(draw: random.Random, text: str) -> str:
    """The text as somebody typed it; what it says stays the same."""
    fault = draw.random()
    if fault < 0.17:
        return draw.choice((f" {text}", f"{text} ", f"{text}\u00a0"))
    if fault < 0.18:
        return text.replace("แ", "เเ", 1)
    if fault < 0.19:
        return text.replace("ำ", "ํา", 1)
    if fault < 0.20:
        return text.replace("้", "้้", 1)
    return text


def _telephone(draw: random.Random) -> object:
    number = f"08{draw.randrange(10**8):08}"
    fault = draw.random()
    if fault < 0.36:
        return int(number)  # the leading zero is gone
    if fault < 0.41:
        return f"{number}\n09{draw.randrange(10**8):08}"
    return f"{number[:3]}-{number[3:]}" if fault < 0.8 else number


def _write_producers(path: Path, draw: random.Random, producers: Sequence[Producer]) -> None:
    rows: list[list[Any]] = [
        [
            p.producer_id,
            _dirty(draw, p.name),
            "" if draw.random() < 0.01 and not p.is_scripted else p.kind,
            draw.choice(("พะเยา", "พะเยา", "จ.พะเยา")),
            draw.choice((p.district.name_th, p.district.name_th, f"อ.{p.district.name_th}")),
            f"{draw.choice(_FIRST_NAMES)} (นามสมมติ)",
            _telephone(draw),
        ]
        for p in producers
    ]
    for row in draw.sample([r for r in rows if "ร้าน" in str(r[1])], 3):
        row[4] = "เทศบาลเมืองพะเยา"
    rows += [list(row) for row in draw.sample(rows, 2)]  # registered twice
    draw.shuffle(rows)
    title = "ทะเบียนผู้ผลิต ผู้ประกอบการ OTOP จังหวัดพะเยา (ข้อมูลสังเคราะห์เพื่อการสาธิต ไม่ใช่ข้อมูลจริง)"
    heading = ["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "ประเภทผู้ผลิต", "จังหวัด", "อำเภอ", "ชื่อประธาน", "เบอร์โทรศัพท์"]
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("ทะเบียน")
        for n, row in enumerate([[title], heading, *rows]):
            sheet.write_row(n, 0, row)


def _write_products(path: Path, draw: random.Random, producers: Sequence[Producer]) -> None:
    rows, spoilable = [], []
    for p in producers:
        for name, year, stars, quadrant in p.products:
            by_id = draw.random() < 0.6
            row: list[str] = [
                p.producer_id if by_id else "",
                p.name if by_id else _dirty(draw, p.name),
                PROVINCE.name_th,
                p.district.name_th,
                _dirty(draw, name),
                thai_digits(year) if draw.random() < 0.05 else year,
                f"{stars} ดาว" if stars and draw.random() < 0.1 else stars,
                STAR_YEAR if quadrant else "",
                quadrant,
            ]
            rows.append(row)
            if year and not p.is_scripted:
                spoilable.append(row)
    for spoilt, stars in zip(draw.sample(spoilable, 3), ("สามดาว?", "ผ่าน", "N/A"), strict=True):
        spoilt[6] = stars
    for spoilt in draw.sample(spoilable, 3):
        spoilt[5] = ""
    rows += [["", f"ร้านสูญหายลำดับที่ {n + 1}", PROVINCE.name_th, "", "ของที่ระลึก", STAR_YEAR, "2", "", ""] for n in range(5)]
    draw.shuffle(rows)
    heading = ["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "จังหวัด", "อำเภอ", "ชื่อผลิตภัณฑ์", "ปีที่คัดสรร", "ระดับดาว"]
    _write_csv(path, [[*heading, "ปีที่จัดกลุ่ม", "กลุ่มผลิตภัณฑ์"], *rows])


def _write_list(path: Path, producers: Iterable[Producer], misspelt: Producer | None = None) -> None:
    rows = [[p.producer_id, p.name, PROVINCE.name_th, p.district.name_th] for p in producers]
    if misspelt:  # one letter more than the register has, and no id: near, but not the same
        name = misspelt.name.replace("บ้าน", "บ้านน", 1)
        rows.append(["", name, PROVINCE.name_th, misspelt.district.name_th])
    _write_csv(path, [["รหัสผู้ผลิต", "ชื่อผู้ผลิต", "จังหวัด", "อำเภอ"], *rows])


def _write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)


_DEFINITION = """# รอบสาธิต: ข้อมูลสังเคราะห์ทั้งหมด จำนวนจัดสรรตามหนังสือจริง
cycle: kbo-2568-56-demo
programme: KBO
programme_year_be: 2568
province_code: "56"
circular: {number: "พย 0019.2/ว 00000 (สาธิต)", issued_on: 2024-12-06}
allocation: {year_be: 2568, total: 20}
deadline: {on: 2025-06-04, at: "16:30", if_nonworking: keep}
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
quota: {"5601": 6, "5607": 2, "5609": 1, "5605": 4, "5602": 1, "5606": 2, "5604": 1, "5603": 1, "5608": 2}
sources:
  producers: {path: producers.xlsx}
  products: {path: products.csv}
  participants:
    - {programme: KBO, fiscal_year_be: 2567, path: kbo-2567.csv}
    - {programme: QD, fiscal_year_be: 2568, path: qd-2568.csv}
"""
