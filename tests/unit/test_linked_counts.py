"""Groups that the register has under several ids are counted once."""

import json

import numpy as np
import pytest

from kbo_core.domain.certificate import Basis, Standing, certificate_faults, certify
from kbo_core.domain.district_runs import DistrictRuns
from kbo_core.domain.shortage import counted_once, measure, open_districts

BASIS = Basis("kbo-test", "d" * 64, {"producers.csv": "e" * 64}, "f" * 64)
QUOTA = {"5601": 2, "5602": 1}
DISTRICTS = DistrictRuns.of(np.array([5601, 5601, 5601, 5602], dtype=np.int16))
TIER = np.array([1, 1, 0, 2], dtype=np.int8)
VERDICT = np.array([2, 2, 1, 2], dtype=np.int8)
LINKED = (("P1", "P2", "P3"),)
STANDINGS = [
    Standing("P1", "5601", "1", "eligible"),
    Standing("P2", "5601", "1", "eligible"),
    Standing("P3", "5601", "", "unknown"),
    Standing("P4", "5602", "2", "eligible"),
]


def flags(*values: int) -> np.typing.NDArray[np.bool_]:
    return np.array(values, dtype=bool)


def test_a_group_counts_where_it_stands_best() -> None:
    """Once, and not again in a lesser standing; whoever is alone counts as he stands."""
    best, next_best = counted_once([[0, 1], [2, 3]], flags(0, 0, 1, 1, 1), flags(1, 1, 1, 0, 0))
    assert best.tolist() == [False, False, True, False, True]
    assert next_best.tolist() == [True, False, False, False, False]


def test_two_ids_of_one_group_do_not_end_a_shortage() -> None:
    """Two places and one group: still short, whatever number of ids it has."""
    tier_1 = np.array([2, 2, 0, 0], dtype=np.int8)
    assert not open_districts("district", {"5601": 2}, DISTRICTS, tier_1, ())[5601]
    assert open_districts("district", {"5601": 2}, DISTRICTS, tier_1, [[0, 1]])[5601]


@pytest.mark.parametrize("linked", [LINKED, ()])
def test_a_certificate_says_whom_it_counts_as_one_and_is_held_to_it(linked: tuple[tuple[str, ...], ...]) -> None:
    """Its figures are those of the shortage; taken for other groups than the cycle's answers say, it is not true."""
    opened = np.zeros(10_000, dtype=bool)
    opened[5601] = opened[5602] = True
    rows = [[0, 1, 2]] if linked else []
    shortage = measure("province", QUOTA, DISTRICTS, TIER, VERDICT, opened=opened, linked=rows)
    assert (shortage.province.tier_1, shortage.province.unknown) == ((1, 0) if linked else (2, 1))
    issued = certify(shortage, STANDINGS, BASIS, linked)
    assert issued is not None
    assert ("นับเป็นกลุ่มเดียวกัน: P1 P2 P3" in issued.text_th()) == bool(linked)
    told = json.loads(json.dumps(issued.as_dict()))
    assert certificate_faults(told, STANDINGS, QUOTA, BASIS, linked) == []
    if linked:
        codes = {fault.code for fault in certificate_faults(told, STANDINGS, QUOTA, BASIS, (("P1", "P2"),))}
        assert codes == {"certificate-linked", "certificate-figures"}
