"""The letters of the year: which lie there, which are issued, which are to be opened."""

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from kbo_core.domain.thai_dates import bangkok_day, fiscal_year_be, short_instant
from kbo_core.office.circulars import has_circular, laid_circulars, waiting_circulars
from tasks.references import CircularReference
from tasks.surroundings import instant, office


def circulars_to_open() -> list[CircularReference]:
    """What was issued and is not open yet."""
    return [CircularReference(str(issue.path), issue.sha256) for issue in waiting_circulars(office())]


@task(name="look-for-circulars", task_run_name="look for circulars", cache_policy=NO_CACHE, persist_result=False)
def look_for_circulars(now: str | None) -> tuple[int, bool]:
    """Publish which definitions lie there and how each stands: (fiscal year, whether it has a circular)."""
    at = instant(now)
    create_table_artifact(
        table=[
            {
                "แฟ้ม": laid.path.name,
                "รอบ": laid.cycle_id or "-",
                "ปี": laid.programme_year_be or "-",
                "สถานะ": laid.standing.th,
                "ข้อที่ต้องตอบ": ", ".join(finding.code for finding in laid.findings) or "-",
            }
            for laid in laid_circulars(office())
        ],
        key="circulars",
        description=f"แฟ้มกำหนดรอบที่วางไว้ · {short_instant(at)}",
    )
    return fiscal_year_be(bangkok_day(at)), has_circular(office(), at)
