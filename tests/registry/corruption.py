"""Files as damaged as files get: small registers, bent and broken by a seed. The same seed gives the same file."""

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from tests.registry.made.files import as_csv, as_ods

MADE = Path(__file__).parent / "made"
CONTACT = "ดอยลับแล"  # the marker in every chair's name
PHONE = "819998877"  # the marker in every telephone, whatever stands before and between
CITIZEN = "1560100123451"  # the marker in every national ID; its last digit is right
NUMBERS = (PHONE, CITIZEN)
SECRETS = (CONTACT, *NUMBERS)

GROUP = "กลุ่มผู้ผลิตชุมชน"
_TYPES = (GROUP,) * 6 + ("วิสาหกิจชุมชน", "รายเดี่ยว", "SMEs", "", "กลุ่ม")
_DISTRICTS = ("เมืองพะเยา", "จุน", "แม่ใจ", "อ.จุน", "อำเภอปง", "เมือง", "5607", "เชียงคำ")
_WORDS = ("ทอผ้าไหม", "แปรรูปปลาส้ม", "จักสานผักตบ", "น้ำพริกแม่บ้าน", "เห็ดนางฟ้า", "ผ้าปักไทลื้อ", "ลำไยอบแห้ง")
_PLACES = ("บ้านต๊ำ", "กว๊านเหนือ", "ดอยหลวงใต้", "สันปูเลย")
_ELSEWHERE = (("เชียงราย", "เชียงของ"), ("น่าน", "ปัว"), ("กรุงเทพมหานคร", "จอมทอง"), ("เชียงใหม่", "จอมทอง"))
HEADINGS = {
    "producer_id": "รหัสผู้ผลิต",
    "producer_name": "ชื่อผู้ผลิต",
    "producer_type": "ประเภทผู้ผลิต",
    "province": "จังหวัด",
    "district": "อำเภอ",
    "subdistrict": "ตำบล",
    "contact_name": "ชื่อประธาน",
    "phone": "โทรศัพท์",
    "citizen": "เลขประจำตัวประชาชน",
    "product_name": "ชื่อผลิตภัณฑ์",
    "rating_year_be": "ปีที่คัดสรร",
    "stars": "ระดับดาว",
    "quadrant_year_be": "ปีที่จัดกลุ่ม",
    "quadrant": "กลุ่มquadrant",
}
COLUMNS = {
    "producers": (
        "producer_id", "producer_name", "producer_type", "province", "district", "subdistrict", "contact_name",
        "phone", "citizen",
    ),
    "products": (
        "producer_name", "province", "district", "product_name", "rating_year_be", "stars", "quadrant_year_be",
        "quadrant", "contact_name", "phone",
    ),
    "list": ("producer_name", "province", "district", "contact_name", "citizen", "phone"),
}  # fmt: skip

Cell = Any
Rows = list[list[Cell]]


@dataclass(frozen=True)
class Formula:
    """A cell that is computed; ``shown`` is what a reader sees."""

    text: str
    shown: str | float


@dataclass(frozen=True)
class CorruptedFile:
    """A file, and how the one who made it would read it: ``separator`` and ``encoding`` of a text, else ""."""

    seed: int
    kind: str
    label: str
    content: bytes
    source: dict[str, str]
    steps: tuple[str, ...]
    separator: str = ""
    encoding: str = ""
    has_merges: bool = False
    may_show_secrets: bool = False
    is_harmed: bool = False  # in its bytes: a chair's name may have lost the title by which it is known

    def __repr__(self) -> str:
        return f"<seed {self.seed} {self.kind} {self.label} {self.source} after {', '.join(self.steps)}>"


@dataclass
class _Sheet:
    """A table on its way to be a file."""

    kind: str
    rows: Rows
    names: list[str]
    merges: list[tuple[int, int, int]] = field(default_factory=list)  # first row, last row, column
    sheets: list[tuple[str, Rows]] = field(default_factory=list)  # beside it
    may_show_secrets: bool = False

    @property
    def heading(self) -> int:
        return next((n for n, row in enumerate(self.rows) if len(row) > 1), 0)

    def body(self, pick: Random) -> int:
        """A row below the heading."""
        return pick.randrange(self.heading + 1, len(self.rows)) if len(self.rows) > self.heading + 1 else 0

    def at(self, name: str) -> int:
        return self.names.index(name) if name in self.names else 0


def name_of(n: int) -> str:
    return f"กลุ่ม{_WORDS[n % 7]}{_PLACES[n // 7 % 4]}"


def _row(kind: str, n: int, pick: Random) -> list[Cell]:
    far = n >= 22
    province, district = pick.choice(_ELSEWHERE) if far else ("พะเยา", pick.choice(_DISTRICTS))
    cells = {
        "producer_id": f"P{n:02}",
        "producer_name": name_of(n % 28),
        "producer_type": pick.choice(_TYPES),
        "province": province,
        "district": district,
        "subdistrict": pick.choice(["", "แม่ต๊ำ"]),
        "contact_name": pick.choice([f"นางคำหล้า {CONTACT}", f" นางคำหล้า  {CONTACT}"]),  # the blanks are a repair
        "phone": pick.choice(["0819998877", "081-999-8877", "081 999 8877", "819998877", "0819998877, 053123456"]),
        "citizen": CITIZEN,
        "product_name": pick.choice(["ผ้าทอ", "ปลาส้ม", "น้ำพริก"]),
        "rating_year_be": pick.choice(["2567", "2567", "๒๕๖๗", "2565"]),
        "stars": pick.choice(["1", "2", "3 ดาว", "๔", "5", ""]),
        "quadrant_year_be": pick.choice(["2567", ""]),
        "quadrant": pick.choice(["A", "D", ""]),
    }
    return [cells[name] for name in COLUMNS[kind]]


@cache
def _base(kind: str, variant: int) -> tuple[tuple[Cell, ...], ...]:
    pick = Random(variant)  # noqa: S311 - a variant, not a secret
    names = COLUMNS[kind]
    heading = names if variant % 3 == 0 else [HEADINGS[name] for name in names]
    count = {"producers": 28, "products": 28, "list": 9}[kind]
    chosen = range(count) if kind != "list" else [0, 3, 5, 8, 9, 11, 23, 24, 25]
    first = ["เลขประจำตัวประชาชน" if name == "citizen" else name for name in heading]
    rows = [first, *(_row(kind, n, pick) for n in chosen)]
    return tuple(tuple(row) for row in rows)


def original(kind: str, variant: int = 0) -> list[list[str]]:
    """The table of a kind before anything happened to it, in one of its headings."""
    return [[str(cell) for cell in row] for row in _base(kind, variant)]


@cache
def _made(name: str) -> bytes:
    return (MADE / name).read_bytes()


def pristine(kind: str) -> bytes:
    return as_csv(original(kind))


# --- what happens to a table ----------------------------------------------------------------------------------------


def _title_rows(sheet: _Sheet, pick: Random) -> None:
    titles: Rows = [["ทะเบียนผู้ผลิต OTOP จังหวัดพะเยา"], [], ["ข้อมูล ณ วันที่ 1 ธันวาคม 2567"]]
    sheet.rows[:0] = titles[: pick.randint(1, 3)]


def _total_row(sheet: _Sheet, pick: Random) -> None:
    words = ["รวมทั้งสิ้น 275 ราย", "รวม", "ยอดรวม", "รวมทั้งหมด ๒๘ กลุ่ม", "Total"]
    row = [""] * len(sheet.names)
    row[pick.choice([0, sheet.at("producer_name"), len(row) - 1])] = pick.choice(words)
    sheet.rows.append(row)


def _repeated_heading(sheet: _Sheet, pick: Random) -> None:
    sheet.rows.insert(sheet.body(pick), list(sheet.rows[sheet.heading]))


def _renamed_heading(sheet: _Sheet, pick: Random) -> None:
    heading = sheet.rows[sheet.heading]
    at = pick.randrange(len(heading))
    heading[at] = pick.choice(
        [" " + str(heading[at]), f"{heading[at]}\n(ระบุ)", "หมู่บ้าน", "", "ประเภท", str(heading[at]) * 2]
    )


def _duplicated_heading(sheet: _Sheet, pick: Random) -> None:
    heading = sheet.rows[sheet.heading]
    heading[pick.randrange(len(heading))] = pick.choice(heading)
    sheet.may_show_secrets = True  # a telephone may now stand under a producer's name


def _no_heading(sheet: _Sheet, pick: Random) -> None:
    del sheet.rows[sheet.heading]


def _swapped_columns(sheet: _Sheet, pick: Random) -> None:
    a, b = pick.sample(range(len(sheet.names)), 2)
    for row in sheet.rows[sheet.heading :]:
        if len(row) > max(a, b):
            row[a], row[b] = row[b], row[a]


def _swapped_headings(sheet: _Sheet, pick: Random) -> None:
    heading = sheet.rows[sheet.heading]
    open_ones = [n for n, name in enumerate(sheet.names) if name not in ("contact_name", "phone", "citizen")]
    a, b = pick.sample(open_ones, 2)
    if max(a, b) < len(heading):
        heading[a], heading[b] = heading[b], heading[a]


def _dropped_column(sheet: _Sheet, pick: Random) -> None:
    at = pick.randrange(len(sheet.names))
    for row in sheet.rows:
        del row[at : at + 1]


def _ragged(sheet: _Sheet, pick: Random) -> None:
    row = sheet.rows[sheet.body(pick)]
    what = pick.randrange(4)
    if what == 0:
        del row[pick.randint(0, len(row)) :]
    elif what == 1:
        row.insert(pick.randint(0, len(row)), pick.choice(["", "แทรก", "0"]))
    elif what == 2 and row:
        del row[pick.randrange(len(row))]
    else:
        row += [pick.choice(["", "ล้น", "x"])] * pick.randint(1, 5)


def _blank_rows(sheet: _Sheet, pick: Random) -> None:
    for _ in range(pick.randint(1, 4)):
        sheet.rows.insert(sheet.body(pick), pick.choice([[], [""], ["", " ", "\u00a0", "\u3000"], ["\t\n"]]))


def _blanked_cells(sheet: _Sheet, pick: Random) -> None:
    for _ in range(pick.randint(1, 12)):
        row = sheet.rows[sheet.body(pick)]
        if row:
            row[pick.randrange(len(row))] = pick.choice(["", " ", None, "-"])


_ODD_TEXTS: tuple[Cell, ...] = (
    "\u200b", "\ufeff", "ทอ\u200bผ้า", "น\u0e4d\u0e32พริก", "ก\u0e49\u0e49\u0e49", "เเม่ใจ", "๙๙", "😀", "\u202eพะเยา",
    "ا ل", "\u0301", "e\u0301", "𝔾𝟙", "\ud800", "\udfff x", "\x00", "\x1f", "\x85", "\u2028", "\u001c", "ﷺ", "\ufffe",
    "\uffff", "=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "+66", "-5", "-999999999999", "1e308", "nan", "None",
    "True", "0", "0.1", "99999999999999999999", "a\nb", "a\r\nb", '"', '""', "'", ",", ";", "\t", "|", "\\", "\\N",
    "null", "NULL", "#N/A", "ก" * 200, "ก" * 3000, "กลุ่ม" + "\u0e49" * 50, " ".join(["ก"] * 60), "พะเยา\u0000", "รวม",
    "ทั้งหมด", "2024", "พ.ศ. 2567", "6 ดาว", "ไม่มี", "E", "<b>x</b>", "&amp;", "_x0041_",
)  # fmt: skip


def _odd_text(sheet: _Sheet, pick: Random) -> None:
    for _ in range(pick.randint(1, 6)):
        row = sheet.rows[pick.choice([sheet.body(pick)] * 5 + [sheet.heading])]
        if row:
            at, odd = pick.randrange(len(row)), pick.choice(_ODD_TEXTS)
            row[at] = odd if pick.random() < 0.5 else f"{row[at]}{odd}"


def _odd_values(sheet: _Sheet, pick: Random) -> None:
    values: list[Cell] = [
        -1, 0, 2567, 2567.0, 3.0, 3.5, 1e300, -1e-300, True, False, 812345678, 12345678901234567890.0,
        Formula("=1/0", "#DIV/0!"), Formula("=NA()", "#N/A"), Formula('="พะ"&"เยา"', "พะเยา"), Formula('=""', ""),
        Formula("=2+1", 3), _Date(45631), _Date(0.5), _Date(45631.25), _Date(-1),
    ]  # fmt: skip
    for _ in range(pick.randint(1, 6)):
        row = sheet.rows[sheet.body(pick)]
        if row:
            row[pick.randrange(len(row))] = pick.choice(values)


def _national_id_in_a_name(sheet: _Sheet, pick: Random) -> None:
    row = sheet.rows[sheet.body(pick)]
    at = pick.choice([sheet.at("producer_name"), pick.randrange(len(row))]) if row else 0
    dashed = "1-5601-00123-45-1"
    number = pick.choice(
        [CITIZEN, dashed, dashed.replace("-", " "), CITIZEN.translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))]
    )
    if at < len(row) and sheet.names[at : at + 1] != ["phone"]:
        row[at] = pick.choice(
            [f"{row[at]} {number}", f"{row[at]}{number}", f"{number}{row[at]}", f"({number}) {row[at]}", number]
        )


def _repeated_rows(sheet: _Sheet, pick: Random) -> None:
    for _ in range(pick.randint(1, 5)):
        copy = list(sheet.rows[sheet.body(pick)])
        if pick.random() < 0.4 and len(copy) > 3:
            copy[pick.randrange(len(copy))] = pick.choice(["", "จุน", "แม่ใจ", "SMEs", GROUP])
        sheet.rows.insert(sheet.body(pick), copy)


def _other_areas(sheet: _Sheet, pick: Random) -> None:
    for _ in range(pick.randint(1, 8)):
        row = sheet.rows[sheet.body(pick)]
        name, words = pick.choice([
            ("province", ["เชียงราย", "พเยา", "", "Phayao", "57", "จ.น่าน", "ลาว"]),
            ("district", ["เทศบาลเมืองพะเยา", "เชียงของ", "", "จอมทอง", "9999", "ต.จุน"]),
        ])  # fmt: skip
        at = sheet.at(name)
        if at < len(row):
            row[at] = pick.choice(words)


def _shuffled(sheet: _Sheet, pick: Random) -> None:
    body = sheet.rows[sheet.heading + 1 :]
    pick.shuffle(body)
    sheet.rows[sheet.heading + 1 :] = body


def _few_rows(sheet: _Sheet, pick: Random) -> None:
    del sheet.rows[sheet.heading + 1 + pick.choice([0, 0, 1, 2, 5]) :]


def _nothing(sheet: _Sheet, pick: Random) -> None:
    sheet.rows[:] = pick.choice([[], [[]], [[""], ["", ""]], [[" "]], [["ข้อความเดียว"]]])


def _many_columns(sheet: _Sheet, pick: Random) -> None:
    width = pick.choice([300, 300, 2_000, 17_000])
    row = sheet.rows[pick.choice([sheet.heading, sheet.body(pick)])]
    row += [pick.choice(["", "x", "คอลัมน์"])] * (width - len(row))


def _huge_cell(sheet: _Sheet, pick: Random) -> None:
    row = sheet.rows[sheet.body(pick)]
    if row:
        row[pick.randrange(len(row))] = pick.choice(["ยาว", "x", "\n", " ", "๙"]) * pick.choice(
            [1_000, 40_000, 140_000]
        )


def _merged(sheet: _Sheet, pick: Random) -> None:
    first = sheet.body(pick)
    last = min(first + pick.randint(1, 5), len(sheet.rows) - 1)
    at = sheet.at(pick.choice(["province", "district", "producer_name"]))
    if last > first and all(len(sheet.rows[n]) > at for n in range(first, last + 1)):
        for n in range(first + 1, last + 1):
            sheet.rows[n][at] = ""
        sheet.merges.append((first, last, at))


def _two_row_heading(sheet: _Sheet, pick: Random) -> None:
    heading = sheet.rows[sheet.heading]
    sheet.rows.insert(sheet.heading, ["ผลการคัดสรร" if pick.random() < 0.3 else "" for _ in heading])


def _more_sheets(sheet: _Sheet, pick: Random) -> None:
    beside: list[tuple[str, Rows]] = [
        ("คำชี้แจง", [["ข้อมูล ณ วันที่ 1 ธันวาคม 2567"]]),
        ("ว่าง", []),
        ("ซ้ำ", [list(row) for row in sheet.rows[: pick.randint(1, len(sheet.rows) or 1)]]),
        ("ซ่อน", [["ลับ"]]),
    ]
    sheet.sheets[:] = pick.sample(beside, pick.randint(1, 3))


_TABLE_STEPS: tuple[Callable[[_Sheet, Random], None], ...] = (
    _title_rows, _total_row, _repeated_heading, _renamed_heading, _duplicated_heading, _no_heading, _swapped_columns,
    _swapped_headings, _dropped_column, _ragged, _ragged, _ragged, _blank_rows, _blanked_cells, _odd_text, _odd_text,
    _odd_text, _odd_values, _odd_values, _national_id_in_a_name, _national_id_in_a_name, _repeated_rows, _other_areas,
    _shuffled, _few_rows, _huge_cell, _merged, _two_row_heading, _more_sheets,
)  # fmt: skip
_RARE_STEPS = (_nothing, _many_columns)


# --- how a table becomes a file -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Date:
    """A spreadsheet's date: days since its beginning."""

    serial: float


def _text(cell: Cell) -> str:
    if isinstance(cell, Formula):
        return str(cell.shown)
    if isinstance(cell, _Date):
        return "2024-12-05"
    return "" if cell is None else str(cell)


def _as_text(sheet: _Sheet, pick: Random) -> tuple[bytes, str, str]:
    separator = pick.choice([",", ",", ",", ";", "\t", "|"])
    encoding = pick.choice(["utf-8-sig"] * 4 + ["utf-8", "utf-8", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
    try:
        content = as_csv([[_text(cell) for cell in row] for row in sheet.rows], "utf-16-le", separator)
        text = content.decode("utf-16-le")
        if pick.random() < 0.2:
            text = text.replace("\r\n", pick.choice(["\n", "\r", "\r\r\n"]))
        return text.encode(encoding), separator, encoding
    except UnicodeEncodeError:
        rows = [[_text(cell) for cell in row] for row in sheet.rows]
        text = "\r\n".join(separator.join(row) for row in rows)
        return text.encode("utf-8", "surrogatepass"), separator, "utf-8"


def _as_xlsx(sheet: _Sheet, pick: Random) -> bytes:
    out = io.BytesIO()
    name = pick.choice(["Sheet1", "ทะเบียน ปี 2567", "ก&ข <1>"])
    sheets = [(name, sheet.rows), *sheet.sheets]
    if pick.random() < 0.3:
        sheets.reverse()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for title, rows in sheets:
            page = book.add_worksheet(title)
            for n, row in enumerate(rows):
                for m, cell in enumerate(row):
                    if isinstance(cell, Formula):
                        page.write_formula(n, m, cell.text, None, cell.shown)
                    elif isinstance(cell, _Date):
                        page.write_number(n, m, cell.serial, dated)
                    elif isinstance(cell, bool):
                        page.write_boolean(n, m, cell)
                    elif isinstance(cell, int | float):
                        page.write_number(n, m, cell)
                    elif cell:
                        page.write_string(n, m, _writable(str(cell)))
            if title == "ซ่อน":
                page.hide()
            if title == name:
                _merge(page, sheet)
    return out.getvalue()


def _merge(page: Any, sheet: _Sheet) -> None:
    taken: set[tuple[int, int]] = set()
    for first, last, at in sheet.merges:
        cells = {(n, at) for n in range(first, last + 1)}
        if last < len(sheet.rows) and at < len(sheet.rows[first]) and not cells & taken:
            taken |= cells
            page.merge_range(first, at, last, at, _writable(_text(sheet.rows[first][at])))


def _writable(text: str) -> str:
    return "".join(letter for letter in text if not "\ud800" <= letter <= "\udfff")


def _as_ods_file(sheet: _Sheet) -> bytes:
    def clean(cell: Cell) -> str:
        return "".join(letter for letter in _writable(_text(cell)) if letter >= " " and letter not in "\ufffe\uffff")

    return as_ods({"ก": [[clean(cell) for cell in row] for row in sheet.rows]})


# --- what happens to the bytes --------------------------------------------------------------------------------------


def _flipped(content: bytes, pick: Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(pick.choice([1, 1, 2, 5, 40])):
        if damaged:
            damaged[pick.randrange(len(damaged))] ^= 1 << pick.randrange(8)
    return bytes(damaged)


def _dropped(content: bytes, pick: Random) -> bytes:
    at = pick.randrange(len(content) or 1)
    return content[:at] + content[at + pick.choice([1, 1, 2, 3, 50]) :]


def _duplicated(content: bytes, pick: Random) -> bytes:
    a = pick.randrange(len(content) or 1)
    b = a + pick.choice([1, 2, 30, 500])
    return content[:b] + content[a:]


def _truncated(content: bytes, pick: Random) -> bytes:
    return content[: pick.choice([pick.randrange(len(content) or 1), len(content) - pick.randint(1, 5)])]


def _inserted(content: bytes, pick: Random) -> bytes:
    noise = pick.choice(
        [
            b"\x00",
            b'"',
            b'"',
            b",",
            b"\n",
            b"\r",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"\x1a",
            b"PK\x03\x04",
            b"<html>",
            pick.randbytes(8),
        ]
    )
    at = pick.choice([0, pick.randrange(len(content) or 1), len(content)])
    return content[:at] + noise + content[at:]


def _member(content: bytes, pick: Random) -> bytes:
    """A part of a zipped workbook damaged or left out, the rest packed again as it was."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError):
        return _flipped(content, pick)
    except Exception as error:  # zlib.error has no class of its own to be named by
        if type(error).__name__ != "error":
            raise
        return _flipped(content, pick)
    if not parts:
        return content
    weighty = [
        name for name in parts if "sheet" in name or "Strings" in name or "content" in name or "workbook" in name
    ]
    at = pick.choice(weighty or sorted(parts))
    if pick.random() < 0.2:
        del parts[at]
    else:
        parts[at] = pick.choice([_flipped, _dropped, _duplicated, _truncated, _inserted])(parts[at], pick)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


_BYTE_STEPS = (_flipped, _flipped, _dropped, _duplicated, _truncated, _inserted, _inserted)
_HARMS = {step.__name__[1:] for step in (*_BYTE_STEPS, _member)}


def corrupted(seed: int, kind: str) -> CorruptedFile:
    """The file of a seed; it is read under a name of its own."""
    pick = Random(seed)  # noqa: S311 - to be repeated, not a secret
    variant = pick.randrange(6)
    sheet = _Sheet(kind, [list(row) for row in _base(kind, variant)], list(COLUMNS[kind]))
    steps: list[str] = []
    for _ in range(pick.choice([0, 1, 1, 1, 2, 2, 3, 5])):
        step = pick.choice(_RARE_STEPS) if pick.random() < 0.03 else pick.choice(_TABLE_STEPS)
        if sheet.rows and sheet.rows[sheet.heading]:
            step(sheet, pick)
            steps.append(step.__name__[1:])
    form = pick.choice(["csv"] * 11 + ["xlsx"] * 7 + ["ods"] * 2 + ["xls"])
    separator = encoding = ""
    if form == "csv":
        content, separator, encoding = _as_text(sheet, pick)
    elif form == "xlsx":
        content = _as_xlsx(sheet, pick)
    elif form == "ods" and pick.random() < 0.7:
        content = _as_ods_file(sheet)
    else:
        name = f"damaged-{kind}.{form}"
        content, steps = _made(name), [name]
    harm = pick.random()
    if harm < 0.45 or not steps:
        for _ in range(pick.choice([1, 1, 2])):
            damage = _member if form in ("xlsx", "ods") and pick.random() < 0.6 else pick.choice(_BYTE_STEPS)
            content = damage(content, pick)
            steps.append(damage.__name__[1:])
    ending = form
    if pick.random() < 0.04:
        ending = pick.choice(["csv", "tsv", "xlsx", "xls", "ods", "xlsb", "txt", "dat", "XLSX"])
        steps.append(f"named .{ending}")
    source: dict[str, str] = {}
    if pick.random() < 0.05:
        source["encoding"] = pick.choice(["utf-8", "cp874", "tis-620", "utf-16", "latin-1", "utf-7", "hex", "nonsense"])
        steps.append(f"said to be {source['encoding']}")
    if form != "csv" and pick.random() < 0.3:
        source["sheet"] = pick.choice(["*", "*", "*", "Sheet1", "ไม่มี", "ก"])
    return CorruptedFile(
        seed,
        kind,
        f"{kind}-{seed}.{ending}",
        content,
        source,
        tuple(steps),
        separator,
        encoding,
        bool(sheet.merges),
        sheet.may_show_secrets,
        any(step in _HARMS for step in steps),
    )
