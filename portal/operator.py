"""The province's side: sign in, see every district, do what an operator does."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from starlette.datastructures import FormData

from kbo_core.clock import now
from kbo_core.domain.approvals import ApprovalStep
from kbo_core.domain.areas import districts
from kbo_core.domain.assignments import State
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.findings import KboError, blocking, refused
from kbo_core.domain.reminders import step_title
from kbo_core.office.accounts import LASTS, account_of, sign_in, sign_out
from kbo_core.office.accounts import ROLES as ROLES_TH
from kbo_core.office.approving import signings
from kbo_core.office.board import board
from kbo_core.office.contact_reading import contacts_of
from kbo_core.office.contacts import ROLES as CONTACT_ROLES
from kbo_core.office.contacts import STAFF
from kbo_core.office.definitions import definition_of
from kbo_core.office.desks import desk_of, district_papers
from kbo_core.office.figures import figures
from kbo_core.office.nation_board import nation_board
from kbo_core.office.office import Office
from kbo_core.office.overview import findings_of, overview
from kbo_core.office.paper_bundle import paper_bundle
from kbo_core.office.reminding import preview
from kbo_core.office.requests import OPEN, extension_requests, override_requests
from kbo_core.office.reviewing import review_cycle
from kbo_core.office.timeline import KINDS_TH, timeline
from kbo_core.store.accounts import Account
from kbo_core.store.desks import links
from kbo_core.store.reading import Cycle, find_cycle, messages, overrides, reallocations, reports
from portal.fields import day_told, posted, text
from portal.guard import too_often
from portal.jobs import Job
from portal.pages import file_response, go, page
from portal.sessions import ACCOUNT, drop_cookie, form_token, require_own_form, set_cookie
from portal.surroundings import Portal, portal_of
from portal.told import TurnedAwayError, page_missing, status_of, turned_away
from portal.verbs import VERBS, Deed, Verb, carry_out

Posted = Annotated[FormData, Depends(posted)]
router = APIRouter(prefix="/office", include_in_schema=False)


@dataclass(frozen=True)
class Clerk:
    """Who is signed in, now."""

    portal: Portal
    account: Account
    token: str
    form_token: str
    at: datetime

    @property
    def office(self) -> Office:
        return self.portal.office

    def may(self, verb: Verb) -> bool:
        return self.account.role in verb.roles


def clerk(request: Request) -> Clerk:
    """The account that is signed in. Raises TurnedAwayError when nobody is."""
    portal, at = portal_of(request), now()
    token = request.cookies.get(ACCOUNT, "")
    account = account_of(portal.office, token, at) if token else None
    if account is None:
        raise turned_away("sign-in-needed", "session", "โปรดลงชื่อเข้าใช้ก่อน หรือลงชื่อเข้าใช้อีกครั้ง", "sign in first, or again")
    return Clerk(portal, account, token, form_token(portal.office, token), at)


Signed = Annotated[Clerk, Depends(clerk)]


def own(signed: Signed, form: Posted) -> Clerk:
    """The same, for a form that came from this session's own pages."""
    require_own_form(signed.form_token, text(form, "csrf"))
    return signed


Own = Annotated[Clerk, Depends(own)]


def cycle_seen(signed: Signed, cycle_id: str) -> Cycle:
    """The cycle of the address, if the account's province is its own; else there is none for it."""
    with signed.office.database.read() as connection:
        cycle = find_cycle(connection, cycle_id)
    if cycle is None or not signed.account.sees(cycle.province_code):
        raise refused("cycle-unknown", cycle_id, f"ไม่มีรอบชื่อ {cycle_id}", "no such cycle")
    return cycle


Seen = Annotated[Cycle, Depends(cycle_seen)]


def show(request: Request, signed: Clerk, name: str, status: int = 200, **values: Any) -> Response:
    facts = {"account": signed.account, "role_th": ROLES_TH[signed.account.role], "csrf": signed.form_token}
    return page(request, name, status, **facts, verbs=_verbs(signed), prefect=_prefect(), **values)


def _verbs(signed: Clerk) -> Mapping[str, Verb]:
    return {name: verb for name, verb in VERBS.items() if signed.may(verb)}


def _prefect() -> str:
    return os.environ.get("KBO_PREFECT_UI", "").rstrip("/")


@router.get("/sign-in")
def sign_in_form(request: Request) -> Response:
    return page(request, "sign-in.html", account_name="")


@router.post("/sign-in")
def signed_in(request: Request, form: Posted) -> Response:
    portal, at = portal_of(request), now()
    name, password = text(form, "name", 63).strip(), text(form, "password", 200)
    address = request.client.host if request.client else "-"
    taken = portal.throttle.take
    if not taken(f"sign-in {name}", portal.rates.sign_in) or not taken(
        f"sign-in at {address}", portal.rates.sign_in_address
    ):
        raise too_often()
    token = sign_in(portal.office, name, password, at)
    if token is None:
        wrong = turned_away("sign-in-wrong", "name", "ชื่อบัญชีหรือรหัสผ่านไม่ถูกต้อง", "no such account, or another password")
        return page(request, "sign-in.html", status_of(wrong), account_name=name, errors=blocking(wrong.findings))
    response = go("/office")
    set_cookie(response, ACCOUNT, token, LASTS)
    return response


@router.post("/sign-out")
def signed_out(signed: Own) -> Response:
    sign_out(signed.office, signed.token)
    response = go("/office/sign-in")
    drop_cookie(response, ACCOUNT)
    return response


@router.get("")
def nation(request: Request, signed: Signed) -> Response:
    """All cycles that the account sees; who is stuck where, and since when."""
    standings = nation_board(signed.office, signed.at, signed.account.province_code)
    return show(request, signed, "nation.html", standings=standings)


@router.get("/system")
def system(request: Request, signed: Signed) -> Response:
    """The figures of the installation, as far as the account sees."""
    seen = figures(signed.office, signed.at, signed.account.province_code)
    answered, faults = signed.portal.meter.counts()
    version = metadata.version("kbo-cycle")
    states = {state.value: state.th for state in State}
    return show(
        request, signed, "system.html", seen=seen, answered=answered, faults=faults, version=version, states_th=states
    )


@router.get("/jobs/{name}")
def job(request: Request, signed: Signed, name: str) -> Response:
    found = signed.portal.jobs.find(name, signed.account.name)
    if found is None:
        raise TurnedAwayError(page_missing(f"jobs/{name}"))
    return show(request, signed, "job.html", job=found)


@router.get("/c/{cycle_id}")
def districts_board(request: Request, signed: Signed, cycle: Seen) -> Response:
    lines = board(signed.office, cycle.cycle_id, signed.at)
    with signed.office.database.read() as connection:
        issued = reports(connection, cycle.cycle_id)
    seen = overview(signed.office, cycle.cycle_id, signed.at)
    asked = [line for line in lines if line.quota]
    done = sum(not line.state.owes for line in asked)
    return show(
        request, signed, "board.html", cycle=cycle, seen=seen, lines=lines, asked=len(asked), done=done, issued=issued
    )


@router.get("/c/{cycle_id}/d/{code}")
def district(request: Request, signed: Signed, cycle: Seen, code: str) -> Response:
    desk = desk_of(signed.office, cycle.cycle_id, code, signed.at)
    with signed.office.database.read() as connection:
        ledger = messages(connection, cycle.cycle_id, district_code=code)
        known_links = links(connection, cycle.cycle_id, code)
    line = next(line for line in board(signed.office, cycle.cycle_id, signed.at) if line.district.code == code)
    return show(
        request,
        signed,
        "district.html",
        cycle=cycle,
        desk=desk,
        line=line,
        ledger=ledger,
        kinds_th=KINDS_TH,
        step_title=step_title,
        entries=timeline(signed.office, cycle.cycle_id, code),
        link=known_links[-1] if known_links else None,
        papers=list(district_papers(signed.office, cycle.cycle_id, code)),
    )


@router.get("/c/{cycle_id}/d/{code}/papers/{number}")
def paper(signed: Signed, cycle: Seen, code: str, number: int) -> Response:
    papers = list(district_papers(signed.office, cycle.cycle_id, code).items())
    if not 0 <= number < len(papers):
        raise TurnedAwayError(page_missing(f"papers/{number}"))
    return file_response(*papers[number])


@router.get("/c/{cycle_id}/d/{code}/contacts")
def contacts(request: Request, signed: Signed, cycle: Seen, code: str) -> Response:
    """Persons and their addresses; that they were looked at is written down first."""
    book = contacts_of(signed.office, cycle.cycle_id, code, at=signed.at, by=signed.account.name)
    roles = [(title, book.valid(code, role, signed.at)) for role, title in CONTACT_ROLES.items() if role != STAFF]
    area = districts()[code]
    return show(request, signed, "contacts.html", cycle=cycle, district=area, roles=roles)


@router.get("/c/{cycle_id}/names")
def names(request: Request, signed: Signed, cycle: Seen) -> Response:
    """The review queue, the most consequential first."""
    validate = signed.portal.validate
    queue = review_cycle(signed.office, cycle.cycle_id, validate) if validate and cycle.state == "open" else []
    return show(request, signed, "names.html", cycle=cycle, queue=queue, may_screen=validate is not None)


@router.get("/c/{cycle_id}/findings")
def findings(request: Request, signed: Signed, cycle: Seen) -> Response:
    told = findings_of(signed.office, cycle.cycle_id)
    return show(request, signed, "findings.html", cycle=cycle, findings=told)


@router.get("/c/{cycle_id}/reminders")
def reminders(request: Request, signed: Signed, cycle: Seen) -> Response:
    told = preview(signed.office, cycle.cycle_id, signed.at)
    return show(request, signed, "reminders.html", cycle=cycle, told=told)


@router.get("/c/{cycle_id}/timeline")
def whole_timeline(request: Request, signed: Signed, cycle: Seen) -> Response:
    entries = timeline(signed.office, cycle.cycle_id)
    return show(request, signed, "timeline.html", cycle=cycle, entries=entries)


@router.get("/c/{cycle_id}/waiting")
def waiting(request: Request, signed: Signed, cycle: Seen) -> Response:
    """What waits for somebody's yes or no."""
    with signed.office.database.read() as connection:
        asked = extension_requests(connection, cycle.cycle_id)
        values: dict[str, Any] = {
            "extensions": [r for r in asked if r.state == OPEN],
            "exceptions": override_requests(connection, cycle.cycle_id),
            "granted": overrides(connection, cycle.cycle_id),
            "moves": reallocations(connection, cycle.cycle_id),
            "signings": signings(connection, cycle),
        }
    return show(request, signed, "waiting.html", cycle=cycle, districts=districts(), **values)


@router.get("/c/{cycle_id}/papers.zip")
def papers_zip(signed: Signed, cycle: Seen) -> Response:
    return file_response(f"เอกสาร-{cycle.cycle_id}.zip", paper_bundle(signed.office, cycle.cycle_id, signed.at))


@router.get("/c/{cycle_id}/do/{name}")
@router.get("/c/{cycle_id}/d/{code}/do/{name}")
def ask(request: Request, signed: Signed, cycle: Seen, name: str, code: str = "") -> Response:
    """What a verb asks before it is done; what the page before knew is filled in already."""
    verb = _verb(signed, name, code)
    return _ask(request, signed, cycle, verb, code, dict(request.query_params))


def _ask(
    request: Request,
    signed: Clerk,
    cycle: Cycle,
    verb: Verb,
    code: str,
    told: Mapping[str, str],
    error: KboError | None = None,
    chosen: tuple[str, ...] = (),
) -> Response:
    values: dict[str, Any] = {"errors": blocking(error.findings)} if error else {}
    lines = list(board(signed.office, cycle.cycle_id, signed.at))
    return show(
        request,
        signed,
        "verb.html",
        status_of(error) if error else 200,
        cycle=cycle,
        verb=verb,
        district=districts()[code] if code else None,
        told=told,
        chosen=chosen,
        lines=lines,
        clauses=_clauses(signed.office, cycle) if "clauses" in verb.fields else {},
        steps=list(ApprovalStep),
        action=request.url.path,
        **values,
    )


def _clauses(office: Office, cycle: Cycle) -> Mapping[str, tuple[str, str]]:
    """Each clause by its code: where it is written, and what it asks in this cycle's figures."""
    with office.database.read() as connection:
        rules = definition_of(connection, cycle).rules
    return {code: (clause.cites, clause.asks_th(rules)) for code, clause in CLAUSES.items()}


@router.post("/c/{cycle_id}/do/{name}")
@router.post("/c/{cycle_id}/d/{code}/do/{name}")
def do(
    request: Request, signed: Own, cycle: Seen, form: Posted, later: BackgroundTasks, name: str, code: str = ""
) -> Response:
    """A verb, done in the account's name."""
    verb, portal = _verb(signed, name, code), signed.portal
    deed = Deed(portal.office, portal.validate, cycle.cycle_id, code, signed.account.name, signed.at, form)
    back = f"/office/c/{cycle.cycle_id}" + (f"/d/{code}" if code else "")

    def after() -> None:
        carry_out(portal.office, cycle.cycle_id, signed.at, renews=verb.renews)
        portal.on_change("kbo.cycle.changed", cycle.cycle_id)

    if verb.is_long:

        def work() -> str:
            words = verb.run(deed)
            after()
            return words

        started = Job(signed.account.name, verb.title_th, back, signed.at)
        return go(f"/office/jobs/{portal.jobs.start(started, work)}")
    try:
        words = verb.run(deed)
    except KboError as error:
        told = {k: v for k, v in form.items() if isinstance(v, str)} | day_told(form)
        return _ask(request, signed, cycle, verb, code, told, error, tuple(map(str, form.getlist("clauses"))))
    later.add_task(after)
    done = Job(signed.account.name, verb.title_th, back, signed.at, is_done=True, words_th=words)
    response = go(f"/office/jobs/{portal.jobs.keep(done)}")
    response.background = later
    return response


def _verb(signed: Clerk, name: str, code: str) -> Verb:
    verb = VERBS.get(name)
    if verb is None or verb.of_district != bool(code):
        raise TurnedAwayError(page_missing(f"do/{name}"))
    if not signed.may(verb):
        raise turned_away(
            "not-allowed",
            name,
            f"บัญชีของท่านเป็น{ROLES_TH[signed.account.role]} จึง{verb.title_th}ไม่ได้",
            f"an account of the role {signed.account.role} may not do this",
        )
    if code and code not in districts():
        raise refused("district-unknown", code, "ไม่มีอำเภอรหัสนี้", "no such district")
    return verb
