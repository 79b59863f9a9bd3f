"""What surrounds a rehearsal: channels that fail, turns that die between two I/O points, checks that are made once."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pandas as pd

from kbo_core.channels.channel import Channel, DeliveryError, Outgoing
from kbo_core.domain.delivery import Answer, Outcome
from kbo_core.registry.quality import Failure, Validate
from kbo_core.store.database import Connection, Database


class TurnDiedError(Exception):
    """The process of a turn ended where it stood."""


class Life:
    """How many I/O points a turn has left to live; without a number it does not die.

    ``unwritten`` is what went out since the store was last written to. Who dies then leaves it to be sent again,
    rightly: ``excused`` counts that.
    """

    def __init__(self) -> None:
        self.left: int | None = None
        self.unwritten: list[str] = []
        self.excused: Counter[str] = Counter()

    def pass_point(self) -> None:
        """Raises TurnDiedError at the last point."""
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            self.excused.update(self.unwritten)
            self.unwritten.clear()
            raise TurnDiedError
        self.left -= 1


class MortalDatabase(Database):
    """A store in which a turn can die before it writes, and after what it wrote was kept."""

    def __init__(self, url: str, life: Life) -> None:
        super().__init__(url)
        self._life = life

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self._life.pass_point()
        with super().write() as connection:
            yield connection
        self._life.unwritten.clear()
        self._life.pass_point()


class RehearsedChannel:
    """A channel that is dead for some time; what it takes, another carries, or nobody. It counts what it took."""

    def __init__(self, name: str, life: Life, carrier: Channel | None = None) -> None:
        self._name = name
        self._life = life
        self._carrier = carrier
        self._dead_until: datetime | None = None
        self.taken: Counter[str] = Counter()

    @property
    def name(self) -> str:
        return self._name

    def die_until(self, until: datetime) -> None:
        """Be out of reach until an instant."""
        self._dead_until = until

    def send(self, message: Outgoing) -> Mapping[str, Answer]:
        self._life.pass_point()
        if self._dead_until is not None and message.at < self._dead_until:
            raise DeliveryError("ช่องทางส่งใช้ไม่ได้ (ซ้อม)")
        self.taken[self._named(message.key)] += 1
        self._life.unwritten.append(self._named(message.key))
        if self._carrier is not None:
            self._carrier.send(message)
        self._life.pass_point()
        return dict.fromkeys(message.recipients, Answer(Outcome.ACCEPTED))

    def doubled(self) -> list[str]:
        """The keys of what it took more often than a death explains."""
        return sorted(key for key, count in self.taken.items() if count > 1 + self._life.excused[key])

    def _named(self, key: str) -> str:
        return f"{self._name}: {key}"


def remembering(validate: Validate) -> Validate:
    """The same checks, each table judged once: a list that changes leaves the other tables as they were."""
    known: dict[tuple[str, str], Sequence[Failure]] = {}

    def judge(suite: str, table: pd.DataFrame) -> Sequence[Failure]:
        content = f"{list(table.dtypes.astype(str))}{list(table.index)}{table.to_dict('list')}"
        if (suite, content) not in known:
            known[suite, content] = validate(suite, table)
        return known[suite, content]

    return judge
