"""What is asked of product rows: one reading answers as a look at every row would."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import Flags, Register
from kbo_core.domain.shortage import runs


def is_rated(products: ProductRows) -> tuple[Flags, Flags]:
    return products.stars == 3, products.rating_year == 2567


def is_d(products: ProductRows) -> tuple[Flags]:
    return (products.quadrant == 4,)


def register_of(rows: list[tuple[int, int, int, int]], producers: int) -> Register:
    """A register whose products (producer, stars, year, quadrant) stand as an ingest leaves them."""
    products = pd.DataFrame(rows, columns=["producer", "stars", "rating_year", "quadrant"], dtype="int64").astype(
        "int16"
    )
    nothing = pd.DataFrame(columns=["row", "producer"], dtype="int64")
    return Register(
        producers=pd.DataFrame(index=range(producers)),
        products=products.assign(quadrant_year=0),
        participants=pd.DataFrame(columns=["producer", "listed"], dtype="int64"),
        product_doubts=nothing,
        participant_doubts=nothing,
        lists=(),
    )


@given(
    st.lists(st.tuples(st.integers(-1, 6), st.integers(2, 4), st.integers(2566, 2567), st.integers(3, 4)), max_size=60)
)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_question_is_answered_as_a_look_at_each_row_would(rows: list[tuple[int, int, int, int]]) -> None:
    """However many rows a producer has, in whatever order they stand, and whoever has none."""
    found = register_of(rows, 7).whose({"rated": is_rated, "d": is_d})
    has = [{row[1:] for row in rows if row[0] == n} for n in range(7)]
    assert found["rated"][0].tolist() == [any(stars == 3 for stars, _, _ in own) for own in has]
    assert found["rated"][1].tolist() == [any(year == 2567 for _, year, _ in own) for own in has]
    assert found["d"][0].tolist() == [any(quadrant == 4 for _, _, quadrant in own) for own in has]


def test_the_rounds_of_an_index() -> None:
    """The first rows of all, those with the most rows in front, then the second rows; rows of nobody stand in none."""
    rows = [(whose, stars, 2567, 4) for whose, stars in ((-1, 3), (0, 4), (2, 3), (0, 3), (-1, 4), (2, 3), (2, 2))]
    index = register_of(rows, 4).index
    assert index.kinds.stars.tolist() == [3, 4, 2]
    assert index.kind.tolist() == [0, 1, 0, 0, 1, 0, 2]
    assert (index.rounds.tolist(), index.sizes) == ([0, 1, 0, 0, 2], (2, 2, 1))
    assert index.place[[2, 0]].tolist() == [0, 1]
    nothing = register_of([], 2).index
    assert (nothing.sizes, nothing.place.tolist()) == ((), [0, 1])


def test_runs_of_districts() -> None:
    """Where each begins and how long it is, a district that comes again included."""
    begins, lengths = runs(np.array([5601, 5601, 5602, 5601], dtype=np.int16))
    assert (begins.tolist(), lengths.tolist()) == ([0, 2, 3], [2, 1, 1])
    assert [part.tolist() for part in runs(np.array([], dtype=np.int16))] == [[], []]
