"""What the log tells of a cycle that its state no longer shows: how each answer stood to its limits, what was extended,
what a district had been sent when it answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kbo_core.documents.papers import ExtensionLine
from kbo_core.domain.deadlines import Limits, Timeliness
from kbo_core.office.intake import ANSWERS
from kbo_core.store.log import Event

_NEW_LIMITS = ("deadline-extended", "cycle-reopened", "submission-returned", "repair-opened")
Key = tuple[str, int]  # district, version of its answer


@dataclass(frozen=True)
class History:
    """Per answer, by the limits and the packet of its moment; and what was extended, in order."""

    timeliness: dict[Key, Timeliness]
    offered: dict[Key, frozenset[str]]
    extensions: tuple[ExtensionLine, ...]

    def stood(self, district_code: str, version: int) -> tuple[str, str]:
        """How an answer stood, as code and Thai words; of one that the log does not have, nothing is said."""
        found = self.timeliness.get((district_code, version))
        return (found.value, found.th) if found else ("unknown", "ไม่มีในบันทึก")


def history_of(log: Sequence[Event]) -> History:
    """What happened, from the opening on."""
    limits: dict[str, Limits] = {}
    sent: dict[str, frozenset[str]] = {}
    timeliness: dict[Key, Timeliness] = {}
    offered: dict[Key, frozenset[str]] = {}
    extensions: list[ExtensionLine] = []
    for entry in log:
        facts = entry.payload
        if entry.kind == "cycle-opened":
            limits = dict.fromkeys((code for code, _ in facts["quota"]), _limits(entry))
        elif entry.kind in _NEW_LIMITS and "due_at" in facts:
            codes = facts.get("districts") or [facts["district"]]
            limits |= dict.fromkeys(codes, _limits(entry))
            extensions.append(_extension(entry, codes))
        elif entry.kind == "packet-prepared":
            sent[facts["district"]] = frozenset(facts["candidates"])
        elif entry.kind in ANSWERS:
            key = (facts["district"], facts["version"])
            arrived_at = datetime.fromisoformat(facts["received_at"]) if "received_at" in facts else entry.at
            timeliness[key] = limits[facts["district"]].timeliness(arrived_at)
            offered[key] = sent.get(facts["district"], frozenset())
    return History(timeliness, offered, tuple(extensions))


def _limits(entry: Event) -> Limits:
    told = {name: entry.payload.get(name) for name in ("due_at", "grace_until", "lock_at")}
    read = {name: datetime.fromisoformat(text) if text else None for name, text in told.items()}
    assert read["due_at"] is not None  # noqa: S101 - every event with limits has a deadline
    return Limits(read["due_at"], read["grace_until"], read["lock_at"])


def _extension(entry: Event, codes: Sequence[str]) -> ExtensionLine:
    return ExtensionLine(
        at=entry.at,
        districts=tuple(codes),
        until=datetime.fromisoformat(entry.payload["due_at"]),
        is_reopening=entry.kind == "cycle-reopened",
        reason=entry.reason,
        by=entry.by,
        letter=entry.payload.get("letter", ""),
    )
