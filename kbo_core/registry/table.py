"""A file → one table of a kind, as typed: which sheet, which heading, which rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kbo_core.domain.definition import Source
from kbo_core.domain.findings import BlockedError, Finding, blocked, info, refused
from kbo_core.domain.words import Words
from kbo_core.registry.addresses import shown
from kbo_core.registry.delimited import read_delimited
from kbo_core.registry.grids import Grid
from kbo_core.registry.headings import (
    ALIASES,
    SEARCHED_ROWS,
    Heading,
    TableKind,
    look_for_heading,
    missing_columns,
    shown_headings,
)
from kbo_core.registry.layouts import Fit, fitting_layout
from kbo_core.registry.sources import SourceFile
from kbo_core.registry.workbooks import ALL_SHEETS, read_workbook

_TEXT = frozenset({".csv", ".tsv", ".txt"})
_WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class Table:
    """A table of one kind, as typed.

    Shape:
        columns: every column of the kind, the text exactly as in the cell, "" where the file has no such column.
        rows: the spreadsheet's row number of each row.
        places: where rows stand, such as ``producers.xlsx [ทะเบียน]``; ``place`` numbers them, one a row.
    """

    kind: TableKind
    file: SourceFile
    columns: Mapping[str, Words]
    rows: NDArray[np.int32]
    places: tuple[str, ...]
    place: NDArray[np.int16]
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def spots(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where these rows stand, sheet and row as one number: no two rows of a file have the same."""
        return self.place[at].astype(np.int64) << 32 | self.rows[at]

    def only(self, rows: NDArray[np.bool_]) -> "Table":
        """The table with these rows only."""
        if rows.all():
            return self
        columns = {name: column.only(rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, rows=self.rows[rows], place=self.place[rows])


def read_table(file: SourceFile, source: Source, kind: TableKind, supplied: frozenset[str] = frozenset()) -> Table:
    """The table in a file; only rows that show nothing are left out. ``supplied`` columns need not be in the file.

    Raises RefusedError for a file that cannot be read, BlockedError for a table without a needed column or a sheet
    that nobody has chosen.
    """
    grids = read_grids(file, source)
    chosen, left = _chosen(file, grids, source, kind, supplied)
    parts = [_rows(file, grid, heading, kind) for grid, heading in chosen]
    found = [finding for grid in grids for finding in grid.findings]
    if source.sheet == ALL_SHEETS and grids[0].name:
        found.append(
            _told_all(file, [(grid.name, len(part.rows)) for (grid, _), part in zip(chosen, parts, strict=True)], left)
        )
    elif left:
        found.append(_told_one(file, chosen[0][0].name, left))
    found += [finding for _, heading in chosen for finding in heading.findings]
    return _joined(file, kind, parts, tuple(dict.fromkeys(found)))


def read_grids(file: SourceFile, source: Source) -> list[Grid]:
    """The sheets of a file that may be meant; a text file has one, without a name.

    Raises RefusedError when the bytes are not what the name says, BlockedError when a named sheet is not there.
    """
    if file.ending not in _TEXT:
        return read_workbook(file, source)
    if file.content.startswith(_WORKBOOK):
        raise refused(
            "file-wrong-kind",
            file.title,
            "แฟ้มนี้เป็นสมุดงาน (Excel) แต่นามสกุลเป็นแบบข้อความ เปลี่ยนนามสกุลเป็น .xlsx หรือ .xls",
            "a workbook under a text file's name: rename it to .xlsx or .xls",
        )
    return [read_delimited(file, source)]


@dataclass(frozen=True)
class _Look:
    """What a sheet offers for a kind: so many columns of it, and a heading or the faults for which there is none."""

    grid: Grid
    columns: int
    heading: Heading | None
    faults: tuple[Finding, ...]


def _look(grid: Grid, source: Source, kind: TableKind, supplied: frozenset[str]) -> _Look:
    sighting = look_for_heading(grid.first_rows(SEARCHED_ROWS), kind, source, supplied)
    if not sighting.faults:
        return _Look(grid, len(sighting.found), sighting.heading(source), ())
    if not source.columns and (fit := fitting_layout(grid, kind.name, sighting)):
        lacking = [name for name in kind.required if name not in fit.layout.columns and name not in supplied]
        if lacking:
            shown = shown_headings(grid.row(fit.first - 1)) if fit.first else ""
            return _Look(grid, len(fit.layout.columns), None, tuple(missing_columns(lacking, shown, kind, source)))
        return _Look(grid, len(sighting.found), _by_position(fit, source), ())
    return _Look(grid, len(sighting.found), None, sighting.faults)


def _by_position(fit: Fit, source: Source) -> Heading:
    columns = {name: n for n, name in enumerate(fit.layout.columns)}
    told = ", ".join(f"คอลัมน์ที่ {n + 1} = {ALIASES[name][0]}" for name, n in columns.items())
    above = {0: "", 1: " แถวที่ 1 ถือเป็นหัวตาราง"}.get(fit.first, f" แถวที่ 1 ถึง {fit.first} ถือเป็นหัวตาราง")
    finding = info(
        "layout-by-position",
        shown(source.path),
        f"หัวตารางไม่บอกครบว่าคอลัมน์ใดเป็นอะไร จึงอ่านตามตำแหน่งแบบ{fit.layout.name_th}: {told}{above} "
        "หากไม่ถูกต้อง ให้ระบุด้วย columns:",
        f"read by position: {', '.join(f'#{n + 1} = {name}' for name, n in columns.items())}; "
        f"rows begin at {fit.first + 1}; if that is wrong, state columns:",
    )
    return Heading(fit.first - 1, columns, (finding,))


Chosen = list[tuple[Grid, Heading]]


def _chosen(
    file: SourceFile, grids: Sequence[Grid], source: Source, kind: TableKind, supplied: frozenset[str]
) -> tuple[Chosen, list[str]]:
    """The sheets to read, each with its heading, and the names of the others that are not empty."""
    filled = [grid for grid in grids if len(grids) == 1 or not grid.is_empty] or grids[:1]
    looks = [_look(grid, source, kind, supplied) for grid in filled]
    good = [(look.grid, look.heading) for look in looks if look.heading]
    if not good:
        raise BlockedError(*max(looks, key=lambda look: look.columns).faults)
    others = [look.grid.name for look in looks if not look.heading]
    if len(good) > 1 and source.sheet != ALL_SHEETS:
        raise _unclear(file, [grid.name for grid, _ in good])
    return good, others


def _unclear(file: SourceFile, names: Sequence[str]) -> BlockedError:
    shown = ", ".join(names)
    return blocked(
        "sheet-unclear",
        file.title,
        f'มีหลายแผ่นงานที่มีหัวตารางนี้: {shown} ให้ระบุแผ่นงานเดียวด้วย sheet: "{names[0]}" หรือให้อ่านทุกแผ่นต่อกันด้วย sheet: "*"',
        f'which sheet? {shown} have the heading: give sheet: "{names[0]}", or sheet: "*" for all of them',
    )


def _told_one(file: SourceFile, name: str, others: Sequence[str]) -> Finding:
    shown = ", ".join(others)
    return info(
        "sheet-chosen",
        file.title,
        f"อ่านแผ่นงาน {name} ซึ่งมีหัวตารางที่ต้องใช้ ไม่ได้อ่านแผ่นงาน: {shown} หากต้องการแผ่นอื่น ให้ระบุ sheet:",
        f"read the sheet {name}, which has the heading; left unread: {shown}",
    )


def _told_all(file: SourceFile, counts: Sequence[tuple[str, int]], others: Sequence[str]) -> Finding:
    left_th, left_en = "", ""
    if others:
        shown = ", ".join(others)
        left_th, left_en = f" ไม่ได้อ่านเพราะไม่มีหัวตาราง: {shown}", f"; left unread: {shown}"
    return info(
        "sheet-chosen",
        file.title,
        f"อ่านทุกแผ่นงานที่มีหัวตารางต่อกัน: {', '.join(f'{name} ({count} แถว)' for name, count in counts)}{left_th}",
        f"read one after the other: {', '.join(f'{name} ({count} rows)' for name, count in counts)}{left_en}",
    )


@dataclass(frozen=True)
class _Part:
    """The rows of one sheet."""

    place: str
    columns: Mapping[str, Words]
    rows: NDArray[np.int32]


def _rows(file: SourceFile, grid: Grid, heading: Heading, kind: TableKind) -> _Part:
    first = heading.row + 1
    asked = [heading.columns[name] for name in kind.columns if name in heading.columns]
    kept = np.ones(grid.height, dtype=np.bool_)
    kept[:first] = False
    kept[grid.blank_rows(first, asked)] = False
    whole = kept[first:].all()
    columns = {}
    for name, words in _filled_down(grid, heading, kind, kept).items():
        columns[name] = Words(words.words, words.codes[first:] if whole else words.codes[kept])
    rows = np.flatnonzero(kept).astype(np.int32) + 1
    columns |= {name: Words.same(text, len(rows)) for name, text in heading.said.items()}
    empty = Words.same("", len(rows))
    place = f"{file.title} [{grid.name}]" if grid.name else file.title
    return _Part(place, {name: columns.get(name, empty) for name in kind.columns}, rows)


def _filled_down(grid: Grid, heading: Heading, kind: TableKind, kept: NDArray[np.bool_]) -> dict[str, Words]:
    """The columns that were asked for; a value merged over several rows counts for every row of the block."""
    columns = {name: grid.column(heading.columns[name]) for name in kind.columns if name in heading.columns}
    if not any((grid.blank(heading.columns[name]) & kept).any() for name in columns):
        return columns
    tall = [merge for merge in grid.merges() if merge.last_row > merge.first_row > heading.row]
    for name, words in columns.items():
        own = [merge for merge in tall if merge.first_column == heading.columns[name]]
        if own:
            codes = words.codes.copy()
            for merge in own:
                codes[merge.first_row : merge.last_row + 1] = codes[merge.first_row]
            columns[name] = Words(words.words, codes)
    return columns


def _joined(file: SourceFile, kind: TableKind, parts: Sequence[_Part], findings: tuple[Finding, ...]) -> Table:
    return Table(
        kind,
        file,
        {name: _one_after_another([part.columns[name] for part in parts]) for name in kind.columns},
        np.concatenate([part.rows for part in parts]),
        tuple(part.place for part in parts),
        np.repeat(np.arange(len(parts), dtype=np.int16), [len(part.rows) for part in parts]),
        findings,
    )


def _one_after_another(columns: Sequence[Words]) -> Words:
    if len(columns) == 1:
        return columns[0]
    words: list[str] = []
    codes = []
    for column in columns:
        codes.append(column.codes + np.int32(len(words)))
        words += column.words
    return Words(words, np.concatenate(codes))
