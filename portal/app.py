"""The portal of one office, put together: the district's desk, the operator's board, the status, the door for
programs."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

import kbo_core.documents
from kbo_core.clock import now
from kbo_core.domain.areas import provinces
from kbo_core.domain.findings import KboError
from kbo_core.office.board import board
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.office.overview import overview
from kbo_core.registry.quality import Validate
from kbo_core.store.reading import cycle_ids, get_cycle
from portal import district, metrics, operator
from portal.guard import Guard
from portal.health import Health
from portal.machine import machine_door
from portal.metrics import Meter
from portal.pages import HERE, page, say_no
from portal.sending import Sender
from portal.surroundings import Portal
from portal.telling import OnChange, nobody
from portal.throttle import Rates
from portal.told import TurnedAwayError, page_missing, turned_away

_FONTS = Path(kbo_core.documents.__file__).parent / "fonts"


def create_app(
    office: Office, *, validate: Validate | None = None, on_change: OnChange = nobody, rates: Rates | None = None
) -> FastAPI:
    """The portal. ``on_change`` is told of every change that was made here; without ``validate``, what must screen
    registers anew is not offered."""
    portal = Portal(office, Sender(office), Meter(office), validate, on_change, rates or Rates())
    app = FastAPI(title="KBO", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.portal = portal
    app.add_middleware(
        Guard,
        throttle=portal.throttle,
        rates=portal.rates,
        refuse=say_no,
        own_host=_own_host,
        answered=portal.meter.answered,
    )
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.mount("/fonts", StaticFiles(directory=_FONTS), name="fonts")
    data_docs = office.home / "data-docs"
    app.mount("/data-docs", StaticFiles(directory=data_docs, html=True, check_dir=False), name="data-docs")
    app.include_router(district.router)
    app.include_router(operator.router)
    app.include_router(metrics.router)
    app.mount("/api/v1", machine_door(portal))
    _answer_errors(app)
    _add_status(app, office)
    return app


def _own_host() -> str:
    return urlsplit(os.environ.get("KBO_PORTAL_URL", "")).netloc


def _answer_errors(app: FastAPI) -> None:
    """Every no is a page that a person can read."""

    @app.exception_handler(KboError)
    async def refused(request: Request, error: KboError) -> Response:
        return say_no(request, error)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        if error.status_code == 404:
            return say_no(request, TurnedAwayError(page_missing(request.url.path)))
        unusable = turned_away(
            "request-unusable",
            "request",
            "ระบบใช้คำขอนี้ไม่ได้ โปรดกลับไปหน้าก่อนแล้วลองอีกครั้ง",
            "the request cannot be used",
        )
        return say_no(request, unusable, error.status_code)


def _add_status(app: FastAPI, office: Office) -> None:
    """What anybody may see: how far the cycles are, without a person's name."""
    sound = Health(lambda: examine(office))

    @app.get("/health")
    def health() -> JSONResponse:
        """Does the store answer, and do the invariants hold? 503 when not."""
        checked, faults = sound()
        document = {"status": "ok" if not faults else "faults", "checked": dict(checked), "faults": len(faults)}
        return JSONResponse(document, status_code=200 if not faults else 503)

    @app.get("/", response_class=HTMLResponse)
    def cycles(request: Request) -> Response:
        with office.database.read() as connection:
            known = [get_cycle(connection, name) for name in cycle_ids(connection)]
        return page(request, "cycles.html", cycles=known, provinces=provinces())

    @app.get("/cycles/{cycle_id}", response_class=HTMLResponse)
    def cycle(request: Request, cycle_id: str) -> Response:
        at = now()
        return page(request, "cycle.html", seen=overview(office, cycle_id, at), lines=board(office, cycle_id, at))

    @app.get("/privacy", response_class=HTMLResponse)
    def privacy(request: Request) -> Response:
        return page(request, "privacy.html")
