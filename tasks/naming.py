"""What operators read in run lists. Names begin with letters that every screen of the UI shows."""

from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from prefect import Task
from prefect.runtime import flow_run, task_run

from kbo_core.domain.areas import districts
from kbo_core.domain.findings import KboError
from kbo_core.domain.thai_dates import BANGKOK, bangkok_day, fiscal_year_be, short_date
from kbo_core.office.definitions import read_definition
from tasks.surroundings import instant

P = ParamSpec("P")
R = TypeVar("R")


def district_task_name() -> str:
    """``5601 Mueang Phayao · เมืองพะเยา``"""
    return districts()[task_run.parameters["district_code"]].label


def of_district(step: Task[P, R], district_code: str) -> Task[P, R]:
    """The step, tagged with the district that it is for: ``district-5601``."""
    return step.with_options(tags={f"district-{district_code}"})


def opening_run_name() -> str:
    """``kbo-2568-56 · open``"""
    told = flow_run.parameters["definition"]
    path = Path(getattr(told, "path", None) or (told["path"] if isinstance(told, dict) else told))
    try:
        return f"{read_definition(path).definition.cycle} · open"
    except KboError:
        return f"{path.name} · open"


def turn_run_name() -> str:
    """``kbo-2568-56 · turn 2025-06-04 (4 มิ.ย. 2568)``"""
    return f"{flow_run.parameters['cycle_id']} · turn {_day(instant(flow_run.parameters.get('now')))}"


def provinces_run_name() -> str:
    """``kbo-2568-50 to kbo-2568-58 · turn 2025-06-04 (4 มิ.ย. 2568)``"""
    cycles = list(flow_run.parameters["provinces"])
    return f"{cycles[0]} to {cycles[-1]} · turn {_day(instant(flow_run.parameters.get('now')))}"


def day_run_name() -> str:
    """``turn 2025-06-04 08:35 (4 มิ.ย. 2568)``"""
    at = instant(flow_run.parameters.get("now"))
    day = bangkok_day(at)
    return f"turn {day} {at.astimezone(BANGKOK):%H:%M} ({short_date(day)})"


def nation_run_name() -> str:
    """``nation · turn 2025-06-04 08:35 (4 มิ.ย. 2568)``"""
    return f"nation · {day_run_name()}"


def yearly_run_name() -> str:
    """``circular of 2569``"""
    return f"circular of {fiscal_year_be(bangkok_day(instant(flow_run.parameters.get('now'))))}"


def purge_run_name() -> str:
    """``purge 2025-06-01 (1 มิ.ย. 2568)``"""
    return f"purge {_day(instant(flow_run.parameters.get('now')))}"


def closing_run_name() -> str:
    """``kbo-2568-56 · close``"""
    return f"{flow_run.parameters['cycle_id']} · close"


def _day(at: datetime) -> str:
    day = bangkok_day(at)
    return f"{day} ({short_date(day)})"
