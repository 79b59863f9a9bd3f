"""Screenings to explain: the small province with a few cells written otherwise, and registers nobody chose."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from hypothesis import reject

from kbo_core.domain.definition import parse_definition
from kbo_core.domain.explanations import Explanations
from kbo_core.domain.findings import BlockedError
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.rounds import Round
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from tests.province import write_csv
from tests.screening.registers import World


def screening_of(world: World, validate: Validate) -> Screening:
    """The screening of a world; a world that cannot be screened is not asked about."""
    content = json.dumps(world.definition, ensure_ascii=False).encode()
    file = DefinitionFile(parse_definition(dict(world.definition), "cycle.yaml"), content, Path())
    try:
        return screen(file, validate, world.fetch)
    except BlockedError:
        reject()


def explained(screening: Screening) -> Explanations:
    return Round("", screening, None).explained


def explained_file(definition: Path, validate: Validate) -> Explanations:
    return explained(screen(read_definition(definition), validate))


def verdicts(definition: Path, validate: Validate) -> dict[str, str]:
    """producer_id → tier and verdict."""
    table = screen(read_definition(definition), validate).decided.decisions
    return {
        i: f"{t} {v}".strip() for i, t, v in zip(table["producer_id"], table["tier"], table["verdict"], strict=True)
    }


def edit(file: Path, row: int, **cells: str) -> None:
    """Write cells of one row otherwise; rows are numbered as people see them, the heading is row 1."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        heading, *rows = list(csv.reader(lines))
    for name, value in cells.items():
        rows[row - 2][heading.index(name)] = value
    write_csv(file, heading, rows)


def rewrite(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def add_rows(file: Path, *rows: Mapping[str, str]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        heading, *known = list(csv.reader(lines))
    heading += [name for row in rows for name in row if name not in heading]
    filled = [[*cells, *[""] * (len(heading) - len(cells))] for cells in known]
    write_csv(file, heading, [*filled, *([row.get(name, "") for name in heading] for row in rows)])
