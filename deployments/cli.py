"""The console script ``kbo``. Global options may stand anywhere on the line."""

import os
import sys

import typer

from deployments import console
from deployments.commands import (
    circular,
    cycle,
    cycle_lists,
    cycle_wait,
    national,
    office,
    operations,
    papers,
    portal,
    registry,
    registry_diff,
    rehearsal,
    submission,
    system,
    verify,
)
from kbo_core.clock import parse_now
from kbo_core.domain.findings import KboError, RefusedError

BLOCKED, REFUSED, USAGE, BUG = 3, 4, 2, 1
INTERRUPTED = 130  # what a shell says after Ctrl-C
_GLOBAL = {"--home": "KBO_HOME", "--now": "KBO_NOW"}

app = typer.Typer(
    name="kbo",
    help="Runs the yearly KBO selection cycle of a Thai province: from the circular to the consolidated report.\n\n"
    "Global options, anywhere on the line: --home DIR (KBO_HOME; ./.kbo), --now ISO-8601 (KBO_NOW), --json. "
    "--version is kbo version.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(circular.app, name="circular")
app.add_typer(cycle.app, name="cycle")
app.add_typer(registry.app, name="registry")
app.add_typer(submission.app, name="submission")
app.add_typer(national.app, name="national")
app.add_typer(office.app, name="office")
cycle_lists.register(cycle.app)
papers.register(cycle.app)
cycle_wait.register(cycle.app)
rehearsal.register(cycle.app)
registry_diff.register(registry.app)
system.register(app)
verify.register(app)
portal.register(app, cycle.app, office.app)
operations.register(app)


def main() -> None:
    """Run a command line; the process ends with the exit code of the contract."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command line: 0 done, 1 a bug, 2 usage, 3 blocked, 4 input refused."""
    try:
        rest = _take_global_options(arguments)
        if told := os.environ.get("KBO_NOW"):
            parse_now(told)
    except ValueError as error:
        console.err.print(f"kbo: {error}", markup=False)
        return USAGE
    try:
        code = int(app(rest, standalone_mode=False) or 0)
        return _interrupted() if code == INTERRUPTED else code
    except KboError as error:
        return _no(error)
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted()
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of the option parser
            console.err.print(f"kbo: {error.format_message()}", markup=False)
            return USAGE
        if os.environ.get("KBO_DEBUG"):
            raise
        console.err.print(
            f"kbo: เกิดข้อผิดพลาดภายในระบบ ({type(error).__name__}: {error}) "
            "โปรดแจ้งผู้ดูแล สั่งซ้ำด้วย KBO_DEBUG=1 เพื่อดูรายละเอียด (internal error)",
            markup=False,
        )
        return BUG


def _interrupted() -> int:
    console.err.print("หยุดแล้ว สั่งซ้ำได้ ระบบจะทำต่อจากที่ค้าง (stopped; run it again to go on)")
    return INTERRUPTED


def _take_global_options(arguments: list[str]) -> list[str]:
    """The line without its global options, which go into the environment, where flows and workers find them too."""
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        name, has_value, value = argument.partition("=")
        if argument == "--":
            return [*rest, argument, *waiting]
        if name in _GLOBAL:
            given = value if has_value else next(waiting, None)
            if not given:
                raise ValueError(f"{name} needs a value")
            os.environ[_GLOBAL[name]] = given
        elif argument == "--json":
            os.environ["KBO_JSON"] = "1"
        else:
            rest.append("version" if argument == "--version" and not rest else argument)
    return rest


def _no(error: KboError) -> int:
    refused = isinstance(error, RefusedError)
    console.report(
        {"status": "refused" if refused else "blocked", "findings": [f.as_row() for f in error.findings]},
        lambda: None,
    )
    console.show_findings(error.findings)
    console.err.print("รับข้อมูลนี้ไม่ได้ ไม่มีสิ่งใดเปลี่ยนแปลง" if refused else "หยุดไว้ก่อนจนกว่าจะแก้หรือตอบตามข้างต้น ไม่มีสิ่งใดเปลี่ยนแปลง")
    return REFUSED if refused else BLOCKED


if __name__ == "__main__":
    main()
