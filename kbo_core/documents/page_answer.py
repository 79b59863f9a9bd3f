"""An answer given in a page or by a program, as a document of its own: the same answer, the same bytes."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kbo_core.domain.findings import refused
from kbo_core.domain.submissions import FilledForm, Pick
from kbo_core.domain.thai_text import clean

NIL_PLACE, REASON_PLACE = "รายงานว่าไม่มีกลุ่มที่เข้าเกณฑ์", "เหตุผลที่เลือกไม่ครบ"
MAX_PICKS, MAX_REASON, MAX_NAME = 500, 2000, 200
_KIND = "kbo-answer-1"
_BEGINS = re.compile(rf'\{{"amends":[0-9]+,"answer":"{_KIND}",'.encode())


@dataclass(frozen=True)
class PageAnswer:
    """What a district says. ``amends`` is the version that it knew last, so that going back to an earlier list is
    another document."""

    form_code: str
    amends: int
    picks: tuple[str, ...] = ()
    is_nil: bool = False
    reason: str = ""
    reporter: str = ""
    position: str = ""

    def as_bytes(self) -> bytes:
        """The document that is kept: one line of JSON, its keys in order."""
        told = {"answer": _KIND, **vars(self), "picks": list(self.picks)}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    def as_form(self) -> FilledForm:
        """The same as a filled form, for the same checks; places instead of cells."""
        return FilledForm(
            form_code=self.form_code,
            picks=tuple(Pick(pick_place(n), i, i) for n, i in enumerate(self.picks, start=1)),
            nil_cell=NIL_PLACE if self.is_nil else None,
            is_nil=self.is_nil,
            reason=self.reason,
            reason_cell=REASON_PLACE,
            reporter=self.reporter,
            position=self.position,
        )


def pick_place(number: int) -> str:
    """What the place of a pick is called where there are no cells."""
    return f"ลำดับที่ {number}"


def page_answer(
    form_code: str,
    amends: int,
    picks: tuple[str, ...],
    *,
    is_nil: bool,
    reason: str,
    reporter: str,
    position: str,
) -> PageAnswer:
    """The answer in its one spelling: cleaned, each pick once."""
    cleaned = tuple(_line(i) for i in picks)
    return PageAnswer(
        form_code,
        amends,
        tuple(dict.fromkeys(i for i in cleaned if i)),
        is_nil,
        _line(reason),
        _line(reporter),
        _line(position),
    )


def _line(text: str) -> str:
    return clean(text.replace("\0", " "))


def is_page_answer(content: bytes) -> bool:
    """Do the bytes say that they are such a document?"""
    return _BEGINS.match(content) is not None


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    answer: Literal["kbo-answer-1"]
    form_code: Annotated[str, Field(max_length=200)]
    amends: Annotated[int, Field(ge=0)]
    picks: Annotated[list[Annotated[str, Field(max_length=MAX_NAME)]], Field(max_length=MAX_PICKS)]
    is_nil: bool
    reason: Annotated[str, Field(max_length=MAX_REASON)]
    reporter: Annotated[str, Field(max_length=MAX_NAME)]
    position: Annotated[str, Field(max_length=MAX_NAME)]


def read_page_answer(content: bytes, name: str) -> PageAnswer:
    """The answer in a document. Raises RefusedError for any that is not exactly what ``as_bytes`` writes."""
    try:
        told = _Written.model_validate_json(content)
    except ValidationError as error:
        places = ", ".join(sorted({".".join(map(str, fault["loc"])) or "JSON" for fault in error.errors()}))
        raise refused(
            "answer-unreadable",
            name,
            f"อ่านคำตอบไม่ได้ ค่าที่ไม่ถูกต้อง: {places}",
            f"not an answer of ours; wrong: {places}",
        ) from None
    facts = told.model_dump(exclude={"answer"})
    return PageAnswer(**{**facts, "picks": tuple(told.picks)})
