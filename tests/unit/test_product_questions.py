"""What is asked of product rows: one reading answers as a look at every row would."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.domain import register
from kbo_core.domain.register import Flags, ProductRows, Register, side_by_side
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
    st.lists(st.tuples(st.integers(-1, 6), st.integers(2, 4), st.integers(2566, 2567), st.integers(3, 4)), max_size=60),
    st.sampled_from([1, 3, 1 << 17]),
)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_question_is_answered_as_a_look_at_each_row_would(
    rows: list[tuple[int, int, int, int]], at_once: int
) -> None:
    """However many rows a producer has, wherever a block ends, and whoever has none."""
    rows = sorted(rows, key=lambda row: row[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(register, "_BLOCK", at_once)
        found = register_of(rows, 7).whose({"rated": is_rated, "d": is_d})
    has = [{row[1:] for row in rows if row[0] == n} for n in range(7)]
    assert found["rated"][0].tolist() == [any(stars == 3 for stars, _, _ in own) for own in has]
    assert found["rated"][1].tolist() == [any(year == 2567 for _, year, _ in own) for own in has]
    assert found["d"][0].tolist() == [any(quadrant == 4 for _, _, quadrant in own) for own in has]


def test_rows_that_do_not_stand_side_by_side_are_no_register() -> None:
    """They would be overlooked; brought side by side they are one again, near matches pointing at the same rows."""
    rows = [(1, 3, 2567, 4), (0, 4, 2567, 4), (1, 4, 2566, 3), (-1, 4, 2567, 3)]
    with pytest.raises(ValueError, match="side by side"):
        register_of(rows, 2)
    products = pd.DataFrame(rows, columns=["producer", "stars", "rating_year", "quadrant"])
    moved, doubts = side_by_side(products, pd.DataFrame({"row": [3, 0], "producer": [0, 1]}))
    assert moved["producer"].tolist() == [-1, 0, 1, 1]
    assert doubts.to_numpy().tolist() == [[0, 0], [2, 1]]


def test_the_first_row_of_each_producer() -> None:
    """One past the last for those without products; rows of nobody may stand between provinces."""
    rows = [(whose, 3, 2567, 4) for whose in (-1, 0, 0, 2, -1, 3)]
    assert register_of(rows, 5).first_product.tolist() == [1, 6, 3, 5, 6]
    assert register_of([], 2).first_product.tolist() == [0, 0]


def test_runs_of_districts() -> None:
    """Where each begins and how long it is, a district that comes again included."""
    begins, lengths = runs(np.array([5601, 5601, 5602, 5601], dtype=np.int16))
    assert (begins.tolist(), lengths.tolist()) == ([0, 2, 3], [2, 1, 1])
    assert [part.tolist() for part in runs(np.array([], dtype=np.int16))] == [[], []]
