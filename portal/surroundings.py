"""What the pages work with: the office, and what the portal was started with."""

from dataclasses import dataclass, field

from fastapi import Request

from kbo_core.office.office import Office
from kbo_core.registry.quality import Validate
from portal.jobs import Jobs
from portal.metrics import Meter
from portal.sending import Sender
from portal.telling import OnChange, nobody
from portal.throttle import Rates, Throttle


@dataclass(frozen=True)
class Portal:
    """One portal. ``send`` sends what a page has planned, ``meter`` counts; ``validate`` judges tables: without it,
    what must screen registers anew is not offered."""

    office: Office
    send: Sender
    meter: Meter
    validate: Validate | None = None
    on_change: OnChange = nobody
    rates: Rates = field(default_factory=Rates)
    throttle: Throttle = field(default_factory=Throttle)
    jobs: Jobs = field(default_factory=Jobs)


def portal_of(request: Request) -> Portal:
    """The portal that a request came to."""
    portal: Portal = request.app.state.portal
    return portal
