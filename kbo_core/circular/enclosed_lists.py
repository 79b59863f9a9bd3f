"""Participant lists that a letter encloses."""

import re
from collections.abc import Iterable

from kbo_core.circular.attachments import NamedAttachment
from kbo_core.circular.folded import folded

_LIST = re.compile(r"^(?!แบบ).*(?:รายชื่อ|บัญชี|ทะเบียน).*เข้าร่วม")
_QUADRANT = re.compile(r"quadrant|กลุ่มปรับตัว|กลุ่มD", re.IGNORECASE)
_YEAR = re.compile(r"2[4-7]\d{2}(?!\d)")


def given_lists(attachments: Iterable[NamedAttachment]) -> frozenset[tuple[str, int]]:
    """The (programme, fiscal year) of each participant list that is named and really there."""
    given = set()
    for attachment in attachments:
        title = folded(attachment.title)
        if attachment.found and _LIST.search(title) and "จัดสรร" not in title:
            programme = "QD" if _QUADRANT.search(title) else "KBO"
            given |= {(programme, int(year)) for year in _YEAR.findall(title)}
    return frozenset(given)
