"""What a person must act on: messages that did not arrive. Told once."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kbo_core.documents.alarms import alarm_words
from kbo_core.documents.messages import Words
from kbo_core.domain.areas import districts, provinces
from kbo_core.domain.delivery import Outcome
from kbo_core.office.office import Office
from kbo_core.office.posting import plan_for_staff, recipients_of
from kbo_core.store.database import Connection
from kbo_core.store.log import hold
from kbo_core.store.reading import Message, get_cycle, messages

ALARM = "alarm"


@dataclass(frozen=True)
class Alarm:
    """One thing to act on. ``what`` is undeliverable, refused (some of several) or bounced; ``places`` are those of the
    recipients in the message's envelope; ``said`` is what the servers said."""

    what: str
    message: Message
    places: tuple[int, ...]
    said: str

    @property
    def step(self) -> str:
        """What the alarm is called in the ledger: the same for the same trouble, for ever."""
        m = self.message
        name = f"{m.district_code}-{m.kind}-{m.step}-{m.channel}-{','.join(map(str, self.places))}"
        return f"{self.what}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def alarms(connection: Connection, cycle_id: str) -> list[Alarm]:
    """Everything of a cycle that a person must act on, told or not, in the order of planning."""
    return [alarm for message in messages(connection, cycle_id) for alarm in _alarms_of(message)]


def _alarms_of(message: Message) -> Iterator[Alarm]:
    if message.kind == ALARM:
        return  # of an alarm that does not arrive, another would not either
    lost = {p: r for p, r in enumerate(message.recipients) if r.outcome in (Outcome.REFUSED, Outcome.GIVEN_UP)}
    if lost:
        what = "undeliverable" if message.state == "undeliverable" else "refused"
        yield Alarm(what, message, tuple(lost), "; ".join(dict.fromkeys(r.words for r in lost.values())))
    bounced = tuple(p for p, r in enumerate(message.recipients) if r.delivery == "bounced")
    if bounced or message.delivery == "bounced":
        said = "; ".join(dict.fromkeys(message.recipients[place].words for place in bounced))
        yield Alarm("bounced", message, bounced, said)


def plan_alarms(office: Office, cycle_id: str, at: datetime) -> list[Words]:
    """Write down every alarm that was not told yet, as a mail to the province's staff; the same without addresses, for
    whoever else is told. Once each, whoever asks at the same time."""
    with office.database.write() as connection:
        hold(connection, cycle_id)
        cycle = get_cycle(connection, cycle_id)
        planned = []
        for alarm in untold(connection, cycle_id):
            addresses = recipients_of(connection, alarm.message)
            named = ", ".join(addresses[place] for place in alarm.places)
            plan_for_staff(connection, office, cycle, ALARM, alarm.step, _words(alarm, named), at)
            planned.append(_words(alarm, f"{len(alarm.places)} ราย"))
        return planned


def untold(connection: Connection, cycle_id: str) -> list[Alarm]:
    """The alarms of a cycle that nobody was told of yet."""
    told = {message.step for message in messages(connection, cycle_id, kind=ALARM)}
    return [alarm for alarm in alarms(connection, cycle_id) if alarm.step not in told]


def _words(alarm: Alarm, recipients: str) -> Words:
    message = alarm.message
    return alarm_words(
        message.cycle_id,
        _addressed_th(message.district_code),
        alarm.what,
        message.kind,
        message.channel,
        message.subject,
        recipients,
        alarm.said,
    )


def _addressed_th(code: str) -> str:
    """Whom a message was for: a district, or the province's own staff."""
    return districts()[code].title_th if code in districts() else f"เจ้าหน้าที่จังหวัด{provinces()[code].name_th}"
