"""Rows of a table of districts and numbers, however the cells are parted and wrapped.

Figures are taken as printed, under the names as printed: nothing is matched to an official district here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kbo_core.circular.folded import folded
from kbo_core.circular.letter import Letter, Quote
from kbo_core.circular.lines import Page
from kbo_core.domain.areas import districts
from kbo_core.domain.thai_text import clean

_NAME_HEADING = re.compile(r"(?:ราย)?(?:ชื่อ)?(?:อำเภอ|เขต)(?:\(.*\)|/.*)?$")
_COUNT_HEADING = re.compile(r"จำนวน|จัดสรร|โควตา|เป้าหมาย|\(?(?:กลุ่ม|ราย)\)?$")
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
_BORDERS = ((r"(?:</?t[rdh][^>]*>\s*)+", 2), (r"\|", 2), (r"\t", 1), (r",", 2))
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
        return _TOTAL.match(folded(self.name)) is not None


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


def cells_of(page: Page, line: int) -> list[Cell]:
    """The cells of a line; empty ones stay, for columns are counted."""
    text = page.plain[line]
    base = page.letter.line_starts[line]
    border = re.compile(next((sign for sign, least in _BORDERS if len(re.findall(sign, text)) >= least), r"\s{2,}"))
    at = len(text) - len(text.lstrip("-* ")) if "|" in text else 0
    cells = []
    for match in [*border.finditer(text, at), None]:
        raw = text[at : match.start() if match else len(text)]
        bare = raw.strip(" *\"'")
        start = base + at + (raw.index(bare) if bare else 0)
        cells.append(Cell(bare, start, start + len(bare)))
        at = match.end() if match else at
    edged = text.strip("-* ")
    if "|" in edged:
        cells = cells[edged.startswith("|") : len(cells) - edged.endswith("|")]
    return cells


def columns_of(page: Page, line: int) -> list[tuple[int, int]]:
    """The (name, number) columns that a header line announces; several pairs when halves stand side by side."""
    texts = [folded(cell.text) for cell in cells_of(page, line)]
    names = [i for i, text in enumerate(texts) if _NAME_HEADING.match(text)]
    pairs = []
    for name, until in zip(names, [*names, len(texts)][1:], strict=True):
        number = next((i for i in range(name + 1, until) if _COUNT_HEADING.search(texts[i])), None)
        if number is not None:
            pairs.append((name, number))
    return pairs


def pieces_of(page: Page, line: int, columns: list[tuple[int, int]], is_open: bool) -> list[Piece]:
    """What a line gives. ``is_open``: the row above still waits for the rest of its name and its number."""
    cells = cells_of(page, line)
    if not columns or len(cells) < 2:
        return _pieces_in_text(page, line)
    if total := next((i for i, cell in enumerate(cells) if _TOTAL.match(folded(cell.text))), None):
        return _counted(cells, total)
    if total == 0:
        return _counted(cells, 0)
    if is_open and cells[0].text and not _ORDINAL.match(cells[0].text) and columns[0][0] > 0:
        return _counted(cells, 0)  # the row was broken inside a cell, so its columns begin anew
    found = []
    for name_at, count_at in columns:
        if name_at < len(cells) and cells[name_at].text and not _ORDINAL.match(cells[name_at].text):
            ordinal = any(_ORDINAL.match(cell.text) for cell in cells[:name_at])
            found.append(_piece(cells[name_at], cells[count_at] if count_at < len(cells) else None, ordinal))
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
        joined = waiting and _join(waiting, piece)
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


def _counted(cells: list[Cell], named: int) -> list[Piece]:
    """The cell and the first number after it."""
    counts = [cell for cell in cells[named + 1 :] if _COUNT.match(cell.text)]
    return [_piece(cells[named], counts[0] if counts else None, has_ordinal=False)]


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


@cache
def _official_names() -> frozenset[str]:
    return frozenset(folded(district.name_th) for district in districts().values())


def is_official(name: str) -> bool:
    """Whether some province has a district of that name."""
    return re.sub(r"^(?:กิ่งอำเภอ|อำเภอ|อ\.|เขต)", "", folded(name)) in _official_names()
