"""The figures of the installation: how much there is, how the last runs ended, how old the last copy is. No person, no
district, no link is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kbo_core.office.last_runs import LastRun, last_runs
from kbo_core.office.office import Office
from kbo_core.store import counting
from kbo_core.store.backup import backup_folder, backups, taken_at

TURN = "daily-turn"
# As long as the alarms of the server wait: a night without turns is none, a day without a copy neither.
_TURN_OLD, _BACKUP_OLD = timedelta(hours=13), timedelta(days=2)


@dataclass(frozen=True)
class Figures:
    """What there is at an instant; counts by state, answers by the way in which they came."""

    at: datetime
    cycles: Mapping[str, int]
    districts: Mapping[str, int]
    messages: Mapping[str, int]
    answers: Mapping[str, int]
    turned_back: int
    runs: Sequence[LastRun]
    backup_at: datetime | None

    @property
    def turn(self) -> LastRun | None:
        """The last hourly turn."""
        return next((run for run in self.runs if run.flow == TURN), None)

    @property
    def is_turn_missing(self) -> bool:
        """Has there been no turn for longer than a night?"""
        return self.turn is None or self.at - self.turn.ended_at > _TURN_OLD

    @property
    def is_backup_old(self) -> bool:
        """Is there no copy of the last two days?"""
        return self.backup_at is None or self.at - self.backup_at > _BACKUP_OLD


def figures(office: Office, at: datetime, province_code: str | None = None) -> Figures:
    """The figures now; counts of one province if told. Cheap, however large the registers are."""
    provinces = (province_code,) if province_code else ()
    with office.database.read() as connection:
        return Figures(
            at=at,
            cycles=counting.cycles_by_state(connection, provinces),
            districts=counting.districts_by_state(connection, provinces),
            messages=counting.messages_by_state(connection, provinces),
            answers=counting.answers_by_way(connection, provinces),
            turned_back=counting.turned_back_count(connection, provinces),
            runs=last_runs(office.home),
            backup_at=max(filter(None, map(taken_at, backups(backup_folder(office.home)))), default=None),
        )
