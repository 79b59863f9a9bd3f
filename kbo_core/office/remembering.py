"""What a province remembers about names: answers of this year that nobody is asked for again next year."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kbo_core.domain.answers import NO_ANSWERS, About, Answers, NameQuestion, read_answers
from kbo_core.office.office import database_url
from kbo_core.store.database import Connection, load_blob, look_into
from kbo_core.store.fold import registry_log
from kbo_core.store.log import append, events
from kbo_core.store.reading import MatchAnswer, match_answers


def remembered_answers(connection: Connection, province_code: str) -> Answers:
    """Every answer of a province that is in force now."""
    return {_about(told): told.answer for told in match_answers(connection, province_code)}


@contextmanager
def at_home(home: Path) -> Iterator[Connection | None]:
    """A look at what a home remembers, for a dry run: None where it has no database, and none is made."""
    with look_into(database_url(home), "match_answer") as connection:
        yield connection


def answers_at_home(home: Path, province_code: str) -> Answers:
    """The answers that a home remembers, for a dry run."""
    with at_home(home) as connection:
        return remembered_answers(connection, province_code) if connection is not None else NO_ANSWERS


def frozen_answers(connection: Connection, cycle_id: str) -> Answers:
    """The answers that a cycle was opened with; those remembered since are not among them."""
    opened = next(entry.payload for entry in events(connection, cycle_id, ("cycle-opened",)))
    return read_answers(load_blob(connection, opened["answers"])) if "answers" in opened else NO_ANSWERS


def remember(
    connection: Connection, question: NameQuestion, answer: str, *, at: datetime, by: str, reason: str
) -> None:
    """Write an answer into the province's own log; a later one to the same question takes its place."""
    about = question.about
    payload = {
        "finding": about.finding,
        "subject": about.subject,
        "producer_id": about.producer_id,
        "name": question.name,
        "producer_name": question.producer_name,
        "place": question.place,
        "answer": answer,
        "by": by,
        "reason": reason,
    }
    append(connection, registry_log(about.province_code), "match-answered", payload, at=at, by=by, reason=reason)


def _about(told: MatchAnswer) -> About:
    return About(told.province_code, told.finding, told.subject, told.producer_id)
