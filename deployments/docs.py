"""``python -m deployments.docs``: the pages under ``docs/`` that say what the code says.

With ``--check`` nothing is written; a page that is out of date is named and the exit code is 1.
"""

import argparse
import ast
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import typer

from expectations.suites import SUITES
from kbo_core.documents.form_screening import MAX_BYTES
from kbo_core.domain import answers, definition_checks
from kbo_core.domain.assignments import MOVES, State, first_state
from kbo_core.domain.clauses import CLAUSES, guideline, tier_codes
from kbo_core.domain.deadlines import Timeliness
from kbo_core.domain.definition import Fallback, Rules, definition_schema
from kbo_core.domain.reminder_plan import How, ReminderPlan
from kbo_core.domain.submission_words import WORDS, Subject, code_of
from kbo_core.domain.truth import Truth, all_of

FOLDER = Path(__file__).parent.parent / "docs"
EXAMPLE = Rules(
    star_year_be=2567,
    stars=(1, 3),
    kbo_exclusion_years_be=(2567,),
    fallback=Fallback(quadrant_year_be=2567, exclude_project_year_be=2568),
)
PLAN = ReminderPlan()
_MADE = "<!-- Made by `python -m deployments.docs`; edit the code, not this page. -->\n"

_DEFINITION = ("kbo_core.domain.definition", "kbo_core.domain.definition_checks")
# Where findings are written, and what stands above their table.
_PLACES = (
    ("The definition", (*_DEFINITION, "kbo_core.office.definitions")),
    ("The letter", ("kbo_core.circular",)),
    ("The registers", (
        "kbo_core.registry", "kbo_core.office.ingesting", "kbo_core.office.register", "kbo_core.office.nation",
    )),
    ("Names and changes of registers", (
        "kbo_core.office.twins", "kbo_core.office.reviewing", "kbo_core.office.loads", "kbo_core.office.lists",
    )),
    ("The decisions", (
        "kbo_core.domain.decisions", "kbo_core.domain.forecast", "kbo_core.office.rounds",
        "kbo_core.office.explaining", "kbo_core.office.comparing",
    )),
    ("Words and papers of the office's own", ("kbo_core.documents", "kbo_core.office.own_papers")),
    ("A form that comes back (its checks: [form-checks.md](form-checks.md))", ("kbo_core.office.intake",)),
    ("Opening, settling, closing", (
        "kbo_core.office.opening", "kbo_core.office.settling", "kbo_core.office.closing", "kbo_core.office.origins",
    )),
    ("The wait: deadlines, answers, exceptions, places, signatures", (
        "kbo_core.office.limits", "kbo_core.office.returning", "kbo_core.office.overrides",
        "kbo_core.office.reallocating", "kbo_core.office.approving", "kbo_core.office.calendar",
        "kbo_core.office.pressing", "kbo_core.office.resending",
    )),
    ("The invariants: `kbo doctor`", (
        "kbo_core.office.doctor", "kbo_core.domain.certificate", "kbo_core.office.certifying",
    )),
    ("How people are reached", ("kbo_core.office.contacts", "kbo_core.office.noticing", "kbo_core.channels")),
    ("The installation", ("kbo_core.office.office", "kbo_core.store", "deployments")),
)  # fmt: skip
_REACH = {
    "block": "block",
    "_fault": "block",
    "blocked": "block (exit 3)",
    "refused": "refused (exit 4)",
    "warn": "warn",
    "info": "info",
}


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    made = {
        "rules.md": _rules(),
        "lifecycle.md": _lifecycle(),
        "checks.md": _checks(),
        "form-checks.md": _form_checks(),
        "commands.md": _commands(),
    }
    schema = json.dumps(definition_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    written = {name: "\n".join([_MADE, *lines]) + "\n" for name, lines in made.items()}
    return {**written, "definition.schema.json": schema + "\n"}


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    cells = [
        [str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, ["---"] * len(head), *rows)
    ]
    return [f"| {' | '.join(row)} |" for row in cells] + [""]


def _codes(codes: Iterable[str]) -> str:
    return " and ".join(f"`{code}`" for code in codes)


def _rules() -> list[str]:
    lines = [
        "# The rules",
        "",
        "The guideline as the programme reads it, in the figures of an example cycle: ratings of 2567, one to three",
        "stars, last year's KBO list, Quadrant D of 2567 with the project of 2568 excluded. Every clause is judged for",
        "every producer; a value is `pass`, `fail` or `unknown`, and unknown goes to a person.",
        "",
        "## The guideline",
        "",
        *_table(("clause", "asks (ถาม)"), [(f"ข้อ {number}", text) for number, text in guideline(EXAMPLE)]),
    ]
    for code, clause in CLAUSES.items():
        doc = inspect.getdoc(inspect.getmodule(clause.judge)) or ""
        says = [(truth.word, clause.says(truth, EXAMPLE)) for truth in reversed(Truth)]
        lines += [f"## `{code}` · {clause.cites}", "", doc, ""]
        lines += [f"Asks: {clause.asks_th(EXAMPLE)}", "", *_table(("value", "says"), says)]
    lines += [
        "## How clauses combine",
        "",
        "A tier passes when all its clauses do. *And* is Kleene's: fail beats unknown beats pass.",
        "",
        *_table(("first", "second", "first and second"), _kleene()),
        "Tier 1 pass: eligible, tier 1. Else, where the fallback is open for the district, tier 2 pass: eligible,",
        "tier 2. Else unknown if tier 1 or an open tier 2 is unknown. Else ineligible.",
        "",
        *_table(("tier", "settings", "clauses"), _tiers()),
    ]
    return lines


def _kleene() -> Iterator[tuple[str, str, str]]:
    for first, second in product(Truth, Truth):
        both = all_of(np.array([first], dtype=np.int8), np.array([second], dtype=np.int8))
        yield first.word, second.word, Truth(int(both[0])).word


def _tiers() -> Iterator[tuple[int, str, str]]:
    for binds in (False, True):
        rules = EXAMPLE.model_copy(update={"clause_4_binds_tier_1": binds})
        yield 1, f"`clause_4_binds_tier_1: {str(binds).lower()}`", _codes(tier_codes(1, rules))
    for binds in (True, False):
        fallback = EXAMPLE.fallback.model_copy(update={"clause_2_binds": binds})
        rules = EXAMPLE.model_copy(update={"fallback": fallback})
        yield 2, f"`fallback.clause_2_binds: {str(binds).lower()}`", _codes(tier_codes(2, rules))


def _lifecycle() -> list[str]:
    starts = {first_state(quota): words for quota, words in ((0, "no places"), (1, "has places"))}
    return [
        "# An assignment's life",
        "",
        "One assignment a district. Late, overdue, locked and extended are no states: they are read from the clock and",
        "the district's limits (below). A version of an answer that a later one replaces is superseded; all are kept.",
        "",
        *_table(("state", "Thai", "owes an answer"), [(f"`{s}`", s.th, "yes" if s.owes else "no") for s in State]),
        "```mermaid",
        "stateDiagram-v2",
        *[f"    [*] --> {state}: {words}" for state, words in starts.items()],
        *[f"    {state} --> {to}: {move}" for (state, move), to in MOVES.items()],
        "```",
        "",
        *_table(("from", "move", "to"), [(f"`{s}`", f"`{move}`", f"`{to}`") for (s, move), to in MOVES.items()]),
        "Any other move is an error.",
        "",
        "## Limits",
        "",
        "Three instants, each with its own second still within: `deadline.on` (on time until then),",
        "`deadline.grace_until` (lateness excused), `deadline.lock_on` (after it nothing is taken). An extension moves",
        "all three by the same distance and opens a locked district again; after the report only a reopening does.",
        "",
        *_table(("an answer that came", "Thai"), [(f"`{t}`", t.th) for t in Timeliness]),
        "## Reminders",
        "",
        "To a district that owes an answer and knows it. A step is due when its time has passed and the ledger does",
        "not have it: of several missed ones the latest is sent, saying how late it is, and the others are explained",
        "in the ledger. Unless the definition says otherwise under `reminders:`",
        "",
        *_table(("days from the deadline", "urgency", "also told", "channels"), _reminders()),
        f"at {PLAN.at:%H:%M} Bangkok time; nothing goes out from {PLAN.quiet.starts:%H:%M} to {PLAN.quiet.ends:%H:%M}",
        "nor on days off, where a step moves to the working day before it, after the deadline to the one that follows.",
        "A new deadline has reminders of its own. They stop with the answer, and with the lock.",
    ]


def _reminders() -> Iterator[tuple[str, str, str, str]]:
    for step in PLAN.steps:
        yield (f"{step.days:+}", *_how(step))
    if PLAN.repeat:
        yield (f"then every {PLAN.repeat.every_days}", *_how(PLAN.repeat))


def _how(step: How) -> tuple[str, str, str]:
    told = ", ".join(role.th for role in step.escalate_to) or "–"
    return f"`{step.urgency}` {step.urgency.th}".strip(), told, ", ".join(step.channels)


def _checks() -> list[str]:
    lines = [
        "# The checks",
        "",
        "Everything that the programme may say to a person, by code. `…` stands for a value put in at run time.",
        "`block` stops until a person settles it, `warn` is to be read, `info` is told. A definition's key that is",
        "unknown, missing or wrong is refused by name: `definition-unknown-key`, `definition-missing-key`,",
        "`definition-bad-value`.",
        "",
        "## Tables: the expectation suites",
        "",
        "Judged by Great Expectations. `quarantine` sets the row aside, `warn` keeps it and tells.",
        "",
    ]
    for name, suite in SUITES.items():
        metas: list[dict[str, str]] = [expectation.meta or {} for expectation in suite()]
        head = ("check", "action", "reason (ไทย)", "reason", "clause")
        rows = [[f"`{m['check']}`", m["action"], m["reason_th"], m["reason_en"], m["clause"]] for m in metas]
        lines += [f"### `{name}`", "", *_table(head, rows)]
    never = _codes(sorted(definition_checks.NEVER_SETTLED))
    for title, places in _PLACES:
        found = sorted({finding for place in places for finding in _findings(place)})
        lines += [f"## {title}", "", *_table(("code", "reach", "ไทย", "English"), found)]
        if definition_checks.__name__ in places:
            lines += [f"An answer under `settled:` settles what blocks, except {never}.", ""]
    return lines


def _form_checks() -> list[str]:
    lines = [
        "# The checks of a returned form",
        "",
        "What `kbo submission check`, `kbo submission receive` and the inbox may say of a form, in the order in which",
        "a person meets it. The same table is the page “คำแนะนำ” of the form. `…` stands for a value put in at run",
        "time; the place of a finding is the cell, or the file where there is none. `refused` ends the reading (exit",
        "4), `block` keeps the form from being accepted (exit 3), `warn` and `info` are told with the receipt.",
        "",
        "Taken in are XLSX (also XLSM without macros), XLS, ODS and CSV (UTF-8, UTF-16, cp874; comma, semicolon, tab,",
        f"bar), up to {MAX_BYTES // 1_000_000} MB. Nothing is parsed before the bytes were screened.",
        "",
    ]
    head = ("code", "reach", "ข้อที่ตรวจพบ", "ข้อความ", "วิธีแก้ไข", "English")
    for subject in Subject:
        rows = [
            (f"`{code_of(key)}`", w.reach.value, w.title_th, _blanked(w.says_th), w.remedy_th, _blanked(w.says_en))
            for key, w in WORDS.items()
            if w.subject is subject
        ]
        lines += [f"## {subject.value}", "", *_table(head, rows)]
    return lines


def _blanked(words: str) -> str:
    return re.sub("{[^}]*}", "…", words)


def _findings(place: str) -> Iterator[tuple[str, str, str, str]]:
    """Every finding that a module, or a package with all its modules, writes: code, reach, Thai, English."""
    for path in _sources(place):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _REACH):
                continue
            for code in _strings(node.args[0]) if len(node.args) >= 4 else []:
                thai, english = (_words(argument) for argument in node.args[-2:])
                yield f"`{code}`", _REACH[node.func.id], thai, english


def _sources(place: str) -> Iterator[Path]:
    package, _, module = place.rpartition(".")
    root = Path(str(files(package or place)))
    one = root / f"{module}.py"
    yield from [one] if package and one.is_file() else sorted((root / module if package else root).rglob("*.py"))


def _strings(node: ast.expr) -> list[str]:
    """The constant a code may be, or the one that it is named by; both of a choice."""
    if isinstance(node, ast.IfExp):
        return [*_strings(node.body), *_strings(node.orelse)]
    if isinstance(node, ast.Name):
        named = getattr(answers, node.id, None)
        return [named] if isinstance(named, str) else []
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _words(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    if isinstance(node, ast.IfExp):
        return f"({_words(node.body)} / {_words(node.orelse)}) "
    return str(node.value) if isinstance(node, ast.Constant) else "…"


def _commands() -> list[str]:
    from deployments.cli import app  # the whole command line, only where its help is asked for

    lines = ["# The commands", ""]
    for name, command in _walk("kbo", typer.main.get_command(app)):
        lines += [f"{'#' * max(2, 1 + name.count(' '))} `{name}`", "", command.help or "", ""]
        if hasattr(command, "commands"):
            continue
        usage = [name, *(_placeholder(p) for p in command.params if p.param_type_name == "argument")]
        lines += ["```", " ".join([*usage, "[OPTIONS]"] if len(usage) <= len(command.params) else usage), "```", ""]
        if command.params:
            lines += _table(("", "needed", "default", "meaning"), [_parameter(p) for p in command.params])
    return lines


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {word}", inner)


def _placeholder(parameter: Any) -> str:
    word = parameter.metavar or parameter.name.upper()
    return word if parameter.required else f"[{word}]"


def _parameter(parameter: Any) -> tuple[str, str, str, str]:
    is_argument = parameter.param_type_name == "argument"
    shown = _placeholder(parameter).strip("[]") if is_argument else ", ".join(parameter.opts)
    default = "" if parameter.default in (None, "") else f"`{parameter.default}`"
    return f"`{shown}`", "yes" if parameter.required else "", default, parameter.help or ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or say which of them are out of date."""
    parser = argparse.ArgumentParser(prog="python -m deployments.docs", description="The generated pages of docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 when a page is out of date")
    is_check = parser.parse_args(arguments).check
    stale = 0
    for name, text in pages().items():
        page = FOLDER / name
        if is_check:
            if not page.is_file() or page.read_text("utf-8") != text:
                print(f"docs/{name} is out of date: run python -m deployments.docs", file=sys.stderr)
                stale += 1
        else:
            page.write_text(text, "utf-8")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
