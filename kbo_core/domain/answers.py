"""Answers about names: is this the same producer? Given once, they hold in the province from year to year."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

NEAR_MATCH = "near-match"
DUPLICATE = "producer-duplicate"
NAME_FINDINGS = (NEAR_MATCH, DUPLICATE)
DUPLICATES = "duplicate"  # stands in the place of a duplicate where that of a near match has its table
SAME, DIFFERENT = "same", "different"


@dataclass(frozen=True, order=True)
class About:
    """What an answer is about, whatever the year, the list or the spelling.

    ``subject`` is the key of a name that is near to the producer's (``finding`` near-match), or the id of another
    producer that may be the same (producer-duplicate).
    """

    province_code: str
    finding: str
    subject: str
    producer_id: str


Answers = Mapping[About, str]
NO_ANSWERS: Answers = MappingProxyType({})


def about_twins(province_code: str, one: str, other: str) -> About:
    """Two producers that may be one, whichever is named first."""
    first, second = sorted((one, other))
    return About(province_code, DUPLICATE, first, second)


def answers_bytes(answers: Answers) -> bytes:
    """The answers in one order, so that the same ones have the same hash."""
    rows = [{**asdict(about), "answer": answers[about]} for about in sorted(answers)]
    return (json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read_answers(content: bytes) -> Answers:
    """The answers that were written with ``answers_bytes``."""
    return {
        About(row["province_code"], row["finding"], row["subject"], row["producer_id"]): row["answer"]
        for row in json.loads(content)
    }


@dataclass(frozen=True)
class NameQuestion:
    """A question about names that nobody has answered yet.

    ``place`` is how findings and answers name it. ``name``, ``district`` (0 not given), ``source`` and ``row`` are of
    the other side; ``type`` is what a table of types says there (0 nothing). ``likeness`` says why a person is asked.
    """

    about: About
    place: str
    table: str
    name: str
    district: int
    source: str
    row: int
    type: int
    producer_name: str
    likeness: str
