"""Producers that are probably one: found, linked, and what a link shares."""

import numpy as np
import pandas as pd
import pytest

from kbo_core.domain.duplicates import duplicates, groups, shared
from kbo_core.domain.nearness import Spellings, is_near
from kbo_core.domain.thai_text import name_key


def found(*producers: tuple[int, str, str]) -> list[tuple[int, int, str]]:
    """The pairs among (district, name, subdistrict)."""
    table = pd.DataFrame(
        {
            "district": [district for district, _, _ in producers],
            "key": range(len(producers)),
            "subdistrict": [subdistrict for _, _, subdistrict in producers],
        }
    )
    keys = [name_key(name) for _, name, _ in producers]
    pairs = duplicates(table, keys, Spellings(keys))
    return list(pairs.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param((5601, "กลุ่มทอผ้าดอยงาม", ""), (5601, "กลุ่ม ทอผ้าดอยงาม", ""), "name", id="the-same-name"),
        pytest.param((5601, "กลุ่มทอผ้าดอยงาม", ""), (5605, "กลุ่มทอผ้าดอยงาม", ""), None, id="another-district"),
        pytest.param(
            (5601, "กลุ่มทอผ้าดอยงาม", "แม่ปืม"), (5601, "วิสาหกิจชุมชนทอผ้าดอยงาม", "บ้านตุ่น"), "core", id="another-prefix"
        ),
        pytest.param((5601, "กลุ่มทอผ้าบ้านดอยงาม", ""), (5601, "กลุ่มทอผ้าบ้านดอยงามม", ""), "near", id="a-typing-error"),
        pytest.param(
            (5601, "กลุ่มทอผ้าบ้านดอยงาม", "ต.แม่ปืม"), (5601, "กลุ่มทอผ้าบ้านดอยงามม", "แม่ปืม"), "near", id="one-subdistrict"
        ),
        pytest.param(
            (5601, "กลุ่มทอผ้าบ้านดอยงาม", "แม่ปืม"), (5601, "กลุ่มทอผ้าบ้านดอยงามม", "บ้านตุ่น"), None, id="other-subdistrict"
        ),
        pytest.param((5601, "กลุ่มทอผ้า หมู่ 3", ""), (5601, "กลุ่มทอผ้า หมู่ 13", ""), None, id="other-numbers"),
        pytest.param((5601, "กลุ่มทอผ้าดอยงาม", ""), (5601, "กลุ่มจักสานแม่ใจ", ""), None, id="other-names"),
    ],
)
def test_a_pair_is_found_for_a_reason(
    one: tuple[int, str, str], other: tuple[int, str, str], expected: str | None
) -> None:
    """By the same name, another prefix or a near name; in one district, with equal numbers."""
    assert found(one, other) == ([(0, 1, expected)] if expected else [])


def test_no_pair_is_missed_in_a_crowd() -> None:
    """Blocks and letters rule out only what a comparison of every two names rules out."""
    draw = np.random.default_rng(7)
    words = ("ทอผ้า", "จักสาน", "น้ำพริก", "บ้านดอย", "แม่ใจ", "หนองบัว", "งาม", "ใหม่", "หมู่ 3", "หมู่ 13")
    people = [
        (int(draw.integers(5601, 5603)), draw.choice(["กลุ่ม", "ร้าน", ""]) + "".join(draw.choice(words, 3)), "")
        for _ in range(700)
    ]
    keys = [name_key(name) for _, name, _ in people]
    wanted = {
        (a, b)
        for a in range(len(people))
        for b in range(a + 1, len(people))
        if people[a][0] == people[b][0] and is_near(keys[a], keys[b])
    }
    assert len(wanted) > 100
    assert {(a, b) for a, b, _ in found(*people)} == wanted


def test_links_reach_through_others() -> None:
    """A with B and B with C are one."""
    assert groups([(4, 2), (7, 8), (2, 9)]) == [[2, 4, 9], [7, 8]]
    assert groups([]) == []


def test_a_participation_of_one_is_one_of_all_that_are_linked() -> None:
    """The row stands under each; near matches too, each once; the others are as they were."""
    participants = pd.DataFrame({"producer": [0, -1, 5], "listed": [0, 0, 1], "row": [2, 3, 4]})
    doubts = pd.DataFrame({"row": [1, 1], "producer": [3, 0]})
    rows, near = shared(participants, doubts, [[0, 3]])
    assert rows[["producer", "listed", "row"]].to_numpy().tolist() == [[0, 0, 2], [-1, 0, 3], [5, 1, 4], [3, 0, 2]]
    assert near.to_numpy().tolist() == [[1, 0], [1, 3]]
    assert shared(participants, doubts, [])[0] is participants
