"""The portal's pages: health and status. Nothing personal is shown, so nobody signs in to see them."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from kbo_core.clock import now
from kbo_core.domain.findings import RefusedError
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.board import board
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office
from kbo_core.office.overview import known_cycles, overview

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
# Great Expectations writes styles and scripts into its pages; what they ask of other hosts is refused.
_DATA_DOCS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; base-uri 'none'; frame-ancestors 'none'"
}


def create_app(office: Office) -> FastAPI:
    """The portal of one office."""
    app = FastAPI(title="KBO", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Jinja2Templates(_HERE / "templates")
    pages.env.globals["short_instant"] = short_instant
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    data_docs = office.home / "data-docs"
    app.mount("/data-docs", StaticFiles(directory=data_docs, html=True, check_dir=False), name="data-docs")

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        headers = _HEADERS | _DATA_DOCS if request.url.path.startswith("/data-docs/") else _HEADERS
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(RefusedError)
    async def not_found(request: Request, error: RefusedError) -> Response:
        return pages.TemplateResponse(request, "missing.html", {"findings": error.findings}, status_code=404)

    @app.get("/health")
    def health() -> JSONResponse:
        """Does the store answer, and do the invariants hold? 503 when not."""
        checked, faults = examine(office)
        document = {"status": "ok" if not faults else "faults", "checked": checked, "faults": len(faults)}
        return JSONResponse(document, status_code=200 if not faults else 503)

    @app.get("/", response_class=HTMLResponse)
    def cycles(request: Request) -> Response:
        at = now()
        return pages.TemplateResponse(request, "cycles.html", {"cycles": known_cycles(office, at), "at": at})

    @app.get("/cycles/{cycle_id}", response_class=HTMLResponse)
    def cycle(request: Request, cycle_id: str) -> Response:
        at = now()
        values = {"seen": overview(office, cycle_id, at), "lines": board(office, cycle_id, at), "at": at}
        return pages.TemplateResponse(request, "cycle.html", values)

    return app
