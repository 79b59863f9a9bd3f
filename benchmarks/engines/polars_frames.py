"""Polars: lazy queries over frames, in memory.

Of the ways tried (a grouping of all rows, a grouping for each clause and joins, sets of producers by ``is_in``, marks
set by ``Series.scatter``; in memory and streaming) the last is the fastest and the last but one the fastest that says
everything as expressions over frames. Both are here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from benchmarks.coded import Answer, Coded, province_of_district


@dataclass(frozen=True)
class Frames:
    """The coded tables as frames; doubtful rows stand in frames of their own, with the producer that is meant."""

    producers: pl.DataFrame
    products: pl.DataFrame
    participants: pl.DataFrame
    product_doubts: pl.DataFrame
    participant_doubts: pl.DataFrame
    districts: pl.DataFrame


def prepare(tables: Coded) -> Frames:
    """The columns as they are, without a copy."""
    return Frames(
        producers=pl.DataFrame({"province": tables.producer_province, "kind": tables.producer_kind}).with_row_index(),
        products=pl.DataFrame(
            {
                "producer": tables.product_producer,
                "rating_year": tables.product_rating_year,
                "stars": tables.product_stars,
                "quadrant_year": tables.product_quadrant_year,
                "quadrant": tables.product_quadrant,
            }
        ),
        participants=pl.DataFrame({"producer": tables.participant_producer, "list": tables.participant_list}),
        product_doubts=pl.DataFrame({"row": tables.product_doubt_row, "producer": tables.product_doubt_producer}),
        participant_doubts=pl.DataFrame(
            {"row": tables.participant_doubt_row, "producer": tables.participant_doubt_producer}
        ),
        districts=pl.DataFrame({"province": province_of_district()[1:], "quota": tables.quota[1:]}),
    )


_YEAR, _STARS = pl.col("rating_year"), pl.col("stars")
_QUADRANT_YEAR, _QUADRANT = pl.col("quadrant_year"), pl.col("quadrant")
_WITHIN = (_YEAR == 2567) & _STARS.is_between(1, 3)
_STARS_UNCLEAR = ((_YEAR == 2567) & (_STARS == -1)) | ((_YEAR <= 0) & (_STARS != 0))
_IS_D = (_QUADRANT_YEAR == 2567) & (_QUADRANT == 4)
_QUADRANT_UNCLEAR = (
    ((_QUADRANT_YEAR == 2567) & (_QUADRANT == -1))
    | ((_QUADRANT_YEAR == 0) & ((_QUADRANT == 4) | (_QUADRANT == -1)))
    | ((_QUADRANT_YEAR == -1) & (_QUADRANT != 0))
)


def _value(number: int) -> pl.Expr:
    return pl.lit(number, pl.Int8)


_KIND = pl.col("kind")
_ONE_A = pl.when(_KIND == 1).then(_value(2)).when(_KIND == 0).then(_value(1)).otherwise(_value(0)).alias("clause_1a")


@dataclass(frozen=True)
class _Marked:
    """The producers (Shape: one column) that rows mark for each clause, surely or perhaps."""

    within: pl.Series
    perhaps_within: Sequence[pl.Series]
    is_d: pl.Series
    perhaps_d: Sequence[pl.Series]
    on: tuple[pl.Series, pl.Series]
    perhaps_on: tuple[pl.Series, pl.Series]


def _marked(frames: Frames) -> _Marked:
    doubted = frames.products[frames.product_doubts["row"]].with_columns(frames.product_doubts["producer"])
    unsure = frames.participants[frames.participant_doubts["row"]].with_columns(frames.participant_doubts["producer"])
    lists = [pl.col("list") == listed for listed in (0, 1)]
    within, unclear, maybe, is_d, illegible, perhaps, *on = pl.collect_all(
        [
            frame.lazy().filter(wanted & (pl.col("producer") >= 0)).select("producer")
            for frame, wanted in (
                (frames.products, _WITHIN),
                (frames.products, _STARS_UNCLEAR),
                (doubted, _WITHIN | _STARS_UNCLEAR),
                (frames.products, _IS_D),
                (frames.products, _QUADRANT_UNCLEAR),
                (doubted, _IS_D | _QUADRANT_UNCLEAR),
                *((frames.participants, listed) for listed in lists),
                *((unsure, listed) for listed in lists),
            )
        ]
    )
    kbo, qd, perhaps_kbo, perhaps_qd = (frame.to_series() for frame in on)
    return _Marked(
        within=within.to_series(),
        perhaps_within=(unclear.to_series(), maybe.to_series()),
        is_d=is_d.to_series(),
        perhaps_d=(illegible.to_series(), perhaps.to_series()),
        on=(kbo, qd),
        perhaps_on=(perhaps_kbo, perhaps_qd),
    )


def decide(frames: Frames) -> Answer:
    """By sets: a clause asks whether the producer is in one."""
    marked = _marked(frames)

    def has(producers: pl.Series) -> pl.Expr:
        return pl.col("index").is_in(producers.cast(pl.UInt32).implode())

    def some(surely: pl.Series, perhaps: Sequence[pl.Series]) -> pl.Expr:
        return pl.when(has(surely)).then(_value(2)).when(has(pl.concat(perhaps))).then(_value(1)).otherwise(_value(0))

    def none(surely: pl.Series, perhaps: pl.Series) -> pl.Expr:
        return pl.when(has(surely)).then(_value(0)).when(has(perhaps)).then(_value(1)).otherwise(_value(2))

    judged = frames.producers.lazy().select(
        "province",
        _ONE_A,
        clause_1b=some(marked.within, marked.perhaps_within),
        clause_2=none(marked.on[0], marked.perhaps_on[0]),
        clause_3=some(marked.is_d, marked.perhaps_d),
        clause_4=none(marked.on[1], marked.perhaps_on[1]),
    )
    return _verdicts(frames, judged.collect())


def decide_by_scatter(frames: Frames) -> Answer:
    """By marks: each producer's value is set in place, the way one would with arrays."""
    marked = _marked(frames)

    def all_at(value: int) -> pl.Series:
        return pl.repeat(value, len(frames.producers), dtype=pl.Int8, eager=True)

    def some(surely: pl.Series, perhaps: Sequence[pl.Series]) -> pl.Series:
        return all_at(0).scatter(perhaps[0], 1).scatter(perhaps[1], 1).scatter(surely, 2)

    def none(surely: pl.Series, perhaps: pl.Series) -> pl.Series:
        return all_at(2).scatter(perhaps, 1).scatter(surely, 0)

    judged = frames.producers.select(
        "province",
        _ONE_A,
        clause_1b=some(marked.within, marked.perhaps_within),
        clause_2=none(marked.on[0], marked.perhaps_on[0]),
        clause_3=some(marked.is_d, marked.perhaps_d),
        clause_4=none(marked.on[1], marked.perhaps_on[1]),
    )
    return _verdicts(frames, judged)


def _verdicts(frames: Frames, judged: pl.DataFrame) -> Answer:
    tiers = judged.lazy().with_columns(
        tier_1=pl.min_horizontal("clause_1a", "clause_1b", "clause_2"),
        tier_2=pl.min_horizontal("clause_1a", "clause_2", "clause_3", "clause_4"),
    )
    passes = tiers.filter(pl.col("tier_1") == 2).group_by("province").agg(passes=pl.len())
    places = frames.districts.lazy().group_by("province").agg(pl.col("quota").sum())
    shortage = (
        places.join(passes, on="province", how="left")
        .select("province", is_open=pl.col("quota") > pl.col("passes").fill_null(0))
        .sort("province")
    )
    tier_1, tier_2, is_open = pl.col("tier_1"), pl.col("tier_2"), pl.col("is_open")
    verdicts = tiers.join(shortage, on="province", how="left", maintain_order="left").with_columns(
        tier=pl.when(tier_1 == 2).then(_value(1)).when(is_open & (tier_2 == 2)).then(_value(2)).otherwise(_value(0)),
        verdict=pl.when(is_open).then(pl.max_horizontal("tier_1", "tier_2")).otherwise("tier_1"),
    )
    decided, opened = pl.collect_all([verdicts, shortage])
    names = ("clause_1a", "clause_1b", "clause_2", "clause_3", "clause_4", "tier", "verdict")
    return Answer.of([decided[name].to_numpy() for name in names], opened["is_open"].to_numpy())
