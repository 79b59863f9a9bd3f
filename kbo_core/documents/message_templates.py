"""Templates of messages: plain text, first line the subject, then a blank line and the body.

A file in the office's own folder stands for the one shipped under the same name. It is run in a sandbox: it knows
the facts of its message and nothing else.
"""

import re
import traceback
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import SecurityError, TemplateNotFound, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kbo_core.domain.findings import Finding, RefusedError, block
from kbo_core.domain.thai_text import thai_digits

Words = tuple[str, str]
Facts = Mapping[str, object]

SHIPPED = Path(str(files("kbo_core.documents") / "templates" / "messages"))
# An office may word some of its reminders by templates of its own, which its plan then names.
_OWN_REMINDER = re.compile(r"reminder-[a-z0-9-]+\.txt")
# A tag that ends a line of words leaves the line its end; one that stands alone takes its line with it.
_AFTER_WORDS = re.compile(r"(?m)^(?![ \t]*\{%(?:(?!%\}).)*%\}$)(.*[^-+])%\}$")


class MessageTemplates:
    """The templates of an office: its own in ``folder``, the shipped ones for the rest."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.clear()
        self._environment.filters["thai_digits"] = thai_digits

    def words(self, name: str, facts: Facts) -> Words:
        """Subject and body of a message. Raises RefusedError for a template of the office's that cannot be used."""
        try:
            text = self._environment.get_template(f"{name}.txt").render(facts)
        except RefusedError:
            raise
        except Exception as error:  # whatever a template may do wrong
            if fault := self._fault(error):
                raise RefusedError(fault) from None
            raise
        subject, _, rest = text.partition("\n")
        between, _, body = rest.partition("\n")
        if not subject.strip() or between.strip() or len(subject.splitlines()) > 1 or not body.strip():
            raise RefusedError(_not_a_message(str(self._path(f"{name}.txt"))))
        return subject.strip(), body.strip("\n") + "\n"

    def missing(self, reminders: Iterable[str]) -> list[Finding]:
        """The wordings of reminders, as a plan names them, that are not there."""
        return [_missing(name) for name in reminders if self._load(f"{name}.txt") is None]

    def faults(self, samples: Iterable[tuple[str, Facts]]) -> list[Finding]:
        """Everything that is wrong with the office's own templates, tried on samples of every message."""
        own = sorted(self._folder.glob("*.txt")) if self._folder else []
        if not own:
            return []
        tried = list(samples)
        reminders = [facts for name, facts in tried if name == "reminder"]
        tried += [(file.stem, facts) for file in own if _OWN_REMINDER.fullmatch(file.name) for facts in reminders]
        told: dict[str, set[str]] = {}
        for name, facts in tried:
            told.setdefault(f"{name}.txt", set()).update(facts)
        everything = {fact for facts in told.values() for fact in facts}
        found: list[Finding] = []
        for file in own:
            if file.name in _shipped_names() or _OWN_REMINDER.fullmatch(file.name):
                found += self._unknown_names(file, told.get(file.name, everything))
            else:
                found.append(_unknown_file(file))
        for name, facts in tried:
            try:
                self.words(name, facts)
            except RefusedError as refused:
                found += refused.findings
        first = {(fault.code, fault.where): fault for fault in reversed(found)}
        return sorted(first.values())

    def _path(self, name: str) -> Path:
        own = self._folder / name if self._folder else None
        return own if own and own.is_file() else SHIPPED / name

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """A template by the name of a shipped one: its text, its file, and whether that is still as it was."""
        if name not in _shipped_names() and not _OWN_REMINDER.fullmatch(name):
            return None
        path = self._path(name)
        if not path.is_file():
            return None
        changed_at = path.stat().st_mtime_ns
        try:
            text = path.read_text("utf-8-sig")
        except (UnicodeDecodeError, OSError):
            raise RefusedError(_unreadable(str(path))) from None
        return (
            _AFTER_WORDS.sub(r"\1+%}", text),
            str(path),
            lambda: self._path(name) == path and path.stat().st_mtime_ns == changed_at,
        )

    def _fault(self, error: Exception) -> Finding | None:
        """What an error means to the office; None when its cause is not in a template of the office's."""
        if isinstance(error, TemplateSyntaxError):
            path, line = error.filename, error.lineno
        else:
            path, line = next(
                (
                    (frame.filename, frame.lineno or 0)
                    for frame in reversed(traceback.extract_tb(error.__traceback__))
                    if self._is_own(frame.filename)
                ),
                ("", 0),
            )
        return _faulty(f"{path}:{line}", error) if path and self._is_own(path) else None

    def _is_own(self, path: str) -> bool:
        return self._folder is not None and Path(path).parent == self._folder

    def _unknown_names(self, file: Path, known: set[str]) -> list[Finding]:
        """Names that no message has, in branches too that no sample takes."""
        try:
            tree = self._environment.parse(file.read_text("utf-8-sig"))
        except (TemplateSyntaxError, UnicodeDecodeError):
            return []  # told by the samples
        unknown = meta.find_undeclared_variables(tree) - known
        first = {name.name: name.lineno for name in reversed(list(tree.find_all(nodes.Name)))}
        return [_unknown_name(f"{file}:{first[name]}", name, known) for name in sorted(unknown)]


def write_shipped(folder: Path) -> list[str]:
    """Put the shipped templates into a folder, to be edited; the names of those written. None is overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in sorted(_shipped_names()):
        if not (folder / name).exists():
            (folder / name).write_bytes((SHIPPED / name).read_bytes())
            written.append(name)
    return written


@cache
def _shipped_names() -> frozenset[str]:
    return frozenset(file.name for file in SHIPPED.glob("*.txt"))


def _faulty(where: str, error: Exception) -> Finding:
    if isinstance(error, TemplateSyntaxError):
        return block(
            "wording-syntax",
            where,
            f"คำสั่งในแม่แบบข้อความเขียนไม่ถูกต้อง ({error.message}) แก้ตามแม่แบบเดิม หรือลบแฟ้มนี้เพื่อกลับไปใช้ข้อความเดิม",
            f"the template is not well formed ({error.message}); correct it, or delete the file",
        )
    if isinstance(error, SecurityError):
        return block(
            "wording-unsafe",
            where,
            "แม่แบบข้อความใช้คำสั่งที่ไม่อนุญาต ให้ใช้เฉพาะชื่อข้อมูลและเงื่อนไขดังในแม่แบบเดิม",
            "the template does what the sandbox forbids; use only the facts and conditions of the shipped text",
        )
    if isinstance(error, UndefinedError | TemplateNotFound):
        return block(
            "wording-unknown-name",
            where,
            f"แม่แบบข้อความอ้างถึงสิ่งที่ไม่มี ({error}) ดูชื่อที่ใช้ได้ในแม่แบบเดิม (kbo office write-wording)",
            f"the template names what does not exist ({error}); kbo office write-wording shows the names",
        )
    return block(
        "wording-unusable",
        where,
        f"แม่แบบข้อความทำงานไม่สำเร็จ ({type(error).__name__}) แก้ตามแม่แบบเดิม หรือลบแฟ้มนี้เพื่อกลับไปใช้ข้อความเดิม",
        f"the template fails ({type(error).__name__}); correct it, or delete the file to use the shipped text",
    )


def _unknown_name(where: str, name: str, known: Iterable[str]) -> Finding:
    usable = ", ".join(sorted(known))
    return block(
        "wording-unknown-name",
        where,
        f"แม่แบบข้อความอ้างถึงชื่อ {name} ซึ่งไม่มี ชื่อที่ใช้ได้: {usable}",
        f"the template names {name}, which does not exist; it may use: {usable}",
    )


def _not_a_message(where: str) -> Finding:
    return block(
        "wording-subject",
        f"{where}:1",
        "บรรทัดแรกของข้อความต้องเป็นเรื่อง ไม่ว่างและจบในบรรทัดเดียว บรรทัดที่สองต้องว่าง แล้วจึงเป็นเนื้อความ",
        "a message is one line of subject, a blank line, and a body; none of them may be missing",
    )


def _unreadable(where: str) -> Finding:
    return block(
        "wording-encoding",
        where,
        "อ่านแม่แบบข้อความไม่ได้ บันทึกแฟ้มใหม่เป็นข้อความล้วน (.txt) รหัส UTF-8",
        "the template cannot be read; save it as plain text in UTF-8",
    )


def _unknown_file(file: Path) -> Finding:
    usable = ", ".join(sorted(_shipped_names()))
    return block(
        "wording-unknown-file",
        str(file),
        f"ไม่มีข้อความชื่อนี้ แฟ้มนี้จึงไม่ถูกใช้ เปลี่ยนชื่อเป็น reminder-….txt หรือชื่อใดต่อไปนี้ หรือนำออกไป: {usable}",
        f"no message has this name; rename it to reminder-….txt or to one of these, or take it away: {usable}",
    )


def _missing(name: str) -> Finding:
    return block(
        "wording-missing",
        f"reminders: wording {name}",
        f"ไม่มีแม่แบบข้อความเตือนชื่อ {name} ใส่แฟ้ม templates/messages/{name}.txt (ชื่อขึ้นต้นด้วย reminder-) หรือใช้ reminder",
        f"no wording is called {name}; put templates/messages/{name}.txt in the home (its name begins with reminder-)",
    )
