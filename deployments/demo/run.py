"""``kbo demo``: six months of one province in about a minute, through the real flows."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deployments import console, engine
from deployments.demo.districts import ASLEEP, CLOSED_AT, OPENED_AT, SCRIPT, Act, Desk
from deployments.demo.synthetic import write_province
from kbo_core.domain.areas import districts
from kbo_core.domain.findings import KboError, refused
from kbo_core.domain.reminders import Schedule
from kbo_core.domain.thai_dates import bangkok_day, short_date
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.doctor import examine
from kbo_core.office.office import Office, open_office
from kbo_core.office.screening import screen, write_outputs
from kbo_core.office.settling import settle_match
from kbo_core.registry.quality import Validate
from kbo_core.store.database import load_blob
from kbo_core.store.reading import decided_producers, get_assignment, get_cycle

_MARK = "kbo-demo.json"
_OPERATOR = "เจ้าหน้าที่สาธิต"


def run_demo(out: Path, seed: int) -> dict[str, object]:
    """Run the whole cycle into a folder; what it left and where.

    Raises RefusedError when the folder holds anything but an earlier demo.
    """
    _make_room(out, seed)
    home = out / "home"
    os.environ["KBO_HOME"] = str(home.resolve())
    write_province(out / "input", seed)
    file = read_definition(out / "input" / "cycle.yaml")
    engine.connect(home)
    turns = list(_turns(file))
    with Progress(
        TextColumn("[bold]{task.description:<34}[/]"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console.err,
    ) as progress:
        steps = progress.add_task("คัดกรอง (dry run)", total=len(turns) + 4)

        def on_to(label: str) -> None:
            progress.update(steps, advance=1, description=label)

        from expectations.validate import validator  # imported where it is used: it takes seconds

        validate = validator()
        write_outputs(screen(file, validate).outputs(), out / "screening")
        on_to("เปิดรอบและส่งเอกสาร 9 อำเภอ")
        _open(file)
        office = open_office(home)
        for at, acts in turns:
            on_to(f"{short_date(bangkok_day(at))} " + (districts()[acts[0].district_code].name_th if acts else "ติดตาม"))
            for act in acts:
                _perform(office, file, act, validate)
            _follow(file.definition.cycle, at)
        on_to("รวมเล่ม")
        version = _close(file.definition.cycle)
        on_to("ตรวจความถูกต้องทั้งระบบ")
        checked, faults = examine(office)
        if faults:
            raise KboError(*faults)
        on_to("เสร็จแล้ว")
    return {
        "status": "ok",
        "cycle": file.definition.cycle,
        "turns": len(turns),
        "checked": checked,
        "folders": {
            "input": str(out / "input"),
            "screening": str(out / "screening"),
            "outbox": str(home / "outbox" / file.definition.cycle),
            "inbox": str(home / "inbox" / file.definition.cycle),
            "report": str(home / "reports" / file.definition.cycle / f"v{version}"),
            "data_docs": str(home / "data-docs" / file.definition.cycle),
        },
        "next": f"kbo --home {home} serve",
    }


def _make_room(out: Path, seed: int) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / _MARK).exists():
            raise refused(
                "demo-folder-used",
                str(out),
                "โฟลเดอร์นี้มีแฟ้มอื่นอยู่แล้ว เลือกโฟลเดอร์ว่างด้วย --out",
                "the folder is not empty and not an earlier demo's: choose another with --out",
            )
        if engine.serving(out / "home"):
            raise refused(
                "demo-being-served",
                str(out),
                "ผลสาธิตเดิมยังเปิดอยู่ด้วย kbo serve หยุดก่อนแล้วสั่งใหม่",
                "the earlier demo is being served: stop kbo serve first",
            )
        for name in ("input", "screening", "home"):
            shutil.rmtree(out / name, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).write_text(json.dumps({"seed": seed}), encoding="utf-8")


def _turns(file: DefinitionFile) -> Iterator[tuple[datetime, list[Act]]]:
    """When something happens: every Monday, every reminder, every act; nothing while the server sleeps."""
    plan = Schedule(OPENED_AT, file.definition.limits().due_at, file.definition.reminders)
    days = {OPENED_AT + timedelta(days=n) for n in range(7, (CLOSED_AT - OPENED_AT).days, 7)}
    days |= {step.due_at + timedelta(minutes=5) for step in plan.steps_until(CLOSED_AT)}
    awake = {at for at in days if not ASLEEP[0] <= at < ASLEEP[1]} | {ASLEEP[1] + timedelta(hours=9)}
    acts = {act.at: [act] for act in SCRIPT}
    for at in sorted(awake | set(acts)):
        yield at, acts.get(at, [])


def _open(file: DefinitionFile) -> None:
    from flows.open_cycle import open_cycle

    definition = str((file.folder / "cycle.yaml").resolve())
    tagged = [file.definition.cycle, f"province-{file.definition.province_code}"]
    engine.run(open_cycle, definition, OPENED_AT.isoformat(), _OPERATOR, tagged=tagged)


def _follow(cycle_id: str, at: datetime) -> None:
    from flows.follow_cycle import follow_cycle

    engine.run(follow_cycle, cycle_id, at.isoformat(), tagged=[cycle_id])


def _close(cycle_id: str) -> int:
    from flows.close_cycle import close_cycle

    return int(engine.run(close_cycle, cycle_id, CLOSED_AT.isoformat(), _OPERATOR, "", tagged=[cycle_id]))


def _perform(office: Office, file: DefinitionFile, act: Act, validate: Validate) -> None:
    """A form laid in the district's inbox for the turn to find, or the operator's answer to what is near."""
    cycle_id = file.definition.cycle
    if act.fill is None:
        findings = json.loads(_output(office, cycle_id, "findings.json"))
        near = [f["where"] for f in findings if f["code"] == "near-match" and f["where"].startswith("KBO")]
        for where in near:
            settle_match(
                office,
                cycle_id,
                validate,
                where=where,
                answer="different",
                at=act.at,
                by=_OPERATOR,
                reason="ตรวจกับอำเภอแล้วเป็นคนละกลุ่ม",
            )
        return
    inbox = office.home / "inbox" / cycle_id / act.district_code
    inbox.mkdir(parents=True, exist_ok=True)
    count = len(list(inbox.iterdir()))
    (inbox / f"แบบรายงาน-{act.district_code}-{count + 1}.xlsx").write_bytes(act.fill(_desk(office, cycle_id, act)))


def _output(office: Office, cycle_id: str, name: str) -> bytes:
    with office.database.read() as connection:
        return load_blob(connection, get_cycle(connection, cycle_id).outputs[name])


def _desk(office: Office, cycle_id: str, act: Act) -> Desk:
    with office.database.read() as connection:
        cycle = get_cycle(connection, cycle_id)
        own = get_assignment(connection, cycle_id, act.district_code)
        other = get_assignment(connection, cycle_id, "5608")
        names = {p.producer_id: p.producer_name for p in decided_producers(connection, cycle)}
        assert own.form_sha256 and other.form_sha256  # noqa: S101 - every district was sent its form
        return Desk(
            form=load_blob(connection, own.form_sha256),
            choices=[(producer_id, names[producer_id]) for producer_id in own.candidates],
            quota=own.quota,
            neighbours_form=load_blob(connection, other.form_sha256),
        )
