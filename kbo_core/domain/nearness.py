"""Which of many names are near to which: a typing error, another prefix.

Every pair within reach is found; no pair is compared letter by letter that its letters alone rule out.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from kbo_core.domain.thai_columns import letters_of

NEAR = 90  # rapidfuzz ratio of two name keys; below it, names that differ are different names

# Words before the name proper: the same group is written with one or another.
_PREFIXES = (
    "วิสาหกิจชุมชน",
    "กลุ่มแม่บ้านเกษตรกร",
    "กลุ่มแม่บ้าน",
    "กลุ่มสตรี",
    "กลุ่มอาชีพ",
    "กลุ่มผู้ผลิต",
    "กลุ่มผลิต",
    "กลุ่ม",
    "ศูนย์",
    "เครือข่าย",
    "สถาบัน",
    "โรงงาน",
    "คณะ",
    "ชมรม",
    "สหกรณ์",
    "บริษัท",
    "บจก.",
    "ห้างหุ้นส่วนจำกัด",
    "หจก.",
    "ร้าน",
    "นางสาว",
    "น.ส.",
    "นาง",
    "นาย",
)
# At least four letters of the name proper stay.
_TITLES = re.compile(rf"(?:(?:{'|'.join(map(re.escape, _PREFIXES))})(?=.{{4}}))*", re.DOTALL)
_AT_ONCE = 256  # names that are compared with their whole block in one step
_NUMBERS = re.compile(r"[0-9]+")
_FAR = re.compile("[^\x00-\uffff]")  # letters that take two numbers; as one, they differ less, never more


def core_of(key: str) -> str:
    """A name key without the words that stand before the name proper."""
    return key[_TITLES.match(key).end() :]  # type: ignore[union-attr]  # it matches the empty text too


def is_near(key: str, other: str) -> bool:
    """Could two name keys that differ be one name: a typing error, another prefix?"""
    if _NUMBERS.findall(key) != _NUMBERS.findall(other):
        return False
    core, other_core = core_of(key), core_of(other)
    return core == other_core or fuzz.ratio(key, other) >= NEAR or fuzz.ratio(core, other_core) >= NEAR


def similarity(key: str, other: str) -> int:
    """How alike two name keys are, of 100, with or without the words that stand before."""
    return round(max(fuzz.ratio(key, other), fuzz.ratio(core_of(key), core_of(other))))


class NameIndex:
    """Name keys to be searched for near ones."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = keys
        self._cores = [core_of(key) for key in keys]
        self._of_keys, self._of_cores = _Letters(keys), _Letters(self._cores)
        self._by_numbers: dict[tuple[str, ...], list[int]] = {}
        for n, key in enumerate(keys):
            self._by_numbers.setdefault(tuple(_NUMBERS.findall(key)), []).append(n)
        self._blocks = {numbers: np.array(at) for numbers, at in self._by_numbers.items()}

    def near(self, keys: Sequence[str]) -> Iterator[list[int]]:
        """For each key the index's keys that are equal or near, in their order."""
        cores = [core_of(key) for key in keys]
        of_keys, of_cores = _Letters(keys), _Letters(cores)
        for n, key in enumerate(keys):
            block = self._blocks.get(tuple(_NUMBERS.findall(key)))
            if block is None:
                yield []
                continue
            possible = self._of_keys.could_be_near(of_keys, n, block) | self._of_cores.could_be_near(of_cores, n, block)
            yield [int(p) for p in block[possible] if self._is_near(key, cores[n], int(p))]

    def pairs(self) -> Iterator[tuple[int, int]]:
        """The index's own keys that are equal or near to one another, each pair once."""
        for block in self._blocks.values():
            for first in range(0, len(block) if len(block) > 1 else 0, _AT_ONCE):
                some = block[first : first + _AT_ONCE]
                possible = np.zeros((len(some), len(block)), dtype=bool)
                for texts in (self._of_keys, self._of_cores):
                    possible |= texts.could_be_near(texts, some[:, None], block)
                possible &= some[:, None] < block
                for n, p in zip(*np.nonzero(possible), strict=True):
                    one, other = int(some[n]), int(block[p])
                    if self._is_near(self._keys[one], self._cores[one], other):
                        yield one, other

    def _is_near(self, key: str, core: str, p: int) -> bool:
        return fuzz.ratio(key, self._keys[p]) >= NEAR or fuzz.ratio(core, self._cores[p]) >= NEAR


class _Letters:
    """Of each text its length and the set of its letters, as 128 bits.

    Two texts of ratio r differ in (1 - r) of their lengths together; each single letter put in or taken out changes
    the set by at most one.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        letters, starts = letters_of([_FAR.sub("\ufffd", text) for text in texts])
        self.lengths = np.diff(starts).astype(np.int32)
        bits = np.uint64(1) << (letters & np.uint16(63)).astype(np.uint64)
        self.halves = [_union(np.where((letters & np.uint16(64)) == half, bits, 0), starts) for half in (0, 64)]

    def could_be_near(
        self, others: "_Letters", n: int | NDArray[np.int64], block: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which of the block's texts the ratio does not rule out by letters and lengths for text ``n`` of others (a row
        for each, where it is a column of several)."""
        lengths = self.lengths[block]
        allowed = (100 - NEAR) * (lengths + others.lengths[n]) // 100
        missing = np.abs(lengths - others.lengths[n])
        differing = sum(
            np.bitwise_count(mine[block] ^ theirs[n]) for mine, theirs in zip(self.halves, others.halves, strict=True)
        )
        return np.asarray((missing <= allowed) & (differing <= allowed))


def _union(bits: NDArray[np.uint64], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    union = np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), starts[:-1]) if len(starts) > 1 else bits[:0]
    union[np.diff(starts) == 0] = 0  # reduceat gives a text without letters its neighbour's
    return union
