"""Participant lists: which a definition needs, and which a letter encloses."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

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


def needed_lists(definition: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The participant lists that the definition so far asks for."""
    rules = definition.get("rules", {})
    fallback = rules.get("fallback", {})
    lists = [("KBO", year) for year in rules.get("kbo_exclusion_years_be", ())]
    if year := fallback.get("exclude_project_year_be"):
        lists.append(("QD", year))
    if fallback.get("source") == "project_participants" and (year := fallback.get("quadrant_year_be")):
        lists.append(("QD", year))
    return list(dict.fromkeys(lists))
