"""Columns that the definition tells and the file does not have."""

from collections.abc import Mapping
from dataclasses import replace

from kbo_core.domain.findings import BlockedError, block
from kbo_core.domain.words import Words
from kbo_core.registry.table import Table


def with_values(table: Table, values: Mapping[str, str]) -> Table:
    """The table with each told column filled with its value.

    Raises BlockedError for a column that the table does not know, or that the file tells itself.
    """
    where = table.file.title
    faults = [
        block(
            "column-unknown",
            f"{where}: values.{name}",
            f"ไม่มีคอลัมน์มาตรฐานชื่อ {name} ใน{table.kind.name_th} ใช้ได้: {', '.join(table.kind.columns)}",
            f"values: {name} is not a canonical column of {table.kind.name}",
        )
        for name in values
        if name not in table.kind.columns
    ]
    faults += [
        block(
            "value-and-column",
            f"{where}: values.{name}",
            f"แฟ้มมีคอลัมน์ {name} อยู่แล้ว จึงใช้ค่าที่ระบุใน values ไม่ได้ ลบ values.{name} หรือใช้แฟ้มที่ไม่มีคอลัมน์นี้",
            f"the file has a column {name} of its own",
        )
        for name in values
        if name in table.columns and table.columns[name].where(lambda cell: bool(cell.strip())).any()
    ]
    if faults:
        raise BlockedError(*faults)
    told = {name: Words.same(value, len(table.rows)) for name, value in values.items()}
    return replace(table, columns={**table.columns, **told})
