"""``/metrics``: what a Prometheus asks for. Counts and ages; no person, no district, no link, no address of a page that
names one."""

import hmac
import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Scope

from kbo_core.clock import now
from kbo_core.domain.findings import KboError
from kbo_core.office.figures import Figures, figures
from kbo_core.office.office import Office
from portal.told import TurnedAwayError, page_missing

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Meter:
    """What this process has answered, and the figures of the store when they are asked for."""

    def __init__(self, office: Office) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Store(office))
        self._requests = Counter(
            "kbo_portal_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "kbo_portal_request_seconds",
            "Seconds until a request was answered.",
            ("route",),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._submissions = Counter(
            "kbo_portal_submissions", "Answers sent here.", ("via", "outcome"), registry=self._registry
        )

    def answered(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answer under its route's template; what leads nowhere, under one name."""
        told = getattr(scope.get("route"), "path", None)
        route = f"{scope.get('root_path', '')}{told}" if told else "none"
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST") else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def submitted(self, via: str, error: KboError | None = None) -> None:
        """Count an answer that was sent: taken, or turned back."""
        self._submissions.labels(via, "refused" if error else "accepted").inc()

    def counts(self) -> tuple[int, int]:
        """How many requests were answered since this process began, and how many of them by a fault of ours."""
        told = [s for m in self._requests.collect() for s in m.samples if s.name.endswith("_total")]
        faults = [s for s in told if s.labels["status"].startswith("5")]
        return int(sum(s.value for s in told)), int(sum(s.value for s in faults))

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)


class _Store(Collector):
    """The store's figures, looked up at each asking."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def describe(self) -> list[Metric]:
        """Nothing beforehand: the store is asked when somebody asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        seen = figures(self._office, now())
        yield _gauge("kbo_cycles", "Cycles by state.", "state", seen.cycles)
        yield _gauge("kbo_districts", "Districts of open cycles by state.", "state", seen.districts)
        yield _gauge("kbo_messages", "Messages by state.", "state", seen.messages)
        answers = CounterMetricFamily("kbo_answers_taken", "Answers taken, by the way in.", labels=["via"])
        for via, count in seen.answers.items():
            answers.add_metric([via], count)
        yield answers
        yield CounterMetricFamily("kbo_forms_turned_back", "Forms turned back to their sender.", seen.turned_back)
        yield from _runs(seen)
        if seen.backup_at:
            age = (seen.at - seen.backup_at).total_seconds()
            yield GaugeMetricFamily("kbo_backup_age_seconds", "Seconds since the last backup.", age)


def _gauge(name: str, words: str, label: str, counts: Mapping[str, int]) -> Metric:
    told = GaugeMetricFamily(name, words, labels=[label])
    for value, count in counts.items():
        told.add_metric([value], count)
    return told


def _runs(seen: Figures) -> Iterator[Metric]:
    age = GaugeMetricFamily("kbo_run_age_seconds", "Seconds since the last run of a flow ended.", labels=["flow"])
    took = GaugeMetricFamily("kbo_run_seconds", "Seconds that it took.", labels=["flow"])
    ended = GaugeMetricFamily("kbo_run_ended", "1 for the state that it ended in.", labels=["flow", "state"])
    failed = GaugeMetricFamily("kbo_run_failed", "1 when it failed.", labels=["flow"])
    for run in seen.runs:
        age.add_metric([run.flow], (seen.at - run.ended_at).total_seconds())
        took.add_metric([run.flow], run.seconds)
        ended.add_metric([run.flow, run.state], 1)
        failed.add_metric([run.flow], run.has_failed)
    yield from (age, took, ended, failed)


router = APIRouter(include_in_schema=False)


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """For whoever has the token of ``KBO_METRICS_TOKEN``; without one, for this machine alone."""
    if not _may_ask(request):
        raise TurnedAwayError(page_missing("metrics"))
    meter: Meter = request.app.state.portal.meter
    return Response(meter.text(), media_type=CONTENT_TYPE_LATEST)


def _may_ask(request: Request) -> bool:
    if token := os.environ.get("KBO_METRICS_TOKEN"):
        told = request.headers.get("authorization", "")
        return hmac.compare_digest(told.encode(), f"Bearer {token}".encode())
    # A proxy on this machine asks from here, too, but under the name that others know it by.
    client = request.client.host if request.client else ""
    return _is_this_machine(client) and _is_this_machine(urlsplit(f"//{request.headers.get('host', '')}").hostname)


def _is_this_machine(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
