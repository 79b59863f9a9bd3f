"""``kbo registry …``: the register itself, whatever the cycle."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from deployments import console
from kbo_core.clock import now
from kbo_core.domain.clauses import CLAUSES
from kbo_core.domain.findings import BlockedError, refused
from kbo_core.domain.thai_dates import short_instant
from kbo_core.office.definitions import DefinitionFile, read_definition
from kbo_core.office.office import Office, database_url, open_office
from kbo_core.office.opening import opened_before
from kbo_core.office.remembering import answers_at_home
from kbo_core.office.reviewing import (
    Review,
    Side,
    read_given,
    remember_answers,
    review_cycle,
    review_definition,
)
from kbo_core.office.settling import Given, settle_matches
from kbo_core.store.database import look_into
from kbo_core.store.reading import MatchAnswer, get_cycle, match_answers

app = typer.Typer(help="The register: questions about names.", no_args_is_help=True, rich_markup_mode=None)

_VERDICT_TH = {"eligible": "เข้าเกณฑ์", "ineligible": "ไม่เข้าเกณฑ์", "unknown": "รอชี้ขาด"}
_ANSWER_TH = {"same": "รายเดียวกัน", "different": "คนละราย"}
_KEYS = {"s": "same", "same": "same", "d": "different", "different": "different", "ใช่": "same", "ไม่ใช่": "different"}


@app.callback()
def _group() -> None:
    """Keeps ``review`` a command of its own."""


@app.command()
def review(
    cycle: Annotated[str, typer.Argument(metavar="CYCLE.yaml|CYCLE", help="a definition, or an opened cycle")],
    where: Annotated[str | None, typer.Option(help="answer this question, as it is named in the list")] = None,
    answer: Annotated[str | None, typer.Option(help="same | different")] = None,
    by: Annotated[str | None, typer.Option("--by", help="who decides this")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="why")] = None,
    interactive: Annotated[bool, typer.Option("--interactive", help="ask one question after another")] = False,
    answers: Annotated[Path | None, typer.Option("--answers", help="a CSV: where,answer,reason")] = None,
    remembered: Annotated[bool, typer.Option("--remembered", help="what was answered before")] = False,
) -> None:
    """Names that may be one producer: the open questions, and the answers, which are kept for the years to come."""
    if sum((where is not None, interactive, answers is not None, remembered)) > 1:
        raise typer.BadParameter("--where, --interactive, --answers and --remembered exclude one another")
    if where is None and (answer is not None or reason is not None):
        raise typer.BadParameter("--answer and --reason need --where")
    desk = _desk(cycle)
    if remembered:
        _show_remembered(desk)
    elif interactive:
        _ask(desk, by)
    elif where is not None:
        if answer not in ("same", "different") or not (by and by.strip()) or not (reason and reason.strip()):
            raise typer.BadParameter("--where needs --answer same|different, --by and --reason")
        _record(desk, [Given(where, answer, reason)], by)
    elif answers is not None:
        if not (by and by.strip()):
            raise typer.BadParameter("--answers needs --by")
        _record(desk, _read(answers), by)
    else:
        found = desk.open_questions()
        console.report(
            {"status": "ok", **desk.named, "questions": [one.as_row() for one in found]}, lambda: _show(desk, found)
        )


@dataclass(frozen=True)
class _Desk:
    """What is reviewed: a definition not yet opened, or an opened cycle."""

    file: DefinitionFile | None
    cycle_id: str
    province_code: str

    @property
    def named(self) -> dict[str, Any]:
        return {"cycle": self.cycle_id, "opened": self.file is None}

    def open_questions(self) -> list[Review]:
        from expectations.validate import validator  # imported where it is used: it takes seconds

        with console.err.status("กำลังอ่านทะเบียนและเทียบชื่อ …"):
            if self.file is None:
                return review_cycle(open_office(console.home()), self.cycle_id, validator())
            return review_definition(self.file, answers_at_home(console.home(), self.province_code), validator())

    def record(self, given: Sequence[Given], by: str) -> list[str]:
        """Take the answers; the producers whose verdict changed, none where nothing is opened."""
        from expectations.validate import validator  # imported where it is used: it takes seconds

        office = open_office(console.home())
        with console.err.status("กำลังบันทึกคำตอบ …"):
            if self.file is None:
                return settle_matches(office, self.cycle_id, validator(), given, at=now(), by=by)
            remember_answers(office, self.file, validator(), given, at=now(), by=by)
            return []


def _desk(name: str) -> _Desk:
    if Path(name).suffix.lower() in (".yaml", ".yml") or Path(name).is_file():
        file = read_definition(Path(name))
        office = _existing_office()
        if office is None or opened_before(office, file) is None:
            return _Desk(file, file.definition.cycle, file.definition.province_code)
        return _Desk(None, file.definition.cycle, file.definition.province_code)
    with open_office(console.home()).database.read() as connection:
        return _Desk(None, name, get_cycle(connection, name).province_code)


def _existing_office() -> Office | None:
    """The office, where there is one; a look makes none."""
    with look_into(database_url(console.home()), "cycle") as connection:
        is_there = connection is not None
    return open_office(console.home()) if is_there else None


def _read(path: Path) -> list[Given]:
    try:
        return read_given(path.read_bytes(), path.name)
    except OSError:
        raise refused("answers-missing", str(path), f"เปิดแฟ้มคำตอบไม่ได้ {path}", f"cannot be read: {path}") from None


def _record(desk: _Desk, given: Sequence[Given], by: str) -> None:
    changed = desk.record(given, by)
    console.report(
        {"status": "ok", **desk.named, "recorded": [vars(one) for one in given], "changed": changed},
        lambda: _show_recorded(desk, len(given), changed),
    )


def _show_recorded(desk: _Desk, count: int, changed: Sequence[str]) -> None:
    if desk.file is None:
        console.out.print(f"บันทึก {count} คำตอบ และจำไว้ใช้ปีต่อไป ผลเปลี่ยน {len(changed)} กลุ่ม: {', '.join(changed) or '-'}")
    else:
        console.out.print(f"บันทึก {count} คำตอบ จะใช้เมื่อคัดกรองหรือเปิดรอบ และจำไว้ใช้ปีต่อไป")


def _ask(desk: _Desk, by: str | None) -> None:
    """One question after another; each answer is recorded as it is given."""
    console.err.print("ตอบ s = รายเดียวกัน, d = คนละราย, เว้นว่าง = ข้าม, q = เลิก ทุกคำตอบบันทึกทันที", style="bold")
    by = (by or typer.prompt("ชื่อผู้ตอบ", err=True)).strip()
    given: list[Given] = []
    changed: set[str] = set()
    passed: set[str] = set()
    # Asked anew after each answer: one answer can settle several questions.
    while found := [one for one in desk.open_questions() if one.where not in passed]:
        _print(found[0], console.err.print, f"\nเหลือ {len(found)} ข้อ")
        said = typer.prompt("คำตอบ", default="", show_default=False, err=True).strip().lower()
        if said in ("q", "quit", "เลิก"):
            break
        reason = typer.prompt("เหตุผล", default="", show_default=False, err=True).strip() if said in _KEYS else ""
        if not reason:
            passed.add(found[0].where)
            continue
        one = Given(found[0].where, _KEYS[said], reason)
        try:
            changed.update(desk.record([one], by))
            given.append(one)
        except BlockedError as error:  # what stands against it is said; the question stays open
            console.show_findings(error.findings)
            passed.add(one.where)
    console.report(
        {"status": "ok", **desk.named, "recorded": [vars(one) for one in given], "changed": sorted(changed)},
        lambda: _show_recorded(desk, len(given), sorted(changed)),
    )


def _show(desk: _Desk, found: Sequence[Review]) -> None:
    console.out.print(f"{desk.cycle_id}: คำถามเรื่องชื่อที่ยังไม่มีคำตอบ {len(found)} ข้อ (ข้อที่มีผลมากอยู่ก่อน)")
    for number, one in enumerate(found, start=1):
        _print(one, console.out.print, f"\n{number}.")


def _print(one: Review, show: Callable[..., None], head: str) -> None:
    show(f"{head} {one.where}", markup=False, style="bold")
    for side in (one.one, one.other):
        show(f"   {_side(side)}", markup=False)
    show(f"   คล้ายกัน {one.similarity}% · {_hangs(one)}", markup=False)


def _side(side: Side) -> str:
    whose = f" ({side.producer_id})" if side.producer_id else ""
    area = f"อ.{side.district_th}" if side.district_th else "ไม่ระบุอำเภอ"
    return f"{side.name}{whose} · {area} · {side.source} แถว {side.row}"


def _hangs(one: Review) -> str:
    stakes = one.stakes
    said = []
    if stakes.clauses:
        said.append(", ".join(dict.fromkeys(CLAUSES[code].cites for code in stakes.clauses)))
    if stakes.changed:
        said.append(
            f"ถ้ารายเดียวกัน: {_VERDICT_TH[stakes.same]} ถ้าคนละราย: {_VERDICT_TH[stakes.different]}"
            if stakes.same != stakes.different
            else f"ผลของ {', '.join(stakes.changed)} ขึ้นกับคำตอบ"
        )
    if stakes.both_eligible:
        said.append("ถ้ารายเดียวกัน เลือกได้เพียงรหัสเดียว")
    return " · ".join(said) or "คำตอบไม่เปลี่ยนคำตัดสินใด"


def _show_remembered(desk: _Desk) -> None:
    with look_into(database_url(console.home()), "match_answer") as connection:
        kept = match_answers(connection, desk.province_code) if connection is not None else []
    console.report(
        {"status": "ok", **desk.named, "remembered": [vars(one) for one in kept]},
        lambda: console.table(
            f"คำตอบที่จำไว้ของจังหวัด ({len(kept)})",
            ("เรื่อง", "ชื่อ", "ผู้ผลิตในทะเบียน", "คำตอบ", "ผู้ตอบ", "เมื่อ", "เหตุผล"),
            [_row(one) for one in kept],
        ),
    )


def _row(one: MatchAnswer) -> tuple[str, ...]:
    return (
        "ชื่อคล้ายกัน" if one.finding == "near-match" else "ขึ้นทะเบียนซ้ำ",
        one.name,
        f"{one.producer_name} ({one.producer_id})",
        _ANSWER_TH[one.answer],
        one.by,
        short_instant(one.at),
        one.reason,
    )
