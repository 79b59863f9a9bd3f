"""A small province whose year is rehearsed under several definitions: with grace, with lock, by hand, signed."""

from functools import cache
from pathlib import Path

from deployments.rehearsal.surroundings import remembering
from expectations.validate import validator
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.screening import Screening, screen
from kbo_core.registry.quality import Validate
from tests.province import GROUP, write_small_province

# Groups to spare, in districts with and without places; C2 stands in a district that had nobody.
MORE = (
    ("A6", "กลุ่มดอกไม้ประดิษฐ์บ้านต้นผึ้ง", GROUP, "เมืองพะเยา", "2"),
    ("A7", "กลุ่มแปรรูปข้าวบ้านสันทราย", GROUP, "เมืองพะเยา", "1"),
    ("B3", "กลุ่มข้าวแต๋นบ้านทุ่งกล้วย", GROUP, "แม่ใจ", "1"),
    ("B4", "ร้านชาสมุนไพรบ้านเหล่า", "", "แม่ใจ", "2"),
    ("C2", "กลุ่มกระเป๋าผักตบบ้านท่าเรือ", GROUP, "ปง", "3"),
    ("D1", "กลุ่มลำไยอบแห้งบ้านห้วยลาน", GROUP, "ดอกคำใต้", "3"),
)
_OWN_DAY = "deadline: {on: 2025-06-04"
_LIMITS = "deadline: {on: 2025-06-04, grace_until: 2025-06-10, lock_on: 2025-06-20"
_SHORT = "deadline: {on: 2025-01-06, lock_on: 2025-01-15"
_SIGNED = "approvals: {dispatch: [owner, provincial_developer], report: [owner, deputy_governor]}\n"
# What a definition says otherwise: the deadline, and lines more.
VARIANTS = (
    (_OWN_DAY, ""),
    (_LIMITS, ""),
    (_SHORT, ""),
    (_LIMITS, "review: by_hand\n"),
    (_SHORT, _SIGNED),
    (_OWN_DAY, f"review: by_hand\n{_SIGNED}"),
    (_SHORT, "reminders: {quiet: {days_off: false}}\n"),
)


def write_variant(folder: Path, number: int, more: tuple[tuple[str, ...], ...] = MORE) -> Path:
    """The definition of one variant, its registers beside it."""
    path = write_small_province(folder)
    with (folder / "producers.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{i},{name},{kind},พะเยา,{district},,\n" for i, name, kind, district, _ in more)
    with (folder / "products.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{i},{name},พะเยา,ของ{i},2567,{stars}\n" for i, name, _, _, stars in more)
    deadline, lines = VARIANTS[number]
    text = path.read_text("utf-8").replace(_OWN_DAY, deadline)
    path.write_text(text + lines, encoding="utf-8")
    return path


@cache
def checks() -> Validate:
    """The real suites; each table is judged once in all rehearsals."""
    return remembering(validator())


_screened: dict[int, tuple[DefinitionFile, Screening]] = {}


def screened(folder: Path, number: int) -> tuple[DefinitionFile, Screening]:
    """A variant, screened once for all rehearsals."""
    if number not in _screened:
        file = read_definition(write_variant(folder, number))
        _screened[number] = (file, screen(file, checks()))
    return _screened[number]
