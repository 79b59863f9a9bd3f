"""A district's unfinished answer, kept between two looks at the desk, and sent when it is finished."""

import base64
import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from kbo_core.documents.page_answer import REASON_PLACE, page_answer, pick_place
from kbo_core.domain.findings import Finding, RefusedError
from kbo_core.office.desks import Desk
from kbo_core.office.intake import Judgement, Receipt, check, read_answer, receipt_of, receive
from kbo_core.office.office import Office
from kbo_core.office.results import sha256
from kbo_core.store.database import Connection, load_blob
from kbo_core.store.desks import drop_draft, keep_draft, load_draft
from kbo_core.store.reading import get_assignment, submissions

FILE = "หน้าเว็บ"


@dataclass(frozen=True)
class Draft:
    """What a district has put together. ``amends`` is the version in force when it began; ``words`` what it searched
    for last; ``file`` an uploaded form in base64, which then stands for all the rest."""

    amends: int
    picks: tuple[str, ...] = ()
    is_nil: bool = False
    reason: str = ""
    reporter: str = ""
    position: str = ""
    words: str = ""
    file: str = ""
    file_name: str = ""

    @property
    def is_file(self) -> bool:
        return bool(self.file)

    def content(self, form_code: str) -> bytes:
        """The bytes that would be sent: of the uploaded file, else of the answer put together in the pages."""
        if self.file:
            return base64.b64decode(self.file)
        answer = page_answer(
            form_code,
            self.amends,
            () if self.is_nil else self.picks,
            is_nil=self.is_nil,
            reason="" if self.is_nil else self.reason,
            reporter=self.reporter,
            position=self.position,
        )
        return answer.as_bytes()

    def digest(self, form_code: str) -> str:
        """What names the answer: the sha256 of its bytes."""
        return sha256(self.content(form_code))

    def with_file(self, content: bytes, name: str) -> "Draft":
        """The draft with a filled form instead of picks."""
        return replace(self, file=base64.b64encode(content).decode(), file_name=name)


def draft_of(office: Office, desk: Desk) -> tuple[Draft, datetime | None]:
    """A district's draft and when it was kept; where there is none, one that begins with its last answer."""
    cycle_id, code = desk.cycle.cycle_id, desk.assignment.district_code
    with office.database.read() as connection:
        if kept := load_draft(connection, cycle_id, code):
            told = json.loads(kept[0])
            return Draft(**{**told, "picks": tuple(told["picks"])}), kept[1]
        return _from_last(office, connection, desk), None


def _from_last(office: Office, connection: Connection, desk: Desk) -> Draft:
    assignment = desk.assignment
    answers = submissions(connection, assignment.cycle_id, assignment.district_code)
    draft = Draft(assignment.version)
    if not answers:
        return draft
    last = answers[-1]
    try:
        form = read_answer(office, load_blob(connection, last.sha256), FILE)
    except RefusedError:
        return draft
    free = {choice.producer_id for choice in desk.choices}
    return replace(
        draft,
        picks=tuple(i for i in last.picks if i in free),
        reason=last.shortfall_reason,
        reporter=form.reporter,
        position=form.position,
    )


def save_draft(office: Office, desk: Desk, draft: Draft, at: datetime) -> None:
    """Keep a draft instead of the one before."""
    content = json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True)
    with office.database.write() as connection:
        keep_draft(connection, desk.cycle.cycle_id, desk.assignment.district_code, content, at)


def discard_draft(office: Office, cycle_id: str, district_code: str) -> None:
    """Forget a draft; the answer in force stays."""
    with office.database.write() as connection:
        drop_draft(connection, cycle_id, district_code)


def judge(office: Office, desk: Desk, draft: Draft) -> Judgement:
    """What the checks say of a draft. Raises RefusedError for an uploaded file that is not a readable form."""
    name = draft.file_name or FILE
    return check(office, desk.cycle.cycle_id, desk.assignment.district_code, draft.content(desk.form_code), name)


def send_draft(office: Office, desk: Desk, draft: Draft, *, at: datetime, via: str) -> Receipt:
    """Send a draft by the same door as a form from anywhere; it is done with then. The same answer gets the same
    receipt.

    Raises BlockedError as ``receive`` does; then nothing is changed, and the draft stays.
    """
    cycle_id, code = desk.cycle.cycle_id, desk.assignment.district_code
    content, name = draft.content(desk.form_code), draft.file_name or FILE
    receipt = receive(office, cycle_id, code, content, name, at=at, via=via, amends=draft.amends)
    discard_draft(office, cycle_id, code)
    return receipt


def sent_before(office: Office, cycle_id: str, district_code: str, digest: str) -> Receipt | None:
    """The receipt of a document that came in already: somebody pressed the button twice."""
    with office.database.read() as connection:
        get_assignment(connection, cycle_id, district_code)
        for answer in submissions(connection, cycle_id, district_code):
            if answer.sha256 == digest:
                return receipt_of(connection, cycle_id, district_code, answer.version)
    return None


def place_of(finding: Finding, draft: Draft) -> str:
    """Which field of the page a finding is about: pick-<id>, reason, reporter, or the whole list (picks)."""
    places = finding.where.split(", ")
    for number, producer_id in enumerate(draft.picks, start=1):
        if pick_place(number) in places:
            return f"pick-{producer_id}"
    if finding.code == "reporter-missing":
        return "reporter"
    return "reason" if REASON_PLACE in places else "picks"
