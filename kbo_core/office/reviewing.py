"""The review queue: what a person must say about names, the most consequential first, and taking the answers."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kbo_core.domain.answers import DIFFERENT, DUPLICATE, SAME, Answers, NameQuestion
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import RefusedError, block, refused
from kbo_core.domain.nearness import similarity
from kbo_core.domain.stakes import Stakes, Weighing
from kbo_core.domain.thai_text import name_key
from kbo_core.office.definitions import DefinitionFile, definition_of
from kbo_core.office.office import Office
from kbo_core.office.remembering import remember, remembered_answers
from kbo_core.office.screening import Screening, screen
from kbo_core.office.settling import Given, asked_about, frozen_screening
from kbo_core.registry.quality import Validate
from kbo_core.store.fold import registry_log
from kbo_core.store.log import hold
from kbo_core.store.reading import get_cycle

_COLUMNS = ("where", "answer", "reason")


@dataclass(frozen=True)
class Side:
    """One of the two names: as written, whose it is where that is known, the district, and where it stands."""

    name: str
    producer_id: str
    district_th: str
    source: str
    row: int


@dataclass(frozen=True)
class Review:
    """One open question with all that a person needs to answer it."""

    question: NameQuestion
    one: Side
    other: Side
    similarity: int
    stakes: Stakes

    @property
    def where(self) -> str:
        return self.question.place

    def as_row(self) -> dict[str, Any]:
        return {
            "where": self.where,
            "finding": self.question.about.finding,
            "table": self.question.table,
            "one": vars(self.one),
            "other": vars(self.other),
            "similarity": self.similarity,
            "likeness": self.question.likeness,
            **vars(self.stakes),
        }


def review_definition(file: DefinitionFile, answers: Answers, validate: Validate) -> list[Review]:
    """The open questions of a definition that is not opened yet, the most consequential first."""
    return _reviews(screen(file, validate, answers=answers))


def review_cycle(office: Office, cycle_id: str, validate: Validate) -> list[Review]:
    """The open questions of an opened cycle, on its frozen registers."""
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        definition = definition_of(connection, cycle)
        return _reviews(frozen_screening(office, connection, cycle, definition, validate))


def remember_answers(
    office: Office, file: DefinitionFile, validate: Validate, given: Sequence[Given], *, at: datetime, by: str
) -> None:
    """Take answers to the questions of a definition, all or none; they count whenever it is screened or opened.

    Raises RefusedError when no such question is open.
    """
    province_code = file.definition.province_code
    with office.database.write() as connection:
        hold(connection, registry_log(province_code))
        screening = screen(file, validate, answers=remembered_answers(connection, province_code))
        for question, one in zip(asked_about(given, screening.ingested.questions), given, strict=True):
            remember(connection, question, one.answer, at=at, by=by, reason=one.reason)


def read_given(content: bytes, name: str) -> list[Given]:
    """The answers in a CSV with the columns where, answer, reason.

    Raises RefusedError naming every row that cannot be used.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise refused("answers-unreadable", name, "แฟ้มคำตอบต้องเป็น CSV (UTF-8)", "not a CSV in UTF-8") from None
    if missing := [column for column in _COLUMNS if rows and column not in rows[0]] or ([] if rows else ["where"]):
        raise refused(
            "answers-columns",
            name,
            f"แฟ้มคำตอบต้องมีหัวคอลัมน์ {','.join(_COLUMNS)} และอย่างน้อยหนึ่งแถว ขาด {', '.join(missing)}",
            f"the columns {','.join(_COLUMNS)} and a row are needed; lacking {', '.join(missing)}",
        )
    given = [Given(*((row[column] or "").strip() for column in _COLUMNS)) for row in rows]
    faults = [
        block(
            "answer-unusable",
            f"{name}: แถว {n}",
            f"คำตอบต้องเป็น {SAME} (รายเดียวกัน) หรือ {DIFFERENT} (คนละราย) และต้องมีเหตุผล",
            f"an answer is {SAME} or {DIFFERENT}, with a reason",
        )
        for n, one in enumerate(given, start=2)
        if one.answer not in (SAME, DIFFERENT) or not one.reason
    ]
    if faults:
        raise RefusedError(*faults)
    return given


def _reviews(screening: Screening) -> list[Review]:
    definition, ingested = screening.file.definition, screening.ingested
    weighing = Weighing(ingested.register, ingested.linked, definition.rules, definition.quota)
    told_of = {row["producer_id"]: row for row in ingested.register.producers.to_dict("records")}
    found = []
    for question in ingested.questions:
        told = told_of[question.about.producer_id]
        found.append(
            Review(
                question,
                Side(
                    question.name,
                    question.about.subject if question.about.finding == DUPLICATE else "",
                    _district_th(question.district),
                    question.source,
                    question.row,
                ),
                Side(
                    question.producer_name,
                    question.about.producer_id,
                    _district_th(int(told["district"])),
                    told["source"],
                    int(told["row"]),
                ),
                similarity(name_key(question.name), name_key(question.producer_name)),
                weighing.stakes(question),
            )
        )
    return sorted(found, key=_consequence)


def _consequence(review: Review) -> tuple[int, int, int, int, str]:
    stakes = review.stakes
    return (-len(stakes.changed), -stakes.both_eligible, -len(stakes.clauses), -review.similarity, review.where)


def _district_th(code: int) -> str:
    return districts()[f"{code:04}"].name_th if code else ""
