"""Which of many names are near to which: a typing error, another prefix.

Every pair within reach is found; no pair is compared letter by letter that its letters alone rule out.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from kbo_core.domain.thai_columns import letters_of

Numbers = NDArray[np.int64]
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
_AT_ONCE = 1 << 18  # pairs compared together
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


class Spellings:
    """Name keys to be compared in many places; each is looked at once, when it is first asked for."""

    def __init__(self, keys: Sequence[str] = ()) -> None:
        self._keys: Sequence[str] = ()
        self._cores: dict[int, str] = {}
        self._known_numbers: dict[tuple[str, ...], int] = {}
        self._forms = (_Letters(), _Letters())
        self._numbers = np.empty(0, dtype=np.int64)  # -1 not yet looked at
        self.know(keys)

    def know(self, keys: Sequence[str]) -> None:
        """Take in more keys; those known already stand first among them."""
        self._keys = keys
        for form in self._forms:
            form.grow(len(keys))
        self._numbers = np.append(self._numbers, np.full(len(keys) - len(self._numbers), -1, dtype=np.int64))

    def _look_at(self, names: Numbers) -> None:
        new = np.unique(names[self._numbers[names] < 0])
        keys = [self._keys[n] for n in new.tolist()]
        cores = [core_of(key) for key in keys]
        self._cores |= zip(new.tolist(), cores, strict=True)
        self._forms[0].put(new, keys)
        self._forms[1].put(new, cores)
        known = self._known_numbers
        self._numbers[new] = [known.setdefault(tuple(_NUMBERS.findall(key)), len(known)) for key in keys]

    def near(self, asked: Numbers, asked_place: Numbers, names: Numbers, place: Numbers) -> tuple[Numbers, Numbers]:
        """Every pair of an asked name and a name of the same place that are equal or near, in order.

        Shape: ``asked`` and ``names`` are numbers of keys; what comes back are positions in them.
        """
        if not len(asked):
            return asked, asked
        self._look_at(names)
        self._look_at(asked)
        block = place << 32 | self._numbers[names]
        order = np.argsort(block, kind="stable")
        wanted, sorted_block = asked_place << 32 | self._numbers[asked], block[order]
        first, last = np.searchsorted(sorted_block, wanted, "left"), np.searchsorted(sorted_block, wanted, "right")
        found = [
            self._judged(asked, names, rows, order[members])
            for rows, members in _spread(np.arange(len(asked)), first, last - first)
        ]
        return _in_order(found)

    def alike(self, names: Numbers, place: Numbers) -> tuple[Numbers, Numbers]:
        """Every pair of names of one place that are equal or near, each once, the one that stands first in front."""
        self._look_at(names)
        block = place << 32 | self._numbers[names]
        order = np.argsort(block, kind="stable")
        last = np.searchsorted(block[order], block[order], "right")
        at = np.arange(len(names))
        found = [
            self._judged(names, names, order[rows], order[members])
            for rows, members in _spread(at, at + 1, last - at - 1)
        ]
        return _in_order(found)

    def _judged(self, asked: Numbers, names: Numbers, rows: Numbers, members: Numbers) -> tuple[Numbers, Numbers]:
        """Of these pairs those that are near; most are ruled out without looking at their letters one by one."""
        one, other = asked[rows], names[members]
        possible = self._forms[0].could_be_near(one, other) | self._forms[1].could_be_near(one, other)
        rows, members = rows[possible], members[possible]
        kept = np.fromiter(
            (self._is_near(a, b) for a, b in zip(asked[rows].tolist(), names[members].tolist(), strict=True)),
            dtype=bool,
            count=len(rows),
        )
        return rows[kept], members[kept]

    def _is_near(self, one: int, other: int) -> bool:
        if fuzz.ratio(self._keys[one], self._keys[other]) >= NEAR:
            return True
        return fuzz.ratio(self._cores[one], self._cores[other]) >= NEAR


def _spread(rows: Numbers, first: Numbers, count: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """Each row with each of its members, so many pairs at a time."""
    ends = np.cumsum(count)
    begin = 0
    while begin < len(rows):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _AT_ONCE, "right")), begin + 1)
        counts = count[begin:end]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        yield np.repeat(rows[begin:end], counts), np.repeat(first[begin:end], counts) + within
        begin = end


def _in_order(pairs: Sequence[tuple[Numbers, Numbers]]) -> tuple[Numbers, Numbers]:
    nothing = np.empty(0, dtype=np.int64)
    rows = np.concatenate([nothing, *(rows for rows, _ in pairs)])
    members = np.concatenate([nothing, *(members for _, members in pairs)])
    order = np.lexsort((members, rows))
    return rows[order], members[order]


def near_names(key: str, keys: Sequence[str]) -> list[int]:
    """The keys that are equal or near to one, by number."""
    names = np.arange(len(keys), dtype=np.int64)
    asked = np.array([len(keys)], dtype=np.int64)
    _, found = Spellings([*keys, key]).near(asked, asked * 0, names, names * 0)
    return [int(n) for n in found]


class _Letters:
    """Of each text its length and the set of its letters, as 128 bits.

    Two texts of ratio r differ in (1 - r) of their lengths together; each single letter put in or taken out changes
    the set by at most one.
    """

    def __init__(self) -> None:
        self._lengths = np.empty(0, dtype=np.int32)
        self._halves = [np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.uint64)]

    def grow(self, count: int) -> None:
        """Make room for so many texts."""
        more = count - len(self._lengths)
        self._lengths = np.append(self._lengths, np.zeros(more, dtype=np.int32))
        self._halves = [np.append(half, np.zeros(more, dtype=np.uint64)) for half in self._halves]

    def put(self, at: Numbers, texts: Sequence[str]) -> None:
        """Look at the texts and keep what was seen at these places."""
        letters, starts = letters_of([_FAR.sub("\ufffd", text) for text in texts])
        self._lengths[at] = np.diff(starts)
        bits = np.uint64(1) << (letters & np.uint16(63)).astype(np.uint64)
        for kept, half in zip(self._halves, (0, 64), strict=True):
            kept[at] = _union(np.where((letters & np.uint16(64)) == half, bits, 0), starts)

    def could_be_near(self, one: Numbers, other: Numbers) -> NDArray[np.bool_]:
        """Which of these pairs the ratio does not rule out by letters and lengths."""
        lengths, others = self._lengths[one], self._lengths[other]
        allowed = (100 - NEAR) * (lengths + others) // 100
        differing = sum(np.bitwise_count(half[one] ^ half[other]) for half in self._halves)
        return np.asarray((np.abs(lengths - others) <= allowed) & (differing <= allowed))


def _union(bits: NDArray[np.uint64], starts: NDArray[np.int64]) -> NDArray[np.uint64]:
    union = np.bitwise_or.reduceat(np.append(bits, np.uint64(0)), starts[:-1]) if len(starts) > 1 else bits[:0]
    union[np.diff(starts) == 0] = 0  # reduceat gives a text without letters its neighbour's
    return union
