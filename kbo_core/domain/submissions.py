"""Submissions: what a district sent back, and what the province expects of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from kbo_core.domain.areas import District
from kbo_core.domain.findings import Finding
from kbo_core.domain.thai_text import clean

FORM_CODE = re.compile(r"KBO-3/(?P<cycle>[a-z0-9][a-z0-9-]{0,62})/(?P<district>[0-9]{4})/(?P<revision>[1-9][0-9]{0,3})")
_CHOICE_LENGTH = 200  # a spreadsheet looks up at most 255 characters


@dataclass(frozen=True)
class Pick:
    """One filled line of the form: the cell, its text, and the text before the first blank.

    ``name`` is what a person wrote in the line's own column of names, if anything.
    """

    cell: str
    text: str
    producer_id_guess: str
    name: str = ""
    name_cell: str = ""


@dataclass(frozen=True)
class Stray:
    """A text on the form's sheet that stands neither in the table nor beside a label."""

    cell: str
    text: str


@dataclass(frozen=True)
class FilledForm:
    """A form as it came back, not yet judged.

    ``nil_cell`` is the place of the nil-return cell when something is written there, ``is_nil`` whether that
    is the agreed word. ``findings`` are doubts about cells that the reader could not settle. ``district`` is the name
    printed at the head, ``year_be`` the year in the title.
    """

    form_code: str
    picks: tuple[Pick, ...]
    nil_cell: str | None
    is_nil: bool
    reason: str
    reason_cell: str
    reporter: str
    position: str
    code_cell: str = ""
    district: str = ""
    district_cell: str = ""
    year_be: int | None = None
    strays: tuple[Stray, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Standing:
    """How one producer of the province stands under the guideline."""

    name: str
    district_code: str
    verdict: str
    reason_th: str


@dataclass(frozen=True)
class Expected:
    """What one district was asked and whom it may pick; ``revision`` is the latest one sent.

    ``candidates`` maps producer ids to names, those eligible or overridden. ``register`` holds every
    producer of the province. ``picked_elsewhere`` maps producer ids to the title of the district that has them.
    ``linked`` maps the ids of producers registered more than once to the one id that stands for them all.
    """

    cycle: str
    district: District
    revision: int
    quota: int
    candidates: Mapping[str, str]
    register: Mapping[str, Standing]
    picked_elsewhere: Mapping[str, str]
    linked: Mapping[str, str] = field(default_factory=dict)

    def identity(self, producer_id: str) -> str:
        """Who a producer is, under whichever of its ids."""
        return self.linked.get(producer_id, producer_id)


def choice_label(producer_id: str, producer_name: str) -> str:
    """What the form's list shows: the id, a blank, the name, so that a person sees who it is."""
    label = f"{producer_id} {clean(producer_name)}"
    return label if len(label) <= _CHOICE_LENGTH else label[: _CHOICE_LENGTH - 1] + "…"
