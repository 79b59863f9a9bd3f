"""Which of many names are near to which: a typing error, another prefix.

Every pair within reach is found; no pair is compared letter by letter that its letters alone rule out.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from kbo_core.domain.letter_counts import LetterCounts

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
_CROWD = 1 << 14  # from so many pairs on, names of one place are crossed with each other instead of paired one by one
_NUMBERS = re.compile(r"[0-9]+")


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
        self._forms = (LetterCounts(NEAR), LetterCounts(NEAR))
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
        block, wanted = (where << 32 | self._numbers[of] for of, where in ((names, place), (asked, asked_place)))
        order, rows = (np.argsort(of, kind="stable") for of in (block, wanted))
        begins = _begins(wanted[rows])
        ends = np.append(begins[1:], len(rows))
        first, last = (np.searchsorted(block[order], wanted[rows[begins]], side) for side in ("left", "right"))
        is_crowd = (ends - begins) * (last - first) >= _CROWD
        found = [
            pairs
            for a, b, c, d in zip(*(of[is_crowd].tolist() for of in (begins, ends, first, last)), strict=True)
            for pairs in self._crossed(asked, names, rows[a:b], order[c:d])
        ]
        few, count = np.repeat(~is_crowd, ends - begins), np.repeat(last - first, ends - begins)
        spread = _spread(rows[few], np.repeat(first, ends - begins)[few], count[few])
        found += [self._paired(asked, names, those, order[members]) for those, members in spread]
        return _in_order(found)

    def alike(self, names: Numbers, place: Numbers) -> tuple[Numbers, Numbers]:
        """Every pair of names of one place that are equal or near, each once, the one that stands first in front."""
        if not len(names):
            return names, names
        self._look_at(names)
        block = place << 32 | self._numbers[names]
        order = np.argsort(block, kind="stable")
        begins = _begins(block[order])
        ends = np.append(begins[1:], len(order))
        is_crowd = (ends - begins) ** 2 >= 2 * _CROWD
        found = [
            pairs
            for a, b in zip(begins[is_crowd].tolist(), ends[is_crowd].tolist(), strict=True)
            for pairs in self._crossed(names, names, order[a:b], None)
        ]
        at, last = np.arange(len(names)), np.repeat(ends, ends - begins)
        few = np.repeat(~is_crowd, ends - begins)
        spread = _spread(at[few], at[few] + 1, (last - at - 1)[few])
        found += [self._paired(names, names, order[those], order[members]) for those, members in spread]
        return _in_order(found)

    def _crossed(
        self, asked: Numbers, names: Numbers, rows: Numbers, members: Numbers | None
    ) -> Iterator[tuple[Numbers, Numbers]]:
        """The near pairs of each row with each member; without members, of each row with those behind it."""
        step = max(1, _AT_ONCE // len(rows if members is None else members))
        for begin in range(0, len(rows), step):
            some = rows[begin : begin + step]
            others = rows[begin + 1 :] if members is None else members
            if not len(others):
                return
            one, other = asked[some], names[others]
            possible = self._forms[0].crossing(one, other)
            possible |= self._forms[1].crossing(one, other)
            which, whom = np.divmod(np.flatnonzero(possible), len(others))
            if members is None:
                behind = whom >= which
                which, whom = which[behind], whom[behind]
            yield self._near_among(asked, names, some[which], others[whom])

    def _paired(self, asked: Numbers, names: Numbers, rows: Numbers, members: Numbers) -> tuple[Numbers, Numbers]:
        """Of these pairs those that are near; most are ruled out without looking at their letters one by one."""
        one, other = asked[rows], names[members]
        possible = self._forms[0].may_be_near(one, other) | self._forms[1].may_be_near(one, other)
        return self._near_among(asked, names, rows[possible], members[possible])

    def _near_among(self, asked: Numbers, names: Numbers, rows: Numbers, members: Numbers) -> tuple[Numbers, Numbers]:
        """Of these pairs those that are near, letter by letter, with the words that stand before or without."""
        near = np.zeros(len(rows), dtype=bool)
        for texts in (self._keys, self._cores):
            rest = np.flatnonzero(~near)
            one, other = ([texts[n] for n in of.tolist()] for of in (asked[rows[rest]], names[members[rest]]))
            near[rest] = process.cpdist(one, other, scorer=fuzz.ratio, score_cutoff=NEAR) >= NEAR
        return rows[near], members[near]


def _begins(numbers: Numbers) -> Numbers:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(numbers, prepend=numbers[0] - 1))


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
