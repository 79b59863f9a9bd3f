"""The stage of a rehearsal: an office of its own on a simulated clock, where acts are carried out and turns happen."""

import json
import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from deployments.rehearsal.acts import Act, Kind
from deployments.rehearsal.desks import FILING, desk_of, forms_of
from deployments.rehearsal.surroundings import Life, MortalDatabase, RehearsedChannel, TurnDiedError
from kbo_core.channels.folder import FolderChannel
from kbo_core.domain.areas import districts
from kbo_core.domain.clauses import tier_codes
from kbo_core.domain.findings import Finding, KboError, block, refused
from kbo_core.domain.register import Register
from kbo_core.office.approving import approve, signings
from kbo_core.office.closing import close
from kbo_core.office.definitions import definition_of
from kbo_core.office.doctor import examine
from kbo_core.office.following import districts_asked, districts_with_work, follow_district
from kbo_core.office.intake import receive
from kbo_core.office.limits import extend, reopen
from kbo_core.office.lists import NewList, tell_districts, update_list
from kbo_core.office.office import MAIL, WEBHOOK, Office
from kbo_core.office.opening import freeze, prepare_packet
from kbo_core.office.overrides import grant_override, revoke_override
from kbo_core.office.posting import send_planned
from kbo_core.office.reallocating import consent, decide_reallocation, propose
from kbo_core.office.results import csv_bytes
from kbo_core.office.returning import approve_answer, return_answer, withdraw_answer
from kbo_core.office.screening import Screening
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.log import events
from kbo_core.store.reading import decided_producers, get_cycle, overrides

_OPERATOR = "เจ้าหน้าที่จังหวัด (ซ้อม)"
_APPROVER = "พัฒนาการจังหวัด (ซ้อม)"
_REASON = "ซ้อมรอบการคัดเลือก"
_LIST_COLUMNS = ("producer_id", "producer_name", "province", "district")


@dataclass(frozen=True)
class Outcome:
    """What came of an act: ``done``, ``refused`` with the codes of the findings, or ``nothing`` where there was nothing
    to act on."""

    act: Act
    came: str
    codes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        said = self.act.model_dump(mode="json", exclude_unset=True)
        return {**said, "came": self.came, "codes": list(self.codes)}


@dataclass
class Stage:
    """One rehearsal's office. Everything in it follows from the script, the definition and its registers."""

    office: Office
    cycle_id: str
    screening: Screening
    validate: Validate
    life: Life
    channels: Mapping[str, RehearsedChannel]
    outcomes: list[Outcome] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    listed: dict[str, list[str]] = field(default_factory=dict)
    asleep_until: datetime | None = None
    turns: int = 0
    deaths: int = 0
    filed: int = 0

    @classmethod
    def set_up(cls, home: Path, database_url: str, screening: Screening, validate: Validate) -> "Stage":
        life = Life()
        mail = RehearsedChannel("folder", life, FolderChannel(home / "outbox"))
        webhook = RehearsedChannel(WEBHOOK, life)
        office = Office(home, MortalDatabase(database_url, life), (mail, webhook))
        channels = {MAIL: mail, WEBHOOK: webhook}
        listed = _listed(screening.ingested.register)
        return cls(office, screening.file.definition.cycle, screening, validate, life, channels, listed=listed)

    def open(self, at: datetime) -> None:
        """Freeze what was screened, make and send the packets. Raises BlockedError for findings to be settled first."""
        freeze(self.office, self.screening, at, _OPERATOR)
        for code in districts_asked(self.office, self.cycle_id):
            prepare_packet(self.office, self.cycle_id, code, at)
            send_planned(self.office, self.cycle_id, code, at)

    def turn(self, at: datetime) -> None:
        """One turn of the wait, unless the server sleeps; one that dies is run again."""
        if self.asleep_until is not None and at < self.asleep_until:
            self.life.left = None
            return
        self.turns += 1
        try:
            self._follow(at)
        except TurnDiedError:
            self.deaths += 1
            self._follow(at)
        self.life.left = None

    def _follow(self, at: datetime) -> None:
        for code in districts_with_work(self.office, self.cycle_id, at):
            follow_district(self.office, self.cycle_id, code, at, _told_time)

    def perform(self, act: Act) -> None:
        """Carry an act out and note what came of it. A refusal is an outcome like any other."""
        for code in (act.district, act.taker):
            if code is not None and code not in self.screening.file.definition.quota:
                raise _no_such_district(code)
        try:
            is_done = _file(self, act) if act.act in FILING else _DOINGS[act.act](self, act)
            self.outcomes.append(Outcome(act, "done" if is_done else "nothing"))
        except KboError as error:
            codes = tuple(sorted({finding.code for finding in error.findings}))
            self.outcomes.append(Outcome(act, "refused", codes))

    def examine(self) -> dict[str, int]:
        """The invariants on the live data, and that nothing went out twice; what is wrong is kept in ``findings``."""
        looked, faults = examine(self.office)
        faults += [
            block("message-doubled", key, "ส่งข้อความเดียวกันมากกว่าหนึ่งครั้ง", "one message went out twice")
            for channel in self.channels.values()
            for key in channel.doubled()
        ]
        self.findings += [fault for fault in faults if fault not in self.findings]
        return looked

    def log_bytes(self) -> bytes:
        """The event log as JSON lines."""
        with self.office.database.read() as connection:
            log = events(connection, self.cycle_id)
        lines = (json.dumps(entry.as_json(), ensure_ascii=False, sort_keys=True) + "\n" for entry in log)
        return "".join(lines).encode()


def _told_time(file: Path) -> datetime:
    """When a form was laid in the inbox on the rehearsal's clock: the one time of a file that can be set."""
    return datetime.fromtimestamp(int(file.stat().st_mtime), UTC)


def _no_such_district(code: str) -> KboError:
    return refused(
        "script-district",
        code,
        f"ตารางจัดสรรของรอบนี้ไม่มีอำเภอรหัส {code} แก้ในแฟ้มบท",
        f"the cycle has no district {code}",
    )


def _listed(register: Register) -> dict[str, list[str]]:
    """Who of the register stands on which participant list."""
    ids = register.producers["producer_id"].tolist()
    names = [f"{programme} {year}" for programme, year in register.lists]
    standing: dict[str, list[str]] = {name: [] for name in names}
    for listed, producer in register.participants[["listed", "producer"]].itertuples(index=False, name=None):
        if producer >= 0 and ids[producer] not in standing[names[listed]]:
            standing[names[listed]].append(ids[producer])
    return standing


def _where(act: Act) -> str:
    assert act.district is not None  # noqa: S101 - the script was checked
    return act.district


def _until(act: Act) -> datetime:
    assert act.until is not None  # noqa: S101 - the script was checked
    return act.until


def _reason(act: Act) -> str:
    return act.reason or _REASON


# Districts.


def _file(stage: Stage, act: Act) -> bool:
    """Forms laid in the inbox for the next turn, or handed in at the portal at once."""
    with stage.office.database.read() as connection:
        desk = desk_of(connection, stage.cycle_id, _where(act))
    if desk is None:
        return False
    for content in (forms := forms_of(act, desk)):
        stage.filed += 1
        name = f"{stage.filed:04}-{act.act}.xlsx"
        if act.via == "portal":
            version = desk.assignment.version
            receive(stage.office, stage.cycle_id, _where(act), content, name, at=act.at, via="portal", amends=version)
        else:
            inbox = stage.office.home / "inbox" / stage.cycle_id / _where(act)
            inbox.mkdir(parents=True, exist_ok=True)
            (inbox / name).write_bytes(content)
            os.utime(inbox / name, (act.at.timestamp(), act.at.timestamp()))
    return bool(forms)


def _withdraw(stage: Stage, act: Act) -> bool:
    withdraw_answer(stage.office, stage.cycle_id, _where(act), at=act.at, by=_desk(act), reason=_reason(act))
    return True


def _desk(act: Act) -> str:
    return f"{districts()[_where(act)].title_th} (ซ้อม)"


# Operators.


def _accept(stage: Stage, act: Act) -> bool:
    approve_answer(stage.office, stage.cycle_id, _where(act), at=act.at, by=_OPERATOR, reason=_reason(act))
    return True


def _return(stage: Stage, act: Act) -> bool:
    return_answer(stage.office, stage.cycle_id, _where(act), _reason(act), at=act.at, by=_OPERATOR)
    return True


def _extend(stage: Stage, act: Act) -> bool:
    named = [act.district] if act.district else []
    extend(stage.office, stage.cycle_id, named, _until(act), at=act.at, by=_OPERATOR, reason=_reason(act))
    return True


def _reopen(stage: Stage, act: Act) -> bool:
    named = [act.district] if act.district else []
    reopen(stage.office, stage.cycle_id, named, _until(act), at=act.at, by=_OPERATOR, reason=_reason(act))
    return True


def _reallocate(stage: Stage, act: Act) -> bool:
    """Proposed, agreed to by both, decided."""
    giver, taker = _where(act), act.taker or ""
    moved = propose(
        stage.office, stage.cycle_id, giver, taker, act.places, by=_OPERATOR, at=act.at, reason=_reason(act)
    )
    if act.ends == "open":
        return True
    for code in (giver, taker):
        by = f"{districts()[code].title_th} (ซ้อม)"
        consent(stage.office, stage.cycle_id, moved.number, code, by=by, at=act.at, reason=_reason(act))
    decide_reallocation(
        stage.office,
        stage.cycle_id,
        moved.number,
        is_approved=act.ends == "approved",
        at=act.at,
        by=_APPROVER,
        reason=_reason(act),
    )
    return True


def _override(stage: Stage, act: Act) -> bool:
    """An exception for the producer that is named, or for one that the district may not pick, from the clauses of the
    first tier that it does not pass."""
    with stage.office.database.read() as connection:
        cycle = get_cycle(connection, stage.cycle_id)
        rules = definition_of(connection, cycle).rules
        here = [p for p in decided_producers(connection, cycle) if p.district_code == act.district]
    barred = [p for p in here if p.verdict != "eligible" and act.producer in (None, p.producer_id)]
    if not barred:
        return False
    one = random.Random(act.choice).choice(barred)  # noqa: S311 - a rehearsal, not a secret
    grant_override(
        stage.office,
        stage.cycle_id,
        one.producer_id,
        [code for code in tier_codes(1, rules) if one.clauses[code] != "pass"],
        approver=_APPROVER,
        at=act.at,
        by=_OPERATOR,
        reason=_reason(act),
    )
    return True


def _revoke(stage: Stage, act: Act) -> bool:
    with stage.office.database.read() as connection:
        cycle = get_cycle(connection, stage.cycle_id)
        here = {p.producer_id for p in decided_producers(connection, cycle) if p.district_code == act.district}
        granted = [i for i in overrides(connection, stage.cycle_id) if i in here and act.producer in (None, i)]
    for producer_id in granted:
        revoke_override(stage.office, stage.cycle_id, producer_id, at=act.at, by=_OPERATOR, reason=_reason(act))
    return bool(granted)


def _settle(stage: Stage, act: Act) -> bool:
    """An answer to the near match that is named, or to the first that is open."""
    with stage.office.database.read() as connection:
        outputs = get_cycle(connection, stage.cycle_id).outputs
        told = json.loads(load_blob(connection, outputs["findings.json"]))
    near = [f["where"] for f in told if f["code"] == "near-match" and act.where in (None, f["where"])]
    if not near:
        return False
    settle_match(
        stage.office,
        stage.cycle_id,
        stage.validate,
        where=near[0],
        answer=act.says or "different",
        at=act.at,
        by=_OPERATOR,
        reason=_reason(act),
    )
    return True


def _list(stage: Stage, act: Act) -> bool:
    """A list's new version: who stood on it, and the groups that are named, or some that districts were offered."""
    known = sorted(stage.listed)
    listed = act.listed or (known[act.choice % len(known)] if known else "")
    with stage.office.database.read() as connection:
        here = decided_producers(connection, get_cycle(connection, stage.cycle_id))
    draw = random.Random(act.choice)  # noqa: S311 - a rehearsal, not a secret
    pool = [p.producer_id for p in here if p.verdict == "eligible"]
    added = list(act.picks) or draw.sample(pool, min(len(pool), draw.choice((1, 1, 2))))
    standing = list(dict.fromkeys([*stage.listed.get(listed, []), *added]))
    by_id = {p.producer_id: p for p in here}
    province = stage.screening.file.definition.province.name_th
    rows = [
        (i, by_id[i].producer_name, province, districts()[by_id[i].district_code].name_th)
        for i in standing
        if i in by_id
    ]
    content = csv_bytes(pd.DataFrame(rows, columns=list(_LIST_COLUMNS)), _LIST_COLUMNS)
    new = NewList(listed, f"{listed.replace(' ', '-').lower()}.csv", content)
    update_list(stage.office, stage.cycle_id, new, stage.validate, at=act.at, by=_OPERATOR, reason=_reason(act))
    stage.listed[listed] = standing
    tell_districts(stage.office, stage.cycle_id, act.at)
    return True


def _sign(stage: Stage, act: Act) -> bool:
    given = 0
    while act.steps is None or given < act.steps:
        with stage.office.database.read() as connection:
            waiting = [s.next_step for s in signings(connection, get_cycle(connection, stage.cycle_id)) if s.next_step]
        if not waiting:
            break
        step = waiting[0]
        approve(stage.office, stage.cycle_id, step, at=act.at, by=f"{step.th} (ซ้อม)", reason=_reason(act))
        given += 1
    return given > 0


def _close(stage: Stage, act: Act) -> bool:
    return close(stage.office, stage.cycle_id, stage.validate, at=act.at, by=_OPERATOR, reason=act.reason).is_new


# Surroundings.


def _channel_dead(stage: Stage, act: Act) -> bool:
    stage.channels[act.channel].die_until(_until(act))
    return True


def _asleep(stage: Stage, act: Act) -> bool:
    stage.asleep_until = _until(act)
    return True


def _die(stage: Stage, act: Act) -> bool:
    """The turn that follows this act dies."""
    stage.life.left = act.points
    return True


def _turn(stage: Stage, act: Act) -> bool:
    """Two turns in the same minute: the second finds nothing to do."""
    stage.turn(act.at)
    before = stage.log_bytes()
    stage.turn(act.at)
    if stage.log_bytes() != before:
        stage.findings.append(
            block(
                "turn-repeated", act.at.isoformat(), "รอบติดตามซ้ำทำสิ่งใหม่", "a turn that was repeated did something more"
            )
        )
    return True


def _clock_back(stage: Stage, act: Act) -> bool:
    """A turn by a clock that was set back."""
    stage.turn(act.at - timedelta(minutes=act.minutes))
    return True


_DOINGS: Mapping[Kind, Callable[[Stage, Act], bool]] = {
    Kind.WITHDRAW: _withdraw,
    Kind.ACCEPT: _accept,
    Kind.RETURN: _return,
    Kind.EXTEND: _extend,
    Kind.REOPEN: _reopen,
    Kind.REALLOCATE: _reallocate,
    Kind.OVERRIDE: _override,
    Kind.REVOKE: _revoke,
    Kind.SETTLE: _settle,
    Kind.LIST: _list,
    Kind.SIGN: _sign,
    Kind.CLOSE: _close,
    Kind.CHANNEL_DEAD: _channel_dead,
    Kind.ASLEEP: _asleep,
    Kind.DIE: _die,
    Kind.TURN: _turn,
    Kind.CLOCK_BACK: _clock_back,
}
