"""OpenFisca: a variable a clause, computed over vectors.

Its persons are rows of the registers: each producer's own row, each product and participation, and each doubtful row
again under the producer that it may be of. Producers and provinces are the groups that rows belong to.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.coded import Answer, Coded, province_of_district

FAIL, UNKNOWN, PASS = range(3)
_PERIOD = "2567"
_OWN, _CERTAIN, _DOUBTFUL = range(3)

Row = build_entity("row", "rows", "A row of a register", is_person=True)
Producer = build_entity("producer", "producers", "A producer", roles=[{"key": "of", "plural": "all_of"}])
Province = build_entity("province", "provinces", "A province", roles=[{"key": "inside", "plural": "all_inside"}])

_ROW_COLUMNS = ("standing", "rating_year", "stars", "quadrant_year", "quadrant", "list")
_RESULTS = ("clause_1a", "clause_1b", "clause_2", "clause_3", "clause_4", "tier", "verdict")


class rating(Variable):  # noqa: N801 - the name of a class is the name of the variable
    """What one product says of clause 1b."""

    value_type = int
    entity = Row
    definition_period = YEAR

    def formula(row: Any, period: Any) -> Any:  # noqa: N805 - called with the population
        year, stars = row("rating_year", period), row("stars", period)
        within = (year == 2567) * (stars >= 1) * (stars <= 3)
        unclear = (year == 2567) * (stars == -1) + (year <= 0) * (stars != 0)
        return np.where(within, PASS, np.where(unclear, UNKNOWN, FAIL))


class classing(Variable):  # noqa: N801
    """What one product says of clause 3."""

    value_type = int
    entity = Row
    definition_period = YEAR

    def formula(row: Any, period: Any) -> Any:  # noqa: N805
        year, quadrant = row("quadrant_year", period), row("quadrant", period)
        illegible, is_d = quadrant == -1, quadrant == 4
        unclear = (year == 2567) * illegible + (year == 0) * (is_d + illegible) + (year == -1) * (quadrant != 0)
        return np.where((year == 2567) * is_d, PASS, np.where(unclear, UNKNOWN, FAIL))


class clause_1a(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        kind = producer("kind", period)
        return np.select([kind == 1, kind == 0], [PASS, UNKNOWN], FAIL)


def _best(producer: Any, said: Any, standing: Any) -> Any:
    surely = producer.any((standing == _CERTAIN) * (said == PASS))
    perhaps = producer.any((said == UNKNOWN) + (standing == _DOUBTFUL) * (said == PASS))
    return np.select([surely, perhaps], [PASS, UNKNOWN], FAIL)


class clause_1b(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _best(producer, producer.members("rating", period), producer.members("standing", period))


class clause_3(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _best(producer, producer.members("classing", period), producer.members("standing", period))


def _off(producer: Any, listed: Any, standing: Any) -> Any:
    surely = producer.any(listed * (standing == _CERTAIN))
    perhaps = producer.any(listed * (standing == _DOUBTFUL))
    return np.select([surely, perhaps], [FAIL, UNKNOWN], PASS)


class clause_2(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _off(producer, producer.members("list", period) == 0, producer.members("standing", period))


class clause_4(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _off(producer, producer.members("list", period) == 1, producer.members("standing", period))


def _all(producer: Any, period: Any, *clauses: str) -> Any:
    return np.minimum.reduce([producer(clause, period) for clause in clauses])


class tier_1(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _all(producer, period, "clause_1a", "clause_1b", "clause_2")


class tier_2(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        return _all(producer, period, "clause_1a", "clause_2", "clause_3", "clause_4")


class is_open(Variable):  # noqa: N801
    """Is the fallback open in the province?"""

    value_type = bool
    entity = Province
    definition_period = YEAR

    def formula(province: Any, period: Any) -> Any:  # noqa: N805
        own = province.members("standing", period) == _OWN
        return province("quota", period) > province.sum(own * (province.members.producer("tier_1", period) == PASS))


class is_open_here(Variable):  # noqa: N801
    """Is it open in the producer's province?"""

    value_type = bool
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        own = producer.members("standing", period) == _OWN
        return producer.any(own * producer.members.province("is_open", period))


class tier(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        by_fallback = producer("is_open_here", period) * (producer("tier_2", period) == PASS)
        return np.select([producer("tier_1", period) == PASS, by_fallback], [1, 2], 0)


class verdict(Variable):  # noqa: N801
    value_type = int
    entity = Producer
    definition_period = YEAR

    def formula(producer: Any, period: Any) -> Any:  # noqa: N805
        first, second = producer("tier_1", period), producer("tier_2", period)
        return np.where(producer("is_open_here", period), np.maximum(first, second), first)


_COMPUTED = (
    rating, classing, clause_1a, clause_1b, clause_2, clause_3, clause_4,
    tier_1, tier_2, is_open, is_open_here, tier, verdict,
)  # fmt: skip


def prepare(tables: Coded) -> Simulation:
    """A simulation with every input set and nothing computed."""
    system = TaxBenefitSystem([Row, Producer, Province])
    for name, entity in (*((name, Row) for name in _ROW_COLUMNS), ("kind", Producer), ("quota", Province)):
        given = {"value_type": int, "entity": entity, "definition_period": YEAR}
        system.add_variable(type(name, (Variable,), given))
    for variable in _COMPUTED:
        system.add_variable(variable)

    producer, rows = _rows(tables)
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("row", np.arange(len(producer)))
    producers = builder.declare_entity("producer", np.arange(tables.count))
    producers.members_entity_id = producer
    provinces = builder.declare_entity("province", np.arange(77))
    provinces.members_entity_id = tables.producer_province[producer].astype(np.int64) - 1
    simulation = builder.build(system)
    for name, column in rows.items():
        simulation.set_input(name, _PERIOD, column)
    simulation.set_input("kind", _PERIOD, tables.producer_kind.astype(np.int32))
    quota = np.bincount(province_of_district(), tables.quota, minlength=78)[1:]
    simulation.set_input("quota", _PERIOD, quota.astype(np.int32))
    return simulation


def _rows(tables: Coded) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int32]]]:
    """Of every row its producer and its columns; rows of nobody are left out."""
    products, people = len(tables.product_producer), len(tables.participant_producer)
    nothing = np.zeros(1, np.int32)
    product = np.concatenate([np.arange(products), tables.product_doubt_row])
    participant = np.concatenate([np.arange(people), tables.participant_doubt_row])
    producer = np.concatenate(
        [
            np.arange(tables.count),
            tables.product_producer,
            tables.product_doubt_producer,
            tables.participant_producer,
            tables.participant_doubt_producer,
        ]
    ).astype(np.int64)
    standing = np.repeat(
        np.array([_OWN, _CERTAIN, _DOUBTFUL, _CERTAIN, _DOUBTFUL], np.int32),
        [tables.count, products, len(product) - products, people, len(participant) - people],
    )

    def padded(column: NDArray[Any]) -> NDArray[np.int32]:
        before, after = nothing.repeat(tables.count), nothing.repeat(len(participant))
        return np.concatenate([before, column[product].astype(np.int32), after])

    columns = {
        "standing": standing,
        "rating_year": padded(tables.product_rating_year),
        "stars": padded(tables.product_stars),
        "quadrant_year": padded(tables.product_quadrant_year),
        "quadrant": padded(tables.product_quadrant),
        "list": np.concatenate(
            [np.full(tables.count + len(product), -1, np.int32), tables.participant_list[participant].astype(np.int32)]
        ),
    }
    linked = producer >= 0
    return producer[linked], {name: column[linked] for name, column in columns.items()}


def decide(simulation: Simulation) -> Answer:
    """Calculate what is asked, after forgetting what an earlier call has calculated (a clone would remember it)."""
    for variable in _COMPUTED:
        simulation.delete_arrays(variable.__name__)
    found = {name: simulation.calculate(name, _PERIOD).astype(np.int8) for name in _RESULTS}
    return Answer(**found, is_open=simulation.calculate("is_open", _PERIOD))
