"""A district's piece of work: its states and the moves between them, as data."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an assignment stands. Late, overdue, locked and extended are not states: they are read from the clock and
    the limits."""

    NOT_ASKED = "not_asked"
    PLANNED = "planned"
    DISPATCHED = "dispatched"
    DELIVERED = "delivered"
    OPENED = "opened"
    SUBMITTED = "submitted"
    RESUBMITTED = "resubmitted"
    ACCEPTED = "accepted"
    NIL = "nil"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REPAIR = "repair"

    @property
    def th(self) -> str:
        return _THAI[self]

    @property
    def owes(self) -> bool:
        """Does the district still owe an answer?"""
        return self in (*_ASKED, *_AGAIN)

    @property
    def answered(self) -> bool:
        """Is there an answer that counts, or that the province is looking at?"""
        return self in _ANSWERED


def first_state(quota: int) -> State:
    """A district without places is asked for nothing."""
    return State.PLANNED if quota else State.NOT_ASKED


class Move(StrEnum):
    """What happens to an assignment."""

    DISPATCH = "dispatch"
    DELIVER = "deliver"
    OPEN = "open"
    SUBMIT = "submit"
    ACCEPT = "accept"
    NIL = "nil"
    RETURN = "return"
    WITHDRAW = "withdraw"
    REPAIR = "repair"
    ASK = "ask"
    RELEASE = "release"


_THAI = {
    State.NOT_ASKED: "ไม่ได้รับจัดสรร",
    State.PLANNED: "เตรียมส่ง",
    State.DISPATCHED: "ส่งแล้ว รอคำตอบ",
    State.DELIVERED: "ส่งถึงแล้ว รอคำตอบ",
    State.OPENED: "เปิดอ่านแล้ว รอคำตอบ",
    State.SUBMITTED: "ส่งรายชื่อแล้ว รอจังหวัดตรวจ",
    State.RESUBMITTED: "ส่งรายชื่อใหม่แล้ว รอจังหวัดตรวจ",
    State.ACCEPTED: "รับรายชื่อแล้ว",
    State.NIL: "รายงานว่าไม่มี",
    State.RETURNED: "ส่งกลับให้แก้ไข",
    State.WITHDRAWN: "ถอนรายชื่อ รอคำตอบใหม่",
    State.REPAIR: "ต้องแก้รายชื่อ",
}

_ASKED = (State.PLANNED, State.DISPATCHED, State.DELIVERED, State.OPENED)
_AGAIN = (State.RETURNED, State.WITHDRAWN, State.REPAIR)
_ANSWERED = (State.SUBMITTED, State.RESUBMITTED, State.ACCEPTED, State.NIL)


def _from(states: Iterable[State], move: Move, to: State) -> dict[tuple[State, Move], State]:
    return {(state, move): to for state in states}


MOVES: Mapping[tuple[State, Move], State] = {
    (State.PLANNED, Move.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Move.DELIVER): State.DELIVERED,
    (State.DISPATCHED, Move.OPEN): State.OPENED,
    (State.DELIVERED, Move.OPEN): State.OPENED,
    # A district may answer a packet that was handed over before the ledger learned of its delivery; a different file
    # is a new version of the answer.
    **_from(_ASKED, Move.SUBMIT, State.SUBMITTED),
    **_from((*_AGAIN, *_ANSWERED), Move.SUBMIT, State.RESUBMITTED),
    **_from((*_ASKED, *_AGAIN, *_ANSWERED), Move.ACCEPT, State.ACCEPTED),
    **_from((*_ASKED, *_AGAIN, *_ANSWERED), Move.NIL, State.NIL),
    **_from(_ANSWERED, Move.RETURN, State.RETURNED),
    **_from(_ANSWERED, Move.WITHDRAW, State.WITHDRAWN),
    # A group of the answer is no longer eligible: the answer must be given again.
    **_from((State.SUBMITTED, State.RESUBMITTED, State.ACCEPTED), Move.REPAIR, State.REPAIR),
    # Places come and go by reallocation.
    (State.NOT_ASKED, Move.ASK): State.PLANNED,
    **_from((*_ASKED, *_AGAIN), Move.RELEASE, State.NOT_ASKED),
}


class ForbiddenMoveError(Exception):
    """A move that the table does not allow."""


def after(state: State, move: Move) -> State:
    """The state after a move. Raises ForbiddenMoveError when there is no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise ForbiddenMoveError(f"{move} from {state}") from None


def is_allowed(state: State, move: Move) -> bool:
    """Does the table have this move?"""
    return (state, move) in MOVES
