"""What a person must act on, told to the province's staff and to the office's own notification block."""

import os
from collections.abc import Sequence
from inspect import isawaitable

from prefect import task
from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from kbo_core.documents.alarms import drift_words
from kbo_core.documents.messages import Words
from kbo_core.office.alarms import plan_alarms
from kbo_core.office.noticing import collect_notices
from kbo_core.office.posting import send_planned
from kbo_core.store.reading import get_cycle
from tasks.announcing import SCHEDULE_DRIFT, announce
from tasks.surroundings import instant, office


@task(name="raise-alarms", task_run_name="raise alarms", cache_policy=NO_CACHE, persist_result=False)
async def raise_alarms(cycle_id: str, now: str | None) -> int:
    """Take in the notices of what was sent, tell the staff of what did not arrive, each thing once; how many."""
    return await alarmed(cycle_id, now)


async def alarmed(cycle_id: str, now: str | None) -> int:
    """What ``raise_alarms`` does, for a step that is already a task."""
    at, log = instant(now), get_run_logger()
    _, unread = collect_notices(office(), at)
    if unread:  # how many: the names of files may be those of persons
        log.warning("inbox/notices: %d notices are left for a person to look at", len(unread))
    alarms = plan_alarms(office(), cycle_id, at)
    with office().database.read() as connection:
        province_code = get_cycle(connection, cycle_id).province_code
    send_planned(office(), cycle_id, province_code, at)
    await _notify(alarms)
    return len(alarms)


@task(name="raise-drift", task_run_name="raise schedule drift", cache_policy=NO_CACHE, persist_result=False)
async def raise_drift(fiscal_year_be: int, now: str | None) -> None:
    """Tell that the year has no circular: an event, and the office's notification block."""
    announce(SCHEDULE_DRIFT, f"kbo.fiscal-year.{fiscal_year_be}", {"fiscal_year_be": str(fiscal_year_be)}, instant(now))
    await _notify([drift_words(fiscal_year_be)])


async def _notify(alarms: Sequence[Words]) -> None:
    """Through ``KBO_ALARM_BLOCK``, where it is set; whatever fails there, the turn goes on."""
    block = os.environ.get("KBO_ALARM_BLOCK")
    if not alarms or not block:
        return
    try:
        import prefect.blocks.notifications  # noqa: F401 - a kind of block is known once it is imported

        notify: Block = await Block.aload(block)
        if not isinstance(notify, NotificationBlock):
            raise TypeError("not a notification block")
        with notify.raise_on_failure():
            for subject, body in alarms:
                sending = notify.notify(body, subject=subject)
                if isawaitable(sending):  # a block of the office's own may do it at once
                    await sending
    except Exception as error:
        get_run_logger().warning("KBO_ALARM_BLOCK: %s", type(error).__name__)
