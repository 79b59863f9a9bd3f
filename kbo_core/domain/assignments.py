"""A district's piece of work: its states and the moves between them, as data."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an assignment stands. Late and overdue are not states: they are read from the clock."""

    NOT_ASKED = "not_asked"
    PLANNED = "planned"
    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    NIL = "nil"
    REPAIR = "repair"

    @property
    def th(self) -> str:
        return _THAI[self]

    @property
    def owes(self) -> bool:
        """Does the district still owe an answer?"""
        return self in (State.PLANNED, State.DISPATCHED, State.REPAIR)


def first_state(quota: int) -> State:
    """A district without places is asked for nothing."""
    return State.PLANNED if quota else State.NOT_ASKED


class Move(StrEnum):
    """What happens to an assignment."""

    DISPATCH = "dispatch"
    ACCEPT = "accept"
    NIL = "nil"
    REPAIR = "repair"


_THAI = {
    State.NOT_ASKED: "ไม่ได้รับจัดสรร",
    State.PLANNED: "เตรียมส่ง",
    State.DISPATCHED: "ส่งแล้ว รอคำตอบ",
    State.ACCEPTED: "รับรายชื่อแล้ว",
    State.NIL: "รายงานว่าไม่มี",
    State.REPAIR: "ต้องแก้รายชื่อ",
}

MOVES: Mapping[tuple[State, Move], State] = {
    (State.PLANNED, Move.DISPATCH): State.DISPATCHED,
    # A district may answer a packet that was handed over before the ledger learned of its delivery.
    (State.PLANNED, Move.ACCEPT): State.ACCEPTED,
    (State.PLANNED, Move.NIL): State.NIL,
    (State.DISPATCHED, Move.ACCEPT): State.ACCEPTED,
    (State.DISPATCHED, Move.NIL): State.NIL,
    # A different file is a new version of the answer.
    (State.ACCEPTED, Move.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Move.NIL): State.NIL,
    (State.NIL, Move.ACCEPT): State.ACCEPTED,
    (State.NIL, Move.NIL): State.NIL,
    # A group of the answer is no longer eligible: the answer must be given again.
    (State.ACCEPTED, Move.REPAIR): State.REPAIR,
    (State.REPAIR, Move.ACCEPT): State.ACCEPTED,
    (State.REPAIR, Move.NIL): State.NIL,
}


class ForbiddenMoveError(Exception):
    """A move that the table does not allow."""


def after(state: State, move: Move) -> State:
    """The state after a move. Raises ForbiddenMoveError when there is no such move."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise ForbiddenMoveError(f"{move} from {state}") from None
