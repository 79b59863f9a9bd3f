"""One deadline, in words that name its last day."""

from collections.abc import Iterable

from kbo_core.circular.contents import Contents
from kbo_core.circular.deadline import differing
from kbo_core.circular.quoting import beside
from kbo_core.domain.findings import Finding, block, info


def deadline_wording(contents: Contents) -> Iterable[Finding]:
    """Asks about two different deadlines, and tells where *before* leaves the last day open."""
    if not contents.limits:
        return
    first = contents.limits[0]
    if first.word == "ก่อน":
        yield info(
            "deadline-before-wording",
            "deadline.on",
            f"หนังสือเขียนว่า “ก่อนวันที่” ระบบคงวันที่ที่พิมพ์ไว้ วันสุดท้ายที่ส่งได้คือวันนั้นหรือวันก่อนหน้า{beside(first.quote)}",
            f"'before' a day: the printed day is kept; is it the last day, or the day before it?{beside(first.quote)}",
        )
    if pair := differing(contents.limits):
        seen = beside(pair[0].quote, pair[1].quote)
        yield block(
            "deadline-twice",
            "deadline.on",
            f"หนังสือกำหนดวันส่งไว้สองวันไม่ตรงกัน วันใดถูกต้อง{seen}",
            f"the letter gives two deadlines that differ: which is meant?{seen}",
        )
