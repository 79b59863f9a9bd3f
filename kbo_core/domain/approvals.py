"""Signatures in the letter's own order: the owner of the matter, the group head, the provincial developer, the deputy
governor."""

from collections.abc import Sequence
from enum import StrEnum


class ApprovalStep(StrEnum):
    """A place in the initials block of a letter, in the order of signing."""

    OWNER = "owner"
    GROUP_HEAD = "group_head"
    PROVINCIAL_DEVELOPER = "provincial_developer"
    DEPUTY_GOVERNOR = "deputy_governor"

    @property
    def th(self) -> str:
        return _THAI[self]


_THAI = {
    ApprovalStep.OWNER: "เจ้าของเรื่อง",
    ApprovalStep.GROUP_HEAD: "ผู้อำนวยการกลุ่มงาน",
    ApprovalStep.PROVINCIAL_DEVELOPER: "พัฒนาการจังหวัด",
    ApprovalStep.DEPUTY_GOVERNOR: "รองผู้ว่าราชการจังหวัด",
}


class Subject(StrEnum):
    """What is signed."""

    DISPATCH = "dispatch"
    REPORT = "report"

    @property
    def th(self) -> str:
        return "หนังสือถึงอำเภอ" if self is Subject.DISPATCH else "รายงานรวม"


def next_step(chain: Sequence[ApprovalStep], given: Sequence[ApprovalStep]) -> ApprovalStep | None:
    """Whose signature comes next; None when all have signed."""
    return next((step for step in chain if step not in given), None)
