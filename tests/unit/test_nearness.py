"""Near names: the index finds exactly what comparing every pair would, and compares few of them."""

from random import Random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from kbo_core.domain import nearness
from kbo_core.domain.letter_counts import LetterCounts
from kbo_core.domain.nearness import Spellings, core_of, is_near, near_names

WORDS = ("กลุ่ม", "กลุ่มแม่บ้าน", "วิสาหกิจชุมชน", "นาง", "ร้าน", "ทอผ้า", "จักสาน", "บ้าน", "ปลาส้ม", "น้ำพริก", "หมู่", "3", "13", "𝔾")
CROWDS = st.sampled_from([1, 6, 1 << 14])
LETTERS = "กขคงนมยรลวาิี่้์ab13😀"


@st.composite
def keys(draw: st.DrawFn) -> list[str]:
    """Names that share words, some of them another with a letter put in, taken out or changed."""
    names = draw(st.lists(st.lists(st.sampled_from(WORDS), max_size=6).map("".join), min_size=1, max_size=8))
    for _ in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(names))
        at = draw(st.integers(0, len(name)))
        names.append(name[:at] + draw(st.text(LETTERS, max_size=2)) + name[at + draw(st.integers(0, 2)) :])
    return names


def near(register: list[str], asked: list[str]) -> tuple[list[int], list[int]]:
    """The pairs of asked and register's names, all in one place."""
    names = np.arange(len(register) + len(asked), dtype=np.int64)
    there, here = names[: len(register)], names[len(register) :]
    found = Spellings([*register, *asked]).near(here, here * 0, there, there * 0)
    return found[0].tolist(), found[1].tolist()


def pairs(register: list[str]) -> list[tuple[int, int]]:
    """The pairs of the register's own names, all in one place."""
    names = np.arange(len(register), dtype=np.int64)
    found = Spellings(register).alike(names, names * 0)
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True))


def near_or_same(one: str, other: str) -> bool:
    return one == other or is_near(one, other)


@given(keys(), keys(), CROWDS)
@settings(max_examples=300, derandomize=True, deadline=None)
def test_the_index_finds_what_every_pair_compared_would(register: list[str], asked: list[str], crowd: int) -> None:
    """In the register's order, names that are equal among them; whether few names or many are said to be a crowd."""
    asked = [*asked, *register[:3]]
    expected = [[n for n, key in enumerate(register) if near_or_same(name, key)] for name in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearness, "_CROWD", crowd)
        assert [near_names(name, register) for name in asked] == expected
        found = near(register, asked)
    assert [*zip(*found, strict=True)] == [(n, m) for n, found in enumerate(expected) for m in found]


@given(keys(), CROWDS)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_each_near_pair_of_a_register_is_found_once(register: list[str], crowd: int) -> None:
    """Both ways round it is one pair."""
    expected = {(n, m) for m in range(len(register)) for n in range(m) if near_or_same(register[n], register[m])}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearness, "_CROWD", crowd)
        found = pairs(register)
    assert sorted({tuple(sorted(pair)) for pair in found}) == sorted(expected)
    assert len(found) == len(expected)


@given(keys(), keys())
@settings(max_examples=300, derandomize=True, deadline=None)
def test_letter_counts_rule_out_no_near_pair(first: list[str], later: list[str]) -> None:
    """Not among the texts that the marks were chosen from, nor among later ones; both ways of asking agree."""
    counts = LetterCounts(nearness.NEAR)
    texts = [*first, *later]
    counts.grow(len(texts))
    every = np.arange(len(texts), dtype=np.int64)
    counts.put(every[: len(first)], first)
    counts.put(every[len(first) :], later)
    crossed = counts.crossing(every, every)
    one, other = (side.ravel() for side in np.meshgrid(every, every, indexing="ij"))
    assert crossed.ravel().tolist() == counts.may_be_near(one, other).tolist()
    near_ones = [[fuzz.ratio(a, b) >= nearness.NEAR for b in texts] for a in texts]
    assert not (np.array(near_ones) & ~crossed).any()


@pytest.mark.parametrize("crowd", [1, 1 << 14])
def test_pairs_beyond_one_step_are_found(monkeypatch: pytest.MonkeyPatch, crowd: int) -> None:
    """A district may have more names than are compared at once."""
    register = [f"กลุ่ม{word}{place}" for word in WORDS[5:10] for place in ("ดอยหลวง", "ดอยหลวงง", "กว๊าน")]
    whole = pairs(register)
    monkeypatch.setattr(nearness, "_AT_ONCE", 2)
    monkeypatch.setattr(nearness, "_CROWD", crowd)
    assert whole == pairs(register) != []


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("กลุ่มทอผ้าบ้านดอยหลวง", "วิสาหกิจชุมชนทอผ้าบ้านดอยหลวง", True),
        ("กลุ่มทอผ้าบ้านดอยหลวง", "กลุ่มทอผ้าบ้านดอยหลง", True),
        ("กลุ่มทอผ้าหมู่3", "กลุ่มทอผ้าหมู่13", False),
        ("กลุ่มทอผ้าหมู่3", "กลุ่มทอผ้า", False),
        ("กลุ่มทอผ้าบ้านดอยหลวง", "กลุ่มจักสานบ้านกว๊าน", False),
        ("", "", True),
    ],
)
def test_a_prefix_and_a_typing_error_are_near_and_a_number_is_not(one: str, other: str, *, near: bool) -> None:
    """Moo 3 and Moo 13 are two villages."""
    assert is_near(one, other) is near
    assert is_near(other, one) is near


def test_a_name_that_is_all_title_keeps_it() -> None:
    """At least four letters of the name proper stay."""
    assert core_of("กลุ่มนา") == "กลุ่มนา"
    assert core_of("กลุ่มสตรีทอผ้า") == "ทอผ้า"


def _names(count: int) -> list[str]:
    pick = Random(7)  # noqa: S311 - names, not secrets
    letters = "กขคงจชซดตถทนบปผพฟมยรลวสหอ"
    return ["กลุ่ม" + "".join(pick.choices(letters, k=pick.randint(8, 24))) for _ in range(count)]


def test_most_pairs_are_ruled_out_without_being_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a province's million pairs less than one in a hundred is looked at letter by letter."""
    compared = 0

    def counting(one: str, other: str, *, score_cutoff: float) -> float:
        nonlocal compared
        compared += 1
        return float(fuzz.ratio(one, other, score_cutoff=score_cutoff))

    monkeypatch.setattr(nearness, "fuzz", SimpleNamespace(ratio=counting))
    register, asked = _names(1_500), _names(1_800)[1_500:]
    near(register, asked)
    assert compared < 1_500 * 300 / 100
