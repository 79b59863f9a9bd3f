"""The door for programs: a district's own system reads its status and posts its answer, by the same link and the same
checks."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from kbo_core.clock import now
from kbo_core.documents.page_answer import MAX_NAME, MAX_PICKS, MAX_REASON
from kbo_core.domain.findings import KboError, block
from kbo_core.office import drafts
from kbo_core.office.desks import Choice, desk_of, open_packet
from kbo_core.office.links import read_link
from kbo_core.store.desks import DistrictLink
from portal.guard import too_often
from portal.surroundings import Portal, portal_of
from portal.told import status_of, turned_away


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FindingOut(BaseModel):
    """Something that a person must read."""

    code: str
    severity: str
    where: str
    message_th: str
    message_en: str


class Findings(BaseModel):
    """Why something was not done; nothing was changed."""

    findings: list[FindingOut]


class Status(BaseModel):
    """Where the district stands. ``version`` is what the next answer amends."""

    cycle: str
    district_code: str
    district_th: str
    state: str
    due_at: datetime
    lock_at: datetime | None
    is_locked: bool
    quota: int
    version: int
    picks: list[str]
    comments: str | None


class CandidateOut(BaseModel):
    """A group of the district; ``bar_th`` says why it may not be picked."""

    producer_id: str
    name: str
    products: list[str]
    stars: str
    may_be_picked: bool
    bar_th: str


class Candidates(BaseModel):
    """The district's groups in a neutral order: those that may be picked, then the others."""

    quota: int
    candidates: list[CandidateOut]


Text = Annotated[str, Field(pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$")]
Id = Annotated[Text, Field(min_length=1, max_length=MAX_NAME)]


class AnswerIn(_Said):
    """The district's answer. ``amends`` is the version that the sender knows (0: none): if another came in meanwhile,
    the answer is not taken."""

    picks: Annotated[list[Id], Field(max_length=MAX_PICKS)] = []
    is_nil: bool = False
    reason: Annotated[Text, Field(max_length=MAX_REASON)] = ""
    reporter: Annotated[Text, Field(max_length=MAX_NAME)] = ""
    position: Annotated[Text, Field(max_length=MAX_NAME)] = ""
    amends: Annotated[int, Field(ge=0, le=10_000, strict=True)]


class ReceiptOut(BaseModel):
    """The proof of an answer; the same answer gets the same one."""

    receipt: str
    version: int
    received_at: datetime
    is_late: bool
    is_new: bool
    findings: list[FindingOut]


_NO: dict[int | str, dict[str, Any]] = {
    status: {"model": Findings, "description": words}
    for status, words in {
        401: "No token, or none of ours",
        410: "The link was replaced, revoked or has expired",
        413: "Too large",
        429: "Too often",
    }.items()
}
_NOT_TAKEN: dict[int | str, dict[str, Any]] = {
    409: {"model": Findings, "description": "Must be corrected first, races with another answer, or comes too late"},
    422: {"model": Findings, "description": "Not an answer"},
}
_token = HTTPBearer(auto_error=False, description="What stands behind /d/ in the district's link")


def caller(request: Request, told: Annotated[HTTPAuthorizationCredentials | None, Depends(_token)]) -> DistrictLink:
    """The link that a program calls with. Raises KboError when it has none that is in force."""
    portal, at = portal_of(request), now()
    address = f"bad-link {request.client.host if request.client else '-'}"
    if portal.throttle.is_spent(address, portal.rates.bad_link):
        raise too_often()
    if told is None:
        raise _no_token("ต้องส่งรหัสของลิงก์อำเภอ (Bearer)", "the token of the district's link is needed")
    try:
        link = read_link(portal.office, told.credentials, at)
    except KboError as error:
        portal.throttle.take(address, portal.rates.bad_link)
        if status_of(error) == 404:
            raise _no_token("รหัสของลิงก์อำเภอไม่ถูกต้อง", "not the token of a district's link") from None
        raise
    if not portal.throttle.take(f"link {link.link_id}", portal.rates.link):
        raise too_often()
    return link


def _no_token(words_th: str, words_en: str) -> KboError:
    return turned_away("sign-in-needed", "Authorization", words_th, words_en)


Caller = Annotated[DistrictLink, Depends(caller)]


def machine_door(portal: Portal) -> FastAPI:
    """The application under ``/api/v1``; its description is at ``/api/v1/openapi.json``."""
    api = FastAPI(
        title="KBO district desk",
        version="1",
        description="Status, candidates and answer of one district, with the token of its link.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        root_path_in_servers=False,
        servers=[{"url": "/api/v1"}],
    )
    api.state.portal = portal

    @api.exception_handler(KboError)
    async def refused(_request: Request, error: KboError) -> Response:
        headers = {"WWW-Authenticate": "Bearer"} if status_of(error) == 401 else None
        return JSONResponse(_findings(error), status_of(error), headers)

    @api.exception_handler(RequestValidationError)
    async def unreadable(_request: Request, error: RequestValidationError) -> Response:
        places = sorted({".".join(str(part) for part in fault["loc"]) for fault in error.errors()})
        told = block(
            "answer-unreadable",
            ", ".join(places)[:500],
            f"อ่านคำตอบไม่ได้ ค่าที่ไม่ถูกต้อง: {', '.join(places)[:500]}",
            f"not an answer; wrong: {', '.join(places)[:500]}",
        )
        return JSONResponse({"findings": [told.as_row()]}, 422)

    @api.exception_handler(HTTPException)
    async def unusable(_request: Request, error: HTTPException) -> Response:
        told = block("request-unusable", "request", "ระบบใช้คำขอนี้ไม่ได้ โปรดตรวจที่อยู่ วิธี และเนื้อหา", str(error.detail))
        status = 422 if error.status_code == 400 else error.status_code  # bytes that are no JSON at all
        return JSONResponse({"findings": [told.as_row()]}, status, error.headers)

    @api.get("/status", responses=_NO, operation_id="status")
    def status(link: Caller) -> Status:
        """Where the district stands."""
        at = now()
        open_packet(portal.office, link.cycle_id, link.district_code, at)
        desk = desk_of(portal.office, link.cycle_id, link.district_code, at)
        return Status(
            cycle=link.cycle_id,
            district_code=link.district_code,
            district_th=desk.district.title_th,
            state=desk.assignment.state.value,
            due_at=desk.assignment.due_at,
            lock_at=desk.assignment.lock_at,
            is_locked=desk.is_locked,
            quota=desk.assignment.quota,
            version=desk.assignment.version,
            picks=list(desk.chosen),
            comments=desk.assignment.comments,
        )

    @api.get("/candidates", responses=_NO, operation_id="candidates")
    def candidates(link: Caller) -> Candidates:
        """Whom the district may pick, and why not the others."""
        desk = desk_of(portal.office, link.cycle_id, link.district_code, now())
        told = [_candidate(choice) for choice in (*desk.choices, *desk.barred)]
        return Candidates(quota=desk.assignment.quota, candidates=told)

    @api.post("/submissions", responses={**_NO, **_NOT_TAKEN}, operation_id="submit")
    def submit(link: Caller, answer: AnswerIn) -> ReceiptOut:
        """Give the district's answer: the same checks and the same receipt as from the page and from a form."""
        at = now()
        desk = desk_of(portal.office, link.cycle_id, link.district_code, at)
        draft = drafts.Draft(
            answer.amends,
            tuple(answer.picks),
            answer.is_nil,
            answer.reason,
            answer.reporter,
            answer.position,
        )
        try:
            receipt = drafts.send_draft(portal.office, desk, draft, at=at, via="api")
        except KboError as error:
            portal.meter.submitted("api", error)
            raise
        portal.meter.submitted("api")
        portal.send(link.cycle_id, link.district_code, at)
        portal.on_change("kbo.submission.received", f"{link.cycle_id}/{link.district_code}")
        return ReceiptOut(
            receipt=receipt.reference,
            version=receipt.version,
            received_at=receipt.received_at,
            is_late=receipt.is_late,
            is_new=receipt.is_new,
            findings=[FindingOut(**f.as_row()) for f in receipt.findings],
        )

    return api


def _findings(error: KboError) -> dict[str, Any]:
    return {"findings": [f.as_row() for f in error.findings]}


def _candidate(choice: Choice) -> CandidateOut:
    return CandidateOut(
        producer_id=choice.producer_id,
        name=choice.name,
        products=list(choice.products),
        stars=choice.stars,
        may_be_picked=choice.is_free,
        bar_th=choice.bar_th,
    )
