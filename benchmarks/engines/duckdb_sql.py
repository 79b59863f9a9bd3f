"""DuckDB: one statement over its own tables.

Of the ways tried (one grouping of all rows by maximum or by bits, a grouping for each clause, sets of producers) the
sets are the fastest with several threads; a hash grouping of a million producers costs more.
"""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.coded import Answer, Coded, province_of_district


def prepare(tables: Coded, threads: int) -> duckdb.DuckDBPyConnection:
    """The tables in DuckDB's own storage; 0 threads for all there are."""
    connection = duckdb.connect()
    if threads:
        connection.execute(f"SET threads = {threads}")
    columns = vars(tables)
    for name, prefix, key in (
        ("producers", "producer_", "id"),
        ("products", "product_", "id"),
        ("participants", "participant_", "id"),
        ("product_doubts", "product_doubt_", ""),
        ("participant_doubts", "participant_doubt_", ""),
    ):
        chosen = {
            column.removeprefix(prefix): values
            for column, values in columns.items()
            if column.startswith(prefix) and ("doubt" in column) == ("doubt" in prefix)
        }
        if key:
            chosen[key] = np.arange(len(next(iter(chosen.values()))), dtype=np.int32)
        _create(connection, name, chosen)
    districts = {"province": province_of_district()[1:], "quota": tables.quota[1:]}
    _create(connection, "districts", districts)
    return connection


def _create(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, Any]) -> None:
    connection.from_arrow(pa.table(columns)).create(name)


_WITHIN = "rating_year = 2567 AND stars BETWEEN 1 AND 3"
_STARS_UNCLEAR = "(rating_year = 2567 AND stars = -1) OR (rating_year <= 0 AND stars <> 0)"
_IS_D = "quadrant_year = 2567 AND quadrant = 4"
_QUADRANT_UNCLEAR = """(quadrant_year = 2567 AND quadrant = -1) OR (quadrant_year = 0 AND quadrant IN (4, -1))
    OR (quadrant_year = -1 AND quadrant <> 0)"""

_DECISIONS = f"""
WITH perhaps_rated AS (
    SELECT d.producer, ({_WITHIN}) OR {_STARS_UNCLEAR} AS stars, ({_IS_D}) OR {_QUADRANT_UNCLEAR} AS quadrant
    FROM product_doubts d JOIN products p ON p.id = d."row"
),
perhaps_on AS (
    SELECT d.producer, list FROM participant_doubts d JOIN participants p ON p.id = d."row"
),
judged AS (
    SELECT id, province,
        CASE kind WHEN 1 THEN 2 WHEN 0 THEN 1 ELSE 0 END::TINYINT AS clause_1a,
        CASE WHEN id IN (SELECT producer FROM products WHERE {_WITHIN}) THEN 2
             WHEN id IN (SELECT producer FROM products WHERE {_STARS_UNCLEAR})
               OR id IN (SELECT producer FROM perhaps_rated WHERE stars) THEN 1 ELSE 0 END::TINYINT AS clause_1b,
        CASE WHEN id IN (SELECT producer FROM participants WHERE list = 0) THEN 0
             WHEN id IN (SELECT producer FROM perhaps_on WHERE list = 0) THEN 1 ELSE 2 END::TINYINT AS clause_2,
        CASE WHEN id IN (SELECT producer FROM products WHERE {_IS_D}) THEN 2
             WHEN id IN (SELECT producer FROM products WHERE {_QUADRANT_UNCLEAR})
               OR id IN (SELECT producer FROM perhaps_rated WHERE quadrant) THEN 1 ELSE 0 END::TINYINT AS clause_3,
        CASE WHEN id IN (SELECT producer FROM participants WHERE list = 1) THEN 0
             WHEN id IN (SELECT producer FROM perhaps_on WHERE list = 1) THEN 1 ELSE 2 END::TINYINT AS clause_4
    FROM producers
),
tiers AS MATERIALIZED (
    SELECT *, least(clause_1a, clause_1b, clause_2) AS tier_1,
        least(clause_1a, clause_2, clause_3, clause_4) AS tier_2
    FROM judged
),
shortage AS (
    SELECT province, places > coalesce(passes, 0) AS is_open
    FROM (SELECT province, sum(quota) AS places FROM districts GROUP BY province)
    LEFT JOIN (SELECT province, count(*) AS passes FROM tiers WHERE tier_1 = 2 GROUP BY province) USING (province)
)
SELECT id, province, is_open, clause_1a, clause_1b, clause_2, clause_3, clause_4,
    CASE WHEN tier_1 = 2 THEN 1 WHEN is_open AND tier_2 = 2 THEN 2 ELSE 0 END::TINYINT AS tier,
    CASE WHEN is_open THEN greatest(tier_1, tier_2) ELSE tier_1 END::TINYINT AS verdict
FROM tiers JOIN shortage USING (province)
"""  # noqa: S608 - our own constants
_COLUMNS = ("clause_1a", "clause_1b", "clause_2", "clause_3", "clause_4", "tier", "verdict")


def decide(connection: duckdb.DuckDBPyConnection) -> Answer:
    """The statement's result, in the order of the producers."""
    found = connection.execute(_DECISIONS).fetchnumpy()
    order = found["id"]
    columns = []
    for name in _COLUMNS:
        column = np.empty(len(order), dtype=np.int8)
        column[order] = found[name]  # cheaper than ORDER BY
        columns.append(column)
    is_open = np.zeros(78, dtype=bool)
    is_open[found["province"]] = found["is_open"]
    return Answer.of(columns, is_open[1:])
