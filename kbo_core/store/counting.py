"""How much there is of what: counted by the database, without looking at any of it."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Table, func, select

from kbo_core.store import schema


def cycles_by_state(connection: Connection, provinces: Collection[str] = ()) -> dict[str, int]:
    """Cycles by state; of the provinces named, or all."""
    return _counts(connection, schema.cycle, _of(provinces))


def districts_by_state(connection: Connection, provinces: Collection[str] = ()) -> dict[str, int]:
    """The districts of open cycles by state."""
    is_open = schema.cycle.c.state == "open"
    return _counts(connection, schema.assignment, *_within(schema.assignment, provinces), is_open)


def messages_by_state(connection: Connection, provinces: Collection[str] = ()) -> dict[str, int]:
    """Every message ever planned, by state."""
    return _counts(connection, schema.message, *_within(schema.message, provinces))


def answers_by_way(connection: Connection, provinces: Collection[str] = ()) -> dict[str, int]:
    """Every answer that was taken, by the way in which it came."""
    table = schema.submission
    return _counts(connection, table, *_within(table, provinces), by="via")


def turned_back_count(connection: Connection, provinces: Collection[str] = ()) -> int:
    """How often a form was turned back to its sender."""
    table = schema.event
    return sum(
        _counts(connection, table, *_within(table, provinces), table.c.kind == "submission-refused", by="kind").values()
    )


def _of(provinces: Collection[str]) -> ColumnElement[bool]:
    return schema.cycle.c.province_code.in_(provinces) if provinces else schema.cycle.c.cycle_id.is_not(None)


def _within(table: Table, provinces: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return table.c.cycle_id == schema.cycle.c.cycle_id, _of(provinces)


def _counts(connection: Connection, table: Table, *where: ColumnElement[bool], by: str = "state") -> dict[str, int]:
    told = select(table.c[by], func.count()).where(*where).group_by(table.c[by])
    return dict(sorted((name, count) for name, count in connection.execute(told)))
