"""``kbo provision``: a Prefect server as ``prefect.yaml`` describes it. Run again, it changes nothing."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from kbo_core.domain.findings import refused
from kbo_core.office.definitions import load_yaml

PLAN = Path(__file__).with_name("prefect.yaml")
POOL = "kbo"
# Schedules that an office sets for itself.
CRONS = {"daily_turn": "KBO_TURN_CRON", "yearly_opening": "KBO_YEARLY_CRON", "monthly_purge": "KBO_PURGE_CRON"}
# What earlier releases deployed under another name.
_RETIRED = ("daily-turn/every-morning",)
_TITLE, _BODY = (
    "[kbo] {{ automation.name }}",
    "{{ automation.description }}\n{{ event.event }}\n{{ event.resource.id }}",
)


@dataclass
class Provisioned:
    """What was made, brought up to date, taken away, and left as it was; by name."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def read_plan() -> dict[str, Any]:
    """What ``prefect.yaml`` says, with the office's own schedules."""
    plan: Any = load_yaml(PLAN.read_text("utf-8"))
    for deployment in plan["deployments"]:
        cron = os.environ.get(CRONS.get(_flow_of(deployment), ""))
        for schedule in deployment.get("schedules", ()) if cron else ():
            schedule["cron"] = cron
    return dict(plan)


async def provision() -> Provisioned:
    """Bring the server of ``PREFECT_API_URL`` to the plan: work pool, deployments with their triggers, automations.

    What an operator has paused stays paused. Raises RefusedError when the server does not answer or a schedule is no
    cron line.
    """
    from prefect.client.orchestration import get_client

    done, plan = Provisioned(), read_plan()
    async with get_client() as client:
        if error := await client.api_healthcheck():
            raise refused(
                "prefect-unreachable",
                str(client.api_url),
                "ติดต่อเซิร์ฟเวอร์ Prefect ไม่ได้ เปิด kbo serve หรือตรวจ PREFECT_API_URL",
                f"Prefect's server does not answer ({type(error).__name__}): start kbo serve or set PREFECT_API_URL",
            )
        for pool in plan["work_pools"]:
            await _pool(client, pool, done)
        for deployment in plan["deployments"]:
            await _deployment(client, deployment, done)
        for automation in plan["automations"]:
            await _automation(client, automation, done)
        for name in _RETIRED:
            await _retire(client, name, done)
    return done


async def _pool(client: Any, pool: Mapping[str, Any], done: Provisioned) -> None:
    from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
    from prefect.exceptions import ObjectNotFound
    from prefect.workers.process import ProcessWorker

    name, wanted = f"work pool {pool['name']}", {k: pool[k] for k in ("concurrency_limit", "description")}
    try:
        there = await client.read_work_pool(pool["name"])
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        await client.create_work_pool(WorkPoolCreate(**pool, base_job_template=template))
        done.created.append(name)
        return
    if all(getattr(there, key) == value for key, value in wanted.items()):
        done.unchanged.append(name)
    else:
        await client.update_work_pool(pool["name"], WorkPoolUpdate(**wanted))
        done.changed.append(name)


async def _deployment(client: Any, wanted: Mapping[str, Any], done: Provisioned) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.deployments.runner import RunnerDeployment
    from prefect.events import DeploymentTriggerTypes
    from prefect.exceptions import ObjectNotFound
    from prefect.flows import load_flow_from_entrypoint
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType
    from pydantic import TypeAdapter

    flow: Any = load_flow_from_entrypoint(wanted["entrypoint"])
    name, mark = f"{flow.name}/{wanted['name']}", _mark(wanted)
    try:
        there = await client.read_deployment_by_name(name)
    except ObjectNotFound:
        there = None
    owned = {a.name for a in await client.read_resource_related_automations(_resource(there))} if there else set()
    limit = wanted.get("concurrency_limit")
    triggers: list[Any] = [TypeAdapter(DeploymentTriggerTypes).validate_python(t) for t in wanted.get("triggers", ())]
    if there and there.version == mark and {t.name for t in triggers} <= owned and there.work_pool_name == POOL:
        done.unchanged.append(name)
        return
    deployment = RunnerDeployment.from_flow(
        flow,
        wanted["name"],
        entrypoint_type=EntrypointType.MODULE_PATH,
        description=wanted["description"],
        tags=wanted["tags"],
        version=mark,
        parameters=wanted.get("parameters"),
        schedules=[_cron(s, Cron) for s in wanted.get("schedules", ())],
        concurrency_limit=ConcurrencyLimitConfig(**limit) if limit else None,
        triggers=triggers,
        work_pool_name=wanted["work_pool"]["name"],
    )
    await deployment.aapply()
    (done.changed if there else done.created).append(name)


async def _automation(client: Any, wanted: Mapping[str, Any], done: Provisioned) -> None:
    from prefect.events.actions import DoNothing, SendNotification
    from prefect.events.schemas.automations import AutomationCore

    block = await _alarm_block(client)
    action = SendNotification(block_document_id=block, subject=_TITLE, body=_BODY) if block else DoNothing()
    mark = f"v-{_mark({**wanted, 'block': str(block)})}"
    # One that has an action of its own in the plan tells nobody.
    planned = AutomationCore.model_validate({"actions": [action.model_dump()], **wanted, "tags": ["kbo", mark]})
    there = await client.read_automations_by_name(wanted["name"])
    if there and mark in there[0].tags:
        done.unchanged.append(wanted["name"])
    elif there:
        planned.enabled = there[0].enabled
        await client.update_automation(there[0].id, planned)
        done.changed.append(wanted["name"])
    else:
        await client.create_automation(planned)
        done.created.append(wanted["name"])


async def _retire(client: Any, name: str, done: Provisioned) -> None:
    from prefect.exceptions import ObjectNotFound

    try:
        await client.delete_deployment((await client.read_deployment_by_name(name)).id)
    except ObjectNotFound:
        return
    done.removed.append(name)


async def _alarm_block(client: Any) -> Any:
    """The document of ``KBO_ALARM_BLOCK``, e.g. ``slack-webhook/office``; None where none is named or kept."""
    from prefect.exceptions import ObjectNotFound

    kind, is_named, name = os.environ.get("KBO_ALARM_BLOCK", "").partition("/")
    try:
        return (await client.read_block_document_by_name(name, kind)).id if is_named else None
    except ObjectNotFound:
        return None


def _cron(schedule: Mapping[str, str], cron: Any) -> Any:
    try:
        return cron(schedule["cron"], timezone=schedule["timezone"])
    except ValueError:
        raise refused(
            "cron-unclear",
            " ".join(CRONS.values()),
            f"ตารางเวลา “{schedule['cron']}” ไม่ใช่รูปแบบ cron (นาที ชั่วโมง วัน เดือน วันในสัปดาห์)",
            f"not a cron line: {schedule['cron']!r}",
        ) from None


def _flow_of(deployment: Mapping[str, Any]) -> str:
    return str(deployment["entrypoint"]).rpartition(".")[2]


def _resource(deployment: Any) -> str:
    return f"prefect.deployment.{deployment.id}"


def _mark(wanted: Any) -> str:
    """A plan's own mark, so that a second look finds it done; another release deploys anew."""
    told = json.dumps([metadata.version("kbo-cycle"), wanted], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:12]
