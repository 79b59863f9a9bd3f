"""The office's own form: where its workbook has what, told in ``templates/form.yaml``, and by which words it is read.

The words beside and above the mapped cells are taken from the workbook itself: by them a returned form is read,
wherever its rows and columns went.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from kbo_core.documents import form_layout as layout
from kbo_core.documents.form_grids import MAX_COLUMNS, MAX_ROWS, Grid, Merge, column_of, letters_of, place_of
from kbo_core.documents.form_grids import Place as Cell
from kbo_core.documents.form_kinds import Kind
from kbo_core.documents.form_layout import Column, Place, Shape, label_key
from kbo_core.documents.form_screening import screen
from kbo_core.documents.form_xlsx_grids import xlsx_grids
from kbo_core.domain.findings import Finding, RefusedError, block, refused
from kbo_core.domain.thai_text import clean, name_key

FOLDER, MAPPING = "templates", "form.yaml"
_FARTHEST = 8  # columns left of a cell, and rows above a table, where its label is looked for
_DRAWINGS = ("xl/drawings/", "xl/media/", "xl/charts/")


def _cell(value: str) -> str:
    try:
        row, column = place_of(value)
    except ValueError:
        row, column = -1, 0
    if not (0 <= row < MAX_ROWS and column < MAX_COLUMNS):
        raise ValueError("ต้องเป็นที่อยู่ของช่อง เช่น C30 // a cell's address such as C30 is needed")
    return value.upper()


def _letters(value: str) -> str:
    if not (value.isascii() and value.isalpha() and column_of(value) < MAX_COLUMNS):
        raise ValueError("ต้องเป็นอักษรของคอลัมน์ เช่น B // a column's letters such as B are needed")
    return value.upper()


def _file_name(value: str) -> str:
    if PurePath(value).name != value or not value.lower().endswith(".xlsx"):
        raise ValueError("ต้องเป็นชื่อแฟ้ม .xlsx ที่อยู่ข้างแฟ้มนี้ // the name of an .xlsx beside this file is needed")
    return value


CellAddress = Annotated[str, AfterValidator(_cell)]
Letters = Annotated[str, AfterValidator(_letters)]
Row = Annotated[int, Field(ge=1, le=MAX_ROWS)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MappedColumns(_Part):
    """The columns of the office's table; the form's look-ups go into those that are not the id."""

    id: Letters
    number: Letters | None = None
    name: Letters | None = None
    products: Letters | None = None
    stars: Letters | None = None


class FormMapping(_Part):
    """Where the office's workbook has what. Rows of picks are counted as the spreadsheet counts them."""

    workbook: Annotated[str, AfterValidator(_file_name)]
    sheet: str
    form_code: CellAddress
    first_pick: Row
    last_pick: Row
    columns: MappedColumns
    reason: CellAddress
    nil: CellAddress
    reporter: CellAddress
    position: CellAddress | None = None
    reported_on: CellAddress | None = None
    district: CellAddress | None = None
    quota: CellAddress | None = None
    deadline: CellAddress | None = None

    @property
    def answers(self) -> dict[Place, str]:
        """The cells that a district fills besides the table."""
        cells = {place: getattr(self, place.value) for place in layout.ASKED}
        return {place: cell for place, cell in cells.items() if cell}

    @property
    def facts(self) -> dict[Place, str]:
        """The cells that the programme fills."""
        places = (Place.FORM_CODE, Place.DISTRICT, Place.QUOTA, Place.DEADLINE)
        return {place: cell for place in places if (cell := getattr(self, place.value))}


@dataclass(frozen=True)
class OfficeForm:
    """The office's workbook, its mapping, and the words by which its returned forms are read."""

    mapping: FormMapping
    workbook: bytes
    shape: Shape


def read_office_form(home: Path) -> OfficeForm | None:
    """The form that the office put into its home; None where it has none and ours is used.

    Raises RefusedError naming each key, cell or label that does not fit.
    """
    path = home / FOLDER / MAPPING
    if not path.is_file():
        return None
    where = f"{FOLDER}/{MAPPING}"
    mapping = _parse(path.read_bytes(), where)
    book = path.parent / mapping.workbook
    if not book.is_file():
        raise refused(
            "form-template-missing",
            where,
            f"ไม่พบแฟ้ม {mapping.workbook} ข้าง {MAPPING} ให้วางแฟ้มแบบของจังหวัดไว้ที่เดียวกัน",
            f"no {mapping.workbook} beside {MAPPING}",
        )
    content = book.read_bytes()
    return OfficeForm(mapping, content, _shape(mapping, content))


def _parse(content: bytes, where: str) -> FormMapping:
    try:
        data = YAML(typ="safe", pure=True).load(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, YAMLError, ValueError):
        data = None
    if not isinstance(data, dict):
        raise refused(
            "form-template-unreadable",
            where,
            "แฟ้มนี้อ่านเป็น YAML ไม่ได้ ให้ตรวจการย่อหน้าและเครื่องหมายโคลอน ดูตัวอย่างใน docs/office-form.md",
            "not a YAML mapping of keys; see docs/office-form.md",
        )
    try:
        mapping = FormMapping.model_validate(data)
    except ValidationError as error:
        raise RefusedError(*[_fault(where, fault) for fault in error.errors()]) from None
    if mapping.last_pick < mapping.first_pick:
        raise refused(
            "form-template-bad-value",
            f"{where}: last_pick",
            "แถวสุดท้ายของตาราง (last_pick) อยู่ก่อนแถวแรก (first_pick) ให้แก้ไข",
            "last_pick comes before first_pick",
        )
    return mapping


def _fault(where: str, fault: Any) -> Finding:
    place = ".".join(str(part) for part in fault["loc"])
    at = f"{where}: {place}"
    if fault["type"] == "extra_forbidden":
        return block("form-template-unknown-key", at, "ไม่รู้จักคำนี้ ให้ตรวจตัวสะกดหรือลบออก", f"unknown key: {place}")
    if fault["type"] == "missing":
        return block("form-template-missing-key", at, "ยังไม่ได้ระบุค่านี้ ให้เติมให้ครบ", f"missing key: {place}")
    thai, _, english = fault["msg"].removeprefix("Value error, ").rpartition(" // ")
    return block("form-template-bad-value", at, thai or "ค่านี้ใช้ไม่ได้ ให้ตรวจรูปแบบ", f"{english}: {place}")


def _shape(mapping: FormMapping, content: bytes) -> Shape:
    """The words of the office's form, found beside and above the mapped cells."""
    screened = screen(content, mapping.workbook)
    if screened.kind is not Kind.XLSX or any(part.startswith(_DRAWINGS) for part in screened.parts):
        raise refused(
            "form-template-drawings",
            mapping.workbook,
            "แบบของจังหวัดมีรูปภาพ กราฟ หรือกล่องข้อความ ซึ่งจะหายไปเมื่อกรอก ให้ลบออกหรือพิมพ์เป็นข้อความในช่อง",
            "the workbook has drawings, which would be lost: put text into cells instead",
        )
    grids = {name_key(grid.title): grid for grid in xlsx_grids(screened.parts)}
    grid = grids.get(name_key(mapping.sheet))
    taken = {name_key(title) for title in (layout.HELP_SHEET, layout.CANDIDATE_SHEET, layout.MARK_SHEET)} & grids.keys()
    if grid is None or taken:
        raise refused(
            "form-template-sheets",
            mapping.workbook,
            f"ต้องมีแผ่นงาน {mapping.sheet} และต้องไม่มีแผ่นงานชื่อ {layout.HELP_SHEET}, {layout.CANDIDATE_SHEET} หรือ "
            f"{layout.MARK_SHEET} ซึ่งระบบใช้ ให้แก้ชื่อแผ่นงานหรือ sheet",
            f"there must be a sheet {mapping.sheet}, and none that bears the name of one of ours",
        )
    words = _Words(mapping, grid)
    if faults := [*words.faults()]:
        raise RefusedError(*faults)
    return Shape(words.columns(), words.labels(), words.offsets())


class _Words:
    """The texts of the office's sheet and which of them label what."""

    def __init__(self, mapping: FormMapping, grid: Grid) -> None:
        self._mapping = mapping
        self._grid = grid
        self._texts = {place: text for place, raw in sorted(grid.texts.items()) if (text := clean(raw))}
        first = mapping.first_pick - 1
        columns = {column: getattr(mapping.columns, column.value) for column in Column}
        self._heads = {c: self._above((first, column_of(at))) for c, at in columns.items() if at}
        self._labels = {place: self._label(place_of(cell)) for place, cell in mapping.answers.items()}
        facts = {place: self._label(place_of(cell)) for place, cell in mapping.facts.items()}
        self._optional = {place: label for place, label in facts.items() if label and self._is_single(label)}

    def columns(self) -> dict[Column, frozenset[str]]:
        return {column: frozenset({self._key(head)}) for column, head in self._heads.items() if head}

    def labels(self) -> dict[Place, frozenset[str]]:
        """The keys of every label; what stands in the first filled row below the table ends it too."""
        named = {**self._optional, **self._labels}
        keys = {place: frozenset({self._key(label)}) for place, label in named.items() if label}
        below = [row for row, _ in self._texts if row >= self._mapping.last_pick]
        under = {label_key(text) for (row, _), text in self._texts.items() if row == min(below, default=-1)}
        return {**keys, Place.COUNT: frozenset(under - frozenset().union(*keys.values()))}

    def offsets(self) -> dict[Place, tuple[int, int]]:
        cells = {**self._mapping.facts, **self._mapping.answers}
        found = {}
        for place, label in {**self._optional, **self._labels}.items():
            if label:
                row, column = place_of(cells[place])
                found[place] = (row - label[0], column - label[1])
        return found

    def faults(self) -> Iterator[Finding]:
        """What in the mapping does not fit the workbook."""
        cells = {**self._mapping.facts, **self._mapping.answers}
        for place, cell in cells.items():
            merge = self._merge_at(place_of(cell))
            if merge and (merge.top, merge.left) != place_of(cell):
                first = f"{letters_of(merge.left)}{merge.top + 1}"
                yield block(
                    "form-template-merged",
                    f"{FOLDER}/{MAPPING}: {place.value}",
                    f"ช่อง {cell} อยู่ในเซลล์ที่ผสานไว้ ให้ระบุช่องแรกของกลุ่มนั้นคือ {first}",
                    f"{cell} is inside a merged cell: name its first, {first}",
                )
        asked = {f"columns.{column.value}": head for column, head in self._heads.items() if column is Column.ID}
        asked |= {place.value: label for place, label in self._labels.items()}
        for key, label in asked.items():
            if label is None or not self._is_single(label):
                yield block(
                    "form-template-label",
                    f"{FOLDER}/{MAPPING}: {key}",
                    "ไม่พบข้อความกำกับช่องนี้ (ทางซ้ายหรือด้านบน) หรือข้อความนั้นมีซ้ำในแผ่นงาน จึงอ่านแบบที่ส่งกลับไม่ได้ "
                    "ให้พิมพ์ข้อความกำกับที่ไม่ซ้ำกันในแบบ",
                    "no label left of or above this cell, or the label stands twice in the sheet",
                )

    def _key(self, cell: Cell) -> str:
        return label_key(self._texts[cell])

    def _is_single(self, label: Cell) -> bool:
        return [label_key(text) for text in self._texts.values()].count(self._key(label)) == 1

    def _label(self, cell: Cell) -> Cell | None:
        """The text left of a cell, or above it."""
        row, column = cell
        for left in range(column - 1, max(-1, column - _FARTHEST - 1), -1):
            if (row, left) in self._texts:
                return row, left
        return self._above(cell)

    def _above(self, cell: Cell) -> Cell | None:
        """The text above a cell, also where it stands in the first of joined cells."""
        row, column = cell
        for up in range(row - 1, max(-1, row - _FARTHEST - 1), -1):
            merge = self._merge_at((up, column))
            place = (merge.top, merge.left) if merge else (up, column)
            if place in self._texts:
                return place
        return None

    def _merge_at(self, cell: Cell) -> Merge | None:
        row, column = cell
        for merge in self._grid.merges:
            if merge.top <= row <= merge.bottom and merge.left <= column <= merge.right:
                return merge
        return None
