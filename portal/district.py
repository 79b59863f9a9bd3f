"""The district's desk: from the link to the receipt, on paper's own terms: status, pick, check, send."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import FormData

from kbo_core.clock import now
from kbo_core.documents.form_screening import MAX_BYTES
from kbo_core.documents.page_answer import MAX_NAME, MAX_REASON
from kbo_core.domain.findings import BlockedError, Finding, KboError, Severity, blocked, blocking, refused
from kbo_core.office import drafts
from kbo_core.office.desks import Desk, desk_of, district_papers, open_packet
from kbo_core.office.drafts import Draft
from kbo_core.office.intake import check, receipt_of
from kbo_core.office.links import read_link, require_link
from kbo_core.office.office import Office
from kbo_core.office.requests import request_extension
from kbo_core.office.returning import versions
from kbo_core.store.desks import DistrictLink
from portal.fields import day_told, posted, read_day, text, texts, upload
from portal.guard import too_often
from portal.pages import file_response, go, page
from portal.sessions import DESK, drop_cookie, require_own_form, seat_of, sit_down
from portal.surroundings import Portal, portal_of
from portal.told import TurnedAwayError, page_missing, status_of

Posted = Annotated[FormData, Depends(posted)]
_SHOWN = 300  # more than any district has; a list beyond it is searched


@dataclass(frozen=True)
class Seat:
    """Who sits at a district's desk, now."""

    portal: Portal
    link: DistrictLink
    form_token: str
    at: datetime

    @property
    def office(self) -> Office:
        return self.portal.office

    @property
    def where(self) -> tuple[str, str]:
        return self.link.cycle_id, self.link.district_code


router = APIRouter(include_in_schema=False)


def seated(request: Request) -> Seat:
    """The district whose link this browser has opened. Raises KboError when it has opened none that is in force."""
    at, portal = now(), portal_of(request)
    link_id, token = seat_of(portal.office, request, at)
    if not portal.throttle.take(f"link {link_id}", portal.rates.link):
        raise too_often()
    return Seat(portal, require_link(portal.office, link_id, at), token, at)


Seated = Annotated[Seat, Depends(seated)]


def own(seat: Seated, form: Posted) -> Seat:
    """The same, for a form that came from this session's own pages."""
    require_own_form(seat.form_token, text(form, "csrf"))
    return seat


Own = Annotated[Seat, Depends(own)]


def show(request: Request, seat: Seat, name: str, desk: Desk, status: int = 200, **values: Any) -> Response:
    return page(request, name, status, desk=desk, csrf=seat.form_token, **values)


def desk_at(seat: Seat) -> Desk:
    return desk_of(seat.office, *seat.where, seat.at)


def say(request: Request, seat: Seat, name: str, desk: Desk, error: KboError, **values: Any) -> Response:
    """The page again, with what is wrong on top; nothing was changed."""
    return show(request, seat, name, desk, status_of(error), errors=blocking(error.findings), **values)


@router.get("/d/{token}")
def enter(request: Request, token: str) -> Response:
    """The link: harmless however often and by whomever it is fetched."""
    at, portal = now(), portal_of(request)
    throttle, rates = portal.throttle, portal.rates
    address = f"bad-link {request.client.host if request.client else '-'}"
    if throttle.is_spent(address, rates.bad_link):
        raise too_often()
    try:
        link = read_link(portal.office, token, at)
    except KboError:
        throttle.take(address, rates.bad_link)
        raise
    response = go("/desk")
    sit_down(portal.office, response, link.link_id, at)
    return response


@router.get("/desk")
def desk_page(request: Request, seat: Seated) -> Response:
    """Status and deadline first. A browser that came this far has a person before it: the packet is opened."""
    if open_packet(seat.office, *seat.where, seat.at):
        seat.portal.on_change("kbo.cycle.changed", seat.link.cycle_id)
    desk = desk_at(seat)
    draft, saved_at = drafts.draft_of(seat.office, desk)
    papers = list(district_papers(seat.office, *seat.where))
    return show(request, seat, "desk.html", desk, draft=draft, saved_at=saved_at, papers=papers)


@router.get("/desk/papers/{number}")
def paper(seat: Seated, number: int) -> Response:
    papers = list(district_papers(seat.office, *seat.where).items())
    if not 0 <= number < len(papers):
        raise TurnedAwayError(page_missing(f"papers/{number}"))
    return file_response(*papers[number])


@router.get("/desk/pick")
def pick(request: Request, seat: Seated) -> Response:
    desk = desk_at(seat)
    draft, _ = drafts.draft_of(seat.office, desk)
    return _pick(request, seat, desk, draft)


def _pick(request: Request, seat: Seat, desk: Desk, draft: Draft, error: KboError | None = None) -> Response:
    found = [c for c in desk.choices if not draft.words or c.answers_to(draft.words)]
    shown = found[:_SHOWN]
    hidden = [i for i in draft.picks if i not in {c.producer_id for c in shown}]
    barred = [c for c in desk.barred if not draft.words or c.answers_to(draft.words)][:_SHOWN]
    values: dict[str, Any] = {
        "draft": draft,
        "shown": shown,
        "hidden": hidden,
        "barred": barred,
        "more": len(found) - len(shown),
    }
    if error:
        return say(request, seat, "pick.html", desk, error, **values)
    return show(request, seat, "pick.html", desk, **values)


@router.post("/desk/pick")
def picked(request: Request, seat: Own, form: Posted) -> Response:
    desk = desk_at(seat)
    draft, _ = drafts.draft_of(seat.office, desk)
    known = {c.producer_id for c in desk.choices}
    chosen = tuple(dict.fromkeys(i for i in texts(form, "pick") if i in known))
    # In the order in which they were chosen: those of before first.
    chosen = tuple(sorted(chosen, key=lambda i: draft.picks.index(i) if i in draft.picks else len(draft.picks)))
    draft = replace(draft, picks=chosen, is_nil=False, words=text(form, "words", 100).strip(), file="", file_name="")
    go_on = text(form, "do")
    if go_on == "all":
        draft = replace(draft, words="")
    drafts.save_draft(seat.office, desk, draft, seat.at)
    if go_on != "next":
        return go("/desk" if go_on == "save" else "/desk/pick")
    try:
        _require_some(desk, draft)
    except KboError as error:
        return _pick(request, seat, desk, draft, error)
    return go("/desk/details")


@router.get("/desk/nil")
def nil(request: Request, seat: Seated) -> Response:
    return show(request, seat, "nil.html", desk_at(seat))


@router.post("/desk/nil")
def nil_chosen(seat: Own) -> Response:
    desk = desk_at(seat)
    draft, _ = drafts.draft_of(seat.office, desk)
    drafts.save_draft(seat.office, desk, replace(draft, picks=(), is_nil=True, file="", file_name=""), seat.at)
    return go("/desk/details")


@router.get("/desk/details")
def details(request: Request, seat: Seated) -> Response:
    desk = desk_at(seat)
    draft, _ = drafts.draft_of(seat.office, desk)
    if not draft.picks and not draft.is_nil:
        return go("/desk/pick")
    return show(request, seat, "details.html", desk, draft=draft)


@router.post("/desk/details")
def details_given(request: Request, seat: Own, form: Posted) -> Response:
    desk = desk_at(seat)
    draft, _ = drafts.draft_of(seat.office, desk)
    draft = replace(
        draft,
        reason=text(form, "reason", MAX_REASON).strip(),
        reporter=text(form, "reporter", MAX_NAME).strip(),
        position=text(form, "position", MAX_NAME).strip(),
    )
    drafts.save_draft(seat.office, desk, draft, seat.at)
    if text(form, "do") == "save":
        return go("/desk")
    faults = _details_missing(desk, draft)
    if faults:
        return say(request, seat, "details.html", desk, BlockedError(*faults), draft=draft)
    return go("/desk/check")


@router.get("/desk/check")
def check_page(request: Request, seat: Seated) -> Response:
    desk = desk_at(seat)
    draft, saved_at = drafts.draft_of(seat.office, desk)
    if saved_at is None:
        return go("/desk")
    return _check(request, seat, desk, draft)


def _check(request: Request, seat: Seat, desk: Desk, draft: Draft, error: KboError | None = None) -> Response:
    judgement, findings = None, list(error.findings) if error else []
    try:
        judgement = drafts.judge(seat.office, desk, draft)
    except KboError as unreadable:
        findings += [f for f in unreadable.findings if f not in findings]
        error = error or unreadable
    else:
        findings += [f for f in judgement.findings if f not in findings]
    return show(
        request,
        seat,
        "check.html",
        desk,
        _status(error),
        draft=draft,
        judgement=judgement,
        digest=draft.digest(desk.form_code),
        errors=[f for f in findings if f.severity is Severity.BLOCK],
        warnings=[f for f in findings if f.severity is Severity.WARN],
        place_of=lambda finding: drafts.place_of(finding, draft),
        is_behind=draft.amends != desk.assignment.version,
    )


@router.post("/desk/rebase")
def rebase(seat: Own) -> Response:
    """The draft shall take the place of a version that came in meanwhile; the person has seen which."""
    desk = desk_at(seat)
    draft, saved_at = drafts.draft_of(seat.office, desk)
    if saved_at is not None:
        drafts.save_draft(seat.office, desk, replace(draft, amends=desk.assignment.version), seat.at)
    return go("/desk/check")


@router.post("/desk/send")
def send(request: Request, seat: Own, form: Posted) -> Response:
    desk = desk_at(seat)
    draft, saved_at = drafts.draft_of(seat.office, desk)
    checked = text(form, "checked", 64)
    if saved_at is None or draft.digest(desk.form_code) != checked:
        if receipt := drafts.sent_before(seat.office, *seat.where, checked):
            return go(f"/desk/receipt/{receipt.version}")
        changed = blocked(
            "draft-changed",
            "check",
            "ร่างถูกเปลี่ยนหลังจากที่เปิดหน้านี้ จึงยังไม่ส่ง โปรดตรวจอีกครั้งแล้วกดส่ง",
            "the draft was changed after this page was opened; check it again",
        )
        if saved_at is None:
            raise changed
        return _check(request, seat, desk, draft, changed)
    try:
        receipt = drafts.send_draft(seat.office, desk, draft, at=seat.at, via="portal")
    except KboError as error:
        seat.portal.meter.submitted("portal", error)
        return _check(request, seat, desk, draft, error)
    seat.portal.meter.submitted("portal")
    seat.portal.send(*seat.where, seat.at)
    seat.portal.on_change("kbo.submission.received", "/".join(seat.where))
    return go(f"/desk/receipt/{receipt.version}")


@router.get("/desk/receipt/{version}")
def receipt(request: Request, seat: Seated, version: int) -> Response:
    with seat.office.database.read() as connection:
        found = receipt_of(connection, *seat.where, version)
    if found is None:
        raise TurnedAwayError(page_missing(f"receipt/{version}"))
    told = next(v for v in versions(seat.office, *seat.where) if v.answer.version == version)
    return show(request, seat, "receipt.html", desk_at(seat), receipt=found, version=told)


@router.get("/desk/versions")
def history(request: Request, seat: Seated) -> Response:
    return show(request, seat, "versions.html", desk_at(seat))


@router.get("/desk/upload")
def upload_form(request: Request, seat: Seated) -> Response:
    return show(request, seat, "upload.html", desk_at(seat))


@router.post("/desk/upload")
def uploaded(request: Request, seat: Own, form: Posted) -> Response:
    desk = desk_at(seat)
    content, name = upload(form, "file")
    draft, _ = drafts.draft_of(seat.office, desk)
    try:
        if not name:
            raise refused("file-missing", "file", "โปรดเลือกแฟ้มแบบรายงานที่กรอกแล้ว", "no file was chosen")
        judgement = check(seat.office, *seat.where, content[: MAX_BYTES + 1], name)
        if faults := blocking(judgement.findings):
            raise BlockedError(*faults)
    except KboError as error:
        return say(request, seat, "upload.html", desk, error, place_of=lambda _: "file")
    draft = replace(draft.with_file(content, name), is_nil=False)
    drafts.save_draft(seat.office, desk, draft, seat.at)
    return go("/desk/check")


@router.post("/desk/discard")
def discard(seat: Own) -> Response:
    drafts.discard_draft(seat.office, *seat.where)
    return go("/desk")


@router.get("/desk/extension")
def extension(request: Request, seat: Seated) -> Response:
    return show(request, seat, "extension.html", desk_at(seat), told={}, reason="")


@router.post("/desk/extension")
def extension_asked(request: Request, seat: Own, form: Posted) -> Response:
    desk = desk_at(seat)
    told, reason = day_told(form), text(form, "reason", 1000).strip()
    try:
        until = read_day(told, desk.assignment.due_at)
        request_extension(seat.office, *seat.where, until, at=seat.at, reason=reason)
    except KboError as error:
        return say(request, seat, "extension.html", desk, error, told=told, reason=reason)
    seat.portal.send(seat.link.cycle_id, desk.cycle.province_code, seat.at)
    seat.portal.on_change("kbo.cycle.changed", "/".join(seat.where))
    return go("/desk#requests")


@router.post("/desk/leave")
def leave(seat: Own) -> Response:
    response = go("/")
    drop_cookie(response, DESK)
    return response


def _status(error: KboError | None) -> int:
    return status_of(error) if error else 200


def _require_some(desk: Desk, draft: Draft) -> None:
    """Raises RefusedError for a list that cannot be gone on with: empty, or longer than the places."""
    if not draft.picks:
        raise refused("form-empty", "picks", "ยังไม่ได้เลือกกลุ่ม โปรดเลือกอย่างน้อยหนึ่งกลุ่ม", "no group is picked")
    if len(draft.picks) > desk.assignment.quota:
        raise refused(
            "over-quota",
            "picks",
            f"เลือกไว้ {len(draft.picks)} กลุ่ม เกินจำนวนจัดสรร {desk.assignment.quota} กลุ่ม โปรดเอาออกให้เหลือไม่เกินจำนวน",
            f"{len(draft.picks)} picks for a quota of {desk.assignment.quota}",
        )


def _details_missing(desk: Desk, draft: Draft) -> list[Finding]:
    told: list[Finding] = []
    if not draft.is_nil and len(draft.picks) < desk.assignment.quota and not draft.reason:
        told += refused(
            "short-without-reason",
            "reason",
            f"เลือกไว้ {len(draft.picks)} กลุ่ม จากจำนวนจัดสรร {desk.assignment.quota} กลุ่ม โปรดกรอกเหตุผลที่เลือกไม่ครบ",
            "fewer picks than places need a reason",
        ).findings
    if not draft.reporter:
        told += refused("reporter-missing", "reporter", "โปรดกรอกชื่อผู้รายงาน", "who reports is missing").findings
    return told
