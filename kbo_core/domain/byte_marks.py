"""Marks of a file that tell where it was changed: its hash says that, its sums say where a single byte was.

Of one changed byte, the plain sum of all bytes gives by how much, the sum of bytes times their places gives where; the
hash then proves it. Of more, the hashes of blocks give the first that differs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK = 4096
_SHORT = 8  # hexadecimal digits of a block's hash
_WHOLE = 1 << 64


@dataclass(frozen=True)
class Change:
    """Where two files begin to differ: somewhere in ``offset`` … ``until`` - 1. ``was`` and ``now`` are byte values
    where a single byte is known, -1 past the end of a file; None where they are not known."""

    offset: int
    until: int
    was: int | None = None
    now: int | None = None

    @property
    def th(self) -> str:
        if self.until - self.offset > 1:
            return f"ไบต์แรกที่ต่างอยู่ระหว่างตำแหน่ง {self.offset} ถึง {self.until - 1}"
        return f"ไบต์แรกที่ต่างอยู่ที่ตำแหน่ง {self.offset}{self._values('เดิม', 'พบ', 'จบแฟ้ม')}"

    @property
    def en(self) -> str:
        if self.until - self.offset > 1:
            return f"the first byte that differs lies between offsets {self.offset} and {self.until - 1}"
        return f"the first byte that differs is at offset {self.offset}{self._values('was', 'is', 'end of file')}"

    def _values(self, was: str, now: str, end: str) -> str:
        if self.was is None or self.now is None:
            return ""
        shown = [end if value < 0 else f"0x{value:02x}" for value in (self.was, self.now)]
        return f" ({was} {shown[0]}, {now} {shown[1]})"


@dataclass(frozen=True)
class Marks:
    """The marks of some bytes. ``blocks`` are short hashes of each BLOCK bytes, run together."""

    sha256: str
    length: int
    total: int
    moment: int
    blocks: str

    @classmethod
    def of(cls, content: bytes) -> "Marks":
        cells = np.frombuffer(content, dtype=np.uint8)
        total = int(cells.sum(dtype=np.uint64))
        places = np.arange(len(cells), dtype=np.uint64)
        moment = int((cells.astype(np.uint64) * places).sum(dtype=np.uint64))  # modulo 2 ** 64
        return cls(hashlib.sha256(content).hexdigest(), len(content), total, moment, _blocks(content))

    @classmethod
    def read(cls, sha256: str, told: Mapping[str, Any]) -> "Marks":
        """Marks as a manifest writes them. Raises KeyError, TypeError or ValueError for what is none."""
        return cls(sha256, int(told["bytes"]), int(told["sum"]), int(told["moment"]), str(told["blocks"]))

    def as_dict(self) -> dict[str, object]:
        """The marks without the hash, as a manifest writes them."""
        return {"bytes": self.length, "sum": self.total, "moment": self.moment, "blocks": self.blocks}

    def restored(self, content: bytes) -> tuple[bytes, Change] | None:
        """The bytes as they were and the one byte that was changed; None where it was not a single one."""
        now = Marks.of(content)
        by = now.total - self.total
        if now.length != self.length or not by:
            return None
        moved = (now.moment - self.moment) % _WHOLE
        moved = moved - _WHOLE if moved >= _WHOLE // 2 else moved
        place, rest = divmod(moved, by)
        if rest or not 0 <= place < len(content) or not 0 <= content[place] - by <= 255:
            return None
        was = content[place] - by
        mended = content[:place] + bytes([was]) + content[place + 1 :]
        if hashlib.sha256(mended).hexdigest() != self.sha256:
            return None
        return mended, Change(place, place + 1, was, content[place])

    def first_change(self, content: bytes) -> Change:
        """Where bytes of another hash begin to differ, as narrowly as the marks tell."""
        if found := self.restored(content):
            return found[1]
        now, step = _blocks(content), _SHORT
        same = 0
        while same < min(len(now), len(self.blocks)) and now[same : same + step] == self.blocks[same : same + step]:
            same += step
        start = same // step * BLOCK
        return Change(start, max(start + 1, min(start + BLOCK, max(len(content), self.length))))


def first_difference(was: bytes, now: bytes) -> Change | None:
    """Where two files that are both there begin to differ; None when they do not."""
    if was == now:
        return None
    shorter = min(len(was), len(now))
    a, b = (np.frombuffer(content[:shorter], dtype=np.uint8) for content in (was, now))
    differing = np.flatnonzero(a != b)
    at = int(differing[0]) if len(differing) else shorter
    return Change(at, at + 1, was[at] if at < len(was) else -1, now[at] if at < len(now) else -1)


def _blocks(content: bytes) -> str:
    return "".join(
        hashlib.sha256(content[at : at + BLOCK]).hexdigest()[:_SHORT] for at in range(0, len(content), BLOCK)
    )
