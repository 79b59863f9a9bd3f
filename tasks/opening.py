"""Steps of the opening."""

from functools import partial
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from kbo_core.office.circulars import issued_circulars, require_as_issued
from kbo_core.office.definitions import read_definition
from kbo_core.office.loads import last_profile
from kbo_core.office.opening import freeze, opened_before, prepare_packet, require_reachable
from kbo_core.office.origins import origin_of, remember_origin
from kbo_core.office.own_papers import check_own_letters
from kbo_core.office.posting import send_planned
from kbo_core.office.remembering import remembered_answers
from kbo_core.office.screening import screen
from kbo_core.registry.sources import fetch_source
from tasks.naming import district_task_name
from tasks.retrying import TRIED_AGAIN
from tasks.surroundings import instant, office


@task(name="screen-and-freeze", task_run_name="screen and freeze", cache_policy=NO_CACHE, persist_result=False)
def screen_and_freeze(definition: str, now: str | None, by: str, issued_sha256: str = "") -> str:
    """Ingest, validate, decide and freeze, unless this definition was opened before; the cycle's id.

    Of an issued definition only the file that was issued is opened, in the name of who issued it.
    """
    if issued_sha256:
        require_as_issued(Path(definition), issued_sha256)
        by = next((issue.by for issue in issued_circulars(office()) if issue.sha256 == issued_sha256), by)
    file = read_definition(Path(definition))
    home = office().home
    if found := opened_before(office(), file):
        if origin_of(home, found.cycle_id) is None:  # killed just before it was written down
            remember_origin(home, found.cycle_id, file.folder)
        return found.cycle_id
    require_reachable(office(), file.definition, instant(now))
    office().wording.check(file.definition.reminders)
    check_own_letters(office().home)
    from expectations.validate import validator  # imported where it is used: it takes seconds

    with office().database.read() as connection:
        answers = remembered_answers(connection, file.definition.province_code)
        last = last_profile(connection, file.definition)
    fetch = partial(fetch_source, folder=file.folder, cache=home / "downloads")
    screening = screen(file, validator(home / "data-docs" / file.definition.cycle), fetch, answers, last)
    cycle = freeze(office(), screening, instant(now), by)
    remember_origin(home, cycle.cycle_id, file.folder)
    return cycle.cycle_id


@task(name="dispatch-packet", task_run_name=district_task_name, **TRIED_AGAIN)
def dispatch_packet(cycle_id: str, district_code: str, now: str | None) -> bool:
    """Make a district's packet if it has none and send what waits for it; True when all of it went out."""
    prepare_packet(office(), cycle_id, district_code, instant(now))
    _, failed = send_planned(office(), cycle_id, district_code, instant(now))
    return failed == 0
