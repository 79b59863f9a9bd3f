"""Rows of a table of districts and numbers, however the cells are parted and wrapped.

Figures are taken as printed, under the names as printed: nothing is matched to an official district here.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from kbo_core.circular.folded import folded
from kbo_core.circular.letter import Letter, Quote
from kbo_core.circular.lines import Page
from kbo_core.domain.areas import districts
from kbo_core.domain.thai_text import clean

_NAME_HEADING = re.compile(r"(?:ราย)?(?:ชื่อ)?(?:อำเภอ|เขต)(?:\(.*\)|/.*)?$")
_COUNT_HEADING = re.compile(r"จำนวน|จัดสรร|โควตา|เป้าหมาย|\(?(?:กลุ่ม|ราย)\)?$")
_BARE_YEAR = re.compile(r"(?:กลุ่ม|ราย)?(?:ประจำ)?ปี(?:งบประมาณ)?(?:พ\.?ศ\.?)?(?:2[4-7])?\d{2}$")
_OTHER_HEADING = re.compile(r"^(?:ชื่อ|ประเภท)|บาท|เงิน")
_UNIT_HEADING = re.compile(r"\(?(?:กลุ่ม|ราย|แห่ง)\)?$")
_ALLOCATED = re.compile(r"จัดสรร|เป้าหมาย|โควตา")
_YEAR = re.compile(r"(?<!\d)2[4-7]\d{2}(?!\d)|(?<=ปี)\d{2}(?!\d)")
_COUNTS_IN_TEXT = re.compile(r"จำนวน(?!เงิน)")
_NAMES_IN_TEXT = re.compile(r"(?<!ใน)(?:อำเภอ|เขต)")
_TOTAL = re.compile(r"(?:ยอด)?รวม")
_NO_NAME = re.compile(r"หมายเหตุ|ที่มา|ข้อมูล|ณวันที่|ประจำ|ปี|จึง|ข้อ|โทร")
_UNIT = r"(?:กลุ่ม|ราย|แห่ง|คน)"
_COUNT = re.compile(rf"(?:จำนวน)?\s*(?P<n>\d{{1,4}}|[-–—])\s*(?:{_UNIT}\S*)?\s*(?:\((?P<words>[^()]*)\))?\.?$")
_ORDINAL = re.compile(r"\(?\d{1,2}[.)]?$")
_LINE_ROW = re.compile(
    r"(?:(?P<ordinal>\(?\d{1,2}[.)]?)\s+)?(?P<name>[ก-ฮเ-ไ][^\d|(]*?)\s*(?:ได้รับจัดสรร|ได้รับ)?\s*(?:จำนวน)?[\s:=.…]*?"
    rf"(?<![\d.])(?P<n>\d{{1,4}}|(?<=\s)[-–—](?=\s|$))\s*(?:{_UNIT}[^\s,\d(]*)?\s*(?:\((?P<words>[ก-ฮเ-ไะ-ู็-์\s]+)\))?(?=[\s,;.]|$)"
)
_LINE_PIECE = re.compile(r"(?:(?P<ordinal>\(?\d{1,2}[.)]?)\s+)?(?P<name>[ก-ฮเ-ไ][^\d]{0,30})$")
_DASHES = ("-", "–", "—")
_LEADING_TO = re.compile(r"\s*(?:ได้รับจัดสรร|ได้รับ|จัดสรร)?\s*(?:จำนวน)?$")
_PIPE = r"\|"
_BORDERS = ((r"(?:</?t[rdh][^>]*>\s*)+", 2), (_PIPE, 2), (r"\t", 1), (r",", 2))
_PROSE_NAME = 40
_YEARS_FROM = 2400


@dataclass(frozen=True)
class Row:
    """A district as printed; ``count`` is None where nothing is. ``words`` is the number written out beside it."""

    name: str
    count: int | None
    words: str | None
    quote: Quote

    @property
    def is_dash(self) -> bool:
        """Whether a dash, the sign for none, stands for the number."""
        return self.quote.text[-1:] in _DASHES

    @property
    def is_total(self) -> bool:
        return is_total(self.name)


@dataclass(frozen=True)
class Piece:
    """What one line gives of a row: ``count_end`` is None where the number stands on another line."""

    name: str
    start: int
    end: int
    has_ordinal: bool
    count: int | None = None
    words: str | None = None
    count_end: int | None = None

    def row(self, letter: Letter) -> Row:
        quote = letter.quote(self.start, self.end if self.count_end is None else self.count_end)
        return Row(self.name, self.count, self.words, quote)


@dataclass(frozen=True)
class Cell:
    """A cell of a line with its place in the source."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Columns:
    """The (name, number) columns of a table; several pairs when halves stand side by side.

    ``choices`` has for each pair the place of its number among the half's number columns, and how many those are.
    ``is_unclear``: more than one column gives numbers and the heading does not say which one is meant.
    """

    pairs: tuple[tuple[int, int], ...] = ()
    choices: tuple[tuple[int, int], ...] = ()
    width: int = 0
    is_piped: bool = False
    is_unclear: bool = False

    @property
    def has_choice(self) -> bool:
        return any(many > 1 for _, many in self.choices)

    def number_of(self, cells: list[Cell], named: int) -> Cell | None:
        """The number that belongs to a cell outside its own column, as a total's does: of the same column as theirs."""
        counts = [cell for cell in cells[named + 1 :] if _COUNT.match(cell.text)]
        half = next((i for i in reversed(range(len(self.pairs))) if self.pairs[i][0] <= named), 0)
        at = self.pairs[half][1]
        if len(cells) == self.width and at > named and _COUNT.match(cells[at].text):
            return cells[at]
        place, many = self.choices[half]
        if many > 1:
            return counts[place] if len(counts) == many else None
        return counts[0] if counts else None


def cells_of(page: Page, line: int, is_piped: bool = False) -> list[Cell]:
    """The cells of a line; empty ones stay, for columns are counted. ``is_piped``: one ``|`` is enough to part them."""
    text = page.plain[line]
    base = page.letter.line_starts[line]
    pipes = _PIPE if is_piped and "|" in text else None
    border = re.compile(
        pipes or next((sign for sign, least in _BORDERS if len(re.findall(sign, text)) >= least), r"\s{2,}")
    )
    at = len(text) - len(text.lstrip("-* ")) if "|" in text else 0
    cells = []
    for match in [*border.finditer(text, at), None]:
        raw = text[at : match.start() if match else len(text)]
        bare = raw.strip(" *\"'")
        start = base + at + (raw.index(bare) if bare else 0)
        cells.append(Cell(bare, start, start + len(bare)))
        at = match.end() if match else at
    edged = text.lstrip("-* ").rstrip("* \t")  # a dash at the end is a cell, the sign for none
    if "|" in edged:
        cells = cells[edged.startswith("|") : len(cells) - edged.endswith("|")]
    return cells


def columns_of(page: Page, line: int, years: Collection[int] = ()) -> Columns:
    """The columns that a header line announces; ``years`` are those for which the letter allocates."""
    cells = cells_of(page, line)
    texts = [folded(cell.text) for cell in cells]
    names = [i for i, text in enumerate(texts) if _NAME_HEADING.match(text)]
    pairs, choices, unclear = [], [], False
    for name, until in zip(names, [*names, len(texts)][1:], strict=True):
        numbers = _number_columns(texts, name + 1, until)
        if not numbers:
            continue
        fitting = [i for i in numbers if len(numbers) == 1 or _is_allocated(texts[i], years)]
        unclear = unclear or len(fitting) != 1
        pairs.append((name, (fitting or numbers)[0]))
        choices.append((numbers.index(pairs[-1][1]), len(numbers)))
    if not pairs:
        return Columns(is_unclear=_names_several(folded(page.opening(line))))
    is_piped = page.plain[line].count("|") > 1
    return Columns(tuple(pairs), tuple(choices), len(cells), is_piped, unclear)


def is_parted_heading(page: Page, header: int, line: int) -> bool:
    """Whether a header's second line parts its number column, or names several where the cells run together."""
    if not columns_of(page, header).pairs:
        is_row = any(piece.count_end for piece in _pieces_in_text(page, line))
        return not is_row and _names_several(folded(page.opening(header)) + folded(page.opening(line)))
    texts = [folded(cell.text) for cell in cells_of(page, line)]
    return len(_number_columns(texts, 0, len(texts))) > 1 and not any(_COUNT.match(text) for text in texts)


def _number_columns(texts: list[str], start: int, end: int) -> list[int]:
    found: list[int] = []
    for i in range(start, end):
        is_unit = i - 1 in found and _UNIT_HEADING.match(texts[i])  # wide blanks part a heading from its unit
        if not is_unit and _heads_numbers(texts[i]):
            found.append(i)
    return found


def _heads_numbers(text: str) -> bool:
    return not _OTHER_HEADING.search(text) and bool(_COUNT_HEADING.search(text) or _BARE_YEAR.match(text))


def _is_allocated(heading: str, years: Collection[int]) -> bool:
    """Whether a heading names the allocation, by its year or in words; one of another year is another matter."""
    named = {int(year) + (2500 if len(year) == 2 else 0) for year in _YEAR.findall(heading)}
    return named <= set(years) if named else _ALLOCATED.search(heading) is not None


def _names_several(text: str) -> bool:
    """Whether a header whose cells are not parted names more numbers than districts."""
    counts, names = len(_COUNTS_IN_TEXT.findall(text)), len(_NAMES_IN_TEXT.findall(text))
    return counts > max(names, 1) or len(set(_YEAR.findall(text))) > 1


def pieces_of(page: Page, line: int, columns: Columns, is_open: bool) -> list[Piece]:
    """What a line gives. ``is_open``: the row above still waits for the rest of its name and its number."""
    cells = cells_of(page, line, columns.is_piped)
    if not columns.pairs or len(cells) < 2:
        found = _pieces_in_text(page, line)
        return [piece for piece in found if piece.count_end is None or not columns.has_choice]
    if total := next((i for i, cell in enumerate(cells) if is_total(cell.text)), None):
        return _counted(cells, total, columns)
    if total == 0:
        return _counted(cells, 0, columns)
    if is_open and cells[0].text and not _ORDINAL.match(cells[0].text) and columns.pairs[0][0] > 0:
        return _counted(cells, 0, columns)  # the row was broken inside a cell, so its columns begin anew
    found = []
    for name_at, count_at in columns.pairs:
        if name_at < len(cells) and cells[name_at].text and not _ORDINAL.match(cells[name_at].text):
            ordinal = any(_ORDINAL.match(cell.text) for cell in cells[:name_at])
            found.append(_piece(cells[name_at], cells[count_at] if count_at < len(cells) else None, ordinal))
    if columns.has_choice:
        return found
    if not any(piece.count_end for piece in found) or any(re.search(r"\d", piece.name) for piece in found):
        # A PDF does not part every cell: such a line is read as words and numbers in a row.
        loose = _pieces_in_text(page, line)
        return loose if any(piece.count_end for piece in loose) else found
    return found


def rows_from(letter: Letter, pieces: Iterable[Piece]) -> list[Row]:
    """The rows, wrapped names put together again."""
    rows: list[Row] = []
    waiting: Piece | None = None
    for piece in pieces:
        joined = None if not waiting or is_total(piece.name) else _join(waiting, piece)
        if waiting and joined and (not piece.has_ordinal or is_official(joined.name)):
            piece, waiting = joined, None
        elif waiting:
            rows.append(waiting.row(letter))
            waiting = None
        if piece.count_end is not None:
            rows.append(piece.row(letter))
        elif rows and not is_official(rows[-1].name) and is_official(rows[-1].name + piece.name):
            above = rows[-1]
            rows[-1] = Row(
                above.name + piece.name, above.count, above.words, letter.quote(above.quote.start, piece.end)
            )
        else:
            waiting = piece
    if waiting and is_official(waiting.name):
        rows.append(waiting.row(letter))
    return rows


def _join(first: Piece, second: Piece) -> Piece:
    return Piece(
        first.name + second.name,
        first.start,
        second.end,
        first.has_ordinal,
        second.count,
        second.words,
        second.count_end,
    )


def _counted(cells: list[Cell], named: int, columns: Columns) -> list[Piece]:
    """The cell and the number that belongs to it."""
    return [_piece(cells[named], columns.number_of(cells, named), has_ordinal=False)]


def _piece(named: Cell, counted: Cell | None, has_ordinal: bool) -> Piece:
    match = _COUNT.match(counted.text) if counted else None
    if not counted or not match:
        return Piece(named.text, named.start, named.end, has_ordinal)
    return Piece(named.text, named.start, named.end, has_ordinal, _number(match), match["words"], counted.end)


def _number(match: re.Match[str]) -> int:
    return 0 if match["n"] in _DASHES else int(match["n"])


def _pieces_in_text(page: Page, line: int) -> list[Piece]:
    text, base = page.opening(line), page.openings[line]
    found = []
    for match in _LINE_ROW.finditer(text):
        name = _LEADING_TO.sub("", clean(match["name"]))
        count = _number(match)
        if len(folded(name)) <= _PROSE_NAME and not _NO_NAME.match(folded(name)) and count < _YEARS_FROM:
            start, end = base + match.start("name"), base + match.end("name")
            found.append(
                Piece(name, start, end, match["ordinal"] is not None, count, match["words"], base + match.end())
            )
    if found:
        return found
    piece = _LINE_PIECE.match(text.rstrip(" |"))
    if not piece or _NO_NAME.match(folded(piece["name"])):
        return []
    start = base + piece.start("name")
    return [Piece(piece["name"].strip(), start, base + piece.end("name"), piece["ordinal"] is not None)]


def is_total(name: str) -> bool:
    return _TOTAL.match(folded(name)) is not None


@cache
def _official_names() -> frozenset[str]:
    return frozenset(folded(district.name_th) for district in districts().values())


def is_official(name: str) -> bool:
    """Whether some province has a district of that name."""
    return re.sub(r"^(?:กิ่งอำเภอ|อำเภอ|อ\.|เขต)", "", folded(name)) in _official_names()
