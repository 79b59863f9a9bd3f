"""What is asked of product rows: one reading answers as a look at every row would."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from kbo_core.domain.district_runs import DistrictRuns
from kbo_core.domain.product_index import ProductRows
from kbo_core.domain.register import Flags, Register
from kbo_core.domain.truth import Truth


def is_rated(products: ProductRows) -> tuple[Flags, Flags]:
    return products.stars == 3, products.rating_year == 2567


def is_d(products: ProductRows) -> tuple[Flags]:
    return (products.quadrant == 4,)


LISTS = (("KBO", 2567), ("QD", 2568), ("KBO", 2567))


def register_of(
    rows: list[tuple[int, int, int, int]],
    producers: int,
    doubts: list[tuple[int, int]] | None = None,
    listed: list[tuple[int, int]] | None = None,
    near_listed: list[tuple[int, int]] | None = None,
) -> Register:
    """A register of products (producer, stars, year, quadrant), participations (producer, file of LISTS) and the near
    matches of each (row, producer)."""
    products = pd.DataFrame(rows, columns=["producer", "stars", "rating_year", "quadrant"], dtype="int64").astype(
        "int16"
    )
    near = [pd.DataFrame(told or [], columns=["row", "producer"], dtype="int64") for told in (doubts, near_listed)]
    return Register(
        producers=pd.DataFrame({"district": np.full(producers, 5601, dtype=np.int16)}),
        products=products.assign(quadrant_year=0),
        participants=pd.DataFrame(listed or [], columns=["producer", "listed"], dtype="int64"),
        product_doubts=near[0],
        participant_doubts=near[1],
        lists=LISTS,
    )


@given(
    st.lists(st.tuples(st.integers(-1, 6), st.integers(2, 4), st.integers(2566, 2567), st.integers(3, 4)), max_size=60),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 6)), max_size=9),
)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_every_question_is_answered_as_a_look_at_each_row_would(
    rows: list[tuple[int, int, int, int]], doubts: list[tuple[int, int]]
) -> None:
    """However many rows a producer has, surely or perhaps, in whatever order they stand, and whoever has none."""
    doubts = [(row, producer) for row, producer in doubts if row < len(rows)]
    found = register_of(rows, 7, doubts).whose({"rated": is_rated, "d": is_d})
    has = [{row[1:] for row in rows if row[0] == n} for n in range(7)]
    near = sorted({producer for _, producer in doubts})
    perhaps_has = [{rows[row][1:] for row, producer in doubts if producer == n} for n in near]
    rated, is_classed = found["rated"], found["d"]
    assert rated.near.tolist() == near
    for (in_range, this_year), (d,), held in (
        (rated.surely, is_classed.surely, has),
        (rated.perhaps, is_classed.perhaps, perhaps_has),
    ):
        assert in_range.tolist() == [any(stars == 3 for stars, _, _ in own) for own in held]
        assert this_year.tolist() == [any(year == 2567 for _, year, _ in own) for own in held]
        assert d.tolist() == [any(quadrant == 4 for _, _, quadrant in own) for own in held]


def test_the_rounds_of_an_index() -> None:
    """The first two rows of all, those with the most rows in front, then the next; rows of nobody stand in none, those
    of a near match in rounds of their own."""
    rows = [(whose, stars, 2567, 4) for whose, stars in ((-1, 3), (0, 4), (2, 3), (0, 3), (-1, 4), (2, 3), (2, 2))]
    index = register_of(rows, 4, [(4, 3), (0, 1), (0, 3)]).index
    assert index.kinds.stars.tolist() == [3, 4, 2]
    assert index.own.pairs.T.tolist() == [[1, 0], [0, 0], [2, 2]]
    assert (index.own.rounds.tolist(), index.own.sizes) == ([1, 0, 2], (2, 1))
    assert index.own.place[[2, 0]].tolist() == [0, 1]
    assert index.near.tolist() == [1, 3]
    assert index.near_rows.pairs.T.tolist() == [[0, 0], [1, 0]]
    assert (index.near_rows.rounds.tolist(), index.near_rows.place.tolist()) == ([1, 0], [1, 0])
    nothing = register_of([], 2).index
    assert (nothing.own.sizes, nothing.own.place.tolist(), nothing.near.tolist()) == ((), [0, 1], [])


def test_who_stands_on_a_list() -> None:
    """In whichever of its files; a near match is no certainty, and a list that nobody gave says nothing of anybody."""
    register = register_of([], 5, listed=[(0, 0), (1, 2), (-1, 2), (3, 1), (0, 2)], near_listed=[(2, 2), (2, 0)])
    assert register.on(("KBO", 2567)).tolist() == [Truth.PASS, Truth.PASS, Truth.UNKNOWN, Truth.FAIL, Truth.FAIL]
    assert register.on(("QD", 2568)).tolist() == [Truth.FAIL] * 3 + [Truth.PASS, Truth.FAIL]
    assert register.on(("KBO", 2566)).tolist() == [Truth.UNKNOWN] * 5


def test_runs_of_districts() -> None:
    """Where each begins and how long it is, a district that comes again included."""
    runs = DistrictRuns.of(np.array([5601, 5601, 5602, 5601], dtype=np.int16))
    assert (runs.begins.tolist(), runs.lengths.tolist()) == ([0, 2, 3], [2, 1, 1])
    found = runs.count(np.array([True, False, True, True]))
    assert (found[5601], found[5602], found.sum()) == (2, 1, 3)
    assert runs.each(found).tolist() == [2, 2, 1, 2]
    nothing = DistrictRuns.of(np.array([], dtype=np.int16))
    assert (nothing.begins.tolist(), nothing.lengths.tolist()) == ([], [])
    assert not nothing.count(np.array([], dtype=bool)).any()
