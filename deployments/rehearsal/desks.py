"""What the districts of a rehearsal file: each form is filled from what lies on the district's desk at that time."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deployments.demo.districts import filled
from deployments.rehearsal.acts import Act, Kind
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import Assignment, decided_producers, get_assignment, get_cycle

_REASON = "กลุ่มอื่นไม่พร้อมเข้าร่วมในปีนี้"
_NO_FORM = b"this is no workbook"


@dataclass(frozen=True)
class Desk:
    """A district's newest form, the one before it, another district's; whom the form offers and whom it does not."""

    assignment: Assignment
    form: bytes
    old_form: bytes | None
    other_form: bytes | None
    offered: Sequence[str]
    barred: Sequence[str]
    names: Mapping[str, str]
    last: bytes | None

    def drawn(self, choice: int, count: int, among: Sequence[str] | None = None) -> list[str]:
        """So many groups, chosen by a number, in the order of the list."""
        pool = list(self.offered if among is None else among)
        draw = random.Random(f"{self.assignment.district_code} {choice}")  # noqa: S311 - a rehearsal, not a secret
        chosen = set(draw.sample(pool, max(0, min(count, len(pool)))))
        return [i for i in pool if i in chosen]

    def fill(self, picks: Sequence[str], at: datetime, form: bytes | None = None, reason: str = "") -> bytes:
        return filled(
            form or self.form, [(i, self.names.get(i, i)) for i in picks], is_nil=not picks, reason=reason, saved_at=at
        )


def desk_of(connection: Connection, cycle_id: str, district_code: str) -> Desk | None:
    """What lies on a district's desk; None while it was sent nothing."""
    cycle = get_cycle(connection, cycle_id)
    own = get_assignment(connection, cycle_id, district_code)
    sent = [e.payload for e in events(connection, cycle_id) if e.kind == "packet-prepared"]
    forms = [facts["form"] for facts in sent if facts["district"] == district_code]
    others = [facts["form"] for facts in sent if facts["district"] != district_code]
    if not forms or (own.dispatched_at is None and own.repair is None):
        return None
    here = [p for p in decided_producers(connection, cycle) if p.district_code == district_code]
    return Desk(
        assignment=own,
        form=load_blob(connection, forms[-1]),
        old_form=load_blob(connection, forms[-2]) if len(forms) > 1 else None,
        other_form=load_blob(connection, others[-1]) if others else None,
        offered=own.candidates,
        barred=[p.producer_id for p in here if p.producer_id not in own.candidates],
        names={p.producer_id: p.producer_name for p in here},
        last=load_blob(connection, own.submission_sha256) if own.submission_sha256 else None,
    )


def forms_of(act: Act, desk: Desk) -> list[bytes]:
    """The files that a district sends by an act; none when it has nothing to send in this way."""
    return _FILLINGS[act.act](act, desk)


def _full(act: Act, desk: Desk) -> list[str]:
    return list(act.picks) or desk.drawn(act.choice, desk.assignment.quota)


def _why(picks: Sequence[str], desk: Desk) -> str:
    return _REASON if 0 < len(picks) < desk.assignment.quota else ""


def _answer(act: Act, desk: Desk) -> list[bytes]:
    picks = _full(act, desk)
    return [desk.fill(picks, act.at, reason=_why(picks, desk))]


def _short(act: Act, desk: Desk) -> list[bytes]:
    picks = desk.drawn(act.choice, desk.assignment.quota - 1)
    return [desk.fill(picks, act.at, reason=_REASON)] if picks else []


def _nil(act: Act, desk: Desk) -> list[bytes]:
    return [desk.fill([], act.at)]


def _over_quota(act: Act, desk: Desk) -> list[bytes]:
    return [desk.fill([*desk.offered, *desk.barred][: desk.assignment.quota + 1], act.at)]


def _other_form(act: Act, desk: Desk) -> list[bytes]:
    return [desk.fill(_full(act, desk), act.at, desk.other_form)] if desk.other_form else []


def _old_form(act: Act, desk: Desk) -> list[bytes]:
    return [desk.fill(_full(act, desk), act.at, desk.old_form)] if desk.old_form else []


def _unreadable(act: Act, _desk: Desk) -> list[bytes]:
    return [_NO_FORM + str(act.choice).encode()]


def _off_list(act: Act, desk: Desk) -> list[bytes]:
    """The producer that the act names, or one that is barred; a lawful exception may have put it on the list."""
    one = [act.producer] if act.producer else desk.drawn(act.choice, 1, desk.barred)
    rest = [i for i in desk.drawn(act.choice, desk.assignment.quota) if i not in one]
    picks = [*one, *rest][: desk.assignment.quota]
    return [desk.fill(picks, act.at, reason=_why(picks, desk))] if one else []


def _again(_act: Act, desk: Desk) -> list[bytes]:
    return [desk.last] if desk.last else []


def _race(act: Act, desk: Desk) -> list[bytes]:
    """Two forms saved a minute apart, which lie in the inbox together."""
    first, second = (desk.drawn(choice, desk.assignment.quota) for choice in (act.choice, act.choice + 1))
    return [
        desk.fill(first, act.at - timedelta(minutes=1), reason=_why(first, desk)),
        desk.fill(second, act.at, reason=_why(second, desk)),
    ]


_FILLINGS: Mapping[Kind, Callable[[Act, Desk], list[bytes]]] = {
    Kind.ANSWER: _answer,
    Kind.SHORT: _short,
    Kind.NIL: _nil,
    Kind.OVER_QUOTA: _over_quota,
    Kind.OTHER_FORM: _other_form,
    Kind.OLD_FORM: _old_form,
    Kind.UNREADABLE: _unreadable,
    Kind.OFF_LIST: _off_list,
    Kind.AGAIN: _again,
    Kind.RACE: _race,
}
FILING = frozenset(_FILLINGS)
